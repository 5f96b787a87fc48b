package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Recipe;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.TrialResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class ResultsTableTest {

    private static final List<String> SEVEN =
            List.of("conv-maxpool", "stride-conv", "small-conv", "drop-norm-l2", "rnn", "lstm", "gru");

    @Test
    void theTableOfTheStudyShowsWhatWasMeasured() {
        assertThat(printed(List.of("gru"), 101_770, List.of(1L)))
                .contains(
                        "model    acc   prec    rec     F1  train    val   params    time  latency",
                        "gru    91.25  90.50  89.75  88.00  99.12  90.00  101,770  12m34s  1123 µs",
                        "as ONNX     size     MACs  PyTorch  ONNX RT  faster  flips  max diff",
                        "gru      398 KiB  25.44 M  1123 µs    62 µs  18.2 x      0   1.6e-05");
    }

    @Test
    void sevenModelsOfAnySizeFit80Columns() {
        assertThat(printed(SEVEN, 11_421_642, List.of(1L, 2L)))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void aLongNameTakesALineOfItsOwnAndStaysWhole() {
        String name = "wide-residual-network-with-squeeze-and-excitation";

        List<String> lines = printed(List.of("gru", name), 11_421_642, List.of(1L));

        assertThat(lines).contains(name).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(lines.get(lines.indexOf(name) + 1)).startsWith(" ").contains("91.25");
    }

    private static List<String> printed(List<String> names, long parameters, List<Long> seeds) {
        List<TrialResult> trials = new ArrayList<>();
        seeds.forEach(seed -> names.forEach(name -> trials.add(trial(name, seed, parameters))));
        Results results = new Results(
                1,
                new Results.Summary("run", "compare", "2024-01-01T00:00:00Z", 1, 7, 7, List.of(), seeds, 0, 1, 2, 1),
                new Results.Dataset("fashion-mnist", "", List.of("a", "b"), 1, 28, 28, 54_000, 6_000, 10_000),
                trials,
                null,
                null);
        StringWriter out = new StringWriter();
        ResultsTable.print(results, new Console(new PrintWriter(out), new PrintWriter(out)));
        return out.toString().lines().toList();
    }

    private static TrialResult trial(String name, long seed, long parameters) {
        Map<String, @Nullable Object> test = new HashMap<>(
                Map.of("accuracy", 0.9125, "precision_macro", 0.905, "recall_macro", 0.8975, "f1_macro", 0.88));
        Map<String, @Nullable Object> train = new HashMap<>(Map.of("accuracy", 0.9912));
        Map<String, @Nullable Object> validation = new HashMap<>(Map.of("accuracy", 0.9));
        return new TrialResult(
                name,
                "default",
                seed,
                0,
                TrialResult.Status.DONE,
                null,
                null,
                Map.of(),
                Recipe.standard(),
                Map.of("test", test, "train", train, "validation", validation),
                null,
                new ParityResult(true, 10_000, 0, 1.6e-5, 1e-6, 1e-5, 1e-4, 24, "level ALL, 1 thread(s), batch 7"),
                new Efficiency(
                        parameters,
                        parameters * 250,
                        0,
                        parameters * 4,
                        754,
                        0,
                        0,
                        null,
                        new Latency(1, 1123.4, 150, 200, 1, 1),
                        new Latency(1, 61.7, 150, 200, 1, 1)),
                null,
                null,
                null);
    }
}
