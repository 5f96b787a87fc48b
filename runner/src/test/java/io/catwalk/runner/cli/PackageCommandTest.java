package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The content of the folder. {@code PackedProgramsTest} checks that its programs give the right answers. */
@ExtendWith(ExportedRun.class)
final class PackageCommandTest {

    private static final Path RUNTIMES =
            Path.of("../onnx-models/runtimes").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private ExportedRun world;
    private Path to = Path.of("");

    @BeforeEach
    void find() {
        world = ExportedRun.get();
        to = folder.resolve("for-you");
    }

    private Catwalk.Answer pack(Path subject, String... more) {
        List<String> arguments = new ArrayList<>(List.of("package", subject.toString(), "--out", to.toString()));
        arguments.addAll(List.of("--runtimes-dir", RUNTIMES.toString()));
        arguments.addAll(List.of("--plugins-dir", world.plugins().toString()));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--dataset")) {
            arguments.addAll(List.of("--dataset", world.images().toString()));
        }
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    private void done(Catwalk.Answer answer) {
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
    }

    /** Also checks that no partial folder is left. */
    private void refused(Catwalk.Answer answer, String... parts) throws IOException {
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err()).startsWith("catwalk: ").hasLineCount(1).contains(parts);
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries.map(Path::toString))
                    .noneMatch(entry -> entry.contains("catwalk") || entry.equals(to.toString()));
        }
    }

    private JsonNode read(String file) throws IOException {
        return Json.JSON.readTree(Files.readString(to.resolve(file)));
    }

    @Test
    void aTrialIsPackedInBothForms() throws IOException {
        done(pack(world.trial(ExportedRun.GOOD)));

        assertThat(Files.readAllBytes(to.resolve("model.onnx"))).isEqualTo(Files.readAllBytes(world.model()));
        assertThat(read("model.signature.json").at("/input/type").asString()).isEqualTo("float32");
        assertThat(read("model.pixels.signature.json").at("/input/type").asString())
                .isEqualTo("uint8");
        assertThat(read("model.pixels.signature.json").path("model").asString()).isEqualTo("model.pixels.onnx");
        List<String> classes = OnnxMetadata.read(world.model()).labels().orElseThrow();
        assertThat(Files.readAllLines(to.resolve("labels.txt"))).isEqualTo(classes);
        assertThat(Files.readAllLines(to.resolve("synset.txt"))).isEqualTo(classes);
        assertThat(to.resolve("MODEL_CARD.md")).hasContent(cardWithoutPicture());
        assertThat(to.resolve("config.pbtxt"))
                .content()
                .contains("max_batch_size: 64", "dims: [ 1, 8, 8 ]", "dims: [ 10 ]", "dynamic_batching {");
    }

    @Test
    void aTrialWhoseFileTakesPixelsIsPackedInBothForms() throws IOException {
        Path trial = copiedTrial();
        String plugins = world.plugins().toString();
        done(Catwalk.run("export", trial.toString(), "--embed-preprocessing", "--plugins-dir", plugins));

        done(pack(trial));

        assertThat(read("model.signature.json").at("/input/type").asString()).isEqualTo("float32");
        assertThat(Files.readAllBytes(to.resolve("model.pixels.onnx")))
                .isEqualTo(Files.readAllBytes(trial.resolve("model.onnx")));
    }

    @Test
    void aTrialThatWasChangedIsRefused() throws IOException {
        Path trial = copiedTrial();
        Path file = trial.resolve("model.onnx");
        OnnxMetadata.read(file).with("model_author", "somebody else").write(file);

        refused(pack(trial), "expected the trial as it was trained and exported", "model.onnx");
    }

    private Path copiedTrial() throws IOException {
        Path run = world.copyTo(folder.resolve("run"));
        return run.resolve(world.run().relativize(world.trial(ExportedRun.GOOD)));
    }

    /** Both forms of the file are run on the pixels, and the trial recorded the answers of its network to them. */
    @Test
    void theExpectedAnswersAreThoseOfTheTrial() throws IOException {
        done(pack(world.trial(ExportedRun.GOOD)));

        List<String> recorded = Files.readAllLines(world.trial(ExportedRun.GOOD).resolve("predictions.csv"));
        JsonNode images = read("samples/expected.json").path("images");
        assertThat(images).hasSize(10); // one of each class, in the order of the test images
        for (int i = 0; i < 10; i++) {
            String[] row = recorded.get(1 + i).split(",", -1);
            JsonNode answers = images.path(i).path("answers");
            assertThat(answers.propertyNames()).containsExactly("model.onnx", "model.pixels.onnx");
            for (JsonNode answer : answers) {
                for (int c = 0; c < 10; c++) {
                    double logit = Double.parseDouble(row[2 + c]);
                    assertThat(answer.path("logits").path(c).asDouble()).isCloseTo(logit, within(1e-4));
                }
            }
        }
    }

    @Test
    void theSamplesAreTestImages() throws IOException {
        done(pack(world.trial(ExportedRun.GOOD)));

        byte[] pixels = Files.readAllBytes(world.images().resolve("t10k-images-idx3-ubyte"));
        JsonNode images = read("samples/expected.json").path("images");
        for (int i = 0; i < 10; i++) {
            Path file = to.resolve(images.path(i).path("image").asString());
            BufferedImage image = ImageIO.read(file.toFile());
            byte[] found = (byte[]) image.getRaster().getDataElements(0, 0, 8, 8, null);
            assertThat(found).isEqualTo(Arrays.copyOfRange(pixels, 16 + i * 64, 16 + (i + 1) * 64));
        }
    }

    @Test
    void theCardNamesOnlyFilesOfTheFolder() throws IOException {
        Path file = Files.copy(world.model(), folder.resolve("mine.onnx"));
        Path card = world.trial(ExportedRun.GOOD).resolve("card.md");
        Files.writeString(folder.resolve("mine.md"), Files.readString(card).replace("model.onnx", "mine.onnx"));

        done(pack(file));

        assertThat(to.resolve("MODEL_CARD.md")).hasContent(cardWithoutPicture());
    }

    /** The picture is in the run folder, and is not packed. */
    private String cardWithoutPicture() throws IOException {
        String card = Files.readString(world.trial(ExportedRun.GOOD).resolve("card.md"));
        String picture = "![Confusion matrix](../../../plots/confusion-matrix-mixed.png)\n\n";
        assertThat(card).contains(picture, "model.onnx");
        return card.replace(picture, "");
    }

    @Test
    void aFileIsPackedInItsOwnForm() throws IOException {
        Path file = Files.copy(world.model(), folder.resolve("mine.onnx"));

        done(pack(file));

        assertThat(to.resolve("model.pixels.onnx")).doesNotExist();
        assertThat(to.resolve("MODEL_CARD.md")).content().startsWith("# mine\n").contains("| parity.flips | 0 |");
        assertThat(to.resolve("README.md"))
                .content()
                .startsWith("# mine\n")
                .contains("OpenCV's DNN module in Java has no program here: it does not support `GRU`.");
        assertThat(to.resolve("opencv-java")).doesNotExist();
        assertThat(Files.readAllLines(to.resolve("README.md"))).allMatch(line -> line.length() <= 80);
    }

    @Test
    @Tag("long")
    void theFileInBytesGoesAlong() throws IOException {
        Path file = Files.copy(world.model(), folder.resolve("mine.onnx"));
        String images = world.images().toString();
        done(Catwalk.run("quantize", file.toString(), "--dataset", images, "--budget", "100", "--min-speedup", "0"));

        done(pack(file));

        assertThat(Files.readAllBytes(to.resolve("model.int8.onnx")))
                .isEqualTo(Files.readAllBytes(folder.resolve("mine.int8.onnx")));
        assertThat(to.resolve("MODEL_CARD.md")).content().contains("## In 8 bits\n", "`model.int8.onnx`: int8 is ");
        assertThat(read("samples/expected.json").at("/images/0/answers").propertyNames())
                .containsExactly("model.onnx", "model.int8.onnx");
    }

    @Test
    void theDigestsAreThoseOfAllFiles() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/sha256sum")), "skipped: sha256sum is not installed");
        done(pack(world.model()));

        ProcessBuilder check = new ProcessBuilder("sha256sum", "--strict", "-c", "SHA256SUMS").directory(to.toFile());
        Catwalk.Answer whole = Catwalk.finish(check);
        Files.writeString(to.resolve("labels.txt"), "others\n");
        Catwalk.Answer changed = Catwalk.finish(check);

        assertThat(whole.exitCode()).as("%s", whole).isZero();
        try (Stream<Path> all = Files.walk(to)) {
            assertThat(whole.out())
                    .hasLineCount((int) all.filter(Files::isRegularFile).count() - 1);
        }
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(changed.out()).contains("labels.txt: FAILED");
    }

    @Test
    void anEmptyFolderIsFilledAndAFullOneIsRefused() throws IOException {
        Files.createDirectory(to);
        done(pack(world.model()));

        Catwalk.Answer again = pack(world.model());

        assertThat(again.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(again.err())
                .hasLineCount(1)
                .contains("expected a new or empty folder, but " + to, "with files in it", "--out");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        to = folder.resolve("file/for-you");

        Catwalk.Answer answer = pack(world.model());

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.err()).hasLineCount(1).contains("cannot write " + to + ": ");
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        refused(pack(folder.resolve("none.onnx")), "none.onnx");
        refused(pack(folder), "expected ");
        refused(pack(world.trial(ExportedRun.TWO_FACED)), "model.onnx, found none: write it with catwalk export");
        Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
        refused(pack(text), text.toString());
    }

    @Test
    void aFileOfAnotherProgramIsRefused() throws IOException {
        Path bare = world.changed(folder.resolve("bare.onnx"), ModelProto.Builder::clearMetadataProps);

        refused(
                pack(bare),
                bare + ": expected a file that Catwalk exported, found no class names in the metadata",
                "catwalk export");
    }

    @Test
    void theFileInBytesOfAnotherModelIsRefused() throws IOException {
        Path file = Files.copy(world.model(), folder.resolve("mine.onnx"));
        Path bytes = Files.copy(file, folder.resolve("mine.int8.onnx"));
        OnnxMetadata.read(bytes)
                .with("quantization.float_sha256", "0".repeat(64))
                .write(bytes);

        refused(pack(file), "mine.int8.onnx: expected the 8-bit file of " + file, "found that of another file");
        refused(pack(bytes), "expected the float file, found one in 8 bits");
        refused(
                pack(world.model(), "--int8", world.model().toString()),
                "expected a file in 8 bits that Catwalk wrote, found none");
    }

    @Test
    void aFileOfAFixedBatchIsRefused() throws IOException {
        Path exported = folder.resolve("exported");
        done(Catwalk.run(
                "export",
                world.trial(ExportedRun.GOOD).toString(),
                "--out",
                exported.toString(),
                "--batch",
                "3",
                "--plugins-dir",
                world.plugins().toString()));

        refused(pack(exported.resolve("mixed.onnx")), "found one that takes 3 at once", "export it without --batch");
    }

    @Test
    void aRunOfSeveralTrialsIsRefused() throws IOException {
        refused(
                pack(world.run()),
                "expected a folder with one trained network, but " + world.run() + " has ",
                ": name one, such as " + world.run().resolve("trials"));
    }

    /** As many pixels as the network takes, but in another shape. */
    @Test
    void imagesOfAnotherShapeAreRefused() throws IOException {
        Path narrow = otherImages("narrow");
        for (String part : List.of("train", "t10k")) {
            Path file = narrow.resolve(part + "-images-idx3-ubyte");
            byte[] bytes = Files.readAllBytes(file);
            bytes[11] = 16; // rows
            bytes[15] = 4; // columns
            Files.write(file, bytes);
        }
        for (Path subject : List.of(world.trial(ExportedRun.GOOD), world.model())) {
            refused(
                    pack(subject, "--dataset", narrow.toString()),
                    "expected images of 1x8x8 (channels, height, width), found 1x16x4");
        }
    }

    @Test
    void classesThatAreMatchedByIndexHaveTheNamesOfTheNetwork() throws IOException {
        Path renamed = otherImages("renamed");
        Files.writeString(renamed.resolve("classes.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
        List<String> classes = OnnxMetadata.read(world.model()).labels().orElseThrow();
        for (Path subject : List.of(world.trial(ExportedRun.GOOD), world.model())) {
            to = folder.resolve("of-" + subject.getFileName());

            done(pack(subject, "--dataset", renamed.toString(), "--classes-by-index"));

            assertThat(Files.readAllLines(to.resolve("labels.txt"))).isEqualTo(classes);
            assertThat(Files.readAllLines(to.resolve("synset.txt"))).isEqualTo(classes);
            assertThat(read("model.signature.json").path("labels").valueStream())
                    .extracting(JsonNode::asString)
                    .containsExactlyElementsOf(classes);
            for (JsonNode image : read("samples/expected.json").path("images")) {
                assertThat(image.path("label").asString()).isIn(classes);
                assertThat(image.at("/answers/model.onnx/label").asString()).isIn(classes);
            }
        }
    }

    private Path otherImages(String name) throws IOException {
        return ExportedRun.copy(world.images(), folder.resolve(name));
    }

    @Test
    void optionsThatTheFileDoesNotNeedAreRefused() throws IOException {
        refused(pack(world.model(), "--normalize", "0.5/0.5"), "expected no --normalize and no --output");
    }
}
