package @package@

import ai.djl.nn.Block
import io.catwalk.api.Classifier
import io.catwalk.api.Hyperparameters
import io.catwalk.api.Layers.conv
import io.catwalk.api.Layers.dense
import io.catwalk.api.Layers.flatten
import io.catwalk.api.Layers.relu
import io.catwalk.api.Layers.sequence
import io.catwalk.api.Recipe
import io.catwalk.api.SearchSpace
import io.catwalk.api.Tags
import io.catwalk.api.Task
import org.pf4j.Extension

/** One convolution and two dense layers: a start, to be replaced by your own network. */
@Extension
class @class@ : Classifier {

    override fun name(): String = "@name@"

    override fun tags(): Tags = Tags.none().withFamily("convolutional")

    override fun searchSpace(): SearchSpace = SearchSpace.none().with("filters", 16, 32)

    override fun network(task: Task, chosen: Hyperparameters): Block =
        sequence(
            conv(chosen.integer("filters"), 3, 2),
            relu(),
            flatten(),
            dense(64),
            relu(),
            dense(task.classes()),
        )

    override fun recipe(task: Task, chosen: Hyperparameters): Recipe = Recipe.standard().withEpochs(5)
}
