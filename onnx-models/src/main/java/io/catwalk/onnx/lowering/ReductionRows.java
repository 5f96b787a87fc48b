package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** Writes reductions, and operations along an axis such as cumulative sums and sorting. */
final class ReductionRows {

    private static final int AXES_AS_INPUT_SINCE = 18;

    private ReductionRows() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String kind : List.of("Sum", "Mean", "Max", "Min", "Prod")) {
            String method = "NDArray." + kind.toLowerCase(Locale.ROOT);
            String operator = "Reduce" + kind;
            rows.add(Row.of(method + "()", operator, site -> all(site, operator)));
            rows.add(Row.along(method + "(int[], boolean)", operator, site -> along(site, operator)));
        }
        for (String kind : List.of("ArgMax", "ArgMin")) {
            String method = "NDArray.arg" + kind.substring(3);
            rows.add(Row.of(method + "()", "Reshape, " + kind, site -> argumentOfAll(site, kind)));
            rows.add(Row.along(
                    method + "(int)",
                    kind,
                    site -> site.to()
                            .node(
                                    kind,
                                    Attributes.NONE
                                            .with("axis", site.call().integer(1))
                                            .with("keepdims", 0),
                                    site.receiver())));
        }
        rows.add(Row.along("NDArray.cumSum()", "CumSum", site -> cumSum(site, 0)));
        rows.add(Row.along(
                "NDArray.cumSum(int)",
                "CumSum",
                site -> cumSum(site, site.call().integer(1))));
        rows.add(Row.along("NDArray.sort()", "TopK", site -> sorted(site, -1).get(0)));
        rows.add(Row.along(
                "NDArray.sort(int)",
                "TopK",
                site -> sorted(site, site.call().integer(1)).get(0)));
        rows.add(Row.along("NDArray.argSort(int, boolean)", "TopK, Slice", ReductionRows::argSort));
        rows.add(new Row("NDArray.topK(int, int, boolean, boolean)", "TopK", ReductionRows::topK));
        return rows;
    }

    /** Reduces some axes, which are an input or an attribute, depending on the opset. */
    static Value reduce(Emitter to, String operator, Value value, boolean keep, long... axes) {
        Attributes attributes = Attributes.NONE.with("keepdims", keep ? 1 : 0);
        boolean input = to.opset() >= AXES_AS_INPUT_SINCE || operator.equals("ReduceSum");
        return input
                ? to.node(operator, attributes, value, to.ints(axes))
                : to.node(operator, attributes.with("axes", axes), value);
    }

    private static Value all(Site site, String operator) {
        long[] axes = axes(site.receiver().shape());
        return axes.length == 0 ? site.receiverAs(site.resultType()) : reduced(site, operator, false, axes);
    }

    private static Value along(Site site, String operator) {
        boolean keep = site.call().get(2, Boolean.class);
        return reduced(
                site, operator, keep, axes(site.receiver().shape(), site.call().numbers(1)));
    }

    /** Reduces in the type of the result. For a mean of no elements, ONNX Runtime has a number, and PyTorch has NaN. */
    private static Value reduced(Site site, String operator, boolean keep, long... axes) {
        Emitter to = site.to();
        Value value = site.receiverAs(site.resultType());
        boolean empty = LongStream.of(axes)
                .anyMatch(axis -> value.shape().get((int) axis).equals(Dim.of(0)));
        if (empty && operator.equals("ReduceMean")) {
            return to.node("Div", reduce(to, "ReduceSum", value, keep, axes), to.scalar(value.type(), 0));
        }
        return reduce(to, operator, value, keep, axes);
    }

    /** Counts axes from the front. For PyTorch, no axes means all axes. */
    static long[] axes(TensorShape shape, long... given) {
        return given.length == 0
                ? LongStream.range(0, shape.rank()).toArray()
                : LongStream.of(given).map(shape::axis).toArray();
    }

    private static Value argumentOfAll(Site site, String operator) {
        Value flat = site.to()
                .reshape(site.receiver(), List.of(site.receiver().shape().size()));
        return site.to().node(operator, Attributes.NONE.with("axis", 0).with("keepdims", 0), flat);
    }

    private static Value cumSum(Site site, int along) {
        Value axis = site.to().scalar(ElementType.INT64, site.receiver().shape().axis(along));
        return site.to().node("CumSum", site.receiverAs(site.resultType()), axis);
    }

    /** Sorts an axis: the k smallest of k elements. Equal elements may come in another order than in PyTorch. */
    private static List<Value> sorted(Site site, int along) {
        int axis = site.receiver().shape().axis(along);
        Attributes attributes =
                Attributes.NONE.with("axis", axis).with("largest", 0).with("sorted", 1);
        Value all = site.to().dims(List.of(site.receiver().shape().get(axis)));
        return site.to().nodes("TopK", attributes, 2, site.receiver(), all);
    }

    private static Value argSort(Site site) {
        int axis = site.receiver().shape().axis(site.call().integer(1));
        Value indices = sorted(site, axis).get(1);
        return site.call().get(2, Boolean.class) ? indices : ShapeRows.flip(site.to(), indices, axis);
    }

    private static List<Value> topK(Site site) {
        Dim count = site.call().dim(1);
        Attributes attributes = Attributes.NONE
                .with("axis", site.receiver().shape().axis(site.call().integer(2)))
                .with("largest", site.call().get(3, Boolean.class) ? 1 : 0)
                .with("sorted", site.call().get(4, Boolean.class) ? 1 : 0);
        return site.to().nodes("TopK", attributes, 2, site.receiver(), site.to().dims(List.of(count)));
    }
}
