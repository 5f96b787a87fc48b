package io.catwalk.runner.statistics;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Finds the candidates that no other is better than in every respect at once, such as accuracy, latency and size. */
public final class ParetoFront {

    private ParetoFront() {}

    /**
     * Finds the candidates on the front: no other is at least as good in every objective and better in one.
     *
     * @param objectives the respects; of each, a lower value is better
     * @return those on the front, in their order; equals stay together
     */
    public static <T> List<T> of(List<T> candidates, List<ToDoubleFunction<T>> objectives) {
        return candidates.stream()
                .filter(candidate -> candidates.stream().noneMatch(other -> dominates(other, candidate, objectives)))
                .toList();
    }

    private static <T> boolean dominates(T winner, T loser, List<ToDoubleFunction<T>> objectives) {
        boolean better = false;
        for (ToDoubleFunction<T> objective : objectives) {
            int order = Paired.order(objective.applyAsDouble(winner), objective.applyAsDouble(loser));
            if (order > 0) {
                return false;
            }
            better |= order < 0;
        }
        return better;
    }
}
