package io.catwalk.runner.report.slides;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.SampleRun;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Computes the numbers of the slides again, from the predictions of the networks and the records of their trials. */
class SlideNumbersTest {

    private static final List<List<List<List<String>>>> TABLES = new ArrayList<>();
    private static final List<String> TITLES = new ArrayList<>();
    private static List<Model> ranked = List.of();

    /** Nothing was compared. */
    @BeforeAll
    static void read() throws IOException {
        SampleRun run = new SampleRun(SampleRun.SEVEN, SampleRun.CLOTHES, 0, 300, 5);
        ranked = run.models().stream()
                .sorted(Comparator.comparingDouble(model -> -accuracy(model)))
                .toList();
        byte[] slides = Slides.bytes(ReportModel.of(run.report(run.models(), null, null)), SlideOptions.standard());
        try (XMLSlideShow show = new XMLSlideShow(new ByteArrayInputStream(slides))) {
            for (XSLFSlide slide : show.getSlides()) {
                TITLES.add(slide.getTitle());
                TABLES.add(SlidesTest.tables(slide).map(SlideNumbersTest::cells).toList());
            }
        }
    }

    private static List<List<String>> cells(XSLFTable table) {
        return table.getRows().stream()
                .skip(1)
                .map(row -> row.getCells().stream()
                        .map(cell -> cell.getText().strip())
                        .toList())
                .toList();
    }

    private static List<List<String>> table(int slide, int number) {
        return TABLES.get(slide - 1).get(number);
    }

    private static List<String> column(List<List<String>> table, int column) {
        return table.stream().map(row -> row.get(column)).toList();
    }

    private static Predictions answers(Model model) {
        return Objects.requireNonNull(model.predictions());
    }

    /** Returns the class with the largest logit. */
    private static int predicted(Predictions answers, int image) {
        int best = 0;
        for (int c = 1; c < answers.classes(); c++) {
            if (answers.logits()[image * answers.classes() + c] > answers.logits()[image * answers.classes() + best]) {
                best = c;
            }
        }
        return best;
    }

    /** Counts images of a true class that were classified as a class; -1 stands for any. */
    private static int count(Model model, int truth, int taken) {
        Predictions answers = answers(model);
        int count = 0;
        for (int i = 0; i < answers.labels().length; i++) {
            boolean is = truth < 0 || answers.labels()[i] == truth;
            count += is && (taken < 0 || predicted(answers, i) == taken) ? 1 : 0;
        }
        return count;
    }

    private static double accuracy(Model model) {
        double right = 0;
        for (int c = 0; c < answers(model).classes(); c++) {
            right += count(model, c, c);
        }
        return right / count(model, -1, -1);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    private static String wilson(double share, int images) {
        return percent(bound(share, images, -1)) + " to " + percent(bound(share, images, 1));
    }

    private static List<Done> trials() {
        return ranked.stream().map(Model::trained).toList();
    }

    @Test
    void accuraciesAndIntervalsAreThoseOfTheAnswers() {
        List<String> accuracies =
                ranked.stream().map(model -> percent(accuracy(model))).toList();
        List<String> intervals = ranked.stream()
                .map(model -> wilson(accuracy(model), count(model, -1, -1)))
                .toList();

        assertThat(column(table(1, 0), 1)).isEqualTo(accuracies);
        assertThat(column(table(1, 0), 2)).isEqualTo(intervals);
        assertThat(column(table(5, 0), 1)).isEqualTo(accuracies);
        assertThat(column(table(5, 0), 2)).isEqualTo(intervals);
        assertThat(TITLES.get(0)).contains(accuracies.get(0) + " %");
        assertThat(TITLES.get(4)).contains(accuracies.get(0) + " %");
    }

    @Test
    void theConfusionMatrixIsThatOfTheAnswers() {
        Model best = ranked.get(0);
        int classes = answers(best).classes();
        for (int truth = 0; truth < classes; truth++) {
            for (int taken = 0; taken < classes; taken++) {
                double share = (double) count(best, truth, taken) / count(best, truth, -1);
                String shown = share < 0.005 ? "" : String.format(Locale.ROOT, "%.0f", 100 * share);
                assertThat(table(7, 0).get(truth).get(taken + 1)).isEqualTo(shown);
            }
        }
        List<Double> recalls = new ArrayList<>();
        for (List<String> row : table(7, 1)) {
            int truth = SampleRun.CLOTHES.indexOf(row.get(0));
            double recall = (double) count(best, truth, truth) / count(best, truth, -1);
            assertThat(row.get(1)).isEqualTo(percent(recall));
            recalls.add(recall);
        }
        assertThat(recalls).hasSize(classes).isSorted();
        assertThat(TITLES.get(6)).contains(percent(recalls.get(0)) + " %");
    }

    @Test
    void confidenceIsThatOfTheSoftmax() {
        Predictions answers = answers(ranked.get(0));
        double confidence = 0;
        for (int i = 0; i < answers.labels().length; i++) {
            double sum = 0;
            double most = 0;
            for (int c = 0; c < answers.classes(); c++) {
                double e = Math.exp(answers.logits()[i * answers.classes() + c]);
                sum += e;
                most = Math.max(most, e);
            }
            confidence += most / sum / answers.labels().length;
        }
        double accuracy = accuracy(ranked.get(0));
        assertThat(confidence).isLessThan(bound(accuracy, answers.labels().length, -1));
        assertThat(TITLES.get(7)).contains("underconfident", percent(accuracy - confidence) + " points");
    }

    /** Newcombe's interval, as the square root of the sum of squares of the distances to Wilson's bounds. */
    @Test
    void whoOverfitsIsToldByTheIntervalOfTheGap() {
        List<Double> above = new ArrayList<>();
        for (Done done : trials()) {
            Metrics train = done.metrics().train();
            Metrics validation = done.metrics().validation();
            double low = train.accuracy()
                    - validation.accuracy()
                    - Math.hypot(train.accuracy() - wilson(train, -1), wilson(validation, 1) - validation.accuracy());
            if (low > 0) {
                above.add(train.accuracy() - validation.accuracy());
            }
        }

        assertThat(above).isNotEmpty();
        assertThat(TITLES.get(7)).contains(above.size() + " of 7", percent(Collections.min(above)));
    }

    private static double wilson(Metrics metrics, int sign) {
        return bound(metrics.accuracy(), metrics.images(), sign);
    }

    /** Computes a bound of Wilson's interval by its textbook formula. */
    private static double bound(double p, double n, int sign) {
        double z = 1.959963984540054;
        return (p + z * z / (2 * n) + sign * z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n);
    }

    @Test
    void costsAreThoseOfTheTrials() {
        assertThat(column(table(6, 0), 1))
                .isEqualTo(trials().stream()
                        .map(done -> Math.round(
                                        Objects.requireNonNull(done.efficiency().onnxruntime())
                                                .p50Micros()) + " µs")
                        .toList());
        assertThat(column(table(6, 0), 3)).isEqualTo(column(table(1, 0), 4)).isEqualTo(column(table(3, 0), 4));
        assertThat(column(table(3, 0), 2))
                .isEqualTo(trials().stream()
                        .map(done -> String.format(
                                Locale.ROOT, "%,d", done.efficiency().parameters()))
                        .toList());
        assertThat(column(table(3, 0), 3))
                .isEqualTo(trials().stream()
                        .map(done -> String.format(
                                Locale.ROOT,
                                "%.2f",
                                Objects.requireNonNull(done.efficiency().multiplyAccumulates()) / 1e6))
                        .toList());
    }

    @Test
    void theFilesAreThoseOfTheCrossChecks() {
        long agreeing = trials().stream()
                .filter(done -> Objects.requireNonNull(done.parity()).agrees())
                .count();

        assertThat(agreeing).isBetween(1L, 6L);
        assertThat(TITLES.get(8)).startsWith(agreeing + " of 7 ONNX files");
        assertThat(column(table(9, 0), 3))
                .isEqualTo(trials().stream()
                        .map(done -> Integer.toString(
                                Objects.requireNonNull(done.parity()).flips()))
                        .toList());
    }
}
