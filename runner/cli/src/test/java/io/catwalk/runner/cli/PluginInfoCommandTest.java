package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * What {@code catwalk plugin info} shows of a classifier, whose network is built in another process. What it refuses is
 * in cases/plugins.txt.
 */
final class PluginInfoCommandTest {

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void layersHaveTheirShapesAndCounts() throws IOException {
        TestPlugin.sound("one-layer").write(folder.resolve("a.jar"));
        Path svg = folder.resolve("drawing.svg");

        Catwalk.Answer answer = info("one-layer --svg " + svg).done();

        assertThat(answer.err().strip()).isEqualTo("drawn in " + svg);
        assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(answer.out().replaceAll(" +", " "))
                .contains("one-layer: A plugin of the test\n", "Network for 1x28x28 and 10 classes:\n")
                .contains(" dense 10 7,850 7,840\n", " all 7,850 7,840\n")
                .contains("Recipe:\n", " Optimizer: AdamW\n", "Search space: nothing to choose\n");
        assertThat(svg).content().startsWith("<svg");

        JsonNode json = info("one-layer --json --image 3x8x4 --classes 5").json();
        assertThat(json.path("parameters").asInt()).isEqualTo((3 * 8 * 4 + 1) * 5);
        assertThat(json.path("multiply_accumulates").asInt()).isEqualTo(3 * 8 * 4 * 5);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource(delimiter = '|', textBlock = """
            throw new IllegalStateException("not today"); | network(...) threw IllegalStateException: not today
            return Layers.flatten(); | expected a network from images (2, 1, 28, 28) to logits (2, 10)
            """)
    void aNetworkThatCannotBeBuiltIsOneLine(String body, String reason) {
        TestPlugin.building("broken", body).write(folder.resolve("a.jar"));
        info("broken").refused("cannot draw 'broken': ", reason);
    }

    @Test
    @Tag("long")
    void aProcessThatNeverEndsAfterTheNetworkIsBuiltHoldsNobodyUp() {
        String endless = "Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) {"
                + " java.util.concurrent.locks.LockSupport.park(); } })); ";
        TestPlugin.building("endless", endless + TestPlugin.NETWORK).write(folder.resolve("a.jar"));
        assertThat(info("endless").done().joined()).contains(" dense 10 7,850 7,840 ");
    }

    private Catwalk.Answer info(String more) {
        return Catwalk.ask("plugin info --plugins-dir %s " + more, folder);
    }
}
