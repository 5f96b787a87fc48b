package io.catwalk.runner.report.page;

import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.Findings;
import io.catwalk.runner.report.ReportModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table of the recall of each class, the hardest class first.
 *
 * @param entrants whose recalls it shows, the best first; empty if there are no predictions
 * @param rows one for each class that has images
 */
record ClassTable(List<Entrant> entrants, List<Row> rows) {

    /** Largest number of columns that fit beside the names. */
    private static final int MOST = 6;

    /**
     * A class.
     *
     * @param label its number among the classes
     * @param name of the class
     * @param images number of its test images
     * @param recalls one for each entrant, 0 to 1
     * @param mean of them
     * @param takenFor class that the best entrant most often classifies it as by mistake; null if it makes no mistake
     * @param taken number of these images
     */
    record Row(
            int label,
            String name,
            int images,
            List<Double> recalls,
            double mean,
            @Nullable String takenFor,
            int taken) {}

    static ClassTable of(ReportModel model) {
        List<Entrant> shown =
                model.entrants().stream().filter(Entrant::evaluated).limit(MOST).toList();
        List<Evaluation> evaluations = shown.stream()
                .map(one -> Objects.requireNonNull(one.evaluation()))
                .toList();
        List<Row> rows = new ArrayList<>();
        List<String> classes = model.dataset().classes();
        for (int label = 0; !shown.isEmpty() && label < classes.size(); label++) {
            if (evaluations.get(0).confusion().support(label) > 0) {
                rows.add(row(classes, evaluations, label));
            }
        }
        rows.sort(Comparator.comparingDouble(Row::mean));
        return new ClassTable(shown, List.copyOf(rows));
    }

    /** Says of which trials all recalls are, as {@link Entrant#selection} does; empty if that differs by entrant. */
    String selection() {
        List<String> selections =
                entrants.stream().map(Entrant::selection).distinct().toList();
        return selections.size() == 1 ? selections.get(0) : "";
    }

    private static Row row(List<String> classes, List<Evaluation> evaluations, int label) {
        ConfusionMatrix best = evaluations.get(0).confusion();
        ConfusionMatrix.Cell mistake = Findings.mistake(best, label).orElse(null);
        List<Double> recalls = evaluations.stream()
                .map(one -> one.classes().get(label).recall())
                .toList();
        return new Row(
                label,
                classes.get(label),
                best.support(label),
                recalls,
                recalls.stream().mapToDouble(recall -> recall).average().orElse(0),
                mistake == null ? null : classes.get(mistake.predicted()),
                mistake == null ? 0 : mistake.images());
    }
}
