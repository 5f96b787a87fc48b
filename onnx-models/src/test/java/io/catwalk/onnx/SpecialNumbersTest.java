package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Infinities, zeros of both signs, ties and NaN, where functions of the engine have special cases. */
@Tag("tiny")
class SpecialNumbersTest {

    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float[] NUMBERS = {
        0f, -0f, 0.5f, -0.5f, 1f, -1f, 1.5f, -1.5f, 2f, 2.5f, -2.5f, 3f, -3f, 100f, -100f, 3e38f, -3e38f, INF, -INF,
        Float.NaN
    };

    static Stream<Arguments> functions() {
        return Stream.of(
                of("abs", NDArray::abs),
                of("neg", NDArray::neg),
                // The sign of NaN is 0 in PyTorch, and NaN in ONNX.
                of("sign", x -> x.get(":, 1:19").sign()),
                of("square", NDArray::square),
                of("sqrt", NDArray::sqrt),
                of("cbrt", NDArray::cbrt),
                of("floor", NDArray::floor),
                of("ceil", NDArray::ceil),
                of("round", NDArray::round),
                of("trunc", NDArray::trunc),
                of("exp", NDArray::exp),
                of("log", NDArray::log),
                of("log2", NDArray::log2),
                of("log10", NDArray::log10),
                of("sin", x -> x.clip(-200, 200).sin()),
                of("cos", x -> x.clip(-200, 200).cos()),
                of("tan", x -> x.clip(-3, 3).tan()),
                of("asin", NDArray::asin),
                of("acos", NDArray::acos),
                of("atan", NDArray::atan),
                of("sinh", NDArray::sinh),
                of("cosh", NDArray::cosh),
                of("tanh", NDArray::tanh),
                of("erf", NDArray::erf),
                of("erfinv", NDArray::erfinv),
                of("gammaln", NDArray::gammaln),
                of("isNaN", NDArray::isNaN),
                of("isInfinite", NDArray::isInfinite),
                of("clip", x -> x.clip(-1, 2)),
                of("clip to infinity", x -> x.clip(0, INF)),
                of("clip from infinity", x -> x.clip(-INF, 1.5f)),
                of("clip the other way round", x -> x.clip(2, -1)),
                of("logicalNot", NDArray::logicalNot),
                of("to INT32", x -> x.clip(-200, 200).get(":, 1:19").toType(DataType.INT32, false)),
                of("to BOOLEAN", x -> x.toType(DataType.BOOLEAN, false)),
                of("mod 3", x -> x.mod(3)),
                of("mod -3", x -> x.mod(-3)),
                of("mod 0", x -> x.mod(0)),
                of(
                        "mod of whole numbers",
                        x -> x.get(":, 0:15").toType(DataType.INT64, false).mod(-3)),
                of("pow 2", x -> x.pow(2)),
                of("pow 0", x -> x.pow(0)),
                of("pow -1", x -> x.pow(-1)),
                of("pow 0.5", x -> x.pow(0.5)),
                of("sigmoid", Activation::sigmoid),
                of("relu", Activation::relu),
                of("relu6", Activation::relu6),
                of("softPlus", Activation::softPlus),
                of("softSign", Activation::softSign),
                of("leakyRelu", x -> Activation.leakyRelu(x, 0.2f)),
                of("elu", x -> Activation.elu(x, 0.7f)),
                of("selu", Activation::selu),
                // PyTorch overflows internally, from 2e38 on.
                of("gelu", x -> Activation.gelu(x.clip(-1e30, 1e30))),
                of("swish", x -> Activation.swish(x, 1f)),
                of("mish", Activation::mish),
                of("norm 3", x -> x.norm(3, new int[] {1}, false)),
                of("softmax", x -> x.get(":, 0:15").softmax(1)),
                of("logSoftmax", x -> x.get(":, 0:15").logSoftmax(1)),
                of("cumSum", x -> x.get(":, 0:15").cumSum(1)),
                of("cumProd", x -> x.get(":, 2:15").cumProd(1)));
    }

    private static Arguments of(String name, Function<NDArray, NDArray> function) {
        return Arguments.of(name, function);
    }

    static Stream<Arguments> pairs() {
        return Stream.of(
                both("add", NDArray::add),
                both("sub", NDArray::sub),
                both("mul", NDArray::mul),
                both("div", NDArray::div),
                both("mod", (x, y) -> x.clip(-1e30, 1e30).mod(y)),
                both("pow", NDArray::pow),
                both("maximum", NDArray::maximum),
                both("minimum", NDArray::minimum),
                both("gt", NDArray::gt),
                both("gte", NDArray::gte),
                both("lt", NDArray::lt),
                both("lte", NDArray::lte),
                both("eq", NDArray::eq),
                both("neq", NDArray::neq),
                both("atan2", NDArray::atan2),
                both("xlogy", NDArray::xlogy),
                both("logicalAnd", NDArray::logicalAnd),
                both("logicalXor", NDArray::logicalXor));
    }

    private static Arguments both(String name, BinaryOperator<NDArray> function) {
        return Arguments.of(name, (Function<NDArray, NDArray>) x -> function.apply(x.expandDims(2), x.expandDims(1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"functions", "pairs"})
    void answersLikeTheEngine(String name, Function<NDArray, NDArray> function) throws Exception {
        Block block = LambdaBlock.singleton(function);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray one = manager.create(NUMBERS).expandDims(0);
            for (int opset : new int[] {13, 17, 21}) {
                byte[] model = OnnxExport.of(block, new Shape(NUMBERS.length))
                        .withOpset(opset)
                        .bytes();
                assertThat(Agreement.difference(block, model, new NDList(one.concat(one.flip(1), 0))))
                        .as("opset " + opset)
                        .isLessThan(1e-5);
            }
        }
    }
}
