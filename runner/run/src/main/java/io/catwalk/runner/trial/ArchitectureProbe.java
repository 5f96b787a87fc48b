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
import io.catwalk.runner.plugin.InstalledClassifier;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.LoadedPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Builds the network of a classifier without training it, to examine its structure. Like all code of plugins, this runs
 * in a process of its own.
 */
public final class ArchitectureProbe {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private ArchitectureProbe() {}

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
     * Builds the network of a classifier, at one point of its search space, and exports it with random weights.
     *
     * @param into an existing folder
     * @return the ONNX file there
     * @throws RequestException if the network cannot be built or has no ONNX form; in one line
     */
    public static Path export(InstalledClassifier classifier, Task task, Hyperparameters chosen, Path into)
            throws IOException, InterruptedException {
        TrialFolder folder = new TrialFolder(into);
        Path order = into.resolve("probe.json");
        AtomicFiles.write(
                order,
                Json.JSON.writeValueAsString(new Order(
                        classifier.jar().toAbsolutePath().toString(),
                        classifier.jarSha256(),
                        classifier.name(),
                        task,
                        chosen.values(),
                        folder.onnx().toString())));
        AtomicBoolean exported = new AtomicBoolean();
        TrialProcess.Ending ending = TrialProcess.run(
                List.of(TrialMain.PROBE, order.toString()),
                1,
                folder,
                LIMIT,
                event -> exported.set(event.probed() != null));
        if (!exported.get() || !Files.isRegularFile(folder.onnx())) {
            throw new RequestException("cannot draw '" + classifier.name() + "': "
                    + (ending.timedOut()
                            ? "its network was not built within " + LIMIT.toMinutes() + " minutes"
                            // The log is deleted before anybody could read it.
                            : ending.reason(folder, null).replaceFirst(": see \\S+$", "")));
        }
        return folder.onnx();
    }
}
