package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Infinities, zeros of both signs, ties and NaN, where functions of the engine have special cases. */
@Tag("tiny")
class SpecialNumbersTest extends ExportTest {

    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float[] NUMBERS = {
        0f, -0f, 0.5f, -0.5f, 1f, -1f, 1.5f, -1.5f, 2f, 2.5f, -2.5f, 3f, -3f, 100f, -100f, 3e38f, -3e38f, INF, -INF,
        Float.NaN
    };

    static Stream<Arguments> functions() {
        return Stream.of(
                of(NDArray::abs, "abs"),
                of(NDArray::neg, "neg"),
                // The sign of NaN is 0 in PyTorch, and NaN in ONNX.
                of(x -> x.get(":, 1:19").sign(), "sign"),
                of(NDArray::square, "square"),
                of(NDArray::sqrt, "sqrt"),
                of(NDArray::cbrt, "cbrt"),
                of(NDArray::floor, "floor"),
                of(NDArray::ceil, "ceil"),
                of(NDArray::round, "round"),
                of(NDArray::trunc, "trunc"),
                of(NDArray::exp, "exp"),
                of(NDArray::log, "log"),
                of(NDArray::log2, "log2"),
                of(NDArray::log10, "log10"),
                of(x -> x.clip(-200, 200).sin(), "sin"),
                of(x -> x.clip(-200, 200).cos(), "cos"),
                of(x -> x.clip(-3, 3).tan(), "tan"),
                of(NDArray::asin, "asin"),
                of(NDArray::acos, "acos"),
                of(NDArray::atan, "atan"),
                of(NDArray::sinh, "sinh"),
                of(NDArray::cosh, "cosh"),
                of(NDArray::tanh, "tanh"),
                of(NDArray::erf, "erf"),
                of(NDArray::erfinv, "erfinv"),
                of(NDArray::gammaln, "gammaln"),
                of(NDArray::isNaN, "isNaN"),
                of(NDArray::isInfinite, "isInfinite"),
                of(x -> x.clip(-1, 2), "clip"),
                of(x -> x.clip(0, INF), "clip to infinity"),
                of(x -> x.clip(-INF, 1.5f), "clip from infinity"),
                of(x -> x.clip(2, -1), "clip the other way round"),
                of(NDArray::logicalNot, "logicalNot"),
                of(x -> x.clip(-200, 200).get(":, 1:19").toType(DataType.INT32, false), "to INT32"),
                of(x -> x.toType(DataType.BOOLEAN, false), "to BOOLEAN"),
                of(x -> x.mod(3), "mod 3"),
                of(x -> x.mod(-3), "mod -3"),
                of(x -> x.mod(0), "mod 0"),
                of(x -> x.get(":, 0:15").toType(DataType.INT64, false).mod(-3), "mod of whole numbers"),
                of(x -> x.pow(2), "pow 2"),
                of(x -> x.pow(0), "pow 0"),
                of(x -> x.pow(-1), "pow -1"),
                of(x -> x.pow(0.5), "pow 0.5"),
                of(Activation::sigmoid, "sigmoid"),
                of(Activation::relu, "relu"),
                of(Activation::relu6, "relu6"),
                of(Activation::softPlus, "softPlus"),
                of(Activation::softSign, "softSign"),
                of(x -> Activation.leakyRelu(x, 0.2f), "leakyRelu"),
                of(x -> Activation.elu(x, 0.7f), "elu"),
                of(Activation::selu, "selu"),
                // PyTorch overflows internally, from 2e38 on.
                of(x -> Activation.gelu(x.clip(-1e30, 1e30)), "gelu"),
                of(x -> Activation.swish(x, 1f), "swish"),
                of(Activation::mish, "mish"),
                of(x -> x.norm(3, new int[] {1}, false), "norm 3"),
                of(x -> x.get(":, 0:15").softmax(1), "softmax"),
                of(x -> x.get(":, 0:15").logSoftmax(1), "logSoftmax"),
                of(x -> x.get(":, 0:15").cumSum(1), "cumSum"),
                of(x -> x.get(":, 2:15").cumProd(1), "cumProd"));
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
        return of(name, x -> function.apply(x.expandDims(2), x.expandDims(1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"functions", "pairs"})
    void answersLikeTheEngine(String name, UnaryOperator<NDArray> function) throws Exception {
        NDArray one = manager.create(NUMBERS).expandDims(0);
        NDList both = new NDList(one.concat(one.flip(1), 0));
        for (int opset : OPSETS) {
            OnnxExport export =
                    OnnxExport.of(lambda(function), new Shape(NUMBERS.length)).withOpset(opset);
            assertThat(Agreement.difference(lambda(function), export.bytes(), both))
                    .as("opset " + opset)
                    .isLessThan(TOLERANCE);
        }
    }
}
