package io.catwalk.onnx.lowering;

import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Writes operations that select elements, and those that return a copy of an array with others in some places. */
final class IndexingRows {

    private IndexingRows() {}

    static List<Row> rows() {
        return List.of(
                Row.of("NDArray.get(NDIndex)", "Slice, Squeeze, Unsqueeze", site -> slice(site, site.receiver(), 1)),
                Row.of("NDArray.get(NDIndex.take)", "Gather", IndexingRows::take),
                Row.of(
                        "NDArray.get(NDIndex.arrays)",
                        "Concat, Transpose, GatherND",
                        site -> picked(site.to(), site.receiver(), site.list(1), site.numbers(2))),
                Row.of("NDArray.get(NDIndex.pick)", "GatherElements", IndexingRows::pick),
                Row.of("NDArray.gather(NDArray, int)", "GatherElements", site -> elements(site, site.value(1))),
                Row.of("NDArray.gatherNd(NDArray)", "Gather, Mul, Add, Reshape, Gather", IndexingRows::gatherNd),
                Row.of("NDArray.scatter(NDArray, NDArray, int)", "ScatterElements", IndexingRows::scatter),
                Row.of("NDArray.take(NDManager, NDArray)", "Reshape, Gather", IndexingRows::takeFlat),
                Row.along("NDArray.oneHot(int)", "OneHot", IndexingRows::oneHot),
                Row.along("NDArray.oneHot(int, DataType)", "OneHot", IndexingRows::oneHot),
                Row.of("NDArray.set(NDIndex, NDArray)", "Range, Slice, Expand, ScatterND", IndexingRows::setSlice),
                Row.of("NDArray.set(NDIndex, Number)", "Range, Slice, Expand, ScatterND", IndexingRows::setSlice),
                Row.of("NDArray.set(NDIndex.arrays)", "Gather or GatherND, ScatterND", IndexingRows::setArrays),
                Row.of("NDArray.set(NDIndex.mask)", "Where", IndexingRows::setMask),
                Row.of("NDArray.put(NDArray, NDArray)", "Reshape, ScatterND", IndexingRows::put));
    }

    /** Slices a value as the arguments of the call say, from the given argument on. */
    static Value slice(CallContext site, Value whole, int cuts) {
        Emitter to = site.to();
        Arguments call = site.call();
        Value value = whole;
        if (cuts(call, value.shape(), cuts)) {
            value = to.node(
                    "Slice",
                    value,
                    to.dims(call.dims(cuts)),
                    to.dims(call.dims(cuts + 1)),
                    to.ints(call.numbers(cuts + 2)),
                    to.ints(call.numbers(cuts + 3)));
        }
        return to.unsqueeze(to.squeeze(value, call.numbers(cuts + 4)), call.numbers(cuts + 5));
    }

    /** Tells whether any axis is cut: a slice that keeps all axes whole is not written. */
    private static boolean cuts(Arguments call, TensorShape whole, int cuts) {
        long[] axes = call.numbers(cuts + 2);
        boolean all = true;
        for (int i = 0; all && i < axes.length; i++) {
            Dim size = whole.get((int) axes[i]);
            Dim stop = call.dims(cuts + 1).get(i);
            boolean toTheEnd = stop.isFixed()
                    && (stop.fixed() == Long.MAX_VALUE || (size.isFixed() && stop.fixed() >= size.fixed()));
            all = toTheEnd && call.dims(cuts).get(i).equals(Dim.of(0)) && call.numbers(cuts + 3)[i] == 1;
        }
        return !all;
    }

    private static Value take(CallContext site) {
        return site.to().gather(site.receiver(), site.integer(2), whole(site, site.value(1)));
    }

    /**
     * Takes the elements that index arrays select. Scalars among them remove their axis first. The others are broadcast
     * together; the new axes replace the indexed ones, or come first if those were not side by side.
     */
    static Value picked(Emitter to, Value array, List<Value> indices, long[] axes) {
        Value value = array;
        List<Value> rest = new ArrayList<>();
        List<Long> along = new ArrayList<>();
        for (int i = 0; i < axes.length; i++) {
            Value whole = to.cast(indices.get(i), TensorType.INT64);
            long axis = axes[i] - (i - rest.size());
            if (whole.rank() == 0) {
                value = to.gather(value, axis, whole);
            } else {
                rest.add(whole);
                along.add(axis);
            }
        }
        return switch (rest.size()) {
            case 0 -> value;
            case 1 -> to.gather(value, along.get(0), rest.get(0));
            default -> pickedTogether(to, value, rest, along);
        };
    }

    private static Value pickedTogether(Emitter to, Value array, List<Value> indices, List<Long> axes) {
        TensorShape common = indices.stream().map(Value::shape).reduce(TensorShape.SCALAR, TensorShape::broadcast);
        List<Value> columns = indices.stream()
                .map(index -> to.unsqueeze(to.expand(index, common.dims()), common.rank()))
                .toList();
        List<Long> order = new ArrayList<>(axes);
        LongStream.range(0, array.rank()).filter(axis -> !axes.contains(axis)).forEach(order::add);
        Value moved = to.transpose(array, order.stream().mapToLong(axis -> axis).toArray());
        Value made = to.node("GatherND", moved, to.concat(common.rank(), columns));
        long first = axes.get(0);
        boolean together = axes.get(axes.size() - 1) - first == axes.size() - 1;
        if (!together) {
            return made;
        }
        long[] back = LongStream.range(0, made.rank())
                .map(axis -> axis < first ? axis + common.rank() : axis < first + common.rank() ? axis - first : axis)
                .toArray();
        return to.transpose(made, back);
    }

    private static Value takeFlat(CallContext site) {
        List<Dim> flat = List.of(site.receiver().shape().size());
        return site.to().gather(site.to().reshape(site.receiver(), flat), 0, whole(site, site.value(2)));
    }

    /** Aligns the indices with the array, as the engine does, if they have fewer axes. */
    private static Value pick(CallContext site) {
        Value indices = site.value(1);
        Value lined = site.to().reshape(indices, site.resultShape().dims());
        return elements(site, lined);
    }

    private static Value elements(CallContext site, Value indices) {
        Value array = site.receiver();
        int axis = array.shape().axis(site.integer(2));
        for (int other = 0; other < array.rank(); other++) {
            // On other axes, GatherElements reads as many elements of the array, from the first on, as the indices
            // have; the rest is cut off here.
            if (other != axis
                    && !indices.shape().get(other).equals(array.shape().get(other))) {
                long stop = indices.shape().get(other).fixed("an axis of the indices that is shorter");
                array = site.to().slice(array, other, 0, stop);
            }
        }
        return site.to().node("GatherElements", Attributes.NONE.with("axis", axis), array, whole(site, indices));
    }

    /** Computes positions in the first axes from the rows of the indices, as DJL does, even if a row is negative. */
    private static Value gatherNd(CallContext site) {
        Emitter to = site.to();
        Value array = site.receiver();
        Value indices = site.value(1);
        int depth = (int) indices.shape().get(0).fixed("the first axis of the indices of gatherNd");
        Dim stride = Dim.of(1);
        Value place = row(to, indices, depth - 1);
        for (int axis = depth - 2; axis >= 0; axis--) {
            stride = new TensorShape(List.of(stride, array.shape().get(axis + 1))).size();
            Value scaled = to.node("Mul", row(to, indices, axis), to.number(stride, indices.type()));
            place = to.node("Add", place, scaled);
        }
        List<Dim> flat = new ArrayList<>(array.shape().dims().subList(depth, array.rank()));
        flat.add(0, new TensorShape(array.shape().dims().subList(0, depth)).size());
        return to.gather(to.reshape(array, flat), 0, whole(site, place));
    }

    private static Value row(Emitter to, Value indices, int row) {
        return to.gather(indices, 0, to.scalar(TensorType.INT64, row));
    }

    private static Value scatter(CallContext site) {
        Value indices = whole(site, site.value(1));
        Value values = site.value(2);
        int along = site.receiver().shape().axis(site.integer(3));
        for (int axis = 0; axis < values.rank(); axis++) {
            Dim size = indices.shape().get(axis);
            if (!size.equals(values.shape().get(axis))) {
                values = site.to().slice(values, axis, 0, size.fixed("an axis of the indices that is shorter"));
            }
        }
        if (!fits(indices.shape().get(along), site.receiver().shape().get(along))) {
            throw site.error("has more indices along axis " + along + " (" + indices.shape() + ") than there are"
                    + " elements (" + site.receiver().shape() + "), so that some place is written twice, and ONNX does"
                    + " not say which comes last: scatter in two calls");
        }
        return site.to().node("ScatterElements", Attributes.NONE.with("axis", along), site.receiver(), indices, values);
    }

    private static boolean fits(Dim indices, Dim elements) {
        boolean fixed = indices.isFixed() && elements.isFixed();
        return fixed ? indices.fixed() <= elements.fixed() : indices.equals(elements);
    }

    private static Value whole(CallContext site, Value indices) {
        return site.to().cast(indices, TensorType.INT64);
    }

    private static Value oneHot(CallContext site) {
        Emitter to = site.to();
        if (site.call().values().size() > 2) {
            site.get(2, DataType.class);
        }
        // ONNX Runtime has OneHot for few types: it is computed in FLOAT and cast.
        Value depth = to.number(site.call().dim(1), TensorType.INT64);
        Value offOn = to.floats("off_on", TensorShape.of(2), 0, 1);
        Value hot = to.node("OneHot", Attributes.NONE.with("axis", -1), whole(site, site.receiver()), depth, offOn);
        return to.cast(hot, site.resultType());
    }

    private static Value setSlice(CallContext site) {
        Value array = site.receiver();
        Value places = slice(site, places(site.to(), array.shape()), 2);
        return scattered(site, places);
    }

    private static Value setArrays(CallContext site) {
        Value places = picked(site.to(), places(site.to(), site.receiver().shape()), site.list(2), site.numbers(3));
        return scattered(site, places);
    }

    /** Numbers the elements of an array: the numbers that an index selects are the places that it addresses. */
    private static Value places(Emitter to, TensorShape shape) {
        return to.reshape(to.range(shape.size()), shape.dims());
    }

    private static Value scattered(CallContext site, Value places) {
        Emitter to = site.to();
        Value array = site.receiver();
        if (places.shape().dims().contains(Dim.of(0))) {
            return array;
        }
        Value values = fitted(site, places.shape());
        Value flat = to.reshape(array, List.of(array.shape().size()));
        Value indices = to.unsqueeze(places, places.rank());
        return to.reshape(
                to.node("ScatterND", flat, indices, values), array.shape().dims());
    }

    /** Converts what is written to the type of the array and the shape of the places. */
    private static Value fitted(CallContext site, TensorShape shape) {
        Value value = site.as(1, site.receiver().type());
        int rank = value.rank();
        List<Dim> dims = value.shape().dims().subList(Math.max(0, rank - shape.rank()), rank);
        return site.to().expand(site.to().reshape(value, dims), shape.dims());
    }

    private static Value setMask(CallContext site) {
        Emitter to = site.to();
        Value array = site.receiver();
        Value mask = site.value(2);
        List<Dim> dims = new ArrayList<>(mask.shape().dims());
        while (dims.size() < array.rank() - site.integer(3)) {
            dims.add(Dim.of(1));
        }
        Value value = to.reshape(site.as(1, array.type()), List.of());
        return to.node("Where", to.reshape(mask, dims), value, array);
    }

    private static Value put(CallContext site) {
        Emitter to = site.to();
        Value array = site.receiver();
        Value flat = to.reshape(array, List.of(array.shape().size()));
        Dim count = site.value(1).shape().size();
        Value places = to.reshape(to.cast(site.value(1), TensorType.INT64), List.of(count, Dim.of(1)));
        Value values = to.reshape(site.value(2), List.of(count));
        return to.reshape(
                to.node("ScatterND", flat, places, values), array.shape().dims());
    }
}
