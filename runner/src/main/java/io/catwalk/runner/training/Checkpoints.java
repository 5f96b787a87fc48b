package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the state of a training in a file, so that another process can continue it. Problems with the file never
 * fail a training: a state that cannot be written or read counts as missing.
 */
public final class Checkpoints {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    /** Writing takes at most one twentieth of the time. */
    private static final int SHARE = 20;

    private static final Checkpoints NONE = new Checkpoints(null, "", Duration.ZERO, () -> 0);

    private final @Nullable Path file;
    private final String key;
    private final LongSupplier nanoTime;
    private final long pause;
    private long last;
    private long cost;

    private Checkpoints(@Nullable Path file, String key, Duration pause, LongSupplier nanoTime) {
        this.file = file;
        this.key = key;
        this.nanoTime = nanoTime;
        this.pause = pause.toNanos();
        last = nanoTime.getAsLong();
    }

    /**
     * Keeps no state.
     *
     * @return an instance for trainings that start at the beginning
     */
    public static Checkpoints none() {
        return NONE;
    }

    /**
     * Keeps the state in a file.
     *
     * @param file where; its folder exists
     * @param key identifies the training: a state with another key is not used
     * @param pause shortest time between two writes
     * @param nanoTime a clock, in nanoseconds
     * @return an instance for one training
     */
    public static Checkpoints in(Path file, String key, Duration pause, LongSupplier nanoTime) {
        return new Checkpoints(file, key, pause, nanoTime);
    }

    /** Writes a state if it is time. */
    void offer(Checkpoint state) {
        long start = nanoTime.getAsLong();
        if (file == null || start - last < Math.max(pause, SHARE * cost)) {
            return;
        }
        try {
            CheckpointFile.write(file, key, state);
        } catch (IOException e) {
            LOG.warn("The state after epoch {} was not kept", state.history().size(), e);
        }
        last = nanoTime.getAsLong();
        cost = last - start;
    }

    /**
     * Reads the state.
     *
     * @param manager owns its arrays
     * @param like a state of the same training, whose vectors have the same lengths
     * @return null if there is no state to continue from
     */
    @Nullable
    Checkpoint read(NDManager manager, Checkpoint like) {
        if (file == null || !Files.isRegularFile(file)) {
            return null;
        }
        try {
            Checkpoint state = CheckpointFile.read(file, key, manager);
            if (!fits(state, like)) {
                throw new IOException(file + " is the state of another network or other data");
            }
            LOG.info("The training goes on after epoch {}", state.history().size());
            return state;
        } catch (IOException e) {
            LOG.warn("The training starts at the beginning", e);
            return null;
        }
    }

    private static boolean fits(Checkpoint state, Checkpoint like) {
        return state.order().length == like.order().length
                && state.vectors().stream()
                        .map(NDArray::size)
                        .toList()
                        .equals(like.vectors().stream().map(NDArray::size).toList());
    }
}
