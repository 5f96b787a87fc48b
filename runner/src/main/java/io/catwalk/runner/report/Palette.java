package io.catwalk.runner.report;

import io.catwalk.runner.report.graphics.Symbol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Gives each classifier its color and its symbol, which depend on its name alone: they are the same in every chart of
 * every report. Only where two classifiers of a report want the same, the later one in the alphabet takes its next
 * choice.
 */
public final class Palette {

    /**
     * Found by a search for eight colors that are at least 3:1 against both papers of the page, and as far
     * apart as possible (distance in CIELAB) for people with normal color vision and for those without the long,
     * middle or short cones (simulated after Machado, Oliveira and Fernandes, "A Physiologically-based Model for
     * Simulation of Color Vision Deficiency", 2009).
     */
    public static final List<String> COLORS =
            List.of("#0078E4", "#D87800", "#009C6C", "#CC2430", "#8454A8", "#C078B4", "#783CFC", "#606C78");

    /** Spreads the names that come with Catwalk: no two of the study want the same color. */
    private static final int SPREAD = 9653;

    /** Leaves of a hash the highest bits that number eight colors. */
    private static final int EIGHTH = 29;

    private static final List<Symbol> SYMBOLS = List.of(Symbol.values());

    private final Map<String, Look> looks = new HashMap<>();

    /** Is how a classifier is drawn. */
    public record Look(String color, Symbol symbol) {}

    /**
     * Gives the classifiers of a report their looks.
     *
     * @param names of them, each once
     */
    public Palette(List<String> names) {
        List<String> sorted = names.stream().sorted().toList();
        int[] taken = new int[COLORS.size()];
        for (int i = 0; i < sorted.size(); i++) {
            int round = i / COLORS.size(); // each color is taken once before one is taken again
            int first = (sorted.get(i).hashCode() * SPREAD) >>> EIGHTH;
            int place = IntStream.range(0, COLORS.size())
                    .map(step -> (first + step) % COLORS.size())
                    .filter(one -> taken[one] <= round)
                    .findFirst()
                    .orElseThrow();
            Symbol symbol = SYMBOLS.get((place + 3 * taken[place]) % SYMBOLS.size());
            taken[place]++;
            looks.put(sorted.get(i), new Look(COLORS.get(place), symbol));
        }
    }

    /**
     * Looks up how a classifier is drawn.
     *
     * @param name of one of the report
     * @return its look
     * @throws IllegalArgumentException if it is none of the report
     */
    public Look look(String name) {
        Look look = looks.get(name);
        if (look == null) {
            throw new IllegalArgumentException("expected a classifier of the report, but found " + name);
        }
        return look;
    }
}
