package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.BrowserScript;
import io.catwalk.runner.Json;
import io.catwalk.runner.experiment.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class DemoCommandTest {

    private static final Path ZOO = Path.of("../onnx-models/zoo/fashion-mnist");
    private static final Path RUNTIMES = Path.of("../onnx-models/runtimes");
    private static final long MOST_BYTES = 15_000_000;

    @TempDir
    private Path folder;

    private ExportedRun world;

    /** Creates files in place of ONNX Runtime Web, for tests that need no browser. */
    @BeforeEach
    void find() throws IOException {
        world = ExportedRun.get();
        Path web = Files.createDirectories(folder.resolve("runtimes/web/node_modules/onnxruntime-web/dist"));
        Files.copy(RUNTIMES.resolve("web/runtime.json"), folder.resolve("runtimes/web/runtime.json"));
        for (String file : List.of("ort.wasm.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")) {
            Files.writeString(web.resolve(file), file);
        }
    }

    private Catwalk.Answer demo(Object... words) {
        Stream<String> more = Stream.of(words).map(Object::toString);
        return Catwalk.run(Stream.concat(
                        Stream.of(
                                "demo",
                                "--runtimes-dir",
                                folder.resolve("runtimes").toString()),
                        more)
                .toArray(String[]::new));
    }

    private Catwalk.Answer demoOfImages(Path page, Object... words) {
        List<Object> all = new ArrayList<>(List.of("--out", page, "--dataset", world.images()));
        all.addAll(List.of(words));
        return demo(all.toArray());
    }

    /** Reads the data of the page, without the surrounding function call. */
    private static JsonNode data(Path page) throws IOException {
        String script = Files.readString(page.resolve("data.js"));
        return Json.JSON.readTree(script.substring(script.indexOf('(') + 1, script.lastIndexOf(')')));
    }

    private static List<String> texts(JsonNode list, String key) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(one -> one.path(key).asString())
                .toList();
    }

    @Test
    @Tag("browser")
    void allNetworksOfTheZooAnswerInABrowserAsHere() throws IOException, InterruptedException {
        Path library = RUNTIMES.resolve("web/node_modules/onnxruntime-web");
        assumeTrue(Files.exists(library), "skipped: run npm ci in onnx-models/runtimes/web for ONNX Runtime Web");
        List<String> names = List.of("small-conv", "conv-maxpool", "stride-conv", "drop-norm-l2", "rnn", "lstm", "gru");
        Path page = folder.resolve("page");
        Path shots = Files.createDirectories(Path.of("target/demo-pages"));
        List<String> command = new ArrayList<>(List.of("demo", "--out", page.toString()));
        command.addAll(List.of("--runtimes-dir", RUNTIMES.toString(), "--dataset", "../test-data/fashion-mnist"));
        names.forEach(name -> command.add(ZOO.resolve(name + ".onnx").toString()));
        Catwalk.Answer answer = Catwalk.run(command.toArray(String[]::new));
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
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

    private static long size(Path page) throws IOException {
        try (Stream<Path> files = Files.list(page)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Normalizes with the numbers that the file names. */
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

        Catwalk.Answer answer = demo(run, "--dataset", world.images(), "--images", 8);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        Path page = run.resolve("demo");
        assertThat(answer.out()).isEqualTo("Open " + page.resolve("index.html") + " in a browser.\n");
        JsonNode data = data(page);
        assertThat(texts(data.path("networks"), "name"))
                .contains(ExportedRun.GOOD)
                .doesNotContain(ExportedRun.UNKNOWN);
        assertThat(data.path("truth")).hasSize(8);
        for (String address : texts(data.path("networks"), "report")) {
            String[] parts = address.split("#", -1);
            assertThat(Files.readString(page.resolve(parts[0]))).contains("id=\"" + parts[1] + "\"");
        }
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("<iframe data-src=\"demo/index.html\"", "<a href=\"demo/index.html\">Open alone</a>");
        assertThat(Files.size(run.resolve("report.html")))
                .isCloseTo(Files.size(world.run().resolve("report.html")), within(2_000L));

        RunFolder.claim(run, RunFolder.Existing.REPLACE).close();
        assertThat(page).doesNotExist();
    }

    @Test
    @Tag("browser")
    void anAnswerLeadsToItsCellOfTheConfusionMatrix() throws IOException, InterruptedException {
        assumeTrue(
                Files.exists(RUNTIMES.resolve("web/node_modules/onnxruntime-web")),
                "skipped: run npm ci in onnx-models/runtimes/web for ONNX Runtime Web");
        Path run = world.copyTo(folder.resolve("run"));
        List<String> command = new ArrayList<>(List.of("demo", run.toString(), "--images", "8"));
        command.addAll(List.of(
                "--runtimes-dir",
                RUNTIMES.toString(),
                "--dataset",
                world.images().toString()));
        Catwalk.Answer answer = Catwalk.run(command.toArray(String[]::new));
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);

        Path shots = Files.createDirectories(Path.of("target/demo-pages"));
        BrowserScript.run("check-cell.mjs", List.of(run, shots));
        BrowserScript.run("check-docked.mjs", List.of(run, shots));
    }

    @Test
    void aPageElsewhereLeavesTheReportAsItIs() throws IOException {
        Path run = world.copyTo(folder.resolve("run"));
        byte[] before = Files.readAllBytes(run.resolve("report.html"));

        Catwalk.Answer answer = demo(run, "--out", folder.resolve("page"), "--dataset", world.images(), "--images", 8);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(run.resolve("report.html")).hasBinaryContent(before);
    }

    @Test
    void aPageWithoutTestImagesNeedsNoDataSet() throws IOException {
        Path page = folder.resolve("page");

        Catwalk.Answer answer = demo(world.model(), "--out", page, "--images", 0);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(data(page).path("truth")).isEmpty();
        assertThat(data(page).path("height").asInt()).isEqualTo(8);
    }

    @Test
    void networksOfSeveralDataSetsShareAPageIfTheirShapeAndClassesAreTheSame() throws IOException {
        Path page = folder.resolve("page");

        Catwalk.Answer answer = demo(of("photos-2025"), of("photos-2026"), "--out", page, "--images", 0);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(data(page).path("dataset").asString()).isEqualTo("photos-2025 and photos-2026");
        assertThat(texts(data(page).path("networks"), "name")).containsExactly("photos-2025", "photos-2026");
    }

    /** Writes the file of a network that was trained on a data set of this name. */
    private Path of(String dataset) throws IOException {
        return world.changed(
                folder.resolve(dataset + ".onnx"),
                model -> model.getMetadataPropsBuilderList().stream()
                        .filter(entry -> entry.getKey().equals(MetadataKeys.PROVENANCE + "dataset"))
                        .forEach(entry -> entry.setValue(dataset)));
    }

    @Test
    void aPageThatIsThereIsReplacedOnRequestAndAnythingElseIsNot() throws IOException {
        Path page = folder.resolve("page");
        demoOfImages(page, world.model());
        Files.writeString(page.resolve("left-over.js"), "");

        Catwalk.Answer refused = demoOfImages(page, world.model());
        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.err())
                .isEqualTo("catwalk: expected a new folder, but " + page + " exists: replace it with --force\n");
        assertThat(page.resolve("left-over.js")).exists();

        assertThat(demoOfImages(page, world.model(), "--force").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(page.resolve("left-over.js")).doesNotExist();
        assertThat(page.resolve("model-0.js")).exists();

        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("notes.txt"), "mine");
        Catwalk.Answer kept = demoOfImages(other, world.model(), "--force");
        assertThat(kept.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(kept.err())
                .contains("found something else, which is not replaced")
                .hasLineCount(1);
        assertThat(other.resolve("notes.txt")).hasContent("mine");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("catwalk"));
        }
    }

    @Test
    void aPageOfSomebodyElseIsNotReplaced() throws IOException {
        Path site = folder.resolve("public");
        Path photo = Files.createDirectories(site.resolve("photos")).resolve("a.jpg");
        Files.writeString(photo, "mine");
        Files.writeString(site.resolve("index.html"), "my page");

        Catwalk.Answer kept = demoOfImages(site, world.model(), "--force");

        assertThat(kept.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(kept.err())
                .contains("found something else, which is not replaced")
                .hasLineCount(1);
        assertThat(site.resolve("index.html")).hasContent("my page");
        assertThat(photo).hasContent("mine");
    }

    /** The page resizes an image once, for all of its networks. */
    @Test
    void networksThatResizeDifferentlyNeedPagesOfTheirOwn() throws IOException {
        Path page = folder.resolve("page");

        Catwalk.Answer answer = demoOfImages(page, fitted("crop"), world.model(), fitted("pad"));

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .hasLineCount(1)
                .endsWith(
                        "pad.onnx: expected images that are resized with --fit crop, as for the files before, but found"
                                + " pad: write a separate page for it\n");
        assertThat(page).doesNotExist();
    }

    private Path fitted(String fit) throws IOException {
        return world.changed(
                folder.resolve(fit + ".onnx"),
                model ->
                        model.addMetadataPropsBuilder().setKey(MetadataKeys.FIT).setValue(fit));
    }

    @Test
    void whatIsWrongIsOneLineAndWritesNothing() throws IOException {
        Path page = folder.resolve("page");
        Path wasm = folder.resolve("runtimes/web/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm");
        Files.delete(wasm);
        Catwalk.Answer missing = demoOfImages(page, world.model());
        Files.createFile(wasm);

        assertThat(missing.err())
                .startsWith("catwalk: expected onnxruntime-web with its ort-wasm-simd-threaded.wasm in ")
                .contains("npm ci")
                .doesNotContain("Chromium") // the page needs neither to be written
                .doesNotContain("Node.js");
        Path divided = folder.resolve("divided");
        Catwalk.run(
                "export",
                world.trial(ExportedRun.GOOD).toString(),
                "--plugins-dir",
                world.plugins().toString(),
                "--external-data",
                "--out",
                divided.toString());
        List<Catwalk.Answer> answers = List.of(
                missing,
                demoOfImages(page, divided.resolve(ExportedRun.GOOD + ".onnx")),
                demoOfImages(page, folder.resolve("none.onnx")),
                demoOfImages(page, world.model(), world.run()),
                demoOfImages(page, world.model(), ZOO.resolve("small-conv.onnx")),
                demoOfImages(page, world.model(), "--images", 1001),
                demoOfImages(page, Files.createDirectory(folder.resolve("empty"))));
        assertThat(answers.get(1).err()).contains("found weights in mixed.onnx.data");
        for (Catwalk.Answer answer : answers) {
            assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.err()).as("%s", answer).hasLineCount(1).startsWith("catwalk: ");
        }
        assertThat(page).doesNotExist();
    }
}
