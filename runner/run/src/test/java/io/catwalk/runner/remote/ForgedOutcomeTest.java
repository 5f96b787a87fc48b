package io.catwalk.runner.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.Orders;
import io.catwalk.runner.trial.TrialFile;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Outcomes that a worker forged or that were damaged: each is lost, with a reason in one line, and nothing else is. */
@Tag("attack")
final class ForgedOutcomeTest {

    private static final String WEIGHTS = "model/network-0000.params";
    private static final String TEST = "predictions.csv";
    private static final String VALIDATION = "predictions-validation.csv";
    private static final String ONNX = "model.onnx";
    private static final String HISTORY = "history.csv";
    private static final List<String> CLASSES =
            IntStream.range(0, 10).mapToObj(Integer::toString).toList();

    @TempDir
    private static Path shared;

    private static TrialOrder order;

    /** What came back of the order, honestly, and of the same classifier with another seed. */
    private static Map<String, byte[]> honest;

    private static Map<String, byte[]> other;

    @TempDir
    private Path folder;

    @BeforeAll
    static void trainOnce() throws IOException {
        TestPlugin.building(
                        "learns",
                        "return Layers.sequence(Layers.flatten(), Layers.dense(16), Layers.relu(),"
                                + " Layers.dense(task.classes()));")
                .write(Files.createDirectory(shared.resolve("plugins")).resolve("learns.jar"));
        TestPlugin.building(
                        "formless",
                        "return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> { x.head().toFloatArray(); return x; }, \"formless\"), Layers.flatten(),"
                                + " Layers.dense(task.classes()));")
                .write(shared.resolve("plugins/formless.jar"));
        TinyImages.write(shared.resolve("tiny"));
        order = Orders.of(shared, "learns", "tiny", 2, 1);
        honest = cameBack(order);
        other = cameBack(Orders.of(shared, "learns", "tiny", 2, 2));
    }

    private static Map<String, byte[]> cameBack(TrialOrder of) throws IOException {
        TrialFolder there = new TrialFolder(Files.createTempDirectory(shared, "there"));
        Path zip = there.path().resolveSibling(there.path().getFileName() + ".zip");
        TrialResultArchive.write(zip, Orders.train(of, there), there);
        Map<String, byte[]> files = new TreeMap<>();
        try (ZipFile archive = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : archive.stream().toList()) {
                files.put(entry.getName(), archive.getInputStream(entry).readAllBytes());
            }
        }
        return files;
    }

    /** What comes back, to be changed: the files, and what the outcome says. */
    private static final class Returned {

        private final Map<String, byte[]> files = new TreeMap<>(honest);
        private final ObjectNode said = (ObjectNode) Json.JSON.readTree(honest.get("outcome.json"));

        /** Replaces a value of the outcome by JSON; the path has slashes. */
        Returned say(String path, String json) {
            int name = path.lastIndexOf('/');
            JsonNode parent = name < 0 ? said : said.at("/" + path.substring(0, name));
            assertThat(parent.has(path.substring(name + 1))).as("%s", path).isTrue();
            ((ObjectNode) parent).set(path.substring(name + 1), Json.JSON.readTree(json));
            return this;
        }

        /** Replaces a file, and its digest. */
        Returned put(String name, byte[] content) {
            files.put(name, content);
            return sign();
        }

        Returned put(String name, String text) {
            return put(name, text.getBytes(StandardCharsets.UTF_8));
        }

        String text(String name) {
            return new String(Objects.requireNonNull(files.get(name)), StandardCharsets.UTF_8);
        }

        /** Removes a file, and its digest. */
        Returned remove(String name) {
            files.remove(name);
            ArrayNode digests = (ArrayNode) said.get("files");
            for (int i = digests.size() - 1; i >= 0; i--) {
                if (digests.get(i).get("file").asString().equals(name)) {
                    digests.remove(i);
                }
            }
            return this;
        }

        /** Makes the digests right for the files as they are. */
        Returned sign() {
            for (JsonNode digest : said.get("files")) {
                byte[] content = files.get(digest.get("file").asString());
                if (content != null) {
                    ((ObjectNode) digest).put("bytes", content.length);
                    ((ObjectNode) digest).put("sha256", sha256(content));
                }
            }
            return this;
        }

        /** Replaces predictions, with their digest and the metrics that follow from them. */
        Returned predict(String file, String part, Predictions predictions) throws IOException {
            Path written = Files.createTempFile(shared, "forged", ".csv");
            write(predictions, written);
            put(file, Files.readAllBytes(written));
            return say(
                    "metrics/" + part,
                    Json.JSON.writeValueAsString(
                            Evaluation.of(predictions, CLASSES).metrics()));
        }

        /** Makes the metrics right for the predictions as they are. */
        Returned predictAgain(String file, String part) throws IOException {
            return predict(file, part, predictions(file));
        }

        static void write(Predictions predictions, Path file) throws IOException {
            int[] labels = predictions.labels();
            predictions.write(file, HeapImages.of(1, 1, 1, new byte[labels.length], labels));
        }

        Predictions predictions(String file) throws IOException {
            return Predictions.read(Files.write(Files.createTempFile(shared, "read", ".csv"), files.get(file)));
        }

        /** Writes entries into the metadata of the ONNX file, with its digest and size. */
        Returned describe(byte[] onnx, Map<String, String> entries) throws IOException {
            Path file = Files.write(Files.createTempFile(shared, "forged", ".onnx"), onnx);
            OnnxMetadata.read(file).withAll(entries).write(file);
            put(ONNX, Files.readAllBytes(file));
            return say("efficiency/onnx_bytes", Long.toString(Files.size(file)));
        }

        void write(Path zip) throws IOException {
            files.put("outcome.json", Json.JSON.writeValueAsBytes(said));
            ForgedOutcomeTest.write(files, zip);
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Map<String, byte[]> files, Path zip) throws IOException {
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream archive = new ZipOutputStream(out)) {
            archive.setLevel(0);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                archive.putNextEntry(new ZipEntry(file.getKey()));
                archive.write(file.getValue());
            }
        }
    }

    private interface Forger {

        void forge(Returned returned) throws IOException;
    }

    private record Forgery(String name, Forger forger) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Forgery says(String path, String json) {
        return new Forgery(path + " is " + json, returned -> returned.say(path, json));
    }

    private static Forgery that(String name, Forger forger) {
        return new Forgery(name, forger);
    }

    /** No worker measures one. */
    private static String latency() {
        return Json.LINE.writeValueAsString(MadeUp.latency(1, 10, 1, null, null, null, null, null, MadeUp.MACHINE));
    }

    static Stream<Forgery> forgeries() {
        return Stream.of(
                // Numbers.
                says("metrics/test/accuracy", "0.123"),
                says("metrics/test/precision_macro", "1.0"),
                says("metrics/test/log_loss", "0.0001"),
                says("metrics/test/accuracy_low", "0.99"),
                says("metrics/test/images", "10000"),
                says("metrics/test/ece", "null"),
                says("metrics/validation/accuracy", "0.999"),
                says("metrics/validation/log_loss", "0.0"),
                says("metrics/train/accuracy", "0.999"),
                says("metrics/train/images", "60000"),
                says("efficiency/parameters", "17"),
                says("efficiency/multiply_accumulates", "1"),
                says("efficiency/model_bytes", "1"),
                says("efficiency/onnx_bytes", "1"),
                says("efficiency/training_seconds", "-3"),
                says("efficiency/training_images_per_second", "1e12"),
                says("efficiency/cpu_seconds", "-1"),
                says("efficiency/peak_memory_bytes", "9000000000000000000"),
                says("timing/total_seconds", "1e300"),
                says("timing/seconds_per_epoch", "0.0"),
                says("timing/epochs", "2000000000"),
                says("timing/best_epoch", "99"),
                says("timing/steps", "-1"),
                says("timing/steps", "1000000"),
                says("timing/steps", "null"),
                says("timing/started_at", "\"soon\""),
                says("timing/started_at", "\"2100-01-01T00:00:00Z\""),
                says("parity/max_abs", "0.3"),
                says("parity/flips", "7"),
                says("parity/images", "10000"),
                says("parity/configurations", "4096"),
                says("parity/tolerance", "0.5"),
                says("parity/agrees", "false"),
                says("parity/worst", "\"none at all\""),
                says("parity", "null"),
                says("normalization/mean", "[0.0]"),
                says("efficiency/onnxruntime", latency()),
                that("a relative tolerance", r -> ((ObjectNode) r.said.get("parity")).put("relative", 0.5)),
                that("near ties", r -> ((ObjectNode) r.said.get("parity")).putArray("near_ties")),
                // What it was made from.
                says("recipe/epochs", "200"),
                says("hyperparameters", "{\"wide\":1}"),
                says("threads", "64"),
                says("provenance/threads", "64"),
                says("provenance/split_sha256", "\"" + "0".repeat(64) + "\""),
                says("provenance/dataset_sha256", "\"" + "0".repeat(64) + "\""),
                says("provenance/plugin_version", "\"9\""),
                says("provenance/machine/processor", "\"" + "x".repeat(5000) + "\""),
                // Files that are missing.
                that("no weights", r -> r.remove(WEIGHTS)),
                that("no predictions", r -> r.remove(TEST)),
                that("no validation predictions", r -> r.remove(VALIDATION)),
                that("no ONNX file", r -> r.remove(ONNX)),
                that("no history", r -> r.remove(HISTORY)),
                that("no digests", r -> r.say("files", "[]")),
                that("no digest of the ONNX file", r -> r.remove(ONNX).files.put(ONNX, file(honest, ONNX))),
                that("no file at all", r -> r.files.clear()),
                // Files of others, all with right digests.
                that("weights of another seed", r -> r.put(WEIGHTS, file(other, WEIGHTS))),
                that(
                        "the ONNX file of another seed",
                        r -> r.put(ONNX, file(other, ONNX))
                                .say("efficiency/onnx_bytes", Integer.toString(file(other, ONNX).length))),
                that("the graph of another seed with the metadata of this one", r -> {
                    Path own = Files.write(Files.createTempFile(shared, "own", ".onnx"), file(honest, ONNX));
                    r.describe(file(other, ONNX), OnnxMetadata.read(own).entries());
                }),
                that(
                        "predictions of another seed",
                        r -> r.put(TEST, file(other, TEST)).predictAgain(TEST, "test")),
                that(
                        "validation predictions of another seed",
                        r -> r.put(VALIDATION, file(other, VALIDATION)).predictAgain(VALIDATION, "validation")),
                that("reversed logits", r -> {
                    Predictions own = r.predictions(TEST);
                    float[] logits = own.logits().clone();
                    for (int i = 0; i < logits.length; i++) {
                        logits[i] = -logits[i];
                    }
                    r.predict(TEST, "test", new Predictions(10, own.labels(), logits));
                }),
                that("perfect logits", r -> {
                    int[] labels = r.predictions(TEST).labels();
                    float[] logits = new float[labels.length * 10];
                    IntStream.range(0, labels.length).forEach(i -> logits[i * 10 + labels[i]] = 9);
                    r.predict(TEST, "test", new Predictions(10, labels, logits));
                }),
                that("labels that fit the predictions", r -> {
                    Predictions own = r.predictions(TEST);
                    r.predict(TEST, "test", new Predictions(10, own.predicted(), own.logits()));
                }),
                that("19 of 40 predictions", r -> {
                    Predictions own = r.predictions(TEST);
                    r.predict(
                            TEST,
                            "test",
                            new Predictions(10, Arrays.copyOf(own.labels(), 19), Arrays.copyOf(own.logits(), 190)));
                }),
                that("predictions as an array besides", r -> {
                    Path array = shared.resolve("predictions.npy");
                    Returned.write(r.predictions(TEST), array);
                    r.files.put("predictions.npy", Files.readAllBytes(array));
                }),
                that(
                        "a better accuracy in the ONNX file",
                        r -> r.describe(file(honest, ONNX), Map.of("metrics.test.accuracy", "0.99"))),
                that(
                        "another entry in the ONNX file",
                        r -> r.describe(file(honest, ONNX), Map.of("metrics.test.award", "first"))),
                // Garbage, with right digests.
                that("garbage weights", r -> r.put(WEIGHTS, new byte[2048])),
                that(
                        "half of the weights",
                        r -> r.put(WEIGHTS, Arrays.copyOf(file(honest, WEIGHTS), file(honest, WEIGHTS).length / 2))),
                that("garbage predictions", r -> r.put(TEST, "a,b\n1,2\n")),
                that(
                        "predictions that are no numbers",
                        r -> r.put(TEST, r.text(TEST).replaceFirst("\n[^\n]*$", "NaN\n"))),
                that("a garbage ONNX file", r -> r.put(ONNX, new byte[999]).say("efficiency/onnx_bytes", "999")),
                that("a garbage history", r -> r.put(HISTORY, "eggs")),
                that(
                        "a history of other weights",
                        r -> r.put(HISTORY, new String(other.get(HISTORY), StandardCharsets.UTF_8))),
                that(
                        "a history with an epoch more",
                        r -> r.put(HISTORY, r.text(HISTORY) + "3,0.1,1.0,0.1,1.0,1.0,0.001,0.001\n")),
                // The outcome itself.
                that("a damaged file", r -> r.files.put(TEST, new byte[7])),
                that("an outcome without a status", r -> r.said.remove("status")),
                that("an outcome without metrics", r -> r.said.remove("metrics")),
                that("an outcome with a number as its name", r -> r.say("metrics", "7")));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void aForgedOutcomeIsLost(Forgery forgery) throws Exception {
        Returned returned = new Returned();
        forgery.forger.forge(returned);
        Path zip = folder.resolve("0.outcome-1.zip");
        returned.write(zip);

        requireLost(read(zip));
    }

    private TrialFolder trial() throws IOException {
        return new TrialFolder(Files.createDirectories(folder.resolve("trial")));
    }

    private TrialOutcome read(Path zip) throws Exception {
        return TrialResultArchive.read(zip, order, trial(), Orders::check);
    }

    private void requireLost(TrialOutcome outcome) throws IOException {
        assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
        assertThat(outcome.trial()).isEqualTo(order.spec());
        assertThat(outcome.error())
                .doesNotContainPattern("\\p{Cntrl}|[a-z]Exception\\b")
                .hasSizeLessThan(1000);
        assertThat(left())
                .as("files that the next attempt or a report would find")
                .isSubsetOf("log.txt", "order.json");
    }

    private List<String> left() throws IOException {
        Path trial = trial().path();
        try (Stream<Path> all = Files.walk(trial)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> trial.relativize(file).toString())
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PK", "half", "flipped", "folder", "no outcome", "null", "eggs"})
    void anArchiveThatIsNoneIsLost(String kind) throws Exception {
        Path zip = folder.resolve("0.outcome-1.zip");
        new Returned().write(zip);
        byte[] bytes = Files.readAllBytes(zip);
        switch (kind) {
            case "half" -> Files.write(zip, Arrays.copyOf(bytes, bytes.length / 2));
            case "flipped" -> {
                int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("image,label");
                bytes[at] ^= 1;
                Files.write(zip, bytes);
            }
            case "folder" -> {
                Files.delete(zip);
                Files.createDirectory(zip);
            }
            case "no outcome" -> write(Map.of(TEST, file(honest, TEST)), zip);
            case "null", "eggs" -> write(Map.of("outcome.json", kind.getBytes(StandardCharsets.UTF_8)), zip);
            default -> Files.writeString(zip, kind);
        }

        requireLost(read(zip));
    }

    /** On Windows a backslash separates folders, too, and a colon follows a drive. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "passwd",
                "../log.txt",
                "/log.txt",
                "C:log.txt",
                "model/..",
                "model/a/b",
                "model/..\\..\\evil.jar",
                "model/C:evil.jar",
                "model/\0"
            })
    void aFileThatNoTrialWritesIsRefusedOnEverySystem(String name) throws Exception {
        Path zip = folder.resolve("0.outcome-1.zip");
        Returned listed = new Returned();
        listed.files.put(name, new byte[1]);
        listed.write(zip);
        TrialOutcome outcome = read(zip);
        requireLost(outcome);
        assertThat(outcome.error()).contains("it has a file that no trial writes: '");

        Returned digested = new Returned();
        ((ObjectNode) digested.said.at("/files/0")).put("file", name);
        digested.write(zip);
        requireLost(read(zip));
    }

    @Test
    void anArchiveMayListItsFoldersAndUnpacksToTenTimesItsSizeAtMost() throws Exception {
        Path zip = folder.resolve("0.outcome-1.zip");
        new Returned().write(zip);
        Tampered.put(zip, "model/", new byte[0]);
        assertThat(read(zip)).isInstanceOf(TrialOutcome.Done.class);

        Tampered.put(zip, "log.txt", new byte[64 << 20]);

        TrialOutcome outcome = read(zip);
        assertThat(outcome).isInstanceOf(TrialOutcome.Lost.class);
        assertThat(outcome.error()).containsPattern("unpacks to more than \\d{5,8} bytes");
        assertThat(Files.size(trial().file(TrialFile.LOG))).isLessThan(2 << 20);
    }

    @Test
    void aPipeIsNoOutcomeAndNobodyWaitsForIt() throws Exception {
        Path pipe = folder.resolve("0.outcome-1.zip");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")) || Files.isExecutable(Path.of("/bin/mkfifo")));
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        requireLost(read(pipe));
    }

    /** A failure has no numbers; its reason is a text of somebody else. */
    @Test
    void theReasonOfAFailureIsOneLineOfLimitedLength() throws Exception {
        Path zip = folder.resolve("0.outcome-1.zip");
        Returned returned = new Returned();
        returned.said.retain(Json.JSON.valueToTree(order.spec()).propertyNames());
        returned.said
                .put("status", "failed")
                .put("error", "\u001b[2J\n" + "no ".repeat(1_000_000))
                .putNull("first_error");
        returned.write(zip);

        TrialOutcome outcome = read(zip);

        assertThat(outcome).isInstanceOf(TrialOutcome.Failed.class);
        assertThat(outcome.error()).doesNotContainPattern("\\p{Cntrl}").hasSizeLessThan(11_000);
        assertThat(left()).isSubsetOf("log.txt");
    }

    @Test
    void whatIsHonestIsKeptAndWhatFollowsFromItIsWrittenHere() throws Exception {
        Path zip = folder.resolve("0.outcome-1.zip");
        Returned returned = new Returned();
        byte[] lie = "{\"a lie\": 1}".getBytes(StandardCharsets.UTF_8);
        for (String name : List.of(
                "classes.json", "split.json", "training.json", "card.md", "measure.json", ".model.onnx123.tmp")) {
            returned.files.put(name, lie);
        }
        returned.write(zip);

        TrialOutcome outcome = read(zip);

        assertThat(outcome).as("%s", outcome.error()).isInstanceOf(TrialOutcome.Done.class);
        assertThat(Json.JSON.writeValueAsString(outcome)).isEqualTo(returned.text("outcome.json"));
        assertThat(trial().outcome()).hasContent(returned.text("outcome.json"));
        assertThat(left()).doesNotContain("card.md", "measure.json", ".model.onnx123.tmp");
        for (String name : List.of(
                WEIGHTS, TEST, VALIDATION, ONNX, HISTORY, "classes.json", "split.json", "model.signature.json")) {
            assertThat(trial().path().resolve(name)).hasBinaryContent(honest.get(name));
        }
    }

    private static byte[] file(Map<String, byte[]> returned, String name) {
        return Objects.requireNonNull(returned.get(name), name);
    }

    /** A network without an ONNX form, one that is only scored, a fold, and a part of the images. */
    @ParameterizedTest
    @ValueSource(strings = {"no form", "score", "fold", "limits"})
    void whatIsHonestIsKeptWhateverKindOfTrialItIs(String kind) throws Exception {
        TrialOrder base = Orders.of(shared, kind.equals("no form") ? "formless" : "learns", "tiny", 2, 3);
        DatasetSpec few = new DatasetSpec(base.dataset().name(), null, null, null, null, 90, 20, null, null);
        String sha256 = few.load(DataHome.of(shared)).sha256();
        TrialOrder of = switch (kind) {
            case "score" -> Orders.changed(base, "spec/purpose = \"score\"");
            case "fold" -> Orders.changed(base, "spec/fold = 3", "split/folds = 3", "split/seed = 5");
            case "limits" ->
                Orders.changed(
                        base,
                        "dataset/limit_train = 90",
                        "dataset/limit_test = 20",
                        "inputs/dataset_sha256 = \"" + sha256 + "\"");
            default -> base;
        };
        Map<String, byte[]> files = cameBack(of);
        Path zip = folder.resolve("0.outcome-1.zip");
        write(files, zip);
        // A run folder is named relative to the working folder by most users.
        Path relative = Path.of("").toAbsolutePath().relativize(trial().path());

        TrialOutcome outcome = TrialResultArchive.read(zip, of, new TrialFolder(relative), Orders::check);

        assertThat(trial().file(TrialFile.WEIGHTS)).hasBinaryContent(files.get(WEIGHTS));
        assertThat(outcome).as("%s", outcome.error()).isInstanceOf(TrialOutcome.Done.class);
        assertThat(Json.JSON.writeValueAsString(outcome))
                .isEqualTo(new String(files.get("outcome.json"), StandardCharsets.UTF_8));
        assertThat(Files.exists(trial().onnx())).isEqualTo(kind.equals("fold") || kind.equals("limits"));
    }

    /** In processes of their own, as the program does it. */
    @Test
    @Tag("long")
    void aForgedOutcomeDoesNotEndTheGatheringOfTheOthers() throws Exception {
        Path orders = folder.resolve("orders");
        TrialOrder another = Orders.of(shared, "learns", "tiny", 2, 2);
        executor(orders).submit(order, trial(), news -> {});
        executor(orders).submit(another, trial(), news -> {});
        Returned forged = new Returned();
        forged.put(WEIGHTS, file(other, WEIGHTS)).write(OrderRunner.delivery(orders.resolve("0.json"), 1));
        write(other, OrderRunner.delivery(orders.resolve("1.json"), 1));
        OrderFolderExecutor executor = executor(orders);

        TrialOutcome first =
                executor.submit(order, trial(), news -> {}).outcome().get();
        requireLost(first);
        assertThat(first.error()).contains("test predictions of the returned weights");
        TrialFolder second = new TrialFolder(Files.createDirectories(folder.resolve("second")));
        TrialOutcome kept =
                executor.submit(another, second, news -> {}).outcome().get();
        assertThat(kept).as("%s", kept.error()).isInstanceOf(TrialOutcome.Done.class);
        assertThat(second.file(TrialFile.WEIGHTS)).hasBinaryContent(file(other, WEIGHTS));
    }

    private static OrderFolderExecutor executor(Path orders) throws IOException {
        return new OrderFolderExecutor(orders, false, TrialProcess::check);
    }
}
