package io.catwalk.onnx.parity;

import java.util.Comparator;
import java.util.List;

/**
 * Holds the outcome of every configuration of a cross-check.
 *
 * @param outcomes one per configuration, the default configuration first; at least one
 */
public record CrossCheckReport(List<Outcome> outcomes) {

    private static final Comparator<Outcome> BY_HARM =
            Comparator.comparingInt(CrossCheckReport::harm).thenComparingDouble(CrossCheckReport::maxAbs);

    /** Checks that there is an outcome. */
    public CrossCheckReport {
        outcomes = List.copyOf(outcomes);
        if (outcomes.isEmpty()) {
            throw new IllegalArgumentException("a cross-check needs at least one configuration");
        }
    }

    /**
     * Returns the outcome over all images with the default options: batches of 256, all threads, all optimizations.
     *
     * @return the outcome to show if only one can be shown
     */
    public Outcome summary() {
        return outcomes.get(0);
    }

    /**
     * Returns the worst outcome: one that failed, else one with NaN, else one with label flips, else one with a logit
     * beyond the tolerance. Of several, it is the one with the largest difference, and the first of equals.
     *
     * @return the worst outcome
     */
    public Outcome worst() {
        return outcomes.stream()
                .reduce((worst, next) -> BY_HARM.compare(next, worst) > 0 ? next : worst)
                .orElseThrow();
    }

    /**
     * Tells whether the file passed.
     *
     * @return whether the file agrees with the reference in every configuration
     */
    public boolean agrees() {
        return outcomes.stream().allMatch(Outcome::agrees);
    }

    /**
     * Returns the near ties of all configurations.
     *
     * @return near ties in the order of the images; each image once with each label that it gets
     */
    public List<Flip> nearTies() {
        return outcomes.stream()
                .filter(Outcome.Compared.class::isInstance)
                .flatMap(outcome -> ((Outcome.Compared) outcome).parity().nearTies().stream())
                .distinct()
                .sorted(Comparator.comparingInt(Flip::image).thenComparingInt(Flip::candidate))
                .toList();
    }

    private static int harm(Outcome outcome) {
        if (outcome instanceof Outcome.Compared compared) {
            Parity parity = compared.parity();
            return parity.notNumbers() > 0 ? 3 : !parity.flips().isEmpty() ? 2 : parity.beyond() > 0 ? 1 : 0;
        }
        return 4;
    }

    private static double maxAbs(Outcome outcome) {
        return outcome instanceof Outcome.Compared compared ? compared.parity().maxAbs() : Double.NaN;
    }
}
