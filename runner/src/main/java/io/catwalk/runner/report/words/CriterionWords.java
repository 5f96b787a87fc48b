package io.catwalk.runner.report.words;

import io.catwalk.api.Criterion;
import java.util.Locale;

/** Names the criteria by which epochs and candidates are selected, and writes their scores. */
public final class CriterionWords {

    private CriterionWords() {}

    /** Names a criterion. */
    public static String title(Criterion criterion) {
        return criterion.name().toLowerCase(Locale.ROOT).replace('_', ' ').replace("f1", "F1");
    }

    /** Returns the unit in which scores are shown. */
    public static String unit(Criterion criterion) {
        return criterion == Criterion.LOSS ? "nats" : "%";
    }

    /** Converts a share from 0 to 1, or nats, to the unit in which it is shown. */
    public static double shown(Criterion criterion, double score) {
        return criterion == Criterion.LOSS ? score : 100 * score;
    }

    /** Writes a score, or the standard deviation of scores, without its unit. */
    public static String text(Criterion criterion, double score) {
        return String.format(Locale.ROOT, criterion == Criterion.LOSS ? "%.4f" : "%.2f", shown(criterion, score));
    }
}
