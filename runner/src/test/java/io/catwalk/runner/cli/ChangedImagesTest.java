package io.catwalk.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A data set in which an image changes while the first of two trials is training. */
@Tag("long")
final class ChangedImagesTest {

    private static final String CHANGED = "they have changed since the run was started: restore the old ones";

    @TempDir
    private Path folder;

    @Test
    void noTrialBeginsOnChangedImagesAndTheRunSaysSo() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("first").write(plugins.resolve("first.jar"));
        TestPlugin.sound("second").write(plugins.resolve("second.jar"));
        TinyImages.write(folder.resolve("tiny"));
        Path images = folder.resolve("tiny/t10k-images-idx3-ubyte");
        byte[] before = Files.readAllBytes(images);
        Process program =
                start("compare first second --plugins-dir plugins --dataset tiny --out run --epochs 20 --batch-size 54"
                        + " --jobs 1 --threads 1 --no-latency");
        List<String> said = new ArrayList<>();
        try (BufferedReader screen = program.errorReader(UTF_8)) {
            for (String line = screen.readLine(); line != null; line = screen.readLine()) {
                said.add(line);
                if (line.startsWith("first seed 1: epoch 1 of")) {
                    byte[] after = before.clone();
                    after[after.length - 1] ^= 1;
                    Files.write(images, after);
                }
            }
        }

        assertThat(program.waitFor()).as("%s", said).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(said).anySatisfy(line -> assertThat(line).contains("second", "tiny", CHANGED));
        JsonNode trials = Json.JSON
                .readTree(Files.readString(folder.resolve("run/results.json")))
                .path("trials");
        assertThat(trials.valueStream().map(trial -> trial.path("status").asString()))
                .containsExactly("done", "lost");

        Files.write(images, before);
        program = start("resume run --plugins-dir plugins --no-latency");
        String resumed = new String(program.getErrorStream().readAllBytes(), UTF_8);
        assertThat(program.waitFor()).as(resumed).isEqualTo(ExitCode.DONE);
        assertThat(resumed).doesNotContain("first seed 1: epoch").contains("second seed 1: epoch");
    }

    private Process start(String arguments) throws IOException {
        return Catwalk.process(folder, arguments.split(" ", -1))
                .redirectOutput(folder.resolve("out").toFile())
                .start();
    }
}
