package @package@;

import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.sequence;

import ai.djl.nn.Block;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Tags;
import io.catwalk.api.Task;
import org.pf4j.Extension;

/** One convolution and two dense layers: a start, to be replaced by your own network. */
@Extension
public final class @class@ implements Classifier {

    @Override
    public String name() {
        return "@name@";
    }

    @Override
    public Tags tags() {
        return Tags.none().withFamily("convolutional");
    }

    @Override
    public SearchSpace searchSpace() {
        return SearchSpace.none().with("filters", 16, 32);
    }

    @Override
    public Block network(Task task, Hyperparameters chosen) {
        return sequence(
                conv(chosen.integer("filters"), 3, 2),
                relu(),
                flatten(),
                dense(64),
                relu(),
                dense(task.classes()));
    }

    @Override
    public Recipe recipe(Task task, Hyperparameters chosen) {
        return Recipe.standard().withEpochs(5);
    }
}
