package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import java.lang.reflect.InvocationTargetException;
import java.util.Objects;
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

    private static final String[] FUNCTIONS = {
        "abs",
        "neg",
        "square",
        "sqrt",
        "cbrt",
        "floor",
        "ceil",
        "round",
        "trunc",
        "exp",
        "log",
        "log2",
        "log10",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "erf",
        "erfinv",
        "gammaln",
        "isNaN",
        "isInfinite",
        "logicalNot"
    };

    private static final String[] ACTIVATIONS = {"sigmoid", "relu", "relu6", "softPlus", "softSign", "selu", "mish"};

    private static final String[] OF_TWO = {
        "add",
        "sub",
        "mul",
        "div",
        "pow",
        "maximum",
        "minimum",
        "gt",
        "gte",
        "lt",
        "lte",
        "eq",
        "neq",
        "atan2",
        "xlogy",
        "logicalAnd",
        "logicalXor"
    };

    static Stream<Arguments> named() {
        Stream<Arguments> functions = Stream.of(FUNCTIONS).map(name -> of(name, x -> call(x, name)));
        Stream<Arguments> activations = Stream.of(ACTIVATIONS).map(name -> of(name, x -> activate(x, name)));
        Stream<Arguments> pairs =
                Stream.of(OF_TWO).map(name -> of(name, x -> call(x.expandDims(2), name, x.expandDims(1))));
        return Stream.of(functions, activations, pairs).flatMap(rows -> rows);
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
                of(x -> x.mod(3), "mod 3"),
                of(x -> x.mod(-3), "mod -3"),
                of(x -> x.mod(0), "mod 0"),
                of(x -> x.get(":, 0:15").toType(DataType.INT64, false).mod(-3), "mod of whole numbers"),
                of(x -> x.clip(-1e30, 1e30).expandDims(2).mod(x.expandDims(1)), "mod of arrays"),
                of(x -> x.pow(2), "pow 2"),
                of(x -> x.pow(0), "pow 0"),
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
    void answersLikeTheEngine(String name, UnaryOperator<NDArray> function) throws Exception {
        NDArray one = manager.create(NUMBERS).expandDims(0);
        NDList both = new NDList(one.concat(one.flip(1), 0));
        Block block = lambda(function);
        for (int opset : OPSETS) {
            OnnxExport export = OnnxExport.of(block, new Shape(NUMBERS.length)).withOpset(opset);
            double difference = Agreement.difference(block, export.bytes(), both);
            assertThat(difference).as("opset " + opset).isLessThan(TOLERANCE);
        }
    }
}
