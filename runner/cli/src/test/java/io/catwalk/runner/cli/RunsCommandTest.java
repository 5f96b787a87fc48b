package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The runs of a folder are listed with what was found in each. */
final class RunsCommandTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void make() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        for (String name : new String[] {"one", "two"}) {
            TestPlugin.sound(name).write(plugins.resolve(name + ".jar"));
        }
        TinyImages.write(folder.resolve("images"));
        String how = " --plugins-dir %s/plugins --dataset %s/images --batch-size 8 --no-latency";
        Catwalk.ask("compare one two --on made-up:one=0.5,two=0.7 --out %s/first/whole" + how, folder, folder, folder)
                .done();
        Catwalk.ask("compare one two --seeds 2 --on made-up:two=failed --out %s/part" + how, folder, folder, folder)
                .exits(ExitCode.SOME_FAILED);
        Path spoiled = Files.createDirectories(folder.resolve("spoiled"));
        Files.writeString(spoiled.resolve("journal.jsonl"), "no journal");
        Files.writeString(folder.resolve("experiment.yaml"), "dataset: images"); // a request, and no run
    }

    @Test
    void eachIsListedWithItsBestTheLatestFirst() throws IOException {
        Catwalk.Answer answer = Catwalk.ask("runs %s --json", folder).exits(ExitCode.SOME_FAILED);
        JsonNode runs = Json.JSON.readTree(answer.out());

        assertThat(runs.valueStream().map(run -> run.path("path").asString()))
                .containsExactly("part", "first/whole", "spoiled");
        JsonNode best = runs.get(1).at("/state/best");
        assertThat(best.path("classifier").asString()).isEqualTo("two");
        assertThat(best.path("accuracy"))
                .isEqualTo(Catwalk.json(folder.resolve("first/whole/results.json"))
                        .at("/comparison/standings/0/accuracy"));
        assertThat(runs.get(0).at("/state/done").asInt()).isEqualTo(2);
        assertThat(runs.get(0).at("/state/failed").asInt()).isEqualTo(2);
        assertThat(answer.err()).contains("spoiled: expected").doesNotContain("part:");
    }

    @Test
    void thePageLinksToEachReport() throws IOException {
        Catwalk.Answer answer = Catwalk.ask("runs %s --page", folder).exits(ExitCode.SOME_FAILED);

        assertThat(answer.out()).containsPattern("part .* images .* 2 of 4, 2 failed");
        assertThat(folder.resolve("runs.html"))
                .content()
                .contains("<a href=\"first/whole/report.html\">", "3 runs in")
                .doesNotContain("spoiled/report.html");
        assertThat(folder.resolve("first/whole/report.html")).exists();
    }

    @Test
    void aFolderThatIsNoneIsRefused() {
        Catwalk.ask("runs %s/gone", folder).refused("gone", "folder");
    }
}
