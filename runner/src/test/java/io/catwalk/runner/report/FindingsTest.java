package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Scope;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.report.charts.RowChart;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialMetrics;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What reports say of verdicts, latencies and confidences that are set by hand. */
@Tag("tiny")
class FindingsTest {

    private static final List<String> CLASSES = List.of("cat", "dog");

    private final List<Model> models = new ArrayList<>();
    private final List<Standing> standings = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();

    private ReportModel model() {
        return within(Scope.MODELS);
    }

    private ReportModel within(Scope scope) {
        return model(new Comparison(scope, "", "", 0.5, null, null, standings, verdicts, null));
    }

    private ReportModel withoutComparison() {
        return model(null);
    }

    private ReportModel model(@Nullable Comparison comparison) {
        Results results = new Results(
                1,
                new Results.Summary("x", "compare", "", 1, 1, 1, List.of(), List.of(1L), 0, 1, 1, 1),
                new Results.Dataset("x", "", CLASSES, 1, 8, 8, 10, 10, 10, 5, 5),
                models.stream().map(Model::outcome).toList(),
                comparison,
                null);
        ExperimentSpec spec = new ExperimentSpec(
                1,
                new DatasetSpec("x", null, 0, 0),
                SplitSpec.holdOut(0.1, 0),
                List.of(),
                List.of(1L),
                1,
                1,
                ComputeDevice.CPU,
                null,
                1,
                null,
                "compare");
        return ReportModel.of(new RunReport(spec, results, models, null, List.of(), null, null));
    }

    private Findings findings() {
        return new Findings(model());
    }

    private void add(String name, double accuracy) {
        add(name, accuracy, null, null, null);
    }

    private void add(String name, double accuracy, @Nullable Double micros, @Nullable Boolean onFront) {
        add(name, accuracy, micros, onFront, null);
    }

    private void add(
            String name,
            double accuracy,
            @Nullable Double micros,
            @Nullable Boolean onFront,
            @Nullable Predictions predictions) {
        TrialMetrics metrics =
                new TrialMetrics(MadeUp.metrics(accuracy), MadeUp.metrics(accuracy), MadeUp.metrics(accuracy));
        add(name, metrics, micros, onFront, predictions);
    }

    private void add(
            String name,
            TrialMetrics metrics,
            @Nullable Double micros,
            @Nullable Boolean onFront,
            @Nullable Predictions predictions) {
        double accuracy = metrics.test().accuracy();
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        Latency latency =
                micros == null ? null : new Latency(1, 5_000, micros, micros, micros, 1.0, 1.0, null, machine);
        Done done = MadeUp.done(MadeUp.trial(name), metrics, MadeUp.efficiency(null, latency), null);
        models.add(new Model(
                name, done, List.of(), predictions == null ? Answers.NONE : Answers.of(predictions, CLASSES), null));
        standings.add(new Standing(
                name, 1, accuracy, null, accuracy - 0.01, accuracy + 0.01, accuracy, accuracy, null, null, onFront));
    }

    private void add(String name, double accuracy, Recipe recipe) {
        Done done = MadeUp.done(MadeUp.trial(name, 1, 0, recipe), accuracy);
        models.add(new Model(name, done, List.of(), Answers.NONE, null));
        standings.add(new Standing(
                name, 1, accuracy, null, accuracy - 0.01, accuracy + 0.01, accuracy, accuracy, null, null, null));
    }

    private void verdict(String first, String second, Outcome outcome) {
        verdicts.add(new Verdict(first, second, 0.005, null, null, 0.04, null, null, null, outcome, ""));
    }

    /** Returns the chart of the differences from the best. */
    private RowChart differences() {
        return differences(Scope.MODELS);
    }

    private RowChart differences(Scope scope) {
        return (RowChart) new RunCharts(within(scope)).differences().orElseThrow();
    }

    // ---- steps ----

    /** 495 images in batches of 33 and of 256, 6 epochs, were 90 steps and 6. */
    @Test
    void fewStepsAreSaidOfEachClassifierAndShownWhereRecipesDiffer() {
        add("a", 0.91, Recipe.standard().withEpochs(6).withBatchSize(33));
        add("b", 0.90, Recipe.standard().withEpochs(6).withBatchSize(256));
        models.replaceAll(one -> new Model(
                one.label(),
                MadeUp.inSteps(one.trained(), one.label().equals("a") ? 90 : 6),
                List.of(),
                Answers.NONE,
                null));

        assertThat(model().recipeDifferences().get("a")).last().isEqualTo("90 steps");
        assertThat(findings().open())
                .anyMatch(sentence -> sentence.startsWith("Fewer than 200 optimizer steps: a 90, b 6. "));
    }

    // ---- verdicts ----

    @Test
    void withoutAVerdictTheLeaderIsNoChoice() {
        add("a", 0.91);
        add("b", 0.90);

        assertThat(findings().conclusion()).isEqualTo("a leads, but whether it is better was not tested");
        assertThat(findings().accuracy())
                .isEqualTo("a has the highest accuracy, 91.00 %; whether the lead is more than chance was not tested");
        assertThat(new RunCharts(model()).differences()).isEmpty();
    }

    /** A variant of the best differs from it in few images, so that its verdict is clear though its lead is small. */
    @Test
    void whoIsUndecidedBehindOneThatIsBeatenIsAChoice() {
        add("a", 0.91);
        add("b", 0.905);
        add("c", 0.904);
        verdict("a", "b", Outcome.BETTER);
        verdict("a", "c", Outcome.UNDECIDED);

        assertThat(findings().conclusion()).isEqualTo("This run leaves 2 of 3 classifiers to choose from: a and c");
        assertThat(findings().accuracy())
                .isEqualTo("a leads with 91.00 %: it is ahead of 1 of the other 2, not clearly different from 1");
        assertThat(differences().caption().note()).endsWith(". The best is not clearly ahead of c.");
        assertThat(differences().tied()).isZero();
    }

    @Test
    void whoIsNotComparedIsAChoice() {
        add("a", 0.91);
        add("b", 0.90);
        add("c", 0.89);
        verdict("a", "b", Outcome.BETTER);

        assertThat(findings().conclusion()).isEqualTo("This run leaves 2 of 3 classifiers to choose from: a and c");
        assertThat(findings().accuracy())
                .isEqualTo("a leads with 91.00 %: it is ahead of 1 of the other 2, not compared with 1");
        assertThat(differences().caption().note()).endsWith(". Not compared with the best: c.");
        assertThat(differences().rows()).hasSize(2);
    }

    @Test
    void aBracketJoinsTheFirstThatDoNotClearlyDiffer() {
        add("a", 0.91);
        add("b", 0.909);
        add("c", 0.90);
        verdict("a", "b", Outcome.UNDECIDED);
        verdict("a", "c", Outcome.BETTER);

        assertThat(findings().conclusion()).isEqualTo("This run leaves 2 of 3 classifiers to choose from: a and b");
        assertThat(differences().caption().note())
                .endsWith(" The bracket joins those that the best is not clearly ahead of.");
        assertThat(differences().tied()).isEqualTo(2);
    }

    @Test
    void whoIsAheadOfEachOtherIsTheOneChoice() {
        add("a", 0.91);
        add("b", 0.90);
        add("c", 0.89);
        verdict("a", "b", Outcome.BETTER);
        verdict("a", "c", Outcome.BETTER);

        assertThat(findings().conclusion()).isEqualTo("This run supports one choice: a");
        assertThat(findings().accuracy()).isEqualTo("a leads with 91.00 %, ahead of each of the other 2");
        assertThat(differences().caption().note())
                .endsWith(" The best is significantly better than each of the others.");
        assertThat(differences(Scope.CLASSIFIERS).caption().note())
                .endsWith(" The best is better than each of the others.");
    }

    /** A probability of 0.97, and an interval of -7.05 to 0.21 points, as a cross-validation had them. */
    @Test
    void whoIsProbablyWorseByTheFoldsRemainsAChoice() {
        add("a", 0.91);
        add("b", 0.90);
        verdicts.add(new Verdict("a", "b", 0.0342, -0.0021, 0.0705, 0.056, 0.01, 0.02, 0.97, Outcome.BETTER, ""));

        assertThat(findings().accuracy()).isEqualTo("a leads with 91.00 %, and is probably better than b");
        assertThat(findings().conclusion()).startsWith("This run leaves 2 of 2 classifiers");
        assertThat(differences(Scope.CLASSIFIERS).caption().note()).doesNotContain("significant");
        assertThat(differences(Scope.CLASSIFIERS).caption().table())
                .contains(List.of("b", "−3.42", "−7.05 to +0.21", "0.0560", "probably worse"));
    }

    @Test
    void ofTwoThatDoNotClearlyDifferTheOtherIsNamed() {
        add("a", 0.91);
        add("b", 0.90);
        verdict("a", "b", Outcome.UNDECIDED);

        assertThat(findings().accuracy()).isEqualTo("a leads with 91.00 %, but is not clearly different from b");
    }

    @Test
    void ofTwoThatAreEquivalentTheOtherIsNamed() {
        add("a", 0.91);
        add("b", 0.90);
        verdict("a", "b", Outcome.EQUIVALENT);

        assertThat(findings().accuracy()).isEqualTo("a leads with 91.00 %, but is equivalent to b");
    }

    @Test
    void noneOfThoseWithTheSameAccuracyLeads() {
        add("a", 0.91);
        add("b", 0.91);
        add("c", 0.90);
        assertThat(findings().accuracy())
                .isEqualTo("a and b have the highest accuracy, 91.00 %; whether the lead is more than chance was not"
                        + " tested");
        assertThat(findings().conclusion()).isEqualTo("a and b lead, but whether they are better was not tested");
        assertThat(withoutComparison().headline())
                .isEqualTo("a and b reach 91.00 % accuracy, the highest; whether the lead is more than chance was not"
                        + " tested.");

        verdict("a", "b", Outcome.UNDECIDED);
        verdict("a", "c", Outcome.BETTER);

        assertThat(findings().accuracy())
                .isEqualTo("a and b lead with 91.00 %: a is ahead of 1 of the other 2, not clearly different from 1");
    }

    @Test
    void allWithTheSameAccuracyHaveNoLead() {
        add("a", 0.91);
        add("b", 0.91);

        assertThat(findings().accuracy()).isEqualTo("a and b have the same accuracy, 91.00 %");
        assertThat(findings().conclusion())
                .isEqualTo("a and b have the same accuracy, and whether one is better was not tested");
        assertThat(withoutComparison().headline())
                .isEqualTo("a and b reach 91.00 % accuracy, the same; whether one is better was not tested.");

        verdict("a", "b", Outcome.UNDECIDED);

        assertThat(findings().accuracy()).isEqualTo("a and b have the same accuracy, 91.00 %");
    }

    /** Two of its trials are done, and the second has no counterpart: gap, spread and accuracy are of the first. */
    @Test
    void noNumberIsOfATrialThatTheComparisonLeavesOut() {
        add("a", 0.91);
        add("b", 0.90);
        Done second = MadeUp.done(MadeUp.trial("a", 2, 0), 0.50);
        models.add(new Model("a s2", second, List.of(), Answers.NONE, null));
        Comparison.Incomplete incomplete =
                new Comparison.Incomplete("Only 3 of 4 trials are done.", List.of(new Comparison.Round(1, 0)));

        ReportModel model =
                model(new Comparison(Scope.MODELS, "a leads.", "", 0.5, null, null, standings, verdicts, incomplete));

        Entrant a = model.trained().get(0);
        assertThat(a.done()).hasSize(2);
        assertThat(a.values(metrics -> metrics.test().accuracy())).containsExactly(0.91);
        assertThat(Objects.requireNonNull(a.gap()).trials()).isEqualTo(1);
        assertThat(model.headline()).isEqualTo("Only 3 of 4 trials are done. a leads.");
    }

    /** By hand: (60 + 90) / 2; 600 s are of a trial that does not count. */
    @Test
    void theTrainingTimeIsTheMeanOfTheTrialsThatCount() {
        add("a", 0.91);
        for (int seed = 2; seed <= 3; seed++) {
            Efficiency costs = MadeUp.efficiency(null, null).withTrainingSeconds(seed == 2 ? 90 : 600);
            Metrics metrics = MadeUp.metrics(0.5);
            Done done = MadeUp.done(MadeUp.trial("a", seed, 0), metrics, metrics, costs, null);
            models.add(new Model("a s" + seed, done, List.of(), Answers.NONE, null));
        }
        Comparison.Incomplete incomplete = new Comparison.Incomplete(
                "Some are missing.", List.of(new Comparison.Round(1, 0), new Comparison.Round(2, 0)));

        Entrant a = model(
                        new Comparison(Scope.MODELS, "a leads.", "", 0.5, null, null, standings, verdicts, incomplete))
                .trained()
                .get(0);

        assertThat(Objects.requireNonNull(a.efficiency()).trainingSeconds()).isEqualTo(75);
        assertThat(a.trainingSeconds().getMax()).isEqualTo(90);
    }

    // ---- without a comparison ----

    /** Student's interval of the mean of 0.90 and 0.99, by scipy 1.15.3: 0.373 to 1.517. */
    @Test
    void anIntervalOfAnAccuracyEndsAtOneHundredPercent() {
        add("a", 0.90);
        add("a", 0.99);

        assertThat(withoutComparison().entrants().get(0).interval()).isEqualTo("37.32 to 100.00");
    }

    // ---- recipes ----

    @Test
    void recipesThatDifferByLittleAreNotCalledTheSame() {
        add("a", 0.91, Recipe.standard().withAugmentations(Augmentation.erase(0.25, 0.2)));
        add("b", 0.90, Recipe.standard().withAugmentations(Augmentation.erase(0.254, 0.2)));

        assertThat(model().recipeDifferences())
                .containsEntry("a", List.of("Random erasing: 25 % of images, up to 20 % of the area"))
                .containsEntry("b", List.of("Random erasing: 25.4 % of images, up to 20 % of the area"));
    }

    @Test
    void schedulesThatDifferByLittleAreNotCalledTheSame() {
        add("a", 0.91, Recipe.standard().withSchedule(Schedule.oneCycle(0.07)));
        add("b", 0.90, Recipe.standard().withSchedule(Schedule.oneCycle(0.072)));

        assertThat(model().recipeDifferences().toString())
                .contains("warm-up for 7 % of the steps", "warm-up for 7.2 % of the steps");
    }

    // ---- latencies ----

    @Test
    void whoIsMoreAccurateWithoutALatencyIsNotOvertaken() {
        add("a", 0.98, null, null);
        add("b", 0.97, 100.0, true);
        add("c", 0.96, 200.0, false);

        assertThat(findings().cost())
                .isEqualTo("b is both the most accurate and the fastest of the 2 with a latency from a quiet machine:"
                        + " 100 µs for one image (ONNX Runtime, batch 1)");
    }

    /** The third is as accurate as the second, and only slower. */
    @Test
    void whoIsNotOnTheFrontIsNotCalledWorseInBoth() {
        add("a", 0.98, 100.0, true);
        add("b", 0.97, 50.0, true);
        add("c", 0.97, 80.0, false);

        assertThat(findings().cost())
                .isEqualTo("The choice is among b and a: for each of the others, one of these is at least as good in"
                        + " both accuracy and latency");

        add("d", 0.99, null, null);

        assertThat(findings().cost())
                .startsWith("Of the 3 with a latency from a quiet machine, the choice is among b and a: for each");
    }

    @Test
    void theFastestIsNamedIfItDoesNotClearlyDiffer() {
        add("a", 0.91, 500.0, true);
        add("b", 0.909, 100.0, true);
        add("c", 0.908, 200.0, false);
        verdict("a", "b", Outcome.UNDECIDED);
        verdict("a", "c", Outcome.UNDECIDED);

        assertThat(findings().speed()).last().isEqualTo("a does not clearly differ from it, and takes 500 µs");
    }

    @Test
    void aFasterOneThatIsEquivalentIsNamed() {
        add("a", 0.91, 100.0, true);
        add("b", 0.90, 40.0, true);
        add("c", 0.909, 60.0, true);
        verdict("a", "b", Outcome.BETTER);
        verdict("a", "c", Outcome.EQUIVALENT);

        assertThat(findings().speed())
                .containsExactly(
                        "b is the fastest, 40 µs for one image, with 90.00 % accuracy (\u22121.00 points)",
                        "a is practically equivalent to c, which takes 60 µs instead of 100 µs");
    }

    // ---- gaps ----

    /** Newcombe's interval of 700 of 1000 less 900 of 1000 is -23.38 to -16.58 points. */
    @Test
    void aTrainingAccuracyClearlyBelowThatOfValidationIsSaidToBeBelow() {
        add("a", new TrialMetrics(MadeUp.metrics(0.9), MadeUp.metrics(0.9), MadeUp.metrics(0.7)), null, null, null);

        assertThat(findings().generalization())
                .isEqualTo("Training accuracy is 20.00 points below validation accuracy");
    }

    /** Newcombe's interval of 900 of 1000 less 700 of 1000 is 16.58 to 23.38 points. */
    @Test
    void oneOfSeveralOverfits() {
        add("a", new TrialMetrics(MadeUp.metrics(0.9), MadeUp.metrics(0.9), MadeUp.metrics(0.9)), null, null, null);
        add("b", new TrialMetrics(MadeUp.metrics(0.7), MadeUp.metrics(0.7), MadeUp.metrics(0.9)), null, null, null);

        assertThat(findings().generalization())
                .isEqualTo("1 of 2 overfits: training accuracy is 20.00 points above validation accuracy");
    }

    // ---- confidences: of 1,000 images ----

    /** One half is overconfident by 10 points, and the other underconfident by as much. */
    @Test
    void errorsThatCancelOutAreNoMatch() {
        add("a", 0.795, null, null, predictions(0.99, 445, 0.60, 350));

        assertThat(findings().generalization())
                .endsWith("; a's mean confidence is within the interval of its accuracy (expected calibration error"
                        + " 10.00 points)");
    }

    /** By scipy 1.15.3, binomtest(970, 1000).proportion_ci(method="wilson") is 0.9575 to 0.9789. */
    @Test
    void aMeanConfidenceWithinTheIntervalIsNoOverconfidence() {
        add("a", 0.97, null, null, predictions(0.973, 485, 0.973, 485));

        assertThat(findings().generalization())
                .endsWith("; a's mean confidence is within the interval of its accuracy (expected calibration error"
                        + " 0.30 points)");
    }

    @Test
    void aMeanConfidenceAboveTheIntervalIsOverconfidence() {
        add("a", 0.97, null, null, predictions(0.99, 485, 0.99, 485));

        assertThat(findings().generalization()).endsWith("; a is overconfident by 2.00 points on average");
    }

    @Test
    void aMeanConfidenceBelowTheIntervalIsUnderconfidence() {
        add("a", 0.97, null, null, predictions(0.95, 485, 0.95, 485));

        assertThat(findings().generalization()).endsWith("; a is underconfident by 2.00 points on average");
    }

    /** Makes predictions of 500 images with each of two confidences, of which so many are right. */
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
