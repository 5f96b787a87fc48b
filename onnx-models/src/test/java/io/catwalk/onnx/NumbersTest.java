package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.LSTM;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.runtime.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Types of elements: each gives the same as in the engine, or is refused before a file is written. */
@Tag("tiny")
class NumbersTest extends ExportTest {

    private static final Shape SAMPLE = new Shape(6);
    private static final long LARGE = (1L << 53) + 1;

    static Stream<Arguments> programs() {
        return Stream.of(
                of(x -> whole(x).add(LARGE).sub(LARGE - 1), "add above 2^53"),
                of(x -> whole(x).mul(LARGE).mod(1000), "mul"),
                of(x -> whole(x).mul(0).add(LARGE).eq(LARGE - 1), "eq above 2^53"),
                of(x -> whole(x).maximum(LARGE).sub(LARGE - 1), "maximum above 2^53"),
                of(x -> whole(x).clip(LARGE, LARGE + 2).sub(LARGE - 1), "clip above 2^53"),
                of(x -> whole(x).add((1L << 30) + 1).pow(2).mod(1000), "square above 2^53"),
                of(x -> x.gt(0).mul(x.lt(1)), "mask times mask"),
                of(x -> x.gt(0).add(x.lt(1)), "mask plus mask"),
                of(x -> x.gt(0).maximum(x.lt(-1)), "mask maximum"),
                of(x -> x.gt(0).mul(3), "mask times number"),
                of(x -> x.gt(0).mul(0.5f), "mask times real"),
                of(x -> x.gt(0).sum(new int[] {1}), "sum of mask"),
                of(x -> x.gt(0).sort(1), "sort of mask"),
                of(x -> x.gt(0).cumSum(1), "cumSum of mask"),
                of(x -> x.gt(0).max(new int[] {1}), "max of mask"),
                of(x -> whole(x).ceil(), "ceil of whole"),
                of(x -> whole(x).sign(), "sign of whole"),
                of(x -> bytes(x).mul(bytes(x)), "bytes product"),
                of(x -> bytes(x).add(3).sub(bytes(x).neg()), "bytes sum"),
                of(x -> bytes(x).maximum(bytes(x).neg()).minimum(2), "bytes maximum"),
                of(x -> bytes(x).max(new int[] {1}), "bytes max"),
                of(x -> bytes(x).sort(1), "bytes sort"),
                of(x -> bytes(x).clip(-1, 1), "bytes clip"),
                of(x -> bytes(x).getNDArrayInternal().relu(), "bytes relu"),
                of(x -> bytes(x).reshape(-1, 2, 3).matMul(bytes(x).reshape(-1, 3, 2)), "bytes product of matrices"),
                of(x -> x.abs().mul(5).toType(DataType.UINT8, false).mul(9), "unsigned product"),
                of(x -> whole(x).reshape(-1, 2, 3).matMul(whole(x).reshape(-1, 3, 2)), "ints product of matrices"),
                of(x -> real(x).sin().exp().sqrt(), "double sine"),
                of(x -> real(x).softmax(1), "double logits"),
                of(x -> real(x).getNDArrayInternal().sigmoid(), "double sigmoid"),
                of(x -> whole(x).argMax(1), "argMax of whole"),
                of(x -> x.gt(0).reshape(-1, 2, 3).pad(new Shape(1, 0), 1), "mask pad"),
                of(x -> bytes(x).getNDArrayInternal().where(x.gt(0), bytes(x).neg()), "where of bytes"),
                of(x -> bytes(x).mod(3), "mod of bytes"),
                of(x -> whole(x).toType(DataType.FLOAT32, false).mean(new int[] {1}), "mean of whole"),
                of(x -> whole(x).add(0.5f), "int plus real"),
                of(x -> x.sign().subi(doubles(x)).mul(1e9f), "real minus double in place"),
                of(x -> bytes(x).add(100).modi(ints(x)), "bytes mod int in place"),
                of(x -> whole(x).div(3), "int div int"),
                of("row of halves for each sample", x -> {
                    NDArray halves = x.getManager().create(new float[] {0, 0.5f, 0, 0.5f, 0, 0.5f});
                    return x.add(halves.broadcast(x.getShape()));
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void answersLikeTheEngineOrIsRefused(String name, UnaryOperator<NDArray> body) throws Exception {
        assertAgreesOrCannotBeRun(lambda(body), SAMPLE, 1e-6, "ONNX Runtime", "the engine itself cannot");
    }

    @Test
    void probabilitiesThatCannotBeAreRefused() {
        OnnxExport classes = OnnxExport.of(lambda(x -> x.argMax(1)), SAMPLE);
        assertRefused(classes.withProbabilities(), "probabilities", "int64");
        OnnxExport named = OnnxExport.of(lambda(NDArray::neg), SAMPLE).withOutputNames("probabilities");
        assertRefused(named.withProbabilities(), "an input or output has it ([images, probabilities]): rename that");
    }

    @Test
    void aProgramWithoutOutputsIsRefused() {
        assertRefused(new LambdaBlock(inputs -> new NDList()), SAMPLE, "returns no array");
    }

    /** ONNX Runtime has no convolution of doubles, and DJL no recurrent layer of them. */
    @Test
    void layersInDoublePrecisionAnswerAlikeOrAreRefused() throws Exception {
        Shape sample = new Shape(3, 4);
        assertAgrees(inDoubles(dense(5), sample), sample, 1e-9);
        Block lstm = LSTM.builder().setStateSize(3).setNumLayers(1).build();
        assertRefused(inDoubles(lstm, sample), sample, "the engine itself cannot compute NDArrayEx.lstm");
        Shape image = new Shape(1, 5, 5);
        assertRefused(inDoubles(conv(2), image), image, "ONNX Runtime", "Conv", "double", "FLOAT32");
    }

    private Block inDoubles(Block layer, Shape sample) {
        layer.initialize(manager, DataType.FLOAT64, new Shape(2).addAll(sample));
        return seq(lambda(NumbersTest::real), layer);
    }

    /** PyTorch 2.6 and 2.7 give other numbers for the median along an axis that was broadcast; the file is right. */
    @Test
    void theMedianOfEqualNumbersIsThatNumber() throws Exception {
        UnaryOperator<NDArray> median =
                x -> x.expandDims(1).broadcast(x.getShape().get(0), 3, 6).median(new int[] {1});
        float[] numbers = Agreement.eighths(12, 1);
        assertComputes(median, numbers, new long[] {2, 6}, doubles(numbers));
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
        for (int i = 0; i < powers.length; i++) {
            powers[i] = (float) Math.pow(base, least + i);
        }
        List<Double> exponents =
                IntStream.rangeClosed(least, most).asDoubleStream().boxed().toList();
        assertComputes(logarithm, powers, new long[] {powers.length, 1}, exponents);
    }

    private static void assertComputes(UnaryOperator<NDArray> body, float[] numbers, long[] shape, List<Double> made)
            throws Exception {
        for (int opset : OPSETS) {
            OnnxExport export = OnnxExport.of(lambda(body), new Shape(shape[1])).withOpset(opset);
            assertThat(Agreement.answer(export.bytes(), Tensor.of(numbers, shape)))
                    .as("opset " + opset)
                    .containsExactly(made.toArray(Double[]::new));
        }
    }

    private static List<Double> doubles(float[] numbers) {
        return IntStream.range(0, numbers.length)
                .mapToObj(i -> (double) numbers[i])
                .toList();
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

    private static NDArray real(NDArray x) {
        return x.toType(DataType.FLOAT64, false);
    }

    // Infinities, zeros of both signs, ties and NaN, where functions of the engine have special cases.

    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float[] NUMBERS = {
        0f, -0f, 0.5f, -0.5f, 1f, -1f, 1.5f, -1.5f, 2f, 2.5f, -2.5f, 3f, -3f, 100f, -100f, 3e38f, -3e38f, INF, -INF,
        Float.NaN
    };

    private static final String FUNCTIONS =
            "abs neg square sqrt cbrt floor ceil round trunc exp log log2 log10 asin acos atan sinh cosh tanh "
                    + "erf erfinv gammaln isNaN isInfinite logicalNot";
    private static final String ACTIVATIONS = "sigmoid relu relu6 softPlus softSign selu mish";
    private static final String OF_TWO =
            "add sub mul div pow maximum minimum gt gte lt lte eq neq atan2 xlogy logicalAnd logicalXor";

    static Stream<Arguments> named() {
        Stream<Arguments> functions = words(FUNCTIONS).map(name -> of(name, x -> call(x, name)));
        Stream<Arguments> activations = words(ACTIVATIONS).map(name -> of(name, x -> activate(x, name)));
        Stream<Arguments> pairs =
                words(OF_TWO).map(name -> of(name, x -> call(x.expandDims(2), name, x.expandDims(1))));
        return Stream.of(functions, activations, pairs).flatMap(rows -> rows);
    }

    private static Stream<String> words(String words) {
        return Stream.of(words.split(" ", -1));
    }

    private static NDArray call(NDArray x, String method, NDArray... others) {
        Class<?>[] types = others.length == 0 ? new Class<?>[0] : new Class<?>[] {NDArray.class};
        return invoked(NDArray.class, method, types, x, (Object[]) others);
    }

    private static NDArray activate(NDArray x, String method) {
        return invoked(Activation.class, method, new Class<?>[] {NDArray.class}, x, x);
    }

    private static NDArray invoked(Class<?> of, String method, Class<?>[] types, NDArray x, Object... arguments) {
        try {
            return (NDArray) Objects.requireNonNull(of.getMethod(method, types).invoke(x, arguments));
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Arguments> functions() {
        return Stream.of(
                // The sign of NaN is 0 in PyTorch, and NaN in ONNX.
                of(x -> x.get(":, 1:19").sign(), "sign"),
                of(x -> x.clip(-200, 200).sin(), "sin"),
                of(x -> x.clip(-200, 200).cos(), "cos"),
                of(x -> x.clip(-3, 3).tan(), "tan"),
                of(x -> x.clip(-1, 2), "clip"),
                of(x -> x.clip(0, INF), "clip to infinity"),
                of(x -> x.clip(-INF, 1.5f), "clip from infinity"),
                of(x -> x.clip(2, -1), "clip the other way round"),
                of(x -> x.clip(-200, 200).get(":, 1:19").toType(DataType.INT32, false), "to INT32"),
                of(x -> x.toType(DataType.BOOLEAN, false), "to BOOLEAN"),
                of(x -> x.mod(-3), "mod -3"),
                of(x -> x.mod(0), "mod 0"),
                of(x -> x.get(":, 0:15").toType(DataType.INT64, false).mod(-3), "mod of whole numbers"),
                of(x -> x.clip(-1e30, 1e30).expandDims(2).mod(x.expandDims(1)), "mod of arrays"),
                of(x -> x.pow(2), "pow 2"),
                of(x -> x.pow(-1), "pow -1"),
                of(x -> x.pow(0.5), "pow 0.5"),
                of(x -> Activation.leakyRelu(x, 0.2f), "leakyRelu"),
                of(x -> Activation.elu(x, 0.7f), "elu"),
                // PyTorch overflows internally, from 2e38 on.
                of(x -> Activation.gelu(x.clip(-1e30, 1e30)), "gelu"),
                of(x -> Activation.swish(x, 1f), "swish"),
                of(x -> x.norm(3, new int[] {1}, false), "norm 3"),
                of(x -> x.get(":, 0:15").softmax(1), "softmax"),
                of(x -> x.get(":, 0:15").logSoftmax(1), "logSoftmax"),
                of(x -> x.get(":, 0:15").cumSum(1), "cumSum"),
                of(x -> x.get(":, 2:15").cumProd(1), "cumProd"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"named", "functions"})
    void specialNumbersAreThoseOfTheEngine(String name, UnaryOperator<NDArray> function) throws Exception {
        NDArray one = manager.create(NUMBERS).expandDims(0);
        NDList both = new NDList(one.concat(one.flip(1), 0));
        Block block = lambda(function);
        for (int opset : OPSETS) {
            OnnxExport export = OnnxExport.of(block, new Shape(NUMBERS.length)).withOpset(opset);
            double difference = Agreement.difference(block, export.bytes(), both);
            assertThat(difference).as("opset " + opset).isLessThan(TOLERANCE);
        }
    }

    // Networks with FLOAT16 parameters keep them in the file; runtimes may round less often than PyTorch.

    /** Eight times the distance of neighboring numbers of FLOAT16 at 1. */
    private static final double COARSE = 8.0 / 1024;

    private static final int[] ROW = {1};

    static Stream<Arguments> networks() {
        Block pool = Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
        Block average = Pool.avgPool2dBlock(new Shape(3, 3), new Shape(1, 1), new Shape(1, 1));
        Block norm = BatchNorm.builder().build();
        Block cnn = seq(conv(4), norm, Activation.reluBlock(), pool, average, Blocks.batchFlattenBlock(), dense(5));
        Block bare = Linear.builder().setUnits(3).optBias(false).build();
        Block perceptron = seq(dense(8), Activation.reluBlock(), bare, lambda(x -> x.softmax(1)));
        Block layers = LayerNorm.builder().axis(2).build();
        return Stream.of(
                Arguments.of(new Shape(6), perceptron),
                Arguments.of(new Shape(2, 8, 8), cnn),
                Arguments.of(new Shape(3, 8), seq(layers, Activation.geluBlock(), dense(3))));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aNetworkOfHalvesAnswersAlikeAndStaysOne(Shape sample, Block network) throws Exception {
        network.initialize(manager, DataType.FLOAT16, new Shape(2).addAll(sample));
        for (int opset : OPSETS) {
            byte[] model =
                    OnnxExport.of(network, halves(sample)).withOpset(opset).bytes();
            for (long batch : new long[] {1, 3, 7}) {
                NDArray input = half(floats(new Shape(batch).addAll(sample).getShape()));
                assertThat(Agreement.difference(network, model, new NDList(input)))
                        .as("opset " + opset)
                        .isLessThan(COARSE);
            }
            assertThat(graph(model).getInitializerList())
                    .extracting(TensorProto::getDataType)
                    .doesNotContain(TensorProto.DataType.FLOAT.getNumber())
                    .contains(TensorProto.DataType.FLOAT16.getNumber());
        }
    }

    private static OnnxInput halves(Shape sample) {
        Stream<Axis> sizes = Arrays.stream(sample.getShape()).mapToObj(Axis::of);
        Stream<Axis> axes = Stream.concat(Stream.of(Axis.BATCH), sizes);
        return OnnxInput.of("x", DataType.FLOAT16, axes.toArray(Axis[]::new));
    }

    private static NDArray half(NDArray x) {
        return x.toType(DataType.FLOAT16, false);
    }

    static Stream<Arguments> halves() {
        return Stream.of(
                of(x -> x.add(1).mul(0.3).sub(x.square()).div(x.abs().add(1)), "arithmetic"),
                of(x -> half(x.gt(0)).mul(-1e9), "mask"),
                of(x -> x.mul(1e4).div(100000), "large divisor"),
                of(x -> x.mul(1e4).mul(1e-8).mul(1e4), "small factor"),
                of(x -> x.div(64).muli(large(x)), "wider factors in place"),
                of(x -> x.mul(1e4).divi(large(x)), "wider divisors in place"),
                of(x -> x.mul(1e4).div(x.getManager().create(1e5f)), "array of one large number"),
                of(x -> x.sin().add(x.tanh()).add(x.erf()).add(x.abs().sqrt()), "functions"),
                of(x -> x.clip(-2, 2).exp().add(1).log(), "exp and log"),
                of(x -> x.mul(2).round().add(x.floor()).add(x.ceil()).add(x.trunc()), "rounding"),
                of(x -> x.gt(0.3).logicalAnd(x.lt(fixed(x))), "comparison"),
                of(x -> x.gt(fixed(x).toType(DataType.FLOAT32, false)), "comparison with FLOAT32"),
                of(x -> x.getNDArrayInternal().where(x.gt(0), x.neg()), "where"),
                of(x -> x.sum(ROW, true).add(x.mean(ROW, true)).add(x.max(ROW, true)), "sum, mean and max"),
                of(x -> x.cumSum(1).add(x.sort(1)), "cumSum and sort"),
                of(x -> x.argMax(1), "argMax"),
                of(x -> x.topK(3, 1, true, true).get(0), "topK"),
                of(x -> x.norm(3, new int[] {1}, true), "norm"),
                of(NDArray::median, "median"),
                of(x -> x.cumProd(1), "cumProd"),
                of(x -> x.tanh().mul(0.5f).erfinv(), "erfinv"),
                of(x -> x.abs().add(1).gammaln(), "gammaln"),
                of(x -> x.mul(4).round().mod(3), "mod"),
                of(x -> x.abs().add(1).div(x.round()).isInfinite(), "isInfinite"),
                of(x -> x.sqrt().isNaN(), "isNaN"),
                of(x -> x.mul(3).round().toType(DataType.INT64, false), "whole numbers"),
                of(x -> x.toType(DataType.FLOAT32, false).mul(3), "back"),
                of(x -> x.toType(DataType.FLOAT32, false).add(x), "with FLOAT32"),
                of(x -> x.get(":, 1:4").concat(x.get(":, 0:2"), 1).flip(1), "pieces"),
                of(x -> x.pad(new Shape(1, 2), 0.5), "padding"),
                of(x -> x.reshape(-1, 2, 3).matMul(x.reshape(-1, 3, 2)), "product"),
                of(x -> resized(x, 0), "nearest"),
                of(x -> resized(x, 2), "area"),
                of(x -> Activation.selu(Activation.gelu(x).add(Activation.softPlus(x))), "activations"),
                of("range", x -> {
                    NDArray numbers = x.getManager().arange((int) x.getShape().get(0));
                    return x.add(half(numbers).expandDims(1));
                }));
    }

    private static NDArray resized(NDArray x, int mode) {
        return x.reshape(-1, 1, 2, 3).getNDArrayInternal().interpolation(new long[] {4, 5}, mode, false);
    }

    /** Returns an array of FLOAT32, beyond the range of halves. */
    private static NDArray large(NDArray x) {
        return x.getManager().create(new float[] {1e5f, -1e5f, 1e5f, 2e5f, 1e5f, 3e5f});
    }

    private static NDArray fixed(NDArray x) {
        return half(OperatorSamples.fixed(x, 6));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("halves")
    void aProgramOnHalvesAnswersAlikeOrIsRefused(String name, UnaryOperator<NDArray> body) throws Exception {
        assertAgreesOrCannotBeRun(lambda(x -> body.apply(half(x))), new Shape(6), COARSE, "the engine itself cannot");
    }

    /** DJL's blocks begin with states of FLOAT32, which the engine refuses; the call itself takes halves. */
    @Test
    void aRecurrentCallOnHalvesAnswersAlike() throws Exception {
        Shape sample = new Shape(4, 3);
        Block block = lambda(x -> {
            NDList weights = new NDList();
            for (long[] shape : new long[][] {{15, 3}, {15, 5}, {15}, {15}}) {
                weights.add(half(OperatorSamples.fixed(x, shape)));
            }
            NDArray state = x.getManager().zeros(new Shape(1, x.getShape().get(0), 5), DataType.FLOAT16);
            return x.getNDArrayInternal()
                    .gru(half(x), state, weights, true, 1, 0, false, false, true)
                    .head();
        });
        OnnxExport export = OnnxExport.of(block, sample);
        for (OnnxExport each : List.of(export, export.withUnrolledRecurrence())) {
            assertAgrees(each, block, sample, COARSE);
        }
    }
}
