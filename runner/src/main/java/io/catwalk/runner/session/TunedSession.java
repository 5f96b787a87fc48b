package io.catwalk.runner.session;

import io.catwalk.onnx.runtime.OnnxOptions;
import java.util.List;

/**
 * The result of tuning a session.
 *
 * @param standard the baseline options
 * @param options the fastest options: {@code standard} if none is clearly faster
 * @param standardSpeed median speed with the standard options, in images a second
 * @param speed median speed with the fastest options, in images a second, measured in turns with the standard options
 * @param ratio of the two
 * @param tried what was measured, in order
 */
public record TunedSession(
        OnnxOptions standard, OnnxOptions options, double standardSpeed, double speed, Ratio ratio, List<Tried> tried) {

    /** Copies the list. */
    public TunedSession {
        tried = List.copyOf(tried);
    }

    /**
     * The effect of one change.
     *
     * @param change such as {@code threads 2}
     * @param ratio of its speed to that of the fastest options known at that time
     * @param taken whether it was kept
     */
    public record Tried(String change, Ratio ratio, boolean taken) {}

    /**
     * Returns whether tuning had an effect.
     *
     * @return whether other options than the standard ones are faster
     */
    public boolean faster() {
        return !options.equals(standard);
    }
}
