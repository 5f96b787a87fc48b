package io.catwalk.runner.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Assigns each classifier a color and a symbol, which depend on its name alone: they are the same in every chart of
 * every report. Only if two classifiers of a report would get the same color, the later one in the alphabet gets the
 * next free one.
 */
public final class Palette {

    /**
     * Eight colors, found by a search: they have a contrast of at least 3:1 to both backgrounds of the page, and are as
     * far apart as possible (distance in CIELAB) for people with normal color vision and for those without the long,
     * middle or short cones (simulated after Machado, Oliveira and Fernandes, "A Physiologically-based Model for
     * Simulation of Color Vision Deficiency", 2009).
     */
    public static final List<String> COLORS =
            List.of("#0078E4", "#D87800", "#009C6C", "#CC2430", "#8454A8", "#C078B4", "#783CFC", "#606C78");

    /** Multiplier of the hash, chosen so that no two classifiers of Catwalk's study want the same color. */
    private static final int SPREAD = 9653;

    /** Shift that leaves the highest three bits of a hash: the number of one of eight colors. */
    private static final int EIGHTH = 29;

    private static final List<Symbol> SYMBOLS = List.of(Symbol.values());

    private final Map<String, Look> looks = new HashMap<>();

    public record Look(String color, Symbol symbol) {}

    public Palette(List<String> names) {
        List<String> sorted = names.stream().sorted().toList();
        int[] taken = new int[COLORS.size()];
        for (int i = 0; i < sorted.size(); i++) {
            int round = i / COLORS.size(); // every color is used once before any is used again
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

    public Look look(String name) {
        Look look = looks.get(name);
        if (look == null) {
            throw new IllegalArgumentException("expected a classifier of the report, but found " + name);
        }
        return look;
    }
}
