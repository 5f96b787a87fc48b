package io.catwalk.onnx.graph;

import static io.catwalk.onnx.runtime.TensorType.BOOL;
import static io.catwalk.onnx.runtime.TensorType.DOUBLE;
import static io.catwalk.onnx.runtime.TensorType.FLOAT;
import static io.catwalk.onnx.runtime.TensorType.FLOAT16;
import static io.catwalk.onnx.runtime.TensorType.INT32;
import static io.catwalk.onnx.runtime.TensorType.INT64;
import static io.catwalk.onnx.runtime.TensorType.INT8;
import static io.catwalk.onnx.runtime.TensorType.UINT8;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.runtime.TensorType;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Lists the element types that each operator accepts: those that its specification allows and for which ONNX Runtime
 * has a CPU kernel, in every version that we support. A test compares this with ONNX Runtime itself. ONNX Runtime has
 * few FLOAT16 kernels on a CPU: it computes in FLOAT instead, and rounds the results.
 */
public final class OperatorTypes {

    private static final Set<TensorType> ALL = Elements.TYPES;
    private static final Set<TensorType> NUMBERS = EnumSet.of(FLOAT, UINT8, INT8, INT32, INT64, FLOAT16, DOUBLE);
    private static final Set<TensorType> WIDE = EnumSet.of(FLOAT16, FLOAT, DOUBLE, INT32, INT64);
    private static final Set<TensorType> REALS = EnumSet.of(FLOAT16, FLOAT, DOUBLE);

    private static final int ARITHMETIC_ON_BYTES_SINCE = 14;
    private static final Set<String> ARITHMETIC = Set.of("Add", "Sub", "Mul", "Div");

    /** Operators that came after the oldest opset that is written, with their opset (onnx/docs/Changelog.md). */
    private static final Map<String, Integer> SINCE = Map.of("LayerNormalization", 17, "Gelu", 20);

    /** Operators whose other inputs are indices, sizes or axes. */
    private static final Set<String> VARY_IN_THE_FIRST = Set.of(
            ("Reshape Squeeze Unsqueeze Split Slice Gather GatherElements GatherND Expand Tile CumSum TopK Resize "
                            + "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2")
                    .split(" ", -1));

    /** Operators whose outputs have a type of their own. */
    private static final Set<String> OF_OWN_TYPE =
            Set.of("Equal Greater GreaterOrEqual Less LessOrEqual IsNaN IsInf ArgMax ArgMin Shape Cast".split(" ", -1));

    private static final Map<String, Set<TensorType>> TYPES = types();

    private OperatorTypes() {}

    private static Map<String, Set<TensorType>> types() {
        Map<String, Set<TensorType>> types = new HashMap<>();
        Set<TensorType> narrow = EnumSet.of(FLOAT16, FLOAT);
        put(types, EnumSet.of(BOOL), "And Or Xor Not");
        put(types, narrow, "Acos AveragePool Asin Atan Conv Cosh Elu Erf GRU Gelu GlobalAveragePool GlobalMaxPool");
        put(types, narrow, "LSTM LeakyRelu RNN Selu Sinh Softplus Softsign Tan");
        put(types, REALS, "BatchNormalization Ceil Cos Exp Floor Gemm IsNaN LayerNormalization Log LogSoftmax");
        put(types, REALS, "Reciprocal Relu Round Sigmoid Sin Softmax Sqrt Tanh");
        put(types, WIDE, "Add Sub Mul Div MatMul Pow ReduceL1 ReduceL2 ReduceMean ReduceProd ReduceSum");
        put(types, EnumSet.of(FLOAT, DOUBLE), "IsInf");
        put(types, EnumSet.of(FLOAT, DOUBLE, INT32, INT64), "CumSum Range");
        put(types, NUMBERS, "Abs ArgMax ArgMin Clip Greater GreaterOrEqual Less LessOrEqual Max Min Mod ReduceMax");
        put(types, NUMBERS, "ReduceMin Sign TopK");
        put(types, EnumSet.of(FLOAT16, FLOAT, DOUBLE, INT8, INT32, INT64), "Neg");
        put(types, EnumSet.of(FLOAT16, FLOAT, DOUBLE, UINT8, INT8), "MaxPool");
        put(types, EnumSet.of(FLOAT16, FLOAT, UINT8, INT8, INT32), "Resize");
        put(types, EnumSet.of(FLOAT16, FLOAT, DOUBLE, UINT8, INT32, INT64), "Where");
        put(types, ALL, "Cast Concat Equal Expand Gather GatherElements Identity Pad Reshape OneHot Shape Slice Split");
        put(types, ALL, "Squeeze Tile Transpose Unsqueeze GatherND ScatterElements ScatterND");
        return Map.copyOf(types);
    }

    /** Puts the same value for each of some operators, with spaces between their names. */
    static <T> void put(Map<String, T> all, T value, String operators) {
        for (String operator : operators.split(" ", -1)) {
            all.put(operator, value);
        }
    }

    /**
     * Checks that an operator of ONNX can be written.
     *
     * @throws ExportException if the exporter does not know it, or if it came with a later version
     */
    public static void require(String operator, int opset) {
        if (!TYPES.containsKey(operator)) {
            throw new ExportException("the exporter does not know the ONNX operator " + operator + ", only "
                    + new TreeSet<>(TYPES.keySet()) + ": use these, or write it unchecked, with custom(\"\", \""
                    + operator + "\", ...)");
        }
        int since = SINCE.getOrDefault(operator, opset);
        if (since > opset) {
            throw new ExportException("ONNX has " + operator + " from opset " + since + " on, found opset " + opset
                    + ": export with withOpset(" + since + "), or use other operators");
        }
    }

    /**
     * Tells whether an operator accepts a type.
     *
     * @param type type of the inputs that {@link #varying} names
     * @return true if every runtime that we know of accepts it
     */
    public static boolean allows(String operator, TensorType type, int opset) {
        boolean bytes = type == UINT8 || type == INT8;
        return TYPES.getOrDefault(operator, Set.of()).contains(type)
                || (ARITHMETIC.contains(operator) && bytes && opset >= ARITHMETIC_ON_BYTES_SINCE);
    }

    /**
     * Finds the type in which an operator can compute if it does not accept the given one. After the cast back to the
     * narrow type, results are the same, since both types wrap around.
     *
     * @return the same type, or a wider one of the same kind; empty if there is none
     */
    public static Optional<TensorType> computing(String operator, TensorType type, int opset) {
        Optional<TensorType> wide = Optional.of(type);
        while (wide.isPresent() && !allows(operator, wide.get(), opset)) {
            wide = switch (wide.get()) {
                case BOOL, UINT8, INT8 -> Optional.of(INT32);
                case FLOAT16 -> Optional.of(FLOAT);
                case INT32 -> Optional.of(INT64);
                default -> Optional.empty();
            };
        }
        return wide;
    }

    /** Lists the inputs that have the type in which an operator computes. */
    public static List<Integer> varying(String operator, int inputs) {
        if (VARY_IN_THE_FIRST.contains(operator)) {
            return List.of(0);
        }
        return switch (operator) {
            case "Where" -> List.of(1, 2);
            case "ScatterElements", "ScatterND" -> List.of(0, 2);
            case "Pad" -> inputs > 2 ? List.of(0, 2) : List.of(0);
            case "OneHot" -> List.of(2);
            // The fifth input, the lengths of sequences, is always left out.
            default -> IntStream.range(0, inputs).boxed().toList();
        };
    }

    /** Lists the outputs that have the type in which an operator computes. */
    public static List<Integer> following(String operator, int outputs) {
        if (OF_OWN_TYPE.contains(operator)) {
            return List.of();
        }
        return operator.equals("TopK")
                ? List.of(0)
                : IntStream.range(0, outputs).boxed().toList();
    }
}
