package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexBooleans;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexPick;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.index.dim.NDIndexTake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Brings the forms of {@link NDIndex} down to three primitives: slice, take along one axis, pick. */
final class Indexing {

    /** Arguments: array, starts, stops, axes, steps, axes to squeeze, axes to add (each {@code long[]}). */
    static final String SLICE = "NDArray.get(NDIndex)";

    /** Arguments: array, indices, axis. */
    static final String TAKE = "NDArray.get(NDIndex.take)";

    /** Arguments: array, indices, axis. */
    static final String PICK = "NDArray.get(NDIndex.pick)";

    private Indexing() {}

    static boolean dependsOnInput(Tracer tracer, NDIndex index) {
        return index.stream()
                .anyMatch(element -> arrayIn(element)
                        .filter(array -> tracer.traced(array).dependsOnInput())
                        .isPresent());
    }

    private static Optional<NDArray> arrayIn(NDIndexElement element) {
        if (element instanceof NDIndexBooleans mask) {
            return Optional.of(mask.getIndex());
        }
        if (element instanceof NDIndexTake take) {
            return Optional.of(take.getIndex());
        }
        return element instanceof NDIndexPick pick ? Optional.of(pick.getIndex()) : Optional.empty();
    }

    /** Copies an index with the engine's arrays in place of traced ones. */
    static NDIndex unwrap(Tracer tracer, NDIndex index) {
        List<NDIndexElement> elements = index.getIndices();
        if (elements.stream().noneMatch(element -> arrayIn(element).isPresent())) {
            return index;
        }
        if (elements.stream().anyMatch(NDIndexPick.class::isInstance)) {
            return unwrapPick(tracer, elements);
        }
        List<String> items = new ArrayList<>();
        List<Object> arrays = new ArrayList<>();
        for (NDIndexElement element : elements) {
            arrayIn(element).ifPresent(array -> arrays.add(tracer.traced(array).real()));
            items.add(text(element));
        }
        if (index.getEllipsisIndex() >= 0) {
            items.add(index.getEllipsisIndex(), "...");
        }
        return new NDIndex(String.join(",", items), arrays.toArray());
    }

    /** Copies an index that DJL can only build axis by axis. */
    private static NDIndex unwrapPick(Tracer tracer, List<NDIndexElement> elements) {
        NDIndex copy = new NDIndex();
        for (NDIndexElement element : elements) {
            if (element instanceof NDIndexPick pick) {
                copy.addPickDim(tracer.traced(pick.getIndex()).real());
            } else {
                copy.addAllDim();
            }
        }
        return copy;
    }

    private static String text(NDIndexElement element) {
        if (element instanceof NDIndexFixed fixed) {
            return Long.toString(fixed.getIndex());
        }
        if (element instanceof NDIndexSlice slice) {
            String bounds = text(slice.getMin()) + ":" + text(slice.getMax());
            return slice.getStep() == null ? bounds : bounds + ":" + slice.getStep();
        }
        if (element instanceof NDIndexNull) {
            return "null";
        }
        return element instanceof NDIndexAll ? ":" : "{}";
    }

    private static String text(@Nullable Long bound) {
        return bound == null ? "" : bound.toString();
    }

    static NDArray get(Tracer tracer, TracedArray array, NDIndex index) {
        if (index.getRank() == 0 && index.getEllipsisIndex() < 0) {
            index.addAllDim(array.real().getShape().dimension());
        }
        if (!array.dependsOnInput() && !dependsOnInput(tracer, index)) {
            NDArray result = array.real().get(tracer.realManager(), unwrap(tracer, index));
            return (NDArray) wrapped(tracer.wrapConstants(array, "get", result));
        }
        List<NDIndexElement> elements = elements(index, array.real().getShape().dimension());
        List<NDIndexElement> arrays =
                elements.stream().filter(e -> arrayIn(e).isPresent()).toList();
        if (arrays.isEmpty()) {
            return record(
                    tracer,
                    array,
                    SLICE,
                    slice(elements),
                    () -> array.real().get(tracer.realManager(), unwrap(tracer, index)));
        }
        boolean single =
                arrays.size() == 1 && elements.stream().allMatch(e -> e instanceof NDIndexAll || arrays.contains(e));
        if (!single) {
            throw tracer.error("an index with an array beside other restrictions has no ONNX form here:"
                    + " index in two steps, one axis at a time");
        }
        int axis = elements.indexOf(arrays.get(0));
        if (arrays.get(0) instanceof NDIndexBooleans mask) {
            return masked(tracer, array, mask.getIndex(), axis);
        }
        TracedArray indices = tracer.traced(arrayIn(arrays.get(0)).orElseThrow());
        String primitive = arrays.get(0) instanceof NDIndexPick ? PICK : TAKE;
        return record(
                tracer,
                array,
                primitive,
                new Object[] {indices.proxy(), (long) axis},
                () -> array.real().get(tracer.realManager(), unwrap(tracer, index)));
    }

    private static NDArray masked(Tracer tracer, TracedArray array, NDArray mask, int axis) {
        TracedArray traced = tracer.traced(mask);
        if (traced.dependsOnInput()) {
            throw tracer.error("a boolean mask that depends on the input makes an array whose shape depends on the"
                    + " data, which ONNX cannot hold: multiply by the mask, or use where");
        }
        if (traced.real().getShape().dimension() != 1) {
            throw tracer.error("a boolean mask over several axes has no ONNX form here: flatten both first");
        }
        boolean[] bits = traced.real().toBooleanArray();
        long[] chosen = IntStream.range(0, bits.length)
                .filter(i -> bits[i])
                .asLongStream()
                .toArray();
        TracedArray indices = tracer.constant("mask", tracer.realManager().create(chosen));
        String form = ":,".repeat(axis) + "{}";
        return record(
                tracer,
                array,
                TAKE,
                new Object[] {indices.proxy(), (long) axis},
                () -> array.real().get(tracer.realManager(), new NDIndex(form, indices.real())));
    }

    private static NDArray record(
            Tracer tracer,
            TracedArray array,
            String primitive,
            @Nullable Object[] arguments,
            Tracer.Computation<RuntimeException> computation) {
        List<@Nullable Object> recorded = tracer.record(array, arguments);
        NDArray result = (NDArray) wrapped(tracer.result(primitive, primitive, recorded, true, computation));
        return (NDArray) tracer.recordResult(array, "get", primitive, recorded, result);
    }

    private static Object wrapped(@Nullable Object result) {
        if (result == null) {
            throw new IllegalStateException("the engine returned no array");
        }
        return result;
    }

    /** Writes the ellipsis out and fills up with "all" to the rank of the array. */
    private static List<NDIndexElement> elements(NDIndex index, int rank) {
        List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
        int used = elements.stream()
                .mapToInt(e -> e instanceof NDIndexNull ? 0 : 1)
                .sum();
        int place = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
        for (int i = used; i < rank; i++) {
            elements.add(place, new NDIndexAll());
        }
        return elements;
    }

    private static Object[] slice(List<NDIndexElement> elements) {
        List<long[]> cuts = new ArrayList<>();
        List<Long> squeezed = new ArrayList<>();
        List<Long> added = new ArrayList<>();
        long axis = 0;
        long made = 0;
        for (NDIndexElement element : elements) {
            if (element instanceof NDIndexNull) {
                added.add(made++);
                continue;
            }
            if (element instanceof NDIndexFixed fixed) {
                long start = fixed.getIndex();
                cuts.add(new long[] {start, start == -1 ? Long.MAX_VALUE : start + 1, axis, 1});
                squeezed.add(axis);
            } else {
                if (element instanceof NDIndexSlice slice) {
                    long start = slice.getMin() == null ? 0 : slice.getMin();
                    long stop = slice.getMax() == null ? Long.MAX_VALUE : slice.getMax();
                    cuts.add(new long[] {start, stop, axis, slice.getStep() == null ? 1 : slice.getStep()});
                }
                made++;
            }
            axis++;
        }
        return new Object[] {
            column(cuts, 0), column(cuts, 1), column(cuts, 2), column(cuts, 3), longs(squeezed), longs(added)
        };
    }

    private static long[] column(List<long[]> rows, int column) {
        return rows.stream().mapToLong(row -> row[column]).toArray();
    }

    private static long[] longs(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
