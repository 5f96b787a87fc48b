package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Value;
import java.util.List;

/** Writes activation functions. */
final class ActivationRows {

    private static final int GELU_SINCE = 20;

    private ActivationRows() {}

    static List<Row> rows() {
        return List.of(
                Row.of("NDArrayEx.relu()", "Relu, or Max for whole numbers", ActivationRows::relu),
                plain("sigmoid", "Sigmoid"),
                plain("tanh", "Tanh"),
                plain("softPlus", "Softplus"),
                plain("softSign", "Softsign"),
                plain("selu", "Selu"),
                Row.of("NDArrayEx.leakyRelu(float)", "LeakyRelu", site -> alpha(site, "LeakyRelu")),
                Row.of("NDArrayEx.elu(float)", "Elu", site -> alpha(site, "Elu")),
                Row.of("NDArrayEx.gelu()", "Gelu from opset 20; before, Div, Erf, Add, Mul", ActivationRows::gelu),
                Row.of("NDArrayEx.mish()", "Exp, Add, Log, Div, Tanh, Mul", ActivationRows::mish),
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
        ElementType type = site.receiver().type();
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
