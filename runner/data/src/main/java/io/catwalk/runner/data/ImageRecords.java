package io.catwalk.runner.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * Reads consecutive records of equal length, mapped from a file in windows of whole records, so that the file may
 * exceed the 2 GiB of one mapping. Any number of threads may read at once.
 */
@SuppressWarnings("ArrayRecordComponent")
record ImageRecords(int length, long count, int perWindow, ByteBuffer... windows) {

    private static final int WINDOW = 1 << 30;

    /** Maps records of a file, whose channel may be closed afterwards. */
    static ImageRecords map(FileChannel file, long from, int length, long count) throws IOException {
        int perWindow = Math.max(1, WINDOW / length);
        ByteBuffer[] windows = new ByteBuffer[Math.toIntExact((count + perWindow - 1) / perWindow)];
        for (int i = 0; i < windows.length; i++) {
            long first = (long) i * perWindow;
            long records = Math.min(perWindow, count - first);
            windows[i] = file.map(FileChannel.MapMode.READ_ONLY, from + first * length, records * length);
        }
        return new ImageRecords(length, count, perWindow, windows);
    }

    /** Copies a record. */
    void read(long record, byte[] target, int at) {
        Objects.checkIndex(record, count);
        windows[(int) (record / perWindow)].get((int) (record % perWindow) * length, target, at, length);
    }
}
