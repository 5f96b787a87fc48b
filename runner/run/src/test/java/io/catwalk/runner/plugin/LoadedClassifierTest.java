package io.catwalk.runner.plugin;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class LoadedClassifierTest {

    private static final Task TASK = Task.of(1, 8, 8, 4);

    @TempDir
    Path folder;

    @Test
    void soundNetworkIsBuiltAndInitialized() {
        withNetwork(TestPlugin.NETWORK, loaded -> {
            try (NDManager manager = NDManager.newBaseManager()) {
                Block network = loaded.build(TASK, Hyperparameters.none());
                assertThat(network.isInitialized()).isFalse();
                loaded.initialize(network, manager, TASK);
                assertThat(network.isInitialized()).isTrue();
            }
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            throw new IllegalStateException("no\\nlayers"); | network(...) threw IllegalStateException: no layers
            throw new NoClassDefFoundError("com/x/Gone");   | network(...) threw NoClassDefFoundError: com/x/Gone
            return null;                                    | network(...) returned null
            """)
    void networkMethodThatThrowsIsNamedWithItsJar(String body, String said) {
        withNetwork(body, loaded -> failed(() -> loaded.build(TASK, Hyperparameters.none()), said));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Layers.flatten(), Layers.dense(5)                         | to logits (2, 4), but its output is [(2, 5)]
            Layers.conv(4, 3)                                         | its output is [(2, 4, 8, 8)]
            Layers.lstm(3, 1), Layers.lastStep(), Layers.dense(4)     | the network for 1x8x8 images of 4 classes
            """)
    void layersThatDoNotFitAreFoundInInitialization(String layers, String said) {
        withNetwork("return Layers.sequence(" + layers + ");", loaded -> {
            try (NDManager manager = NDManager.newBaseManager()) {
                Block network = loaded.build(TASK, Hyperparameters.none());
                failed(() -> loaded.initialize(network, manager, TASK), said);
            }
        });
    }

    @Test
    void whatARecipeAsksForAndIsNotThereIsAPluginError() {
        withNetwork(TestPlugin.NETWORK, loaded -> {
            Hyperparameters none = Hyperparameters.none();
            failed(() -> loaded.loss(TASK, none), "loss(...) threw IllegalStateException: the recipe has");
            failed(
                    () -> loaded.augmentation(TASK, none),
                    "augmentation(...) threw IllegalStateException: the recipe has");
            failed(() -> loaded.weights(TASK, none), "weights(...) threw IllegalStateException: the recipe has");
        });
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
    void weightsAreInTheJarByWhateverPathItIsOpened() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        String member = "@Override public java.net.URL weights(Task task, Hyperparameters chosen) {"
                + " return getClass().getResource(\"weights.safetensors\");";
        Path jar = TestPlugin.having("alpha", "", member)
                .file("test/weights.safetensors", new byte[1])
                .write(real.resolve("alpha.jar"));
        Path linkedFolder =
                Files.createSymbolicLink(folder.resolve("linked"), real).resolve("alpha.jar");
        Path linkedJar = Files.createSymbolicLink(folder.resolve("alpha.jar"), jar);
        for (Path path : List.of(jar, linkedFolder, linkedJar)) {
            try (LoadedPlugin plugin = LoadedPlugin.open(path, Sha256.of(path))) {
                URL weights = plugin.require("alpha").weights(TASK, Hyperparameters.none());
                assertThat(weights.toString()).endsWith("alpha.jar!/test/weights.safetensors");
            }
        }
    }

    /** A network must be the same when it is built again, where nobody knows how many images there were. */
    @Test
    void theNetworkSeesTheShapeAlone() {
        String body = "if (!task.classSizes().isEmpty() || task.mirrored()) throw new IllegalStateException(); ";
        Task seen = TASK.withMirrored(true).withClassSizes(List.of(1, 2, 3, 4));
        withNetwork(
                body + TestPlugin.NETWORK,
                loaded -> assertThat(loaded.build(seen, Hyperparameters.none())).isNotNull());
    }

    private static void failed(ThrowingCallable call, String said) {
        refused(PluginException.class, call, "classifier 'alpha' of alpha.jar: ", said);
    }

    private void withNetwork(String body, Consumer<LoadedClassifier> use) {
        Path jar = TestPlugin.building("alpha", body).write(folder.resolve("alpha.jar"));
        try (LoadedPlugin plugin = LoadedPlugin.open(jar, Sha256.of(jar))) {
            use.accept(plugin.require("alpha"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
