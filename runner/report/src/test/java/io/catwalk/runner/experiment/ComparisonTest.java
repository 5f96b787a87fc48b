package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.api.Criterion;
import io.catwalk.api.Recipe;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.evaluation.Metrics.Averages;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.report.ComparisonWords;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.Comparison.Scope;
import io.catwalk.runner.results.Comparison.Standing;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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

    /** Asserts one test of two, by numbers of scipy. */
    private static void verdict(
            Comparison comparison, String pair, Outcome outcome, double difference, double low, double high, double p) {
        PairedComparison verdict = comparison.pairs().stream()
                .filter(one -> (one.first() + " " + one.second()).equals(pair))
                .findFirst()
                .orElseThrow();
        assertThat(verdict.outcome()).as(pair).isEqualTo(outcome);
        assertThat(new double[] {
                    verdict.difference(),
                    Objects.requireNonNull(verdict.low()),
                    Objects.requireNonNull(verdict.high()),
                    Objects.requireNonNull(verdict.decidingP())
                })
                .as(pair)
                .containsExactly(new double[] {difference, low, high, p}, CLOSE);
    }

    private static void conv(
            Comparison comparison, int trials, double accuracy, @Nullable Double deviation, double low, double high) {
        Standing conv = comparison.standings().get(0);
        assertThat(conv.classifier()).isEqualTo("conv");
        assertThat(conv.trials()).isEqualTo(trials);
        assertThat(new double[] {conv.accuracy(), conv.accuracyLow(), conv.accuracyHigh()})
                .containsExactly(new double[] {accuracy, low, high}, CLOSE);
        if (deviation == null) {
            assertThat(conv.standardDeviation()).isNull();
        } else {
            assertThat(conv.standardDeviation()).isEqualTo(deviation, CLOSE);
        }
    }

    /**
     * After a name come a range of the 40 images that it gets right, accuracies of models without predictions
     * ({@code ~}), seeds ({@code #}) or folds ({@code :}), {@code -} for one that has not run, or {@code failed}. McNemar's
     * exact p of 5 to 0 is 2 / 2^5 = 0.0625; Cochran's Q of two models would be 5, with p = 0.0253.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rnn 20-40; conv 0-36            | conv>rnn                   | conv is the most accurate: 90.00 % (95 % interval 76.9 to 96.0), ; better than rnn on these images | ''
            rnn 20-40; conv 0-36; lstm 0-10 | conv>rnn conv>lstm rnn?lstm | better than each of the others on these images | ''
            conv 0-36; gru 0-31             | conv?gru                   | No clear winner: conv and gru on these images. conv has the highest accuracy: 90.00 % | ''
            conv 0-36; gru 4-40             | conv?gru                   | No clear winner: conv and gru; conv and gru have the highest accuracy: 90.00 % | ''
            rnn 20-40; conv 0-36; gru ~.875 | conv>rnn                   | conv has the highest accuracy; better than rnn; not compared with gru | gru has no predictions
            rnn ~.5; conv ~.9; gru ~.875    | ''                         | conv has the highest accuracy: 90.00 %; not compared with any other | ''
            rnn 20-40; conv 0-36; gru 2-37; lstm failed | conv?gru conv>rnn gru>rnn | conv has the highest accuracy | lstm was not finished
            conv 0-36                       | ''                         | conv: 90.00 % (95 % interval 76.9 to 96.0); nothing to compare | this trained model, not its architecture
            conv #.933 .938 .928; gru #.933 .933 .933 | gru?conv         | have the highest accuracy over 3 seeds: 93.30 % (gru: the same in each; conv: 95 % interval 92.1 to 94.5) | ''
            conv #.1 .1 .1; gru #.1 .1 .1; rnn #.7 .7 .7 | rnn?conv rnn?gru conv?gru | No clear winner: rnn, conv and gru on this split | ''
            conv #.5 .95; rnn #.9 .5        | ''                         | not compared with any other | at least 3 seeds; --seeds 5
            conv #.9 .92 .94                | ''                         | conv over 3 seeds: 92.00 %; nothing to compare | The seeds evaluate this architecture
            conv :.90 .92 .94 .91; rnn :.80 .83 .835 .812 | conv>rnn     | conv is the most accurate; is better than rnn by these folds | ''
            conv :.90 .92; gru :.895 -      | ''                         | not compared with any other | not all have finished the same two folds
            conv :.90 .92 .94 .91           | ''                         | conv over 4 folds: 91.75 %; nothing to compare | The folds evaluate this architecture
            """)
    void whatIsSaidFollowsFromTheTrials(String trials, String verdicts, String headline, String limits) {
        for (String one : trials.split("; ", -1)) {
            String[] words = one.split(" ", -1);
            for (int i = 1; i < words.length; i++) {
                boolean folds = words[1].startsWith(":");
                TrialSpec trial = plan(words[0], folds ? 1 : i, folds ? i : 0);
                if (words[i].equals("failed")) {
                    finished.put(new TrialOutcome.Failed(trial, "out of memory"));
                } else if (words[i].matches("[0-9]+-[0-9]+")) {
                    int from = Integer.parseInt(words[i].split("-", -1)[0]);
                    int to = Integer.parseInt(words[i].split("-", -1)[1]);
                    evaluated(trial, (to - from) / (double) IMAGES, from, to);
                } else if (!words[i].equals("-")) {
                    finished.put(done(trial, Double.parseDouble(words[i].replaceFirst("[~#:]", "")), null));
                }
            }
        }

        Comparison comparison = compared();

        assertThat(comparison.pairs().stream()
                        .map(one -> one.first() + (one.outcome() == Outcome.BETTER ? ">" : "?") + one.second())
                        .collect(Collectors.joining(" ")))
                .isEqualTo(verdicts);
        assertThat(headline(comparison)).contains(headline.split("; ", -1));
        assertThat(limits(comparison)).contains(limits.split("; ", -1));
        assertThat(comparison.ofAll() != null).isEqualTo(trials.contains("lstm"));
        assertThat(comparison.standings())
                .allSatisfy(standing -> assertThat(standing.accuracyHigh()).isLessThanOrEqualTo(1));
    }

    // ---- models: 40 images, of which each is right on those from one number up to another ----

    @Test
    void modelsAreComparedByMcNemarWithHolmAndByCochran() {
        threeModels();

        Comparison comparison = compared();

        assertThat(comparison.scope()).isEqualTo(Scope.MODELS);
        assertThat(comparison.standings()).extracting(Standing::classifier).containsExactly("conv", "gru", "rnn");
        // conv and gru: 2 to 1; conv and rnn: 20 to 4; gru and rnn: 18 to 3, which Holm multiplies by 3 first.
        assertThat(comparison.pairs())
                .extracting(PairedComparison::first, PairedComparison::second, PairedComparison::outcome)
                .containsExactly(
                        tuple("conv", "gru", Outcome.UNDECIDED),
                        tuple("conv", "rnn", Outcome.BETTER),
                        tuple("gru", "rnn", Outcome.BETTER));
        assertThat(comparison.pairs().get(0).decidingP()).isEqualTo(1);
        // Tango's interval, by test-data/golden/intervals.py.
        double low = 0.17252329505042796;
        verdict(comparison, "conv rnn", Outcome.BETTER, 0.4, low, 0.5839721901343307, 0.0044689178466796875);
        assertThat(comparison.pairs().get(2).decidingP()).isEqualTo(0.0044689178466796875, CLOSE);
        assertThat(Objects.requireNonNull(comparison.cochranQ()).statistic()).isEqualTo(20.083333333333332, CLOSE);
        assertThat(comparison.cochranQ().p()).isEqualTo(4.3547133981670886e-05, CLOSE);
        assertThat(comparison.ofAll()).isEqualTo(comparison.cochranQ());
        assertThat(headline(comparison))
                .containsSubsequence(
                        "conv has the highest accuracy: 90.00 %", "not clearly differ from gru", "better than rnn");
        assertThat(limits(comparison)).startsWith("One seed on one split");
    }

    @Test
    void aSingleTrialHasWilsonsIntervalAndTheBootstraps() {
        threeModels();

        Comparison comparison = compared();
        Standing conv = comparison.standings().get(0);

        conv(comparison, 1, 0.9, null, 0.769482247724777, 0.9604204713173935);
        assertThat(conv.macroF1()).isBetween(conv.macroF1Low(), conv.macroF1High());
        assertThat(conv.onFront()).isNull();
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
        conv(comparison, 3, 0.92, 0.02, 0.8703172457649935, 0.9696827542350064);
        PairedComparison close = comparison.pairs().get(0);
        double half = 0.04155399503182505; // of the interval
        verdict(comparison, "conv gru", Outcome.UNDECIDED, 0.01, 0.01 - half, 0.01 + half, 0.49605537445852416);
        assertThat(close.chances().better()).isNull();
        PairedComparison clear = comparison.pairs().get(1);
        assertThat(clear.outcome()).isEqualTo(Outcome.BETTER);
        assertThat(clear.decidingP())
                .isEqualTo(2.3927724180953143e-05, CLOSE); // the smallest of three, times three by Holm
        assertThat(headline(comparison))
                .containsSubsequence(
                        "conv has the highest accuracy over 3 seeds: 92.00 % (95 % interval 87.0 to 97.0)",
                        "not clearly differ from gru", "better than rnn");
        assertThat(limits(comparison)).contains("on one split", "not what other training or test images would");
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
        conv(comparison, 4, 0.9175, 0.017078251276599295, 0.8746915002817759, 0.9603084997182241);
        PairedComparison close = comparison.pairs().get(0);
        double low = -0.005735957135080347;
        verdict(comparison, "conv gru", Outcome.UNDECIDED, 0.0015, low, 0.008735957135080349, 0.5565612621608345);
        assertThat(close.chances().worse()).isEqualTo(0.03232119144097307, CLOSE);
        assertThat(close.chances().better()).isEqualTo(0.11067571835989877, CLOSE);
        PairedComparison clear = comparison.pairs().get(1);
        assertThat(clear.outcome()).isEqualTo(Outcome.BETTER);
        assertThat(clear.decidingP()).isEqualTo(0.0002733735996243298, CLOSE);
        assertThat(clear.chances().better()).isEqualTo(0.9998402832939206, CLOSE);
        assertThat(headline(comparison))
                .containsSubsequence(
                        "conv has the highest accuracy over 4 folds: 91.75 % (95 % interval 87.5 to 96.0)",
                        "not clearly differ from gru", "better than rnn by these folds")
                .doesNotContain("significant");
        assertThat(limits(comparison)).startsWith("The folds compare these architectures");
    }

    /** Over these folds P(better by more than 0.5) is 0.9549, and the interval includes 0. */
    @Test
    void whereProbabilityAndIntervalDisagreeOneIsProbablyBetter() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        fold("gru", 1, 0.86, 0.82, 0.90, 0.85);

        Comparison comparison = compared();

        PairedComparison verdict = comparison.pairs().get(0);
        assertThat(verdict.chances().better()).isEqualTo(0.9549212579613802, CLOSE);
        assertThat(verdict.low()).isEqualTo(-0.010897611126392315, CLOSE);
        assertThat(verdict.onlyProbable()).isTrue();
        assertThat(headline(comparison)).contains("probably better than gru by these folds");
    }

    /** The best is right on images 0 to 35, of classes 0, 1, 0, 1 and so on; the nearest image is on 0 to 37, the machine on 0 to 29. */
    @Test
    void theBestIsComparedWithWhatNeedsNoNetworkOnTheSameImages() {
        threeModels();
        Baselines known = new Baselines(135, IMAGES, IMAGES, 0, 20, bits(38), bits(30));

        Comparison comparison = comparedWith(known);

        // McNemar's exact p of 18 to 2 and of 0 to 2, by scipy's binomtest.
        assertThat(comparison.baselines())
                .extracting(Baseline::name, Baseline::images, Baseline::trainImages, Baseline::accuracy)
                .containsExactly(
                        tuple(Baseline.Name.LARGEST_CLASS, IMAGES, null, 0.5),
                        tuple(Baseline.Name.NEAREST_NEIGHBOR, IMAGES, 135, 0.95),
                        tuple(Baseline.Name.SUPPORT_VECTOR_MACHINE, IMAGES, 135, 0.75));
        PairedComparison largest =
                Objects.requireNonNull(comparison.baselines().get(0).best());
        assertThat(largest.first()).isEqualTo("conv");
        assertThat(largest.outcome()).isEqualTo(Outcome.BETTER);
        assertThat(largest.significance().p()).isEqualTo(0.0004024505615234375, CLOSE);
        PairedComparison nearest =
                Objects.requireNonNull(comparison.baselines().get(1).best());
        assertThat(nearest.ahead().onlySecond()).isEqualTo(2);
        assertThat(nearest.significance().p()).isEqualTo(0.5, CLOSE);
        // 6 to 0, by hand: 2 / 2^6.
        PairedComparison support =
                Objects.requireNonNull(comparison.baselines().get(2).best());
        assertThat(support.ahead().onlyFirst()).isEqualTo(6);
        assertThat(support.significance().p()).isEqualTo(0.03125, CLOSE);
        assertThat(headline(comparison))
                .contains("nearest-neighbor", "95.00 %")
                .doesNotContain("majority", "support-vector");
    }

    @Test
    void overFoldsABaselineHasAnIntervalOnly() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);

        Comparison comparison = comparedWith(new Baselines(135, 50, 50, 0, 40, bits(38), null));

        // Wilson's interval of 40 of 50, by scipy's binomtest.
        assertThat(comparison.baselines().get(0).best()).isNull();
        assertThat(comparison.baselines().get(0).accuracyLow()).isEqualTo(0.6696289, within(5e-7));
        assertThat(comparison.baselines().get(1).accuracy()).isEqualTo(38 / 50.0, CLOSE);
        assertThat(comparison.baselines()).hasSize(2); // runs of earlier versions have no other
    }

    private static String bits(int right) {
        BitSet bits = new BitSet();
        bits.set(0, right);
        return Base64.getEncoder().encodeToString(bits.toByteArray());
    }

    private Comparison comparedWith(Baselines baselines) {
        return Objects.requireNonNull(ComparisonBuilder.compare(
                planned, finished, this::answers, images(), EquivalenceRegion.STANDARD, baselines));
    }

    @Test
    void whatTheEpochWasChosenByIsToldUnlessItIsAccuracy() {
        recipe = recipe.withSelectBy(Criterion.MACRO_F1);
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);

        assertThat(limits(compared()))
                .contains("selected by macro F1 on the validation images", "compared by accuracy");
    }

    /**
     * A ratio of five does not count as unequal, a larger one does: 101 of the largest class and 20 of the smallest.
     */
    @Test
    void balancedAccuracyStandsBesideAccuracyWhereClassesAreVeryUnequal() {
        threeModels();
        Function<RunResults.Dataset, String> headline =
                images -> new ComparisonWords(compared(), results(3, 3, 1, 0, images)).headline();

        assertThat(headline.apply(images(100, 20))).contains("(95 % interval 76.9 to 96.0)");
        assertThat(headline.apply(images(101, 20))).contains("(95 % interval 76.9 to 96.0; balanced accuracy 90.00 %)");
    }

    @Test
    void aWiderRegionMakesThemEquivalent() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        fold("gru", 1, 0.895, 0.922, 0.938, 0.909);

        Comparison comparison = Objects.requireNonNull(
                ComparisonBuilder.compare(planned, finished, this::answers, images(), new EquivalenceRegion(2), null));

        assertThat(comparison.regionPoints()).isEqualTo(2);
        assertThat(comparison.pairs().get(0).outcome()).isEqualTo(Outcome.EQUIVALENT);
        assertThat(headline(comparison)).contains("conv and gru are practically equivalent by these folds");
    }

    @Test
    void onlyFoldsThatAllHaveFinishedCount() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91, 0.10);
        fold("gru", 1, 0.895, 0.922, 0.938, 0.909);
        TrialSpec last = plan("gru", 1, 5);
        finished.put(new TrialOutcome.Failed(last, "out of memory"));

        Comparison comparison = compared();

        assertThat(comparison.standings()).extracting(Standing::classifier).containsExactly("conv", "gru");
        assertThat(comparison.standings()).extracting(Standing::trials).containsOnly(4);
        assertThat(comparison.pairs().get(0).decidingP()).isEqualTo(0.5565612621608345, CLOSE);
        assertThat(headline(comparison)).startsWith("Only 9 of 10 trials").contains("folds 1, 2, 3 and 4");
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

        assertThat(headline(comparison)).contains("mlp has the highest accuracy: 65.00 %");
        Standing best = comparison.standings().get(0);
        assertThat(best)
                .extracting(Standing::classifier, Standing::trials, Standing::accuracy)
                .containsExactly("mlp", 1, 0.65);
        assertThat(best.accuracyLow()).isCloseTo(0.7695, within(5e-5));
        assertThat(best.accuracyHigh()).isCloseTo(0.9604, within(5e-5));
        assertThat(Objects.requireNonNull(best.gap()).trials()).isEqualTo(1);
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
        PairedComparison verdict = comparison.pairs().get(0);
        assertThat(verdict.difference()).isEqualTo(0.0225, CLOSE);
        assertThat(verdict.low()).isEqualTo(-0.019410506018134252, CLOSE);
        assertThat(verdict.significance().p()).isEqualTo(0.09266637408772403, CLOSE);
        assertThat(verdict.chances().better()).isEqualTo(0.940700121227312, CLOSE);
        assertThat(headline(comparison)).contains("conv has the highest accuracy over 4 trials: ");
    }

    // ---- the best against each other: what an estimation plot draws ----

    static Stream<Consumer<ComparisonTest>> scopes() {
        return Stream.of(
                ComparisonTest::threeModels,
                test -> {
                    for (int seed = 1; seed <= 3; seed++) {
                        test.evaluated(test.plan("rnn", seed, 0), 0.40 + 0.02 * seed, 20, 40);
                        test.evaluated(test.plan("conv", seed, 0), 0.88 + 0.02 * seed, 0, 36);
                        test.evaluated(test.plan("gru", seed, 0), 0.89 + 0.01 * seed, 0, 36);
                    }
                },
                test -> {
                    test.fold("rnn", 1, 0.80, 0.83, 0.835, 0.812);
                    test.fold("gru", 1, 0.895, 0.922, 0.938, 0.909);
                    test.fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
                });
    }

    @ParameterizedTest
    @MethodSource("scopes")
    void theBestHasADifferenceWithItsIntervalToEachOther(Consumer<ComparisonTest> trials) {
        trials.accept(this);
        Comparison comparison = compared();

        assertThat(comparison.standings().get(0).classifier()).isEqualTo("conv");
        assertThat(comparison.ofTheBest()).extracting(PairedComparison::second).containsExactly("gru", "rnn");
        assertThat(comparison.ofTheBest()).allSatisfy(verdict -> {
            assertThat(verdict.first()).isEqualTo("conv");
            assertThat(verdict.difference())
                    .isBetween(verdict.low(), verdict.high())
                    .isEqualTo(accuracy(comparison, "conv") - accuracy(comparison, verdict.second()), CLOSE);
        });
    }

    private static double accuracy(Comparison comparison, String contestant) {
        return comparison.standings().stream()
                .filter(standing -> standing.classifier().equals(contestant))
                .findFirst()
                .orElseThrow()
                .accuracy();
    }

    // ---- what they cost, and how it is written ----

    /** The front is of PyTorch where nothing was exported, and a latency of a busy machine says nothing of it. */
    @Test
    void theFrontHoldsWhoIsNotBeatenInAccuracyAndLatency() {
        assertFront(cost(100, 1000), cost(50, 1000), cost(60, 500), true, true, false);
        assertFront(slow(latency(100)), slow(latency(120)), null, true, false, null);
        assertFront(slow(latency(100)), slow(latency(90, MadeUp.BUSY)), null, true, null, null);
    }

    private void assertFront(Efficiency conv, Efficiency gru, @Nullable Efficiency rnn, @Nullable Boolean... on) {
        planned.clear();
        model("conv", 1, 0, 36, conv);
        model("gru", 1, 2, 37, gru);
        model("rnn", 1, 20, 40, rnn);
        model("lstm", 1, 0, 10, null);

        assertThat(compared().standings())
                .extracting(Standing::classifier, Standing::onFront)
                .containsExactly(tuple("conv", on[0]), tuple("gru", on[1]), tuple("rnn", on[2]), tuple("lstm", null));
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
    void theTableForProgramsHasARowForEachTrial() {
        fold("conv", 1, 0.90, 0.92, 0.94, 0.91);
        fold("rnn", 1, 0.80, 0.83, 0.835, 0.812);

        assertThat(RunResults.csv(results(8, 8, 1, 4).trials()).lines()).hasSize(1 + 8);
    }

    private RunResults results(int trials, int done, int seeds, int folds) {
        return results(trials, done, seeds, folds, images());
    }

    private String headline(Comparison comparison) {
        return words(comparison).headline();
    }

    private String limits(Comparison comparison) {
        return String.join(" ", words(comparison).limits());
    }

    private ComparisonWords words(Comparison comparison) {
        int folds = planned.stream().mapToInt(TrialSpec::fold).max().orElseThrow();
        int seeds = (int) planned.stream().map(TrialSpec::seed).distinct().count();
        return new ComparisonWords(comparison, results(planned.size(), finished.size(), seeds, folds));
    }

    private RunResults results(int trials, int done, int seeds, int folds, RunResults.Dataset images) {
        List<Long> all = LongStream.rangeClosed(1, seeds).boxed().toList();
        RunResults.Summary summary = new RunResults.Summary(
                "run", "compare", "2024-01-01T00:00:00Z", 1, trials, done, List.of(), all, folds, 1, 2, 1);
        return new RunResults(1, summary, images, List.copyOf(finished.all()), compared(), null, List.of());
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
        return new Efficiency(1L, 1L, 1, null, 1.0, 1.0, 1, null, pytorch, null);
    }

    private static Efficiency cost(double micros, long bytes) {
        return new Efficiency(1L, 1L, 1, bytes, 1.0, 1.0, 1, null, null, latency(micros));
    }

    private static RunResults.Dataset images() {
        return images(25, 25);
    }

    private static RunResults.Dataset images(int largestClass, int smallestClass) {
        return new RunResults.Dataset(
                "forty", "", List.of("a", "b"), 1, 8, 8, 135, 15, 50, largestClass, smallestClass);
    }

    private Comparison compared() {
        return Objects.requireNonNull(comparison());
    }

    private @Nullable PredictedClasses answers(TrialSpec trial) {
        Predictions given = predictions.get(trial);
        return given == null ? null : given.predictedClasses();
    }

    private @Nullable Comparison comparison() {
        return ComparisonBuilder.compare(planned, finished, this::answers, images(), EquivalenceRegion.STANDARD, null);
    }

    private static Latency latency(double micros) {
        return latency(micros, null);
    }

    private static Latency latency(double micros, Latency.@Nullable Busy busy) {
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        return MadeUp.latency(1, 5_000, micros, micros, micros, 1.0, 1.0, busy, machine);
    }
}
