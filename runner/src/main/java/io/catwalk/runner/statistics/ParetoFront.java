package io.catwalk.runner.statistics;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Finds the candidates that no other is better than in every respect at once, such as accuracy, latency and size. */
public final class ParetoFront {

    private ParetoFront() {}

    /** Says which of two values is better. */
    public enum Better {
        /** A higher value is better, such as accuracy. */
        HIGHER,
        /** A lower value is better, such as latency. */
        LOWER
    }

    /**
     * Describes one respect in which candidates are compared.
     *
     * @param better which of two values is better
     * @param value reads a candidate's value; never NaN
     * @param <T> type of the candidates
     */
    public record Objective<T>(Better better, ToDoubleFunction<T> value) {

        /** Returns the value with a sign such that lower is better. */
        double cost(T candidate) {
            double number = value.applyAsDouble(candidate);
            if (Double.isNaN(number)) {
                throw new IllegalArgumentException(
                        "expected a number for each objective, but " + candidate + " has NaN");
            }
            return better == Better.LOWER ? number : -number;
        }
    }

    /**
     * Finds the candidates on the front: no other is at least as good in every objective and better in one.
     *
     * @param objectives the respects; at least one
     * @return those on the front, in their order; equals stay together
     * @throws IllegalArgumentException if there is no objective, or a value is NaN
     */
    public static <T> List<T> of(List<T> candidates, List<Objective<T>> objectives) {
        if (objectives.isEmpty()) {
            throw new IllegalArgumentException("expected at least 1 objective, but found none");
        }
        return candidates.stream()
                .filter(candidate -> candidates.stream().noneMatch(other -> dominates(other, candidate, objectives)))
                .toList();
    }

    private static <T> boolean dominates(T winner, T loser, List<Objective<T>> objectives) {
        boolean better = false;
        for (Objective<T> objective : objectives) {
            int order = Paired.order(objective.cost(winner), objective.cost(loser));
            if (order > 0) {
                return false;
            }
            better |= order < 0;
        }
        return better;
    }
}
