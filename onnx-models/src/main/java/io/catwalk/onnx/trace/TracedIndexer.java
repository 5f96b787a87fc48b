package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDArrayIndexer;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.full.NDIndexFullPick;
import ai.djl.ndarray.index.full.NDIndexFullSlice;
import ai.djl.ndarray.index.full.NDIndexFullTake;

/** Implements {@code get(NDIndex)} and {@code set(NDIndex, ...)} of traced arrays. */
final class TracedIndexer extends NDArrayIndexer {

    private final Tracer tracer;

    TracedIndexer(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public NDArray get(NDArray array, NDIndex index) {
        return Indexing.get(tracer, tracer.traced(array), index);
    }

    @Override
    public void set(NDArray array, NDIndex index, Object value) {
        Writing.set(tracer, tracer.traced(array), index, value);
    }

    @Override
    public NDArray get(NDArray array, NDIndexFullPick fullPick) {
        throw unsupported();
    }

    @Override
    public NDArray get(NDArray array, NDIndexFullTake fullTake) {
        throw unsupported();
    }

    @Override
    public NDArray get(NDArray array, NDIndexFullSlice fullSlice) {
        throw unsupported();
    }

    @Override
    public void set(NDArray array, NDIndexFullSlice fullSlice, NDArray value) {
        throw unsupported();
    }

    @Override
    public void set(NDArray array, NDIndexFullSlice fullSlice, Number value) {
        throw unsupported();
    }

    private RuntimeException unsupported() {
        return tracer.error("this form of NDArrayIndexer has no ONNX form: use array.get(NDIndex)");
    }
}
