package io.catwalk.onnx.graph;

import io.catwalk.onnx.ExportException;
import java.util.LinkedHashSet;
import java.util.Set;

/** Computes the sizes of slices, as NumPy and ONNX define them. */
public final class Slices {

    /**
     * Symbolic sizes are compared at this large size of all axes: there, a constant is smaller than a size that depends
     * on an axis.
     */
    private static final long LARGE = 1_000_003;

    private Slices() {}

    /**
     * Counts the elements that a slice takes from an axis that is long enough for its bounds.
     *
     * @param start first index; negative counts from the end
     * @param stop index after the last; negative counts from the end, and beyond the end means the end
     * @param step distance, not 0
     * @throws ExportException if the step is negative, the length or a bound depends on an axis of the input, and the
     *     slice is not the whole axis
     */
    public static Dim size(Dim length, Dim start, Dim stop, long step) {
        if (length.isFixed() && start.isFixed() && stop.isFixed()) {
            return Dim.of(size(length.fixed(), start.fixed(), stop.fixed(), step));
        }
        if (step < 0) {
            boolean whole = start.equals(Dim.of(-1)) && stop.equals(Dim.of(Long.MIN_VALUE));
            if (!whole) {
                Set<String> axes = new LinkedHashSet<>(length.axes());
                axes.addAll(start.axes());
                axes.addAll(stop.axes());
                throw new ExportException("a slice goes backwards, and the part that it takes depends on the "
                        + String.join(" and the ", axes) + ": flip the whole axis, and slice forwards");
            }
            return length.plus(Dim.of(-step - 1)).floorDividedBy(-step);
        }
        Dim taken = bound(stop, length).minus(bound(start, length));
        return taken.at(LARGE) <= 0 ? Dim.of(0) : taken.plus(Dim.of(step - 1)).floorDividedBy(step);
    }

    private static Dim bound(Dim bound, Dim length) {
        Dim fromEnd = length.plus(bound);
        Dim place = bound.at(LARGE) >= 0 ? bound : fromEnd.at(LARGE) < 0 ? Dim.of(0) : fromEnd;
        boolean beyond = bound.isFixed() == length.isFixed()
                ? place.at(LARGE) > length.at(LARGE)
                : bound.isFixed() && bound.fixed() >= LARGE;
        return beyond ? length : place;
    }

    private static long size(long length, long start, long stop, long step) {
        if (step > 0) {
            long from = clamp(start < 0 ? start + length : start, 0, length);
            long to = clamp(stop < 0 ? stop + length : stop, 0, length);
            return Math.max(0, ceilDiv(to - from, step));
        }
        if (length == 0) {
            return 0;
        }
        long from = clamp(start < 0 ? start + length : start, 0, length - 1);
        // The smallest number stands for "before the first element": it must not wrap around.
        long to = stop == Long.MIN_VALUE ? -1 : Math.max(-1, stop < 0 ? stop + length : stop);
        return Math.max(0, ceilDiv(from - to, -step));
    }

    private static long clamp(long value, long low, long high) {
        return Math.max(low, Math.min(value, high));
    }

    private static long ceilDiv(long dividend, long divisor) {
        return -Math.floorDiv(-dividend, divisor);
    }
}
