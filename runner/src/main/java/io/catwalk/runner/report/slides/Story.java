package io.catwalk.runner.report.slides;

import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.RunReport;
import java.awt.Color;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Holds what the slides tell: a run, and its classifiers in the order in which they are spoken of.
 *
 * @param report everything of the run
 * @param entrants all of them, in the order of the request
 * @param ranked those with a network whose accuracy is known, the most accurate first
 * @param palette their colors
 */
record Story(RunReport report, List<Entrant> entrants, List<Entrant> ranked, Palette palette) {

    /** How many classifiers a chart shows: as many as there are colors to tell them apart by. */
    static final int MOST_IN_LINES = 8;

    /** How many classifiers a chart of bars or a matrix shows. */
    static final int MOST_IN_BARS = 12;

    static Story of(RunReport report) {
        List<Entrant> entrants = Entrant.of(report);
        List<Entrant> ranked = entrants.stream()
                .filter(entrant -> entrant.accuracy() != null)
                .sorted(Comparator.comparing(
                        entrant -> Objects.requireNonNull(entrant.accuracy()), Comparator.reverseOrder()))
                .toList();
        return new Story(
                report,
                entrants,
                ranked,
                new Palette(entrants.stream().map(Entrant::name).toList()));
    }

    Results results() {
        return report.results();
    }

    Results.Dataset dataset() {
        return report.results().dataset();
    }

    String datasetName() {
        return Words.name(dataset().name());
    }

    boolean folded() {
        return results().experiment().folds() > 0;
    }

    /** Names the images that judge, in a sentence. */
    String judges() {
        Results.Summary experiment = results().experiment();
        if (results().tuning() != null) {
            return experiment.folds() + " folds of the training images, and the best of the search by the test images";
        }
        return folded()
                ? experiment.folds() + " folds of the training images"
                        + (experiment.repeats() > 1 ? ", dealt " + experiment.repeats() + " times" : "")
                : Words.count(dataset().test(), "test image", "test images");
    }

    Color color(Entrant entrant) {
        return Color.decode(palette.look(entrant.name()).color());
    }

    Color paleColor(Entrant entrant) {
        Color color = color(entrant);
        return new Color(color.getRed() / 2 + 127, color.getGreen() / 2 + 127, color.getBlue() / 2 + 127);
    }

    /** Says that a chart shows only the first of many, or nothing if it shows all. */
    static String shown(int shown, int all, String what) {
        return shown < all ? " Shown are the " + shown + " most accurate of " + all + " " + what + "." : "";
    }

    /** Returns the first of many. */
    static <T> List<T> first(List<T> all, int most) {
        return all.subList(0, Math.min(most, all.size()));
    }

    static List<String> names(List<Entrant> entrants) {
        return entrants.stream().map(Entrant::name).toList();
    }
}
