package io.catwalk.runner.report;

import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The predictions of a network for its test images. Those of ten thousand trials do not fit into memory: they are read
 * on first use, and cached for as long as there is room.
 */
public final class Answers {

    /** Stands for a trial without predictions. */
    public static final Answers NONE = new Answers(null, List.of());

    private final @Nullable Reading reading;
    private final List<String> classes;
    private SoftReference<@Nullable Predictions> read = new SoftReference<>(null);
    private SoftReference<@Nullable Evaluation> evaluated = new SoftReference<>(null);

    /** Reads the predictions of a trial. */
    private interface Reading {

        Predictions read() throws IOException;
    }

    private Answers(@Nullable Reading reading, List<String> classes) {
        this.reading = reading;
        this.classes = classes;
    }

    /**
     * Wraps predictions that are already in memory.
     *
     * @param classes names, in the order of the logits
     */
    public static Answers of(Predictions predictions, List<String> classes) {
        return new Answers(() -> predictions, classes);
    }

    /**
     * Returns the predictions of a trial, which are read on first use.
     *
     * @param classes names, in the order of the logits
     * @return the answers, not read yet
     */
    static Answers in(TrialFolder folder, Done done, List<String> classes) {
        return Files.exists(folder.predictions("test"))
                ? new Answers(() -> folder.readPredictions(done, "test"), classes)
                : NONE;
    }

    /**
     * Returns whether there are predictions.
     *
     * @return false if the trial has no predictions
     */
    public boolean there() {
        return reading != null;
    }

    /**
     * Returns the predictions, read from the file if they are not cached.
     *
     * @return the predictions; null if there are none
     * @throws UncheckedIOException if they cannot be read
     * @throws io.catwalk.runner.RequestException if they are not those of the trial
     */
    public synchronized @Nullable Predictions predictions() {
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

    /**
     * Evaluates the predictions.
     *
     * @return every metric; null if there are no predictions
     * @throws UncheckedIOException if they cannot be read
     */
    public synchronized @Nullable Evaluation evaluation() {
        Evaluation kept = evaluated.get();
        Predictions predictions = kept == null ? predictions() : null;
        if (predictions != null) {
            kept = Evaluation.of(predictions, classes);
            evaluated = new SoftReference<>(kept);
        }
        return kept;
    }
}
