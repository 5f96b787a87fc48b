package io.catwalk.runner.experiment;

import io.catwalk.api.Choice;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.SearchSpace;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.TuningSpec.Rung;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Selects the candidates of a search. */
public final class Candidates {

    private static final int MOST_CANDIDATES = 10_000;
    private static final int MOST_ETA = 1_000;

    /** Number of draws for each point before the space counts as exhausted. */
    private static final int DRAWS = 1_000;

    private Candidates() {}

    /**
     * Lists every point.
     *
     * @param space what is searched over; each default is that of the classifier
     * @throws RequestException if the space is empty, too large or has a range
     */
    public static List<Map<String, Object>> grid(SearchSpace space) {
        check(space);
        space.choices().forEach((name, choice) -> {
            if (choice.isRange()) {
                throw new RequestException("expected values of " + name + " for a grid, but found the range "
                        + choice.words() + ": name them with --search " + name + "=A,B, or search with --strategy"
                        + " random");
            }
        });
        if (size(space) > MOST_CANDIDATES) {
            throw new RequestException("expected a grid of at most " + MOST_CANDIDATES
                    + " points, but this one has more: search over less, or with --strategy random");
        }
        return space.points().stream().map(Hyperparameters::values).toList();
    }

    /**
     * Draws points without replacement.
     *
     * @param count how many points, at least 1; fewer are drawn if there are not that many
     * @throws RequestException if the space is empty, or the count below 1
     */
    public static List<Map<String, Object>> random(SearchSpace space, int count, long seed) {
        check(space);
        if (count < 1) {
            throw new RequestException("--candidates must be at least 1, but is " + count);
        }
        if (count > MOST_CANDIDATES) {
            throw new RequestException("--candidates must be at most " + MOST_CANDIDATES + ", but is " + count);
        }
        boolean ranges = space.choices().values().stream().anyMatch(Choice::isRange);
        Set<Map<String, Object>> points = new LinkedHashSet<>();
        points.add(space.defaults().values());
        if (!ranges && count >= size(space)) {
            points.addAll(grid(space));
            return List.copyOf(points);
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (long draw = 0; points.size() < count && draw < (long) DRAWS * count; draw++) {
            Map<String, Object> point = new LinkedHashMap<>();
            space.choices().forEach((name, choice) -> point.put(name, choice.at(random.nextDouble())));
            points.add(point);
        }
        return List.copyOf(points);
    }

    /**
     * Plans successive halving: each rung has one {@code eta}th of the candidates of the previous rung,
     * for {@code eta} times as many epochs, so that each rung costs about the same. If there are too few
     * epochs for so many rungs, rungs without more epochs than the previous one are left out.
     *
     * @param candidates of the first rung, at least 1
     * @param epochs of the last rung, at least 1
     * @param eta at least 2
     * @return rungs with rising epochs; the last one has at least 2 candidates, unless there is only one
     * @throws RequestException if a number is out of its range
     */
    public static List<Rung> halving(int candidates, int epochs, int eta) {
        if (eta < 2 || epochs < 1 || candidates < 1) {
            throw new RequestException("expected --eta of at least 2, and at least 1 epoch and candidate, but found "
                    + eta + ", " + epochs + " and " + candidates);
        }
        if (eta > MOST_ETA) {
            throw new RequestException("--eta must be at most " + MOST_ETA + ", but is " + eta);
        }
        List<Integer> counts = new ArrayList<>();
        for (int left = candidates; counts.isEmpty() || left >= 2; left = left / eta) {
            counts.add(left);
        }
        List<Rung> rungs = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            double share = Math.pow(eta, counts.size() - 1 - i);
            int budget = (int) Math.max(1, Math.round(epochs / share));
            // With the same number of epochs, the same trainings would only be repeated.
            if (rungs.isEmpty() || budget > rungs.get(rungs.size() - 1).epochs()) {
                rungs.add(new Rung(budget, counts.get(i)));
            }
        }
        return rungs;
    }

    private static long size(SearchSpace space) {
        return space.choices().values().stream()
                .mapToLong(choice -> choice.values().size())
                .reduce(1, Candidates::times);
    }

    private static long times(long product, long factor) {
        return product > Integer.MAX_VALUE ? product : product * factor;
    }

    private static void check(SearchSpace space) {
        if (space.choices().isEmpty()) {
            throw new RequestException("expected a space to search, but it is empty: name something with --search");
        }
    }
}
