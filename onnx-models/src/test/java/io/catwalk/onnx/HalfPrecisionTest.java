package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks with FLOAT16 parameters keep them in the file; runtimes may round less often than PyTorch. */
@Tag("tiny")
class HalfPrecisionTest extends ExportTest {

    /** Eight times the distance of neighboring numbers of FLOAT16 at 1. */
    private static final double COARSE = 8.0 / 1024;

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

    static Stream<Arguments> programs() {
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
                of(x -> x.sum(new int[] {1}), "sum"),
                of(x -> x.mean(new int[] {1}, true), "mean"),
                of(x -> x.max(new int[] {1}), "max"),
                of(x -> x.cumSum(1), "cumSum"),
                of(x -> x.sort(1), "sort"),
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
    @MethodSource("programs")
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

    @Test
    void aWeightThatIsNoNumberIsRefused() {
        Block linear = dense(2);
        linear.initialize(manager, DataType.FLOAT16, new Shape(2, 6));
        linear.getParameters().get("bias").getArray().muli(Float.NaN).addi(Float.NaN);
        assertRefused(OnnxExport.of(linear, halves(new Shape(6))), "NaN");
    }
}
