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
import java.util.Optional;
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
        Path written = folder.resolve("model.int8.onnx");

        JsonNode json = quantize(file, "--json" + OPEN).done().json();

        Catwalk.requireJson(json, "/file=" + written, "/ships=true", "/decision=ship", "/notes=[]");
        assertThat(json.path("in_float").toString()).contains("GRU ");
        OnnxMetadata certificate = OnnxMetadata.read(written);
        assertThat(certificate.get("quantization.float_sha256")).contains(Sha256.of(file));
        String verdict = json.path("verdict").asString();
        assertThat(certificate.get("quantization.verdict")).contains(verdict);
        assertThat(certificate.get("quantization.weights")).contains("int8 from -64 to 64");
        assertThat(certificate.get("quantization.test_images")).contains("40");
        assertThat(certificate.get("quantization.notes")).isEmpty();
        assertThat(certificate.labels()).isEqualTo(OnnxMetadata.read(file).labels());
        assertThat(certificate.under("parity.")).isEmpty(); // what was proven of the float file
        Catwalk.ask("verify %s --dataset %s", written, world.images()).done();
    }

    /** On a busy machine, as here may be, a speed says nothing. */
    @Test
    @Tag("long")
    void aFileThatFailsItsGateKeepsTheNameOfOneThatDoesNotShip() {
        Catwalk.Answer answer = quantize(file, "--json --budget 100 --min-speedup 1000");

        JsonNode json = answer.json();
        boolean busy = json.findValues("busy").stream().anyMatch(JsonNode::isObject);
        answer.exits(busy ? ExitCode.CANNOT_TELL : ExitCode.SOME_FAILED);
        assertThat(json.path("verdict").asString()).endsWith(busy ? "the machine was busy" : "ship the float file");
        assertThat(folder.resolve("model.int8.onnx")).doesNotExist();
        String name = busy ? "model.int8.undecided.onnx" : "model.int8.rejected.onnx";
        assertThat(folder.resolve(name)).exists();
    }

    /** If no image is answered otherwise: 3.84 * 0.998 / 0.002 = 1,917; more if there is one. */
    @Test
    @Tag("long")
    void tooFewTestImagesHaveTheirOwnExitCodeAndName() {
        JsonNode json = quantize(file, "--json --min-speedup 0")
                .exits(ExitCode.CANNOT_TELL)
                .json();

        assertThat(json.path("ships").asBoolean()).isFalse();
        JsonNode needed = json.path("needed_test_images");
        assertThat(needed.asLong()).isGreaterThanOrEqualTo(1_917);
        assertThat(folder.resolve("model.int8.onnx")).doesNotExist(); // the name that package looks for
        OnnxMetadata certificate = OnnxMetadata.read(folder.resolve("model.int8.undecided.onnx"));
        assertThat(certificate.get("quantization.decision")).contains("cannot tell");
        assertThat(certificate.get("quantization.needed_test_images")).contains(needed.asString());
    }

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
    @Tag("long")
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
        String text = Files.readString(beside, StandardCharsets.ISO_8859_1);
        String renamed = text.replace("beside.onnx.data", "weights-of-1.bin");
        Files.writeString(ofOthers, renamed, StandardCharsets.ISO_8859_1);

        double smaller = shrinking(inside);

        assertThat(smaller).isGreaterThan(1);
        assertThat(shrinking(beside)).isCloseTo(smaller, Offset.offset(0.3));
        assertThat(shrinking(ofOthers)).isCloseTo(smaller, Offset.offset(0.3));
        assertThat(digestOfData("inside")).isEmpty();
        assertThat(digestOfData("beside")).contains(Sha256.of(weights));
        assertThat(digestOfData("of-others")).contains(Sha256.of(weights));
    }

    private Optional<String> digestOfData(String name) {
        return OnnxMetadata.read(folder.resolve(name + ".int8.onnx")).get("quantization.float_data_sha256");
    }

    private double shrinking(Path model) {
        return quantize(model, "--json" + OPEN).done().json().path("shrinking").asDouble();
    }
}
