package io.catwalk.runner.report;

import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a network answered to the images that judge it. The answers of ten thousand trials do not fit into
 * memory: they are read when they are asked for, and kept for as long as there is room.
 */
public final class Answers {

    /** Stands for a trial without predictions. */
    public static final Answers NONE = new Answers(null, null, List.of());

    private final @Nullable Reading file;
    private final @Nullable Predictions given;
    private final List<String> classes;
    private SoftReference<@Nullable Predictions> read = new SoftReference<>(null);
    private SoftReference<@Nullable PredictedClasses> predicted = new SoftReference<>(null);
    private SoftReference<@Nullable Evaluation> evaluated = new SoftReference<>(null);

    /** Reads the answers of a trial. */
    private interface Reading {

        Predictions read() throws IOException;
    }

    private Answers(@Nullable Reading file, @Nullable Predictions given, List<String> classes) {
        this.file = file;
        this.given = given;
        this.classes = classes;
    }

    /**
     * Takes answers that are at hand.
     *
     * @param predictions what the network answered
     * @param classes names, in the order of the logits
     * @return the answers
     */
    public static Answers of(Predictions predictions, List<String> classes) {
        return new Answers(null, predictions, classes);
    }

    /**
     * Takes answers from a trial.
     *
     * @param folder of the trial
     * @param done its outcome
     * @param classes names, in the order of the logits
     * @return the answers, not read yet
     */
    static Answers in(TrialFolder folder, Done done, List<String> classes) {
        return Files.exists(folder.predictions("test"))
                ? new Answers(() -> folder.readPredictions(done, "test"), null, classes)
                : NONE;
    }

    /**
     * Tells whether there are any.
     *
     * @return false if the trial has no predictions
     */
    public boolean there() {
        return file != null || given != null;
    }

    /**
     * Reads them.
     *
     * @return what the network answered; null if there is nothing
     * @throws UncheckedIOException if they cannot be read
     * @throws io.catwalk.runner.RequestException if they are not those of the trial
     */
    public synchronized @Nullable Predictions predictions() {
        if (given != null || file == null) {
            return given;
        }
        Predictions kept = read.get();
        if (kept == null) {
            try {
                kept = file.read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            read = new SoftReference<>(kept);
        }
        return kept;
    }

    /**
     * Reads which classes the network predicted, for what needs no logits: those of all models fit into memory.
     *
     * @return what it predicted; null if there is nothing
     * @throws UncheckedIOException if they cannot be read
     */
    public synchronized @Nullable PredictedClasses predictedClasses() {
        PredictedClasses kept = predicted.get();
        Predictions whole = kept == null ? predictions() : null;
        if (whole != null) {
            kept = whole.predictedClasses();
            predicted = new SoftReference<>(kept);
        }
        return kept;
    }

    /**
     * Evaluates them.
     *
     * @return every metric; null if there is nothing
     * @throws UncheckedIOException if they cannot be read
     */
    public synchronized @Nullable Evaluation evaluation() {
        if (!there()) {
            return null;
        }
        Evaluation kept = evaluated.get();
        if (kept == null) {
            kept = Evaluation.of(Objects.requireNonNull(predictions()), classes);
            evaluated = new SoftReference<>(kept);
        }
        return kept;
    }
}
