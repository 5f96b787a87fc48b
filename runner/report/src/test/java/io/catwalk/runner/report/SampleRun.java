package io.catwalk.runner.report;

import io.catwalk.api.Recipe;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.evaluation.Baselines;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.experiment.ClassifierConfig;
import io.catwalk.runner.experiment.ComparisonBuilder;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.Outcomes;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.report.ReportModel.Answers;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.statistics.EquivalenceRegion;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.ParityResult;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import io.catwalk.runner.trial.TrialOutcome.Timing;
import io.catwalk.runner.trial.TrialOutcome.TrialMetrics;
import io.catwalk.runner.trial.TrialSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sample runs to report on, with random predictions: every number is computed from them, by the code of real reports.
 * There are no folds for a hold-out, and so many test images and epochs in each trial.
 */
public record SampleRun(
        List<String> contestants, List<String> classes, int folds, int images, int epochs, Odd odd, List<Long> seeds) {

    public enum Odd {
        NOTHING,
        /** The images are sorted by class, as those of a folder are. */
        SORTED,
        /** The first class has the most images, and each has fewer than the one before. */
        FALLING,
        /** All have the same latency, and accuracies that differ only by chance. */
        TIES,
        /** Each classifier is trained by a recipe for another number of epochs. */
        RECIPES,
        /** Validation losses, and the times of trainings, are no numbers. */
        NO_NUMBERS
    }

    public SampleRun(List<String> contestants, List<String> classes, int folds, int images, int epochs) {
        this(contestants, classes, folds, images, epochs, Odd.NOTHING, List.of(1L));
    }

    public SampleRun with(Odd other) {
        return new SampleRun(contestants, classes, folds, images, epochs, other, seeds);
    }

    public SampleRun withSeeds(Long... some) {
        return new SampleRun(contestants, classes, folds, images, epochs, odd, List.of(some));
    }

    public static List<String> numbered(String name, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> name + i).toList();
    }

    public static final List<String> SEVEN =
            List.of("conv-maxpool", "drop-norm-l2", "gru", "lstm", "rnn", "small-conv", "stride-conv");

    public static final List<String> CLOTHES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private static final Recipe RECIPE = Recipe.standard();
    private static final int SIDE = 12;
    private static final String DIGEST = "0".repeat(64);

    public ReportModel report() {
        List<Model> models = models();
        return report(models, comparison(models), null);
    }

    public ReportModel report(List<Model> models, @Nullable Comparison comparison, @Nullable Tuning tuning) {
        return report(models, comparison, tuning, List.of(), List.of());
    }

    ReportModel report(
            List<Model> models,
            @Nullable Comparison comparison,
            @Nullable Tuning tuning,
            List<String> notRun,
            List<String> missing) {
        int planned = spec().trials(new Outcomes()).size();
        String command = "compare --out runs/sample";
        String started = "2026-11-24T15:15:49.309Z";
        RunResults.Summary summary = new RunResults.Summary(
                "sample", command, started, 2718.7, planned, models.size(), notRun, seeds, folds, 1, 2, 1);
        List<TrialOutcome> outcomes = models.stream().map(Model::outcome).toList();
        Set<TrialSpec> compared = new LinkedHashSet<>(tuning == null ? spec().trials(new Outcomes()) : List.of());
        outcomes.stream()
                .map(TrialOutcome::trial)
                .filter(trial -> tuning == null || trial.fold() == 0)
                .forEach(compared::add);
        Comparison given =
                comparison == null ? comparison(List.copyOf(compared), models, EquivalenceRegion.STANDARD) : comparison;
        RunResults results =
                new RunResults(ExperimentSpec.SCHEMA, summary, described(), outcomes, given, tuning, List.of());
        return new ReportModel(
                spec(), results, ClassifierReport.of(models, results), dataset(), missing, null, null, null);
    }

    private RunResults.Dataset described() {
        int[] counts = dataset().test().countPerClass(classes.size());
        var judging = IntStream.of(counts).filter(count -> count > 0).summaryStatistics();
        return new RunResults.Dataset(
                "sample", DIGEST, classes, 1, SIDE, SIDE, 5400, 600, images, judging.getMax(), judging.getMin());
    }

    private ExperimentSpec spec() {
        SplitSpec split = new SplitSpec(folds, 1, 0.1, 0, null);
        List<ClassifierConfig> all = contestants.stream()
                .map(name -> new ClassifierConfig(
                        name, "default", Map.of("filters", 32), recipe(name), null, null, null, null, null))
                .toList();
        DatasetSpec dataset = new DatasetSpec("sample", null, null, null, null, 0, 0, null, null);
        return new ExperimentSpec(
                ExperimentSpec.SCHEMA,
                dataset,
                split,
                all,
                seeds,
                2,
                1,
                ComputeDevice.CPU,
                null,
                0.5,
                null,
                null,
                "compare");
    }

    private Recipe recipe(String name) {
        return odd == Odd.RECIPES ? RECIPE.withEpochs(11 + contestants.indexOf(name)) : RECIPE;
    }

    /** Returns images of stripes: their number depends on the class, their direction on the number of the image. */
    private ImageDataset dataset() {
        return new ImageDataset("sample", DIGEST, classes, striped(trainImages()), striped(images));
    }

    private ImageSource striped(int size) {
        byte[] pixels = new byte[size * SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            int image = i / (SIDE * SIDE);
            double wave = Math.sin((i % SIDE + i / SIDE % SIDE * (image % 3)) * (1 + image % classes.size()) * 0.37);
            pixels[i] = (byte) (128 + 100 * wave);
        }
        return HeapImages.of(1, SIDE, SIDE, pixels, labels(size));
    }

    private int[] labels(int size) {
        return IntStream.range(0, size)
                .map(i -> switch (odd) {
                    case NOTHING, TIES, RECIPES, NO_NUMBERS -> i % classes.size();
                    case SORTED -> i * classes.size() / size;
                    case FALLING -> (int) (classes.size() * Math.pow((i + 0.5) / size, 1.5));
                })
                .toArray();
    }

    public List<Model> models() {
        return spec().trials(new Outcomes()).stream().map(this::model).toList();
    }

    private Model model(TrialSpec trial) {
        int place = contestants.indexOf(trial.classifier());
        double skill = 1.5 + (odd == Odd.TIES ? 0 : place * 5 % 7) * 0.09;
        Predictions test = predictions(skill, trial.fold(), 31L * place + trial.fold() + 1_000 * (trial.seed() - 1));
        Evaluation evaluation = Evaluation.of(test, classes);
        String label = trial.label() + (folds > 0 ? " f" + trial.fold() : "");
        return new Model(
                label,
                result(trial, evaluation, place),
                history(evaluation.accuracy(), place),
                Answers.of(() -> test, classes, true),
                null);
    }

    private Predictions predictions(double skill, int fold, long seed) {
        int[] labels = fold == 0 ? labels(images) : foldLabels(fold);
        SplittableRandom random = new SplittableRandom(seed);
        float[] logits = new float[labels.length * classes.size()];
        for (int i = 0; i < logits.length; i++) {
            int truth = labels[i / classes.size()];
            int c = i % classes.size();
            double near = Math.abs(c - truth) == 2 && truth % 2 == 0 ? 0.6 : 0;
            // Some images are hard for all: their noise is the same.
            double own = c != truth ? near : i / classes.size() % 97 == 0 ? -0.4 : skill;
            logits[i] = (float) (own + random.nextDouble() + random.nextDouble() + random.nextDouble());
        }
        return new Predictions(classes.size(), labels, logits);
    }

    private int[] foldLabels(int fold) {
        int[] labels = labels(trainImages());
        ImageSource all = HeapImages.of(1, 1, 1, new byte[labels.length], labels);
        Split split = Split.folds(all, classes, folds, 0).get(fold - 1);
        return Arrays.stream(split.validation()).map(image -> labels[image]).toArray();
    }

    private int trainImages() {
        return Math.max(2 * classes.size(), folds * images);
    }

    private double number(double value) {
        return odd == Odd.NO_NUMBERS ? Double.NaN : value;
    }

    private List<Epoch> history(double accuracy, int place) {
        List<Epoch> history = new ArrayList<>();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double far = 0.3 * Math.exp(-5.0 * epoch / epochs);
            double wave = 0.01 * Math.sin(epoch * 2.0 + place) * (1 - 0.8 * epoch / epochs);
            double training = Math.max(0, accuracy - 1.3 * far + 0.02 * epoch / epochs);
            double validation = Math.max(0, accuracy - far + wave);
            double loss = number(0.25 + 2.5 * far - wave);
            history.add(new Epoch(epoch, 0.2 + 3 * far, training, loss, validation, validation, 0.002, 12.3));
        }
        return history;
    }

    /** Every fourth file disagrees with its network in two images. */
    private Done result(TrialSpec trial, Evaluation evaluation, int place) {
        double train = Math.min(1, evaluation.accuracy() + 0.02 + 0.004 * place);
        double validation = Math.min(1, evaluation.accuracy() + 0.003);
        boolean measured = trial.purpose() == TrialSpec.Purpose.SHIP;
        long parameters = 50_000L + 60_000L * place;
        int slow = odd == Odd.TIES ? 0 : place * 3 % 7 + place / 7 * 7;
        TrialMetrics metrics =
                new TrialMetrics(evaluation.metrics(), MadeUp.metrics(validation), MadeUp.metrics(train));
        Long macs = measured ? 40 * parameters : null;
        Long bytes = measured ? 4 * parameters + 2000 : null;
        long memory = 700_000_000L + 20_000_000L * place;
        double seconds = number(40 + 200.0 * place);
        Latency pytorch = measured ? latency(90 + 140.0 * slow) : null;
        Latency onnx = measured ? latency(20 + 35.0 * slow) : null;
        Efficiency costs =
                new Efficiency(parameters, macs, 4 * parameters, bytes, seconds, 900.0, 300, memory, pytorch, onnx);
        int flips = place % 4 == 3 ? 2 : 0;
        ParityResult proof = new ParityResult(
                flips == 0, images, flips, 1.1e-5, 8e-7, 5.7e-6, 1e-4, 30, "batch 7", null, null, null, null);
        Done made = MadeUp.done(trial, metrics, costs, measured ? proof : null);
        int best = Math.max(1, epochs - place % 3);
        Timing time = new Timing("2026-11-24T15:15:52Z", 50 + 210.0 * place, epochs, best, 12.3, 1_000L, null);
        var scale = made.normalization();
        var gap = made.overfitting();
        return new Done(
                trial, null, metrics, gap, made.parity(), costs, time, scale, made.provenance(), made.files(), null);
    }

    private static Latency latency(double micros) {
        Machine machine = new Machine("Linux 6.1", "amd64", "AMD EPYC", 2, 16L << 30);
        return MadeUp.latency(
                1, 5_000, micros, 1.2 * micros, 1.9 * micros, 2e6 / micros, 2.2e6 / micros, null, machine);
    }

    public @Nullable Comparison comparison(List<Model> models) {
        return comparison(models, EquivalenceRegion.STANDARD);
    }

    public @Nullable Comparison comparison(List<Model> models, EquivalenceRegion region) {
        return comparison(spec().trials(new Outcomes()), models, region);
    }

    private @Nullable Comparison comparison(List<TrialSpec> planned, List<Model> models, EquivalenceRegion region) {
        Map<TrialSpec, Model> byTrial = new LinkedHashMap<>();
        Outcomes finished = new Outcomes();
        for (Model model : models) {
            byTrial.put(model.outcome().trial(), model);
            finished.put(model.outcome());
        }
        Function<TrialSpec, @Nullable PredictedClasses> answers = trial -> {
            Predictions made = Objects.requireNonNull(byTrial.get(trial)).predictions();
            return made == null ? null : made.predictedClasses();
        };
        // Not read from the images: the largest class has a tenth of them, and the nearest image is right for 84 %.
        BitSet right = new BitSet();
        right.set(0, (int) (0.84 * images));
        String nearest = Base64.getEncoder().encodeToString(right.toByteArray());
        Baselines baselines = new Baselines(5400, images, images, 0, images / 10, nearest, nearest);
        return ComparisonBuilder.compare(planned, finished, answers, described(), region, baselines);
    }
}
