package io.catwalk.runner.experiment;

import io.catwalk.runner.statistics.CriticalDifference;
import java.util.ArrayList;
import java.util.List;

/** Writes what several data sets say as Markdown: a row a classifier, a column a data set. */
record AcrossMarkdown(Across across) {

    String text() {
        StringBuilder text = new StringBuilder();
        List<List<String>> rows = across.table();
        row(text, rows.get(0));
        text.append("|---|").append("--:|".repeat(rows.get(0).size() - 1)).append('\n');
        rows.subList(1, rows.size()).forEach(cells -> row(text, cells));
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

    private static void row(StringBuilder text, List<String> cells) {
        List<String> escaped = new ArrayList<>();
        cells.forEach(cell -> escaped.add(cell.replace("|", "\\|")));
        text.append("| ").append(String.join(" | ", escaped)).append(" |\n");
    }
}
