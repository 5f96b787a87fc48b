package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How commands handle a classifier that does not support the images, which are 8x8. */
final class UnsupportedImagesTest {

    @TempDir
    private static Path folder;

    private static String images = "";
    private static String others = "";

    @BeforeAll
    static void prepare() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("dense").write(plugins.resolve("dense.jar"));
        TestPlugin.having("picky", "", "@Override public Tags tags() { return Tags.none().withSides(32, 64); ")
                .write(plugins.resolve("picky.jar"));
        images = TinyImages.write(folder.resolve("tiny")).toString();
        others = TinyImages.write(folder.resolve("others"), 90).toString();
    }

    private static Catwalk.Answer run(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        arguments.addAll(
                List.of("--plugins-dir", folder.resolve("plugins").toString(), "--in-process", "--no-latency"));
        arguments.addAll(List.of("--epochs", "1", "--batch-size", "16", "--threads", "1"));
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    @Test
    void allThatThereAreAreThoseThatSupportTheImages() {
        Catwalk.Answer answer = run(
                "compare", "--dataset", images, "--out", folder.resolve("all").toString());
        assertThat(answer.exitCode()).as(answer.err()).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).contains("left out: picky, which needs images of at least 32x32");
        assertThat(folder.resolve("all/results.csv"))
                .content()
                .contains("dense")
                .doesNotContain("picky");
    }

    @Test
    @Tag("long")
    void withSeveralDataSetsItIsSaidOnce() {
        Catwalk.Answer answer = run(
                "compare",
                "--dataset",
                images,
                "--dataset",
                others,
                "--out",
                folder.resolve("both").toString());
        assertThat(answer.exitCode()).as(answer.err()).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).containsOnlyOnce("left out: picky");
    }

    @Test
    void oneThatIsNamedIsRefusedAndNothingIsMade() {
        Path out = folder.resolve("named");
        for (String command : List.of("train picky", "compare dense picky", "crossval picky", "tune picky")) {
            Catwalk.Answer answer = run(command, "--dataset", images, "--out", out.toString());
            assertThat(answer.exitCode()).as(command).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.err())
                    .isEqualToIgnoringNewLines(
                            "catwalk: classifier 'picky' needs images of at least 32x32, but there are"
                                    + " 1x8x8 images of 10 classes");
        }
        assertThat(out).doesNotExist();
    }

    /** A mistyped name is reported before a large data set is read. */
    @Test
    void aNameThatThereIsNotIsRefusedBeforeImagesAreRead() {
        for (String command : List.of("train pikky", "compare dense pikky", "crossval pikky", "tune pikky")) {
            Catwalk.Answer answer =
                    run(command, "--dataset", folder.resolve("nowhere").toString());
            assertThat(answer.exitCode()).as(command).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.err()).contains("no classifier is named 'pikky'; did you mean 'picky'?");
        }
    }

    /** There is no such file: weights of ImageNet are named otherwise. */
    @Test
    void weightsThatThereAreNotAreRefusedBeforeImagesAreRead() {
        for (String command : List.of("train dense", "compare dense", "crossval dense", "tune dense")) {
            Catwalk.Answer answer = run(
                    command,
                    "--init",
                    "imagenet",
                    "--dataset",
                    folder.resolve("nowhere").toString());
            assertThat(answer.exitCode()).as(command).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.err())
                    .contains("init: expected a weight file or a folder with a trained network at imagenet");
        }
    }
}
