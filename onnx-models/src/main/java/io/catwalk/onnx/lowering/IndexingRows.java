package io.catwalk.onnx.lowering;

import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;

/** Writes what picks elements. */
final class IndexingRows {

    private IndexingRows() {}

    static List<Row> rows() {
        return List.of(
                Row.of("NDArray.get(NDIndex)", "Slice, Squeeze, Unsqueeze", IndexingRows::slice),
                Row.of("NDArray.get(NDIndex.take)", "Gather", IndexingRows::take),
                Row.of("NDArray.get(NDIndex.pick)", "GatherElements", IndexingRows::pick),
                Row.of("NDArray.gather(NDArray, int)", "GatherElements", site -> elements(site, site.value(1), 2)),
                Row.of("NDArray.take(NDManager, NDArray)", "Reshape, Gather", IndexingRows::takeFlat),
                Row.of("NDArray.oneHot(int)", "OneHot", IndexingRows::oneHot),
                Row.of("NDArray.oneHot(int, DataType)", "OneHot", IndexingRows::oneHot));
    }

    private static Value slice(Site site) {
        Emitter to = site.to();
        Value value = site.receiver();
        if (cuts(site)) {
            value = to.node(
                    "Slice",
                    value,
                    to.dims(site.call().dims(1)),
                    to.dims(site.call().dims(2)),
                    to.ints(site.call().numbers(3)),
                    to.ints(site.call().numbers(4)));
        }
        value = to.squeeze(value, site.call().numbers(5));
        return to.unsqueeze(value, site.call().numbers(6));
    }

    /** Tells whether any axis is cut: bounds that hold all of it are not written. */
    private static boolean cuts(Site site) {
        TensorShape whole = site.receiver().shape();
        TensorShape left = site.resultShape();
        long[] axes = site.call().numbers(3);
        boolean all = site.call().numbers(5).length + site.call().numbers(6).length == 0 && left.equals(whole);
        for (int i = 0; all && i < axes.length; i++) {
            all = site.call().numbers(4)[i] == 1
                    && site.call().dims(1).get(i).equals(Dim.of(0))
                    && whole.get((int) axes[i]).isFixed();
        }
        return axes.length > 0 && !all;
    }

    private static Value take(Site site) {
        Attributes axis = Attributes.NONE.with("axis", site.call().integer(2));
        return site.to().node("Gather", axis, site.receiver(), whole(site, site.value(1)));
    }

    private static Value takeFlat(Site site) {
        List<Dim> flat = List.of(site.receiver().shape().size());
        Attributes axis = Attributes.NONE.with("axis", 0);
        return site.to().node("Gather", axis, site.to().reshape(site.receiver(), flat), whole(site, site.value(2)));
    }

    /** Lines the indices up with the array, as the engine does, where they have fewer axes. */
    private static Value pick(Site site) {
        Value indices = site.value(1);
        Value lined = site.to().reshape(indices, site.resultShape().dims());
        return elements(site, lined, 2);
    }

    private static Value elements(Site site, Value indices, int axisArgument) {
        Value array = site.receiver();
        int axis = array.shape().axis(site.call().integer(axisArgument));
        for (int other = 0; other < array.rank(); other++) {
            // GatherElements reads rows of the array that the indices have, in order; the rest is cut off here.
            if (other != axis
                    && !indices.shape().get(other).equals(array.shape().get(other))) {
                long stop = indices.shape().get(other).fixed("an axis of the indices that is shorter");
                array = site.to().slice(array, other, 0, stop);
            }
        }
        return site.to().node("GatherElements", Attributes.NONE.with("axis", axis), array, whole(site, indices));
    }

    private static Value whole(Site site, Value indices) {
        return site.to().cast(indices, ElementType.INT64);
    }

    private static Value oneHot(Site site) {
        Emitter to = site.to();
        if (site.call().values().size() > 2) {
            site.call().get(2, DataType.class);
        }
        // ONNX Runtime has OneHot for few types: reals are made first and cast.
        Value depth = to.scalar(ElementType.INT64, site.call().integer(1));
        Value offOn = to.floats("off_on", TensorShape.of(2), 0, 1);
        Value hot = to.node("OneHot", Attributes.NONE.with("axis", -1), whole(site, site.receiver()), depth, offOn);
        return to.cast(hot, site.resultType());
    }
}
