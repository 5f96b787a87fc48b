package io.catwalk.runner.report;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.NearDuplicates;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.results.Comparison;
import io.catwalk.runner.results.Comparison.Baseline;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.statistics.PairedValues;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data of reports, read once from a run folder, from which sections make words and charts. What the folder lacks is null or
 * empty, and is listed as missing.
 *
 * @param entrants the classifiers with their finished trials, the most accurate first, those without a trained network
 *     last; of a search that has ended, the full training of the best
 * @param images of the data set, for the pictures; null if they are no longer available
 * @param missing sentences about what a reader may look for and does not find, such as predictions of a trial
 * @param robustness how accurate the ONNX files are on corrupted images; null if that was not measured
 * @param leaked pairs of a test and a training image that look the same, the nearest of a test image first; null if the
 *     run was not audited
 * @param demo address of the page on which the networks can be tried, relative to the run folder; null if there is none
 */
public record ReportModel(
        ExperimentSpec spec,
        RunResults results,
        List<ClassifierReport> entrants,
        @Nullable ImageDataset images,
        List<String> missing,
        @Nullable Robustness robustness,
        @Nullable List<NearDuplicates.Pair> leaked,
        @Nullable String demo) {

    private static final int CHARTED = 24;

    /** Where {@code catwalk demo} puts its page: that package is above this one. */
    private static final String DEMO = "demo/index.html";

    /** A finished trial; a history, answers or an ONNX file that it lacks are empty or null. */
    public record Model(
            String label,
            TrialOutcome outcome,
            List<Epoch> history,
            @Nullable Answers answers,
            @Nullable Path onnx) {

        /** Returns its predictions for the test images; null if there are none. */
        public @Nullable Predictions predictions() {
            return answers == null ? null : answers.predictions().get();
        }

        /** Evaluates its predictions; null if there are none. */
        public @Nullable Evaluation evaluation() {
            return answers == null ? null : answers.evaluation().get();
        }

        public boolean done() {
            return outcome instanceof Done;
        }

        public Done trained() {
            if (outcome instanceof Done done) {
                return done;
            }
            throw new IllegalStateException(label + " has no trained network: " + outcome.error());
        }
    }

    /** The predictions of a network, read on first use: those of ten thousand trials do not fit into memory. */
    public record Answers(Supplier<Predictions> predictions, Supplier<Evaluation> evaluation) {

        /** Reads predictions; the classes are in the order of their logits, which mean nothing if they are not scored. */
        public static Answers of(Supplier<Predictions> reading, List<String> classes, boolean scored) {
            Cached<Predictions> read = new Cached<>();
            Cached<Evaluation> evaluated = new Cached<>();
            Supplier<Predictions> predictions = () -> read.get(reading);
            return new Answers(
                    predictions,
                    () -> evaluated.get(() -> scored
                            ? Evaluation.of(predictions.get(), classes)
                            : Evaluation.of(predictions.get().predictedClasses(), classes)));
        }
    }

    /** Something large that is made on first use, and again when the memory was needed for something else. */
    static final class Cached<T> {

        private SoftReference<@Nullable T> kept = new SoftReference<>(null);

        synchronized T get(Supplier<T> maker) {
            T made = kept.get();
            if (made == null) {
                made = maker.get();
                kept = new SoftReference<>(made);
            }
            return made;
        }
    }

    public static ReportModel of(RunFolder run, ExperimentSpec spec, RunResults all, Supplier<ImageDataset> images)
            throws IOException {
        // Otherwise, candidates that were only scored would appear beside the one that was trained in full.
        boolean searched = all.tuning() != null && all.tuning().best() != null;
        RunResults results = searched ? all.withoutCandidates() : all;
        List<String> missing = new ArrayList<>();
        mixed(missing, "by different software", all.mixedSoftware());
        mixed(missing, "on different machines", all.mixedMachines());
        List<Model> models = new ArrayList<>();
        for (TrialOutcome outcome : results.trials()) {
            models.add(model(results, run.trial(outcome.trial()), outcome, missing));
        }
        ImageDataset dataset = null;
        try {
            dataset = images.get();
            if (!dataset.sha256().equals(results.dataset().sha256())) {
                missing.add(
                        "The images of " + dataset.name() + " have changed since the run, so there are no pictures.");
                dataset = null;
            }
        } catch (RequestException e) {
            missing.add(
                    "The images cannot be read, so there are no pictures: " + Reasons.withoutFolders(Reasons.of(e)));
        }
        Robustness robustness = robustness(run, results, missing);
        List<NearDuplicates.Pair> leaked = leaked(run, missing);
        String demo = Files.exists(run.path().resolve(DEMO)) ? DEMO : null;
        return new ReportModel(
                spec, results, ClassifierReport.of(models, results), dataset, missing, robustness, leaked, demo);
    }

    private static void mixed(List<String> sentences, String how, Map<String, Long> makers) {
        if (!makers.isEmpty()) {
            sentences.add("The trials were made " + how + ", which may add to their differences: "
                    + makers.entrySet().stream()
                            .map(entry -> entry.getValue() + " × " + entry.getKey())
                            .collect(Collectors.joining("; "))
                    + ".");
        }
    }

    private static @Nullable List<NearDuplicates.Pair> leaked(RunFolder run, List<String> missing) throws IOException {
        try {
            return Audit.readLeaked(run.path());
        } catch (RequestException e) {
            missing.add(
                    "The duplicates that catwalk audit found are not shown: " + Reasons.withoutFolders(Reasons.of(e)));
            return null;
        }
    }

    private static @Nullable Robustness robustness(RunFolder run, RunResults results, List<String> missing)
            throws IOException {
        Robustness measured = Robustness.in(run);
        if (measured == null) {
            return null;
        }
        Robustness current = measured.current(run, results.done());
        int gone = measured.classifiers().size() - current.classifiers().size();
        if (gone > 0) {
            missing.add("The robustness of " + gone + (gone == 1 ? " classifier" : " classifiers")
                    + " was measured with other ONNX files and is not shown: catwalk report RUN --robustness measures it"
                    + " again.");
        }
        return current.classifiers().isEmpty() ? null : current;
    }

    private static Model model(RunResults results, TrialFolder folder, TrialOutcome outcome, List<String> missing)
            throws IOException {
        String label = results.label(outcome.trial());
        Answers answers = null;
        List<Epoch> history;
        if (outcome instanceof Done done) {
            folder.requireOwnOnnx(done);
            history = folder.readHistory(done);
            if (Files.exists(folder.predictions("test"))) {
                answers = Answers.of(
                        () -> predictions(folder, done),
                        results.dataset().classes(),
                        done.answers() == null || done.answers().scored());
            } else {
                missing.add(label + " has no predictions, so no confusion matrix, class scores or calibration: "
                        + done.trial().folder() + "/"
                        + folder.predictions("test").getFileName()
                        + " is missing; catwalk resume RUN makes it again.");
            }
        } else {
            history = folder.readHistory();
        }
        return new Model(label, outcome, history, answers, Files.exists(folder.onnx()) ? folder.onnx() : null);
    }

    private static Predictions predictions(TrialFolder folder, Done done) {
        try {
            return folder.readPredictions(done, "test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads and evaluates the predictions of all classifiers, on all cores. */
    public void evaluate() {
        trained().parallelStream().forEach(ClassifierReport::evaluation);
    }

    /** Returns the finished trials. */
    public List<Model> models() {
        return entrants.stream().flatMap(one -> one.models().stream()).toList();
    }

    public InferenceEngine engine() {
        return results.latencyEngine();
    }

    public RunResults.Dataset dataset() {
        return results.dataset();
    }

    public @Nullable Comparison comparison() {
        return results.comparison();
    }

    /** Returns the classifiers with a trained network, the most accurate first. */
    public List<ClassifierReport> trained() {
        return entrants.stream().filter(one -> one.standing() != null).toList();
    }

    /** Returns those of them that were trained here, and not given. */
    public List<ClassifierReport> learned() {
        return trained().stream().filter(one -> one.request().trains()).toList();
    }

    /** Returns the classifiers with predictions of their test images, the most accurate first. */
    public List<ClassifierReport> evaluated() {
        return trained().stream().filter(ClassifierReport::evaluated).toList();
    }

    /** Returns the classifiers with the highest accuracy: several if theirs is the same, none without a network. */
    public List<ClassifierReport> leaders() {
        List<ClassifierReport> trained = trained();
        return trained.stream()
                .filter(one -> PairedValues.order(
                                one.stands().accuracy(), trained.get(0).stands().accuracy())
                        == 0)
                .toList();
    }

    /** Returns the classifiers that get charts of their own: with more, the page is too large to be sent by mail. */
    public List<ClassifierReport> charted() {
        return trained().stream().limit(CHARTED).toList();
    }

    /** Returns the trials with a trained network, those of the best classifier first. */
    public List<Model> done() {
        return entrants.stream().flatMap(one -> one.done().stream()).toList();
    }

    public List<Model> failed() {
        return entrants.stream().flatMap(one -> one.failed().stream()).toList();
    }

    /** Returns whether its networks were tested on folds of the training images; the best of a search was not. */
    public boolean folded() {
        return results.experiment().folds() > 0
                && models().stream().noneMatch(model -> model.outcome().trial().fold() == 0);
    }

    /** Returns whether some classifier was trained more than once. */
    public boolean several() {
        return entrants.stream().anyMatch(one -> one.done().size() > 1);
    }

    /** Says which images the trials were evaluated on. */
    public String testedOn() {
        RunResults.Summary experiment = results.experiment();
        if (experiment.folds() == 0) {
            return Wording.count(dataset().test(), "test image");
        }
        if (results.tuning() != null) {
            return experiment.folds() + " folds of the training images"
                    + (folded()
                            ? ""
                            : "; the best candidate also on "
                                    + Wording.count(dataset().test(), "test image"));
        }
        return (experiment.repeats() > 1 ? experiment.repeats() + " × " : "") + experiment.folds()
                + " folds of the training images";
    }

    public String headline() {
        return words().map(ComparisonWords::headline)
                .orElse("No classifier has a trained network, so there is nothing to choose from.");
    }

    /** Names the baselines that the best is not clearly above; empty if it is above all. */
    public String baselinesAbove() {
        return words().map(words -> words.baselines().strip()).orElse("");
    }

    /** Says what the baselines learned from, and how the best compares with them; empty if there are none. */
    public String aboutBaselines() {
        return words().map(ComparisonWords::aboutBaselines).orElse("");
    }

    /** Says in a sentence what the answer leaves open; empty if it leaves nothing open. */
    public String limits() {
        return words().map(words -> String.join(" ", words.limits())).orElse("");
    }

    private Optional<ComparisonWords> words() {
        return Optional.ofNullable(comparison()).map(comparison -> new ComparisonWords(comparison, results));
    }

    /** Returns what is reached without a network, the most accurate first; empty if it is not known. */
    public List<Baseline> baselines() {
        return Stream.ofNullable(comparison())
                .flatMap(comparison -> comparison.baselines().stream())
                .sorted(Comparator.comparingDouble(Baseline::accuracy).reversed())
                .toList();
    }

    /** Returns the engine and the batch size of the latencies, as a title. */
    public String latencyTitle() {
        return engine().title() + ", batch 1";
    }

    /** Returns the Pareto front of accuracy and latency, the fastest first; empty if no latency is of a quiet machine. */
    public List<ClassifierReport> front() {
        return timed().stream()
                .filter(one -> Boolean.TRUE.equals(one.stands().onFront()))
                .toList();
    }

    /** Returns the classifiers with a latency, the fastest first. */
    public List<ClassifierReport> timed() {
        return trained().stream()
                .filter(one -> one.micros() != null)
                .sorted(Comparator.comparingDouble(one -> Objects.requireNonNull(one.micros())))
                .toList();
    }

    /** Returns those of {@link #timed()} whose latencies are of a quiet machine, by which they can be compared. */
    public List<ClassifierReport> comparedByLatency() {
        return timed().stream().filter(one -> one.stands().onFront() != null).toList();
    }

    /** Says of whom a sentence speaks that compares latencies; nothing if it is all classifiers. */
    public String ofThoseTimed() {
        int timed = comparedByLatency().size();
        return timed == trained().size() ? "" : " of the " + timed + " with a latency from a quiet machine";
    }

    /** Returns the first compared with the second; null if they are not compared. */
    public @Nullable PairedComparison pairOf(String first, String second) {
        Comparison comparison = comparison();
        return comparison == null ? null : comparison.pair(first, second);
    }

    /** Returns the key by which scripts find a pair of classifiers: their numbers with a colon between them. */
    public String pairKey(String first, String second) {
        return entrant(first).number() + ":" + entrant(second).number();
    }

    public ClassifierReport entrant(String name) {
        return entrants.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the best and those that it is not clearly better than: at most probably, or it is not compared with them. */
    public List<ClassifierReport> choices() {
        List<ClassifierReport> trained = trained();
        return trained.stream()
                .filter(one -> {
                    PairedComparison pair = pairOf(trained.get(0).name(), one.name());
                    return pair == null || !pair.clearlyBetter();
                })
                .toList();
    }

    /** Returns whether the best classifier is compared with at least one other. */
    public boolean tested() {
        List<ClassifierReport> trained = trained();
        return trained.stream().anyMatch(one -> pairOf(trained.get(0).name(), one.name()) != null);
    }

    /** Returns the names of the settings in which recipes differ: a difference in accuracy may come from there. */
    public Set<String> differingSettings() {
        List<Map<String, String>> recipes = learned().stream()
                .map(one -> RecipeWords.settings(one.request()))
                .toList();
        return recipes.stream()
                .flatMap(recipe -> recipe.keySet().stream())
                .filter(name -> recipes.stream()
                        .anyMatch(recipe ->
                                !Objects.equals(recipe.get(name), recipes.get(0).get(name))))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
