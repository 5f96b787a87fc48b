package io.catwalk.runner.trial;

import io.catwalk.runner.RequestException;

/**
 * Says when an 8-bit model is good enough to be used.
 *
 * @param budget percentage points of accuracy that it may lose, with the whole 95 % interval, 0 to 100
 * @param speedup how many times as fast as the float model it must be; 0 if speed does not matter
 */
public record QuantizationGate(double budget, double speedup) {

    /** Checks the ranges of the numbers. */
    public QuantizationGate {
        if (!(budget >= 0 && budget <= 100)) {
            throw new RequestException("--budget must be from 0 to 100 points, such as 0.2, but is " + budget);
        }
        if (!(speedup >= 0 && Double.isFinite(speedup))) {
            throw new RequestException("--min-speedup must be 0 or more, such as 1.2, but is " + speedup);
        }
    }
}
