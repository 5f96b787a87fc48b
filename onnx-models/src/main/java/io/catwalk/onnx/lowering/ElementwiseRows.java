package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.runtime.TensorType.BOOL;

import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.SizeFunction;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Writes arithmetic, comparison and logic, element by element. */
final class ElementwiseRows {

    private static final double LN_2 = Math.log(2);
    private static final double LN_10 = Math.log(10);

    private static final int GELU_SINCE = 20;

    private ElementwiseRows() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        both(rows, "maximum", "Max, or Clip after a minimum", site -> bounded(site, Bounds::atLeast));
        both(rows, "minimum", "Min, or Clip after a maximum or relu", site -> bounded(site, Bounds::atMost));
        Map.of("add", "Add", "sub", "Sub", "mul", "Mul", "div", "Div")
                .forEach((method, operator) -> both(rows, method, operator, site -> arithmetic(site, operator)));
        both(rows, "pow", "Pow, or Mul for whole numbers", ElementwiseRows::pow);
        both(rows, "mod", "Mod; for reals also Less, Add, Where", ElementwiseRows::mod);
        Map.of("gt", "Greater", "gte", "GreaterOrEqual", "lt", "Less", "lte", "LessOrEqual", "eq", "Equal")
                .forEach((method, operator) -> both(rows, method, operator, site -> compare(site, operator)));
        both(rows, "neq", "Equal, Not", site -> site.to().node("Not", compare(site, "Equal")));
        Map.of("logicalAnd", "And", "logicalOr", "Or", "logicalXor", "Xor")
                .forEach((method, operator) -> rows.add(Row.of(
                        "NDArray." + method + "(NDArray)",
                        operator,
                        site -> site.to().node(operator, site.receiverAs(BOOL), site.as(1, BOOL)))));
        rows.add(Row.of("NDArray.logicalNot()", "Not", site -> site.to().node("Not", site.receiverAs(BOOL))));
        rows.add(Row.of("NDArrayEx.where(NDArray, NDArray)", "Where", ElementwiseRows::where));
        rows.add(Row.of("NDArray.clip(Number, Number)", "Clip", ElementwiseRows::clip));
        for (String operator : List.of("Floor", "Ceil", "Round")) {
            String method = operator.toLowerCase(Locale.ROOT);
            rows.add(Row.of("NDArray." + method + "()", operator, site -> rounded(site, operator)));
        }
        for (String operator : List.of(
                "Abs", "Neg", "Sign", "Sqrt", "Exp", "Log", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh",
                "Tanh", "Erf")) {
            String method = operator.toLowerCase(Locale.ROOT);
            rows.add(Row.of(
                    "NDArray." + method + "()",
                    operator,
                    site -> site.to().node(operator, site.receiverAs(site.resultType()))));
        }
        rows.add(Row.of("NDArray.square()", "Mul", ElementwiseRows::square));
        rows.add(Row.of("NDArray.cbrt()", "Pow", site -> with(site, "Pow", 1.0 / 3)));
        rows.add(Row.of("NDArray.trunc()", "Abs, Floor, Sign, Mul", ElementwiseRows::trunc));
        rows.add(Row.of("NDArray.log2()", "Cast, Log, Div, in DOUBLE", site -> log(site, LN_2)));
        rows.add(Row.of("NDArray.log10()", "Cast, Log, Div, in DOUBLE", site -> log(site, LN_10)));
        rows.add(Row.of("NDArray.toDegrees()", "Mul", site -> with(site, "Mul", 180 / Math.PI)));
        rows.add(Row.of("NDArray.toRadians()", "Mul", site -> with(site, "Mul", Math.PI / 180)));
        rows.add(Row.of("NDArray.atan2(NDArray)", "Abs, Div, Atan, Sub, Neg, Where", ElementwiseRows::atan2));
        rows.add(Row.of("NDArray.xlogy(NDArray)", "Log, Mul, IsNaN, Where", ElementwiseRows::xlogy));
        rows.add(Row.of("NDArray.isNaN()", "IsNaN", site -> site.to().node("IsNaN", real(site))));
        rows.add(Row.of("NDArray.isInfinite()", "IsInf", site -> site.to().node("IsInf", real(site))));
        rows.add(Row.of("NDArray.toType(DataType, boolean)", "Cast", ElementwiseRows::cast));
        for (String method : List.of("toDevice(Device, boolean)", "duplicate()", "stopGradient()", "toDense()")) {
            rows.add(Row.of("NDArray." + method, "nothing", CallContext::receiver));
        }
        return rows;
    }

    private static void both(List<Row> rows, String method, String operators, Function<CallContext, Value> emission) {
        rows.add(Row.of("NDArray." + method + "(NDArray)", operators, emission));
        rows.add(Row.of("NDArray." + method + "(Number)", operators, emission));
    }

    /**
     * Writes arithmetic. PyTorch multiplies and divides halves by a single number in FLOAT, so the number may be out of
     * the range of halves. For a sum, it rounds the number to a half first.
     */
    private static Value arithmetic(CallContext site, String operator) {
        boolean scales = operator.equals("Mul") || operator.equals("Div");
        if (!scales
                || site.resultType() != TensorType.FLOAT16
                || !isWiderNumber(site.call().value(1))) {
            return binary(site, operator);
        }
        Value made = site.to().node(operator, site.receiverAs(TensorType.FLOAT), site.as(1, TensorType.FLOAT));
        return site.to().cast(made, TensorType.FLOAT16);
    }

    /** Tells whether an argument is a single number that is not a half already. */
    private static boolean isWiderNumber(Object argument) {
        return !(argument instanceof Operand operand)
                || (operand.shape().rank() == 0 && operand.type() != TensorType.FLOAT16);
    }

    private static Value binary(CallContext site, String operator) {
        TensorType type = computing(site);
        Value made = site.to().node(operator, site.receiverAs(type), site.as(1, type));
        return site.to().cast(made, site.resultType());
    }

    /**
     * Finds the type in which PyTorch computes. It is that of the result, unless a wider array is written into a
     * narrower one in place: then the result is rounded at the end. A single number widens only another one.
     */
    private static TensorType computing(CallContext site) {
        TensorType type = site.resultType();
        if (site.call().value(1) instanceof Operand other
                && (other.shape().rank() > 0 || site.receiver().rank() == 0)) {
            return wider(type, other.type());
        }
        return type;
    }

    private interface Bound {
        Value write(Emitter to, Value value, Value bound);
    }

    private static Value bounded(CallContext site, Bound bound) {
        TensorType type = site.resultType();
        return bound.write(site.to(), site.receiverAs(type), site.as(1, type));
    }

    private static Value with(CallContext site, String operator, double number) {
        TensorType type = site.resultType();
        return site.to().node(operator, site.receiverAs(type), site.to().scalar(type, number));
    }

    private static Value square(CallContext site) {
        Value value = site.receiverAs(site.resultType());
        return site.to().node("Mul", value, value);
    }

    /** Rounds. Whole numbers stay as they are, since runtimes have no rounding operator for them. */
    private static Value rounded(CallContext site, String operator) {
        Value value = site.receiverAs(site.resultType());
        return value.type().isReal() ? site.to().node(operator, value) : value;
    }

    private static Value real(CallContext site) {
        return site.receiver().type().isReal() ? site.receiver() : site.receiverAs(TensorType.FLOAT);
    }

    /**
     * Writes powers of whole numbers as products: runtimes compute them in double precision, which is exact only up to
     * 2^53.
     */
    private static Value pow(CallContext site) {
        TensorType type = site.resultType();
        if (type.isReal()) {
            return binary(site, "Pow");
        }
        boolean known = site.call().value(1) instanceof Number number && number.longValue() >= 0;
        if (!known) {
            throw site.error("of whole numbers by an array is computed in double precision by ONNX Runtime: use a"
                    + " number as the exponent, or toType(FLOAT32)");
        }
        long exponent = site.get(1, Number.class).longValue();
        Value square = site.receiverAs(type);
        Value product = exponent % 2 == 1 ? square : site.to().scalar(type, 1);
        boolean first = exponent % 2 == 0;
        for (long rest = exponent / 2; rest > 0; rest /= 2) {
            square = site.to().node("Mul", square, square);
            if (rest % 2 == 1) {
                product = first ? square : site.to().node("Mul", product, square);
                first = false;
            }
        }
        return site.to().expand(product, site.resultShape().dims());
    }

    /**
     * Writes the remainder with the sign of the divisor, as PyTorch does; for reals, ONNX uses that of the dividend.
     */
    private static Value mod(CallContext site) {
        Emitter to = site.to();
        TensorType type = computing(site);
        Value dividend = site.receiverAs(type);
        Value divisor = site.as(1, type);
        if (!type.isReal()) {
            return to.cast(to.node("Mod", dividend, divisor), site.resultType());
        }
        Value rest = to.node("Mod", Attributes.NONE.with("fmod", 1), dividend, divisor);
        Value other = to.node("Less", to.node("Mul", rest, to.node("Sign", divisor)), to.scalar(type, 0));
        return to.cast(to.node("Where", other, to.node("Add", rest, divisor), rest), site.resultType());
    }

    private static Value compare(CallContext site, String operator) {
        TensorType type = common(site, operator);
        return site.to().node(operator, site.receiverAs(type), site.as(1, type));
    }

    /**
     * Finds the type in which PyTorch compares: the wider one, but a scalar does not widen an array of its own kind.
     */
    private static TensorType common(CallContext site, String operator) {
        Value left = site.receiver();
        Object other = site.call().value(1);
        boolean single = true;
        TensorType right;
        if (other instanceof Operand operand) {
            right = operand.type();
            single = operand.shape().rank() == 0;
        } else {
            right = other instanceof Double || other instanceof SizeFunction
                    ? TensorType.DOUBLE
                    : other instanceof Float ? TensorType.FLOAT : TensorType.INT64;
        }
        TensorType common;
        if (single == (left.rank() == 0)) {
            common = wider(left.type(), right);
        } else {
            common = single ? common(left.type(), right) : common(right, left.type());
        }
        return common == BOOL && !operator.equals("Equal") ? TensorType.INT32 : common;
    }

    private static TensorType common(TensorType array, TensorType scalar) {
        boolean keeps = (array.isReal() || !scalar.isReal()) && (array != BOOL || scalar == BOOL);
        return keeps ? array : wider(array, scalar);
    }

    private static TensorType wider(TensorType left, TensorType right) {
        if (left.isReal() != right.isReal()) {
            return left.isReal() ? left : right;
        }
        boolean mixed = left.bytes() == right.bytes() && left != right && left != BOOL && right != BOOL;
        if (mixed) {
            return TensorType.INT32;
        }
        return left == BOOL || right.bytes() > left.bytes() ? right : left;
    }

    private static Value where(CallContext site) {
        TensorType type = site.resultType();
        return site.to().node("Where", site.as(1, BOOL), site.receiverAs(type), site.as(2, type));
    }

    private static Value clip(CallContext site) {
        TensorType type = site.resultType();
        return site.to().node("Clip", site.receiverAs(type), site.as(1, type), site.as(2, type));
    }

    private static Value trunc(CallContext site) {
        if (!site.receiver().type().isReal()) {
            return site.receiver();
        }
        Value magnitude = site.to().node("Floor", site.to().node("Abs", site.receiver()));
        return site.to().node("Mul", magnitude, site.to().node("Sign", site.receiver()));
    }

    /**
     * Computes in a wider type and rounds once, so that the logarithm of a power is a whole number: in FLOAT alone,
     * log2(8192) is just below 13, and its floor is 12.
     */
    private static Value log(CallContext site, double base) {
        TensorType type = site.resultType() == TensorType.FLOAT16 ? TensorType.FLOAT : TensorType.DOUBLE;
        Value natural = site.to().node("Log", site.receiverAs(type));
        return site.to().cast(site.to().node("Div", natural, site.to().scalar(type, base)), site.resultType());
    }

    /**
     * Moves the angle of the magnitudes into the right quadrant. The sign of a zero counts, and infinities are equal.
     */
    private static Value atan2(CallContext site) {
        Emitter to = site.to();
        TensorType type = site.resultType();
        Value y = site.receiverAs(type);
        Value x = site.as(1, type);
        Value high = to.node("Abs", y);
        Value wide = to.node("Abs", x);
        Value ratio = to.node("Where", to.node("Equal", high, wide), to.node("Sign", high), to.node("Div", high, wide));
        Value angle = to.node("Atan", ratio);
        Value half = to.node("Sub", to.scalar(type, Math.PI), angle);
        Value turned = to.node("Where", isNegative(to, x), half, angle);
        return to.node("Where", isNegative(to, y), to.node("Neg", turned), turned);
    }

    /** Tells whether the sign bit is set: the reciprocal of a zero shows its sign. */
    private static Value isNegative(Emitter to, Value value) {
        Value zero = to.scalar(value.type(), 0);
        Value shown = to.node("Where", to.node("Equal", value, zero), to.node("Reciprocal", value), value);
        return to.node("Less", shown, zero);
    }

    private static Value xlogy(CallContext site) {
        Emitter to = site.to();
        TensorType type = site.resultType();
        Value x = site.receiverAs(type);
        Value y = site.as(1, type);
        Value zero = to.scalar(type, 0);
        Value product = to.node("Mul", x, to.node("Log", y));
        Value none = to.node("And", to.node("Equal", x, zero), to.node("Not", to.node("IsNaN", y)));
        return to.node("Where", none, zero, product);
    }

    private static Value cast(CallContext site) {
        site.get(1, DataType.class);
        return site.receiverAs(site.resultType());
    }

    /** Writes activation functions. */
    static List<Row> activationRows() {
        return List.of(
                Row.of("NDArrayEx.relu()", "Relu, or Max for whole numbers", ElementwiseRows::relu),
                plain("sigmoid", "Sigmoid"),
                plain("tanh", "Tanh"),
                plain("softPlus", "Softplus"),
                plain("softSign", "Softsign"),
                plain("selu", "Selu"),
                Row.of("NDArrayEx.leakyRelu(float)", "LeakyRelu", site -> alpha(site, "LeakyRelu")),
                Row.of("NDArrayEx.elu(float)", "Elu", site -> alpha(site, "Elu")),
                Row.of("NDArrayEx.gelu()", "Gelu from opset 20; before, Div, Erf, Add, Mul", ElementwiseRows::gelu),
                Row.of("NDArrayEx.mish()", "Exp, Add, Log, Div, Tanh, Mul", ElementwiseRows::mish),
                Row.along("NDArray.softmax(int)", "Softmax", site -> along(site, "Softmax")),
                Row.along("NDArray.logSoftmax(int)", "LogSoftmax", site -> along(site, "LogSoftmax")));
    }

    private static Row plain(String method, String operator) {
        return Row.of(
                "NDArrayEx." + method + "()",
                operator,
                site -> site.to().node(operator, site.receiverAs(site.resultType())));
    }

    private static Value relu(CallContext site) {
        TensorType type = site.receiver().type();
        return type.isReal()
                ? Bounds.positive(site.to(), site.receiver())
                : site.to().node("Max", site.receiver(), site.to().scalar(type, 0));
    }

    private static Value alpha(CallContext site, String operator) {
        Attributes attributes = Attributes.NONE.with("alpha", site.get(1, Float.class));
        return site.to().node(operator, attributes, site.receiverAs(site.resultType()));
    }

    private static Value along(CallContext site, String operator) {
        return site.to()
                .node(operator, Attributes.NONE.with("axis", site.integer(1)), site.receiverAs(site.resultType()));
    }

    /** Writes x/2 (1 + erf(x / sqrt 2)) (Hendrycks and Gimpel, 2016). */
    private static Value gelu(CallContext site) {
        Emitter to = site.to();
        Value x = site.receiverAs(site.resultType());
        if (to.opset() >= GELU_SINCE) {
            return to.node("Gelu", x);
        }
        Value erf = to.node("Erf", to.node("Div", x, to.scalar(x.type(), Math.sqrt(2))));
        Value doubled = to.node("Mul", x, to.node("Add", erf, to.scalar(x.type(), 1)));
        return to.node("Mul", doubled, to.scalar(x.type(), 0.5));
    }

    /**
     * Writes x tanh(log2(1 + e^x)), as DJL computes it; Misra (2019) has the natural logarithm. Nothing here depends on
     * the last bit of the logarithm, so that it needs no DOUBLE, which log2 itself is written in.
     */
    private static Value mish(CallContext site) {
        Emitter to = site.to();
        Value x = site.receiverAs(site.resultType());
        Value sum = to.node("Add", to.node("Exp", x), to.scalar(x.type(), 1));
        Value log = to.node("Div", to.node("Log", sum), to.scalar(x.type(), Math.log(2)));
        return to.node("Mul", to.node("Tanh", log), x);
    }
}
