package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plugin that is packaged as a zip works in every step, like a jar. */
@Tag("long")
final class ZippedPluginTest {

    @TempDir
    private Path folder;

    @Test
    void aZippedPluginIsTrainedAndExported() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("zipped").writeZip(plugins.resolve("zipped.zip"), Map.of());
        TinyImages.write(folder.resolve("tiny"));

        Catwalk.Answer answer = Catwalk.run(
                "train",
                "zipped",
                "--plugins-dir",
                plugins.toString(),
                "--dataset",
                folder.resolve("tiny").toString(),
                "--epochs",
                "1",
                "--batch-size",
                "16",
                "--limit-train",
                "60",
                "--no-latency",
                "--out",
                folder.resolve("run").toString());

        assertThat(answer.exitCode()).as(answer.err()).isEqualTo(ExitCode.DONE);
        assertThat(folder.resolve("run/trials/zipped/1-0/model.onnx")).isNotEmptyFile();
    }
}
