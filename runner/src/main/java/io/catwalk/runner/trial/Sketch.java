package io.catwalk.runner.trial;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.plugin.InstalledClassifier;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.LoadedPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Builds the network of a classifier without training it, to examine its structure. Like all code of plugins, this runs
 * in a process of its own.
 */
public final class Sketch {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Sketch() {}

    /**
     * Examines a network.
     *
     * @param <T> type of the result
     */
    @FunctionalInterface
    public interface Look<T> {

        /**
         * Examines the network.
         *
         * @param onnx the network with random weights, as Catwalk exports it; deleted afterwards
         * @return the result
         * @throws IOException if it cannot be read
         */
        T at(Path onnx) throws IOException;
    }

    /** Orders a network from the process. */
    record Order(
            String jar, String sha256, String classifier, Task task, Map<String, Object> hyperparameters, String file) {

        /** Builds and exports it in this process. */
        Path write() throws IOException {
            try (LoadedPlugin plugin = LoadedPlugin.open(Path.of(jar), sha256);
                    NDManager manager = NDManager.newBaseManager()) {
                LoadedClassifier loaded = plugin.require(classifier);
                Block network = loaded.build(task, new Hyperparameters(hyperparameters));
                loaded.initialize(network, manager, task);
                OnnxExport.of(network, new Shape(task.channels(), task.height(), task.width()))
                        .write(Path.of(file));
                return Path.of(file);
            }
        }
    }

    /**
     * Builds a network and examines it.
     *
     * @param classifier whose network it is
     * @param task the images and classes, which it supports
     * @param chosen one point of its search space
     * @param look examines the network
     * @return the result of the look
     * @throws RequestException if the network cannot be built or has no ONNX form; in one line
     * @throws IOException if files cannot be written or read
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static <T> T of(InstalledClassifier classifier, Task task, Hyperparameters chosen, Look<T> look)
            throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch()) {
            TrialFolder folder = new TrialFolder(scratch.folder());
            Path order = scratch.file("sketch.json");
            AtomicFiles.write(
                    order,
                    Json.JSON.writeValueAsString(new Order(
                            classifier.jar().toAbsolutePath().toString(),
                            classifier.jarSha256(),
                            classifier.name(),
                            task,
                            chosen.values(),
                            folder.onnx().toString())));
            List<String> sketched = new ArrayList<>();
            TrialProcess.Ending ending = new TrialProcess()
                    .run(List.of(TrialMain.SKETCH, order.toString()), 1, folder, LIMIT, event -> {
                        if (event.sketched() != null) {
                            sketched.add(event.sketched());
                        }
                    });
            if (sketched.isEmpty() || !Files.isRegularFile(folder.onnx())) {
                throw new RequestException("cannot draw '" + classifier.name() + "': "
                        + (ending.timedOut()
                                ? "its network was not built within " + LIMIT.toMinutes() + " minutes"
                                // The log is deleted before anybody could read it.
                                : ending.reason(folder, null).replaceFirst(": see \\S+$", "")));
            }
            return look.at(folder.onnx());
        }
    }
}
