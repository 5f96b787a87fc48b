package io.catwalk.runner.trial;

import io.catwalk.api.Recipe;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes orders for trials of test plugins on small images. */
public final class Orders {

    private Orders() {}

    /** Changes values of an order, as its file has them, such as {@code spec/seed = -3}. */
    public static TrialOrder changed(TrialOrder order, String... changes) {
        JsonNode tree = Json.JSON.valueToTree(order);
        for (String change : changes) {
            String[] parts = change.split(" = ", 2);
            JsonPointer place = JsonPointer.compile("/" + parts[0]);
            if (tree.at(place).isMissingNode()) {
                throw new IllegalArgumentException(change);
            }
            ((ObjectNode) tree.at(place.head())).set(place.last().getMatchingProperty(), Json.JSON.readTree(parts[1]));
        }
        return Json.JSON.treeToValue(tree, TrialOrder.class);
    }

    /**
     * Orders a trial.
     *
     * @param home holds {@code plugins/CLASSIFIER.jar} and the folder of the data set
     */
    public static TrialOrder of(Path home, String classifier, String dataset, int epochs, long seed) {
        DatasetSpec images = new DatasetSpec(home.resolve(dataset).toString(), null, 0, 0);
        try {
            return new TrialOrder(
                    MadeUp.trial(
                            classifier,
                            seed,
                            0,
                            Recipe.standard().withEpochs(epochs).withBatchSize(16)),
                    images,
                    SplitSpec.holdOut(0.1, 0),
                    new TrialInputs(
                            classifier,
                            "1.2.3",
                            Sha256.of(home.resolve("plugins").resolve(classifier + ".jar")),
                            images.load(DataHome.of(home)).sha256(),
                            Software.current()),
                    Supplies.here(home.resolve("plugins"), home.resolve(dataset), null, null),
                    null,
                    null,
                    1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
