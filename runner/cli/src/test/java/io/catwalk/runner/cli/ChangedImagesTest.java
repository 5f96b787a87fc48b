package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A data set in which an image changes while the first of two trials is training. */
final class ChangedImagesTest {

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void noTrialBeginsOnChangedImagesAndTheRunSaysSo() throws IOException {
        Path tiny = TinyImages.write(folder.resolve("tiny"));
        Path images = tiny.resolve("t10k-images-idx3-ubyte");
        byte[] before = Files.readAllBytes(images);
        byte[] after = before.clone();
        after[after.length - 1] ^= 1;
        Path changed = Files.write(folder.resolve("changed"), after);
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        String change = """
                try { java.nio.file.Files.copy(java.nio.file.Path.of("%s"), java.nio.file.Path.of("%s"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING); }
                catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
                """.formatted(changed, images);
        TestPlugin.building("first", change + TestPlugin.NETWORK).write(plugins.resolve("first.jar"));
        TestPlugin.sound("second").write(plugins.resolve("second.jar"));
        Path run = folder.resolve("run");
        String how = " --plugins-dir %s --no-latency --in-process";

        Catwalk.Answer answer = Catwalk.ask(
                "compare first second --dataset %s --out %s --epochs 1 --batch-size 54 --jobs 1 --threads 1" + how,
                tiny,
                run,
                plugins);

        answer.exits(ExitCode.SOME_FAILED);
        assertThat(answer.err().lines())
                .anySatisfy(line -> assertThat(line).contains("second", "tiny", "they have changed since the run"));
        JsonNode trials = Catwalk.json(run.resolve("results.json")).path("trials");
        assertThat(trials.valueStream().map(trial -> trial.path("status").asString()))
                .containsExactly("done", "lost");

        Files.write(images, before);
        Catwalk.Answer resumed = Catwalk.ask("resume %s" + how, run, plugins).done();
        assertThat(resumed.err()).doesNotContain("first seed 1: epoch").contains("second seed 1: epoch");
    }
}
