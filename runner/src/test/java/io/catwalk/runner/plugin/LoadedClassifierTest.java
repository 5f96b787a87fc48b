package io.catwalk.runner.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void networkMethodThatThrowsIsNamedWithItsJar() {
        withNetwork(
                "throw new IllegalStateException(\"no\\nlayers\");",
                loaded -> assertThatThrownBy(() -> loaded.build(TASK, Hyperparameters.none()))
                        .isInstanceOf(PluginException.class)
                        .hasMessage("classifier 'alpha' of alpha.jar: network(...) threw IllegalStateException:"
                                + " no layers")
                        .hasCauseInstanceOf(IllegalStateException.class));
    }

    @Test
    void whatARecipeAsksForAndIsNotThereIsAPluginError() {
        withNetwork(TestPlugin.NETWORK, loaded -> {
            assertThatThrownBy(() -> loaded.loss(TASK, Hyperparameters.none()))
                    .isInstanceOf(PluginException.class)
                    .hasMessageContaining(
                            "loss(...) threw IllegalStateException: the recipe has withLoss(Loss.OWN), but");
            assertThatThrownBy(() -> loaded.augmentation(TASK, Hyperparameters.none()))
                    .isInstanceOf(PluginException.class)
                    .hasMessageContaining("augmentation(...) threw IllegalStateException: the recipe has");
            assertThatThrownBy(() -> loaded.weights(TASK, Hyperparameters.none()))
                    .isInstanceOf(PluginException.class)
                    .hasMessageContaining("weights(...) threw IllegalStateException: the recipe has");
        });
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
    void weightsAreInTheJarByWhateverPathItIsOpened() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path jar = TestPlugin.having(
                        "alpha",
                        "",
                        "@Override public java.net.URL weights(Task task, Hyperparameters chosen) {"
                                + " return getClass().getResource(\"weights.safetensors\");")
                .file("test/weights.safetensors", new byte[1])
                .write(real.resolve("alpha.jar"));
        Path linkedFolder =
                Files.createSymbolicLink(folder.resolve("linked"), real).resolve("alpha.jar");
        Path linkedJar = Files.createSymbolicLink(folder.resolve("alpha.jar"), jar);
        for (Path path : List.of(jar, linkedFolder, linkedJar)) {
            try (LoadedPlugin plugin = LoadedPlugin.open(path, PluginJar.sha256(path))) {
                URL weights = plugin.require("alpha").weights(TASK, Hyperparameters.none());
                assertThat(weights.toString()).endsWith("alpha.jar!/test/weights.safetensors");
            }
        }
    }

    /** A network must be the same when it is built again, where nobody knows how many images there were. */
    @Test
    void theNetworkSeesTheShapeAlone() {
        withNetwork(
                "if (!task.classSizes().isEmpty() || task.mirrored()) throw new IllegalStateException(); "
                        + TestPlugin.NETWORK,
                loaded -> assertThat(loaded.build(
                                TASK.withMirrored(true).withClassSizes(List.of(1, 2, 3, 4)), Hyperparameters.none()))
                        .isNotNull());
    }

    @Test
    void classThatIsMissingAtRunTimeIsAPluginError() {
        withNetwork(
                "throw new NoClassDefFoundError(\"com/example/Gone\");",
                loaded -> assertThatThrownBy(() -> loaded.build(TASK, Hyperparameters.none()))
                        .isInstanceOf(PluginException.class)
                        .hasMessageContaining("NoClassDefFoundError: com/example/Gone"));
    }

    @Test
    void nullInPlaceOfANetworkIsAPluginError() {
        withNetwork(
                "return null;",
                loaded -> assertThatThrownBy(() -> loaded.build(TASK, Hyperparameters.none()))
                        .isInstanceOf(PluginException.class)
                        .hasMessage("classifier 'alpha' of alpha.jar: network(...) returned null"));
    }

    @Test
    void wrongNumberOfLogitsIsFoundAfterInitialization() {
        withNetwork(
                "return Layers.sequence(Layers.flatten(), Layers.dense(5));",
                loaded -> assertThatInitialization(loaded)
                        .hasMessageContaining("images (2, 1, 8, 8) to logits (2, 4)")
                        .hasMessageContaining("its output is [(2, 5)]"));
    }

    @Test
    void outputThatIsStillAnImageIsFoundAfterInitialization() {
        withNetwork(
                "return Layers.sequence(Layers.conv(4, 3));",
                loaded -> assertThatInitialization(loaded).hasMessageContaining("its output is [(2, 4, 8, 8)]"));
    }

    @Test
    void layersThatDoNotFitTheImagesAreFoundInInitialization() {
        withNetwork(
                "return Layers.sequence(Layers.lstm(3, 1), Layers.lastStep(), Layers.dense(4));",
                loaded -> assertThatInitialization(loaded)
                        .hasMessageStartingWith(
                                "classifier 'alpha' of alpha.jar: the network for 1x8x8 images of 4 classes"));
    }

    private static AbstractThrowableAssert<?, ?> assertThatInitialization(LoadedClassifier loaded) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network = loaded.build(TASK, Hyperparameters.none());
            return assertThatThrownBy(() -> loaded.initialize(network, manager, TASK))
                    .isInstanceOf(PluginException.class);
        }
    }

    private void withNetwork(String body, Consumer<LoadedClassifier> use) {
        Path jar = TestPlugin.building("alpha", body).write(folder.resolve("alpha.jar"));
        try (LoadedPlugin plugin = LoadedPlugin.open(jar, PluginJar.sha256(jar))) {
            use.accept(plugin.require("alpha"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
