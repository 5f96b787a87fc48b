package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** Writes reductions, also norms, and operations along an axis such as cumulative sums and sorting. */
final class ReductionRows {

    private static final int AXES_AS_INPUT_SINCE = 18;
    private static final String NORMS = "ReduceL1, ReduceL2, or Abs, Pow, ReduceSum";
    private static final String PERCENTILE = "TopK, Gather, Sub, Mul, Add; of a dynamic size also Floor, Ceil, Where";

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
                                            .with("axis", site.integer(1))
                                            .with("keepdims", 0),
                                    site.receiver())));
        }
        rows.add(Row.along("NDArray.cumSum()", "CumSum", site -> cumSum(site, 0)));
        rows.add(Row.along("NDArray.cumSum(int)", "CumSum", site -> cumSum(site, site.integer(1))));
        rows.add(Row.along("NDArray.sort()", "TopK", site -> sorted(site, -1).get(0)));
        rows.add(Row.along(
                "NDArray.sort(int)",
                "TopK",
                site -> sorted(site, site.integer(1)).get(0)));
        rows.add(Row.along("NDArray.argSort(int, boolean)", "TopK, Slice", ReductionRows::argSort));
        rows.add(new Row("NDArray.topK(int, int, boolean, boolean)", "TopK", ReductionRows::topK));
        rows.addAll(List.of(
                Row.of("NDArray.norm(boolean)", "ReduceL2", ReductionRows::normOfAll),
                Row.of("NDArray.norm(int, int[], boolean)", NORMS, ReductionRows::norm),
                Row.of("NDArray.normalize(double, long, double)", NORMS + "; Max, Div", ReductionRows::normalize),
                Row.along("NDArray.median()", "TopK, Gather", site -> median(site, -1)),
                Row.along("NDArray.median(int[])", "TopK, Gather", site -> median(site, only(site, 1))),
                Row.along("NDArray.percentile(Number)", PERCENTILE, site -> percentile(site, -1)),
                Row.along("NDArray.percentile(Number, int[])", PERCENTILE, site -> percentile(site, only(site, 2))),
                Row.along("NDArray.cumProd(int)", "Slice, Pad, Mul", ReductionRows::cumProd),
                Row.along("NDArray.cumProd(int, DataType)", "Cast, Slice, Pad, Mul", ReductionRows::cumProd)));
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

    private static Value all(CallContext site, String operator) {
        long[] axes = axes(site.receiver().shape());
        return axes.length == 0 ? site.receiverAs(site.resultType()) : reduced(site, operator, false, axes);
    }

    private static Value along(CallContext site, String operator) {
        boolean keep = site.get(2, Boolean.class);
        return reduced(site, operator, keep, axes(site.receiver().shape(), site.numbers(1)));
    }

    /** Reduces in the type of the result. For a mean of no elements, ONNX Runtime has a number, and PyTorch has NaN. */
    private static Value reduced(CallContext site, String operator, boolean keep, long... axes) {
        Emitter to = site.to();
        Value value = site.receiverAs(site.resultType());
        List<Dim> over = LongStream.of(axes)
                .mapToObj(axis -> value.shape().get((int) axis))
                .toList();
        if (operator.equals("ReduceMean") && over.stream().anyMatch(Dim::canVanish)) {
            Dim count = over.stream().reduce(Dim.of(1), Dim::times);
            return to.node("Div", reduce(to, "ReduceSum", value, keep, axes), to.number(count, value.type()));
        }
        return reduce(to, operator, value, keep, axes);
    }

    /** Counts axes from the front. For PyTorch, no axes means all axes. */
    static long[] axes(TensorShape shape, long... given) {
        return given.length == 0
                ? LongStream.range(0, shape.rank()).toArray()
                : LongStream.of(given).map(shape::axis).toArray();
    }

    private static Value argumentOfAll(CallContext site, String operator) {
        Value flat = site.to()
                .reshape(site.receiver(), List.of(site.receiver().shape().size()));
        return site.to().node(operator, Attributes.NONE.with("axis", 0).with("keepdims", 0), flat);
    }

    private static Value cumSum(CallContext site, int along) {
        Value axis = site.to().scalar(TensorType.INT64, site.receiver().shape().axis(along));
        return site.to().node("CumSum", site.receiverAs(site.resultType()), axis);
    }

    /** Sorts an axis: the k smallest of k elements. Equal elements may come in another order than in PyTorch. */
    private static List<Value> sorted(CallContext site, int along) {
        return smallest(site, along, site.receiver().shape().get(along));
    }

    /** Returns the smallest elements along an axis in ascending order, and their indices. */
    private static List<Value> smallest(CallContext site, int along, Dim count) {
        int axis = site.receiver().shape().axis(along);
        Attributes attributes =
                Attributes.NONE.with("axis", axis).with("largest", 0).with("sorted", 1);
        return site.to().nodes("TopK", attributes, 2, site.receiver(), site.to().dims(List.of(count)));
    }

    private static Value argSort(CallContext site) {
        int axis = site.receiver().shape().axis(site.integer(1));
        Value indices = sorted(site, axis).get(1);
        return site.get(2, Boolean.class) ? indices : ShapeRows.flip(site.to(), indices, axis);
    }

    private static List<Value> topK(CallContext site) {
        Dim count = site.call().dim(1);
        Attributes attributes = Attributes.NONE
                .with("axis", site.receiver().shape().axis(site.integer(2)))
                .with("largest", site.get(3, Boolean.class) ? 1 : 0)
                .with("sorted", site.get(4, Boolean.class) ? 1 : 0);
        return site.to().nodes("TopK", attributes, 2, site.receiver(), site.to().dims(List.of(count)));
    }

    private static Value normOfAll(CallContext site) {
        long[] axes = axes(site.receiver().shape());
        return norm(site.to(), site.receiver(), 2, site.get(1, Boolean.class), axes);
    }

    private static Value norm(CallContext site) {
        TensorShape shape = site.receiver().shape();
        long[] axes = axes(shape, site.numbers(2));
        return norm(site.to(), site.receiver(), site.integer(1), site.get(3, Boolean.class), axes);
    }

    /** Writes (sum of |x|^p)^(1/p), with its limits for 0 and infinity. */
    private static Value norm(Emitter to, Value x, double order, boolean keep, long... axes) {
        if (order == 1 || order == 2) {
            return reduce(to, order == 1 ? "ReduceL1" : "ReduceL2", x, keep, axes);
        }
        if (order == 0) {
            Value zero = to.node("Equal", x, to.scalar(x.type(), 0));
            Value counted = to.cast(to.node("Not", zero), x.type());
            return reduce(to, "ReduceSum", counted, keep, axes);
        }
        Value magnitude = to.node("Abs", x);
        if (Double.isInfinite(order)) {
            return reduce(to, order > 0 ? "ReduceMax" : "ReduceMin", magnitude, keep, axes);
        }
        Value powers = to.node("Pow", magnitude, to.scalar(x.type(), order));
        Value sum = reduce(to, "ReduceSum", powers, keep, axes);
        return to.node("Pow", sum, to.scalar(x.type(), 1 / order));
    }

    private static Value normalize(CallContext site) {
        Emitter to = site.to();
        int axis = site.receiver().shape().axis(site.integer(2));
        Value norm = norm(to, site.receiver(), site.get(1, Double.class), true, axis);
        Value least = to.scalar(site.resultType(), site.get(3, Double.class));
        return to.node("Div", site.receiver(), to.node("Max", norm, least));
    }

    private static int only(CallContext site, int argument) {
        return (int) site.numbers(argument)[0];
    }

    private static int size(CallContext site, int axis) {
        return (int) site.receiver().shape().get(axis).fixed("an axis that is put in order");
    }

    private static Value pick(CallContext site, Value sorted, int axis, Dim place) {
        return site.to().gather(sorted, axis, site.to().number(place, TensorType.INT64));
    }

    /** Takes the lower of the two middle elements, as PyTorch does. */
    private static Value median(CallContext site, int along) {
        int axis = site.receiver().shape().axis(along);
        Dim place = site.receiver().shape().get(axis).minus(Dim.of(1)).floorDividedBy(2);
        return pick(site, smallest(site, axis, place.plus(Dim.of(1))).get(0), axis, place);
    }

    /** Interpolates linearly between the two nearest ranks; the rank is computed in the precision of PyTorch. */
    private static Value percentile(CallContext site, int along) {
        Emitter to = site.to();
        int axis = site.receiver().shape().axis(along);
        float quantile = site.get(1, Number.class).floatValue() / 100;
        if (!site.receiver().shape().get(axis).isFixed()) {
            return percentileOfAny(site, axis, quantile);
        }
        int last = size(site, axis) - 1;
        double rank = site.resultType() == TensorType.DOUBLE ? (double) quantile * last : quantile * last;
        int below = (int) Math.floor(rank);
        int above = (int) Math.ceil(rank);
        Value sorted = smallest(site, axis, Dim.of(above + 1)).get(0);
        Value low = pick(site, sorted, axis, Dim.of(below));
        if (above == below) {
            return low;
        }
        Value step = to.node("Sub", pick(site, sorted, axis, Dim.of(above)), low);
        return to.node("Add", low, to.node("Mul", step, to.scalar(site.resultType(), rank - below)));
    }

    /** Computes the rank in the graph, from the size. */
    private static Value percentileOfAny(CallContext site, int axis, float quantile) {
        Emitter to = site.to();
        TensorType precision = site.resultType() == TensorType.DOUBLE ? TensorType.DOUBLE : TensorType.FLOAT;
        Dim size = site.receiver().shape().get(axis);
        Value last = to.number(size.minus(Dim.of(1)), precision);
        Value rank = to.node("Mul", last, to.scalar(precision, quantile));
        Value below = to.node("Floor", rank);
        Value above = to.node("Ceil", rank);
        Value sorted = sorted(site, axis).get(0);
        Value low = to.gather(sorted, axis, to.cast(below, TensorType.INT64));
        Value step = to.node("Sub", to.gather(sorted, axis, to.cast(above, TensorType.INT64)), low);
        Value share = to.cast(to.node("Sub", rank, below), site.resultType());
        Value between = to.node("Add", low, to.node("Mul", step, share));
        return to.node("Where", to.node("Equal", rank, below), low, between); // a step may be infinite
    }

    /** Multiplies by the elements 1, 2, 4, ... places before (Hillis and Steele, 1986): ONNX has no CumProd. */
    private static Value cumProd(CallContext site) {
        Emitter to = site.to();
        TensorShape shape = site.receiver().shape();
        int axis = shape.axis(site.integer(1));
        int size = size(site, axis);
        Value product = site.receiverAs(site.resultType());
        Value one = to.scalar(site.resultType(), 1);
        for (int distance = 1; distance < size; distance *= 2) {
            long[] pads = new long[2 * shape.rank()];
            pads[axis] = distance;
            Value before = to.pad(to.slice(product, axis, 0, size - distance), one, pads);
            product = to.node("Mul", product, before);
        }
        return product;
    }
}
