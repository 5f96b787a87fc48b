package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.OnnxMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/**
 * The content of the folder. {@code PackedProgramsTest} checks that its programs give the right answers; what is refused
 * is in cases/onnx-files.txt.
 */
@ExtendWith(ExportedRun.class)
final class PackageCommandTest {

    private static final Path RUNTIMES =
            Path.of("../../onnx-models/runtimes").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private ExportedRun world;
    private Path to = Path.of("");

    @BeforeEach
    void find() {
        world = ExportedRun.get();
        to = folder.resolve("for-you");
    }

    private Catwalk.Answer pack(Path subject) {
        return pack(subject, "--dataset " + world.images());
    }

    private Catwalk.Answer pack(Path subject, String more) {
        String command = "package %s --out %s --runtimes-dir %s --plugins-dir %s " + more;
        return Catwalk.ask(command, subject, to, RUNTIMES, world.plugins());
    }

    private JsonNode read(String file) throws IOException {
        return Catwalk.json(to.resolve(file));
    }

    @Test
    void aTrialIsPackedInBothForms() throws IOException {
        pack(world.trial(ExportedRun.GOOD)).done();

        assertThat(to.resolve("model.onnx")).hasSameBinaryContentAs(world.model());
        assertThat(read("model.signature.json").at("/input/type").asString()).isEqualTo("float32");
        assertThat(read("model.pixels.signature.json").at("/input/type").asString())
                .isEqualTo("uint8");
        assertThat(read("model.pixels.signature.json").path("model").asString()).isEqualTo("model.pixels.onnx");
        assertThat(read("model.pixels.signature.json").at("/input/name").asString())
                .isEqualTo("image");
        List<String> classes = OnnxMetadata.read(world.model()).labels().orElseThrow();
        assertThat(Files.readAllLines(to.resolve("labels.txt"))).isEqualTo(classes);
        assertThat(Files.readAllLines(to.resolve("synset.txt"))).isEqualTo(classes);
        assertThat(to.resolve("MODEL_CARD.md")).hasContent(cardWithoutPicture());
        assertThat(to.resolve("config.pbtxt"))
                .content()
                .contains("max_batch_size: 64", "dims: [ 1, 8, 8 ]", "dims: [ 10 ]", "dynamic_batching {");
        requireSamples();
    }

    private String cardWithoutPicture() throws IOException {
        String card = Files.readString(world.trial(ExportedRun.GOOD).resolve("card.md"));
        String picture = "![Confusion matrix](../../../plots/confusion-matrix-mixed.png)\n\n";
        assertThat(card).contains(picture, "model.onnx");
        return card.replace(picture, "");
    }

    /**
     * There is one test image of each class, in their order. Both forms of the file are run on the pixels, and the trial
     * recorded the answers of its network to them.
     */
    private void requireSamples() throws IOException {
        byte[] pixels = Files.readAllBytes(world.images().resolve("t10k-images-idx3-ubyte"));
        List<String> recorded = Files.readAllLines(world.trial(ExportedRun.GOOD).resolve("predictions.csv"));
        JsonNode images = read("samples/expected.json").path("images");
        assertThat(images).hasSize(10);
        for (int i = 0; i < 10; i++) {
            Path file = to.resolve(images.path(i).path("image").asString());
            Object found = ImageIO.read(file.toFile()).getRaster().getDataElements(0, 0, 8, 8, null);
            assertThat(found).isEqualTo(Arrays.copyOfRange(pixels, 16 + i * 64, 16 + (i + 1) * 64));
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
    void aTrialWhoseFileTakesPixelsIsPackedInBothForms() throws IOException {
        Path run = world.copyTo(folder.resolve("run"));
        Path trial = run.resolve(world.run().relativize(world.trial(ExportedRun.GOOD)));
        Path file = trial.resolve("model.onnx");
        Catwalk.ask("export %s --embed-preprocessing --plugins-dir %s", trial, world.plugins())
                .done();

        pack(trial).done();

        assertThat(read("model.signature.json").at("/input/type").asString()).isEqualTo("uint8");
        assertThat(to.resolve("model.onnx")).hasSameBinaryContentAs(file);
        assertThat(read("model.pixels.signature.json").at("/input/name").asString())
                .isEqualTo("image");
        OnnxMetadata.read(file).with("model_author", "somebody else").write(file);
        to = folder.resolve("not-for-you");
        pack(trial).refused("model.onnx");
        assertThat(to).doesNotExist();
    }

    @Test
    void aFileIsPackedInBothFormsWithACardThatNamesOnlyFilesOfTheFolder() throws Exception {
        Path file = Files.copy(world.model(), folder.resolve("mine.onnx"));
        Files.createDirectory(to); // an empty one is filled

        pack(file).done();

        assertThat(to.resolve("model.onnx")).hasSameBinaryContentAs(file);
        assertThat(read("model.pixels.signature.json").at("/input/name").asString())
                .isEqualTo("image");
        assertThat(to.resolve("MODEL_CARD.md")).content().startsWith("# mine\n").contains("| parity.flips | 0 |");
        assertThat(to.resolve("README.md")).content().startsWith("# mine\n").contains("OpenCV", "Java", "`GRU`");
        assertThat(to.resolve("opencv-java")).doesNotExist();
        assertThat(Files.readAllLines(to.resolve("README.md"))).allMatch(line -> line.length() <= 80);
        requireDigests();

        String card = Files.readString(world.trial(ExportedRun.GOOD).resolve("card.md"));
        Files.writeString(folder.resolve("mine.md"), card.replace("model.onnx", "mine.onnx"));
        to = folder.resolve("with-its-card");
        pack(file).done();
        assertThat(to.resolve("MODEL_CARD.md")).hasContent(cardWithoutPicture());
    }

    private void requireDigests() throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/sha256sum"))) {
            return;
        }
        ProcessBuilder check = new ProcessBuilder("sha256sum", "--strict", "-c", "SHA256SUMS").directory(to.toFile());
        Catwalk.Answer whole = Catwalk.finish(check).done();
        Files.writeString(to.resolve("labels.txt"), "others\n");
        assertThat(Catwalk.finish(check).exits(1).out()).contains("labels.txt: FAILED");
        try (Stream<Path> all = Files.walk(to)) {
            long files = all.filter(Files::isRegularFile).count();
            assertThat(whole.out()).hasLineCount((int) files - 1);
        }
    }

    @Test
    void aFileForAnySizeIsPackedAlone() throws IOException {
        Catwalk.ask(
                        "export %s --out %s --any-size --plugins-dir %s",
                        world.trial(ExportedRun.GOOD), folder, world.plugins())
                .done();
        Path file = folder.resolve("mixed.onnx");

        pack(file).done();

        assertThat(to.resolve("model.pixels.onnx")).hasSameBinaryContentAs(file);
        assertThat(to.resolve("model.onnx")).doesNotExist();
        assertThat(to.resolve("config.pbtxt")).content().contains("TYPE_UINT8 dims: [ -1, -1, -1 ]");
        assertThat(to.resolve("opencv-python")).doesNotExist();
        assertThat(to.resolve("python")).isNotEmptyDirectory();
    }

    @Test
    @Tag("long")
    void theFileInBytesGoesAlong() throws IOException {
        Path file = Files.copy(world.model(), folder.resolve("mine.onnx"));
        Catwalk.ask("quantize %s --dataset %s --budget 100 --min-speedup 0", file, world.images())
                .done();

        pack(file).done();

        assertThat(to.resolve("model.int8.onnx")).hasSameBinaryContentAs(folder.resolve("mine.int8.onnx"));
        assertThat(to.resolve("MODEL_CARD.md")).content().contains("## In 8 bits\n", "`model.int8.onnx`: int8 is ");
        assertThat(read("samples/expected.json").at("/images/0/answers").propertyNames())
                .containsExactly("model.onnx", "model.pixels.onnx", "model.int8.onnx");
    }

    @Test
    void classesThatAreMatchedByIndexHaveTheNamesOfTheNetwork() throws IOException {
        Path renamed = ExportedRun.copy(world.images(), folder.resolve("renamed"));
        Files.writeString(renamed.resolve("classes.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
        List<String> classes = OnnxMetadata.read(world.model()).labels().orElseThrow();
        for (Path subject : List.of(world.trial(ExportedRun.GOOD), world.model())) {
            to = folder.resolve("of-" + subject.getFileName());

            pack(subject, "--dataset " + renamed + " --classes-by-index").done();

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
}
