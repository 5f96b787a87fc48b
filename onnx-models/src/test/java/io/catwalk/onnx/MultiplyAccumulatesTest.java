package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.LSTM;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class MultiplyAccumulatesTest {

    @TempDir
    private Path folder;

    private static Block convolution() {
        return new SequentialBlock()
                .add(Conv2d.builder()
                        .setFilters(8)
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(new Shape(1, 1))
                        .optStride(new Shape(2, 2))
                        .build())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(10).build());
    }

    @Test
    void convolutionsAndDenseLayersCountOncePerOutputAndWeightOfIt() throws IOException {
        // 8 filters x 5x5 places x (3 channels x 3x3), then 200 features x 10 units.
        assertThat(counted(convolution(), new Shape(3, 10, 10), export -> export))
                .hasValue(8 * 25 * 27 + 200 * 10);
    }

    @Test
    void aFixedBatchCountsForOneImageToo() throws IOException {
        assertThat(counted(convolution(), new Shape(3, 10, 10), export -> export.withFixedBatch(4)))
                .hasValue(8 * 25 * 27 + 200 * 10);
    }

    /** One product of 6 numbers for all four samples. */
    @Test
    void workThatTheSamplesOfAFixedBatchShareIsNotCounted() throws IOException {
        Block network = LambdaBlock.singleton(
                x -> x.sum(new int[] {0}, true).matMul(x.getManager().ones(new Shape(6, 1))));

        assertThat(counted(network, new Shape(6), export -> export.withFixedBatch(4)))
                .isEmpty();
    }

    @Test
    void recurrentLayersCountAllGatesOfEveryStep() throws IOException {
        Block network = new SequentialBlock()
                .add(LSTM.builder().setStateSize(6).setNumLayers(1).build());

        // 7 steps x 4 gates x 6 units x (5 features + 6 of the state).
        assertThat(counted(network, new Shape(7, 5), export -> export)).hasValue(7 * 4 * 6 * (5 + 6));
    }

    private OptionalLong counted(Block network, Shape sample, UnaryOperator<OnnxExport> options) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            network.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample));
            Path file = folder.resolve("model.onnx");
            options.apply(OnnxExport.of(network, sample)).write(file);
            return OnnxMetadata.read(file).get(MetadataKeys.MULTIPLY_ACCUMULATES).stream()
                    .mapToLong(Long::parseLong)
                    .findFirst();
        }
    }
}
