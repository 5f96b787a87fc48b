package io.catwalk.runner.experiment;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a run folder for one process. The system takes the lock back when the process ends, however it
 * ends; the file itself stays. It says who has it, for the line that others read.
 */
public final class RunLock implements AutoCloseable {

    /** What the one who has the lock does with the run. */
    public enum Purpose {
        /** Trains, perhaps for hours: nobody waits for that. */
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

    /** The locks of this process. A second channel to such a file would give the lock away when it is closed. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final RunFolder run;
    private final Path file;
    private final FileChannel channel;

    private RunLock(RunFolder run, Path file, FileChannel channel) {
        this.run = run;
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @param wait how long to wait for a process that writes; one that trains is not waited for
     * @param note is told, in one line, if it has to wait
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
                    throw new RequestException("expected a run that nobody works on, but " + holder + ": "
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
            Thread.currentThread().interrupt();
            throw new RequestException("stopped while waiting for the run " + run.path(), e);
        } catch (IOException e) {
            throw new RequestException(
                    "expected a run folder that can be written, but " + run.path() + " cannot (" + Reasons.of(e)
                            + "): nothing was changed; copy it to where it can be written",
                    e);
        }
    }

    private static @Nullable RunLock tried(RunFolder run, Path file, Purpose purpose) throws IOException {
        if (!HELD.add(file)) {
            return null;
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            locked = channel.tryLock() != null;
            if (locked) {
                String note = "process " + ProcessHandle.current().pid() + " " + purpose.words;
                channel.truncate(0).write(ByteBuffer.wrap(note.getBytes(StandardCharsets.US_ASCII)));
                return new RunLock(run, file, channel);
            }
            return null;
        } finally {
            if (!locked) {
                if (channel != null) {
                    channel.close();
                }
                HELD.remove(file);
            }
        }
    }

    /** Reads who has the lock; where the system does not let it be read, somebody has. */
    private static String holder(Path file) {
        try {
            if (HELD.contains(file)) {
                return "this process works on it";
            }
            String note = Files.readString(file).strip();
            return note.startsWith("process ") && note.length() < LONGEST_NOTE ? note : "another process works on it";
        } catch (IOException e) {
            return "another process works on it";
        }
    }

    /**
     * Returns what is locked.
     *
     * @return the folder
     */
    public RunFolder run() {
        return run;
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(file);
        }
    }
}
