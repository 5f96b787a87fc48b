package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class ClassifierChoiceTest {

    @TempDir
    private static Path folder;

    private static Path plugins;
    private static Path photos;

    @BeforeAll
    static void install() throws IOException {
        plugins = Files.createDirectory(folder.resolve("plugins"));
        for (String name : List.of("small-conv", "resnet", "mlp")) {
            TestPlugin.ours(name).manifest("Plugin-Provider", "Catwalk").write(plugins.resolve(name + ".jar"));
        }
        TestPlugin.sound("mine").write(plugins.resolve("mine.jar"));
        photos = DayAndNight.write(folder.resolve("photos"), 60, 180, photo -> photo);
    }

    private static Catwalk.Answer compare(Path dataset, String out, String more) {
        return Catwalk.ask(
                "compare --dataset %s --plugins-dir %s --out %s --on made-up: --no-latency --epochs 1 --batch-size 16 "
                        + more,
                dataset,
                plugins,
                folder.resolve(out));
    }

    private static List<String> compared(String out) throws IOException {
        return Catwalk.json(folder.resolve(out).resolve("results.json"))
                .path("trials")
                .valueStream()
                .map(trial -> trial.path("classifier").asString() + " "
                        + trial.path("variant").asString())
                .toList();
    }

    @Test
    void fewPhotosAreForThoseThatSuitThemAndForPluginsOfOthers() throws IOException {
        String said = compare(photos, "few", "--image-size 32x32").done().err();

        assertThat(compared("few")).containsExactlyInAnyOrder("small-conv default", "resnet narrow", "mine default");
        assertThat(said)
                .containsOnlyOnce("few photos (60 of 32x32): resnet@narrow, small-conv, mine; --all takes all 4")
                .containsOnlyOnce("docs/how-to/use-a-pretrained-network.md");
        JsonNode narrow = Catwalk.json(folder.resolve("few/results.json"))
                .path("trials")
                .valueStream()
                .filter(trial -> trial.path("variant").asString().equals("narrow"))
                .findFirst()
                .orElseThrow();
        assertThat(narrow.at("/hyperparameters/width").asInt()).isEqualTo(16);
    }

    @Test
    void allAreComparedOnRequest() throws IOException {
        String said = compare(photos, "all", "--image-size 32x32 --all").done().err();

        assertThat(compared("all"))
                .containsExactlyInAnyOrder("small-conv default", "resnet default", "mlp default", "mine default");
        assertThat(said).doesNotContain("--all");
        compare(photos, "both", "--all mlp").refused("--all");
    }

    @Test
    void photosOfManyShapesAreResizedAndTheRunSaysHow() throws IOException {
        assertThat(compare(photos, "sizes", "").done().err()).contains("64x64 (--image-size", "60 of 64x64");

        assertThat(folder.resolve("sizes/experiment.yaml")).content().containsPattern("image_size: .?64x64");
    }

    @Test
    void whereNoneOfThoseIsInstalledAllAreCompared() throws IOException {
        Path others = Files.createDirectory(folder.resolve("others"));
        TestPlugin.ours("mlp").manifest("Plugin-Provider", "Catwalk").write(others.resolve("mlp.jar"));
        Path images = TinyImages.write(folder.resolve("tiny"));

        String said = Catwalk.ask(
                        "compare --dataset %s --plugins-dir %s --out %s --on made-up: --no-latency --batch-size 16",
                        images, others, folder.resolve("only"))
                .done()
                .err();

        assertThat(compared("only")).containsExactly("mlp default");
        assertThat(said).doesNotContain("chosen for", "pretrained");
    }
}
