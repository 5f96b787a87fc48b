package io.catwalk.runner.experiment;

import io.catwalk.runner.Markdown;
import io.catwalk.runner.statistics.CriticalDifference;

/** Writes the results of several data sets as Markdown: one row per classifier, one column per data set. */
record AcrossMarkdown(Across across) {

    String text() {
        StringBuilder text = new StringBuilder(Markdown.table(across.table()));
        text.append("\nAccuracy on the test images, in percent; with several seeds or folds, the mean.\n");
        text.append("\n**").append(across.headline()).append("**\n\n");
        CriticalDifference ranking = across.ranking();
        if (ranking != null) {
            text.append(Across.ranksExplained(ranking)).append("\n\n");
            across.pairs()
                    .forEach(pair -> text.append("- ").append(pair.sentence()).append('\n'));
            text.append('\n').append(across.oddsExplained()).append("\n\n");
        }
        return text.append(across.limits()).append('\n').toString();
    }
}
