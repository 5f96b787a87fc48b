package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.api.Layers;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.data.Sha256;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The gates are so wide, or so narrow, that the result does not depend on timing. What is refused is in
 * cases/onnx-files.txt.
 */
@ExtendWith(ExportedRun.class)
final class QuantizeCommandTest {

    private static final String OPEN = " --budget 100 --min-speedup 0";

    @TempDir
    private Path folder;

    private ExportedRun world;
    private Path file = Path.of("");

    @BeforeEach
    void find() throws IOException {
        world = ExportedRun.get();
        file = Files.copy(world.model(), folder.resolve("model.onnx"));
    }

    private Catwalk.Answer quantize(Path subject, String more) {
        return Catwalk.ask("quantize %s --dataset %s " + more, subject, world.images());
    }

    @Test
    void aFileThatPassesItsGateIsWrittenWithItsCertificate() throws IOException {
        Catwalk.Answer answer = quantize(file, "--json" + OPEN).done();

        JsonNode json = answer.json();
        Path written = folder.resolve("model.int8.onnx");
        assertThat(json.path("file").asString()).isEqualTo(written.toString());
        assertThat(json.path("ships").asBoolean()).isTrue();
        assertThat(json.path("decision").asString()).isEqualTo("ship");
        assertThat(json.path("in_float").toString()).contains("GRU ");
        OnnxMetadata certificate = OnnxMetadata.read(written);
        assertThat(certificate.get("quantization.float_sha256")).contains(Sha256.of(file));
        assertThat(certificate.get("quantization.verdict"))
                .contains(json.path("verdict").asString());
        assertThat(certificate.get("quantization.weights")).contains("int8 from -64 to 64");
        assertThat(certificate.get("quantization.test_images")).contains("40");
        assertThat(json.path("notes").toString()).isEqualTo("[]");
        assertThat(certificate.get("quantization.notes")).isEmpty();
        assertThat(certificate.labels()).isEqualTo(OnnxMetadata.read(file).labels());
        assertThat(certificate.under("parity."))
                .as("what was proven of the float file")
                .isEmpty();
        Catwalk.ask("verify %s --dataset %s", written, world.images()).done();
    }

    /** On a busy machine, as here may be, a speed says nothing. */
    @Test
    @Tag("long")
    void aFileThatFailsItsGateKeepsTheNameOfOneThatDoesNotShip() {
        Catwalk.Answer answer = quantize(file, "--json --budget 100 --min-speedup 1000");

        JsonNode json = answer.json();
        boolean busy = json.at("/latency/busy").isString()
                || json.at("/float_latency/busy").isString();
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(busy ? ExitCode.CANNOT_TELL : ExitCode.SOME_FAILED);
        assertThat(json.path("verdict").asString()).endsWith(busy ? "the machine was busy" : "ship the float file");
        assertThat(folder.resolve("model.int8.onnx")).doesNotExist();
        assertThat(folder.resolve(busy ? "model.int8.undecided.onnx" : "model.int8.rejected.onnx"))
                .exists();
    }

    @Test
    void tooFewTestImagesHaveTheirOwnExitCodeAndName() {
        Catwalk.Answer answer = quantize(file, "--json --min-speedup 0").exits(ExitCode.CANNOT_TELL);

        JsonNode json = answer.json();
        assertThat(json.path("ships").asBoolean()).isFalse();
        assertThat(json.path("needed_test_images").asLong())
                .as("no image answered otherwise: 3.84 * 0.998 / 0.002 = 1,917; more if there is one")
                .isGreaterThanOrEqualTo(1_917);
        assertThat(folder.resolve("model.int8.onnx"))
                .as("the name that package looks for")
                .doesNotExist();
        OnnxMetadata certificate = OnnxMetadata.read(folder.resolve("model.int8.undecided.onnx"));
        assertThat(certificate.get("quantization.decision")).contains("cannot tell");
        assertThat(certificate.get("quantization.needed_test_images"))
                .contains(json.path("needed_test_images").asString());
    }

    /** Writes four training images and a test image of each class, in one group and without one. */
    private static Path oneGroupOfEachClass(List<String> classes, Path images) throws IOException {
        Files.createDirectory(images);
        StringBuilder table = new StringBuilder("path,label,group,split\n");
        for (int i = 0; i < 5 * classes.size(); i++) {
            BufferedImage pixels = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
            pixels.getRaster().setSample(0, 0, 0, i);
            ImageIO.write(pixels, "png", images.resolve(i + ".png").toFile());
            String label = classes.get(i / 5);
            table.append("%d.png,%s,%s\n".formatted(i, label, i % 5 == 0 ? ",test" : label + ",train"));
        }
        return Files.writeString(images.resolve("labels.csv"), table);
    }

    @Test
    @Tag("long")
    void tooFewGroupsToKeepApartAreToldAndInTheCertificate() throws IOException {
        Path images = folder.resolve("grouped");
        Path labels = oneGroupOfEachClass(OnnxMetadata.read(file).labels().orElseThrow(), images);

        Catwalk.Answer answer = Catwalk.ask("quantize %s --dataset %s --labels %s" + OPEN, file, images, labels)
                .done();

        assertThat(answer.joined()).contains("calibrated and selected on images of the same groups");
        assertThat(OnnxMetadata.read(folder.resolve("model.int8.onnx")).get("quantization.notes"))
                .hasValueSatisfying(note -> assertThat(note).startsWith("calibrated and selected on images of the"));
    }

    @Test
    void aTrialIsQuantizedOnItsOwnImages() {
        Path to = folder.resolve("trial.onnx");
        Catwalk.ask("quantize %s --out %s" + OPEN, world.trial(ExportedRun.GOOD), to)
                .done();

        assertThat(to).exists();
    }

    @Test
    @Tag("long")
    void weightsBesideTheFileCountInItsSizeAndInItsCertificate() throws IOException {
        Path inside = folder.resolve("inside.onnx");
        Path beside = folder.resolve("beside.onnx");
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block network = Layers.sequence(Layers.flatten(), Layers.dense(512), Layers.relu(), Layers.dense(10));
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 8, 8));
            OnnxExport export = OnnxExport.of(network, new Shape(1, 8, 8))
                    .withMetadata(OnnxMetadata.read(file).entries());
            export.write(inside);
            export.withExternalData().write(beside);
        }
        Path ofOthers = folder.resolve("of-others.onnx"); // other programs choose other names
        Path weights = Files.copy(folder.resolve("beside.onnx.data"), folder.resolve("weights-of-1.bin"));
        Files.writeString(
                ofOthers,
                Files.readString(beside, StandardCharsets.ISO_8859_1)
                        .replace("beside.onnx.data", String.valueOf(weights.getFileName())),
                StandardCharsets.ISO_8859_1);

        double smaller = shrinking(inside);

        assertThat(smaller).isGreaterThan(1);
        assertThat(shrinking(beside)).isCloseTo(smaller, Offset.offset(0.3));
        assertThat(shrinking(ofOthers)).isCloseTo(smaller, Offset.offset(0.3));
        assertThat(OnnxMetadata.read(folder.resolve("inside.int8.onnx")).get("quantization.float_data_sha256"))
                .isEmpty();
        assertThat(OnnxMetadata.read(folder.resolve("beside.int8.onnx")).get("quantization.float_data_sha256"))
                .contains(Sha256.of(folder.resolve("beside.onnx.data")));
        assertThat(OnnxMetadata.read(folder.resolve("of-others.int8.onnx")).get("quantization.float_data_sha256"))
                .contains(Sha256.of(weights));
    }

    private double shrinking(Path model) {
        Catwalk.Answer answer = quantize(model, "--json" + OPEN).done();
        return answer.json().path("shrinking").asDouble();
    }
}
