package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Classifiers that are trained on what a pretrained network makes of images. */
final class BackboneRunTest {

    private static final String HOW =
            " --dataset %s --plugins-dir %s/plugins --out %s --in-process --no-latency --threads 1 --image-size 8x6";

    /** A network of others for gray images of 28x28, with 400,000 weights, of which 128 numbers are features. */
    private static final Path ZOO = Path.of("../../onnx-models/zoo/fashion-mnist/conv-maxpool.onnx");

    @TempDir
    private static Path folder;

    private static Path photos;
    private static Path backbone;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        photos = DayAndNight.write(folder.resolve("photos"), 100, 120, DayAndNight::gray);
        TestPlugin.sound("dense")
                .write(Files.createDirectory(folder.resolve("plugins")).resolve("dense.jar"));
        backbone = Files.copy(ZOO, folder.resolve("zoo.onnx"));
        Path experiment = Files.writeString(folder.resolve("experiment.yaml"), """
                classifiers:
                - dense
                - {name: dense, variant: vector, backbone: %1$s}
                - name: dense
                  variant: map
                  backbone: {file: %1$s, output: %2$s, pool: none}
                """.formatted(backbone, map()));
        run = folder.resolve("run");
        Catwalk.ask("compare --config %s --epochs 20 --batch-size 16" + HOW, experiment, photos, folder, run)
                .done();
    }

    /** Returns the last output of a pooling layer, as its file names it. */
    private static String map() {
        return ModelFile.read(backbone).content().getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals("MaxPool"))
                .reduce((first, second) -> second)
                .orElseThrow()
                .getOutput(0);
    }

    private static JsonNode trial(String variant) throws IOException {
        return Catwalk.json(run.resolve("results.json"))
                .path("trials")
                .valueStream()
                .filter(one -> one.path("variant").asString().equals(variant))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void networksFromScratchAndOnFeaturesStandInOneRunAndAreProven() throws Exception {
        for (String variant : List.of("default", "vector", "map")) {
            JsonNode trial = trial(variant);
            assertThat(trial.at("/metrics/test/accuracy").asDouble())
                    .as(variant)
                    .isGreaterThan(0.7);
            assertThat(trial.at("/parity/agrees").asBoolean()).as(variant).isTrue();
            assertThat(trial.at("/parity/flips").asInt()).isZero();
        }
        long own = ModelFiles.parameters(backbone);
        assertThat(trial("vector").at("/efficiency/parameters").asLong()).isGreaterThan(own);
        assertThat(trial("default").at("/efficiency/parameters").asLong()).isLessThan(own);
        CheckRunTest.requirePass(run);
    }

    /** The photos are decoded and resized here, apart from the run, and answered by the file alone. */
    @Test
    void oneFileAnswersImagesAsBackboneAndHeadDid() throws IOException {
        for (String variant : List.of("vector", "map")) {
            Path trial = run.resolve("trials/dense@" + variant + "/1-0");
            assertThat(OnnxMetadata.read(trial.resolve("model.onnx"))
                            .preprocessing()
                            .orElseThrow()
                            .mean())
                    .isEqualTo(OnnxMetadata.read(backbone)
                            .preprocessing()
                            .orElseThrow()
                            .mean());

            assertThat(Catwalk.ask("verify %s --dataset %s", trial.resolve("model.onnx"), photos)
                            .done()
                            .joined())
                    .contains("on 60 images of photos, as the file says");
        }
    }

    @Test
    void theReportNamesTheBackbones() throws IOException {
        assertThat(Files.readString(run.resolve("results.md")))
                .contains("Backbones", "zoo.onnx", "421,642")
                .contains(trial("vector")
                        .at("/backbone/network/sha256")
                        .asString()
                        .substring(0, 12));
    }

    @Test
    void whatComesOutIsShownBeforeAnythingIsTrained() {
        String data = "data %s --image-size 8x6 --backbone %s --json";

        JsonNode features = Catwalk.ask(data, photos, backbone).done().json().path("features");

        assertThat(features.at("/backbone/shape").toString()).isEqualTo("[128,1,1]");
        assertThat(features.path("images_per_second").asDouble()).isPositive();
        Catwalk.ask("data --cached --backbone %s", backbone).refused("data set");
        Catwalk.ask("data %s --normalize imagenet", photos).refused("--normalize", "--backbone");
    }

    @Test
    void whatWasDeletedOfTheStoreIsMadeAgainAndABackboneThatHasChangedIsRefused() throws Exception {
        ContentStore store = ContentStore.of(ContentStore.Kind.FEATURES);
        assertThat(store.entries()).hasSizeGreaterThanOrEqualTo(2);
        store.clear();

        String evaluate = "evaluate %s/trials/dense@vector/1-0 --plugins-dir %s/plugins --json";
        assertThat(Catwalk.ask(evaluate, run, folder).done().json().at("/0/metrics/accuracy"))
                .isEqualTo(trial("vector").at("/metrics/test/accuracy"));

        byte[] bytes = Files.readAllBytes(backbone);
        try {
            Files.copy(ZOO.resolveSibling("lstm.onnx"), backbone, StandardCopyOption.REPLACE_EXISTING);
            Catwalk.ask(evaluate, run, folder).refused("zoo.onnx", "sha256", "restore");
        } finally {
            Files.write(backbone, bytes);
        }
    }

    @Test
    void foldsAndSeveralBackbonesAreRunWithoutImages() throws IOException {
        Path other = Files.copy(backbone, folder.resolve("other_net.onnx"));
        Path folds = folder.resolve("folds");

        Catwalk.ask(
                        "crossval dense --folds 3 --epochs 1 --batch-size 8 --backbone %s --backbone %s" + HOW,
                        backbone,
                        other + "@" + map(),
                        photos,
                        folder,
                        folds)
                .done();

        assertThat(Catwalk.json(folds.resolve("results.json"))
                        .path("trials")
                        .valueStream()
                        .map(one -> one.path("variant").asString()))
                .containsOnly("zoo", "other-net")
                .hasSize(6);
    }

    @Test
    void whatCannotBeTrainedOnFeaturesIsSaid() throws IOException {
        Path out = folder.resolve("never");
        String with = "train dense --backbone %s" + HOW;
        Catwalk.ask(with, folder.resolve("none.onnx"), photos, folder, out).refused("none.onnx", "no such file");
        Catwalk.ask(with, photos.resolve("train/day/1.png"), photos, folder, out)
                .refused("1.png");
        Catwalk.ask(with, backbone + "@nothing", photos, folder, out).refused("zoo.onnx", "nothing");
        Catwalk.ask(with + " --pool max", backbone, photos, folder, out).refused("--pool", "mean", "none", "max");
        Catwalk.ask("compare --backbone %s" + HOW, backbone, photos, folder, out)
                .refused("classifiers", "linear");
        Catwalk.ask(with + " --init %s", backbone, photos, folder, out, run).refused("init", "backbone");
        assertThat(out).doesNotExist();
    }
}
