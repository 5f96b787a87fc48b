package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.api.Criterion;
import io.catwalk.api.Recipe;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Averages;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.Comparison.Scope;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Expected numbers are from scipy 1.17.1: binomtest for McNemar and Wilson, chi2 for Cochran's Q, ttest_ind
 * for Welch, t for the corrected t-test and its posterior; Holm by hand.
 */
@Tag("tiny")
final class ComparisonTest {

    private static final Offset<Double> CLOSE = within(1e-9);
    private static final int IMAGES = 40;

    private Recipe recipe = Recipe.standard();
    private final List<TrialSpec> planned = new ArrayList<>();
    private final Outcomes finished = new Outcomes();
    private final Map<TrialSpec, Predictions> predictions = new HashMap<>();

    // ---- models: 40 images, of which each is right on those from one number up to another ----

    @Test
    void modelsAreComparedByMcNemarWithHolmAndByCochran() {
        threeModels();

        Comparison comparison = compared();

        assertThat(comparison.scope()).isEqualTo(Scope.MODELS);
        assertThat(comparison.standings()).extracting(Standing::contestant).containsExactly("conv", "gru", "rnn");
        // conv and gru: 2 to 1; conv and rnn: 20 to 4; gru and rnn: 18 to 3, which Holm multiplies by 3 first.
        assertThat(comparison.verdicts())
                .extracting(Verdict::first, Verdict::second, Verdict::outcome)
                .containsExactly(
                        tuple("conv", "gru", Outcome.UNDECIDED),
                        tuple("conv", "rnn", Outcome.BETTER),
                        tuple("gru", "rnn", Outcome.BETTER));
        assertThat(comparison.verdicts().get(0).p()).isEqualTo(1);
        assertThat(comparison.verdicts().get(1).p()).isEqualTo(0.0044689178466796875, CLOSE);
        assertThat(comparison.verdicts().get(2).p()).isEqualTo(0.0044689178466796875, CLOSE);
        assertThat(comparison.verdicts().get(1).difference()).isEqualTo(0.4, CLOSE);
        // Tango's interval, by test-data/golden/intervals.py.
        assertThat(comparison.verdicts().get(1).low()).isEqualTo(0.17252329505042796, CLOSE);
        assertThat(comparison.verdicts().get(1).high()).isEqualTo(0.5839721901343307, CLOSE);
        assertThat(comparison.verdicts().get(1).sentence())
                .isEqualTo("conv is significantly better than rnn on these images: 40.00 points, 95 % interval 17.25 to"
                        + " 58.40; of 40, only conv got 20 right and only rnn got 4 right; McNemar with Holm p ="
                        + " 0.0045");
        assertThat(Objects.requireNonNull(comparison.cochranQ()).statistic()).isEqualTo(20.083333333333332, CLOSE);
        assertThat(comparison.cochranQ().p()).isEqualTo(4.3547133981670886e-05, CLOSE);
        assertThat(comparison.ofAll()).isEqualTo(comparison.cochranQ());
        assertThat(comparison.headline())
                .isEqualTo("conv has the highest accuracy: 90.00 % (95 % interval 76.9 to 96.0), but does not"
                        + " clearly differ from gru, and is significantly better than rnn on these images.");
        assertThat(comparison.limits()).startsWith("One seed on one split").endsWith("to compare architectures.");
    }

    @Test
    void aSingleTrialHasWilsonsIntervalAndTheBootstraps() {
        threeModels();

        Standing conv = compared().standings().get(0);

        assertThat(conv.trials()).isEqualTo(1);
        assertThat(conv.standardDeviation()).isNull();
        assertThat(conv.accuracyLow()).isEqualTo(0.769482247724777, CLOSE);
        assertThat(conv.accuracyHigh()).isEqualTo(0.9604204713173935, CLOSE);
        assertThat(conv.macroF1()).isBetween(conv.macroF1Low(), conv.macroF1High());
        assertThat(conv.onFront()).isNull();
    }

    @Test
    void whoBeatsEveryOtherIsTheMostAccurate() {
        model("rnn", 1, 20, 40);
        model("conv", 1, 0, 36);

        assertThat(compared().headline())
                .isEqualTo("conv is the most accurate: 90.00 % (95 % interval 76.9 to 96.0),"
                        + " and is significantly better than rnn on these images.");

        model("lstm", 1, 0, 10);

        assertThat(compared().headline())
                .endsWith(", and is significantly better than each of the others on these images.");
    }

    /** McNemar's exact p of 5 to 0 is 2 / 2^5 = 0.0625; Cochran's Q of two would be 5, with p = 0.0253. */
    @Test
    void twoModelsAreNotTestedTogether() {
        model("conv", 1, 0, 36);
        model("gru", 1, 0, 31);

        Comparison comparison = compared();

        assertThat(comparison.verdicts().get(0).outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(comparison.ofAll()).isNull();
        assertThat(results().markdown()).doesNotContain("Cochran");
    }

    @Test
    void equalsShareTheHighestAccuracy() {
        model("conv", 1, 0, 36);
        model("gru", 1, 4, 40);

        assertThat(compared().headline())
                .isEqualTo("conv and gru have the highest accuracy: 90.00 % (95 % interval 76.9 to 96.0),"
                        + " but conv does not clearly differ from gru on these images.");
    }

    @Test
    void whoHasNoPredictionsHasNoVerdicts() {
        threeModels();
        predictions.keySet().removeIf(trial -> trial.label().equals("gru"));

        Comparison comparison = compared();

        assertThat(comparison.standings()).hasSize(3);
        assertThat(comparison.standings().get(1).macroF1Low()).isNull();
        assertThat(comparison.verdicts())
                .extracting(Verdict::first, Verdict::second)
                .containsExactly(tuple("conv", "rnn"));
        assertThat(comparison.verdicts().get(0).p()).isEqualTo(0.001543879508972168, CLOSE);
        assertThat(comparison.headline())
                .contains("conv has the highest accuracy")
                .endsWith("but is significantly better than rnn on these images, and is not compared with gru.");
        assertThat(comparison.limits()).endsWith("There are no predictions of gru, and so no verdicts.");
    }

    @Test
    void withoutAnyPredictionsNobodyIsCompared() {
        threeModels();
        predictions.clear();

        Comparison comparison = compared();

        assertThat(comparison.verdicts()).isEmpty();
        assertThat(comparison.cochranQ()).isNull();
        assertThat(comparison.headline())
                .isEqualTo("conv has the highest accuracy: 90.00 % (95 % interval 76.9 to 96.0),"
                        + " but it is not compared with any other.");
    }

    @Test
    void whoFailedTakesNoPart() {
        threeModels();
        TrialSpec lstm = plan("lstm", 1, 0);
        finished.put(new TrialOutcome.Failed(lstm, "out of memory"));

        Comparison comparison = compared();

        assertThat(comparison.standings()).hasSize(3);
        assertThat(comparison.verdicts()).hasSize(3);
        assertThat(comparison.limits()).endsWith(" lstm has no trained network, and so no rank.");
    }

    @Test
    void oneContestantStandsAlone() {
        model("conv", 1, 0, 36);

        Comparison comparison = compared();

        assertThat(comparison.verdicts()).isEmpty();
        assertThat(comparison.headline())
                .isEqualTo("The accuracy of conv: 90.00 % (95 % interval 76.9 to 96.0);"
                        + " there is nothing to compare it with.");
        assertThat(comparison.limits()).startsWith("One split evaluates this trained model, not its architecture");
    }

    @Test
    void withoutATrainedNetworkThereIsNothingToSay() {
        TrialSpec lstm = plan("lstm", 1, 0);
        finished.put(new TrialOutcome.Failed(lstm, "out of memory"));
        plan("gru", 1, 0);

        assertThat(comparison()).isNull();
    }

    // ---- architectures on one split: accuracies by seed ----

    @Test
    void severalSeedsCompareArchitecturesByWelchWithHolm() {
        for (int seed = 1; seed <= 3; seed++) {
            evaluated(plan("conv", seed, 0), 0.88 + 0.02 * seed, 0, 36); // 0.90, 0.92, 0.94
            evaluated(plan("gru", seed, 0), 0.89 + 0.01 * seed, 0, 36); // 0.90, 0.91, 0.92
            evaluated(plan("rnn", seed, 0), 0.40 + 0.02 * seed, 20, 40);
        }

        Comparison comparison = compared();

        assertThat(comparison.scope()).isEqualTo(Scope.SEEDS);
        assertThat(comparison.cochranQ()).isNull();
        Standing conv = comparison.standings().get(0);
        assertThat(conv.trials()).isEqualTo(3);
        assertThat(conv.accuracy()).isEqualTo(0.92, CLOSE);
        assertThat(conv.standardDeviation()).isEqualTo(0.02, CLOSE);
        assertThat(conv.accuracyLow()).isEqualTo(0.8703172457649935, CLOSE);
        assertThat(conv.accuracyHigh()).isEqualTo(0.9696827542350064, CLOSE);
        Verdict close = comparison.verdicts().get(0);
        assertThat(close.outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(close.difference()).isEqualTo(0.01, CLOSE);
        assertThat(close.p()).isEqualTo(0.49605537445852416, CLOSE);
        assertThat(close.low()).isEqualTo(-0.03155399503182505, CLOSE);
        assertThat(close.better()).isNull();
        Verdict clear = comparison.verdicts().get(1);
        assertThat(clear.outcome()).isEqualTo(Outcome.BETTER);
        assertThat(clear.p()).isEqualTo(2.3927724180953143e-05, CLOSE); // the smallest of three, times three by Holm
        assertThat(comparison.headline())
                .isEqualTo("conv has the highest accuracy over 3 seeds: 92.00 % (95 % interval 87.0 to 97.0), but"
                        + " does not clearly differ from gru, and is significantly better than rnn on this split.");
        assertThat(comparison.limits())
                .startsWith("The seeds compare these architectures with these recipes on one split")
                .contains("not what other training or test images would");
    }

    /** Two have classified all images as one class of ten; none varies, so nothing tells how precise its mean is. */
    @Test
    void architecturesThatDoNotVaryOverTheirSeedsHaveNoTest() {
        for (int seed = 1; seed <= 3; seed++) {
            evaluated(plan("conv", seed, 0), 0.1, 0, 4);
            evaluated(plan("gru", seed, 0), 0.1, 0, 4);
            evaluated(plan("rnn", seed, 0), 0.7, 0, 28);
        }

        Comparison comparison = compared();

        assertThat(comparison.verdicts())
                .extracting(Verdict::first, Verdict::second, Verdict::outcome, Verdict::p, Verdict::low, Verdict::high)
                .containsExactly(
                        tuple("rnn", "conv", Outcome.UNDECIDED, 1.0, null, null),
                        tuple("rnn", "gru", Outcome.UNDECIDED, 1.0, null, null),
                        tuple("conv", "gru", Outcome.UNDECIDED, 1.0, null, null));
    }

    /** The means are the same but for their last bit. */
    @Test
    void equalMeansShareTheHighestAccuracy() {
        List<Double> conv = List.of(0.933, 0.938, 0.928);
        for (int seed = 1; seed <= 3; seed++) {
            evaluated(plan("conv", seed, 0), conv.get(seed - 1), 0, 36);
            evaluated(plan("gru", seed, 0), 0.933, 0, 36);
        }

        assertThat(compared().headline()).contains(" have the highest accuracy over 3 seeds: 93.30 %");
    }

    @Test
    void twoSeedsHaveMeansAndNoVerdicts() {
        evaluated(plan("conv", 1, 0), 0.5, 20, 40);
        evaluated(plan("rnn", 1, 0), 0.9, 0, 36);
        evaluated(plan("conv", 2, 0), 0.95, 0, 38);
        evaluated(plan("rnn", 2, 0), 0.5, 20, 40);

        Comparison comparison = compared();

        assertThat(comparison.scope()).isEqualTo(Scope.SEEDS);
        assertThat(comparison.verdicts()).isEmpty();
        assertThat(comparison.headline()).endsWith("but it is not compared with any other.");
        assertThat(comparison.limits())
                .endsWith("There are no verdicts: expected at least 3 seeds to compare architectures on one split, but"
                        + " found 2: so few do not show how much the results vary; try --seeds 5.");
        assertThat(comparison.standings().get(0).accuracyHigh()).isEqualTo(1); // Student's would be far above
    }

    @Test
    void oneArchitectureIsJudgedByItsSeeds() {
        for (int seed = 1; seed <= 3; seed++) {
            evaluated(plan("conv", seed, 0), 0.88 + 0.02 * seed, 0, 36);
        }

        Comparison comparison = compared();

        assertThat(comparison.headline())
                .isEqualTo("The accuracy of conv over 3 seeds: 92.00 % (95 % interval 87.0 to 97.0);"
                        + " there is nothing to compare it with.");
        assertThat(comparison.limits())
                .startsWith("The seeds evaluate this architecture")
                .contains("one split");
    }

    // ---- classifiers: accuracies by fold ----

    @Test
    void classifiersAreComparedByTheCorrectedTTestAndItsPosterior() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        fold("gru", 1, 0.895, 0.922, 0.938, 0.909);
        fold("rnn", 1, 0.80, 0.83, 0.835, 0.812);

        Comparison comparison = compared();

        assertThat(comparison.scope()).isEqualTo(Scope.CLASSIFIERS);
        assertThat(comparison.cochranQ()).isNull();
        Standing conv = comparison.standings().get(0);
        assertThat(conv.trials()).isEqualTo(4);
        assertThat(conv.accuracy()).isEqualTo(0.9175, CLOSE);
        assertThat(conv.standardDeviation()).isEqualTo(0.017078251276599295, CLOSE);
        assertThat(conv.accuracyLow()).isEqualTo(0.8746915002817759, CLOSE);
        assertThat(conv.accuracyHigh()).isEqualTo(0.9603084997182241, CLOSE);
        Verdict close = comparison.verdicts().get(0);
        assertThat(close.outcome()).isEqualTo(Outcome.UNDECIDED);
        assertThat(close.difference()).isEqualTo(0.0015, CLOSE);
        assertThat(close.low()).isEqualTo(-0.005735957135080347, CLOSE);
        assertThat(close.high()).isEqualTo(0.008735957135080349, CLOSE);
        assertThat(close.p()).isEqualTo(0.5565612621608345, CLOSE);
        assertThat(close.worse()).isEqualTo(0.03232119144097307, CLOSE);
        assertThat(close.better()).isEqualTo(0.11067571835989877, CLOSE);
        Verdict clear = comparison.verdicts().get(1);
        assertThat(clear.outcome()).isEqualTo(Outcome.BETTER);
        assertThat(clear.p()).isEqualTo(0.0002733735996243298, CLOSE);
        assertThat(clear.better()).isEqualTo(0.9998402832939206, CLOSE);
        assertThat(comparison.headline())
                .isEqualTo("conv has the highest accuracy over 4 folds: 91.75 % (95 % interval 87.5 to 96.0), but does"
                        + " not clearly differ from gru, and is better than rnn by these folds; against gru"
                        + " P(better by more than 0.5) = 0.11, P(within 0.5) = 0.86, P(worse by more than 0.5) ="
                        + " 0.03.");
        assertThat(comparison.limits())
                .startsWith("The folds compare these architectures")
                .endsWith("One data set gives no critical-difference diagram: that needs 5.");
    }

    /** Over these folds P(better by more than 0.5) is 0.9549, and the interval includes 0. */
    @Test
    void whereProbabilityAndIntervalDisagreeOneIsProbablyBetter() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        fold("gru", 1, 0.86, 0.82, 0.90, 0.85);

        Comparison comparison = compared();

        Verdict verdict = comparison.verdicts().get(0);
        assertThat(verdict.better()).isEqualTo(0.9549212579613802, CLOSE);
        assertThat(verdict.low()).isEqualTo(-0.010897611126392315, CLOSE);
        assertThat(verdict.onlyProbable()).isTrue();
        assertThat(verdict.sentence())
                .isEqualTo(
                        "conv is probably better than gru: 6.00 points, 95 % interval -1.09 to 13.09; P(better by more"
                                + " than 0.5) = 0.95");
        assertThat(comparison.headline())
                .startsWith("conv has the highest accuracy over 4 folds: 91.75 % (95 % interval 87.5 to 96.0), and is"
                        + " probably better than gru by these folds; against gru P(");
    }

    @Test
    void nothingIsSignificantOverFolds() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        fold("rnn", 1, 0.80, 0.83, 0.835, 0.812);

        assertThat(compared().headline())
                .contains("conv is the most accurate", "is better than rnn by these folds")
                .doesNotContain("significant");
    }

    @Test
    void whatOneIsRightForWithoutANetworkIsToldFirst() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        Baselines baselines = new Baselines(0.816, 0.7, 135, 50);

        Comparison comparison = Objects.requireNonNull(
                Comparison.of(planned, finished, this::answers, images(), EquivalenceRegion.STANDARD, baselines));

        assertThat(comparison.baselines()).isEqualTo(baselines);
        assertThat(comparison.limits()).startsWith(baselines.sentence() + " ");
    }

    @Test
    void whatTheEpochWasChosenByIsToldUnlessItIsAccuracy() {
        recipe = recipe.withSelectBy(Criterion.MACRO_F1);
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);

        assertThat(compared().limits())
                .contains(
                        "The epoch of each network was selected by macro F1 on the validation images; the verdicts are"
                                + " about accuracy.");
    }

    /**
     * A ratio of five does not count as unequal, a larger one does: 101 of the largest class and 20 of the smallest.
     */
    @Test
    void balancedAccuracyStandsBesideAccuracyWhereClassesAreVeryUnequal() {
        threeModels();
        Function<Results.Dataset, String> headline = images -> Objects.requireNonNull(
                        Comparison.of(planned, finished, this::answers, images, EquivalenceRegion.STANDARD, null))
                .headline();

        assertThat(headline.apply(images(100, 20))).contains("(95 % interval 76.9 to 96.0)");
        assertThat(headline.apply(images(101, 20))).contains("(95 % interval 76.9 to 96.0; balanced accuracy 90.00 %)");
    }

    @Test
    void aWiderRegionMakesThemEquivalent() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        fold("gru", 1, 0.895, 0.922, 0.938, 0.909);

        Comparison comparison = Objects.requireNonNull(
                Comparison.of(planned, finished, this::answers, images(), new EquivalenceRegion(2), null));

        assertThat(comparison.regionPoints()).isEqualTo(2);
        assertThat(comparison.verdicts().get(0).outcome()).isEqualTo(Outcome.EQUIVALENT);
        assertThat(comparison.headline()).contains("but is practically equivalent to gru by these folds; against gru");
    }

    @Test
    void onlyFoldsThatAllHaveFinishedCount() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91, 0.10);
        fold("gru", 1, 0.895, 0.922, 0.938, 0.909);
        TrialSpec last = plan("gru", 1, 5);
        finished.put(new TrialOutcome.Failed(last, "out of memory"));

        Comparison comparison = compared();

        assertThat(comparison.standings()).extracting(Standing::contestant).containsExactly("conv", "gru");
        assertThat(comparison.standings()).extracting(Standing::trials).containsOnly(4);
        assertThat(comparison.verdicts().get(0).p()).isEqualTo(0.5565612621608345, CLOSE);
        assertThat(Objects.requireNonNull(comparison.incomplete()).sentence())
                .isEqualTo("Only 9 of 10 trials are done: all numbers are of folds 1, 2, 3 and 4, which all trained"
                        + " classifiers have finished.");
    }

    /** Three seeds of three were asked for, four trials are done: the mean of mlp, 61.25 %, is below conv's one. */
    @Test
    void whereTrialsAreMissingEveryNumberIsOfThoseThatAllHaveFinished() {
        evaluated(plan("mlp", 1, 0), 0.65, 0, 26);
        evaluated(plan("mlp", 2, 0), 0.575, 0, 23);
        evaluated(plan("conv", 1, 0), 0.625, 0, 25);
        evaluated(plan("lstm", 1, 0), 0.5, 0, 20);
        plan("mlp", 3, 0);
        for (int seed = 2; seed <= 3; seed++) {
            plan("conv", seed, 0);
            plan("lstm", seed, 0);
        }
        Comparison comparison = compared();
        Results results = new Results(
                1,
                new Results.Summary(
                        "run", "compare", "2024-01-01T00:00:00Z", 1, 9, 4, List.of(), List.of(1L, 2L, 3L), 0, 1, 2, 1),
                images(),
                List.copyOf(finished.all()),
                comparison,
                null);

        assertThat(comparison.headline()).startsWith("mlp has the highest accuracy: 65.00 %");
        assertThat(results.markdown())
                .startsWith("**Only 4 of 9 trials are done: all numbers are of seed 1, which all trained classifiers"
                        + " have finished.**\n")
                .contains("| mlp | 1 | 65.00 | 76.95 to 96.04 |");
        assertThat(results.contestants().get("mlp")).extracting(Done::trial).containsExactly(MadeUp.trial("mlp", 1, 0));
    }

    @Test
    void oneCommonFoldDecidesNothing() {
        fold("conv", 1, 0.90, 0.92);
        fold("gru", 1, 0.895);
        plan("gru", 1, 2);

        Comparison comparison = compared();

        assertThat(comparison.verdicts()).isEmpty();
        assertThat(comparison.headline()).endsWith("but it is not compared with any other.");
        assertThat(comparison.limits())
                .contains("There are no verdicts, since not all have finished the same two folds.");
    }

    @Test
    void oneClassifierIsJudgedByItsFolds() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);

        Comparison comparison = compared();

        assertThat(comparison.headline())
                .isEqualTo("The accuracy of conv over 4 folds: 91.75 % (95 % interval 87.5 to 96.0);"
                        + " there is nothing to compare it with.");
        assertThat(comparison.limits())
                .startsWith("The folds evaluate this architecture")
                .doesNotContain("diagram");
    }

    /** Two seeds on one fold are evaluated on the same images: the folds are two observations, not four. */
    @Test
    void seedsOnTheSameFoldAreOneObservation() {
        fold("conv", 1, 0.90, 0.94);
        fold("gru", 1, 0.88, 0.90);
        fold("conv", 2, 0.92, 0.92);
        fold("gru", 2, 0.89, 0.92);

        Comparison comparison = compared();

        assertThat(comparison.standings().get(0).trials()).isEqualTo(4);
        Verdict verdict = comparison.verdicts().get(0);
        assertThat(verdict.difference()).isEqualTo(0.0225, CLOSE);
        assertThat(verdict.low()).isEqualTo(-0.019410506018134252, CLOSE);
        assertThat(verdict.p()).isEqualTo(0.09266637408772403, CLOSE);
        assertThat(verdict.better()).isEqualTo(0.940700121227312, CLOSE);
        assertThat(comparison.headline()).startsWith("conv has the highest accuracy over 4 trials: ");
    }

    // ---- the best against each other: what an estimation plot draws ----

    @Test
    void theBestModelHasADifferenceWithItsIntervalToEachOther() {
        threeModels();

        theBestStandsToEachOther(compared(), "gru", "rnn");
    }

    @Test
    void theBestArchitectureHasADifferenceWithItsIntervalToEachOther() {
        for (int seed = 1; seed <= 3; seed++) {
            evaluated(plan("rnn", seed, 0), 0.40 + 0.02 * seed, 20, 40);
            evaluated(plan("conv", seed, 0), 0.88 + 0.02 * seed, 0, 36);
            evaluated(plan("gru", seed, 0), 0.89 + 0.01 * seed, 0, 36);
        }

        theBestStandsToEachOther(compared(), "gru", "rnn");
    }

    @Test
    void theBestOverFoldsHasADifferenceWithItsIntervalToEachOther() {
        fold("rnn", 1, 0.80, 0.83, 0.835, 0.812);
        fold("gru", 1, 0.895, 0.922, 0.938, 0.909);
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);

        theBestStandsToEachOther(compared(), "gru", "rnn");
    }

    private static void theBestStandsToEachOther(Comparison comparison, String... others) {
        assertThat(comparison.standings().get(0).contestant()).isEqualTo("conv");
        assertThat(comparison.ofTheBest()).extracting(Verdict::second).containsExactly(others);
        assertThat(comparison.ofTheBest()).allSatisfy(verdict -> {
            assertThat(verdict.first()).isEqualTo("conv");
            assertThat(verdict.difference())
                    .isBetween(verdict.low(), verdict.high())
                    .isEqualTo(accuracy(comparison, "conv") - accuracy(comparison, verdict.second()), CLOSE);
        });
    }

    private static double accuracy(Comparison comparison, String contestant) {
        return comparison.standings().stream()
                .filter(standing -> standing.contestant().equals(contestant))
                .findFirst()
                .orElseThrow()
                .accuracy();
    }

    @Test
    void aVerdictThatIsStricterThanItsIntervalSaysSo() {
        assertThat(verdict(Outcome.UNDECIDED, 0.001, 0.02).stricterThanInterval())
                .isTrue();
        assertThat(verdict(Outcome.UNDECIDED, -0.02, -0.001).stricterThanInterval())
                .isTrue();
        assertThat(verdict(Outcome.UNDECIDED, -0.001, 0.02).stricterThanInterval())
                .isFalse();
        assertThat(verdict(Outcome.BETTER, 0.001, 0.02).stricterThanInterval()).isFalse();
        assertThat(verdict(Outcome.UNDECIDED, null, null).stricterThanInterval())
                .isFalse();
    }

    private static Verdict verdict(Outcome outcome, @Nullable Double low, @Nullable Double high) {
        return new Verdict("conv", "gru", 0.01, low, high, 0.06, null, null, null, outcome, "");
    }

    // ---- what they cost, and how it is written ----

    @Test
    void theFrontHoldsWhoIsNotBeatenInAccuracyAndLatency() {
        model("conv", 1, 0, 36, cost(100, 1000));
        model("gru", 1, 2, 37, cost(50, 1000));
        model("rnn", 1, 20, 40, cost(60, 500));
        model("lstm", 1, 0, 10, null);

        assertThat(compared().standings())
                .extracting(Standing::contestant, Standing::onFront)
                .containsExactly(tuple("conv", true), tuple("gru", true), tuple("rnn", false), tuple("lstm", null));
    }

    @Test
    void theFrontIsOfPyTorchWhereNothingWasExported() {
        model("conv", 1, 0, 36, slow(latency(100)));
        model("gru", 1, 2, 37, slow(latency(120)));

        assertThat(compared().standings())
                .extracting(Standing::contestant, Standing::onFront)
                .containsExactly(tuple("conv", true), tuple("gru", false));
    }

    @Test
    void aLatencyOfABusyMachineSaysNothingOfTheFront() {
        model("conv", 1, 0, 36, slow(latency(100)));
        model("gru", 1, 2, 37, slow(latency(90, "another program")));

        assertThat(compared().standings())
                .extracting(Standing::contestant, Standing::onFront)
                .containsExactly(tuple("conv", true), tuple("gru", null));
    }

    @Test
    void aComparisonIsReadBackAsItWasWritten() {
        threeModels();
        Comparison comparison = compared();

        String json = Json.JSON.writeValueAsString(comparison);

        assertThat(json).contains("\"scope\" : \"models\"", "\"outcome\" : \"undecided\"");
        assertThat(Json.JSON.readValue(json, Comparison.class)).isEqualTo(comparison);
    }

    @Test
    void theMarkdownShowsMeansAndEndsWithTheVerdicts() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        fold("rnn", 1, 0.80, 0.83, 0.835, 0.812);
        Comparison comparison = compared();
        Results results = new Results(
                1,
                new Results.Summary(
                        "run", "crossval", "2024-01-01T00:00:00Z", 1, 8, 8, List.of(), List.of(1L), 4, 1, 2, 1),
                images(),
                List.copyOf(finished.all()),
                comparison,
                null);

        assertThat(results.markdown().lines())
                .contains(
                        "| conv | 4 | 91.75 ± 1.71 | 87.47 to 96.03 | 50.00 ± 0.00 | 50.00 ± 0.00 | 50.00 ± 0.00"
                                + " | 91.75 ± 1.71 | 91.75 ± 1.71 | 100,000 | – | 1m 00s |",
                        "**" + comparison.headline() + "**",
                        "- " + comparison.verdicts().get(0).sentence())
                .endsWith(comparison.limits())
                .noneMatch(line -> line.startsWith("| conv f1"));
        assertThat(results.csv().lines()).hasSize(1 + 8);
    }

    @Test
    void validationAccuracyIsSaidToBeOptimisticWhereItChoseAnEpoch() {
        String note = "Validation accuracy is optimistic, since the validation images chose the epoch: compare by test"
                + " accuracy.";
        recipe = recipe.withEpochs(1);
        model("rnn", 1, 20, 40);

        assertThat(results().validationNote()).isEmpty();
        assertThat(results().markdown()).doesNotContain("optimistic");

        recipe = recipe.withEpochs(2);
        model("conv", 1, 0, 36);

        assertThat(results().validationNote()).isEqualTo(note);
        assertThat(results().markdown().lines()).contains(note);
    }

    private Results results() {
        Results.Summary summary = new Results.Summary(
                "run", "compare", "2024-01-01T00:00:00Z", 1, 2, 2, List.of(), List.of(1L), 0, 1, 2, 1);
        return new Results(1, summary, images(), List.copyOf(finished.all()), compared(), null);
    }

    private void threeModels() {
        model("rnn", 1, 20, 40);
        model("conv", 1, 0, 36);
        model("gru", 1, 2, 37);
    }

    private void model(String name, long seed, int from, int to) {
        model(name, seed, from, to, null);
    }

    private void model(String name, long seed, int from, int to, @Nullable Efficiency cost) {
        TrialSpec trial = plan(name, seed, 0);
        evaluated(trial, (to - from) / (double) IMAGES, from, to);
        finished.put(done(trial, (to - from) / (double) IMAGES, cost));
    }

    /** Makes a trial that predicts the images from one number up to another correctly. */
    private void evaluated(TrialSpec trial, double accuracy, int from, int to) {
        finished.put(done(trial, accuracy, null));
        int[] labels = new int[IMAGES];
        float[] logits = new float[2 * IMAGES];
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = i % 2;
            boolean right = from <= i && i < to;
            logits[2 * i + (right ? labels[i] : 1 - labels[i])] = 1;
        }
        predictions.put(trial, new Predictions(2, labels, logits));
    }

    private void fold(String name, long seed, double... accuracies) {
        for (int i = 0; i < accuracies.length; i++) {
            TrialSpec trial = plan(name, seed, i + 1);
            finished.put(done(trial, accuracies[i], null));
        }
    }

    private TrialSpec plan(String name, long seed, int fold) {
        TrialSpec trial = MadeUp.trial(name, seed, fold, recipe);
        planned.add(trial);
        return trial;
    }

    private static Done done(TrialSpec trial, double accuracy, @Nullable Efficiency cost) {
        // Wilson's bounds of 36 in 40, which is right for the trials whose interval is tested.
        Interval interval = new Interval(0.769482247724777, 0.9604204713173935);
        double f1 = trial.fold() > 0 ? 0.5 : accuracy;
        Metrics test = MadeUp.metrics(accuracy, interval, new Averages(f1, f1, f1, f1, f1));
        return MadeUp.done(trial, test, test, cost == null ? MadeUp.efficiency(null, null) : cost, null);
    }

    private static Efficiency slow(Latency pytorch) {
        return new Efficiency(1, 1L, 1, null, 1, 1, 1, null, pytorch, null);
    }

    private static Efficiency cost(double micros, long bytes) {
        return new Efficiency(1, 1L, 1, bytes, 1, 1, 1, null, null, latency(micros));
    }

    private static Results.Dataset images() {
        return images(25, 25);
    }

    private static Results.Dataset images(int largestClass, int smallestClass) {
        return new Results.Dataset("forty", "", List.of("a", "b"), 1, 8, 8, 135, 15, 50, largestClass, smallestClass);
    }

    private Comparison compared() {
        return Objects.requireNonNull(comparison());
    }

    private @Nullable PredictedClasses answers(TrialSpec trial) {
        Predictions given = predictions.get(trial);
        return given == null ? null : given.predictedClasses();
    }

    private @Nullable Comparison comparison() {
        return Comparison.of(planned, finished, this::answers, images(), EquivalenceRegion.STANDARD, null);
    }

    private static Latency latency(double micros) {
        return latency(micros, null);
    }

    private static Latency latency(double micros, @Nullable String busy) {
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        return new Latency(1, 5_000, micros, micros, micros, 1.0, 1.0, busy, machine);
    }
}
