package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.onnx.graph.ExportException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export is compared with the block that it came from, and is not written if a required proof fails. */
@Tag("tiny")
final class ProveTest {

    private static final Shape SAMPLE = new Shape(2, 6, 5);

    @TempDir
    private Path folder;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private SequentialBlock classifier() {
        return Agreement.initialized(
                new SequentialBlock()
                        .add(Conv2d.builder()
                                .setFilters(3)
                                .setKernelShape(new Shape(3, 3))
                                .build())
                        .add(BatchNorm.builder().build())
                        .add(Activation::relu)
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(4).build()),
                manager,
                SAMPLE);
    }

    private NDArray images(int count) {
        Shape shape = new Shape(count).addAll(SAMPLE);
        return manager.create(Agreement.images((int) shape.size(), 5), shape);
    }

    @Test
    void aClassifierIsProvenWithWhateverItIsWrittenWith() {
        OnnxExport export = OnnxExport.of(classifier(), SAMPLE);
        for (OnnxExport each :
                List.of(export, export.withProbabilities(), export.withFoldedBatchNorm(), export.withFixedBatch(9))) {
            ProofReport report = each.prove(new NDList(images(9)));
            assertThat(report.agrees()).as(report.sentence()).isTrue();
            assertThat(report.outcomes().get(0).outputs().get(0).output()).isEqualTo("logits");
            assertThat(report.outcomes().get(0).outputs().get(0).scale()).isGreaterThan(0.1);
        }
        assertThat(export.withProbabilities()
                        .prove(new NDList(images(3)))
                        .outcomes()
                        .get(0)
                        .outputs())
                .extracting(output -> output.output())
                .containsExactly("logits", "probabilities");
    }

    @Test
    void probabilitiesStandBehindAllOutputsOfAClassifier() {
        Block block = new LambdaBlock(inputs -> {
            NDArray features = inputs.head().reshape(-1, 60);
            return new NDList(features.get(":, 0:4"), features.mul(2));
        });

        ProofReport report = OnnxExport.of(block, SAMPLE).withProbabilities().prove(new NDList(images(3)));

        assertThat(report.agrees()).as(report.sentence()).isTrue();
        assertThat(report.outcomes().get(0).outputs())
                .extracting(output -> output.output())
                .containsExactly("logits", "output_2", "probabilities");
    }

    @Test
    void embeddedPreprocessingIsProvenOnPixels() {
        Random random = new Random(3);
        byte[] bytes = new byte[8 * 60];
        random.nextBytes(bytes);
        NDArray pixels = manager.create(ByteBuffer.wrap(bytes), new Shape(8, 2, 6, 5), DataType.UINT8);
        float[] mean = {0.5f, 0.25f};
        float[] deviation = {0.25f, 2};

        OnnxExport export = OnnxExport.of(classifier(), SAMPLE).withEmbeddedPreprocessing(mean, deviation);

        ProofReport report = export.prove(new NDList(pixels));
        assertThat(report.agrees()).as(report.sentence()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export.prove(new NDList(images(2))))
                .withMessageContaining("expected images uint8 (batch, 2, 6, 5), found float (2, 2, 6, 5)");
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

        ProofReport report =
                export.prove(new NDList(manager.ones(new Shape(2, 7, 3)).cumSum(1), manager.ones(new Shape(7, 3))));

        assertThat(report.agrees()).as(report.sentence()).isTrue();
        assertThat(report.outcomes())
                .extracting(outcome -> outcome.configuration().batch())
                .contains(1, 2);
    }

    /** Takes ids, a mask, and an input that it does not read. */
    private OnnxExport tokens() {
        Block block = new LambdaBlock(inputs -> {
            NDArray hidden = inputs.get(0).oneHot(7).mul(inputs.get(1).expandDims(-1));
            NDArray pooled = hidden.sum(new int[] {1}).div(inputs.get(1).sum(new int[] {1}, true));
            return new NDList(pooled, hidden.argMax(-1));
        });
        return OnnxExport.of(
                        block,
                        OnnxInput.of("ids", DataType.INT64, Axis.BATCH, Axis.of("sequence")),
                        OnnxInput.of("mask", DataType.FLOAT32, Axis.BATCH, Axis.of("sequence")),
                        OnnxInput.of("unused", DataType.INT32, Axis.BATCH))
                .withOutputNames("pooled", "best");
    }

    private NDList sentence(int batch, int length) {
        Random random = new Random(length);
        long[] ids = random.longs((long) batch * length, 0, 7).toArray();
        float[] mask = new float[ids.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % length < length - 1 ? 1 : 0.5f;
        }
        return new NDList(
                manager.create(ids, new Shape(batch, length)),
                manager.create(mask, new Shape(batch, length)),
                manager.create(new int[batch], new Shape(batch)));
    }

    @Test
    void anyInputsAndOutputsAreProvenAtSizesOfEverySample() throws IOException {
        ProofReport report = tokens().prove(sentence(3, 5), sentence(8, 2), sentence(1, 11));

        assertThat(report.agrees()).as(report.sentence()).isTrue();
        assertThat(report.outcomes().get(0).outputs())
                .extracting(output -> output.output() + " " + output.numbers())
                .containsExactly("pooled 84", "best 42"); // 7 numbers for 12 sentences; 15 + 16 + 11 words

        Path file = folder.resolve("tokens.onnx");
        tokens().write(file);
        try (OnnxRunner runner = OnnxRunner.open(file)) {
            assertThat(DjlTensors.run(runner, sentence(2, 3), manager))
                    .extracting(NDArray::getName)
                    .containsExactly("pooled", "best");
        }
    }

    private Block twoFaced() {
        SequentialBlock block = classifier();
        block.add(new LambdaBlock(inputs -> {
            NDArray x = inputs.head();
            return new NDList(Proxy.isProxyClass(x.getClass()) ? x.neg() : x.mul(1));
        }));
        return block;
    }

    @Test
    void anExportThatAnswersOtherwiseIsNotWritten() throws IOException {
        OnnxExport export = OnnxExport.of(twoFaced(), SAMPLE);
        ProofReport report = export.prove(new NDList(images(4)));
        assertThat(report.agrees()).isFalse();
        assertThat(report.outcomes().get(0).worst().flips()).isNotEmpty();
        assertThat(report.sentence()).startsWith("DISAGREES: logits: largest difference ");

        OnnxExport demanding = export.withProof(List.of(new NDList(images(4))), 1e-5);
        Path file = Files.writeString(folder.resolve("model.onnx"), "the one before");
        assertThatExceptionOfType(ExportException.class)
                .isThrownBy(() -> demanding.write(file))
                .withMessageStartingWith("the exported model does not answer like the network: DISAGREES: logits: ")
                .withMessageContaining("nothing is written");
        assertThatExceptionOfType(ExportException.class).isThrownBy(demanding::bytes);
        assertThat(file).hasContent("the one before");
        assertThat(folder.toFile().list()).containsExactly("model.onnx");
    }

    @Test
    void theOutcomeStandsInTheFileAndNothingElseChanges() throws IOException {
        OnnxExport export = OnnxExport.of(classifier(), SAMPLE);
        NDArray images = images(9);
        OnnxExport proven = export.withProof(List.of(new NDList(images)), 1e-5).withOpset(18);
        images.close(); // the export has a copy
        Path file = folder.resolve("model.onnx");

        proven.write(file);

        OnnxMetadata metadata = OnnxMetadata.read(file);
        assertThat(metadata.get("parity.relative_tolerance")).contains("1.0E-5");
        assertThat(metadata.get("parity.output")).contains("logits");
        assertThat(metadata.get("parity.flips")).contains("0");
        assertThat(Double.parseDouble(metadata.get("parity.relative").orElseThrow()))
                .isBetween(0.0, 1e-5);
        ModelProto.Builder with = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
        ModelProto.Builder without = ModelProto.parseFrom(export.withOpset(18).bytes()).toBuilder();
        assertThat(with.clearMetadataProps().build())
                .isEqualTo(without.clearMetadataProps().build());
        assertThat(proven.bytes()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void aNetworkThatKeepsAnArrayIsLeftAsItWas() {
        NDArray[] kept = {null};
        Block block = new LambdaBlock(inputs -> {
            NDArray x = inputs.head();
            if (kept[0] == null) {
                kept[0] = x.getManager().arange(60f).reshape(2, 6, 5);
                kept[0].detach();
            }
            return new NDList(x.add(kept[0]));
        });

        ProofReport report = OnnxExport.of(block, SAMPLE).prove(new NDList(images(4)));

        assertThat(report.agrees()).as(report.sentence()).isTrue();
        assertThat(kept).containsOnlyNulls();
    }

    @Test
    void samplesThatDoNotFitAreRefused() {
        OnnxExport export = OnnxExport.of(classifier(), SAMPLE);
        assertThatIllegalArgumentException()
                .isThrownBy(export::prove)
                .withMessage("expected at least one sample, found none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export.withProof(List.of(new NDList(images(1), images(1))), 1e-5))
                .withMessage("expected samples of 1 array(s), for [images], found one of 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export.withProof(List.of(new NDList(images(1))), Double.NaN))
                .withMessageContaining("tolerance must be 0 or above");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export.prove(new NDList(manager.zeros(new Shape(1, 6, 5, 2)))))
                .withMessageContaining("expected images float (batch, 2, 6, 5), found float (1, 6, 5, 2)");
    }

    @Test
    void aSampleThatTheNetworkDoesNotTakeIsNamed() {
        Block block = new LambdaBlock(inputs -> new NDList(inputs.get(0).get(new NDIndex("{}", inputs.get(1)))));
        OnnxExport export = OnnxExport.of(
                block,
                OnnxInput.of("table", DataType.FLOAT32, Axis.of(3)),
                OnnxInput.of("index", DataType.INT64, Axis.of("n")));
        NDList beyond =
                new NDList(manager.create(new float[] {1, 2, 3}), manager.create(new long[] {7, 1}, new Shape(2)));

        assertThatExceptionOfType(ExportException.class)
                .isThrownBy(() -> export.prove(beyond))
                .withMessageStartingWith("the network itself does not run on {table=float (3), index=int64 (2)}: ");
    }
}
