package io.catwalk.onnx.graph;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives the size of one axis as a linear function of the batch size: {@code perSample * batch + fixed}.
 *
 * @param perSample how much one more sample adds; 0 for an axis that does not follow the batch
 * @param fixed the part that stays
 */
public record Dim(long perSample, long fixed) {

    private static final Pattern FORM = Pattern.compile("(?:(-?\\d+)\\*)?batch([+-]\\d+)?");

    /** The size of the batch itself. */
    public static final Dim BATCH = new Dim(1, 0);

    /**
     * Makes a size that does not follow the batch.
     *
     * @param size the size
     * @return the size as a function of the batch
     */
    public static Dim of(long size) {
        return new Dim(0, size);
    }

    /** Reads what {@link #toString} wrote; any other name stands for the batch size. */
    static Dim parse(String text) {
        Matcher size = FORM.matcher(text);
        return size.matches() ? new Dim(number(size.group(1), 1), number(size.group(2), 0)) : BATCH;
    }

    private static long number(@Nullable String digits, long otherwise) {
        return digits == null ? otherwise : Long.parseLong(digits);
    }

    /**
     * Tells whether the size is the same for every batch.
     *
     * @return true if it does not follow the batch
     */
    public boolean isFixed() {
        return perSample == 0;
    }

    /**
     * Computes the size for one batch.
     *
     * @param batch batch size
     * @return the size
     */
    public long at(long batch) {
        return perSample * batch + fixed;
    }

    /**
     * Returns a size that must not follow the batch.
     *
     * @param what name of the axis, for the error
     * @return the size
     * @throws ExportException if the size follows the batch
     */
    public long fixed(String what) {
        if (!isFixed()) {
            throw new ExportException(what + " must not follow the batch, but is " + this);
        }
        return fixed;
    }

    Dim plus(Dim other) {
        return new Dim(perSample + other.perSample, fixed + other.fixed);
    }

    Dim times(Dim other) {
        if (!isFixed() && !other.isFixed()) {
            throw new ExportException("a size grows with the square of the batch: " + this + " times " + other
                    + "; keep samples apart from each other");
        }
        return isFixed()
                ? new Dim(fixed * other.perSample, fixed * other.fixed)
                : new Dim(perSample * other.fixed, fixed * other.fixed);
    }

    @Override
    public String toString() {
        if (isFixed()) {
            return Long.toString(fixed);
        }
        String batches = perSample == 1 ? "batch" : perSample + "*batch";
        return fixed == 0 ? batches : batches + (fixed > 0 ? "+" : "") + fixed;
    }
}
