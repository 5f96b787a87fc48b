package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.graph.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings slices of a dynamic axis into one form: bounds that lie beyond the ends of the axis at all sizes stand for its
 * ends. So {@code ":, 2:100"} takes all from 2 on where an axis has at most 100 places.
 */
final class OpenEnds {

    private static final int STARTS = 1;
    private static final int STOPS = 2;
    private static final int AXES = 3;
    private static final int STEPS = 4;

    private static final Dim BEGIN = Dim.of(0);
    private static final Dim END = Dim.of(Long.MAX_VALUE);

    private OpenEnds() {}

    /** Names a bound that lies beyond the end at some sizes, and within the axis at others. */
    record Fault(int other, String text) {}

    /**
     * Opens bounds.
     *
     * @param shapes shape of the sliced array in each call
     */
    static Optional<Fault> open(List<@Nullable Object> arguments, List<Shape> shapes) {
        Operand array = (Operand) arguments.get(0);
        Arguments merged = new Arguments(Indexing.SLICE, arguments, "");
        long[] axes = merged.numbers(AXES);
        for (int bound : new int[] {STARTS, STOPS}) {
            List<Dim> dims = new ArrayList<>(merged.dims(bound));
            for (int i = 0; i < axes.length; i++) {
                int axis = (int) axes[i];
                Dim place = dims.get(i);
                if (array == null || array.shape().get(axis).isFixed() || !isPlace(place, bound, merged, i)) {
                    continue;
                }
                long reach = Math.abs(place.fixed());
                List<Boolean> beyond =
                        shapes.stream().map(shape -> reach > shape.get(axis)).toList();
                boolean opens = shapes.stream().allMatch(shape -> reach >= shape.get(axis));
                if (opens) {
                    dims.set(i, bound == STARTS ? BEGIN : END);
                } else if (beyond.contains(true)) {
                    int other = beyond.indexOf(!beyond.get(0));
                    return Optional.of(new Fault(other, text(place.fixed(), axis)));
                }
            }
            arguments.set(bound, List.copyOf(dims));
        }
        return Optional.empty();
    }

    /** Tells whether a bound may lie beyond an end: a start counted from the end, or a stop counted from the front. */
    private static boolean isPlace(Dim place, int bound, Arguments merged, int cut) {
        boolean counted = bound == STARTS ? place.fixed() < 0 : place.fixed() > 0;
        return place.isFixed() && counted && !place.equals(END) && merged.numbers(STEPS)[cut] > 0;
    }

    /** Opens the bounds of one call that are open in the program. */
    static List<@Nullable Object> like(List<@Nullable Object> merged, List<@Nullable Object> found) {
        if (!(found.get(0) instanceof Slot array) || !(found.get(AXES) instanceof long[] axes)) {
            return found;
        }
        List<@Nullable Object> opened = new ArrayList<>(found);
        for (int bound : new int[] {STARTS, STOPS}) {
            if (!(merged.get(bound) instanceof List<?> dims) || !(found.get(bound) instanceof long[] places)) {
                return found;
            }
            long[] changed = places.clone();
            for (int i = 0; i < axes.length && i < dims.size() && changed.length == axes.length; i++) {
                long length = array.shape().get((int) axes[i]);
                boolean begins = bound == STARTS && BEGIN.equals(dims.get(i)) && -places[i] >= length;
                boolean ends = bound == STOPS && END.equals(dims.get(i)) && places[i] >= length;
                changed[i] = begins ? 0 : ends ? Long.MAX_VALUE : places[i];
            }
            opened.set(bound, changed);
        }
        return opened;
    }

    /** Describes the bounds of a call that are open in the program alone, or there alone are not. */
    static Optional<String> fault(List<@Nullable Object> merged, List<@Nullable Object> found) {
        if (!(merged.get(0) instanceof Operand array) || !(found.get(0) instanceof Slot slot)) {
            return Optional.empty();
        }
        for (int bound : new int[] {STARTS, STOPS}) {
            if (merged.get(bound) instanceof List<?> dims
                    && found.get(bound) instanceof long[] places
                    && found.get(AXES) instanceof long[] axes) {
                for (int i = 0; i < axes.length && i < dims.size() && i < places.length; i++) {
                    boolean counted = bound == STARTS ? places[i] < 0 : places[i] > 0 && places[i] < Long.MAX_VALUE;
                    boolean opened = (bound == STARTS ? BEGIN : END).equals(dims.get(i));
                    boolean beyond = Math.abs(places[i]) > slot.shape().get((int) axes[i])
                            && !array.shape().get((int) axes[i]).isFixed();
                    if (counted && (opened || beyond)) {
                        return Optional.of(text(places[i], (int) axes[i]));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static String text(long place, int axis) {
        long reach = Math.abs(place);
        return "a slice takes the " + (place < 0 ? "last " : "first ") + reach + " places of axis " + axis
                + ", or fewer where there are fewer: let that axis have atMost(" + reach + ") or atLeast(" + reach
                + ") places";
    }
}
