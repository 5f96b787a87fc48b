package io.catwalk.runner.report.page;

import io.catwalk.runner.report.page.PageData.Contestant;
import io.catwalk.runner.report.page.PageData.Judged;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Shows how many images of each class are found, the hardest class first.
 *
 * @param contestants whose recalls it shows, the best first; none if there are no predictions
 * @param rows one for each class that has images
 */
record ClassTable(List<Contestant> contestants, List<Row> rows) {

    /** More columns than these do not fit beside the names. */
    private static final int MOST = 6;

    /**
     * Shows a class.
     *
     * @param name of the class
     * @param images that it has among those that judge
     * @param recalls one for each contestant, 0 to 1
     * @param mean of them
     * @param takenFor what the best contestant most often takes it for; null if for nothing else
     * @param taken number of images that it takes for that
     */
    record Row(
            String name,
            int images,
            List<Double> recalls,
            double mean,
            @Nullable String takenFor,
            int taken) {}

    static ClassTable of(PageData data) {
        List<Contestant> shown = data.contestants().stream()
                .filter(one -> one.judged() != null)
                .limit(MOST)
                .toList();
        List<Row> rows = new ArrayList<>();
        for (int c = 0; !shown.isEmpty() && c < data.classes().size(); c++) {
            int images = (int) score(shown.get(0), "support", c);
            if (images > 0) {
                rows.add(row(data.classes(), shown, c, images));
            }
        }
        rows.sort(Comparator.comparingDouble(Row::mean));
        return new ClassTable(shown, List.copyOf(rows));
    }

    private static Row row(List<String> classes, List<Contestant> shown, int label, int images) {
        List<Double> recalls =
                shown.stream().map(one -> score(one, "recall", label)).toList();
        List<Integer> takenFor = judged(shown.get(0)).takenFor();
        int other = takenFor.get(2 * label);
        return new Row(
                classes.get(label),
                images,
                recalls,
                recalls.stream().mapToDouble(recall -> recall).average().orElse(0),
                other < 0 ? null : classes.get(other),
                takenFor.get(2 * label + 1));
    }

    private static double score(Contestant one, String name, int label) {
        return Objects.requireNonNull(judged(one).scores().get(name)).get(label);
    }

    private static Judged judged(Contestant one) {
        return Objects.requireNonNull(one.judged());
    }
}
