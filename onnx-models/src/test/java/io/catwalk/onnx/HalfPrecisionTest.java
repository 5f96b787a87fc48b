package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
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
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.graph.ExportException;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks with FLOAT16 parameters keep them in the file; runtimes may round less often than PyTorch. */
@Tag("tiny")
class HalfPrecisionTest {

    /** Eight times the distance of neighboring numbers of FLOAT16 at 1. */
    private static final double TOLERANCE = 8.0 / 1024;

    private static final int[] OPSETS = {13, 17, 21};

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of("perceptron", new Shape(6), perceptron()),
                Arguments.of("convolutions", new Shape(2, 8, 8), convolutions()),
                Arguments.of(
                        "layer norm",
                        new Shape(3, 8),
                        new SequentialBlock()
                                .add(LayerNorm.builder().axis(2).build())
                                .add(Activation::gelu)
                                .add(Linear.builder().setUnits(3).build())));
    }

    private static Block perceptron() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(8).build())
                .add(Activation::relu)
                .add(Linear.builder().setUnits(3).optBias(false).build())
                .add(LambdaBlock.singleton(x -> x.softmax(1)));
    }

    private static Block convolutions() {
        return new SequentialBlock()
                .add(Conv2d.builder()
                        .setFilters(4)
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(new Shape(1, 1))
                        .build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(Pool.avgPool2dBlock(new Shape(3, 3), new Shape(1, 1), new Shape(1, 1)))
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(5).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void aNetworkOfHalvesAnswersAlikeAndStaysOne(String name, Shape sample, Block network) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            network.initialize(manager, DataType.FLOAT16, new Shape(2).addAll(sample));
            for (int opset : OPSETS) {
                byte[] model =
                        OnnxExport.of(network, halves(sample)).withOpset(opset).bytes();
                for (long batch : new long[] {1, 3, 7}) {
                    NDArray input = manager.create(
                                    Agreement.images((int) (batch * sample.size()), batch),
                                    new Shape(batch).addAll(sample))
                            .toType(DataType.FLOAT16, false);
                    assertThat(Agreement.difference(network, model, new NDList(input)))
                            .as("opset " + opset)
                            .isLessThan(TOLERANCE);
                }
                assertThat(ModelProto.parseFrom(model).getGraph().getInitializerList())
                        .extracting(TensorProto::getDataType)
                        .doesNotContain(TensorProto.DataType.FLOAT.getNumber())
                        .contains(TensorProto.DataType.FLOAT16.getNumber());
            }
        }
    }

    private static OnnxInput halves(Shape sample) {
        Stream<Axis> sizes = Arrays.stream(sample.getShape()).mapToObj(Axis::of);
        return OnnxInput.of(
                "x",
                DataType.FLOAT16,
                Stream.concat(Stream.of(Axis.BATCH), sizes).toArray(Axis[]::new));
    }

    static Stream<Arguments> programs() {
        return Stream.of(
                of(
                        "arithmetic",
                        x -> x.add(1).mul(0.3).sub(x.square()).div(x.abs().add(1))),
                of("mask", x -> x.gt(0).toType(DataType.FLOAT16, false).mul(-1e9)),
                of("large divisor", x -> x.mul(1e4).div(100000)),
                of("small factor", x -> x.mul(1e4).mul(1e-8).mul(1e4)),
                of("wider factors in place", x -> x.div(64).muli(large(x))),
                of("wider divisors in place", x -> x.mul(1e4).divi(large(x))),
                of(
                        "array of one large number",
                        x -> x.mul(1e4).div(x.getManager().create(1e5f))),
                of(
                        "functions",
                        x -> x.sin().add(x.tanh()).add(x.erf()).add(x.abs().sqrt())),
                of("exp and log", x -> x.clip(-2, 2).exp().add(1).log()),
                of(
                        "rounding",
                        x -> x.mul(2).round().add(x.floor()).add(x.ceil()).add(x.trunc())),
                of("comparison", x -> x.gt(0.3).logicalAnd(x.lt(fixed(x)))),
                of("comparison with FLOAT32", x -> x.gt(fixed(x).toType(DataType.FLOAT32, false))),
                of("where", x -> x.getNDArrayInternal().where(x.gt(0), x.neg())),
                of("sum", x -> x.sum(new int[] {1})),
                of("mean", x -> x.mean(new int[] {1}, true)),
                of("max", x -> x.max(new int[] {1})),
                of("cumSum", x -> x.cumSum(1)),
                of("sort", x -> x.sort(1)),
                of("argMax", x -> x.argMax(1)),
                of("topK", x -> x.topK(3, 1, true, true).get(0)),
                of("norm", x -> x.norm(3, new int[] {1}, true)),
                of("median", NDArray::median),
                of("cumProd", x -> x.cumProd(1)),
                of("erfinv", x -> x.tanh().mul(0.5f).erfinv()),
                of("gammaln", x -> x.abs().add(1).gammaln()),
                of("mod", x -> x.mul(4).round().mod(3)),
                of("isInfinite", x -> x.abs().add(1).div(x.round()).isInfinite()),
                of("isNaN", x -> x.sqrt().isNaN()),
                of("whole numbers", x -> x.mul(3).round().toType(DataType.INT64, false)),
                of("back", x -> x.toType(DataType.FLOAT32, false).mul(3)),
                of("with FLOAT32", x -> x.toType(DataType.FLOAT32, false).add(x)),
                of("pieces", x -> x.get(":, 1:4").concat(x.get(":, 0:2"), 1).flip(1)),
                of("padding", x -> x.pad(new Shape(1, 2), 0.5)),
                of("product", x -> x.reshape(-1, 2, 3).matMul(x.reshape(-1, 3, 2))),
                of("nearest", x -> resized(x, 0)),
                of("area", x -> resized(x, 2)),
                of("activations", x -> Activation.selu(Activation.gelu(x).add(Activation.softPlus(x)))),
                of(
                        "range",
                        x -> x.add(x.getManager()
                                .arange((int) x.getShape().get(0))
                                .toType(DataType.FLOAT16, false)
                                .expandDims(1))));
    }

    private static NDArray resized(NDArray x, int mode) {
        return x.reshape(-1, 1, 2, 3).getNDArrayInternal().interpolation(new long[] {4, 5}, mode, false);
    }

    /** Returns an array of FLOAT32, beyond the range of halves. */
    private static NDArray large(NDArray x) {
        return x.getManager().create(new float[] {1e5f, -1e5f, 1e5f, 2e5f, 1e5f, 3e5f});
    }

    private static NDArray fixed(NDArray x) {
        return OperatorSamples.fixed(x, 6).toType(DataType.FLOAT16, false);
    }

    private static Arguments of(String name, Function<NDArray, NDArray> body) {
        return Arguments.of(name, body);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void aProgramOnHalvesAnswersAlikeOrIsRefused(String name, Function<NDArray, NDArray> body) throws Exception {
        Shape sample = new Shape(6);
        Block block = LambdaBlock.singleton(x -> body.apply(x.toType(DataType.FLOAT16, false)));
        for (int opset : OPSETS) {
            byte[] model;
            try {
                model = OnnxExport.of(block, sample).withOpset(opset).bytes();
            } catch (ExportException e) {
                assertThat(e.getMessage()).contains("the engine itself cannot").contains("HalfPrecisionTest.java:");
                continue;
            }
            assertThat(Agreement.difference(block, sample, model))
                    .as("opset " + opset)
                    .isLessThan(TOLERANCE);
        }
    }

    /** DJL's blocks begin with states of FLOAT32, which the engine refuses; the call itself takes halves. */
    @Test
    void aRecurrentCallOnHalvesAnswersAlike() throws Exception {
        Shape sample = new Shape(4, 3);
        Block block = LambdaBlock.singleton(x -> {
            NDList weights = new NDList();
            for (long[] shape : new long[][] {{15, 3}, {15, 5}, {15}, {15}}) {
                weights.add(OperatorSamples.fixed(x, shape).toType(DataType.FLOAT16, false));
            }
            NDArray state = x.getManager().zeros(new Shape(1, x.getShape().get(0), 5), DataType.FLOAT16);
            NDArray halves = x.toType(DataType.FLOAT16, false);
            return x.getNDArrayInternal()
                    .gru(halves, state, weights, true, 1, 0, false, false, true)
                    .head();
        });
        for (OnnxExport export : new OnnxExport[] {
            OnnxExport.of(block, sample), OnnxExport.of(block, sample).withUnrolledRecurrence()
        }) {
            byte[] model = export.bytes();
            assertThat(Agreement.difference(block, sample, model)).isLessThan(TOLERANCE);
        }
    }

    @Test
    void aWeightThatIsNoNumberIsRefused() {
        Shape sample = new Shape(6);
        try (NDManager manager = NDManager.newBaseManager()) {
            Block linear = Linear.builder().setUnits(2).build();
            linear.initialize(manager, DataType.FLOAT16, new Shape(2).addAll(sample));
            linear.getParameters().get("bias").getArray().muli(Float.NaN).addi(Float.NaN);
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> OnnxExport.of(linear, halves(sample)).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("NaN");
        }
    }
}
