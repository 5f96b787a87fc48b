package io.catwalk.runner.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to a log that stays below 10 MB. Output beyond that is left out except for its end, which usually says what
 * went wrong. If the log cannot be written, nothing else fails.
 */
final class CappedLog implements ChildProcess.Sink, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CappedLog.class);

    /**
     * Two streams share the log. The last output of one is kept even if the other is read later: at that time a pipe
     * holds at most 64 KiB (Linux, pipe(7)), and its reader two buffers of 8 KiB.
     */
    private static final int TAIL = 1 << 17;

    private final OutputStream out;
    private final long limit;
    private final byte[] tail = new byte[TAIL];
    private long written;
    private long left;
    private boolean broken;

    private CappedLog(OutputStream out, long written, long limit) {
        this.out = out;
        this.written = written;
        this.limit = limit;
    }

    /** Opens the log; its existing content counts towards the limit. */
    static CappedLog open(Path file) throws IOException {
        return open(file, 10_000_000);
    }

    static CappedLog open(Path file, long limit) throws IOException {
        long before = Files.exists(file) ? Files.size(file) : 0;
        return new CappedLog(new FileOutputStream(file.toFile(), true), before, limit);
    }

    @Override
    public synchronized void take(byte[] bytes, int from, int count) {
        int kept = left > 0 ? 0 : (int) Math.max(0, Math.min(count, limit - written));
        if (kept > 0) {
            put(bytes, from, kept);
            written += kept;
        }
        for (int i = from + kept; i < from + count; i++) {
            tail[(int) (left % TAIL)] = bytes[i];
            left++;
        }
    }

    private void put(byte[] bytes, int from, int count) {
        try {
            if (!broken) {
                out.write(bytes, from, count);
            }
        } catch (IOException e) {
            broken = true;
            LOG.warn("The log cannot be written any more", e);
        }
    }

    /** Writes how much was left out, and then the end of it. */
    @Override
    public synchronized void close() {
        if (left > 0) {
            int kept = (int) Math.min(left, TAIL);
            byte[] note = ("\n[the log is limited to " + limit + " bytes: " + (left - kept)
                            + " bytes are left out here]\n")
                    .getBytes(StandardCharsets.UTF_8);
            put(note, 0, note.length);
            byte[] end = new byte[kept];
            for (int i = 0; i < kept; i++) {
                end[i] = tail[(int) ((left - kept + i) % TAIL)];
            }
            put(end, 0, kept);
            left = 0;
            written = limit;
        }
        broken = true;
        try {
            out.close();
        } catch (IOException e) {
            LOG.warn("The log could not be closed", e);
        }
    }
}
