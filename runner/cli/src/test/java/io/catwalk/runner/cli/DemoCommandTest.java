package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.BrowserScript;
import io.catwalk.runner.Json;
import io.catwalk.runner.experiment.RunFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class DemoCommandTest {

    private static final Path ZOO = Path.of("../../onnx-models/zoo/fashion-mnist");
    private static final Path RUNTIMES = Path.of("../../onnx-models/runtimes");
    private static final long MOST_BYTES = 24_000_000;

    private static final String WASM = "ort-wasm-simd-threaded.asyncify.wasm";

    /** The files of ONNX Runtime Web. */
    static final List<String> LIBRARY = List.of(
            "ort.webgpu.min.js",
            "ort-wasm-simd-threaded.asyncify.mjs",
            WASM,
            "ort.wasm.min.js",
            "ort-wasm-simd-threaded.mjs",
            "ort-wasm-simd-threaded.wasm");

    @TempDir
    private Path folder;

    private ExportedRun world;

    /** Creates files in place of ONNX Runtime Web, for tests that need no browser. */
    @BeforeEach
    void find() throws IOException {
        world = ExportedRun.get();
        Path web = Files.createDirectories(folder.resolve("runtimes/web/node_modules/onnxruntime-web/dist"));
        Files.copy(RUNTIMES.resolve("web/runtime.json"), folder.resolve("runtimes/web/runtime.json"));
        for (String file : LIBRARY) {
            Files.writeString(web.resolve(file), file);
        }
    }

    private Catwalk.Answer demo(String more, Object... values) {
        Object[] all = Stream.concat(Stream.of(folder.resolve("runtimes")), Stream.of(values))
                .toArray();
        return Catwalk.ask("demo --runtimes-dir %s " + more, all);
    }

    private Catwalk.Answer demoOfImages(Path page, String more, Object... values) {
        Object[] all = Stream.concat(Stream.of(page, world.images()), Stream.of(values))
                .toArray();
        return demo("--out %s --dataset %s " + more, all);
    }

    private static JsonNode data(Path page) throws IOException {
        String script = Files.readString(page.resolve("data.js"));
        return Json.JSON.readTree(script.substring(script.indexOf('(') + 1, script.lastIndexOf(')')));
    }

    private static List<String> texts(JsonNode list, String key) {
        return list.valueStream().map(one -> one.path(key).asString()).toList();
    }

    @Test
    @Tag("browser")
    @Tag("long")
    void allNetworksOfTheZooAnswerInABrowserAsHere() throws IOException, InterruptedException {
        Path library = RUNTIMES.resolve("web/node_modules/onnxruntime-web");
        assumeTrue(Files.exists(library), "skipped: run npm ci in onnx-models/runtimes/web for ONNX Runtime Web");
        List<String> names = List.of("small-conv", "conv-maxpool", "stride-conv", "drop-norm-l2", "rnn", "lstm", "gru");
        Path page = folder.resolve("page");
        Path shots = Files.createDirectories(Path.of("target/demo-pages"));
        String files =
                names.stream().map(name -> " " + ZOO.resolve(name + ".onnx")).collect(Collectors.joining());
        Catwalk.ask("demo --out %s --runtimes-dir %s --dataset ../../test-data/fashion-mnist" + files, page, RUNTIMES)
                .done();
        assertThat(size(page)).isLessThan(MOST_BYTES);

        Path answers = folder.resolve("answers.json");
        BrowserScript.run("check-demo.mjs", List.of(page, answers, shots));

        JsonNode found = Json.JSON.readTree(answers).path("logits");
        JsonNode data = data(page);
        byte[] pixels = Base64.getDecoder().decode(data.path("images").asString());
        assertThat(pixels).hasSize(100 * 28 * 28);
        for (int i = 0; i < names.size(); i++) {
            float[] expected = logits(ZOO.resolve(names.get(i) + ".onnx"), pixels);
            for (int at = 0; at < expected.length; at++) {
                assertThat(found.path(i).path(at / 10).path(at % 10).floatValue())
                        .as("%s, image %d, class %d", names.get(i), at / 10, at % 10)
                        .isCloseTo(expected[at], within(1e-4f));
            }
        }
    }

    /** The networks return what they see, and each fits the photo in its own way. */
    @Test
    @Tag("browser")
    void aColorPhotoOfAnotherSizeIsAnsweredAsByPredict() throws IOException, InterruptedException {
        Path library = RUNTIMES.resolve("web/node_modules/onnxruntime-web");
        assumeTrue(Files.exists(library), "skipped: run npm ci in onnx-models/runtimes/web for ONNX Runtime Web");
        Path pad = folder.resolve("any-size.onnx");
        Files.write(pad, EmbeddedResizing.added(levels("pad"), EmbeddedResizing.Fit.PAD));
        List<Path> files = List.of(levels("stretch"), levels("crop"), pad);
        Path page = folder.resolve("page");
        Catwalk.ask(
                        "demo %s %s %s --out %s --runtimes-dir %s --images 0",
                        files.get(0), files.get(1), files.get(2), page, RUNTIMES)
                .done();
        Path photo = photo();

        Path shots = Files.createDirectories(Path.of("target/demo-pages"));
        JsonNode found = Json.JSON.readTree(BrowserScript.run("check-photo.mjs", List.of(page, photo, shots)));

        Set<String> answers = new HashSet<>();
        for (int i = 0; i < files.size(); i++) {
            JsonNode expected = Catwalk.ask("predict %s %s --json", files.get(i), photo)
                    .done()
                    .json()
                    .path(0);
            JsonNode answer = found.path(i);
            assertThat(answer.path("label").asString())
                    .isEqualTo(expected.path("label").asString());
            assertThat(answer.path("probabilities")).hasSize(12);
            for (int label = 0; label < 12; label++) {
                double share = answer.path("probabilities").path(label).asDouble();
                assertThat(share)
                        .isCloseTo(expected.at("/probabilities/level " + label).asDouble(-1), within(1e-4));
                double more = answer.at("/seen/" + (label % 4 * 4 + label / 4)).asInt()
                        - answer.at("/seen/0").asInt();
                double first = answer.at("/probabilities/0").asDouble();
                assertThat(first * Math.exp(more / 255 / 0.1)).isCloseTo(share, within(1e-4));
            }
            answers.add(answer.path("probabilities").toString());
        }
        assertThat(answers).hasSize(3);
    }

    /** Writes a network for color images of 2x2, whose logits are what it gets: red, green, blue. */
    private Path levels(String fit) throws IOException {
        ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
        model.addOpsetImportBuilder().setVersion(17);
        GraphProto.Builder graph = model.getGraphBuilder().setName(fit);
        graph.addNodeBuilder().setOpType("Flatten").addInput("images").addOutput("logits");
        axes(graph.addInputBuilder().setName("images"), 3, 2, 2);
        axes(graph.addOutputBuilder().setName("logits"), 12);
        Path file = Files.write(folder.resolve(fit + ".onnx"), model.build().toByteArray());
        OnnxMetadata.empty()
                .with(MetadataKeys.FIT, fit)
                .withLabels(IntStream.range(0, 12)
                        .mapToObj(label -> "level " + label)
                        .toList())
                .withPreprocessing(new Preprocessing(2, 2, List.of(0.5, 0.5, 0.5), List.of(0.1, 0.1, 0.1)))
                .write(file);
        return file;
    }

    private static void axes(ValueInfoProto.Builder value, int... sizes) {
        TypeProto.Tensor.Builder type = value.getTypeBuilder().getTensorTypeBuilder();
        type.setElemType(TensorProto.DataType.FLOAT_VALUE)
                .getShapeBuilder()
                .addDimBuilder()
                .setDimParam("batch");
        for (int size : sizes) {
            type.getShapeBuilder().addDimBuilder().setDimValue(size);
        }
    }

    /** Blocks of colors, of which a part is cropped. */
    private Path photo() throws IOException {
        BufferedImage image = new BufferedImage(45, 31, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 45 * 31; i++) {
            image.setRGB(i % 45, i / 45, new SplittableRandom(i % 45 / 7 + 100L * (i / 45 / 6)).nextInt(1 << 24));
        }
        Path file = folder.resolve("photo.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /** Networks of all shapes: each pixel of a test image stays itself. */
    @Test
    @Tag("browser")
    void aStrokeOnATestImageChangesNoOtherPixel() throws IOException, InterruptedException {
        BrowserScript.run(
                "check-drawing.mjs", List.of(Path.of("src/main/resources/io/catwalk/runner/demo/index.html")));
    }

    private static long size(Path page) throws IOException {
        try (Stream<Path> files = Files.list(page)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static float[] logits(Path file, byte[] pixels) {
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard())) {
            var rule = predictor.metadata().preprocessing().orElseThrow();
            float[] normalized = new float[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                normalized[i] =
                        (float) (((pixels[i] & 0xff) / 255.0 - rule.mean().get(0))
                                / rule.std().get(0));
            }
            return predictor.logits(normalized, 100);
        }
    }

    @Test
    void aRunShowsEachNetworkWithAFileAndLeadsToItsConfusionMatrix() throws IOException {
        Path run = world.copyTo(folder.resolve("run"));
        byte[] before = Files.readAllBytes(run.resolve("report.html"));
        demoOfImages(folder.resolve("elsewhere"), "%s --images 8", run).done();
        assertThat(run.resolve("report.html")).hasBinaryContent(before);

        Catwalk.Answer answer = demo("%s --dataset %s --images 8", run, world.images());

        Path page = run.resolve("demo");
        assertThat(answer.done().out()).contains(page.resolve("index.html").toString());
        JsonNode data = data(page);
        assertThat(texts(data.path("networks"), "name"))
                .contains(ExportedRun.GOOD)
                .doesNotContain(ExportedRun.UNKNOWN);
        assertThat(data.path("truth")).hasSize(8);
        assertThat(data.path("networks").valueStream())
                .allMatch(network -> network.path("answers").size() == 8 * 10);
        for (String address : texts(data.path("networks"), "report")) {
            String[] parts = address.split("#", -1);
            assertThat(Files.readString(page.resolve(parts[0]))).contains("id=\"" + parts[1] + "\"");
        }
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("data-src=\"demo/index.html\"", "<a href=\"demo/index.html\"");
        assertThat(Files.size(run.resolve("report.html")))
                .isCloseTo(Files.size(world.run().resolve("report.html")), within(2_000L));

        RunFolder.claim(run, RunFolder.Existing.REPLACE).close();
        assertThat(page).doesNotExist();
    }

    @Test
    @Tag("browser")
    @Tag("long")
    void anAnswerLeadsToItsCellOfTheConfusionMatrix() throws IOException, InterruptedException {
        assumeTrue(
                Files.exists(RUNTIMES.resolve("web/node_modules/onnxruntime-web")),
                "skipped: run npm ci in onnx-models/runtimes/web for ONNX Runtime Web");
        Path run = world.copyTo(folder.resolve("run"));
        Catwalk.ask("demo %s --images 8 --runtimes-dir %s --dataset %s", run, RUNTIMES, world.images())
                .done();

        Path shots = Files.createDirectories(Path.of("target/demo-pages"));
        BrowserScript.run("check-cell.mjs", List.of(run, shots));
        BrowserScript.run("check-docked.mjs", List.of(run, shots));
    }

    /** Their shape and their classes are the same, so one page can hold both. */
    @Test
    void networksOfSeveralDataSetsShareAPageWhichNeedsNoDataSetWithoutTestImages() throws IOException {
        Path page = folder.resolve("page");
        Path first = with("photos-2025", MetadataKeys.PROVENANCE + "dataset");
        Path second = with("photos-2026", MetadataKeys.PROVENANCE + "dataset");

        demo("%s %s --out %s --images 0", first, second, page).done();

        JsonNode data = data(page);
        assertThat(data.path("truth")).isEmpty();
        assertThat(data.path("height").asInt()).isEqualTo(8);
        assertThat(data.path("dataset").asString()).isEqualTo("photos-2025 and photos-2026");
        assertThat(texts(data.path("networks"), "name")).containsExactly("photos-2025", "photos-2026");
    }

    private Path with(String value, String key) throws IOException {
        Path file = Files.copy(world.model(), folder.resolve(value + ".onnx"));
        OnnxMetadata.read(file).withAll(Map.of(key, value)).write(file);
        return file;
    }

    @Test
    void aPageThatIsThereIsReplacedOnRequest() throws IOException {
        Path page = folder.resolve("page");
        demoOfImages(page, "%s", world.model()).done();
        Path left = Files.writeString(page.resolve("left-over.js"), "");

        demoOfImages(page, "%s", world.model()).refused(page + " exists", "--force");
        assertThat(left).exists();

        demoOfImages(page, "%s --force", world.model()).done();
        assertThat(left).doesNotExist();
        assertThat(page.resolve("model-0.js")).exists();
        assertThat(folder).isDirectoryNotContaining("glob:**/catwalk*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes.txt", "index.html", "photos/a.jpg"})
    void aFolderOfSomebodyElseIsNotReplaced(String name) throws IOException {
        Path site = folder.resolve("public");
        Path file = site.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "mine");

        demoOfImages(site, "%s --force", world.model()).refused("found something else, which is not replaced");

        assertThat(file).hasContent("mine");
        assertThat(folder).isDirectoryNotContaining("glob:**/catwalk*");
    }

    @Test
    void whatIsWrongIsOneLineAndWritesNothing() throws IOException {
        Path page = folder.resolve("page");
        Path wasm = folder.resolve("runtimes/web/node_modules/onnxruntime-web/dist/" + WASM);
        Path model = world.model();
        Files.delete(wasm);
        String missing = demoOfImages(page, "%s", model).refused("onnxruntime-web", wasm.getFileName() + "", "npm ci");
        assertThat(missing).doesNotContain("Chromium", "Node.js"); // the page needs neither to be written
        Files.createFile(wasm);
        Path divided = folder.resolve("divided");
        Path trial = world.trial(ExportedRun.GOOD);
        Catwalk.ask("export %s --plugins-dir %s --external-data --out %s", trial, world.plugins(), divided);

        demoOfImages(page, "%s", divided.resolve(ExportedRun.GOOD + ".onnx"))
                .refused("found weights in mixed.onnx.data");
        demoOfImages(page, "%s", folder.resolve("none.onnx")).refused("none.onnx");
        demoOfImages(page, "%s %s", model, world.run()).refused("expected ");
        demoOfImages(page, "%s %s", model, ZOO.resolve("small-conv.onnx")).refused("small-conv.onnx");
        Path seven = folder.resolve("seven.onnx");
        ModelProto.Builder fixed = ModelProto.parseFrom(Files.readAllBytes(model)).toBuilder();
        TypeProto.Builder images = fixed.getGraphBuilder().getInputBuilder(0).getTypeBuilder();
        images.getTensorTypeBuilder().getShapeBuilder().getDimBuilder(0).setDimValue(7);
        Files.write(seven, fixed.build().toByteArray());
        demoOfImages(page, "%s --images 0", seven).refused("seven.onnx: expected", "in any number");
        demoOfImages(page, "%s --images 1001", model).refused("--images", "1001");
        demoOfImages(page, "%s", Files.createDirectory(folder.resolve("empty"))).refused("empty");
        assertThat(page).doesNotExist();
    }
}
