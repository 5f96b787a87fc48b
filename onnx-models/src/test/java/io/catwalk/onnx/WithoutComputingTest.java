package io.catwalk.onnx;

import static io.catwalk.onnx.SmallNetworks.norm;
import static io.catwalk.onnx.SmallNetworks.relu;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.pooling.Pool;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Costly layers are not computed while tracing, which must not change any result. */
class WithoutComputingTest extends ExportTest {

    private static final Shape IMAGE = new Shape(3, 8, 8);

    static Stream<Arguments> changesInPlace() {
        return Stream.of(
                of(x -> x.addi(1).muli(2), "what a layer made"),
                of("a part of it", x -> {
                    x.set(new NDIndex(":, 1"), 3);
                    return x;
                }),
                of(x -> x.reshape(x.getShape().get(0), -1).subi(0.5f).negi(), "a view of it"),
                of(x -> x.getManager().ones(x.getShape()).addi(x).divi(2), "a constant by it"),
                of(x -> x.addi(x.mean(new int[] {2}, true)), "with another shape"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changesInPlace")
    void whatLayersMakeCanBeChangedInPlace(String name, UnaryOperator<NDArray> body) throws Exception {
        Block pool = Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
        Block block = seq(conv(4), norm(), relu(), pool, lambda(body));
        assertAgrees(initialized(block, IMAGE), IMAGE, TOLERANCE);
    }

    /** In the trace, the layer seems to return zeros, so nothing seems to be added up. */
    @Test
    void anArrayThatGrowsWithEachCallIsRefusedThoughNothingSeemsToBeAdded() {
        NDArray[] sum = new NDArray[1];
        Block growing = lambda(x -> {
            if (sum[0] == null) {
                sum[0] = x.getManager().zeros(new Shape(4));
                sum[0].detach();
            }
            return x.mul(sum[0].reshape(1, 4).addi(x.mean(new int[] {0})));
        });
        Block linear = initialized(dense(4), new Shape(6));
        assertRefused(seq(linear, growing), new Shape(6), "from call to call");
    }

    @Test
    void wholeNumbersAreComputedSinceOthersAreDividedByThem() throws Exception {
        Block block = lambda(x -> {
            NDArray whole = x.abs().toType(DataType.INT32, false).add(1);
            return whole.mul(7).add(3).mod(whole.getNDArrayInternal().relu());
        });
        assertAgrees(block, IMAGE, 0);
    }

    static Stream<Arguments> broadcasts() {
        return Stream.of(
                of(x -> x.add(1).sub(2).div(3), "a number"),
                of(x -> x.mul(range(x, 8)), "one for all samples"),
                of(x -> x.maximum(range(x, 3, 8, 1).sub(5)), "a matrix for all samples"),
                of(x -> x.add(range(x, 1, 1, 8, 8)), "one sample for all"),
                of(x -> range(x, 1, 1, 1, 8).add(x), "all samples to one"),
                of(x -> x.mean(new int[] {0}).sub(x), "more axes than the receiver"),
                of(x -> x.sub(x.reshape(-1, 192, 1, 1).mean(new int[] {1}, true)), "one number of each sample"),
                of(x -> x.softmax(-1).logSoftmax(1), "softmax of each sample"),
                of(x -> x.expandDims(0).softmax(0).get(0), "softmax over the samples, of which there is one"));
    }

    private static NDArray range(NDArray x, long... sizes) {
        Shape shape = new Shape(sizes);
        return x.getManager().arange((float) shape.size()).reshape(shape);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broadcasts")
    void whatSamplesAreCombinedWithIsSeen(String name, UnaryOperator<NDArray> body) throws Exception {
        assertAgrees(lambda(body), IMAGE, TOLERANCE);
    }

    @Test
    void whatDoesNotFitIsRefusedInTheWordsOfTheEngine() {
        Block wrong = lambda(x -> x.add(x.getManager().ones(new Shape(4, 3, 8, 8))));
        assertRefused(wrong, IMAGE, "must match the size of tensor b (4)");
        Block convolution = initialized(conv(4), IMAGE);
        assertRefused(seq(lambda(x -> x.get(":, 0:2")), convolution), IMAGE, "channels");
        assertRefused(initialized(norm(), new Shape(4, 8, 8)), IMAGE, "running_mean should contain 3 elements not 4");
    }

    /** 10 GFLOP per sample, for batches of up to a thousand: computing would take minutes. */
    @Test
    void aConvolutionThatWouldTakeMinutesIsExportedInSeconds() {
        Shape image = new Shape(256, 64, 64);
        Block block = conv(512);
        block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(image));
        long start = System.nanoTime();
        OnnxExport.of(block, image).bytes();
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(15);
    }
}
