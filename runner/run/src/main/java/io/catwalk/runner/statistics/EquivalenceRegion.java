package io.catwalk.runner.statistics;

import io.catwalk.runner.RequestException;

/**
 * Says which difference in accuracy is too small to matter: the region of practical equivalence.
 *
 * @param points largest difference, in either direction, that does not matter, in percentage points; 0 or
 *     above
 */
public record EquivalenceRegion(double points) {

    /** Half a percentage point, the default. */
    public static final EquivalenceRegion STANDARD = new EquivalenceRegion(0.5);

    public EquivalenceRegion {
        if (!(points >= 0 && points <= 100)) {
            throw new RequestException("expected a region of practical equivalence from 0 to 100 points of accuracy,"
                    + " but found " + points + "; try 0.5");
        }
    }

    /** Returns the region as a share, as accuracies are: 0.005 for half a point. */
    public double share() {
        return points / 100;
    }
}
