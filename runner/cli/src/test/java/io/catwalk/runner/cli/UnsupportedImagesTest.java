package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnsupportedImagesTest {

    private static final String OPTIONS =
            " --plugins-dir %s --on made-up: --no-latency --epochs 1 --batch-size 16 --out %s --dataset %s";

    @TempDir
    private static Path folder;

    private static Path plugins;
    private static Path images;

    @BeforeAll
    static void prepare() throws IOException {
        plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("dense").write(plugins.resolve("dense.jar"));
        TestPlugin.having("picky", "", "@Override public Tags tags() { return Tags.none().withSides(32, 64); ")
                .write(plugins.resolve("picky.jar"));
        images = TinyImages.write(folder.resolve("tiny"));
    }

    @Test
    void allThatThereAreAreThoseThatSupportTheImages() {
        Path out = folder.resolve("all");

        assertThat(Catwalk.ask("compare" + OPTIONS, plugins, out, images).done().err())
                .contains("left out: picky", "32x32");

        assertThat(out.resolve("results.csv")).content().contains("dense").doesNotContain("picky");
    }

    @Test
    @Tag("long")
    void withSeveralDataSetsItIsSaidOnce() throws IOException {
        Path others = TinyImages.write(folder.resolve("others"), 90);
        String both = "compare --dataset " + others + OPTIONS;
        String said = Catwalk.ask(both, plugins, folder.resolve("both"), images)
                .done()
                .err();
        assertThat(said).containsOnlyOnce("left out: picky");
    }

    /** A mistyped name, or weights that there are not, are reported before a large data set is read. */
    @ParameterizedTest
    @ValueSource(strings = {"train", "compare dense", "crossval", "tune"})
    void whatIsNamedIsRefusedAndNothingIsMade(String command) {
        Path out = folder.resolve("named");
        Path nowhere = folder.resolve("nowhere");

        Catwalk.ask(command + " picky" + OPTIONS, plugins, out, images)
                .refused("'picky'", "32x32", "1x8x8", "10 classes");
        Catwalk.ask(command + " pikky" + OPTIONS, plugins, out, nowhere).refused("'pikky'", "'picky'");
        Catwalk.ask(command.split(" ", -1)[0] + " dense --init imagenet" + OPTIONS, plugins, out, nowhere)
                .refused("init:", "imagenet");
        assertThat(out).doesNotExist();
    }
}
