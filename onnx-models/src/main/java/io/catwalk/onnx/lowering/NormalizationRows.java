package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import java.util.stream.LongStream;

/** Writes normalization, and operations that only training needs. */
final class NormalizationRows {

    private static final int LAYER_NORM_SINCE = 17;

    private NormalizationRows() {}

    static List<Row> rows() {
        return List.of(
                Row.of(
                        "NDArrayEx.batchNorm(NDArray, NDArray, NDArray, NDArray, NDArray, int, float, float, boolean)",
                        "BatchNormalization, between two Transpose unless the axis is 1",
                        NormalizationRows::batchNorm),
                Row.of(
                        "NDArrayEx.layerNorm(NDArray, Shape, NDArray, NDArray, float)",
                        "LayerNormalization from opset 17; before, ReduceMean, Sub, Mul, Add, Sqrt, Div",
                        NormalizationRows::layerNorm),
                Row.of("NDArrayEx.dropout(NDArray, float, boolean)", "nothing", NormalizationRows::dropout));
    }

    private static Value dropout(CallContext site) {
        site.requireInference(3);
        return site.value(1);
    }

    private static Value batchNorm(CallContext site) {
        site.requireInference(9);
        Emitter to = site.to();
        // For -1, the engine normalizes axis 1.
        int axis = site.integer(6) == -1 ? 1 : site.integer(6);
        Value input = ShapeRows.swap(to, site.value(1), 1, axis);
        Attributes epsilon = Attributes.NONE.with("epsilon", site.get(8, Float.class));
        Value normal = to.node(
                "BatchNormalization", epsilon, input, site.value(4), site.value(5), site.value(2), site.value(3));
        return ShapeRows.swap(to, normal, 1, axis);
    }

    private static Value layerNorm(CallContext site) {
        Emitter to = site.to();
        Value input = site.value(1);
        int axes = site.call().dims(2).size();
        float epsilon = site.get(5, Float.class);
        if (to.opset() >= LAYER_NORM_SINCE) {
            Attributes attributes = Attributes.NONE.with("axis", -axes).with("epsilon", epsilon);
            return to.node("LayerNormalization", attributes, input, site.value(3), site.value(4));
        }
        long[] last = LongStream.range(input.rank() - axes, input.rank()).toArray();
        Value centred = to.node("Sub", input, ReductionRows.reduce(to, "ReduceMean", input, true, last));
        Value squares = to.node("Mul", centred, centred);
        Value variance = ReductionRows.reduce(to, "ReduceMean", squares, true, last);
        Value deviation = to.node("Sqrt", to.node("Add", variance, to.scalar(input.type(), epsilon)));
        Value scaled = to.node("Mul", to.node("Div", centred, deviation), site.value(3));
        return to.node("Add", scaled, site.value(4));
    }
}
