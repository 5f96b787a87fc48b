package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import java.util.List;

/** Writes functions for which ONNX has no operator, as approximations that are accurate to single precision. */
final class SpecialFunctionRows {

    /** The end of the middle part, and the polynomials of both parts, highest power first. */
    private static final double MIDDLE = 5;

    private static final double[] INNER = {
        2.81022636e-08,
        3.43273939e-07,
        -3.5233877e-06,
        -4.39150654e-06,
        0.00021858087,
        -0.00125372503,
        -0.00417768164,
        0.246640727,
        1.50140941
    };
    private static final double[] OUTER = {
        -0.000200214257,
        0.000100950558,
        0.00134934322,
        -0.00367342844,
        0.00573950773,
        -0.0076224613,
        0.00943887047,
        1.00167406,
        2.83297682
    };

    private static final double LANCZOS_SHIFT = 5.5;
    private static final double[] LANCZOS = {
        76.18009172947146,
        -86.50532032941678,
        24.01409824083091,
        -1.231739572450155,
        0.1208650973866179e-2,
        -0.5395239384953e-5
    };
    private static final double LANCZOS_FIRST = 1.000000000190015;

    private SpecialFunctionRows() {}

    static List<Row> rows() {
        return List.of(
                Row.of("NDArray.erfinv()", "Log, Mul, Add, Sqrt, Where: a polynomial", SpecialFunctionRows::erfinv),
                Row.of("NDArray.gammaln()", "Log, Div, Add, Sin, Where, in DOUBLE", SpecialFunctionRows::gammaln));
    }

    /** Follows Giles, Approximating the erfinv function (GPU Computing Gems, 2011), for single precision. */
    private static Value erfinv(CallContext site) {
        if (site.resultType() == TensorType.DOUBLE) {
            throw site.error("is approximated to single precision: use toType(FLOAT32) before it");
        }
        Emitter to = site.to();
        Value x = site.receiverAs(TensorType.FLOAT);
        Value one = to.scalar(TensorType.FLOAT, 1);
        Value product = to.node("Mul", to.node("Sub", one, x), to.node("Add", one, x));
        Value w = to.node("Neg", to.node("Log", product));
        Value inner = to.polynomial(to.node("Sub", w, to.scalar(TensorType.FLOAT, MIDDLE / 2)), INNER);
        Value root = to.node("Sqrt", to.node("Max", w, to.scalar(TensorType.FLOAT, MIDDLE)));
        Value outer = to.polynomial(to.node("Sub", root, to.scalar(TensorType.FLOAT, 3)), OUTER);
        Value isOuter = to.node("GreaterOrEqual", w, to.scalar(TensorType.FLOAT, MIDDLE));
        Value factor = to.node("Where", isOuter, outer, inner);
        Value end = to.node("Equal", to.node("Abs", x), one);
        Value infinity = to.scalar(TensorType.FLOAT, Float.POSITIVE_INFINITY);
        return to.cast(to.node("Mul", to.node("Where", end, infinity, factor), x), site.resultType());
    }

    /**
     * Writes the logarithm of |gamma(x)| in double precision, since large parts of it cancel out: Lanczos' series
     * above 1/2 (Press et al., Numerical Recipes, 6.1), and the reflection log(pi / |sin(pi x)|) - gammaln(1 - x)
     * below, where the sine is that of the fraction so that whole numbers give infinity.
     */
    private static Value gammaln(CallContext site) {
        Emitter to = site.to();
        TensorType type = TensorType.DOUBLE;
        Value x = site.receiverAs(type);
        Value one = to.scalar(type, 1);
        Value below = to.node("Less", x, to.scalar(type, 0.5));
        Value reflected = to.node("Where", below, to.node("Sub", one, x), x);
        Value right = lanczos(to, reflected);
        Value fraction = to.node("Sub", x, to.node("Floor", x));
        Value sine = to.node("Sin", to.node("Mul", fraction, to.scalar(type, Math.PI)));
        Value log = to.node("Log", to.node("Div", to.scalar(type, Math.PI), sine));
        Value made = to.node("Where", below, to.node("Sub", log, right), right);
        Value infinity = to.scalar(type, Double.POSITIVE_INFINITY);
        Value finite = to.node("Where", to.node("IsInf", x), infinity, made);
        return to.cast(finite, site.resultType());
    }

    private static Value lanczos(Emitter to, Value x) {
        TensorType type = x.type();
        Value sum = to.scalar(type, LANCZOS_FIRST);
        for (int i = 0; i < LANCZOS.length; i++) {
            Value place = to.node("Add", x, to.scalar(type, i + 1));
            sum = to.node("Add", sum, to.node("Div", to.scalar(type, LANCZOS[i]), place));
        }
        Value shifted = to.node("Add", x, to.scalar(type, LANCZOS_SHIFT));
        Value power = to.node("Mul", to.node("Add", x, to.scalar(type, 0.5)), to.node("Log", shifted));
        Value scale = to.node("Div", to.node("Mul", sum, to.scalar(type, Math.sqrt(2 * Math.PI))), x);
        return to.node("Add", to.node("Sub", power, shifted), to.node("Log", scale));
    }
}
