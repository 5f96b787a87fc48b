package io.catwalk.runner.report.slides;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Criterion;
import io.catwalk.api.Recipe;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Contestant;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.Outcomes;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.Answers;
import io.catwalk.runner.report.Entrant;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.InferenceEngine;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.Timing;
import io.catwalk.runner.trial.TrialMetrics;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sample runs without training.
 *
 * @param classifiers their names
 * @param classes their names
 * @param folds 0 for a hold-out
 * @param broken what goes wrong
 */
record SampleRun(List<String> classifiers, List<String> classes, int folds, Broken broken) {

    /** What goes wrong. */
    enum Broken {
        NOTHING,
        EVERY_TRIAL,
        ONE_TRIAL,
        TWO_TRIALS,
        /** The run ended before its first trial did. */
        NO_TRIAL,
        /** Each classifier is trained for another number of epochs. */
        RECIPES,
        NUMBERS,
        FILES
    }

    static SampleRun of(int classifiers, int classes) {
        return new SampleRun(numbered("net-", classifiers), numbered("class ", classes), 0, Broken.NOTHING);
    }

    /** Returns a run with names that may break a slide: markup, quotes, emoji, right-to-left, long, invalid in XML. */
    static SampleRun hostile() {
        String rightToLeft = "\u05d7\u05d5\u05dc\u05e6\u05d4 \u0642\u0645\u064a\u0635";
        return new SampleRun(
                // The worst valid names of a classifier: a hostile name is rejected before a trial starts.
                List.of("constructor", "A.b+c-d_e", "0", "script", "n".repeat(96)),
                List.of(
                        "<b>bold</b> & \"more\"",
                        "tab\tline\nfeed\u0000\u000b\uffff\ud800end",
                        "\ud83d\udc57 dress \ud83d\udc57",
                        rightToLeft,
                        "\u202emirrored",
                        "c".repeat(200),
                        "word ".repeat(40).strip()),
                0,
                Broken.NOTHING);
    }

    SampleRun withFolds(int newFolds) {
        return new SampleRun(classifiers, classes, newFolds, broken);
    }

    SampleRun broken(Broken how) {
        return new SampleRun(classifiers, classes, folds, how);
    }

    private static List<String> numbered(String name, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> name + i).toList();
    }

    RunReport report() {
        return report(null, null);
    }

    RunReport report(@Nullable Comparison comparison, @Nullable Tuning tuning) {
        ExperimentSpec spec = new ExperimentSpec(
                1,
                new DatasetSpec("shapes", null, 0, 0),
                folds == 0 ? SplitSpec.holdOut(0.1, 0) : new SplitSpec(folds, 1, 0.1, 0),
                classifiers.stream().map(name -> contestant(name)).toList(),
                List.of(1L),
                1,
                1,
                ComputeDevice.CPU,
                null,
                0.5,
                null,
                "compare --out sample");
        List<Model> models = new ArrayList<>();
        List<TrialSpec> trials = broken == Broken.NO_TRIAL ? List.of() : spec.trials(new Outcomes());
        for (int i = 0; i < trials.size(); i++) {
            models.add(model(trials.get(i), i));
        }
        List<TrialOutcome> outcomes = models.stream().map(Model::outcome).toList();
        Results results = new Results(
                1,
                new Results.Summary(
                        "sample <run> & \"more\"",
                        "compare --out sample",
                        "2026-11-24T15:15:49Z",
                        4711,
                        trials.size() + (comparison == null ? 1 : 0),
                        trials.size(),
                        List.of(),
                        List.of(1L),
                        folds,
                        1,
                        1,
                        1),
                new Results.Dataset("shapes", "a".repeat(64), classes, 1, 8, 8, 900, 100, testedOn(), 4, 4),
                outcomes,
                comparison,
                tuning);
        boolean noFiles = broken == Broken.FILES;
        return new RunReport(
                spec,
                results,
                models,
                noFiles ? null : dataset(),
                noFiles ? List.of("The images cannot be read, so there are no pictures: gone.") : List.of(),
                null,
                null);
    }

    private int testedOn() {
        return classes.size() * 4;
    }

    private Contestant contestant(String name) {
        Recipe recipe = Recipe.standard()
                .withAugmentations(
                        Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.erase(0.25, 0.2));
        return new Contestant(
                name,
                TrialSpec.DEFAULT_VARIANT,
                new LinkedHashMap<>(Map.of("filters", 32, "dropout", 0.2)),
                broken == Broken.RECIPES ? recipe.withEpochs(11 + classifiers.indexOf(name)) : recipe);
    }

    private ImageDataset dataset() {
        int[] labels =
                IntStream.range(0, testedOn()).map(i -> i % classes.size()).toArray();
        byte[] pixels = new byte[64 * labels.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i % 64 * (1 + labels[i / 64]));
        }
        ImageSource images = HeapImages.of(1, 8, 8, pixels, labels);
        return new ImageDataset("shapes", "a".repeat(64), classes, images, images);
    }

    private Model model(TrialSpec spec, int index) {
        boolean fails = broken == Broken.EVERY_TRIAL
                || (broken == Broken.ONE_TRIAL && index == 0)
                || (broken == Broken.TWO_TRIALS && index < 2);
        String label = folds == 0 ? spec.classifier() : spec.classifier() + " f" + spec.fold();
        if (fails) {
            TrialOutcome failed = new TrialOutcome.Failed(
                    spec, "java.lang.IllegalStateException: <b>no</b>\u0000 network &\u001b[31m ]]> \ud800 left");
            return new Model(label, failed, List.of(), Answers.NONE, null);
        }
        Predictions predictions = predictions(index);
        Evaluation evaluation = Evaluation.of(predictions, classes);
        double accuracy = evaluation.accuracy();
        double train = Math.min(1, accuracy + 0.02 * (index % 5));
        TrialMetrics metrics = new TrialMetrics(evaluation.metrics(), evaluation.metrics(), MadeUp.metrics(train));
        boolean cost = folds == 0 || spec.fold() == 1;
        double nan = broken == Broken.NUMBERS ? Double.NaN : 1;
        Done result = new Done(
                spec,
                null,
                metrics,
                metrics.overfitting(),
                cost
                        ? new ParityResult(
                                index % 4 != 3,
                                testedOn(),
                                index % 4 == 3 ? 2 : 0,
                                3e-6,
                                4e-7,
                                2e-6,
                                1e-4,
                                14,
                                "all optimizations, 1 thread, batch 64",
                                null,
                                null,
                                null,
                                null)
                        : null,
                new Efficiency(
                        28_938L + 40_000L * index,
                        cost ? 1_200_000L * (index + 1) : null,
                        120_000L,
                        cost ? 118_000L + 160_000L * index : null,
                        nan * (61 + 100 * index),
                        800,
                        70,
                        null,
                        cost ? latency(nan * (140 + 35 * index), 9000, nan * 990_000 / (100 + 20 * index)) : null,
                        cost ? latency(nan * (40 + 25 * index), 20_000, nan * 2_200_000 / (100 + 10 * index)) : null),
                new Timing("2026-11-24T15:15:49Z", 100, 10, 3 + index % 7, 6),
                new Normalization(new float[] {0.286f}, new float[] {0.353f}),
                new Provenance(
                        "p",
                        "1.0",
                        "b".repeat(64),
                        "a".repeat(64),
                        "c".repeat(64),
                        1,
                        null,
                        null,
                        new Software("0.1.0", "0.36.0", "2.7.1", "1.29.0", "17"),
                        MACHINE),
                List.of());
        boolean files = broken != Broken.FILES;
        return new Model(
                label,
                result,
                files ? history(index) : List.of(),
                files ? Answers.of(predictions, classes) : Answers.NONE,
                null);
    }

    /** Returns predictions: three of four are correct, more for the first classifiers; others are a nearby class. */
    private Predictions predictions(int index) {
        SplittableRandom random = new SplittableRandom(7 + index);
        int count = testedOn();
        int[] labels = IntStream.range(0, count).map(i -> i % classes.size()).toArray();
        float[] logits = new float[count * classes.size()];
        for (int i = 0; i < count; i++) {
            boolean right = random.nextDouble() < 0.9 - 0.03 * (index % 9);
            int answer = right ? labels[i] : (labels[i] + 1) % classes.size();
            logits[i * classes.size() + answer] = 4;
        }
        return new Predictions(classes.size(), labels, logits);
    }

    private List<Epoch> history(int index) {
        double nan = broken == Broken.NUMBERS ? Double.NaN : 1;
        return IntStream.rangeClosed(1, 10)
                .mapToObj(e -> new Epoch(
                        e,
                        1.0 / e + 0.02 * index,
                        1 - 0.5 / e,
                        nan * (0.9 / e + 0.1 + 0.01 * index),
                        nan * (0.95 - 0.4 / e - 0.01 * index),
                        nan * (0.95 - 0.4 / e - 0.01 * index),
                        0.001,
                        6))
                .toList();
    }

    /** Compares the classifiers pairwise, with every kind of outcome. */
    Comparison comparison() {
        RunReport report = report();
        List<Entrant> ranked = ReportModel.of(report).trained();
        List<Map<String, @Nullable Object>> standings = new ArrayList<>();
        List<Map<String, @Nullable Object>> verdicts = new ArrayList<>();
        List<String> outcomes = List.of("better", "undecided", "equivalent", "worse");
        double fastest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < ranked.size(); i++) {
            Entrant one = ranked.get(i);
            double accuracy = one.stands().accuracy();
            Map<String, @Nullable Object> standing = new LinkedHashMap<>();
            standing.put("contestant", one.name());
            standing.put("trials", one.done().size());
            standing.put("accuracy", accuracy);
            standing.put("standard_deviation", null);
            standing.put("accuracy_low", accuracy - 0.03);
            standing.put("accuracy_high", accuracy + 0.03);
            standing.put("balanced_accuracy", accuracy);
            standing.put("macro_f1", accuracy);
            standing.put("macro_f1_low", null);
            standing.put("macro_f1_high", null);
            Double micros = one.micros(InferenceEngine.ONNX_RUNTIME);
            standing.put("on_front", micros == null ? null : (Boolean) (micros < fastest));
            fastest = micros == null ? fastest : Math.min(micros, fastest);
            standings.add(standing);
            for (int j = i + 1; j < ranked.size(); j++) {
                Map<String, @Nullable Object> verdict = new LinkedHashMap<>();
                verdict.put("first", one.name());
                verdict.put("second", ranked.get(j).name());
                verdict.put("difference", accuracy - ranked.get(j).stands().accuracy());
                verdict.put("p", 0.01 * (i + j));
                verdict.put("low", null);
                verdict.put("high", null);
                verdict.put("worse", null);
                verdict.put("equivalent", null);
                verdict.put("better", null);
                verdict.put("outcome", outcomes.get((i + j) % 4));
                verdict.put(
                        "sentence",
                        one.name() + " and " + ranked.get(j).name() + " cannot be told apart on these images: of 40, 5"
                                + " are right only by the one and 7 only by the other; McNemar with Holm p = 0.7744");
                verdicts.add(verdict);
            }
        }
        Map<String, @Nullable Object> comparison = new LinkedHashMap<>();
        comparison.put("scope", folds == 0 ? "models" : "classifiers");
        comparison.put("headline", "The sample has the highest accuracy, but cannot be told apart from the second.");
        comparison.put("limits", "One seed on one split compares these trained models, not their architectures.");
        comparison.put("region_points", 0.5);
        comparison.put(
                "cochran_q", folds == 0 ? Map.of("statistic", 12.5, "degrees_of_freedom", 3, "p", 0.0061) : null);
        comparison.put("standings", standings);
        comparison.put("verdicts", verdicts);
        return Json.JSON.convertValue(comparison, Comparison.class);
    }

    static Tuning tuning() {
        List<Tuning.Candidate> candidates = IntStream.rangeClosed(1, 14)
                .mapToObj(i -> new Tuning.Candidate(
                        i,
                        new LinkedHashMap<>(Map.of("filters", 16 * i, "learning_rate", 0.001 * i)),
                        List.of(new Tuning.Score(
                                10, List.of(0.9 - 0.01 * i, 0.91 - 0.01 * i), 0.905 - 0.01 * i, 0.007))))
                .toList();
        return new Tuning("net-1", "successive halving", Criterion.ACCURACY, candidates, 1);
    }

    private static final Machine MACHINE = new Machine("Linux 6", "amd64", "Some Processor", 2, 8L << 30);

    private static Latency latency(double micros, double small, double large) {
        return new Latency(1, 5_000, micros, 200.0, 300.0, small, large, null, MACHINE);
    }
}
