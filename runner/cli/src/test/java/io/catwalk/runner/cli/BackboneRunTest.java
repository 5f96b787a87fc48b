package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Classifiers that are trained on what a pretrained network makes of images. */
final class BackboneRunTest {

    private static final String HOW =
            " --dataset %s --plugins-dir %s/plugins --out %s --in-process --no-latency --threads 1 --image-size 8x6";

    /** A network of others for gray images of 28x28, with 400,000 weights, of which 128 numbers are features. */
    private static final Path ZOO = Path.of("../../onnx-models/zoo/fashion-mnist/conv-maxpool.onnx");

    private static final Path RUNTIMES = Path.of("../../onnx-models/runtimes");

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
        // What this network consists of is the same in opset 11.
        ModelProto.Builder old = ModelFile.read(ZOO).whole().toBuilder();
        old.getOpsetImportBuilder(0).setVersion(11);
        Path oldBackbone = Files.write(folder.resolve("old.onnx"), old.build().toByteArray());
        Path experiment =
                Files.writeString(folder.resolve("experiment.yaml"), """
                classifiers:
                - dense
                - {name: dense, variant: vector, backbone: %1$s}
                - name: dense
                  variant: map
                  backbone: {file: %2$s, output: %3$s, pool: none}
                """.formatted(backbone, oldBackbone, map()));
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
        return trial(run, variant);
    }

    private static JsonNode trial(Path anyRun, String variant) throws IOException {
        return Catwalk.json(anyRun.resolve("results.json"))
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

    @Test
    void backbonesOfOneNameStayApart() throws IOException {
        Path one = Files.copy(ZOO, Files.createDirectory(folder.resolve("one")).resolve("zoo.onnx"));
        Path two = Files.copy(ZOO, Files.createDirectory(folder.resolve("two")).resolve("zoo.onnx"));
        Path both = folder.resolve("both");
        String named = "compare dense --backbone %s --backbone %s --epochs 1 --batch-size 16" + HOW;

        Catwalk.ask(named + " --augment crop", one, two, photos, folder, both).refused("--augment", "--views");
        Catwalk.ask(named, one, two, photos, folder, both).done();

        assertThat(Catwalk.json(both.resolve("results.json")).at("/trials").findValuesAsString("variant"))
                .containsExactly("zoo", "zoo-2");
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

    /** Where heads are trained are neither photos nor backbone; what comes of it is as after a training here. */
    @Test
    @Tag("long")
    void featuresAreSentToOtherMachinesAndHeadsAreMergedHere() throws Exception {
        Path sent = Files.createDirectory(folder.resolve("sent"));
        Path images = DayAndNight.write(sent.resolve("photos"), 100, 120, DayAndNight::gray);
        Path network = Files.copy(backbone, sent.resolve("zoo.onnx"));
        Path experiment = Files.writeString(
                sent.resolve("experiment.yaml"),
                "classifiers: [{name: dense, variant: vector, backbone: %s}]".formatted(network));
        Path orders = sent.resolve("orders");
        Path sentRun = sent.resolve("run");
        Catwalk.ask(
                        "compare --config %s --epochs 20 --batch-size 16 --orders %s"
                                + HOW.replace(" --in-process", ""),
                        experiment,
                        orders,
                        images,
                        folder,
                        sentRun)
                .done();
        Path store = ContentStore.of(ContentStore.Kind.FEATURES).folder();
        for (Path here : List.of(images, network, store)) {
            Files.move(here, here.resolveSibling("hidden-" + here.getFileName()));
        }

        try {
            Catwalk.ask("work %s/0.json", orders).done();
        } finally {
            for (Path here : List.of(images, network, store)) {
                Files.move(here.resolveSibling("hidden-" + here.getFileName()), here);
            }
        }
        Catwalk.ask("resume %s --orders %s --plugins-dir %s --no-latency", sentRun, orders, folder.resolve("plugins"))
                .done();

        long features = 120 * 128 * Float.BYTES;
        long jar = Files.size(folder.resolve("plugins/dense.jar"));
        assertThat(Catwalk.json(orders.resolve("0.json")).path("supplies").findValues("bytes").stream()
                        .mapToLong(JsonNode::asLong)
                        .sum())
                .isBetween(features + jar, 2 * features + jar);
        Path trial = sentRun.resolve("trials/dense@vector/1-0");
        assertThat(trial(sentRun, "vector").at("/metrics"))
                .isEqualTo(trial("vector").at("/metrics"));
        assertThat(trial(sentRun, "vector").at("/parity/agrees").asBoolean()).isTrue();
        assertThat(trial.resolve("predictions.csv"))
                .hasSameTextualContentAs(run.resolve("trials/dense@vector/1-0/predictions.csv"));
        Catwalk.ask("verify %s/model.onnx --dataset %s", trial, photos).done();
        CheckRunTest.requirePass(sentRun);
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
    void theFileOfAHeadIsPackedShownAndQuantized() throws IOException {
        Path trial = run.resolve("trials/dense@vector/1-0");
        Path packed = folder.resolve("packed");
        Catwalk.ask("package %s --out %s --plugins-dir %s/plugins --runtimes-dir %s", trial, packed, folder, RUNTIMES)
                .done();
        assertThat(packed.resolve("model.onnx")).hasSameBinaryContentAs(trial.resolve("model.onnx"));
        Catwalk.ask(
                        "package %s --out %s --plugins-dir %s/plugins --runtimes-dir %s",
                        run.resolve("trials/dense@map/1-0"), folder.resolve("packed-old"), folder, RUNTIMES)
                .done();
        JsonNode sample = Catwalk.json(packed.resolve("samples/expected.json")).at("/images/0");
        String[] recorded = Files.readAllLines(trial.resolve("predictions.csv"))
                .get(1 + sample.path("index").asInt())
                .split(",", -1);
        assertThat(sample.at("/answers/model.onnx/logits/0").asDouble())
                .isCloseTo(Double.parseDouble(recorded[2]), within(1e-4));

        Path bytes = folder.resolve("bytes.onnx");
        JsonNode quantized = Catwalk.ask(
                        "quantize %s --dataset %s --out %s --budget 100 --min-speedup 0 --json",
                        trial.resolve("model.onnx"), photos, bytes)
                .json();
        assertThat(quantized.path("shrinking").asDouble()).isGreaterThan(2);

        Path page = folder.resolve("page");
        Path web = Files.createDirectories(folder.resolve("runtimes/web/node_modules/onnxruntime-web/dist"));
        Files.copy(RUNTIMES.resolve("web/runtime.json"), folder.resolve("runtimes/web/runtime.json"));
        for (String file : DemoCommandTest.LIBRARY) {
            Files.writeString(web.resolve(file), file);
        }
        Catwalk.ask(
                        "demo %s/model.onnx --dataset %s --out %s --images 2 --runtimes-dir %s/runtimes",
                        trial, photos, page, folder)
                .done();
        assertThat(Files.readString(page.resolve("data.js")))
                .as("images of the backbone's size")
                .contains("\"classes\":[\"day\",\"night\"]", "\"height\":28,\"width\":28");
    }

    /** The vector is of a backbone of opset 17, the map of one of opset 11. */
    @Test
    void otherRuntimesAnswerAsBackboneAndHeadDo() throws IOException {
        for (String variant : List.of("vector", "map")) {
            Catwalk.Answer answer = Catwalk.ask(
                    "verify %s --dataset %s --runtimes java,python --runtimes-dir %s --json",
                    run.resolve("trials/dense@" + variant + "/1-0/model.onnx"), photos, RUNTIMES);
            assumeTrue(!answer.err().contains("is not installed"), "skipped: " + answer.err());
            assertThat(answer.done().json().path("runtimes")).hasSize(2).allSatisfy(one -> {
                assertThat(one.path("flips").asInt(-1)).isZero();
                assertThat(one.path("max_abs").asDouble(1)).isLessThan(1e-4);
            });
        }
    }

    /** A run that was killed before it had recorded one of its heads is as before, but for its times. */
    @Test
    @Tag("long")
    void aKilledRunGoesOnWithTheFeaturesThatAreKept() throws IOException {
        Path killed = ExportedRun.copy(run, folder.resolve("killed"));
        Path trial = killed.resolve("trials/dense@vector/1-0");
        for (String lost : List.of("trial.json", "model.onnx", "training.json")) {
            Files.delete(trial.resolve(lost));
        }
        Path journal = killed.resolve("journal.jsonl");
        Files.write(
                journal,
                Files.readAllLines(journal).stream()
                        .filter(line -> !line.contains("\"vector\""))
                        .toList());

        Catwalk.ask("resume %s --plugins-dir %s/plugins --in-process", killed, folder)
                .done();

        JsonNode again = trial(killed, "vector");
        assertThat(again.at("/metrics")).isEqualTo(trial("vector").at("/metrics"));
        assertThat(again.at("/efficiency/onnxruntime/p50_micros").asDouble()).isPositive();
        assertThat(again.at("/efficiency/pytorch").isNull()).isTrue();
        assertThat(Files.readString(trial.resolve("predictions.csv")))
                .isEqualTo(Files.readString(run.resolve("trials/dense@vector/1-0/predictions.csv")));
    }

    @Test
    void epochsDrawViewsOfTrainingImagesWhichAreKept() throws Exception {
        String train =
                "train dense --seed 1 --epochs 20 --batch-size 16 --backbone %s --views 3 --augment horizontal-flip"
                        + HOW;
        Path views = folder.resolve("views");
        Catwalk.ask(train, backbone, photos, folder, views).done();
        int kept = ContentStore.of(ContentStore.Kind.FEATURES).entries().size();

        JsonNode trial = trial(views, "zoo");
        assertThat(trial.at("/backbone/views/count").asInt()).isEqualTo(3);
        assertThat(trial.at("/backbone/views/augmentations")
                        .valueStream()
                        .map(one -> one.path("type").asString()))
                .containsExactly("horizontal-flip");
        assertThat(trial.at("/parity/agrees").asBoolean()).isTrue();
        assertThat(trial.at("/metrics/test/accuracy").asDouble()).isGreaterThan(0.7);
        assertThat(Files.readString(views.resolve("results.md"))).contains("128, 3 views");
        assertThat(Files.readString(views.resolve("trials/dense@zoo/1-0/predictions.csv")))
                .as("other weights than without views")
                .isNotEqualTo(Files.readString(run.resolve("trials/dense@vector/1-0/predictions.csv")));
        CheckRunTest.requirePass(views);

        Catwalk.ask(train, backbone, photos, folder, folder.resolve("again")).done();
        assertThat(ContentStore.of(ContentStore.Kind.FEATURES).entries()).hasSize(kept);
        assertThat(folder.resolve("again/trials/dense@zoo/1-0/predictions.csv"))
                .hasSameTextualContentAs(views.resolve("trials/dense@zoo/1-0/predictions.csv"));
        Catwalk.ask("evaluate %s/trials/dense@zoo/1-0 --plugins-dir %s/plugins --json", views, folder)
                .done();
    }

    @Test
    void aSearchRunsOnFeatures() throws Exception {
        Path search = folder.resolve("search");
        Catwalk.ask(
                        "tune dense --search learning_rate=0.01,0.02 --strategy grid --folds 2 --score-epochs 2"
                                + " --epochs 4 --batch-size 16 --backbone %s" + HOW,
                        backbone,
                        photos,
                        folder,
                        search)
                .done();

        assertThat(trial(search, "best").at("/parity/agrees").asBoolean()).isTrue();
        assertThat(trial(search, "best").at("/backbone/network/output"))
                .isEqualTo(trial("vector").at("/backbone/network/output"));
        CheckRunTest.requirePass(search);
    }

    @Test
    @Tag("long")
    void headsJoinIntoOneFileAndNetworksOfOtherImagesDoNot() throws IOException {
        Path seeds = folder.resolve("seeds");
        Catwalk.ask(
                        "compare dense --seeds 2 --epochs 4 --batch-size 16 --backbone %s" + HOW,
                        backbone,
                        photos,
                        folder,
                        seeds)
                .done();

        JsonNode joined =
                Catwalk.ask("ensemble %s --min-gain -100 --json", seeds).done().json();

        assertThat(joined.path("candidates").asInt()).isEqualTo(2);
        Catwalk.ask("verify %s --dataset %s", joined.path("file").asString(), photos)
                .done();
        Catwalk.ask("ensemble %s", run).refused("dense@vector", "size");
    }

    /** Other images may have the same answers. */
    private static List<Path> baselines(String content) throws IOException {
        List<Path> kept = new ArrayList<>();
        for (ContentStore.Entry entry :
                ContentStore.of(ContentStore.Kind.BASELINES).entries()) {
            if (Files.readString(entry.path()).equals(content)) {
                kept.add(entry.path());
            }
        }
        return kept;
    }

    private static void write(List<Path> files, String content) throws IOException {
        for (Path file : files) {
            Files.writeString(file, content);
        }
    }

    /** A forged answer in the store shows that it is taken from there. */
    @Test
    void whatIsReachedWithoutANetworkIsComputedOnceForTheSameImages() throws IOException {
        Path copy = ExportedRun.copy(run, folder.resolve("without"));
        Path own = copy.resolve("baselines.json");
        String computed = Files.readString(own);
        List<Path> kept = baselines(computed);
        String forged = computed.replaceFirst("(\"largest_right\" ?: ?)\\d+", "$17");
        write(kept, forged);
        Files.delete(own);
        Catwalk.ask("report %s", copy).done();
        assertThat(own).hasContent(forged);

        write(kept, "damaged");
        Files.delete(own);
        Catwalk.ask("report %s", copy).done();
        assertThat(own).hasContent(computed);
        assertThat(kept).anySatisfy(one -> assertThat(one).hasContent(computed));
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
        Catwalk.ask(with + " --views 0", backbone, photos, folder, out).refused("--views", "at least 1");
        Catwalk.ask(with + " --views 2 --augment none", backbone, photos, folder, out)
                .refused("augmentations", "--augment");
        Catwalk.ask("train dense --views 2" + HOW, photos, folder, out).refused("views", "backbone");
        Path head = run.resolve("trials/dense@map/1-0");
        Catwalk.ask(with + " --init %s", backbone, photos, folder, out, head).refused("init", "backbone");
        assertThat(out).doesNotExist();
    }
}
