package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;

/** Writes norms of vectors, of any order. */
final class NormRows {

    private static final String OPERATORS = "ReduceL1, ReduceL2, or Abs, Pow, ReduceSum";

    private NormRows() {}

    static List<Row> rows() {
        return List.of(
                Row.of("NDArray.norm(boolean)", "ReduceL2", NormRows::ofAll),
                Row.of("NDArray.norm(int, int[], boolean)", OPERATORS, NormRows::norm),
                Row.of("NDArray.normalize(double, long, double)", OPERATORS + "; Max, Div", NormRows::normalize));
    }

    private static Value ofAll(Site site) {
        long[] axes = ReductionRows.axes(site.receiver().shape());
        return norm(site.to(), site.receiver(), 2, site.call().get(1, Boolean.class), axes);
    }

    private static Value norm(Site site) {
        TensorShape shape = site.receiver().shape();
        long[] axes = ReductionRows.axes(shape, site.call().numbers(2));
        return norm(
                site.to(), site.receiver(), site.call().integer(1), site.call().get(3, Boolean.class), axes);
    }

    /** Writes (sum of |x|^p)^(1/p), with its limits for 0 and infinity. */
    private static Value norm(Emitter to, Value x, double order, boolean keep, long... axes) {
        if (order == 1 || order == 2) {
            return ReductionRows.reduce(to, order == 1 ? "ReduceL1" : "ReduceL2", x, keep, axes);
        }
        if (order == 0) {
            Value zero = to.node("Equal", x, to.scalar(x.type(), 0));
            Value counted = to.cast(to.node("Not", zero), x.type());
            return ReductionRows.reduce(to, "ReduceSum", counted, keep, axes);
        }
        Value magnitude = to.node("Abs", x);
        if (Double.isInfinite(order)) {
            return ReductionRows.reduce(to, order > 0 ? "ReduceMax" : "ReduceMin", magnitude, keep, axes);
        }
        Value powers = to.node("Pow", magnitude, to.scalar(x.type(), order));
        Value sum = ReductionRows.reduce(to, "ReduceSum", powers, keep, axes);
        return to.node("Pow", sum, to.scalar(x.type(), 1 / order));
    }

    private static Value normalize(Site site) {
        Emitter to = site.to();
        int axis = site.receiver().shape().axis(site.call().integer(2));
        Value norm = norm(to, site.receiver(), site.call().get(1, Double.class), true, axis);
        Value least = to.scalar(site.resultType(), site.call().get(3, Double.class));
        return to.node("Div", site.receiver(), to.node("Max", norm, least));
    }
}
