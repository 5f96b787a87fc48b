package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexAll;
import ai.djl.ndarray.index.dim.NDIndexBooleans;
import ai.djl.ndarray.index.dim.NDIndexElement;
import ai.djl.ndarray.index.dim.NDIndexFixed;
import ai.djl.ndarray.index.dim.NDIndexNull;
import ai.djl.ndarray.index.dim.NDIndexSlice;
import ai.djl.ndarray.index.dim.NDIndexTake;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Describes what an {@link NDIndex} selects from an array: first a slice, then the elements of the slice that index
 * arrays or a mask select.
 *
 * @param slicing the index without its arrays
 * @param cuts starts, stops, axes, steps, axes to squeeze, axes to add (each {@code long[]})
 * @param arrays index arrays of whole numbers, one for each indexed axis of the slice
 * @param mask a mask that depends on the input
 * @param maskedAxis the first axis of the slice that the mask covers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record Selection(
        NDIndex slicing,
        Object[] cuts,
        List<TracedArray> arrays,
        long[] axes,
        Optional<TracedArray> mask,
        int maskedAxis) {

    static Selection of(Tracer tracer, NDIndex index, Shape shape) {
        return new Reading(tracer, shape).read(index);
    }

    boolean cutsNothing() {
        return Arrays.stream(cuts).allMatch(numbers -> ((long[]) numbers).length == 0);
    }

    /** Returns the positions of all true elements of a mask, one array for each of its axes. */
    static List<TracedArray> places(Tracer tracer, NDArray mask) {
        boolean[] bits = mask.toBooleanArray();
        int[] chosen = IntStream.range(0, bits.length).filter(i -> bits[i]).toArray();
        List<TracedArray> places = new ArrayList<>();
        long stride = mask.size();
        for (long size : mask.getShape().getShape()) {
            long inner = size == 0 ? 1 : stride / size;
            long[] along =
                    Arrays.stream(chosen).mapToLong(i -> i / inner % size).toArray();
            places.add(tracer.constant("mask", tracer.realManager().create(along)));
            stride = inner;
        }
        return places;
    }

    /** Reads the elements of one index. */
    private static final class Reading {

        private final Tracer tracer;
        private final Shape shape;
        private final NDIndex slicing = new NDIndex();
        private final List<long[]> cuts = new ArrayList<>();
        private final List<Long> squeezed = new ArrayList<>();
        private final List<Long> added = new ArrayList<>();
        private final List<TracedArray> arrays = new ArrayList<>();
        private final List<Long> axes = new ArrayList<>();
        private Optional<TracedArray> mask = Optional.empty();
        private int maskedAxis;
        private long axis;
        private long made;

        Reading(Tracer tracer, Shape shape) {
            this.tracer = tracer;
            this.shape = shape;
        }

        Selection read(NDIndex index) {
            elements(index, shape.dimension()).forEach(this::read);
            if (mask.isPresent() && !arrays.isEmpty()) {
                throw tracer.error("index arrays together with a mask that depends on the input have no ONNX form here:"
                        + " index with the arrays first");
            }
            Object[] numbers = {column(0), column(1), column(2), column(3), longs(squeezed), longs(added)};
            return new Selection(slicing, numbers, List.copyOf(arrays), longs(axes), mask, maskedAxis);
        }

        /** Expands the ellipsis, and adds whole axes up to the rank of the array. */
        private List<NDIndexElement> elements(NDIndex index, int rank) {
            List<NDIndexElement> elements = new ArrayList<>(index.getIndices());
            int used = elements.stream().mapToInt(this::covered).sum();
            int place = index.getEllipsisIndex() < 0 ? elements.size() : index.getEllipsisIndex();
            for (int i = used; i < rank; i++) {
                elements.add(place, new NDIndexAll());
            }
            return elements;
        }

        private int covered(NDIndexElement element) {
            if (element instanceof NDIndexBooleans booleans) {
                return booleans.getIndex().getShape().dimension();
            }
            return element instanceof NDIndexNull ? 0 : 1;
        }

        private void read(NDIndexElement element) {
            if (element instanceof NDIndexTake take) {
                array(tracer.traced(take.getIndex()));
                return;
            }
            if (element instanceof NDIndexBooleans booleans) {
                mask(tracer.traced(booleans.getIndex()));
                return;
            }
            slicing.addAllDim();
            slicing.getIndices().set(slicing.getIndices().size() - 1, element);
            if (element instanceof NDIndexNull) {
                added.add(made++);
                return;
            }
            if (element instanceof NDIndexFixed fixed) {
                long start = fixed.getIndex();
                cuts.add(new long[] {start, start == -1 ? Long.MAX_VALUE : start + 1, axis, 1});
                squeezed.add(axis);
                made--;
            } else if (element instanceof NDIndexSlice slice) {
                long start = slice.getMin() == null ? 0 : slice.getMin();
                long stop = slice.getMax() == null ? Long.MAX_VALUE : slice.getMax();
                cuts.add(new long[] {start, stop, axis, slice.getStep() == null ? 1 : slice.getStep()});
            }
            axis++;
            made++;
        }

        private void array(TracedArray array) {
            arrays.add(array);
            axes.add(made);
            slicing.addAllDim();
            axis++;
            made++;
        }

        private void mask(TracedArray found) {
            if (found.type() != DataType.BOOLEAN) {
                throw tracer.error(
                        "expected a mask of type BOOLEAN, but found " + found.type() + ": use toType(BOOLEAN)");
            }
            Shape masked = found.shape();
            int covers = masked.dimension();
            if (axis + covers > shape.dimension() || !masked.equals(shape.slice((int) axis, (int) axis + covers))) {
                throw tracer.error(
                        "a mask of shape " + masked + " does not fit axis " + axis + " of an array of shape " + shape);
            }
            if (!found.dependsOnInput()) {
                places(tracer, found.real()).forEach(this::array);
                return;
            }
            if (mask.isPresent()) {
                throw tracer.error("two masks that depend on the input in one index have no ONNX form here");
            }
            mask = Optional.of(found);
            maskedAxis = Math.toIntExact(made);
            slicing.addAllDim(covers);
            axis += covers;
            made += covers;
        }

        private long[] column(int column) {
            return cuts.stream().mapToLong(cut -> cut[column]).toArray();
        }

        private static long[] longs(List<Long> values) {
            return values.stream().mapToLong(Long::longValue).toArray();
        }
    }
}
