package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.parity.ProofReport;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxRunner;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export is compared with the block that it came from, and is not written if a required proof fails. */
@Tag("tiny")
final class ProveTest extends ExportTest {

    private static final Shape SAMPLE = new Shape(2, 6, 5);

    @TempDir
    private Path folder;

    private SequentialBlock classifier() {
        SequentialBlock features = seq(conv(3), SmallNetworks.norm(), SmallNetworks.relu());
        return initialized(features.add(SmallNetworks.flatten()).add(dense(4)), SAMPLE);
    }

    private NDList images(int count) {
        return new NDList(floats(count, 2, 6, 5));
    }

    private static ProofReport assertProven(OnnxExport export, NDList... samples) {
        ProofReport report = export.prove(samples);
        assertThat(report.agrees()).as(report.sentence()).isTrue();
        return report;
    }

    private static List<String> outputs(ProofReport report) {
        return report.outcomes().get(0).outputs().stream()
                .map(output -> output.output() + " " + output.numbers())
                .toList();
    }

    @Test
    void aClassifierIsProvenWithWhateverItIsWrittenWith() {
        OnnxExport export = OnnxExport.of(classifier(), SAMPLE);
        for (OnnxExport each : List.of(export, export.withFoldedBatchNorm(), export.withFixedBatch(9))) {
            ProofReport report = assertProven(each, images(9));
            assertThat(outputs(report)).containsExactly("logits 36");
            assertThat(report.outcomes().get(0).outputs().get(0).scale()).isGreaterThan(0.1);
        }
        assertThat(outputs(assertProven(export.withProbabilities(), images(3))))
                .containsExactly("logits 12", "probabilities 12");
    }

    @Test
    void probabilitiesStandBehindAllOutputsOfAClassifier() {
        Block block = new LambdaBlock(inputs -> {
            NDArray features = inputs.head().reshape(-1, 60);
            return new NDList(features.get(":, 0:4"), features.mul(2));
        });
        ProofReport report = assertProven(OnnxExport.of(block, SAMPLE).withProbabilities(), images(3));
        assertThat(outputs(report)).containsExactly("logits 12", "output_2 180", "probabilities 12");
    }

    @Test
    void embeddedPreprocessingIsProvenOnPixels() {
        byte[] bytes = new byte[8 * 60];
        new Random(3).nextBytes(bytes);
        NDArray pixels = manager.create(ByteBuffer.wrap(bytes), new Shape(8, 2, 6, 5), DataType.UINT8);
        float[] mean = {0.5f, 0.25f};
        OnnxExport export = OnnxExport.of(classifier(), SAMPLE).withEmbeddedPreprocessing(mean, new float[] {0.25f, 2});
        assertProven(export, new NDList(pixels));
        assertRejected(() -> export.prove(images(2)), "images uint8 (batch, 2, 6, 5), found float (2, 2, 6, 5)");
    }

    @Test
    void statesWhoseBatchIsNotTheFirstAxisAreProven() {
        Block block = new LambdaBlock(inputs -> {
            NDArray states = inputs.get(0);
            return new NDList(states.get(1).add(inputs.get(1)), states.mul(2));
        });
        OnnxExport export = OnnxExport.of(
                block,
                OnnxInput.of("states", DataType.FLOAT32, Axis.of(2), Axis.BATCH, Axis.of(3)),
                OnnxInput.of("x", DataType.FLOAT32, Axis.BATCH, Axis.of(3)));
        ProofReport report = assertProven(export, new NDList(floats(2, 7, 3), floats(7, 3)));
        assertThat(report.outcomes())
                .extracting(outcome -> outcome.options().batch())
                .contains(1, 2);
    }

    /** Takes ids, a mask, and an input that it does not read. */
    private static OnnxExport tokens() {
        Block block = new LambdaBlock(inputs -> {
            NDArray mask = inputs.get(1);
            NDArray hidden = inputs.get(0).oneHot(7).mul(mask.expandDims(-1));
            NDArray pooled = hidden.sum(new int[] {1}).div(mask.sum(new int[] {1}, true));
            return new NDList(pooled, hidden.argMax(-1));
        });
        OnnxExport export = OnnxExport.of(
                block,
                OnnxInput.of("ids", DataType.INT64, Axis.BATCH, Axis.of("sequence")),
                OnnxInput.of("mask", DataType.FLOAT32, Axis.BATCH, Axis.of("sequence")),
                OnnxInput.of("unused", DataType.INT32, Axis.BATCH));
        return export.withOutputNames("pooled", "best");
    }

    private NDList sentence(int batch, int length) {
        Shape shape = new Shape(batch, length);
        long[] ids = new Random(length).longs(shape.size(), 0, 7).toArray();
        float[] mask = new float[ids.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % length < length - 1 ? 1 : 0.5f;
        }
        NDArray unused = manager.create(new int[batch], new Shape(batch));
        return new NDList(manager.create(ids, shape), manager.create(mask, shape), unused);
    }

    @Test
    void anyInputsAndOutputsAreProvenAtSizesOfEverySample() throws IOException {
        ProofReport report = assertProven(tokens(), sentence(3, 5), sentence(8, 2), sentence(1, 11));
        // 7 numbers for 12 sentences; 15 + 16 + 11 words
        assertThat(outputs(report)).containsExactly("pooled 84", "best 42");

        Path file = folder.resolve("tokens.onnx");
        tokens().write(file);
        try (OnnxRunner runner = OnnxRunner.open(file)) {
            assertThat(DjlTensors.run(runner, sentence(2, 3), manager))
                    .extracting(NDArray::getName)
                    .containsExactly("pooled", "best");
        }
    }

    @Test
    void anExportThatAnswersOtherwiseIsNotWritten() throws IOException {
        Block twoFaced = classifier().add(lambda(x -> Proxy.isProxyClass(x.getClass()) ? x.neg() : x.mul(1)));
        OnnxExport export = OnnxExport.of(twoFaced, SAMPLE);
        ProofReport report = export.prove(images(4));
        assertThat(report.agrees()).isFalse();
        assertThat(report.outcomes().get(0).worst().flips()).isNotEmpty();
        assertThat(report.sentence()).startsWith("DISAGREES: logits");

        OnnxExport demanding = export.withProof(List.of(images(4)), 1e-5);
        Path file = Files.writeString(folder.resolve("model.onnx"), "the one before");
        Refusals.exportRefused(() -> demanding.write(file)).contains("DISAGREES: logits", "nothing is written");
        assertRefused(demanding, "DISAGREES");
        assertThat(file).hasContent("the one before");
        assertThat(folder.toFile().list()).containsExactly("model.onnx");
    }

    @Test
    void theOutcomeStandsInTheFileAndNothingElseChanges() throws IOException {
        OnnxExport export = OnnxExport.of(classifier(), SAMPLE);
        NDList images = images(9);
        OnnxExport proven = export.withProof(List.of(images), 1e-5).withOpset(18);
        images.close(); // the export has a copy
        Path file = folder.resolve("model.onnx");

        proven.write(file);

        OnnxMetadata metadata = OnnxMetadata.read(file);
        assertThat(metadata.get("parity.relative_tolerance")).contains("1.0E-5");
        assertThat(metadata.get("parity.output")).contains("logits");
        assertThat(metadata.get("parity.flips")).contains("0");
        double relative = Double.parseDouble(metadata.get("parity.relative").orElseThrow());
        assertThat(relative).isBetween(0.0, 1e-5);
        byte[] written = Files.readAllBytes(file);
        assertThat(bare(written)).isEqualTo(bare(export.withOpset(18).bytes()));
        assertThat(proven.bytes()).isEqualTo(written);
    }

    private static ModelProto bare(byte[] model) throws IOException {
        return ModelProto.parseFrom(model).toBuilder().clearMetadataProps().build();
    }

    @Test
    void aNetworkThatKeepsAnArrayIsLeftAsItWas() {
        NDArray[] kept = {null};
        Block block = lambda(x -> {
            if (kept[0] == null) {
                kept[0] = x.getManager().arange(60f).reshape(2, 6, 5);
                kept[0].detach();
            }
            return x.add(kept[0]);
        });
        assertProven(OnnxExport.of(block, SAMPLE), images(4));
        assertThat(kept).containsOnlyNulls();
    }

    @Test
    void samplesThatDoNotFitAreRefused() {
        OnnxExport export = OnnxExport.of(classifier(), SAMPLE);
        NDList two = new NDList(floats(1, 2, 6, 5), floats(1, 2, 6, 5));
        assertRejected(export::prove, "at least one sample");
        assertRejected(() -> export.withProof(List.of(two), 1e-5), "1 array(s), for [images], found one of 2");
        assertRejected(() -> export.withProof(List.of(images(1)), Double.NaN), "tolerance must be 0 or above");
        NDList turned = new NDList(floats(1, 6, 5, 2));
        assertRejected(() -> export.prove(turned), "images float (batch, 2, 6, 5), found float (1, 6, 5, 2)");
    }

    @Test
    void aSampleThatTheNetworkDoesNotTakeIsNamed() {
        Block block = new LambdaBlock(inputs -> new NDList(inputs.get(0).get(new NDIndex("{}", inputs.get(1)))));
        OnnxExport export = OnnxExport.of(
                block,
                OnnxInput.of("table", DataType.FLOAT32, Axis.of(3)),
                OnnxInput.of("index", DataType.INT64, Axis.of("n")));
        NDList beyond = new NDList(floats(3), manager.create(new long[] {7, 1}));
        Refusals.exportRefused(() -> export.prove(beyond)).contains("{table=float (3), index=int64 (2)}");
    }
}
