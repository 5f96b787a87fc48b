package io.catwalk.runner.data;

import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets one process, and one thread of it, make a file. The system takes the lock back when the process ends. */
final class CacheLock implements AutoCloseable {

    private static final long PAUSE_MILLIS = 50;

    /** The locks of this process: the system's are for whole processes. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private CacheLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock, and waits for it as long as another has it.
     *
     * @param note is told, in one line, if it has to wait
     */
    static CacheLock take(Path file, Consumer<String> note) throws IOException {
        try {
            CacheLock lock = tried(file);
            if (lock == null) {
                note.accept("waiting for the images that another process decodes into " + file.getParent());
            }
            while (lock == null) {
                Thread.sleep(PAUSE_MILLIS);
                lock = tried(file);
            }
            return lock;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RequestException("stopped while waiting for images that another process decodes", e);
        }
    }

    private static @Nullable CacheLock tried(Path file) throws IOException {
        if (!HELD.add(file)) {
            return null;
        }
        boolean locked = false;
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            locked = channel.tryLock() != null;
            return locked ? new CacheLock(file, channel) : null;
        } finally {
            if (!locked) {
                if (channel != null) {
                    channel.close();
                }
                HELD.remove(file);
            }
        }
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
