package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.evaluation.Averages;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.statistics.CochranQ;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialMetrics;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class ResultsTableTest {

    private static final List<String> SEVEN =
            List.of("conv-maxpool", "stride-conv", "small-conv", "drop-norm-l2", "rnn", "lstm", "gru");

    private static final List<Outcome> OUTCOMES = List.of(
            Outcome.UNDECIDED, Outcome.BETTER, Outcome.UNDECIDED, Outcome.EQUIVALENT, Outcome.WORSE, Outcome.BETTER);

    @Test
    void theTableOfTheStudyShowsWhatWasMeasured() {
        assertThat(printed(List.of("gru"), 101_770, List.of(1L)))
                .contains(
                        "model    acc   prec    rec     F1  train    val   params     time  latency",
                        "gru    91.25  90.50  89.75  88.00  99.12  90.00  101,770  12m 34s    62 µs",
                        "                              DJL +     ONNX",
                        "as ONNX     size     MACs   PyTorch  Runtime  faster  flips  max diff",
                        "gru      398 KiB  25.44 M  1,123 µs    62 µs  18.2 x      0   1.6e-05");
    }

    @Test
    void sevenModelsOfAnySizeFit80ColumnsAndALongNameTakesALineOfItsOwn() {
        String name = "wide-residual-network-with-squeeze-and-excitation";
        List<String> lines = printed(List.of("gru", name), 11_421_642, List.of(1L));

        assertThat(lines).contains(name);
        assertThat(lines.get(lines.indexOf(name) + 1)).startsWith(" ").contains("91.25");
        assertThat(Stream.concat(lines.stream(), printed(SEVEN, 11_421_642, List.of(1L, 2L)).stream()))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void stepsAreShownAndFewerThanTwoHundredAreWarnedOf() {
        Done gru = MadeUp.inSteps(trial("gru", 1, 0, 0.9, 10), 2_110);
        Done mlp = MadeUp.inSteps(trial("mlp", 1, 0, 0.9, 10), 6);
        assertThat(joined(gru, mlp)).contains("6 to 2,110.", "Fewer than 200 optimizer steps: mlp 6. ");
        assertThat(joined(gru)).contains("steps of one training: 2,110.").doesNotContain("Fewer than");
    }

    @Test
    void severalTrialsAreShownAsMeansByContestant() {
        List<TrialOutcome> trials = new ArrayList<>();
        double[] accuracies = {0.90, 0.92, 0.94}; // mean 0.92, standard deviation 0.02
        for (int fold = 1; fold <= 3; fold++) {
            trials.add(trial("gru", 1, fold, accuracies[fold - 1], 101_770));
            trials.add(
                    fold == 2
                            ? new TrialOutcome.Failed(MadeUp.trial("conv-maxpool", 1, 2), "out of memory")
                            : trial("conv-maxpool", 1, fold, 0.8, 101_770));
        }

        List<String> lines = printed(results(trials, List.of(1L), 3, comparison(List.of("gru"))));

        assertThat(lines)
                .contains(
                        "fashion-mnist: 54000 training, 6000 validation, 10000 test images in each of 3 folds",
                        "model         trials           acc   95 % interval            F1  train    val",
                        "gru                3  92.00 ± 2.00  80.00 to 95.00  88.00 ± 0.00  99.12  90.00",
                        "conv-maxpool       2  80.00 ± 0.00               -  88.00 ± 0.00  99.12  90.00",
                        "failed: conv-maxpool f2: out of memory")
                .filteredOn(line -> !line.startsWith("fashion"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void aComparisonEndsWithTheAnswerTheMatrixAndTheWinnersPairs() {
        List<String> lines = printed(results(List.of(), List.of(1L), 0, comparison(SEVEN)));

        assertThat(lines)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .containsSequence(
                        "row against column  1  2  3  4  5  6  7",
                        "1 conv-maxpool      .  ?  >  ?  =  <  >",
                        "2 stride-conv       ?  .  ?  >  ?  =  <",
                        "3 small-conv        <  ?  .  >  ?  >  ?",
                        "4 drop-norm-l2      ?  <  <  .  =  <  >",
                        "5 rnn               =  ?  ?  =  .  ?  >",
                        "6 lstm              >  =  <  >  ?  .  ?",
                        "7 gru               <  >  ?  <  <  ?  .",
                        "",
                        "> better, < worse, = practically equivalent, ? no clear difference.")
                .containsSequence("- conv-maxpool against gru", "- All 7 together: Cochran's Q = 35.3, p < 0.0001");
        assertThat(lines).filteredOn(line -> line.startsWith("- ")).hasSize(6 + 1);
        assertThat(lines.get(lines.size() - 1)).isEqualTo("What it leaves open.");
    }

    @Test
    void thirtyContestantsFit80ColumnsAndTwoNeedNoMatrix() {
        List<String> thirty =
                IntStream.range(0, 30).mapToObj(i -> "convolution@trial-" + i).toList();

        assertThat(printed(results(List.of(), List.of(1L), 0, comparison(thirty))))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .anyMatch(line -> line.contains("10 least accurate") && line.contains("results.md"));
        assertThat(printed(results(List.of(), List.of(1L), 0, comparison(List.of("gru", "rnn")))))
                .contains("- gru against rnn")
                .noneMatch(line -> line.startsWith("row against column"));
    }

    /** Gives the pairs the outcomes "undecided", "better", "equivalent", "worse", ... by their position. */
    private static Comparison comparison(List<String> names) {
        List<Comparison.Standing> standings = names.stream()
                .map(name -> new Comparison.Standing(name, 1, 0.9, null, 0.8, 0.95, 0.9, 0.9, 0.8, 0.95, true))
                .toList();
        List<Comparison.Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (String other : names.subList(i + 1, names.size())) {
                Outcome outcome = OUTCOMES.get(verdicts.size() % OUTCOMES.size());
                String sentence = names.get(i) + " against " + other;
                verdicts.add(new Comparison.Verdict(
                        names.get(i), other, 0, null, null, 1, null, null, null, outcome, sentence));
            }
        }
        String answer = "The answer to the question which of them is the best one in a sentence longer than a line.";
        CochranQ all = new CochranQ(35.3, names.size() - 1, 1e-6);
        return new Comparison(
                Comparison.Scope.MODELS, answer, "What it leaves open.", 0.5, null, all, standings, verdicts, null);
    }

    private static List<String> printed(List<String> names, long parameters, List<Long> seeds) {
        List<TrialOutcome> trials = new ArrayList<>();
        seeds.forEach(seed -> names.forEach(name -> trials.add(trial(name, seed, 0, 0.9125, parameters))));
        return printed(results(trials, seeds, 0, null));
    }

    private static Results results(
            List<TrialOutcome> trials, List<Long> seeds, int folds, @Nullable Comparison comparison) {
        Results.Summary summary = new Results.Summary(
                "run", "compare", "2024-01-01T00:00:00Z", 1, 7, 7, List.of(), seeds, folds, 1, 2, 1);
        Results.Dataset dataset = new Results.Dataset(
                "fashion-mnist", "", List.of("a", "b"), 1, 28, 28, 54_000, 6_000, 10_000, 5_000, 5_000);
        return new Results(1, summary, dataset, trials, comparison, null);
    }

    private static String joined(Done... trials) {
        return String.join(" ", printed(results(List.of(trials), List.of(1L), 0, null)));
    }

    private static List<String> printed(Results results) {
        StringWriter out = new StringWriter();
        ResultsTable.print(results, new Console(new PrintWriter(out), new PrintWriter(out), 80));
        return out.toString().lines().toList();
    }

    private static Done trial(String name, long seed, int fold, double accuracy, long size) {
        Metrics test = MadeUp.metrics(accuracy, new Averages(0.905, 0.8975, 0.88, 0, 0));
        TrialMetrics metrics = new TrialMetrics(test, MadeUp.metrics(0.9), MadeUp.metrics(0.9912));
        Latency slow = latency(1123.4);
        Latency fast = latency(61.7);
        Efficiency cost = new Efficiency(size, size * 250, 0, size * 4, 754, 0, 0, null, slow, fast);
        String checked = "level ALL, 1 thread(s), batch 7";
        ParityResult parity =
                new ParityResult(true, 10_000, 0, 1.6e-5, 1e-6, 1e-5, 1e-4, 24, checked, null, null, null, null);
        return MadeUp.done(MadeUp.trial(name, seed, fold), metrics, cost, parity);
    }

    private static Latency latency(double micros) {
        Machine machine = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);
        return new Latency(1, 5_000, micros, 150.0, 200.0, 1.0, 1.0, null, machine);
    }
}
