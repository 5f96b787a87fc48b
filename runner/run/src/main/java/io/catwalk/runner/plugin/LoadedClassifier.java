package io.catwalk.runner.plugin;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.api.BatchAugmentation;
import io.catwalk.api.BatchLoss;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.runner.Reasons;
import io.catwalk.testkit.contract.PluginFile;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds a classifier whose code runs in this process, and its origin. Its methods call the plugin, and throw a
 * {@link PluginException} if it throws or returns null.
 *
 * @param classifier made by the plugin
 * @param name that the classifier returned when it was loaded
 * @param pluginId Plugin-Id of the jar's manifest
 * @param version Plugin-Version
 * @param jar the file
 * @param jarSha256 of the file, 64 lower-case hexadecimal digits
 */
public record LoadedClassifier(
        Classifier classifier, String name, String pluginId, String version, Path jar, String jarSha256) {

    private static final int BATCH = 2;

    /**
     * Builds the network, not yet initialized. The plugin receives only the shape of the images and the number of
     * classes, so that the network can be built again for other images of the same shape.
     */
    public Block build(Task task, Hyperparameters chosen) {
        Task shape = Task.of(task.channels(), task.height(), task.width(), task.classes());
        return ask("network(...)", () -> classifier.network(shape, chosen));
    }

    /** Returns the loss, for a recipe that uses the classifier's own. */
    public BatchLoss loss(Task task, Hyperparameters chosen) {
        return ask("loss(...)", () -> classifier.loss(task, chosen));
    }

    /** Returns the augmentation of batches, for a recipe that uses the classifier's own. */
    public BatchAugmentation augmentation(Task task, Hyperparameters chosen) {
        return ask("augmentation(...)", () -> classifier.augmentation(task, chosen));
    }

    /** Returns a file in the jar with the initial weights, for a recipe that uses the classifier's own. */
    public URL weights(Task task, Hyperparameters chosen) {
        URL weights = ask("weights(...)", () -> classifier.weights(task, chosen));
        if (!PluginFile.contains(jar, weights)) {
            throw new PluginException(
                    where() + "expected weights in the jar itself, but weights(...) returned " + weights);
        }
        return weights;
    }

    /**
     * Initializes a network that {@link #build} made for a task, in float32. It has to map images (batch, channels,
     * height, width) to logits (batch, classes). The manager owns the parameters afterwards.
     */
    public void initialize(Block network, NDManager manager, Task task) {
        Shape images = new Shape(BATCH, task.channels(), task.height(), task.width());
        Shape logits = new Shape(BATCH, task.classes());
        Shape[] found = ask("the network for " + task, () -> {
            network.initialize(manager, DataType.FLOAT32, images);
            return network.getOutputShapes(new Shape[] {images});
        });
        if (!Arrays.equals(found, new Shape[] {logits})) {
            throw new PluginException(where() + "expected a network from images " + images + " to logits " + logits
                    + ", but its output is " + Arrays.toString(found));
        }
    }

    private <T> T ask(String what, Supplier<@Nullable T> question) {
        T answer;
        try {
            answer = question.get();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            throw new PluginException(where() + what + " threw " + Reasons.of(e), e);
        }
        if (answer == null) {
            throw new PluginException(where() + what + " returned null");
        }
        return answer;
    }

    private String where() {
        return "classifier '" + name + "' of " + jar.getFileName() + ": ";
    }
}
