package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Criterion;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.report.ReportModel.Answers;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.report.RowChart.Row;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class PlotsTest {

    private static final List<String> CLASSES = List.of("cat", "dog & <wolf>", "bird");

    @TempDir
    Path folder;

    private final List<Model> models = new ArrayList<>();
    private List<String> classes = CLASSES;
    private int folds = 0;
    private @Nullable Tuning tuning;

    private ReportModel model() {
        return new SampleRun(List.of(), classes, folds, 10, 1).report(models, null, tuning);
    }

    private List<String> write() throws IOException {
        return Plots.write(model(), folder.resolve("plots")).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    private void add(String classifier, int fold, double accuracy, @Nullable Efficiency efficiency) {
        int[] labels = IntStream.range(0, 60).map(i -> i % classes.size()).toArray();
        float[] logits = new float[labels.length * classes.size()];
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextDouble() + (i % classes.size() == labels[i / classes.size()] ? 0.5f : 0);
        }
        add(classifier, fold, accuracy, efficiency, epochs(2), new Predictions(classes.size(), labels, logits));
    }

    private static List<Epoch> epochs(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(epoch -> new Epoch(epoch, 1.0 / epoch, 0.4, 1.1 / epoch, 0.5, 0.5, 0.1, 1))
                .toList();
    }

    private void add(
            String classifier,
            int fold,
            double accuracy,
            @Nullable Efficiency efficiency,
            List<Epoch> history,
            @Nullable Predictions predictions) {
        Metrics train = MadeUp.metrics(accuracy + 0.02);
        TrialMetrics metrics = new TrialMetrics(MadeUp.metrics(accuracy), MadeUp.metrics(accuracy + 0.01), train);
        Efficiency costs = efficiency == null ? MadeUp.efficiency(null, null) : efficiency;
        Done done = MadeUp.done(MadeUp.trial(classifier, 1, fold), metrics, costs, null);
        Answers answers = predictions == null ? null : Answers.of(() -> predictions, classes, true);
        models.add(new Model(classifier, done, history, answers, null));
    }

    private static Efficiency efficiency(double micros) {
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        Latency latency = MadeUp.latency(1, 5_000, micros, micros, micros, 1.0, 1.0, null, machine);
        return new Efficiency(10L, 20L, 30, 2048L, 120.0, 1.0, 1, 3L << 20, latency, latency);
    }

    private Document svg(String name) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder()
                .parse(folder.resolve("plots").resolve(name + ".svg").toFile());
    }

    private List<String> all(String name, String tag) throws Exception {
        NodeList found = svg(name).getElementsByTagName(tag);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getTextContent())
                .toList();
    }

    private Chart.Caption caption(String name) {
        return chart(name).caption();
    }

    private Chart chart(String name) {
        return SampleDocument.chart(RunDocument.charts(model()), name);
    }

    private String titleOf(String name) {
        ClassifierCharts charts =
                new ClassifierCharts(model(), model().trained().get(0), "1");
        return SampleDocument.chart(charts.all(), name + "-1").caption().title();
    }

    /** Adds a classifier that classifies so many images of each class correctly, and the others as the next class. */
    private void add(String classifier, int images, int... correct) {
        classes = SampleRun.numbered("class ", correct.length);
        int[] labels =
                IntStream.range(0, images * correct.length).map(i -> i / images).toArray();
        float[] logits = new float[labels.length * correct.length];
        for (int i = 0; i < labels.length; i++) {
            int answer = i % images < correct[labels[i]] ? labels[i] : (labels[i] + 1) % correct.length;
            logits[i * correct.length + answer] = 1 + i / 100f;
        }
        add(classifier, 0, 0.9, efficiency(10), epochs(1), new Predictions(correct.length, labels, logits));
    }

    @Test
    void aTitleNamesTheHardestClassAndTheMostFrequentMistake() {
        add("net", 20, 15, 20, 20);
        assertThat(titleOf("classes")).contains("class 1", "75.00 % of 20 images");
        assertThat(titleOf("confusion-matrix")).contains("5 of 20 images of class 1 classified as class 2");
    }

    @Test
    void aTitleNamesBothOfTwoThatTieAndNoneOfMore() {
        add("two", 20, 15, 15, 20);
        assertThat(titleOf("classes")).contains("class 1 and class 2", "75.00 %");
        assertThat(titleOf("confusion-matrix"))
                .contains("class 1 classified as class 2", "class 2 classified as class 3");
        models.clear();
        add("four", 20, 15, 15, 15, 20);
        assertThat(titleOf("classes")).startsWith("3 classes").contains("75.00 %");
        models.clear();
        add("three", 20, 15, 15, 15);
        assertThat(titleOf("classes")).startsWith("Each class").contains("75.00 %");
        assertThat(titleOf("confusion-matrix")).startsWith("15 of 60 images").doesNotContain("class 1");
    }

    @Test
    void aTitleNamesNoClassOfFewerThanTenImages() {
        add("net", 9, 3, 9, 9);
        assertThat(titleOf("classes")).doesNotContain("class 1");
        assertThat(titleOf("confusion-matrix")).startsWith("6 of 27 images").doesNotContain("class 1");
    }

    @Test
    void withoutMistakesTheTitlesSaySo() {
        add("net", 20, 20, 20);
        assertThat(titleOf("confusion-matrix")).contains("No mistake in 40 images");
        assertThat(titleOf("classes")).contains("Each class", "100.00 %");
        assertThat(caption("risk-coverage").table().get(1)).startsWith("net", "0.0000", "0.00", "100.00", "0.00");
    }

    /** Fewer than five trials have no quartiles. */
    @Test
    void fewTrialsAreDotsWithoutABox() {
        add("few", 0, 0.8, null);
        add("few", 0, 0.9, null);
        RowChart chart = (RowChart) chart("seeds");
        assertThat(chart.rows().get(0).items())
                .containsExactly(
                        new Row.Dot(80, chart.rows().get(0).symbol(), true),
                        new Row.Dot(90, chart.rows().get(0).symbol(), true));
        assertThat(chart.caption().title()).contains("10.00 points");
        assertThat(chart.caption().table().get(1)).containsExactly("few", "2", "80.00", "–", "85.00", "–", "90.00");
    }

    @Test
    void aTimeOfABusyMachineIsMarkedInTitleAndTable() {
        Latency quiet = Objects.requireNonNull(efficiency(120).onnxruntime());
        Latency busy = MadeUp.latency(1, 10, 120, null, null, null, null, MadeUp.BUSY, quiet.machine());
        add("net", 0, 0.8, new Efficiency(10L, 20L, 30, 2048L, 120.0, 1.0, 1, 3L << 20, busy, busy));
        assertThat(caption("accuracy-latency").title()).contains("~120 µs", "80.00 %");
        assertThat(caption("accuracy-latency").table().get(1)).contains("~120 µs");
    }

    @Test
    void everyChartIsThereInBothForms() throws Exception {
        add("lstm", 0, 0.8, efficiency(100));
        add("conv", 0, 0.9, efficiency(50));
        List<String> written = write();
        String expected = "learning-accuracy-lstm learning-loss-lstm confusion-matrix-lstm reliability-lstm "
                + "classes-lstm learning-accuracy-conv learning-loss-conv confusion-matrix-conv reliability-conv "
                + "classes-conv differences accuracy accuracy-latency risk-coverage validation-accuracy validation-loss overfitting";
        assertThat(written)
                .containsExactlyInAnyOrderElementsOf(Stream.of(expected.split(" ", -1))
                        .flatMap(name -> Stream.of(name + ".svg", name + ".png"))
                        .toList());
        for (String name : expected.split(" ", -1)) {
            var image = ImageIO.read(folder.resolve("plots/" + name + ".png").toFile());
            double width = Double.parseDouble(svg(name).getDocumentElement().getAttribute("width"));
            assertThat(Math.ceil(2 * width)).isEqualTo(image.getWidth());
            assertThat(all(name, "title").get(0)).isNotBlank();
        }
    }

    /** Four cats, one classified as a wolf; two wolves, both correct; two birds, one classified as a cat. */
    @Test
    void theConfusionMatrixShowsCountsAndShares() throws Exception {
        int[] labels = {0, 0, 0, 0, 1, 1, 2, 2};
        float[] logits = {1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1};
        add("net", 0, 0.7, null, List.of(), new Predictions(3, labels, logits));
        assertThat(write()).contains("confusion-matrix-net.svg");
        assertThat(all("confusion-matrix-net", "text"))
                .contains("dog & <wolf>", "true", "predicted")
                .containsSubsequence("3", "1", "2", "1", "1");
        assertThat(all("confusion-matrix-net", "title"))
                .contains("cat recognized: 3 of 4 (75.00 %)", "cat classified as dog & <wolf>: 1 of 4 (25.00 %)")
                .contains("dog & <wolf> recognized: 2 of 2 (100.00 %)", "bird classified as cat: 1 of 2 (50.00 %)");
    }

    /** Ten images of each of ten kinds of wolf are classified as another ten kinds; one of each kind is correct. */
    @Test
    void ofAThousandClassesTheThirtyMostConfusedAreShown() throws Exception {
        classes = SampleRun.numbered("wolf ", 1000);
        int[] labels = new int[1100];
        float[] logits = new float[1100 * 1000];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i < 100 ? 500 + i % 10 : i - 100;
            logits[i * 1000 + (i < 100 ? 600 + i % 10 : labels[i])] = 1;
        }
        add("net", 0, 0.7, null, List.of(), new Predictions(1000, labels, logits));

        write();

        assertThat(all("confusion-matrix-net", "text"))
                .contains("wolf 501", "wolf 510", "wolf 601", "wolf 610")
                .doesNotContain("wolf 500", "wolf 511", "wolf 611", "wolf 1000");
    }

    @Test
    void aFailedTrialIsInNoChart() throws Exception {
        add("broken", 0, 0.7, null);
        TrialOutcome failed = new TrialOutcome.Failed(models.remove(0).outcome().trial(), "out of memory");
        models.add(new Model("broken", failed, List.of(), null, null));
        assertThat(write()).isEmpty();
        add("net", 0, 0.7, efficiency(10), epochs(1), null);
        assertThat(write())
                .contains("learning-accuracy-net.svg", "accuracy-latency.svg")
                .noneMatch(file -> file.contains("broken"));
        assertThat(all("accuracy", "text")).contains("net").doesNotContain("broken");
        assertThat(all("overfitting", "text")).contains("net", "+1.00 ?", "Training", "Validation", "Test");
    }

    @Test
    void foldsAreShownByABoxForEachClassifier() throws Exception {
        folds = 5;
        for (int fold = 1; fold <= 5; fold++) {
            add("a", fold, 0.80 + fold / 100.0, null);
            add("b", fold, 0.70 + fold / 100.0, null, epochs(fold), null);
        }
        assertThat(write())
                .contains("folds.svg", "learning-accuracy-a.svg")
                .filteredOn(file -> file.startsWith("learning"))
                .hasSize(8);
        assertThat(all("folds", "text")).contains("a", "b", "n = 5");
        // With early stopping, the folds of b end after 1 to 5 epochs: all are on the axis.
        assertThat(all("learning-accuracy-b", "text")).contains("1", "2", "3", "4", "5");
        assertThat(all("learning-loss-b", "text")).contains("1", "2", "3", "4", "5");
    }

    /** File names have neither capitals nor a plus, so the label of a classifier does not tell its picture. */
    @Test
    void thePictureOfAClassifierIsFoundByItsLabel() throws IOException {
        add("Wide", 0, 0.9, null);
        add("a+b", 0, 0.8, null);
        add("a-b", 0, 0.7, null);
        write();

        Path plots = folder.resolve("plots");
        Map<String, Path> pictures = Plots.confusions(model(), plots);

        assertThat(pictures.keySet()).containsExactly("Wide", "a+b", "a-b");
        assertThat(pictures.values().stream().map(plots::relativize).map(Path::toString))
                .containsExactly("confusion-matrix-wide.png", "confusion-matrix-a-b.png", "confusion-matrix-a-b-2.png");
        assertThat(pictures.values()).allSatisfy(picture -> assertThat(picture).exists());
    }

    /** Quartiles of 1 to 4 as computed by numpy.quantile([1, 2, 3, 4], [.25, .5, .75]). */
    @Test
    void quartilesAreThoseOfNumpy() {
        var box = new Row.Box(List.of(1.0, 2.0, 3.0, 4.0));
        assertThat(List.of(box.quantile(0.25), box.quantile(0.5), box.quantile(0.75)))
                .containsExactly(1.75, 2.5, 3.25);
    }

    @Test
    void aSearchIsShownByTheScoresOfItsCandidates() throws Exception {
        List<Tuning.Candidate> candidates = new ArrayList<>(List.of(new Tuning.Candidate(3, Map.of(), List.of())));
        for (double mean : new double[] {0.5, Double.NaN}) {
            Tuning.Score score = new Tuning.Score(1, List.of(mean), mean, null);
            candidates.add(new Tuning.Candidate(candidates.size(), Map.of(), List.of(score)));
        }
        tuning = new Tuning("net", Tuning.Strategy.HALVING, Criterion.LOSS, candidates, 1);
        assertThat(write()).containsExactly("tuning.svg", "tuning.png");
    }

    @Test
    void numbersThatAreNoneLeaveTheirPointOut() throws Exception {
        List<Epoch> history = Stream.of(Double.NaN, Double.POSITIVE_INFINITY)
                .map(loss -> new Epoch(1, loss, 0.4, Double.NaN, Double.NaN, Double.NaN, 0.1, 1))
                .toList();
        add("net", 0, 0.5, efficiency(Double.NaN), history, null);
        assertThat(write())
                .contains("learning-accuracy-net.svg")
                .doesNotContain("learning-loss-net.svg", "accuracy-latency.svg");
    }

    /** Otherwise, the line to its name would look like a second epoch. */
    @Test
    void aSingleEpochStandsAtTheEndOfItsAxis() {
        add("net", 0, 0.5, null, epochs(1), null);
        ChartAxis one = ((XyChart) chart("validation-accuracy")).across();
        models.clear();
        add("net", 0, 0.5, null, epochs(2), null);
        ChartAxis two = ((XyChart) chart("validation-accuracy")).across();
        assertThat(List.of(one.low(), one.high(), two.low(), two.high())).containsExactly(0.0, 1.0, 1.0, 2.0);
    }

    @Test
    void twoHundredClassesOfAnyNameAreDrawn() throws Exception {
        classes = SampleRun.numbered("\u0000<&\"'" + "long name ".repeat(9), 200);
        add("Some+Net", 0, 0.5, efficiency(10));
        add("some+net", 0, 0.5, efficiency(10));
        List<String> written = write();
        assertThat(written).hasSize(34).doesNotHaveDuplicates().allMatch(file -> file.matches("[a-z0-9@._-]+"));
        for (String file : written) {
            assertThat(folder.resolve("plots").resolve(file)).exists();
            assertThat(all(file.replaceAll("\\.(svg|png)", ""), "title")).isNotEmpty();
        }
        assertThat(folder.resolve("plots").toFile().list()).as("and their list").hasSize(35);
    }
}
