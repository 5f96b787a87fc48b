package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
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
        assertThat(agreement(colorModel(export -> export), ColorImages.write(folder, 15), "python"))
                .hasSize(1);
    }

    @Test
    @Tag("nightly")
    void everyRuntimeThatIsInstalledAgreesOnGrayAndColorAndPixels() throws Exception {
        assertThat(agreement(world.model(), world.images(), "all")).hasSize(10);
        Path images = ColorImages.write(folder, 15);
        assertThat(agreement(colorModel(export -> export), images, "all")).hasSize(10);
        Path pixels = colorModel(export -> export.withEmbeddedPreprocessing(ColorImages.MEAN, ColorImages.STD));
        assertThat(agreement(pixels, images, "all")).hasSize(10);
    }

    @Test
    @Tag("long")
    void aFileForAnySizeAgrees() throws Exception {
        Path color = ColorImages.model(folder.resolve("color.onnx"), export -> export);
        byte[] whole = EmbeddedResizing.added(color, EmbeddedResizing.Fit.STRETCH);
        Path anySize = Files.write(folder.resolve("any.onnx"), whole);
        assertThat(agreement(anySize, ColorImages.write(folder, 15), "java,node,python"))
                .hasSize(3);
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

    private Path colorModel(UnaryOperator<OnnxExport> change) throws IOException {
        return ColorImages.model(
                folder.resolve("color.onnx"), export -> change.apply(export).withFixedBatch(7));
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
