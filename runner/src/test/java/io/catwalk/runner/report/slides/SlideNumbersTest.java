package io.catwalk.runner.report.slides;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.SampleRun;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Computes the numbers of the slides again, from the predictions of the networks and the records of their trials, and
 * finds them in a title, or in a row of whatever table.
 */
class SlideNumbersTest {

    private static final List<List<List<String>>> TABLES = new ArrayList<>();
    private static final List<String> TITLES = new ArrayList<>();
    private static final List<Model> MODELS = new SampleRun(SampleRun.SEVEN, SampleRun.CLOTHES, 0, 300, 5).models();

    @BeforeAll
    static void read() throws IOException {
        SampleRun run = new SampleRun(SampleRun.SEVEN, SampleRun.CLOTHES, 0, 300, 5);
        byte[] slides = Slides.bytes(ReportModel.of(run.report(MODELS, null, null)), SlideOptions.standard());
        try (XMLSlideShow show = new XMLSlideShow(new ByteArrayInputStream(slides))) {
            for (XSLFSlide slide : show.getSlides()) {
                TITLES.add(slide.getTitle());
                SlidesTest.tables(slide).map(SlideNumbersTest::cells).forEach(TABLES::add);
            }
        }
    }

    private static List<List<String>> cells(XSLFTable table) {
        List<List<String>> rows = new ArrayList<>();
        table.getRows()
                .forEach(row -> rows.add(row.getCells().stream()
                        .map(cell -> cell.getText().strip())
                        .toList()));
        return rows;
    }

    /** Returns all that the tables say in the rows of a classifier, whose name may follow its mark. */
    private static List<String> said(Model model) {
        return TABLES.stream()
                .flatMap(List::stream)
                .filter(row -> row.get(0).endsWith(model.label()))
                .flatMap(List::stream)
                .toList();
    }

    private static int[][] counts(Model model) {
        Predictions answers = Objects.requireNonNull(model.predictions());
        int classes = answers.classes();
        int[][] counts = new int[classes][classes];
        for (int i = 0; i < answers.labels().length; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = answers.logits()[i * classes + c] > answers.logits()[i * classes + best] ? c : best;
            }
            counts[answers.labels()[i]][best]++;
        }
        return counts;
    }

    private static double accuracy(Model model) {
        int[][] counts = counts(model);
        return IntStream.range(0, counts.length).map(c -> counts[c][c]).sum() / 300.0;
    }

    private static Model best() {
        return Collections.max(MODELS, (one, other) -> Double.compare(accuracy(one), accuracy(other)));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    /** Computes a bound of Wilson's interval by its textbook formula. */
    private static double bound(double p, double n, int sign) {
        double z = 1.959963984540054;
        return (p + z * z / (2 * n) + sign * z * Math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n);
    }

    @Test
    void accuraciesIntervalsAndCostsAreThoseOfTheTrials() {
        for (Model model : MODELS) {
            Done done = model.trained();
            double accuracy = accuracy(model);
            String interval = percent(bound(accuracy, 300, -1)) + " to " + percent(bound(accuracy, 300, 1));
            var costs = done.efficiency();
            double micros = Objects.requireNonNull(costs.onnxruntime()).p50Micros();
            long macs = Objects.requireNonNull(costs.multiplyAccumulates());
            int flips = Objects.requireNonNull(done.parity()).flips();
            assertThat(said(model))
                    .as(model.label())
                    .contains(percent(accuracy), interval, Math.round(micros) + " µs", Integer.toString(flips))
                    .contains(String.format(Locale.ROOT, "%,d", costs.parameters()))
                    .contains(String.format(Locale.ROOT, "%.2f", macs / 1e6));
        }
        assertThat(TITLES.get(0)).contains(best().label(), percent(accuracy(best())) + " %");
        assertThat(TITLES.get(4)).contains(best().label(), percent(accuracy(best())) + " %");
    }

    @Test
    void theConfusionMatrixIsThatOfTheAnswers() {
        int[][] counts = counts(best());
        List<List<String>> matrix = TABLES.stream()
                .filter(table -> table.get(0).size() == counts.length + 1)
                .findFirst()
                .orElseThrow();
        List<Double> recalls = new ArrayList<>();
        for (int truth = 0; truth < counts.length; truth++) {
            int images = IntStream.of(counts[truth]).sum();
            for (int taken = 0; taken < counts.length; taken++) {
                double share = (double) counts[truth][taken] / images;
                String shown = share < 0.005 ? "" : String.format(Locale.ROOT, "%.0f", 100 * share);
                assertThat(matrix.get(truth + 1).get(taken + 1)).isEqualTo(shown);
            }
            String name = SampleRun.CLOTHES.get(truth);
            double recall = (double) counts[truth][truth] / images;
            recalls.add(recall);
            assertThat(TABLES.stream().flatMap(List::stream))
                    .anyMatch(row -> row.get(0).equals(name) && row.get(1).equals(percent(recall)));
        }
        assertThat(TITLES.get(6)).contains(percent(Collections.min(recalls)) + " %");
    }

    @Test
    void confidenceIsThatOfTheSoftmax() {
        Predictions answers = Objects.requireNonNull(best().predictions());
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
        assertThat(confidence).isLessThan(bound(accuracy(best()), 300, -1));
        assertThat(TITLES.get(7)).contains("underconfident", percent(accuracy(best()) - confidence) + " points");
    }

    /** Newcombe's interval, as the square root of the sum of squares of the distances to Wilson's bounds. */
    @Test
    void whoOverfitsIsToldByTheIntervalOfTheGap() {
        List<Double> above = new ArrayList<>();
        for (Model model : MODELS) {
            var train = model.trained().metrics().train();
            var validation = model.trained().metrics().validation();
            double gap = train.accuracy() - validation.accuracy();
            double down = train.accuracy() - bound(train.accuracy(), train.images(), -1);
            double up = bound(validation.accuracy(), validation.images(), 1) - validation.accuracy();
            if (gap - Math.hypot(down, up) > 0) {
                above.add(gap);
            }
        }

        assertThat(above).hasSizeBetween(1, 6);
        assertThat(TITLES.get(7)).contains(above.size() + " of 7", percent(Collections.min(above)));
    }

    @Test
    void theFilesAreThoseOfTheCrossChecks() {
        long agreeing = MODELS.stream()
                .filter(one -> Objects.requireNonNull(one.trained().parity()).agrees())
                .count();
        assertThat(agreeing).isBetween(1L, 6L);
        assertThat(TITLES.get(8)).startsWith(agreeing + " of 7 ONNX files");
    }
}
