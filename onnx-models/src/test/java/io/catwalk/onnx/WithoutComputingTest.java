package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.catwalk.onnx.graph.ExportException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Costly layers are not computed while tracing, which must not change any result. */
class WithoutComputingTest {

    private static final Shape IMAGE = new Shape(3, 8, 8);

    static Stream<Arguments> changesInPlace() {
        return Stream.of(
                named("what a layer made", x -> x.addi(1).muli(2)),
                named("a part of it", x -> {
                    x.set(new NDIndex(":, 1"), 3);
                    return x;
                }),
                named("a view of it", x -> {
                    NDArray flat = x.reshape(x.getShape().get(0), -1);
                    return flat.subi(0.5f).negi();
                }),
                named(
                        "a constant by it",
                        x -> x.getManager().ones(x.getShape()).addi(x).divi(2)),
                named("with another shape", x -> x.addi(x.mean(new int[] {2}, true))));
    }

    private static Arguments named(String name, UnaryOperator<NDArray> body) {
        return Arguments.of(name, body);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changesInPlace")
    void whatLayersMakeCanBeChangedInPlace(String name, UnaryOperator<NDArray> body) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new SequentialBlock()
                    .add(ClassicNetworksTest.conv(4))
                    .add(BatchNorm.builder().build())
                    .add(Activation.reluBlock())
                    .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                    .add(LambdaBlock.singleton(body));
            Agreement.initialized(block, manager, IMAGE);
            assertThat(Agreement.difference(
                            block, IMAGE, OnnxExport.of(block, IMAGE).bytes()))
                    .isLessThan(1e-5);
        }
    }

    /** In the trace, the layer seems to return zeros, so nothing seems to be added up. */
    @Test
    void anArrayThatGrowsWithEachCallIsRefusedThoughNothingSeemsToBeAdded() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray[] sum = new NDArray[1];
            Block linear = Linear.builder().setUnits(4).build();
            linear.initialize(manager, DataType.FLOAT32, new Shape(1, 6));
            Block block = new SequentialBlock().add(linear).add(LambdaBlock.singleton(x -> {
                if (sum[0] == null) {
                    sum[0] = x.getManager().zeros(new Shape(4));
                    sum[0].detach();
                }
                return x.mul(sum[0].reshape(1, 4).addi(x.mean(new int[] {0})));
            }));
            assertThatThrownBy(() -> OnnxExport.of(block, new Shape(6)).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("from call to call");
        }
    }

    @Test
    void wholeNumbersAreComputedSinceOthersAreDividedByThem() throws Exception {
        Block block = LambdaBlock.singleton(x -> {
            NDArray whole = x.abs().toType(DataType.INT32, false).add(1);
            return whole.mul(7).add(3).mod(whole.getNDArrayInternal().relu());
        });
        assertThat(Agreement.difference(
                        block, IMAGE, OnnxExport.of(block, IMAGE).bytes()))
                .isZero();
    }

    static Stream<Arguments> broadcasts() {
        return Stream.of(
                named("a number", x -> x.add(1).sub(2).div(3)),
                named("one for all samples", x -> x.mul(x.getManager().arange(8f))),
                named(
                        "a matrix for all samples",
                        x -> x.maximum(
                                x.getManager().arange(24f).reshape(3, 8, 1).sub(5))),
                named(
                        "one sample for all",
                        x -> x.add(x.getManager().arange(64f).reshape(1, 1, 8, 8))),
                named(
                        "all samples to one",
                        x -> x.getManager().arange(8f).reshape(1, 1, 1, 8).add(x)),
                named("more axes than the receiver", x -> x.mean(new int[] {0}).sub(x)),
                named(
                        "one number of each sample",
                        x -> x.sub(x.reshape(-1, 192, 1, 1).mean(new int[] {1}, true))),
                named("softmax of each sample", x -> x.softmax(-1).logSoftmax(1)),
                named(
                        "softmax over the samples, of which there is one",
                        x -> x.expandDims(0).softmax(0).get(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broadcasts")
    void whatSamplesAreCombinedWithIsSeen(String name, UnaryOperator<NDArray> body) throws Exception {
        Block block = LambdaBlock.singleton(body);
        assertThat(Agreement.difference(
                        block, IMAGE, OnnxExport.of(block, IMAGE).bytes()))
                .isLessThan(1e-5);
    }

    @Test
    void arraysThatDoNotFitAreRefusedInTheWordsOfTheEngine() {
        Block block = LambdaBlock.singleton(x -> x.add(x.getManager().ones(new Shape(4, 3, 8, 8))));
        assertThatThrownBy(() -> OnnxExport.of(block, IMAGE).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("must match the size of tensor b (4)");
    }

    @Test
    void whatTheEngineRefusesIsRefusedInItsWords() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block convolution = ClassicNetworksTest.conv(4);
            convolution.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 8, 8));
            Block block = new SequentialBlock()
                    .add(LambdaBlock.singleton(x -> x.get(":, 0:2")))
                    .add(convolution);
            assertThatThrownBy(() -> OnnxExport.of(block, IMAGE).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("channels");
        }
    }

    /** 45 GFLOP per sample: 8 samples would take minutes. */
    @Test
    void aConvolutionThatWouldTakeMinutesIsExportedInSeconds() throws Exception {
        Shape image = new Shape(256, 256, 256);
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Conv2d.builder()
                    .setFilters(1024)
                    .setKernelShape(new Shape(3, 3))
                    .optPadding(new Shape(1, 1))
                    .build();
            block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(image));
            long start = System.nanoTime();
            OnnxExport.of(block, image).bytes();
            assertThat((System.nanoTime() - start) / 1e9).isLessThan(15);
        }
    }
}
