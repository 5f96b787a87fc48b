package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.List;

/** Writes operations that return a copy of an array with other elements in some places. */
final class WritingRows {

    private static final int CUTS = 2;

    private WritingRows() {}

    static List<Row> rows() {
        return List.of(
                Row.of("NDArray.set(NDIndex, NDArray)", "Range, Slice, Expand, ScatterND", WritingRows::slice),
                Row.of("NDArray.set(NDIndex, Number)", "Range, Slice, Expand, ScatterND", WritingRows::slice),
                Row.of("NDArray.set(NDIndex.arrays)", "Gather or GatherND, ScatterND", WritingRows::arrays),
                Row.of("NDArray.set(NDIndex.mask)", "Where", WritingRows::mask),
                Row.of("NDArray.put(NDArray, NDArray)", "Reshape, ScatterND", WritingRows::put));
    }

    private static Value slice(Site site) {
        Value array = site.receiver();
        Value places = IndexingRows.slice(site, places(site.to(), array.shape()), CUTS);
        return scattered(site, places);
    }

    private static Value arrays(Site site) {
        Value places = IndexingRows.picked(
                site.to(),
                places(site.to(), site.receiver().shape()),
                site.list(2),
                site.call().numbers(3));
        return scattered(site, places);
    }

    /** Numbers the elements of an array: the numbers that an index selects are the places that it addresses. */
    private static Value places(Emitter to, TensorShape shape) {
        return to.reshape(to.range(shape.size()), shape.dims());
    }

    private static Value scattered(Site site, Value places) {
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
    private static Value fitted(Site site, TensorShape shape) {
        Value value = site.as(1, site.receiver().type());
        int rank = value.rank();
        List<Dim> dims = value.shape().dims().subList(Math.max(0, rank - shape.rank()), rank);
        return site.to().expand(site.to().reshape(value, dims), shape.dims());
    }

    private static Value mask(Site site) {
        Emitter to = site.to();
        Value array = site.receiver();
        Value mask = site.value(2);
        List<Dim> dims = new ArrayList<>(mask.shape().dims());
        while (dims.size() < array.rank() - site.call().integer(3)) {
            dims.add(Dim.of(1));
        }
        Value value = to.reshape(site.as(1, array.type()), List.of());
        return to.node("Where", to.reshape(mask, dims), value, array);
    }

    private static Value put(Site site) {
        Emitter to = site.to();
        Value array = site.receiver();
        Value flat = to.reshape(array, List.of(array.shape().size()));
        Dim count = site.value(1).shape().size();
        Value places = to.reshape(to.cast(site.value(1), ElementType.INT64), List.of(count, Dim.of(1)));
        Value values = to.reshape(site.value(2), List.of(count));
        return to.reshape(
                to.node("ScatterND", flat, places, values), array.shape().dims());
    }
}
