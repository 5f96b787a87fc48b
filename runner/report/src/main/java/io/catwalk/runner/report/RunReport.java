package io.catwalk.runner.report;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.NearDuplicates;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.robustness.Robustness;
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
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The data of reports, read once from a run folder. What the folder lacks is null or empty, and is listed as missing.
 *
 * @param models the finished trials, in the order of the results; of a search that has ended, the full training
 *     of the best
 * @param dataset the images, for the pictures; null if they are no longer available
 * @param missing sentences about what a reader may look for and does not find, such as predictions of a trial
 * @param robustness how accurate the ONNX files are on corrupted images; null if that was not measured
 * @param leaked pairs of a test and a training image that look the same, the nearest of a test image first; null if the
 *     run was not audited
 * @param demo address of the page on which the networks can be tried, relative to the run folder; null if there is none
 */
public record RunReport(
        ExperimentSpec spec,
        RunResults results,
        List<Model> models,
        @Nullable ImageDataset dataset,
        List<String> missing,
        @Nullable Robustness robustness,
        @Nullable List<NearDuplicates.Pair> leaked,
        @Nullable String demo) {

    /** Where {@code catwalk demo} puts its page: that package is above this one. */
    private static final String DEMO = "demo/index.html";

    /**
     * A finished trial.
     *
     * @param history of its training, one record per epoch; empty if there is none
     * @param onnx its ONNX file; null if there is none
     */
    public record Model(
            String label,
            TrialOutcome outcome,
            List<Epoch> history,
            Answers answers,
            @Nullable Path onnx) {

        /** Returns its predictions for the test images; null if there are none. */
        public @Nullable Predictions predictions() {
            return answers.predictions();
        }

        /** Evaluates its predictions; null if there are none. */
        public @Nullable Evaluation evaluation() {
            return answers.evaluation();
        }

        public boolean done() {
            return outcome instanceof Done;
        }

        /**
         * Returns the outcome of a trial with a trained network.
         *
         * @throws IllegalStateException if there is no trained network
         */
        public Done trained() {
            if (outcome instanceof Done done) {
                return done;
            }
            throw new IllegalStateException(label + " has no trained network: " + outcome.error());
        }
    }

    /**
     * The predictions of a network for its test images. Those of ten thousand trials do not fit into memory: they are
     * read on first use, and cached for as long as there is room.
     */
    public static final class Answers {

        /** Stands for a trial without predictions. */
        public static final Answers NONE = new Answers(null, List.of());

        private final @Nullable Reading reading;
        private final List<String> classes;
        private SoftReference<@Nullable Predictions> read = new SoftReference<>(null);
        private SoftReference<@Nullable Evaluation> evaluated = new SoftReference<>(null);

        private interface Reading {

            Predictions read() throws IOException;
        }

        private Answers(@Nullable Reading reading, List<String> classes) {
            this.reading = reading;
            this.classes = classes;
        }

        /** Wraps predictions that are already in memory; the classes are in the order of the logits. */
        public static Answers of(Predictions predictions, List<String> classes) {
            return new Answers(() -> predictions, classes);
        }

        public boolean there() {
            return reading != null;
        }

        private synchronized @Nullable Predictions predictions() {
            Predictions kept = read.get();
            if (kept == null && reading != null) {
                try {
                    kept = reading.read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                read = new SoftReference<>(kept);
            }
            return kept;
        }

        private synchronized @Nullable Evaluation evaluation() {
            Evaluation kept = evaluated.get();
            Predictions predictions = kept == null ? predictions() : null;
            if (predictions != null) {
                kept = Evaluation.of(predictions, classes);
                evaluated = new SoftReference<>(kept);
            }
            return kept;
        }
    }

    /** Gathers the data of reports on a run, finished or interrupted. */
    public static RunReport of(RunFolder run, ExperimentSpec spec, RunResults all, Supplier<ImageDataset> images)
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
                missing.add("The images of " + dataset.name()
                        + " are no longer those of the run, so there are no pictures.");
                dataset = null;
            }
        } catch (RequestException e) {
            missing.add(
                    "The images cannot be read, so there are no pictures: " + Reasons.withoutFolders(Reasons.of(e)));
        }
        Robustness robustness = robustness(run, results, missing);
        List<NearDuplicates.Pair> leaked = leaked(run, missing);
        String demo = Files.exists(run.path().resolve(DEMO)) ? DEMO : null;
        return new RunReport(spec, results, models, dataset, missing, robustness, leaked, demo);
    }

    private static void mixed(List<String> sentences, String how, Map<String, Long> makers) {
        if (!makers.isEmpty()) {
            sentences.add("The trials were made " + how + ", which may be part of any difference between them: "
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
        Answers answers = Answers.NONE;
        List<Epoch> history;
        if (outcome instanceof Done done) {
            folder.requireOwnOnnx(done);
            history = folder.readHistory(done);
            if (Files.exists(folder.predictions("test"))) {
                answers = new Answers(
                        () -> folder.readPredictions(done, "test"),
                        results.dataset().classes());
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
}
