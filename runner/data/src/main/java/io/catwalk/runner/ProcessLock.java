package io.catwalk.runner;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Locks a file for one process, and for one thread of it. The operating system releases the lock when the process ends,
 * however it ends; the file itself stays.
 */
public final class ProcessLock implements AutoCloseable {

    /** The locks of this process. Closing a second channel to such a file would release its lock. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final long PAUSE_MILLIS = 50;

    private final Path file;
    private final FileChannel channel;

    private ProcessLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock if it is free; returns null if it is taken. */
    public static @Nullable ProcessLock tryTake(Path file) throws IOException {
        if (!HELD.add(file)) {
            return null;
        }
        boolean locked = false;
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            locked = channel.tryLock() != null;
            return locked ? new ProcessLock(file, channel) : null;
        } finally {
            if (!locked) {
                if (channel != null) {
                    channel.close();
                }
                HELD.remove(file);
            }
        }
    }

    /** Takes the lock, and waits while it is taken. */
    public static ProcessLock take(Path file, Runnable waiting) throws IOException, InterruptedException {
        ProcessLock lock = tryTake(file);
        if (lock == null) {
            waiting.run();
        }
        while (lock == null) {
            Thread.sleep(PAUSE_MILLIS); // the system does not notify when a lock becomes free
            lock = tryTake(file);
        }
        return lock;
    }

    /** Tells whether this process holds the lock. */
    public static boolean isHeldHere(Path file) {
        return HELD.contains(file);
    }

    /** Writes a line into the file, for other processes to read. */
    public void note(String note) throws IOException {
        channel.truncate(0).write(ByteBuffer.wrap(note.getBytes(StandardCharsets.US_ASCII)));
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
