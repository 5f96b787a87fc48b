package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that cannot be carried out: exit code 2, one line that helps, and nothing created or lost. */
@Tag("tiny")
final class BadRequestTest {

    @TempDir
    private static Path shared;

    private static Path plugins;

    @TempDir
    private Path folder;

    private Path images;
    private Path out;

    @BeforeAll
    static void pack() throws IOException {
        plugins = Files.createDirectory(shared.resolve("plugins"));
        TestPlugin.having("conv-maxpool", "", """
                        @Override public SearchSpace searchSpace() {
                            return SearchSpace.none().with("filters", 4, 8).with("dense", 16, 32);
                        """).write(plugins.resolve("conv-maxpool.jar"));
        TestPlugin.sound("lstm").write(plugins.resolve("lstm.jar"));
    }

    @BeforeEach
    void write() throws IOException {
        images = TinyImages.write(folder.resolve("images"));
        out = folder.resolve("run");
    }

    @AfterEach
    void noRunIsMade() {
        assertThat(out).doesNotExist();
    }

    static Stream<CommandCase> cases() throws IOException {
        return CommandCase.of("bad-requests");
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Timeout(20)
    void aBadRequestIsRefusedAtOnceWithItsKeyFacts(CommandCase one) throws IOException {
        Path orders = folder.resolve("orders");
        Path huge = folder.resolve("huge.yaml");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(500L << 20);
        }

        one.check(Map.of(
                "plugins", plugins.toString(),
                "images", images.toString(),
                "run", out.toString(),
                "huge", huge.toString(),
                "orders", orders.toString(),
                "nowhere", folder.resolve("nowhere").toString(),
                "file", Files.writeString(folder.resolve("file"), "").toString(),
                "weights", Files.writeString(folder.resolve("some.params"), "").toString(),
                "cut", cut().toString()));

        assertThat(orders).doesNotExist();
    }

    /** Returns a data set whose last image lacks a pixel. */
    private Path cut() throws IOException {
        Path cut = TinyImages.write(folder.resolve("cut"));
        Path file = cut.resolve("train-images-idx3-ubyte");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) - 1));
        return cut;
    }

    @Test
    void aClassifierWhosePluginFailedSaysWhy() throws IOException {
        Path others = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("gru").write(others.resolve("one.jar"));
        TestPlugin.sound("gru").write(others.resolve("two.jar"));

        refusal("train gru --plugins-dir %s", others, "'gru' could not be loaded", "one.jar and in two.jar");
        refusal("compare --plugins-dir %s", others, "expected at least one plugin in " + others);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no pipes in folders")
    void aPipeIsNoExperimentFile() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        refusal("train lstm --config %s", pipe, pipe + "", "a pipe or a device");
    }

    @Test
    void whatABadFileSaysReachesTheScreenAsText() throws IOException {
        String name = "[\"\\e[2J\\0" + "x".repeat(5_000) + "\"]";
        Path file = Files.writeString(folder.resolve("odd.yaml"), "classifiers: " + name + "\n");

        assertThat(refusal("compare --config %s", file, "classifiers").strip())
                .matches("\\P{Cntrl}*")
                .hasSizeLessThan(1_100);
        refusal("train %s", "\u001b]0;title\u0007", "'\\u001b]0;title");
    }

    @Test
    void noCommandShowsWhichThereAre() {
        Catwalk.Answer answer = Catwalk.run().exits(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).contains("compare", "train", "evaluate", "audit", "list", "doctor");
    }

    /** The log goes to the real standard error, so a process of its own is needed. */
    @Test
    void theStackTraceIsShownWhenAsked() throws Exception {
        Catwalk.Answer verbose = Catwalk.finish(Catwalk.process(folder, "evaluate", "--verbose", "nowhere"));
        assertThat(verbose.exits(ExitCode.BAD_REQUEST).err())
                .contains("io.catwalk.runner.RequestException: expected a run folder")
                .contains("\tat io.catwalk.runner");
    }

    /** Runs a command with the tiny data and plugins, unless it names others, and returns its one line. */
    private String refusal(String command, Object value, String... facts) {
        String whole = command + " --out " + out
                + (command.contains("--plugins-dir") ? "" : " --plugins-dir " + plugins)
                + (command.contains("--dataset") ? "" : " --dataset " + images);
        return Catwalk.ask(whole, value).refused(facts);
    }
}
