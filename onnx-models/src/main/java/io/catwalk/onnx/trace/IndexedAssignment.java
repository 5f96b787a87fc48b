package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.dim.NDIndexPick;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reduces {@code set(NDIndex, ...)} to primitives that create a changed copy, which then becomes the content of the
 * array.
 */
final class IndexedAssignment {

    /** Arguments: array, value, then the cuts of a {@link Selection}. */
    static final String SLICE = "NDArray.set(NDIndex, NDArray)";

    private static final String SLICE_TO_NUMBER = "NDArray.set(NDIndex, Number)";

    /** Arguments: array, value, list of indices, their axes. */
    private static final String ARRAYS = "NDArray.set(NDIndex.arrays)";

    /** Arguments: array, value, mask, the first axis that it covers. */
    private static final String MASK = "NDArray.set(NDIndex.mask)";

    private IndexedAssignment() {}

    static void set(Tracer tracer, TracedArray array, NDIndex index, Object value) {
        array.requireWritable();
        if (index.stream().anyMatch(NDIndexPick.class::isInstance)) {
            throw tracer.error("DJL cannot write through an index with addPickDim: use scatter");
        }
        Object real = value instanceof NDArray operand ? tracer.traced(operand).real() : value;
        if (!array.dependsOnInput() && !tracer.dependsOnInput(new Object[] {index, value})) {
            Optional<TracedArray> before = array.before();
            write(array.real(), Indexing.unwrap(tracer, index), real);
            array.storage().written();
            before.ifPresent(old -> {
                Selection selection = Selection.of(tracer, index, array.shape());
                if (selection.arrays().isEmpty()) {
                    array.madeBy(ArrayDerivation.of(primitive(value), tracer.operands(old, written(value, selection))));
                }
            });
            return;
        }
        Selection selection = Selection.of(tracer, index, array.shape());
        boolean picks = !selection.arrays().isEmpty() || selection.mask().isPresent();
        TracedArray part =
                !picks || selection.cutsNothing() ? array : tracer.traced(Indexing.view(tracer, array, selection));
        if (selection.mask().isPresent()) {
            masked(tracer, part, selection, value, real);
        } else if (picks) {
            NDIndex places = Indexing.of(part.shape().dimension(), selection.arrays(), selection.axes());
            Object[] arguments = {value, Indexing.proxies(selection.arrays()), selection.axes()};
            change(tracer, part, ARRAYS, arguments, places, real);
        } else {
            change(tracer, part, primitive(value), written(value, selection), selection.slicing(), real);
        }
    }

    private static String primitive(Object value) {
        return value instanceof NDArray ? SLICE : SLICE_TO_NUMBER;
    }

    private static Object[] written(Object value, Selection selection) {
        return Stream.concat(Stream.of(value), Arrays.stream(selection.cuts())).toArray();
    }

    private static void masked(Tracer tracer, TracedArray part, Selection selection, Object value, Object real) {
        TracedArray mask = selection.mask().orElseThrow();
        if (real instanceof NDArray values && values.size() != 1) {
            throw tracer.error("several values for a mask that depends on the input have no ONNX form, because the mask"
                    + " decides how many are written: put them into an array of the full shape, and use where");
        }
        NDIndex places = new NDIndex().addAllDim(selection.maskedAxis()).addBooleanIndex(mask.real());
        Object[] arguments = {value, mask.proxy(), (long) selection.maskedAxis()};
        change(tracer, part, MASK, arguments, places, real);
    }

    private static void change(
            Tracer tracer, TracedArray array, String primitive, Object[] arguments, NDIndex index, Object value) {
        overwrite(tracer, array, primitive, tracer.record(array, arguments), changed -> write(changed, index, value));
    }

    private static void write(NDArray array, NDIndex index, Object value) {
        array.getNDArrayInternal().getIndexer(array.getManager()).set(array, index, value);
    }

    /** Changes an array with the engine. */
    interface Change<E extends Throwable> {
        void on(NDArray array) throws E;
    }

    /** Changes an array, and the arrays that it is a view of. */
    static <E extends Throwable> void overwrite(
            Tracer tracer, TracedArray array, String primitive, List<@Nullable Object> arguments, Change<E> change)
            throws E {
        List<View> views = new ArrayList<>();
        List<Slot> before = new ArrayList<>();
        for (View view = array.view(); view != null; view = view.of().view()) {
            views.add(view);
            before.add(view.of().slot());
        }
        tracer.result(primitive, primitive, arguments, true, () -> {
            apply(change, array);
            return null;
        });
        Slot written = tracer.operation(primitive, arguments, array.real());
        array.storage().writtenFromInput();
        array.hold(written);
        for (int i = 0; i < views.size(); i++) {
            View view = views.get(i);
            List<@Nullable Object> parts = new ArrayList<>(List.of(written));
            if (view.isPart()) {
                parts.add(0, before.get(i));
            }
            parts.addAll(Arrays.asList(view.back()));
            written = recorded(tracer, view.writing(), parts, view.of().real());
            view.of().hold(written);
        }
    }

    private static Slot recorded(Tracer tracer, String primitive, List<@Nullable Object> arguments, NDArray result) {
        tracer.result(primitive, primitive, arguments, true, () -> null);
        return tracer.operation(primitive, arguments, result);
    }

    /**
     * Changes an array in place. An array that depends on the input holds meaningless numbers, and may have no memory
     * of its own: the change is only tried on a copy, for the errors of the engine. A constant is always changed, so
     * that the next call detects it, even if the numbers that came from the input happen to change nothing.
     */
    private static <E extends Throwable> void apply(Change<E> change, TracedArray array) throws E {
        if (array.comesFromInput()) {
            try (NDArray copy = array.real().duplicate()) {
                change.on(copy);
            }
            return;
        }
        NDArray real = array.real();
        change.on(real);
        byte[] content = Tape.data("an array", real);
        for (int i = 0; i < content.length; i++) {
            content[i] ^= 1;
        }
        // Setting an array as a whole would give it other memory than its views have.
        try (NDManager manager = real.getManager().newSubManager();
                NDArray view = real.expandDims(0)) {
            ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
            write(view, new NDIndex("..."), manager.create(bytes, view.getShape(), view.getDataType()));
        }
    }

    /**
     * Describes how an array shows the memory of another one.
     *
     * @param reading the primitive that takes this array from the other one
     * @param forth its arguments after the other array
     * @param writing the primitive that makes the other array from this one
     * @param back its arguments after this array
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record View(TracedArray of, String reading, Object[] forth, String writing, Object[] back) {

        private static final String RESHAPE = "NDArray.reshape(Shape)";
        private static final String TRANSPOSE = "NDArray.transpose(int[])";

        static View part(TracedArray of, Object[] cuts) {
            return new View(of, Indexing.SLICE, cuts, SLICE, cuts);
        }

        /** Returns how the engine shares the memory of an array with what a method made of it; empty if unknown. */
        static Optional<View> of(
                TracedArray of, String method, List<@Nullable Object> arguments, List<Shape> made, int place) {
            int axes = of.shape().dimension();
            return switch (method) {
                case "expandDims", "squeeze" -> Optional.of(reshaped(of, made.get(place)));
                // Of an array whose rows do not follow each other, the engine makes a copy.
                case "reshape", "flatten" ->
                    of.isRowMajor() ? Optional.of(reshaped(of, made.get(place))) : Optional.empty();
                case "swapAxes" -> {
                    int[] order = IntStream.range(0, axes).toArray();
                    int one = Math.floorMod((int) Objects.requireNonNull(arguments.get(1)), axes);
                    int other = Math.floorMod((int) Objects.requireNonNull(arguments.get(2)), axes);
                    order[one] = other;
                    order[other] = one;
                    yield Optional.of(permuted(of, order));
                }
                case "transpose" ->
                    Optional.of(permuted(
                            of,
                            arguments.size() > 1 && ((int[]) Objects.requireNonNull(arguments.get(1))).length > 0
                                    ? (int[]) Objects.requireNonNull(arguments.get(1))
                                    : IntStream.range(0, axes)
                                            .map(i -> axes - 1 - i)
                                            .toArray()));
                case "split" -> {
                    int axis = Math.floorMod((int) Objects.requireNonNull(arguments.get(2)), axes);
                    long start = made.subList(0, place).stream()
                            .mapToLong(part -> part.get(axis))
                            .sum();
                    long[][] cut = {{start}, {start + made.get(place).get(axis)}, {axis}, {1}, {}, {}};
                    yield Optional.of(part(of, cut));
                }
                default -> Optional.empty();
            };
        }

        private static View reshaped(TracedArray of, Shape made) {
            return new View(of, RESHAPE, new Object[] {made}, RESHAPE, new Object[] {of.shape()});
        }

        private static View permuted(TracedArray of, int[] order) {
            int[] inverse = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                inverse[Math.floorMod(order[i], order.length)] = i;
            }
            return new View(of, TRANSPOSE, new Object[] {order.clone()}, TRANSPOSE, new Object[] {inverse});
        }

        /** Tells whether this array is but a part of the other one. */
        boolean isPart() {
            return writing.equals(SLICE);
        }

        /** Takes this array from the other one again, after that was written. */
        Slot again(Tracer tracer, NDArray real) {
            List<@Nullable Object> arguments = new ArrayList<>(List.of(of.slot()));
            arguments.addAll(Arrays.asList(forth));
            return recorded(tracer, reading, arguments, real);
        }
    }
}
