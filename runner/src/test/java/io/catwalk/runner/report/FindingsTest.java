package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Incomplete;
import io.catwalk.runner.experiment.Comparison.Scope;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.charts.RowChart;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What reports say of verdicts, latencies and confidences that are set by hand. */
@Tag("tiny")
class FindingsTest {

    private static final SampleRun RUN = new SampleRun(List.of(), List.of("cat", "dog"), 0, 10, 1);
    private final List<Model> models = new ArrayList<>();
    private final List<Standing> standings = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    private ReportModel model() {
        return within(Scope.MODELS, null);
    }

    private ReportModel within(Scope scope, @Nullable Incomplete incomplete) {
        return model(new Comparison(scope, "a leads.", "", 0.5, null, null, standings, verdicts, incomplete));
    }

    private ReportModel model(@Nullable Comparison comparison) {
        return ReportModel.of(RUN.report(models, comparison, null));
    }

    private Findings findings() {
        return new Findings(model());
    }

    private void add(String name, double accuracy) {
        add(name, accuracy, Recipe.standard());
    }

    private void add(String name, double test, double train, @Nullable Predictions predictions) {
        Efficiency costs = MadeUp.efficiency(null, null);
        Done done = MadeUp.done(MadeUp.trial(name), MadeUp.metrics(test), MadeUp.metrics(train), costs, null);
        add(done, predictions == null ? Answers.NONE : Answers.of(predictions, RUN.classes()), null);
    }

    private void add(String name, double accuracy, Recipe recipe) {
        add(MadeUp.done(MadeUp.trial(name, 1, 0, recipe), accuracy), Answers.NONE, null);
    }

    private void add(Done done, Answers answers, @Nullable Boolean onFront) {
        String name = done.trial().classifier();
        double accuracy = done.metrics().test().accuracy();
        models.add(new Model(name, done, List.of(), answers, null));
        standings.add(new Standing(
                name, 1, accuracy, null, accuracy - 0.01, accuracy + 0.01, accuracy, accuracy, null, null, onFront));
    }

    /** Adds classifiers a, b, c with these accuracies, and the verdicts on the first and each other; "-" is none. */
    private void compare(String accuracies, @Nullable String outcomes) {
        String[] shares = accuracies.split(" ", -1);
        for (int i = 0; i < shares.length; i++) {
            add(letter(i), Double.parseDouble(shares[i]));
        }
        verdicts(outcomes);
    }

    private void verdicts(@Nullable String outcomes) {
        String[] all = outcomes == null ? new String[0] : outcomes.split(" ", -1);
        for (int i = 0; i < all.length; i++) {
            if (!all[i].equals("-")) {
                Outcome outcome = Outcome.valueOf(all[i]);
                verdicts.add(new Verdict("a", letter(i + 1), 0.005, null, null, 0.04, null, null, null, outcome, ""));
            }
        }
    }

    private static String letter(int place) {
        return String.valueOf((char) ('a' + place));
    }

    private RowChart differences(Scope scope) {
        return (RowChart)
                RunCharts.CONFIDENCE.of(within(scope, null), "differences").orElseThrow();
    }

    /** 495 images in batches of 33 and of 256, 6 epochs, were 90 steps and 6. */
    @Test
    void fewStepsAreSaidOfEachClassifierAndShownWhereRecipesDiffer() {
        add("a", 0.91, Recipe.standard().withEpochs(6).withBatchSize(33));
        add("b", 0.90, Recipe.standard().withEpochs(6).withBatchSize(256));
        models.replaceAll(one -> {
            Done done = MadeUp.inSteps(one.trained(), one.label().equals("a") ? 90 : 6);
            return new Model(one.label(), done, List.of(), Answers.NONE, null);
        });

        assertThat(model().recipeDifferences().get("a")).last().isEqualTo("90 steps");
        assertThat(findings().open()).anyMatch(sentence -> sentence.contains("200") && sentence.contains("a 90, b 6"));
    }

    /**
     * A variant of the best differs from it in few images, so that its verdict is clear though its lead is small: whoever
     * is undecided behind one that is beaten is a choice, and so is who is not compared.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.91 0.90        |                  | a leads; not tested         | a has the highest; 91.00 %; not tested
            0.91 0.905 0.904 | BETTER UNDECIDED | 2 of 3 classifiers; a and c | ahead of 1 of the other 2; not clearly different from 1
            0.91 0.90 0.89   | BETTER -         | 2 of 3 classifiers; a and c | ahead of 1 of the other 2; not compared with 1
            0.91 0.909 0.90  | UNDECIDED BETTER | 2 of 3 classifiers; a and b | a leads with 91.00 %
            0.91 0.90 0.89   | BETTER BETTER    | one choice: a               | a leads with 91.00 %; each of the other 2
            0.91 0.90        | UNDECIDED        | 2 of 2 classifiers; a and b | a leads with 91.00 %; not clearly different from b
            0.91 0.90        | EQUIVALENT       | 2 of 2 classifiers; a and b | a leads with 91.00 %; equivalent to b
            0.91 0.91 0.90   |                  | a and b lead; not tested    | a and b have the highest; 91.00 %; not tested
            0.91 0.91 0.90   | UNDECIDED BETTER | 2 of 3 classifiers; a and b | a and b lead; a is ahead of 1 of the other 2
            0.91 0.91        |                  | same accuracy; not tested   | a and b have the same accuracy, 91.00 %
            0.91 0.91        | UNDECIDED        | 2 of 2 classifiers; a and b | a and b have the same accuracy, 91.00 %
            """)
    void whoeverIsNotClearlyBehindIsAChoice(
            String accuracies, @Nullable String outcomes, String conclusion, String accuracy) {
        compare(accuracies, outcomes);

        assertThat(findings().conclusion()).contains(conclusion.split("; ", -1));
        assertThat(findings().accuracy()).contains(accuracy.split("; ", -1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.91 0.905 0.904 | BETTER UNDECIDED | a is better than b, not clearly different from c       | 3 | 0
            0.91 0.90 0.89   | BETTER -         | a is better than b, ahead by 0.50 points; Not compared  | 2 | 1
            0.91 0.909 0.90  | UNDECIDED BETTER | not clearly different from b, better than c; bracket   | 3 | 2
            0.91 0.90 0.89   | BETTER BETTER    | a is better than b and c, ahead by 0.50 points or more | 3 | 1
            """)
    void theChartOfDifferencesJoinsTheFirstThatDoNotClearlyDiffer(
            String accuracies, String outcomes, String words, int rows, int tied) {
        compare(accuracies, outcomes);

        RowChart chart = differences(Scope.MODELS);
        assertThat(chart.caption().title() + chart.caption().note()).contains(words.split("; ", -1));
        assertThat(chart.rows()).hasSize(rows);
        assertThat(chart.tied()).isEqualTo(tied);
        assertThat(differences(Scope.CLASSIFIERS).caption().toString()).doesNotContain("significant");
    }

    @Test
    void whereNothingIsComparedTheHeadlineNamesAllThatAreFirst() {
        compare("0.91 0.91 0.90", null);
        assertThat(RunCharts.CONFIDENCE.of(model(), "differences")).isEmpty();
        assertThat(model(null).headline()).contains("a and b reach 91.00 %", "the highest", "not tested");
        models.remove(2);
        assertThat(model(null).headline()).contains("a and b reach 91.00 %", "the same", "not tested");
    }

    /** A probability of 0.97, and an interval of -7.05 to 0.21 points, as a cross-validation had them. */
    @Test
    void whoIsProbablyWorseByTheFoldsRemainsAChoice() {
        compare("0.91 0.90", null);
        verdicts.add(new Verdict("a", "b", 0.0342, -0.0021, 0.0705, 0.056, 0.01, 0.02, 0.97, Outcome.BETTER, ""));
        assertThat(findings().accuracy()).contains("91.00 %", "probably better than b");
        assertThat(findings().conclusion()).contains("2 of 2 classifiers");
        assertThat(differences(Scope.CLASSIFIERS).caption().table())
                .contains(List.of("b", "−3.42", "−7.05 to +0.21", "0.0560", "probably worse"));
    }

    /** Two of its trials are done, and the second has no counterpart: gap, spread and accuracy are of the first. */
    @Test
    void noNumberIsOfATrialThatTheComparisonLeavesOut() {
        compare("0.91 0.90", null);
        Done second = MadeUp.done(MadeUp.trial("a", 2, 0), 0.50);
        models.add(new Model("a s2", second, List.of(), Answers.NONE, null));

        ReportModel model = within(Scope.MODELS, new Incomplete("3 of 4 trials.", List.of(new Comparison.Round(1, 0))));

        Entrant a = model.trained().get(0);
        assertThat(a.done()).hasSize(2);
        assertThat(a.values(metrics -> metrics.test().accuracy())).containsExactly(0.91);
        assertThat(Objects.requireNonNull(a.gap()).trials()).isEqualTo(1);
        assertThat(model.headline()).isEqualTo("3 of 4 trials. a leads.");
    }

    /** By hand: (60 + 90) / 2; 600 s are of a trial that does not count. */
    @Test
    void theTrainingTimeIsTheMeanOfTheTrialsThatCount() {
        add("a", 0.91);
        Metrics metrics = MadeUp.metrics(0.5);
        for (int seed = 2; seed <= 3; seed++) {
            Efficiency costs = MadeUp.efficiency(null, null).withTrainingSeconds(seed == 2 ? 90 : 600);
            Done done = MadeUp.done(MadeUp.trial("a", seed, 0), metrics, metrics, costs, null);
            models.add(new Model("a s" + seed, done, List.of(), Answers.NONE, null));
        }
        List<Comparison.Round> counted = List.of(new Comparison.Round(1, 0), new Comparison.Round(2, 0));
        ReportModel model = within(Scope.MODELS, new Incomplete("Some are missing.", counted));

        Entrant a = model.trained().get(0);

        assertThat(Objects.requireNonNull(a.efficiency()).trainingSeconds()).isEqualTo(75);
        assertThat(a.trainingSeconds().getMax()).isEqualTo(90);
    }

    /** Student's interval of the mean of 0.90 and 0.99, by scipy 1.15.3: 0.373 to 1.517. */
    @Test
    void anIntervalOfAnAccuracyEndsAtOneHundredPercent() {
        add("a", 0.90);
        add("a", 0.99);
        assertThat(model(null).entrants().get(0).interval()).isEqualTo("37.32 to 100.00");
    }

    @Test
    void recipesThatDifferByLittleAreNotCalledTheSame() {
        Recipe standard = Recipe.standard();
        add("a", 0.91, standard.withAugmentations(Augmentation.erase(0.25, 0.2)));
        add("b", 0.90, standard.withAugmentations(Augmentation.erase(0.254, 0.2)));
        add("c", 0.91, standard.withSchedule(Schedule.oneCycle(0.07)));
        add("d", 0.90, standard.withSchedule(Schedule.oneCycle(0.072)));
        assertThat(model().recipeDifferences().toString()).contains("25 %", "25.4 %", "warm-up 7 %", "warm-up 7.2 %");
    }

    /** Accuracy, microseconds, whether it is on the front; in the third, c is as accurate as b and only slower. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.98 - -, 0.97 100 true, 0.96 200 false                    | b is both; of the 2 with a latency; 100 µs
            0.98 100 true, 0.97 50 true, 0.97 80 false                 | among b and a
            0.98 100 true, 0.97 50 true, 0.97 80 false, 0.99 - -       | Of the 3 with a latency; among b and a
            """)
    void onlyWhoIsOnTheFrontIsAChoiceByCost(String classifiers, String said) {
        addTimed(classifiers);
        assertThat(findings().cost()).contains(said.split("; ", -1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.91 100 true                                  |                     |
            0.91 100 true, 0.90 200 false                  | BETTER              | a is also the fastest; 100 µs
            0.91 500 true, 0.909 100 true, 0.908 200 false | UNDECIDED UNDECIDED | b is; a does not clearly differ; 500 µs
            0.91 100 true, 0.90 40 true, 0.909 60 true     | BETTER EQUIVALENT   | b is the fastest; 40 µs; 90.00 %; −1.00
            0.91 100 true, 0.90 40 true, 0.909 60 true     | BETTER EQUIVALENT   | equivalent to c; 60 µs instead of 100 µs
            """)
    void theFastestAndAFasterOneThatDoesNotClearlyDifferAreNamed(
            String classifiers, @Nullable String outcomes, @Nullable String said) {
        addTimed(classifiers);
        verdicts(outcomes);

        assertThat(findings().speed().toString()).contains((said == null ? "[]" : said).split("; ", -1));
    }

    private void addTimed(String classifiers) {
        for (String one : classifiers.split(", ", -1)) {
            String[] parts = one.split(" ", -1);
            Metrics metrics = MadeUp.metrics(Double.parseDouble(parts[0]));
            Efficiency costs = MadeUp.efficiency(null, parts[1].equals("-") ? null : latency(parts[1]));
            Done done = MadeUp.done(MadeUp.trial(letter(models.size())), metrics, metrics, costs, null);
            add(done, Answers.NONE, parts[2].equals("-") ? null : Boolean.valueOf(parts[2]));
        }
    }

    private static Latency latency(String number) {
        double micros = Double.parseDouble(number);
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        return new Latency(1, 5_000, micros, micros, micros, 1.0, 1.0, null, machine);
    }

    /** Newcombe's interval of 900 of 1000 less 700 of 1000 is 16.58 to 23.38 points. */
    @Test
    void aGapIsToldIfItsIntervalDoesNotIncludeZero() {
        add("a", 0.9, 0.7, null);
        assertThat(findings().generalization()).contains("20.00 points below");
        models.clear();
        add("a", 0.9);
        add("b", 0.7, 0.9, null);
        assertThat(findings().generalization()).contains("1 of 2 overfits", "20.00 points above");
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
        add("a", accuracy, accuracy, predictions(first, firstRight, second, secondRight));

        assertThat(findings().generalization()).contains(said.split("; ", -1));
    }

    private static Predictions predictions(double first, int firstRight, double second, int secondRight) {
        int[] labels = new int[1_000];
        float[] logits = new float[2_000];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 2;
            boolean right = i < 500 ? i < firstRight : i - 500 < secondRight;
            double confidence = i < 500 ? first : second;
            logits[2 * i + (right ? labels[i] : 1 - labels[i])] = (float) Math.log(confidence / (1 - confidence));
        }
        return new Predictions(2, labels, logits);
    }
}
