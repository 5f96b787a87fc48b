package io.catwalk.runner.session;

import io.catwalk.onnx.runtime.OnnxOptions;
import java.util.List;

/**
 * Holds what came of tuning a session.
 *
 * @param standard options that the others were held against
 * @param options that are fastest: {@code standard} if none is clearly faster
 * @param standardSpeed median speed with the standard options, in images a second
 * @param speed median speed with the fastest options, in images a second, measured in turns with the standard ones
 * @param ratio of the two
 * @param tried what was measured, in that order
 */
public record TunedSession(
        OnnxOptions standard, OnnxOptions options, double standardSpeed, double speed, Ratio ratio, List<Tried> tried) {

    /** Copies the list. */
    public TunedSession {
        tried = List.copyOf(tried);
    }

    /**
     * Holds what one change did.
     *
     * @param change such as {@code threads 2}
     * @param ratio of its speed to that of the fastest options known then
     * @param taken whether it was kept
     */
    public record Tried(String change, Ratio ratio, boolean taken) {}

    /**
     * Tells whether tuning was of use.
     *
     * @return whether other options than the standard ones are faster
     */
    public boolean faster() {
        return !options.equals(standard);
    }
}
