package io.catwalk.onnx.graph;

/** Counts what a slice takes, as NumPy and ONNX do. */
final class Slices {

    private static final long ANY_BATCH = 1_000_003;

    private Slices() {}

    /**
     * Counts the elements that a slice takes from an axis.
     *
     * @param length size of the axis
     * @param start first index; negative counts from the end
     * @param stop index after the last; negative counts from the end, and beyond the end means the end
     * @param step distance, not 0
     * @return number of elements, as a function of the batch
     * @throws ExportException if that is no linear function
     */
    static Dim size(Dim length, Dim start, Dim stop, long step) {
        if (length.isFixed() && start.isFixed() && stop.isFixed()) {
            return Dim.of(size(length.fixed(), start.fixed(), stop.fixed(), step));
        }
        // A slice of a large batch is linear in the batch: two large batches tell the line, a third proves it.
        long first = sizeAt(length, start, stop, step, ANY_BATCH);
        long perSample = sizeAt(length, start, stop, step, ANY_BATCH + 1) - first;
        Dim line = new Dim(perSample, first - perSample * ANY_BATCH);
        if (line.at(ANY_BATCH + 2) != sizeAt(length, start, stop, step, ANY_BATCH + 2)
                || line.at(ANY_BATCH + 3) != sizeAt(length, start, stop, step, ANY_BATCH + 3)) {
            throw new ExportException("a slice along the batch takes a number of samples that is no multiple of the"
                    + " batch (start " + start + ", stop " + stop + ", step " + step + ")");
        }
        return line;
    }

    private static long sizeAt(Dim length, Dim start, Dim stop, long step, long batch) {
        return size(length.at(batch), start.at(batch), stop.at(batch), step);
    }

    private static long size(long length, long start, long stop, long step) {
        if (step > 0) {
            long from = clamp(start < 0 ? start + length : start, 0, length);
            long to = clamp(stop < 0 ? stop + length : stop, 0, length);
            return Math.max(0, ceilDiv(to - from, step));
        }
        long from = clamp(start < 0 ? start + length : start, 0, length - 1);
        // The smallest number stands for "before the first element": it must not wrap around.
        long to = stop == Long.MIN_VALUE ? -1 : clamp(stop < 0 ? stop + length : stop, -1, length - 1);
        return Math.max(0, ceilDiv(from - to, -step));
    }

    private static long clamp(long value, long low, long high) {
        return Math.max(low, Math.min(value, high));
    }

    private static long ceilDiv(long dividend, long divisor) {
        return -Math.floorDiv(-dividend, divisor);
    }
}
