package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;

/** Writes operations that select by order along an axis, and cumulative products. */
final class OrderRows {

    private OrderRows() {}

    static List<Row> rows() {
        return List.of(
                Row.along("NDArray.median()", "TopK, Gather", site -> median(site, -1)),
                Row.along("NDArray.median(int[])", "TopK, Gather", site -> median(site, only(site, 1))),
                Row.along("NDArray.percentile(Number)", "TopK, Gather, Sub, Mul, Add", site -> percentile(site, -1)),
                Row.along(
                        "NDArray.percentile(Number, int[])",
                        "TopK, Gather, Sub, Mul, Add",
                        site -> percentile(site, only(site, 2))),
                Row.along("NDArray.cumProd(int)", "Slice, Pad, Mul", OrderRows::cumProd),
                Row.along("NDArray.cumProd(int, DataType)", "Cast, Slice, Pad, Mul", OrderRows::cumProd));
    }

    private static int only(Site site, int argument) {
        return (int) site.call().numbers(argument)[0];
    }

    private static int size(Site site, int axis) {
        return (int) site.receiver().shape().get(axis).fixed("an axis that is put in order");
    }

    /** Returns the smallest numbers along an axis, in ascending order. */
    private static Value smallest(Site site, int axis, int count) {
        Attributes attributes =
                Attributes.NONE.with("axis", axis).with("largest", 0).with("sorted", 1);
        return site.to()
                .nodes("TopK", attributes, 2, site.receiver(), site.to().ints(count))
                .get(0);
    }

    private static Value pick(Site site, Value sorted, int axis, int place) {
        Attributes along = Attributes.NONE.with("axis", axis);
        return site.to().node("Gather", along, sorted, site.to().scalar(ElementType.INT64, place));
    }

    /** Takes the lower of the two middle elements, as PyTorch does. */
    private static Value median(Site site, int along) {
        int axis = site.receiver().shape().axis(along);
        int place = (size(site, axis) - 1) / 2;
        return pick(site, smallest(site, axis, place + 1), axis, place);
    }

    /** Interpolates linearly between the two nearest ranks; the rank is computed in the precision of PyTorch. */
    private static Value percentile(Site site, int along) {
        Emitter to = site.to();
        int axis = site.receiver().shape().axis(along);
        float quantile = site.call().get(1, Number.class).floatValue() / 100;
        int last = size(site, axis) - 1;
        double rank = site.resultType() == ElementType.DOUBLE ? (double) quantile * last : quantile * last;
        int below = (int) Math.floor(rank);
        int above = (int) Math.ceil(rank);
        Value sorted = smallest(site, axis, above + 1);
        Value low = pick(site, sorted, axis, below);
        if (above == below) {
            return low;
        }
        Value step = to.node("Sub", pick(site, sorted, axis, above), low);
        return to.node("Add", low, to.node("Mul", step, to.scalar(site.resultType(), rank - below)));
    }

    /** Multiplies by the elements 1, 2, 4, ... places before (Hillis and Steele, 1986): ONNX has no CumProd. */
    private static Value cumProd(Site site) {
        Emitter to = site.to();
        TensorShape shape = site.receiver().shape();
        int axis = shape.axis(site.call().integer(1));
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
