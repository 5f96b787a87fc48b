package io.catwalk.runner.process;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives the bytes of a stream of a process as they arrive. */
interface ProcessOutput {

    /** Receives {@code count} bytes from {@code from} on. */
    void take(byte[] bytes, int from, int count);

    /** Is called after the last bytes. */
    default void end() {}

    /** Keeps the last part of a stream. */
    final class Tail implements ProcessOutput {

        private static final int MOST_KEPT = 1 << 16;

        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized void take(byte[] bytes, int from, int count) {
            kept.write(bytes, from, count);
            if (kept.size() > 2 * MOST_KEPT) {
                byte[] all = kept.toByteArray();
                kept.reset();
                kept.write(all, all.length - MOST_KEPT, MOST_KEPT);
            }
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }

    /** Passes on the lines of a stream. */
    final class Lines implements ProcessOutput {

        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private final Consumer<String> listener;

        Lines(Consumer<String> listener) {
            this.listener = listener;
        }

        @Override
        public void take(byte[] bytes, int from, int count) {
            for (int i = from; i < from + count; i++) {
                if (bytes[i] == '\n') {
                    pass();
                } else {
                    line.write(bytes[i]);
                }
            }
        }

        private void pass() {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            listener.accept(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        }

        @Override
        public void end() {
            if (line.size() > 0) {
                pass();
            }
        }
    }

    /**
     * Appends to a log that stays below 10 MB. Output beyond that is left out except for its end, which usually says what
     * went wrong. If the log cannot be written, nothing else fails.
     */
    final class CappedLog implements ProcessOutput, AutoCloseable {

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

    /**
     * Finds the messages of a process in its output, and passes on all other output. A message is a line that begins with
     * the mark; at most one is held in memory at a time, and none is larger than 32 MB.
     */
    final class MessageReader implements ProcessOutput {

        private static final int LARGEST = 32 << 20;

        private final byte[] mark;
        private final ProcessOutput other;
        private final Consumer<String> messages;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private Kind kind = Kind.UNKNOWN;

        /** Whether there was an empty line, which is part of the message if one follows. */
        private boolean isBroken;

        private enum Kind {
            UNKNOWN,
            MESSAGE,
            OTHER
        }

        /** Creates a reader that is at the start of a line. */
        MessageReader(String mark, ProcessOutput other, Consumer<String> messages) {
            this.mark = mark.getBytes(StandardCharsets.UTF_8);
            this.other = other;
            this.messages = messages;
        }

        @Override
        public void take(byte[] bytes, int from, int count) {
            int at = from;
            while (at < from + count) {
                if (kind == Kind.OTHER) {
                    int end = at;
                    while (end < from + count && bytes[end] != '\n') {
                        end++;
                    }
                    boolean over = end < from + count;
                    other.take(bytes, at, (over ? end + 1 : end) - at);
                    kind = over ? Kind.UNKNOWN : Kind.OTHER;
                    at = over ? end + 1 : end;
                } else {
                    take(bytes[at]);
                    at++;
                }
            }
        }

        private void take(byte next) {
            if (kind == Kind.UNKNOWN) {
                if (next == '\n' && line.size() == 0) {
                    moveOn();
                    isBroken = true;
                    return;
                }
                line.write(next);
                if (next != mark[line.size() - 1]) {
                    kind = next == '\n' ? Kind.UNKNOWN : Kind.OTHER;
                    moveOn();
                } else if (line.size() == mark.length) {
                    kind = Kind.MESSAGE;
                    isBroken = false;
                    line.reset();
                }
            } else if (next == '\n') {
                kind = Kind.UNKNOWN;
                messages.accept(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else if (line.size() == LARGEST) {
                kind = Kind.OTHER;
                line.reset();
            } else {
                line.write(next);
            }
        }

        private void moveOn() {
            byte[] bytes = ((isBroken ? "\n" : "") + line.toString(StandardCharsets.ISO_8859_1))
                    .getBytes(StandardCharsets.ISO_8859_1);
            isBroken = false;
            other.take(bytes, 0, bytes.length);
            line.reset();
        }

        @Override
        public void end() {
            if (kind != Kind.MESSAGE) {
                moveOn();
            }
            other.end();
        }
    }
}
