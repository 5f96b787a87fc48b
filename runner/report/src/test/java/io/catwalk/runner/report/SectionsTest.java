package io.catwalk.runner.report;

import static io.catwalk.runner.report.SampleDocument.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.MadeUpComparison;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.report.ReportModel.Answers;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.report.SampleRun.Odd;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.Comparison.NoPairs;
import io.catwalk.runner.results.Comparison.Scope;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.GeneralizationGap;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that what is said about runs is supported by their numbers. */
class SectionsTest {

    private static final Map<String, Document> SAMPLES = new ConcurrentHashMap<>();
    private static final SampleRun RUN = new SampleRun(List.of(), List.of("cat", "dog", "fox"), 0, 60, 1);

    private static final RunResults.Dataset IMAGES =
            RUN.report(List.of(), null, null).results().dataset();

    private final List<Model> models = new ArrayList<>();
    private final List<Standing> standings = new ArrayList<>();
    private final List<PairedComparison> pairs = new ArrayList<>();
    private final List<Baseline> baselines = new ArrayList<>();

    private static Document sample(String name) {
        return SAMPLES.computeIfAbsent(name, made -> RunDocument.of(SampleRuns.named(made)));
    }

    private static String title(Document document, String section) {
        return document.section(section).title();
    }

    private ReportModel compared(Scope scope) {
        NoPairs none = pairs.isEmpty() ? NoPairs.NO_PREDICTIONS : null;
        Comparison comparison = new Comparison(
                scope, 0.5, baselines, null, standings, pairs, none, List.of(), List.of(), null, List.of());
        return RUN.report(models, comparison, null);
    }

    private Document document() {
        return RunDocument.of(compared(Scope.MODELS));
    }

    private void add(String name, double accuracy) {
        add(MadeUp.done(MadeUp.trial(name), accuracy), null, null);
    }

    private void add(String name, double accuracy, Recipe recipe) {
        add(MadeUp.done(MadeUp.trial(name, 1, 0, recipe), accuracy), null, null);
    }

    private void add(String name, double test, double train, @Nullable Predictions predictions) {
        Efficiency costs = MadeUp.efficiency(null, null);
        Done done = MadeUp.done(MadeUp.trial(name), MadeUp.metrics(test), MadeUp.metrics(train), costs, null);
        add(done, predictions == null ? null : Answers.of(() -> predictions, RUN.classes(), true), null);
    }

    private void add(Done done, @Nullable Answers answers, @Nullable Boolean onFront) {
        String name = done.trial().classifier();
        double accuracy = done.metrics().test().accuracy();
        models.add(new Model(name, done, List.of(), answers, null));
        double seconds = Objects.requireNonNull(done.efficiency().trainingSeconds());
        standings.add(new Standing(
                name,
                1,
                accuracy,
                null,
                accuracy - 0.01,
                accuracy + 0.01,
                accuracy,
                accuracy,
                null,
                null,
                onFront,
                GeneralizationGap.of(List.of(done), IMAGES),
                new Standing.Seconds(seconds, seconds, seconds),
                done.timing().steps()));
    }

    /** Adds verdicts on a against b, c and so on; "-" is none. */
    private void verdicts(@Nullable String outcomes) {
        String[] all = outcomes == null ? new String[0] : outcomes.split(" ", -1);
        for (int i = 0; i < all.length; i++) {
            if (!all[i].equals("-")) {
                Outcome outcome = Outcome.valueOf(all[i]);
                pairs.add(pair(letter(i + 1), 0.005, null, null, 0.04, null, outcome));
            }
        }
    }

    private static PairedComparison pair(
            String second,
            double difference,
            @Nullable Double low,
            @Nullable Double high,
            double p,
            @Nullable Double better,
            Outcome outcome) {
        Double rest = better == null ? null : (Double) ((1 - better) / 2);
        PairedComparison.Test test = better == null ? PairedComparison.Test.MCNEMAR : PairedComparison.Test.CORRECTED_T;
        return new PairedComparison(
                "a",
                second,
                test,
                5,
                new PairedComparison.Ahead(null, null),
                new PairedComparison.Estimate(difference, low, high),
                new PairedComparison.Significance(null, p, p),
                new PairedComparison.Chances(rest, rest, better),
                outcome);
    }

    private static String letter(int place) {
        return String.valueOf((char) ('a' + place));
    }

    private static List<String> read(Document document, Medium medium) {
        return document.in(medium).sections().stream()
                .flatMap(section -> Stream.concat(Stream.of(section.title()), texts(section.blocks())))
                .toList();
    }

    private static <T extends Block> T first(Document document, String section, Class<T> kind) {
        return first(document.section(section).blocks(), kind);
    }

    private static <T extends Block> T first(List<Block> blocks, Class<T> kind) {
        return blocks.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("io.catwalk.runner.report.SampleRuns#names")
    void everyRunHasADocumentWithoutHolesOrRepetitions(String name) {
        Document document = sample(name);
        assertThat(document.sections().stream().map(Section::id)).doesNotHaveDuplicates();
        assertThat(document.in(Medium.SLIDES).sections()).hasSizeLessThanOrEqualTo(11);
        assertThat(document.sections())
                .allSatisfy(
                        section -> assertThat(section.title()).isNotBlank().doesNotContain("null", "NaN", "– to –"));
        for (Medium medium : Medium.values()) {
            List<String> texts = read(document, medium);
            assertThat(texts).noneMatch(text -> text.matches(".*\\b(null|NaN|Infinity)\\b.*"));
            List<String> sentences = document.in(medium).sections().stream()
                    .flatMap(section -> section.blocks().stream())
                    .filter(Block.Sentences.class::isInstance)
                    .flatMap(block -> ((Block.Sentences) block).sentences().stream())
                    .filter(text -> text.endsWith("."))
                    .toList();
            assertThat(sentences).doesNotHaveDuplicates();
        }
    }

    @Test
    void aRunGivesTenSlidesAndOneSectionForEachClassifier() {
        List<String> slides = sample("seven").in(Medium.SLIDES).sections().stream()
                .map(Section::id)
                .toList();
        assertThat(slides)
                .startsWith("standings")
                .endsWith("conclusions")
                .hasSize(10)
                .contains(
                        "data",
                        "architectures",
                        "training",
                        "confidence",
                        "costs",
                        "classes",
                        "generalization",
                        "onnx");
        List<Block> groups = sample("seven").section("classifiers").blocks();
        assertThat(groups).hasSize(7).allMatch(Block.Group.class::isInstance);
        assertThat(groups.stream().map(group -> ((Block.Group) group).id())).startsWith("c1", "c2");
        assertThat(groups.stream().filter(group -> ((Block.Group) group).open()))
                .hasSize(1);
    }

    /** The order is that of the recalls of the best, the only ones on slides. */
    @Test
    void theHardestClassIsTheFirstOfManyAndEachHasARow() {
        Table table = first(sample("classes-200"), "classes", Table.class);
        int best = IntStream.range(0, table.columns().size())
                .filter(column -> table.columns().get(column).media().contains(Medium.SLIDES))
                .filter(column -> table.columns().get(column).head().endsWith(" %"))
                .findFirst()
                .orElseThrow();
        assertThat(table.columns())
                .filteredOn(column -> column.head().endsWith(" %"))
                .hasSizeGreaterThan(2);
        assertThat(table.rows()).hasSize(200);
        assertThat(table.rows().stream()
                        .map(row -> (Cell.Quantity) row.cells().get(best))
                        .map(cell -> Objects.requireNonNull(cell.value()).doubleValue()))
                .isSorted();
    }

    /** The images of each class are counted from the labels of the sample. */
    @ParameterizedTest
    @CsvSource({"classes-1000", "large", "search"})
    void noTitleIsAboutAClassWithFewerThanTenImages(String name) {
        ReportModel run = SampleRuns.named(name);
        List<String> classes = run.results().dataset().classes();
        int[] counts = Objects.requireNonNull(run.images()).test().countPerClass(classes.size());
        assertThat(IntStream.of(counts).filter(count -> count < 10).count()).isPositive();
        String title = title(sample(name), "classes");
        assertThat(IntStream.range(0, classes.size())
                        .filter(label -> counts[label] < 10)
                        .mapToObj(classes::get)
                        .filter(text -> !text.isBlank())
                        .filter(text -> title.matches("(?s).*" + java.util.regex.Pattern.quote(text) + "\\b.*")))
                .isEmpty();
    }

    /** Each row is a true class, with the images that are classified as each class; 16 of 20 by Wilson: 58.40 to 91.93. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            20 0 0, 0 20 0, 0 0 20 | a recognizes every image
            20 0 0, 0 16 4, 0 0 20 | 80.00 %; for dog (16 of 20 images, 95 % interval 58.40 to 91.93); dog is classified as fox (4 images)
            20 0 0, 0 16 4, 0 4 16 | for dog and fox (16 of 20 images each); dog and fox are classified as each other (4 images each)
            16 2 2, 0 20 0, 0 0 20 | for cat (16 of 20
            16 4 0, 4 16 0, 4 0 16 | all classes with 10 or more test images equally well: 80.00 %
            20 0 0, 0 15 5, 0 1 0  | for dog (15 of 20 images; %
            9 0 0, 2 7 0, 0 9 0    | No class has 10 test images; hardly known
            18 2 0, 0 9 0, 0 0 0   | for cat (18 of 20
            """)
    void theHardestClassIsNamedWithItsImages(String confusion, String said) {
        add("a", 0.9, 0.9, predictions(confusion));

        String title = title(document(), "classes");

        assertThat(title).contains(said.split("; ", -1));
        assertThat(confusion.contains("0 1 0") && title.contains("fox")).isFalse();
        assertThat(confusion.contains("16 2 2") && title.contains("classified as"))
                .isFalse();
    }

    /** As scikit-learn, which counts a class of {@code labels} without images as 0: {@code zero_division}. */
    @Test
    void aClassWithoutTestImagesIsNamedAndSoIsWhatItCountsAs() {
        add("a", 0.9, 0.9, predictions("20 0 0, 1 19 0, 0 0 0"));

        assertThat(read(document(), Medium.TERMINAL))
                .anyMatch(text -> text.contains("No test image is of fox") && text.contains("0 in macro"));
        assertThat(texts(document().section("classes").blocks()))
                .anyMatch(text -> text.contains("1 class has no image"));
        Table recalls = first(document(), "classes", Table.class);
        assertThat(recalls.rows().stream().map(row -> row.cells().get(0).text()))
                .containsExactly("dog", "cat");
    }

    /** The note of the folder's reading, where a table puts images of one patient into several parts. */
    @Test
    void groupsThatTheSplitDividesAreAWarningInEveryMedium() {
        String note = "the column split divides 2 of the groups: p1 (train, test), p2 (train, val); results may be too"
                + " good: leave it out to keep groups whole";
        add("a", 0.9);
        ReportModel model = compared(Scope.MODELS);
        ImageDataset images = Objects.requireNonNull(model.images());
        ImageDataset noted = new ImageDataset(
                images.name(),
                images.sha256(),
                images.classes(),
                images.train(),
                images.test(),
                0,
                List.of("skipped 2 hidden files", note));
        Document document = RunDocument.of(
                new ReportModel(model.spec(), model.results(), model.entrants(), noted, List.of(), null, null, null));

        for (Medium medium : Medium.ALL) {
            assertThat(read(document, medium))
                    .as("%s", medium)
                    .contains("T" + note.substring(1) + ".")
                    .noneMatch(text -> text.contains("hidden files"));
        }
        assertThat(read(document(), Medium.PAGE)).noneMatch(text -> text.contains("divides"));
    }

    private static Predictions predictions(String confusion) {
        List<int[]> images = new ArrayList<>();
        String[] rows = confusion.split(", *", -1);
        for (int truth = 0; truth < rows.length; truth++) {
            String[] counts = rows[truth].strip().split(" +", -1);
            for (int predicted = 0; predicted < counts.length; predicted++) {
                for (int i = 0; i < Integer.parseInt(counts[predicted]); i++) {
                    images.add(new int[] {truth, predicted});
                }
            }
        }
        float[] logits = new float[rows.length * images.size()];
        for (int i = 0; i < images.size(); i++) {
            logits[rows.length * i + images.get(i)[1]] = 3;
        }
        return new Predictions(
                rows.length, images.stream().mapToInt(image -> image[0]).toArray(), logits);
    }

    /**
     * A variant of the best differs from it in few images, so that its verdict is clear though its lead is small: whoever
     * is undecided behind one that is beaten is a choice, and so is who is not compared.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.91 0.905 0.904 | BETTER UNDECIDED | 2 of 3 classifiers; a and c | better than b; not clearly different from c | 3 | 0
            0.91 0.90 0.89   | BETTER -         | 2 of 3 classifiers; a and c | better than b; Not compared with the best: c | 2 | 1
            0.91 0.909 0.90  | UNDECIDED BETTER | 2 of 3 classifiers; a and b | not clearly different from b; better than c; bracket | 3 | 2
            0.91 0.90 0.89   | BETTER BETTER    | one choice: a               | better than b and c, ahead by 0.50 points or more | 3 | 1
            0.91 0.90        | EQUIVALENT       | 2 of 2 classifiers; a and b | equivalent to b | 2 | 2
            """)
    void whoeverIsNotClearlyBehindIsAChoice(
            String accuracies, String outcomes, String conclusion, String words, int rows, int tied) {
        compare(accuracies, outcomes);

        assertThat(title(document(), "conclusions")).contains(conclusion.split("; ", -1));
        RowChart chart = differences(Scope.MODELS);
        assertThat(chart.caption().title() + chart.caption().note()).contains(words.split("; ", -1));
        assertThat(chart.rows()).hasSize(rows);
        assertThat(chart.tied()).isEqualTo(tied);
        assertThat(differences(Scope.CLASSIFIERS).caption().toString()).doesNotContain("significant");
    }

    private RowChart differences(Scope scope) {
        return (RowChart) SampleDocument.chart(ConfidenceSection.charts(compared(scope)), "differences");
    }

    private void compare(String accuracies, @Nullable String outcomes) {
        for (String accuracy : accuracies.split(" ", -1)) {
            add(letter(models.size()), Double.parseDouble(accuracy));
        }
        verdicts(outcomes);
    }

    @Test
    void whereNothingIsComparedAllThatAreFirstAreNamed() {
        compare("0.91 0.91 0.90", null);
        assertThat(ConfidenceSection.charts(compared(Scope.MODELS)))
                .noneMatch(chart -> chart.caption().name().equals("differences"));
        assertThat(title(document(), "conclusions")).contains("not tested");
        assertThat(document().title()).contains("a and b", "highest", "91.00 %", "not compared");
    }

    /** As in a run of 32 images, of which the nearest training image has the class of each. */
    @Test
    void aBaselineAboveTheBestIsSaidAtOnceAndIsARow() {
        compare("0.85 0.80", "BETTER");
        PairedComparison worse = pair("", -0.15, -0.30, -0.05, 0.02, null, Outcome.WORSE);
        baselines.add(new Baseline(Baseline.Name.LARGEST_CLASS, 60, null, 0.1, 0.05, 0.2, null));
        baselines.add(new Baseline(Baseline.Name.NEAREST_NEIGHBOR, 60, 120, 1.0, 0.94, 1.0, worse));

        assertThat(document().title()).contains("nearest-neighbor", "100.00 %", "significantly more");
        assertThat(first(document(), "standings", Table.class).texts())
                .extracting(row -> row.get(0) + " " + row.get(1))
                .endsWith("nearest-neighbor 100.00", "majority-class 10.00");
        assertThat(title(document(), "conclusions")).contains("one choice: a", "not clearly better than a baseline");
    }

    @Test
    void whatABaselineLearnedFromAndItsPairAreSaid() {
        compare("0.85 0.80", "BETTER");
        PairedComparison better = pair("", 0.05, 0.01, 0.09, 0.02, null, Outcome.BETTER);
        baselines.add(new Baseline(Baseline.Name.SUPPORT_VECTOR_MACHINE, 60, 30, 0.80, 0.7, 0.9, better));

        assertThat(texts(document().section("standings").blocks()))
                .anyMatch(text -> text.contains("learned from 30 of ") && text.contains("+1.00 to +9.00, p = 0.0200"));
        assertThat(first(document(), "standings", Table.class).texts())
                .anyMatch(row -> row.get(0).equals("support-vector") && row.contains("80.00"));
    }

    @Test
    void twoOfTheSameAccuracyAreNotCalledAhead() {
        compare("0.90 0.90", null);
        pairs.add(pair("b", 0, -0.02, 0.02, 1.0, null, Outcome.UNDECIDED));

        assertThat(title(document(), "confidence")).contains("a and b are equally accurate");
    }

    /** With a region of 0, nothing is equivalent. */
    @ParameterizedTest
    @CsvSource({"0.25, 0.25", "2, 2.0", "0, 0"})
    void theRegionOfEquivalenceIsSaidUnlessThereIsNone(double region, String written) {
        SampleRun run = new SampleRun(List.of("gru", "lstm"), SampleRun.CLOTHES, 3, 60, 2);
        Document document = RunDocument.of(
                run.report(run.models(), run.comparison(run.models(), new EquivalenceRegion(region)), null));

        assertThat(texts(document.section("confidence").blocks())
                        .anyMatch(text -> text.contains("up to " + written + " points count as equivalent")))
                .isEqualTo(region > 0);
        assertThat(texts(document.section("confidence").blocks())).anyMatch(text -> text.contains("posterior"));
    }

    @Test
    void oneDecidedPairIsInTheSingular() {
        compare("0.90 0.89 0.80", "UNDECIDED BETTER");

        assertThat(title(document(), "confidence")).matches("1 of \\d pairs .* differs significantly");
    }

    @Test
    void whoClassifiesAllImagesCorrectlyIsNotCalledBetter() {
        compare("1.0 1.0 1.0", "UNDECIDED UNDECIDED");
        assertThat(document().title())
                .contains("All 3", "all 60 test images correctly")
                .doesNotContain("differ");
        assertThat(title(document(), "conclusions")).contains("3 of 3 classifiers");
    }

    /** A probability of 0.97, and an interval of -7.05 to 0.21 points, as a cross-validation had them. */
    @Test
    void whoIsProbablyWorseByTheFoldsRemainsAChoice() {
        compare("0.91 0.90", null);
        pairs.add(pair("b", 0.0342, -0.0021, 0.0705, 0.056, 0.97, Outcome.BETTER));
        Document document = RunDocument.of(compared(Scope.CLASSIFIERS));
        assertThat(title(document, "conclusions")).contains("2 of 2 classifiers");
        assertThat(differences(Scope.CLASSIFIERS).caption().table())
                .contains(List.of("b", "−3.42", "−7.05 to +0.21", "0.0560", "probably worse"));
        assertThat(texts(document.section("confidence").blocks())).contains("probably better");
    }

    @Test
    void recipesAreComparedInATableOfWhatDiffers() {
        Recipe standard = Recipe.standard();
        add("a", 0.91, standard.withAugmentations(Augmentation.erase(0.25, 0.2)).withLabelSmoothing(0.1));
        add("b", 0.90, standard.withAugmentations(Augmentation.erase(0.254, 0.2)));
        add("c", 0.91, standard.withSchedule(Schedule.oneCycle(0.072)));

        Table table = first(document(), "training", Table.class);

        assertThat(table.texts())
                .containsExactly(
                        List.of("Classifier", "Schedule", "Label smoothing", "Random erasing"),
                        List.of("a", "one-cycle, warm-up 20 %", "0.1", "25 % of images, up to 20 % of the area"),
                        List.of("c", "one-cycle, warm-up 7.2 %", "–", "–"),
                        List.of("b", "one-cycle, warm-up 20 %", "–", "25.4 % of images, up to 20 % of the area"));
        assertThat(title(document(), "training")).contains("differ");
        models.clear();
        standings.clear();
        add("a", 0.91);
        add("b", 0.90);
        assertThat(title(document(), "training")).contains("Both", "same recipe", "10 epochs");
        assertThat(first(document(), "training", Block.Facts.class).facts())
                .contains(Block.Fact.of("Optimizer", "AdamW"), Block.Fact.of("Weight decay", "0.01"));
    }

    /** 5,400 images and 600 for validation: 160,000 / 6,000 = 26.7 epochs, and 40 steps of 150. */
    @Test
    void itIsSaidWhatFewImagesAskOfARecipe() {
        add("a", 0.91);
        assertThat(texts(document().section("training").blocks()))
                .anyMatch(text -> text.contains("5,400") && text.endsWith("becomes: epochs 27 instead of 10."));
    }

    private void addInSteps(String name, double accuracy, Recipe recipe, long steps) {
        Done done = MadeUp.done(MadeUp.trial(name, 1, 0, recipe), accuracy);
        add(MadeUp.inSteps(done, steps), null, null);
    }

    @Test
    void seedsThatReachTheSameHaveNoIntervalOfASingleNumber() {
        add("a", 0.8);
        add("b", 0.79);
        standings.set(0, MadeUpComparison.standing("a", 3, 0.8, 0.0, 0.8, 0.8));
        standings.set(1, MadeUpComparison.standing("b", 3, 0.79, 0.0, 0.79, 0.79));
        pairs.add(pair("b", 0.01, 0.01, 0.01, 0.04, null, Outcome.UNDECIDED));
        Document document = RunDocument.of(compared(Scope.SEEDS));

        for (Medium medium : Medium.values()) {
            assertThat(read(document, medium))
                    .noneMatch(text -> text.matches("(?s).*\\b([0-9]+\\.[0-9]+) to \\1\\b.*"))
                    .noneMatch(text -> text.contains("interval the same"));
        }
        assertThat(first(document, "standings", Table.class).texts().get(1)).contains("80.00", "the same in each");
    }

    /** 495 images in batches of 33 and of 256, 6 epochs, were 90 steps and 6. */
    @Test
    void fewStepsAreAWarningForEachClassifier() {
        Recipe recipe = Recipe.standard().withEpochs(6);
        addInSteps("a", 0.91, recipe.withBatchSize(33), 90);
        addInSteps("b", 0.90, recipe.withBatchSize(256), 6);
        addInSteps("c", 0.89, Recipe.standard(), 200);

        assertThat(read(document(), Medium.TERMINAL))
                .anyMatch(text -> text.contains("200 optimizer steps") && text.contains("a 90 and b 6."));
        Table table = first(document(), "training", Table.class);
        assertThat(table.texts().get(0)).containsExactly("Classifier", "Epochs", "Batch size", "Steps");
        assertThat(table.texts().get(2)).containsExactly("b", "6", "256", "6");
    }

    /** Accuracy, microseconds, whether it is on the front; in the third, c is as accurate as b and only slower. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.91 100 true                                  |                     | a takes 100 µs
            0.98 - -, 0.97 100 true, 0.96 200 false        |                     | b is both; of the 2 with a latency; 100 µs
            0.98 100 true, 0.97 50 true, 0.97 80 false     | BETTER BETTER       | among b and a; b is the fastest; 50 µs; 97.00 %; −1.00
            0.98 100 true, 0.97 50 true, 0.99 - -          |                     | Of the 2 with a latency; among b and a: each
            0.91 500 true, 0.909 100 true, 0.908 200 false | UNDECIDED UNDECIDED | a does not clearly differ from b; 500 µs
            0.91 100 true, 0.90 40 true, 0.909 60 true     | BETTER EQUIVALENT   | equivalent to c; 100 µs instead of 60 µs
            0.91 - -, 0.90 - -                             | UNDECIDED           | Training took 1m 00s [
            """)
    void costsNameWhoIsOnTheFrontAndWhoIsFastest(String classifiers, @Nullable String outcomes, String said) {
        for (String one : classifiers.split(", ", -1)) {
            String[] parts = one.split(" ", -1);
            Metrics metrics = MadeUp.metrics(Double.parseDouble(parts[0]));
            Efficiency costs = MadeUp.efficiency(null, parts[1].equals("-") ? null : latency(parts[1], null));
            Done done = MadeUp.done(MadeUp.trial(letter(models.size())), metrics, metrics, costs, null);
            add(done, null, parts[2].equals("-") ? null : Boolean.valueOf(parts[2]));
        }
        verdicts(outcomes);

        Section costs = document().section("costs");

        assertThat(costs.title() + " " + texts(costs.blocks()).toList()).contains(said.split("; ", -1));
        boolean measured = !classifiers.matches("[^0-9]*([0-9.]+ - -(, )?)+");
        assertThat(first(document(), "costs", Table.class).texts().get(0).stream()
                        .anyMatch(head -> head.contains("Latency")))
                .isEqualTo(measured);
        assertThat(read(document(), Medium.SLIDES).stream().anyMatch(text -> text.contains("the latencies for")))
                .isEqualTo(measured);
        long front = Stream.of(classifiers.split("true", -1)).skip(1).count();
        assertThat(texts(costs.blocks()).anyMatch(text -> text.contains("dashed line is the Pareto front")))
                .as("a front of one has no line")
                .isEqualTo(front > 1);
    }

    @Test
    void aKeyFigureThatIsNotKnownIsLeftOut() {
        add("a", 0.9);
        assertThat(keyFigures()).hasSize(2).noneMatch(name -> name.matches(".*(latency|ONNX).*"));
        models.clear();
        standings.clear();
        Efficiency costs = MadeUp.efficiency(null, latency("120", null));
        add(MadeUp.done(MadeUp.trial("a"), MadeUp.metrics(0.9), MadeUp.metrics(0.9), costs, null), null, null);
        assertThat(keyFigures()).hasSize(4).anyMatch(name -> name.contains("latency"));
    }

    private List<String> keyFigures() {
        return first(document(), "standings", Block.Facts.class).facts().stream()
                .map(Block.Fact::name)
                .toList();
    }

    @Test
    void aLatencyOfOneProcessHasNoRange() {
        assertThat(CostsSection.latency(range(2))).isEqualTo(Cell.of(range(2)).with("90 to 110 µs"));
        assertThat(CostsSection.latency(range(1))).isEqualTo(Cell.of(range(1)));
    }

    private static Latency range(int processes) {
        Interval range = new Interval(90, 110);
        return new Latency(
                1, 5_000, 100, null, null, null, null, processes, range, null, null, List.of(), null, MadeUp.MACHINE);
    }

    private static Latency latency(String number, @Nullable String busy) {
        double micros = Double.parseDouble(number);
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        Latency.Busy what = busy == null ? null : MadeUp.BUSY;
        return MadeUp.latency(1, 5_000, micros, micros, micros, 1.0, 1.0, what, machine);
    }

    @Test
    void timesOfABusyMachineAreRoughWhereverTheyStand() {
        Efficiency costs = MadeUp.efficiency(null, latency("120", "a compiler ran"));
        add(MadeUp.done(MadeUp.trial("a"), MadeUp.metrics(0.9), MadeUp.metrics(0.9), costs, null), null, null);

        Document document = document();
        Table speeds = first(first(document, "classifiers", Block.Group.class).blocks(), Table.class);
        assertThat(speeds.texts().subList(1, 4)).allMatch(row -> row.get(1).equals("~120 µs"));
        assertThat(first(document, "costs", Table.class).texts().get(1)).contains("~120 µs");
    }

    /** The third seed of one classifier has no counterpart: it is done, but does not count. */
    @Test
    void noNumberIsOfATrialThatTheComparisonLeavesOut() {
        SampleRun run = new SampleRun(List.of("a", "b"), SampleRun.CLOTHES, 0, 300, 3).withSeeds(1L, 2L, 3L);
        List<Model> some = run.models().stream()
                .filter(one -> !one.outcome().trial().id().equals("b/3-0"))
                .toList();
        double mean = some.stream()
                .map(one -> one.outcome().trial().id().matches("a/[12]-0")
                        ? one.trained().metrics().test().accuracy()
                        : 0)
                .mapToDouble(one -> one / 2)
                .sum();

        Document document = RunDocument.of(run.report(some, run.comparison(some), null));

        assertThat(document.title()).contains("5 of 6 trials");
        assertThat(first(document, "generalization", Table.class).texts())
                .filteredOn(row -> row.get(0).equals("a"))
                .singleElement()
                .satisfies(row -> assertThat(row.get(3)).isEqualTo(Numbers.percent(mean)));
        assertThat(title(document, "trials")).startsWith("5 trials");
    }

    /** Newcombe's interval of 900 of 1000 less 700 of 1000 is 16.58 to 23.38 points. */
    @Test
    void aGapIsOverfittingIfItsIntervalIsAboveZero() {
        add("a", 0.9, 0.7, null);
        assertThat(title(document(), "generalization")).contains("20.00 points below");
        models.clear();
        standings.clear();
        add("a", 0.9);
        add("b", 0.7, 0.9, null);
        assertThat(title(document(), "generalization")).contains("1 of 2 overfits", "20.00 points above");
        models.remove(1);
        assertThat(title(document(), "generalization")).contains("does not clearly differ");
    }

    /**
     * By scipy 1.15.3, binomtest(970, 1000).proportion_ci(method="wilson") is 0.9575 to 0.9789. In the first case, one
     * half is overconfident by 10 points and the other underconfident by as much, which is no match.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.795 | 0.99  | 445 | 0.60  | 350 | within the interval; 10.00 points
            0.97  | 0.973 | 485 | 0.973 | 485 | within the interval; 0.30 points
            0.97  | 0.99  | 485 | 0.99  | 485 | overconfident by 2.00 points
            0.97  | 0.95  | 485 | 0.95  | 485 | underconfident by 2.00 points
            """)
    void confidenceIsHeldAgainstTheIntervalOfTheAccuracy(
            double accuracy, double first, int firstRight, double second, int secondRight, String said) {
        add("a", accuracy, accuracy, confident(first, firstRight, second, secondRight));

        String sentence = first(document(), "generalization", Block.Sentences.class)
                .sentences()
                .get(0);
        assertThat(sentence).contains(said.split("; ", -1)).contains("equal mass");
    }

    /** Makes 1,000 answers of three classes, of which the third is never likely. */
    private static Predictions confident(double first, int firstRight, double second, int secondRight) {
        int[] labels = new int[1_000];
        float[] logits = new float[3_000];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 2;
            boolean right = i < 500 ? i < firstRight : i - 500 < secondRight;
            double confidence = i < 500 ? first : second;
            logits[3 * i + (right ? labels[i] : 1 - labels[i])] = (float) Math.log(confidence / (1 - confidence));
            logits[3 * i + 2] = -60;
        }
        return new Predictions(3, labels, logits);
    }

    @Test
    void answersWithoutScoresHaveNoConfidence() {
        Predictions answers = predictions("20 0 0, 0 16 4, 0 0 20");
        add("a", 0.95, 0.95, answers);
        add(MadeUp.done(MadeUp.trial("b"), 0.9), Answers.of(() -> answers, RUN.classes(), false), null);
        ReportModel model = compared(Scope.MODELS);

        assertThat(texts(RunDocument.of(model).section("classifiers").blocks())
                        .filter(text -> text.contains("Expected calibration error")))
                .hasSize(1);
        assertThat(SampleDocument.chart(ImagesSection.charts(model), "risk-coverage")
                        .caption()
                        .title())
                .startsWith("a errs on");
        ImageBrowser.Answers images = ImageBrowser.of(model).models().get(1);
        assertThat(images.bins()).isEmpty();
        assertThat(images.knee()).isZero();
    }

    @Test
    void whatFailedIsNamedWithItsReasonAndLeftOutElsewhere() {
        Document document = sample("interrupted");
        assertThat(title(document, "run")).contains("4 of 7 trials", "1 failed");
        assertThat(read(document, Medium.TERMINAL))
                .contains("gru: the process ended with exit code 137.", "lstm seed 1.", "The images cannot be read.");
        assertThat(first(document, "costs", Table.class).rows()).hasSize(3);
        Block.Group failed =
                (Block.Group) document.section("classifiers").blocks().get(3);
        assertThat(failed.heading().text()).isEqualTo("gru");
        assertThat(failed.facts()).isEqualTo("failed");
        assertThat(title(sample("none"), "architectures")).isEqualTo("None of the 2 networks was trained");
        assertThat(title(sample("thirteen"), "run")).contains("13 of 13 trials", "2 failed");
    }

    @Test
    void oneClassifierIsNotComparedWithAny() {
        Document document = sample("one");
        assertThat(document.sections().stream().map(Section::title))
                .noneMatch(text -> text.matches(".*\\b(Both|All|among)\\b.*"));
        assertThat(title(document, "architectures")).isEqualTo("gru has 50,000 parameters");
        assertThat(title(document, "onnx")).contains("The ONNX file answers like its network");
        assertThat(document.sections().stream().map(Section::id)).doesNotContain("confidence", "tuning");
    }

    @Test
    void aSearchListsItsCandidatesEverywhere() {
        Document document = sample("search");
        assertThat(title(document, "tuning")).contains("14 candidates of lstm", "number 14", "76.60 %");
        Table table = first(document.in(Medium.TERMINAL), "tuning", Table.class);
        assertThat(table.rows()).hasSize(Table.SHORT);
        assertThat(table.note()).contains("12 of 14");
        assertThat(((Cell.Name) first(document, "tuning", Table.class)
                                .rows()
                                .get(13)
                                .cells()
                                .get(0))
                        .tag())
                .isEqualTo("best");
        assertThat(read(document, Medium.PAGE)).anyMatch(text -> text.contains("optimistic"));
        assertThat(document.sections().stream().map(Section::id)).doesNotContain("trials-table");
    }

    @Test
    void foldsAreNotCalledSignificantlyDifferent() {
        Document document = sample("folds");
        for (Medium medium : Medium.values()) {
            assertThat(read(document, medium)).noneMatch(text -> text.contains("significant"));
        }
        assertThat(title(document, "data")).contains("5 folds of 400 test images");
        assertThat(texts(document.section("training").blocks())).anyMatch(text -> text.contains("5 folds"));
    }

    /** Two test images of the first run have a duplicate; the second was not audited. */
    @Test
    void duplicatesAreCountedWithTheirFileIfTheRunWasAudited() {
        Section audited = sample("seven").section("images");
        assertThat(texts(audited.blocks())).anyMatch(text -> text.startsWith("2 of them have duplicates"));
        assertThat(audited.source()).contains("audit/duplicates.csv");
        Section other = sample("one").section("images");
        assertThat(texts(other.blocks())).anyMatch(text -> text.contains("catwalk audit"));
        assertThat(other.source()).doesNotContain("duplicates");
    }

    @Test
    void aFileThatDisagreesIsNamed() {
        Document document = sample("seven");
        assertThat(title(document, "onnx")).isEqualTo("6 of 7 ONNX files answer like their networks; 1 disagrees");
        assertThat(read(document, Medium.TERMINAL))
                .filteredOn(text -> text.contains("ONNX file of"))
                .singleElement()
                .asString()
                .contains("lstm", "2 labels flip");
        Table table = first(document.in(Medium.TERMINAL), "onnx", Table.class);
        assertThat(table.texts().get(6)).containsExactly("lstm", "no", "2", "1.1e-05");
    }

    @Test
    void tooManyTrialsAreLeftToTheFile() {
        List<Model> many = IntStream.rangeClosed(1, 1_001)
                .mapToObj(seed ->
                        new Model("a s" + seed, MadeUp.done(MadeUp.trial("a", seed, 0), 0.9), List.of(), null, null))
                .toList();
        Section trials = RunDocument.of(RUN.report(many, null, null)).section("trials");
        assertThat(trials.title()).isEqualTo("1,001 trials have a trained network");
        assertThat(texts(trials.blocks())).anyMatch(text -> text.contains("results.csv"));
        assertThat(first(sample("folds"), "trials", Block.Group.class).blocks())
                .singleElement()
                .satisfies(table -> assertThat(((Table) table).rows()).hasSize(35));
    }

    @Test
    void classesFollowTheStandingsWhereTheyDifferMuchInSize() {
        List<String> many = SampleRun.numbered("species ", 400); // the largest has 81 images, the smallest 7
        SampleRun falling = new SampleRun(List.of("a", "b"), many, 0, 4_400, 1).with(Odd.FALLING);
        assertThat(ids(RunDocument.of(falling.report()))).startsWith("standings", "classes", "confidence");
        assertThat(ids(sample("seven"))).containsSubsequence("standings", "confidence", "costs", "classes");
    }

    private static List<String> ids(Document document) {
        return document.sections().stream().map(Section::id).toList();
    }

    /** In a page, the differences are to the classifier that the reader chooses, at first to the best. */
    @Test
    void theReferenceOfTheDifferencesCanBeChosenOnAPage() {
        compare("0.91 0.90 0.89", "BETTER UNDECIDED");
        pairs.add(pair("c", 0.01, 0.001, 0.02, 0.04, null, Outcome.BETTER).reversed());
        Document document = document();

        Block.Choice choice = first(document, "confidence", Block.Choice.class);
        assertThat(choice.options().stream().map(Block.Choice.Option::name)).startsWith("a", "b");
        RowChart second = (RowChart) ((Block.Figure) choice.options().get(1).block()).chart();
        assertThat(second.caption().title()).startsWith("b is worse than a");
        assertThat(second.caption().table().get(1)).startsWith("b", "–").endsWith("the reference");
        assertThat(second.rows().get(1).name()).isEqualTo("a");
        assertThat(second.rows().get(1).note()).isEqualTo("+0.50");
        Block.Figure slide = first(document.in(Medium.SLIDES), "confidence", Block.Figure.class);
        assertThat(slide.chart().caption().title()).startsWith("a is better than b");
    }

    /** No image is classified as fox, and none is a fox: neither is right for 0 % of something. */
    @Test
    void whatIsNotDefinedForAClassIsADashThatSaysWhy() {
        List<ClassScores> classes = Evaluation.of(predictions("20 0 0, 20 0 0, 0 0 0"), RUN.classes())
                .classes();

        Table table = ShownClasses.table(Medium.ONLY_PAGE, classes).table("", "", "");

        assertThat(table.texts().get(2)).containsExactly("dog", "never predicted", "0.00", "0.00", "20");
        assertThat(table.texts().get(3)).containsExactly("fox", "never predicted", "no image", "no image", "0");
        assertThat(table.rows().get(1).cells().get(1)).isEqualTo(new Cell.Mark("–", "never predicted", null));
    }

    @Test
    void theFrontIsExplainedOnlyWhereItsMarkIsSeen() {
        assertThat(notes(sample("seven"), Medium.MARKDOWN)).anyMatch(text -> text.startsWith("Front:"));
        assertThat(notes(sample("seven"), Medium.TERMINAL)).noneMatch(text -> text.contains("Front:"));
        assertThat(notes(sample("one"), Medium.MARKDOWN)).noneMatch(text -> text.contains("Front:"));
    }

    /** Returns the notes of the standings, those of their table included. */
    private static List<String> notes(Document document, Medium medium) {
        return texts(document.section("standings").in(medium).blocks()).toList();
    }

    /** Every 50th of 10,000, counted from 0, as the search takes them. */
    @Test
    void theImagesThatAPreparationWasTriedOnAreNamed() {
        assertThat(GivenSection.tried(200, 10_000)).isEqualTo("200 test images (numbers 0, 50, ..., 9950 of 10000)");
        assertThat(GivenSection.tried(60, 60)).isEqualTo("all 60 test images");
    }

    @Test
    void aCurveOfOneTrialOfSeveralSaysSo() {
        assertThat(curveNote(new SampleRun(List.of("a"), SampleRun.CLOTHES, 0, 60, 2)))
                .doesNotContain("first trial");
        assertThat(curveNote(new SampleRun(List.of("a"), SampleRun.CLOTHES, 0, 60, 2).withSeeds(1L, 2L)))
                .contains("first trial");
    }

    private static String curveNote(SampleRun run) {
        List<Chart> charts = GeneralizationSection.charts(run.report());
        return SampleDocument.chart(charts, "validation-accuracy").caption().note();
    }
}
