package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Classifiers of one run that take the same images in several sizes. */
final class ImageSizesTest {

    private static final String COMPARE = "compare --config %s --dataset %s --plugins-dir %s --out %s --image-size 8x6"
            + " --in-process --threads 1 --epochs 10 --batch-size 16";

    @TempDir
    private Path folder;

    private Path photos;
    private Path plugins;

    @BeforeEach
    void write() throws IOException {
        photos = DayAndNight.write(folder.resolve("photos"), 100, 120, DayAndNight::gray);
        plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("dense").write(plugins.resolve("dense.jar"));
    }

    private Path experiment(String entry) throws IOException {
        return Files.writeString(
                folder.resolve("experiment.yaml"),
                "classifiers: [dense, {name: dense, variant: large, " + entry + "}]");
    }

    @Test
    @Tag("long")
    void oneClassifierIsComparedWithItselfOnLargerImages() throws Exception {
        Path run = folder.resolve("run");
        Path experiment = Files.writeString(
                folder.resolve("experiment.yaml"),
                "classifiers: [{name: dense, variant: large, image_size: 16x12 crop}, dense]");
        Catwalk.ask(COMPARE, experiment, photos, plugins, run).done();

        JsonNode results = Catwalk.json(run.resolve("results.json"));
        assertThat(results.at("/trials").findValuesAsString("image_size")).containsExactly("16x12 crop");
        assertThat(results.at("/trials").findValuesAsString("p50_micros")).hasSize(4);
        assertThat(results.at("/comparison/pairs")).hasSize(1);
        assertThat(Files.readString(run.resolve("results.md"))).contains("16x12 crop");
        CheckRunTest.requirePass(run);
        Catwalk.ask("bench %s --plugins-dir %s --processes 1 --seconds 0.05", run, plugins)
                .done();
        assertThat(Catwalk.ask("report %s --robustness", run).done().err())
                .contains("left out, as their images have another size: dense@large");
        assertThat(Catwalk.json(run.resolve("robustness.json"))
                        .at("/classifiers")
                        .findValuesAsString("name"))
                .containsExactly("dense");
        for (String[] one : new String[][] {{"dense", "8", "6"}, {"dense@large", "16", "12"}}) {
            Path trial = run.resolve("trials").resolve(one[0]).resolve("1-0");
            try (OnnxPredictor predictor = OnnxPredictor.open(trial.resolve("model.onnx"))) {
                Signature signature = predictor.signature();
                assertThat(signature.width() + "x" + signature.height()).isEqualTo(one[1] + "x" + one[2]);
            }
            JsonNode evaluated = Catwalk.ask("evaluate %s --plugins-dir %s --json", trial, plugins)
                    .done()
                    .json();
            assertThat(results.at("/trials").findValues("test"))
                    .anySatisfy(
                            test -> assertThat(test.path("log_loss")).isEqualTo(evaluated.at("/0/metrics/log_loss")));
        }
        assertThat(Catwalk.ask("resume %s --in-process --plugins-dir %s", run, plugins)
                        .done()
                        .err())
                .contains("2 trials are done already")
                .doesNotContain("damaged", "completed");
        Catwalk.ask("audit %s", run).done();
        Path again = folder.resolve("again");
        Catwalk.ask("compare --config %s/experiment.yaml --plugins-dir %s --in-process --out %s", run, plugins, again)
                .done();
        assertThat(again.resolve("trials/dense@large/1-0/predictions.csv"))
                .hasSameTextualContentAs(run.resolve("trials/dense@large/1-0/predictions.csv"));
    }

    @Test
    void aSizeThatCannotBeIsRefused() throws IOException {
        Path run = folder.resolve("run");
        Catwalk.ask(COMPARE, experiment("image_size: 32"), photos, plugins, run)
                .refused("classifiers[1]", "WIDTHxHEIGHT", "32x32");
        Catwalk.ask(COMPARE, experiment("image_size: 16x12, backbone: some.onnx"), photos, plugins, run)
                .refused("image_size", "backbone", "leave it out");
        assertThat(run).doesNotExist();
    }
}
