package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.trial.EngineSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The runners that come with the program, and the signature that they read. Runtimes that are not installed are
 * skipped.
 */
@ExtendWith(ExportedRun.class)
final class InstalledRuntimesTest {

    private static final Path REAL =
            Path.of("../../onnx-models/runtimes").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private ExportedRun world;

    @BeforeEach
    void find() {
        world = ExportedRun.get();
    }

    /** 15 images in batches of 7, each channel with a mean and a deviation of its own. */
    @Test
    @Tag("long")
    void colorIsNormalizedByChannelAndTheLastBatchIsFilled() throws Exception {
        assertThat(agreement(colorModel(export -> export), colorImages(), "python"))
                .hasSize(1);
    }

    @Test
    @Tag("nightly")
    void everyRuntimeThatIsInstalledAgreesOnGrayAndColorAndPixels() throws Exception {
        assertThat(agreement(world.model(), world.images(), "all")).hasSize(8);
        Path images = colorImages();
        assertThat(agreement(colorModel(export -> export), images, "all")).hasSize(8);
        Path pixels = colorModel(export ->
                export.withEmbeddedPreprocessing(new float[] {0.1f, 0.5f, 0.9f}, new float[] {0.2f, 0.4f, 0.1f}));
        assertThat(agreement(pixels, images, "all")).hasSize(8);
    }

    /** Runs in a separate process, as the program does: a memory limit in this one would stop a browser. */
    private JsonNode agreement(Path model, Path images, String runtimes) throws Exception {
        Catwalk.Answer answer = Catwalk.finish(
                Catwalk.process(folder, RuntimesTest.arguments(model, images, REAL, runtimes, "--json")));
        assumeTrue(!answer.err().contains("is not installed"), "skipped: " + answer.err());
        JsonNode said = answer.done().json().path("runtimes");
        assertThat(said).allSatisfy(one -> {
            if (!one.path("outcome").asString().equals("left out")) {
                assertThat(one.path("flips").asInt(-1)).isZero();
                assertThat(one.path("max_abs").asDouble(1)).isLessThan(1e-4);
            }
        });
        return said;
    }

    private Path colorImages() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 18; i++) {
            BufferedImage picture = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
            for (int at = 0; at < 16; at++) {
                picture.setRGB(at % 4, at / 4, random.nextInt(1 << 24));
            }
            String part = i < 3 ? "train" : "test";
            Path place = Files.createDirectories(
                    folder.resolve("pictures").resolve(part).resolve("class" + i % 3));
            ImageIO.write(picture, "png", place.resolve(i + ".png").toFile());
        }
        return folder.resolve("pictures");
    }

    private Path colorModel(UnaryOperator<OnnxExport> change) throws IOException {
        Path file = folder.resolve("color.onnx");
        EngineSettings.apply(1);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = new SequentialBlock()
                    .add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(3).build());
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 4, 4));
            change.apply(OnnxExport.of(block, new Shape(3, 4, 4)))
                    .withFixedBatch(7)
                    .withMetadata(OnnxMetadata.empty()
                            .withLabels(List.of("class0", "class1", "class2"))
                            .withPreprocessing(new Preprocessing(4, 4, List.of(0.1, 0.5, 0.9), List.of(0.2, 0.4, 0.1)))
                            .entries())
                    .write(file);
        }
        return file;
    }

    /** The first output has the form of logits, and holds them negated. */
    @Test
    void theEngineOfDjlReadsTheOutputThatTheSignatureNames() throws Exception {
        Path model = world.changed(folder.resolve("features.onnx"), file -> {
            GraphProto.Builder graph = file.getGraphBuilder();
            ValueInfoProto logits = graph.getOutput(0);
            graph.addNode(NodeProto.newBuilder()
                            .setOpType("Neg")
                            .addInput(logits.getName())
                            .addOutput("features"))
                    .clearOutput()
                    .addOutput(logits.toBuilder().setName("features"))
                    .addOutput(logits);
        });

        assertThat(agreement(model, world.images(), "djl-onnxruntime")).hasSize(1);
    }

    @Test
    void theSignatureStandsBesideAnExportedFile() throws IOException {
        JsonNode said = Catwalk.json(world.trial(ExportedRun.GOOD).resolve("model.signature.json"));

        requireJson(said, "/model=model.onnx", "/input/name=images", "/input/type=float32", "/color=gray");
        requireJson(said, "/input/shape=[\"batch\",1,8,8]", "/output/shape=[\"batch\",10]", "/resize/shrink=box");
        assertThat(said.path("labels")).hasSize(10);
        String mean = OnnxMetadata.read(world.model()).get("preprocessing.mean").orElseThrow();
        requireJson(said, "/normalization/mean/0=" + mean);
    }

    /** The input that earlier programs used: the bytes of the export. */
    @Test
    void verifyWritesTheSignatureOfAFileThatHasNone() throws IOException {
        Path original = world.trial(ExportedRun.GOOD).resolve("model.signature.json");
        Path copy = Files.copy(world.model(), folder.resolve("model.onnx"));
        Path written = folder.resolve("model.signature.json");

        Catwalk.Answer answer = Catwalk.ask("verify %s --write-signature", copy);

        assertThat(answer.done().joined()).contains(written.toString());
        assertThat(written).hasSameTextualContentAs(original);
        Catwalk.ask("verify %s --write-signature --show", copy).refused("expected --write-signature alone");
    }
}
