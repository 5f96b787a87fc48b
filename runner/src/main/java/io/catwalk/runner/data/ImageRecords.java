package io.catwalk.runner.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * Reads consecutive records of equal length, mapped from a file in windows of whole records, so that the file may
 * exceed the 2 GiB of one mapping. Any number of threads may read at once.
 */
final class ImageRecords {

    private static final int WINDOW = 1 << 30;

    private final int length;
    private final long count;
    private final int perWindow;
    private final ByteBuffer[] windows;

    private ImageRecords(int length, long count, int perWindow, ByteBuffer... windows) {
        this.length = length;
        this.count = count;
        this.perWindow = perWindow;
        this.windows = windows;
    }

    /** Reads records from one buffer, which must not be written to any more. */
    static ImageRecords of(ByteBuffer buffer, int length) {
        if (buffer.capacity() % length != 0) {
            throw new IllegalArgumentException(
                    "Expected whole records of %d bytes, found %d bytes".formatted(length, buffer.capacity()));
        }
        int count = buffer.capacity() / length;
        return new ImageRecords(length, count, Math.max(1, count), buffer);
    }

    /** Maps records of a file, whose channel may be closed afterwards. */
    static ImageRecords map(FileChannel file, long from, int length, long count) throws IOException {
        return map(file, from, length, count, WINDOW);
    }

    static ImageRecords map(FileChannel file, long from, int length, long count, int window) throws IOException {
        int perWindow = Math.max(1, window / length);
        ByteBuffer[] windows = new ByteBuffer[Math.toIntExact((count + perWindow - 1) / perWindow)];
        for (int i = 0; i < windows.length; i++) {
            long first = (long) i * perWindow;
            long records = Math.min(perWindow, count - first);
            windows[i] = file.map(FileChannel.MapMode.READ_ONLY, from + first * length, records * length);
        }
        return new ImageRecords(length, count, perWindow, windows);
    }

    int length() {
        return length;
    }

    long count() {
        return count;
    }

    /** Copies a record. */
    void read(long record, byte[] target, int at) {
        Objects.checkIndex(record, count);
        windows[(int) (record / perWindow)].get((int) (record % perWindow) * length, target, at, length);
    }
}
