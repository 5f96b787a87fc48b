package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.LSTM;
import io.catwalk.onnx.graph.ExportException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Types of elements: each gives the same as in the engine, or is refused before a file is written. */
@Tag("tiny")
class NumbersTest {

    private static final Shape SAMPLE = new Shape(6);
    private static final int[] OPSETS = {13, 17, 21};
    private static final long LARGE = (1L << 53) + 1;

    /** PyTorch 2.6 and 2.7 give other numbers for the median along an axis that was broadcast; the file is right. */
    @Test
    void theMedianOfEqualNumbersIsThatNumber() throws Exception {
        Block block = LambdaBlock.singleton(
                x -> x.expandDims(1).broadcast(x.getShape().get(0), 3, 6).median(new int[] {1}));
        float[] numbers = Agreement.eighths(12, 1);
        for (int opset : OPSETS) {
            byte[] model = OnnxExport.of(block, SAMPLE).withOpset(opset).bytes();
            try (OrtSession session = new OrtSession(model)) {
                List<Double> found = session.run(numbers, 2, 6).get(0).numbers();
                assertThat(found).hasSize(12);
                for (int i = 0; i < numbers.length; i++) {
                    assertThat(found.get(i)).isEqualTo(numbers[i]);
                }
            }
        }
    }

    static Stream<Arguments> programs() {
        return Stream.of(
                of("add above 2^53", x -> whole(x).add(LARGE).sub(LARGE - 1)),
                of("mul", x -> whole(x).mul(LARGE).mod(1000)),
                of("eq above 2^53", x -> whole(x).mul(0).add(LARGE).eq(LARGE - 1)),
                of("gt above 2^53", x -> whole(x).mul(0).add(LARGE).gt(LARGE - 1)),
                of("maximum above 2^53", x -> whole(x).maximum(LARGE).sub(LARGE - 1)),
                of("clip above 2^53", x -> whole(x).clip(LARGE, LARGE + 2).sub(LARGE - 1)),
                of("square above 2^53", x -> whole(x).add((1L << 30) + 1).pow(2).mod(1000)),
                of("bool eq 2", x -> x.gt(0).eq(2)),
                of("bool eq 1", x -> x.gt(0).eq(1)),
                of("bool neq 2", x -> x.gt(0).neq(2)),
                of("bool gt 0.5", x -> x.gt(0).gt(0.5)),
                of("int eq 0.5", x -> whole(x).eq(0.5)),
                of("int gt 0.5", x -> whole(x).gt(0.5)),
                of("mask times mask", x -> x.gt(0).mul(x.lt(1))),
                of("mask plus mask", x -> x.gt(0).add(x.lt(1))),
                of("mask maximum", x -> x.gt(0).maximum(x.lt(-1))),
                of("mask times number", x -> x.gt(0).mul(3)),
                of("mask times real", x -> x.gt(0).mul(0.5f)),
                of("sum of mask", x -> x.gt(0).sum(new int[] {1})),
                of("sum of all of a mask", x -> x.gt(0).sum()),
                of("sort of mask", x -> x.gt(0).sort(1)),
                of("cumSum of mask", x -> x.gt(0).cumSum(1)),
                of("max of mask", x -> x.gt(0).max(new int[] {1})),
                of("round of whole", x -> whole(x).round()),
                of("floor of whole", x -> whole(x).floor()),
                of("ceil of whole", x -> whole(x).ceil()),
                of("trunc of whole", x -> whole(x).trunc()),
                of("sign of whole", x -> whole(x).sign()),
                of("bytes product", x -> bytes(x).mul(bytes(x))),
                of("bytes sum", x -> bytes(x).add(3).sub(bytes(x).neg())),
                of("bytes maximum", x -> bytes(x).maximum(bytes(x).neg()).minimum(2)),
                of("bytes max", x -> bytes(x).max(new int[] {1})),
                of("bytes compare", x -> bytes(x).gt(1)),
                of("bytes sort", x -> bytes(x).sort(1)),
                of("bytes clip", x -> bytes(x).clip(-1, 1)),
                of("bytes relu", x -> bytes(x).getNDArrayInternal().relu()),
                of("bytes product of matrices", x -> bytes(x).reshape(-1, 2, 3).matMul(bytes(x).reshape(-1, 3, 2))),
                of(
                        "unsigned product",
                        x -> x.abs().mul(5).toType(DataType.UINT8, false).mul(9)),
                of("ints product of matrices", x -> whole(x).reshape(-1, 2, 3).matMul(whole(x).reshape(-1, 3, 2))),
                of(
                        "double sine",
                        x -> x.toType(DataType.FLOAT64, false).sin().exp().sqrt()),
                of("double logits", x -> x.toType(DataType.FLOAT64, false).softmax(1)),
                of(
                        "double sigmoid",
                        x -> x.toType(DataType.FLOAT64, false)
                                .getNDArrayInternal()
                                .sigmoid()),
                of("isNaN of whole", x -> whole(x).isNaN()),
                of("isInfinite of whole", x -> whole(x).isInfinite()),
                of("argMax of whole", x -> whole(x).argMax(1)),
                of("mask pad", x -> x.gt(0).reshape(-1, 2, 3).pad(new Shape(1, 0), 1)),
                of("where of bytes", x -> bytes(x).getNDArrayInternal().where(x.gt(0), bytes(x).neg())),
                of("mod of bytes", x -> bytes(x).mod(3)),
                of(
                        "mean of whole",
                        x -> whole(x).toType(DataType.FLOAT32, false).mean(new int[] {1})),
                of("int plus real", x -> whole(x).add(0.5f)),
                of("real minus double in place", x -> x.sign().subi(doubles(x)).mul(1e9f)),
                of("bytes mod int in place", x -> bytes(x).add(100).modi(ints(x))),
                of("int div int", x -> whole(x).div(3)),
                of(
                        "row of halves for each sample",
                        x -> x.add(x.getManager()
                                .create(new float[] {0, 0.5f, 0, 0.5f, 0, 0.5f})
                                .broadcast(x.getShape()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void answersLikeTheEngineOrIsRefused(String name, Function<NDArray, NDArray> body) throws Exception {
        Block block = LambdaBlock.singleton(body);
        for (int opset : OPSETS) {
            byte[] model;
            try {
                model = OnnxExport.of(block, SAMPLE).withOpset(opset).bytes();
            } catch (ExportException e) {
                // Nothing to compare: the engine itself cannot compute it, or ONNX Runtime cannot.
                assertThat(e.getMessage()).containsAnyOf("ONNX Runtime", "the engine itself cannot");
                assertThat(e.getMessage()).contains("NumbersTest.java:");
                continue;
            }
            assertThat(Agreement.difference(block, SAMPLE, model))
                    .as("opset " + opset)
                    .isLessThan(1e-6);
        }
    }

    @Test
    void probabilitiesOfClassNumbersAreRefused() {
        Block block = LambdaBlock.singleton(x -> x.argMax(1));
        assertRefused(OnnxExport.of(block, SAMPLE).withProbabilities())
                .hasMessageContaining("probabilities")
                .hasMessageContaining("INT64");
    }

    @Test
    void probabilitiesBesideAnOutputOfTheirNameAreRefused() {
        Block block = LambdaBlock.singleton(NDArray::neg);
        assertRefused(OnnxExport.of(block, SAMPLE)
                        .withOutputNames("probabilities")
                        .withProbabilities())
                .hasMessageContaining("an input or output has it ([images, probabilities]): rename that")
                .hasMessageNotContaining("report it");
    }

    @Test
    void aProgramWithoutOutputsIsRefused() {
        Block block = new LambdaBlock(inputs -> new NDList());
        assertRefused(OnnxExport.of(block, SAMPLE)).hasMessageContaining("returns no array");
    }

    @Test
    void aConvolutionInDoublePrecisionIsRefusedSinceOnnxRuntimeHasNone() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape image = new Shape(1, 5, 5);
            Block conv = Conv2d.builder()
                    .setFilters(2)
                    .setKernelShape(new Shape(3, 3))
                    .build();
            conv.initialize(manager, DataType.FLOAT64, new Shape(2).addAll(image));
            Block block = new ai.djl.nn.SequentialBlock()
                    .add(LambdaBlock.singleton(x -> x.toType(DataType.FLOAT64, false)))
                    .add(conv);
            assertRefused(OnnxExport.of(block, image))
                    .hasMessageContaining("ONNX Runtime")
                    .hasMessageContaining("Conv")
                    .hasMessageContaining("DOUBLE")
                    .hasMessageContaining("FLOAT32");
        }
    }

    @Test
    void aLinearLayerInDoublePrecisionOnThreeAxesAnswersAlike() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape sample = new Shape(3, 4);
            Block linear = Linear.builder().setUnits(5).build();
            linear.initialize(manager, DataType.FLOAT64, new Shape(2).addAll(sample));
            Block block = new ai.djl.nn.SequentialBlock()
                    .add(LambdaBlock.singleton(x -> x.toType(DataType.FLOAT64, false)))
                    .add(linear);
            byte[] model = OnnxExport.of(block, sample).bytes();
            assertThat(Agreement.difference(block, sample, model)).isLessThan(1e-9);
        }
    }

    @Test
    void aRecurrentLayerInDoublePrecisionIsRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape sample = new Shape(3, 4);
            Block lstm = LSTM.builder().setStateSize(3).setNumLayers(1).build();
            lstm.initialize(manager, DataType.FLOAT64, new Shape(2).addAll(sample));
            Block block = new ai.djl.nn.SequentialBlock()
                    .add(LambdaBlock.singleton(x -> x.toType(DataType.FLOAT64, false)))
                    .add(lstm);
            assertRefused(OnnxExport.of(block, sample))
                    .hasMessageContaining("the engine itself cannot compute NDArrayEx.lstm");
        }
    }

    /** A logarithm in FLOAT is just beside the whole number for some powers, such as 2^13. */
    @Test
    void theLogarithmOfAPowerIsAWholeNumber() throws Exception {
        assertWhole(NDArray::log2, 2, -126, 127);
        assertWhole(NDArray::log10, 10, -37, 38);
        assertWhole(x -> x.toType(DataType.FLOAT16, false).log2().toType(DataType.FLOAT32, false), 2, -14, 15);
    }

    private static void assertWhole(UnaryOperator<NDArray> logarithm, double base, int least, int most)
            throws Exception {
        float[] powers = new float[most - least + 1];
        List<Double> exponents = new ArrayList<>();
        for (int i = 0; i < powers.length; i++) {
            powers[i] = (float) Math.pow(base, least + i);
            exponents.add((double) least + i);
        }
        for (int opset : OPSETS) {
            byte[] model = OnnxExport.of(LambdaBlock.singleton(logarithm), new Shape(1))
                    .withOpset(opset)
                    .bytes();
            try (OrtSession session = new OrtSession(model)) {
                assertThat(session.run(powers, powers.length, 1).get(0).numbers())
                        .as("opset " + opset)
                        .isEqualTo(exponents);
            }
        }
    }

    /** Returns numbers that FLOAT32 rounds to 1 and -1. */
    private static NDArray doubles(NDArray x) {
        return x.getManager().create(new double[] {1 + 1e-9, 1 - 1e-9, -1 - 1e-9, 1e-9 - 1, 1 + 2e-9, -1 - 2e-9});
    }

    /** Returns numbers of which most are beyond the range of bytes. */
    private static NDArray ints(NDArray x) {
        return x.getManager().create(new int[] {300, 257, 200, -300, 7, 128});
    }

    private static NDArray whole(NDArray x) {
        return x.mul(3).round().toType(DataType.INT64, false);
    }

    private static NDArray bytes(NDArray x) {
        return x.mul(3).round().toType(DataType.INT8, false);
    }

    private static Arguments of(String name, Function<NDArray, NDArray> body) {
        return Arguments.of(name, body);
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(OnnxExport export) {
        return assertThatThrownBy(export::bytes).isInstanceOf(ExportException.class);
    }
}
