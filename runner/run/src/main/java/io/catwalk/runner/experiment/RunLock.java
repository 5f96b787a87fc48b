package io.catwalk.runner.experiment;

import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Locks a run folder for one process. The lock file names its holder, for the message that others print. */
public final class RunLock implements AutoCloseable {

    /** What the holder of the lock does with the run. */
    public enum Purpose {
        /** Trains, perhaps for hours: other processes do not wait for it. */
        TRAIN("trains in it"),
        /** Writes a report, an export or a measurement, which is soon done. */
        WRITE("writes into it");

        private final String words;

        Purpose(String words) {
            this.words = words;
        }
    }

    private static final long PAUSE_MILLIS = 50;
    private static final int LONGEST_NOTE = 100;

    private final RunFolder run;
    private final ProcessLock lock;

    private RunLock(RunFolder run, ProcessLock lock) {
        this.run = run;
        this.lock = lock;
    }

    /**
     * Takes the lock.
     *
     * @param wait how long to wait for a process that writes; a process that trains is not waited for
     */
    static RunLock take(RunFolder run, Purpose purpose, Duration wait, Consumer<String> note) {
        try {
            Path file = run.path().toRealPath().resolve(RunFiles.LOCK);
            RunFiles.requireInside(run.path().toRealPath(), file);
            long patience = wait.toMillis();
            boolean said = false;
            while (true) {
                RunLock lock = tried(run, file, purpose);
                if (lock != null) {
                    return lock;
                }
                String holder = holder(file);
                if (patience <= 0 || holder.endsWith(Purpose.TRAIN.words)) {
                    throw new RequestException("expected a run that is not in use, but " + holder + ": "
                            + run.path().toAbsolutePath().normalize() + "; wait for it, or stop it");
                }
                if (!said) {
                    note.accept("waiting for the other process that works on " + run.path() + ": " + holder);
                    said = true;
                }
                Thread.sleep(PAUSE_MILLIS);
                patience -= PAUSE_MILLIS;
            }
        } catch (InterruptedException e) {
            throw RequestException.stopped("waiting for the run " + run.path(), e);
        } catch (IOException e) {
            throw new RequestException(
                    "expected a run folder that can be written, but " + run.path() + " cannot (" + Reasons.of(e)
                            + "): nothing was changed; copy it to where it can be written",
                    e);
        }
    }

    private static @Nullable RunLock tried(RunFolder run, Path file, Purpose purpose) throws IOException {
        ProcessLock lock = ProcessLock.tryTake(file);
        if (lock == null) {
            return null;
        }
        return new RunLock(run, lock)
                .after(() -> lock.note("process " + ProcessHandle.current().pid() + " " + purpose.words));
    }

    /** Reads who has the lock; if the system does not allow that, it is some other process. */
    private static String holder(Path file) {
        try {
            if (ProcessLock.isHeldHere(file)) {
                return "this process works on it";
            }
            String note = Files.readString(file).strip();
            return note.startsWith("process ") && note.length() < LONGEST_NOTE ? note : "another process works on it";
        } catch (IOException e) {
            return "another process works on it";
        }
    }

    interface Step {

        void run() throws IOException;
    }

    /** Does a first step under the lock, which is released if it fails. */
    RunLock after(Step first) throws IOException {
        try {
            first.run();
            return this;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    public RunFolder run() {
        return run;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
