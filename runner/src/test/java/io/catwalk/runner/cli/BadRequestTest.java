package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                "file", Files.writeString(folder.resolve("file"), "").toString()));

        assertThat(orders).doesNotExist();
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
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no such devices")
    void aDeviceOrAPipeIsNoExperimentFile() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (Path path : List.of(Path.of("/dev/zero"), Path.of("/dev/null"), pipe)) {
            refusal("train lstm --config %s", path, path + "", "a pipe or a device");
        }
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

    @ParameterizedTest
    @ValueSource(strings = {"magic", "short", "long", "label", "counts", "gzip", "missing"})
    void aBrokenIdxFileIsNamed(String fault) throws IOException {
        Path file = images.resolve(breakIdx(fault));

        refusal("train lstm --batch-size 16 --dataset %s", images, file.toString(), "expected", "found");
    }

    private String breakIdx(String fault) throws IOException {
        String pictures = "train-images-idx3-ubyte";
        String labels = "train-labels-idx1-ubyte";
        Path file = images.resolve(pictures);
        byte[] bytes = Files.readAllBytes(file);
        byte[] answers = Files.readAllBytes(images.resolve(labels));
        switch (fault) {
            case "magic" -> {
                bytes[3] = 7;
                Files.write(file, bytes);
            }
            case "short" -> Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
            case "long" -> Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
            case "label" -> {
                Files.writeString(images.resolve("classes.txt"), "one\ntwo\n");
                return labels;
            }
            case "counts" -> {
                answers[7]--;
                Files.write(images.resolve(labels), Arrays.copyOf(answers, answers.length - 1));
                return labels;
            }
            case "gzip" -> {
                Files.delete(file);
                Files.write(images.resolve(pictures + ".gz"), new byte[] {31, (byte) 139, 8, 0, 0});
                return pictures + ".gz";
            }
            default -> Files.delete(file);
        }
        return pictures;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            empty  | cat
            broken | two.png
            mixed  | two.png
            none   | Class cat
            """)
    void aBrokenImageFolderIsNamed(String fault, String where) throws IOException {
        Path pictures = folder.resolve("pictures");
        for (String part : List.of("train", "test")) {
            for (String name : List.of("cat", "dog")) {
                Path place = Files.createDirectories(pictures.resolve(part).resolve(name));
                picture(place.resolve("one.png"), 4);
                picture(place.resolve("two.png"), 4);
            }
        }
        Path two = pictures.resolve("train/dog/two.png");
        switch (fault) {
            case "empty" -> {
                Files.delete(pictures.resolve("train/cat/one.png"));
                Files.delete(pictures.resolve("train/cat/two.png"));
            }
            case "broken" -> Files.writeString(two, "no picture");
            case "mixed" -> picture(two, 5);
            default -> {
                try (Stream<Path> all = Files.walk(pictures.resolve("test"))) {
                    for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                        Files.delete(path);
                    }
                }
            }
        }

        assertThat(refusal("train lstm --batch-size 1 --dataset %s", pictures, where))
                .containsAnyOf("expected", "try --image-size");
    }

    private static void picture(Path file, int side) throws IOException {
        ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
    }

    @Test
    void aRunFolderThatIsNoneIsNamed() throws IOException {
        Path nowhere = folder.resolve("nowhere");
        Catwalk.ask("evaluate %s", nowhere).refused("experiment.yaml", nowhere + " does not exist");
        Catwalk.ask("evaluate %s", images).refused("experiment.yaml", images + " has none");
        Path file = Files.writeString(images.resolve("experiment.yaml"), "schema: {");
        Catwalk.ask("evaluate %s", images).refused(file.toString(), "the value of schema is missing or wrong");
    }

    /** The log goes to the real standard error, so a process of its own is needed. */
    @Test
    void theStackTraceIsShownOnlyWhenAsked() throws Exception {
        assertThat(Catwalk.ask("evaluate %s", folder.resolve("nowhere")).refused("nowhere"))
                .doesNotContain("Exception");
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
