package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Tag("tiny")
final class ListCommandTest {

    @TempDir
    private Path folder;

    @Test
    void classifiersStandWithVersionAndDescription() {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        TestPlugin.sound("conv-maxpool").write(folder.resolve("conv-maxpool.jar"));

        Catwalk.Answer answer = list();

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).isEmpty();
        assertThat(answer.out().lines())
                .containsExactly(
                        "conv-maxpool  1.2.3  A plugin of the test", "gru           1.2.3  A plugin of the test");
    }

    @Test
    void aLongDescriptionIsBrokenAt80Columns() {
        TestPlugin.sound("gru")
                .manifest("Plugin-Description", "word ".repeat(40).strip())
                .write(folder.resolve("gru.jar"));

        assertThat(list().out().lines())
                .hasSizeGreaterThan(1)
                .allSatisfy(
                        line -> assertThat(line).hasSizeLessThanOrEqualTo(80).matches("(gru  1\\.2\\.3| {10})  w.*d"));
    }

    @Test
    void eachBadJarIsShownWithItsReasonAndTheRestIsListed() throws IOException {
        TestPlugin.sound("sound").write(folder.resolve("sound.jar"));
        Path whole = TestPlugin.sound("cut").write(folder.resolve("cut.jar"));
        Files.write(whole, Arrays.copyOf(Files.readAllBytes(whole), 300));
        Files.writeString(folder.resolve("text.jar"), "no jar");
        TestPlugin.sound("fat").file("ai/djl/nn/Block.class", new byte[] {1}).write(folder.resolve("fat.jar"));
        TestPlugin.sound("newer").manifest("Plugin-Requires", ">=99.0.0").write(folder.resolve("newer.jar"));
        TestPlugin.withBodies(
                        "thrower", "throw new IllegalStateException(\"no\");", "return \"t\";", TestPlugin.NETWORK)
                .write(folder.resolve("thrower.jar"));
        TestPlugin.sound("twin").write(folder.resolve("twin-1.jar"));
        TestPlugin.sound("twin").write(folder.resolve("twin-2.jar"));

        Catwalk.Answer answer = list();

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.out().lines()).singleElement().asString().startsWith("sound  ");
        assertThat(answer.err().lines())
                .extracting(line -> line.substring(0, line.indexOf(".jar: ")))
                .containsExactlyInAnyOrder(
                        "failed: cut",
                        "failed: text",
                        "failed: fat",
                        "failed: newer",
                        "failed: thrower",
                        "failed: twin-1",
                        "failed: twin-2");
    }

    @Test
    void jsonHoldsClassifiersAndFailures() throws IOException {
        TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        Files.writeString(folder.resolve("text.jar"), "no jar");

        Catwalk.Answer answer = Catwalk.run("list", "--json", "--plugins-dir", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.err()).isEmpty();
        JsonNode all = Json.JSON.readTree(answer.out());
        JsonNode gru = all.path("classifiers").path(0);
        assertThat(gru.propertyNames())
                .contains("name", "plugin_id", "version", "provider", "description", "jar", "sha256", "search_space");
        assertThat(gru.path("name").asString()).isEqualTo("gru");
        assertThat(gru.path("jar").asString()).isEqualTo("gru.jar");
        assertThat(all.path("failures").path(0).path("jar").asString()).isEqualTo("text.jar");
        assertThat(all.path("failures").path(0).path("reason").asString()).contains("expected a jar");
    }

    @Test
    void anEmptyFolderIsSaidToBeEmpty() {
        Catwalk.Answer answer = list();

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out()).isEqualToIgnoringNewLines("No classifiers.");
    }

    @Test
    void aMissingFolderIsABadRequest() {
        Catwalk.Answer answer =
                Catwalk.run("list", "--plugins-dir", folder.resolve("nowhere").toString());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("nowhere, but there is none").hasLineCount(1);
    }

    private Catwalk.Answer list() {
        return Catwalk.run("list", "--plugins-dir", folder.toString());
    }
}
