package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexBooleans;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexPick;
import ai.djl.ndarray.index.dim.NDIndexTake;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reduces the forms of {@link NDIndex} to primitives: first a slice, which is a view, then the selection by index
 * arrays, which is a copy. PyTorch uses this order, too, unlike NumPy.
 */
final class Indexing {

    /** Arguments: array, then the cuts of a {@link Selection}. */
    static final String SLICE = "NDArray.get(NDIndex)";

    /** Arguments: array, indices, axis. */
    static final String TAKE = "NDArray.get(NDIndex.take)";

    /** Arguments: array, list of indices, their axes. */
    static final String ARRAYS = "NDArray.get(NDIndex.arrays)";

    /** Arguments: array, indices, axis. */
    static final String PICK = "NDArray.get(NDIndex.pick)";

    private Indexing() {}

    static boolean dependsOnInput(Tracer tracer, NDIndex index) {
        return index.stream()
                .anyMatch(element -> arrayIn(element)
                        .filter(array -> tracer.traced(array).dependsOnInput())
                        .isPresent());
    }

    static Optional<NDArray> arrayIn(NDIndexElement element) {
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
        NDIndex copy = new NDIndex();
        for (int i = 0; i < elements.size(); i++) {
            if (i == index.getEllipsisIndex()) {
                copy.addEllipseDim();
            }
            add(copy, unwrap(tracer, elements.get(i)));
        }
        return index.getEllipsisIndex() == elements.size() ? copy.addEllipseDim() : copy;
    }

    private static void add(NDIndex index, NDIndexElement element) {
        index.addAllDim();
        index.getIndices().set(index.getIndices().size() - 1, element);
    }

    private static NDIndexElement unwrap(Tracer tracer, NDIndexElement element) {
        if (element instanceof NDIndexBooleans mask) {
            return new NDIndexBooleans(tracer.traced(mask.getIndex()).real());
        }
        if (element instanceof NDIndexTake take) {
            return new NDIndexTake(tracer.traced(take.getIndex()).real());
        }
        return element instanceof NDIndexPick pick
                ? new NDIndexPick(tracer.traced(pick.getIndex()).real())
                : element;
    }

    /** Creates an index that takes some axes whole, and others by index arrays. */
    static NDIndex of(int rank, List<TracedArray> arrays, long[] axes) {
        NDIndex index = new NDIndex().addAllDim(rank);
        for (int i = 0; i < axes.length; i++) {
            index.getIndices().set((int) axes[i], new NDIndexTake(arrays.get(i).real()));
        }
        return index;
    }

    static NDArray get(Tracer tracer, TracedArray array, NDIndex index) {
        if (index.getRank() == 0 && index.getEllipsisIndex() < 0) {
            index.addAllDim(array.shape().dimension());
        }
        if (!array.dependsOnInput() && !dependsOnInput(tracer, index)) {
            return constant(tracer, array, index);
        }
        if (index.stream().anyMatch(NDIndexPick.class::isInstance)) {
            return pick(tracer, array, index);
        }
        Selection selection = Selection.of(tracer, index, array.shape());
        selection.mask().ifPresent(mask -> {
            throw tracer.error("a boolean mask that depends on the input makes an array whose shape depends on the"
                    + " data, which ONNX cannot hold: multiply by the mask, or use where");
        });
        if (selection.arrays().isEmpty()) {
            return view(tracer, array, selection);
        }
        TracedArray part = selection.cutsNothing() ? array : tracer.traced(view(tracer, array, selection));
        return picked(tracer, part, selection.arrays(), selection.axes());
    }

    private static NDArray constant(Tracer tracer, TracedArray array, NDIndex index) {
        boolean copies = index.stream().anyMatch(element -> arrayIn(element).isPresent());
        NDArray result = array.real().get(tracer.realManager(), unwrap(tracer, index));
        if (copies) {
            NDArray wrapped = (NDArray) known(tracer.wrapConstants(array, "take", null, result));
            boolean single = index.getRank() > 0
                    && index.stream().skip(1).allMatch(NDIndexAll.class::isInstance)
                    && index.get(0) instanceof NDIndexTake;
            if (single) {
                Object[] arguments = {((NDIndexTake) index.get(0)).getIndex(), 0L};
                tracer.madeBy(tracer.traced(wrapped), array, TAKE, arguments);
            }
            return wrapped;
        }
        Object[] cuts = Selection.of(tracer, index, array.shape()).cuts();
        NDArray wrapped = (NDArray) known(tracer.wrapConstants(array, "get", cuts, result));
        tracer.traced(wrapped).shows(IndexedAssignment.View.part(array, cuts));
        tracer.madeBy(tracer.traced(wrapped), array, SLICE, cuts);
        return wrapped;
    }

    /** Takes the part that the index selects without its index arrays. It shares memory with the array. */
    static NDArray view(Tracer tracer, TracedArray array, Selection selection) {
        NDIndex index = selection.slicing();
        NDArray part = record(
                tracer,
                array,
                "get",
                SLICE,
                selection.cuts(),
                () -> array.real().get(tracer.realManager(), index));
        tracer.traced(part).shows(IndexedAssignment.View.part(array, selection.cuts()));
        return part;
    }

    private static NDArray picked(Tracer tracer, TracedArray array, List<TracedArray> arrays, long[] axes) {
        NDIndex index = of(array.shape().dimension(), arrays, axes);
        Object[] arguments = arrays.size() == 1
                ? new Object[] {arrays.get(0).proxy(), axes[0]}
                : new Object[] {proxies(arrays), axes};
        return record(
                tracer,
                array,
                "take",
                arrays.size() == 1 ? TAKE : ARRAYS,
                arguments,
                () -> array.real().get(tracer.realManager(), index));
    }

    static NDList proxies(List<TracedArray> arrays) {
        NDList proxies = new NDList();
        arrays.forEach(array -> proxies.add(array.proxy()));
        return proxies;
    }

    private static NDArray pick(Tracer tracer, TracedArray array, NDIndex index) {
        List<NDIndexElement> elements = index.getIndices();
        List<NDIndexElement> picks =
                elements.stream().filter(e -> arrayIn(e).isPresent()).toList();
        boolean single = picks.size() == 1
                && elements.stream()
                        .allMatch(element -> element instanceof NDIndexPick || element instanceof NDIndexAll);
        if (!single) {
            throw tracer.error(
                    "DJL allows addPickDim only together with whole axes: slice first, then pick from the result");
        }
        NDArray indices = tracer.traced(arrayIn(picks.get(0)).orElseThrow()).proxy();
        Object[] arguments = {indices, (long) elements.indexOf(picks.get(0))};
        return record(
                tracer,
                array,
                "take",
                PICK,
                arguments,
                () -> array.real().get(tracer.realManager(), unwrap(tracer, index)));
    }

    /** Takes the elements that a mask selects: from all axes, or from the given axis on. */
    static NDArray booleanMask(Tracer tracer, TracedArray array, TracedArray mask, int axis) {
        if (mask.dependsOnInput()) {
            throw tracer.error("booleanMask with a mask that depends on the input makes an array whose shape depends"
                    + " on the data, which ONNX cannot hold: multiply by the mask, or use where");
        }
        Shape shape = array.shape();
        Shape masked = mask.shape();
        int kept = masked.equals(shape) ? 0 : axis;
        if (!masked.equals(shape.slice(kept))) {
            throw tracer.error("booleanMask takes a mask of the shape of the array or of its last axes, and not "
                    + masked + " for " + shape);
        }
        Shape flat = shape.slice(0, kept).add(masked.size());
        return picked(
                tracer,
                tracer.traced(array.proxy().reshape(flat)),
                Selection.places(tracer, mask.real().flatten()),
                new long[] {kept});
    }

    private static NDArray record(
            Tracer tracer,
            TracedArray array,
            String name,
            String primitive,
            @Nullable Object[] arguments,
            Tracer.Computation<RuntimeException> computation) {
        List<@Nullable Object> recorded = tracer.record(array, arguments);
        NDArray result = (NDArray) known(tracer.result(primitive, primitive, recorded, true, computation));
        return (NDArray) tracer.recordResult(array, name, primitive, recorded, result);
    }

    private static Object known(@Nullable Object result) {
        return Objects.requireNonNull(result, "the engine returned no array");
    }
}
