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

    private static final String ANY = """
            {"spec": {"classifier": "gru", "variant": "wide", "hyperparameters": {"units": 64, "layers": 2},
              "recipe": {"optimizer": {"type": "adamw", "learning_rate": 0.002, "weight_decay": 0.01},
                "schedule": {"type": "one-cycle", "warm_up": 0.2}, "epochs": 10, "batch_size": 128,
                "augmentations": [], "label_smoothing": 0.0, "averaging": 0.0, "clip_norm": 0.0, "patience": 0,
                "balance": "none", "select_by": "accuracy", "groups": [], "loss": "cross-entropy", "pretrained": false},
              "seed": 3, "fold": 2, "threads": 1, "device": "cpu", "init": null, "purpose": "ship"},
             "dataset": {"name": "fashion-mnist", "image_size": "28x28", "limit_train": 1000, "limit_test": 200},
             "split": {"folds": 5, "repeats": 2, "hold_out": 0.1, "seed": 7},
             "inputs": {"plugin_id": "nets", "plugin_version": "1.2.3", "plugin_sha256": "ab", "dataset_sha256": "cd",
               "software": {"catwalk": "0.1.0", "djl": "0.36.0", "pytorch": "2.7.1", "onnxruntime": "1.29.0",
                 "java": "Debian 17.0.13"}},
             "supplies": {"plugin": [{"uri": "file:/plugins"}], "images": [{"uri": "file:/data"}], "labels": [],
               "weights": []},
             "timeout_seconds": 60, "processor": null, "attempt": 1}""";

    private Orders() {}

    public static TrialOrder any() {
        return Json.JSON.readValue(ANY, TrialOrder.class);
    }

    /** Trains in this process. */
    public static TrialOutcome train(TrialOrder order, TrialFolder folder) throws IOException {
        return LocalExecutor.trainHere(order, folder, news -> {});
    }

    /** Checks what came back in this process. */
    public static TrialOutcome check(TrialOrder order, TrialFolder folder) throws IOException {
        try {
            return ReturnedTrial.checked(order, folder);
        } catch (InfrastructureException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

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
        DatasetSpec images =
                new DatasetSpec(home.resolve(dataset).toString(), null, null, null, null, 0, 0, null, null);
        try {
            Path plugins = home.resolve("plugins");
            Recipe recipe = Recipe.standard().withEpochs(epochs).withBatchSize(16);
            TrialSpec spec = MadeUp.trial(classifier, seed, 0, recipe);
            String jar = Sha256.of(plugins.resolve(classifier + ".jar"));
            String data = images.load(DataHome.of(home)).sha256();
            TrialOrder.Inputs inputs = new TrialOrder.Inputs(classifier, "1.2.3", jar, data, Software.current());
            TrialOrder.Artifacts supplies = TrialOrder.Artifacts.here(plugins, home.resolve(dataset), null, spec);
            return new TrialOrder(spec, images, new SplitSpec(0, 1, 0.1, 0, null), inputs, supplies, null, null, 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
