package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What {@code catwalk plugin info} shows of a classifier, whose network is built in another process. */
final class PluginInfoCommandTest {

    @TempDir
    private Path folder;

    /** 28 x 28 x 10 weights and 10 biases. */
    @Test
    void layersHaveTheirShapesAndCounts() throws IOException {
        TestPlugin.sound("one-layer").write(folder.resolve("a.jar"));
        Path svg = folder.resolve("drawing.svg");

        Catwalk.Answer answer = info("one-layer", "--svg", svg.toString());

        assertThat(answer.err().strip()).isEqualTo("drawn in " + svg);
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(answer.out().replaceAll(" +", " "))
                .contains("one-layer: A plugin of the test\n", "Network for 1x28x28 and 10 classes:\n")
                .contains(" dense 10 7,850 7,840\n", " all 7,850 7,840\n")
                .contains("Recipe:\n", " AdamW, peak learning rate", "Search space: nothing to choose\n");
        assertThat(svg).content().startsWith("<svg");

        JsonNode json = Json.JSON.readTree(info("one-layer", "--json", "--image", "3x8x4", "--classes", "5")
                .out());
        assertThat(json.path("parameters").asInt()).isEqualTo((3 * 8 * 4 + 1) * 5);
        assertThat(json.path("multiply_accumulates").asInt()).isEqualTo(3 * 8 * 4 * 5);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource(
            delimiter = '|',
            value = {
                "throw new IllegalStateException(\"not today\");   | network(...) threw IllegalStateException: not today",
                "System.exit(3); return null;                        | its process ended by itself with exit code 3",
                "return null;                                        | network(...) returned null",
                "return Layers.sequence(Layers.flatten(), Layers.dense(7)); | expected a network from images (2, 1, 28, 28) to logits (2, 10)"
            })
    void aNetworkThatCannotBeBuiltIsOneLine(String body, String reason) {
        TestPlugin.building("broken", body).write(folder.resolve("a.jar"));

        Catwalk.Answer answer = info("broken");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err())
                .startsWith("catwalk: cannot draw 'broken': ")
                .contains(reason)
                .hasLineCount(1);
    }

    @Test
    @Tag("long")
    void aProcessThatNeverEndsAfterTheNetworkIsBuiltHoldsNobodyUp() {
        TestPlugin.building(
                        "endless",
                        "Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) {"
                                + " java.util.concurrent.locks.LockSupport.park(); } })); " + TestPlugin.NETWORK)
                .write(folder.resolve("a.jar"));

        Catwalk.Answer answer = info("endless");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().replaceAll(" +", " ")).contains(" dense 10 7,850 7,840\n");
    }

    @ParameterizedTest
    @CsvSource({
        "28x28, 10, 'expected --image CHANNELSxHEIGHTxWIDTH, but found ''28x28'''",
        "0x28x28, 10, channels",
        "1x28x28, 1, '--classes must be from 2 to'",
    })
    void anImageThatIsNoneIsRefused(String image, String classes, String reason) {
        TestPlugin.sound("one-layer").write(folder.resolve("a.jar"));

        Catwalk.Answer answer = info("one-layer", "--image", image, "--classes", classes);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).startsWith("catwalk: ").contains(reason).hasLineCount(1);
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        TestPlugin.sound("gru").write(folder.resolve("a.jar"));

        assertThat(info("gur").err()).contains("did you mean 'gru'?").hasLineCount(1);
        assertThat(Files.exists(folder.resolve("drawing.svg"))).isFalse();
    }

    private Catwalk.Answer info(String... arguments) {
        return Catwalk.run(Stream.of(
                        Stream.of("plugin", "info"),
                        Stream.of(arguments),
                        Stream.of("--plugins-dir", folder.toString()))
                .flatMap(part -> part)
                .toArray(String[]::new));
    }
}
