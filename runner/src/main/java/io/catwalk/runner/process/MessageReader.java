package io.catwalk.runner.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Finds the messages of a process in its output; all other output goes to its log. A message is a line that begins with
 * the mark; at most one is held in memory at a time, and none is larger than 32 MB.
 */
final class MessageReader implements ForkedJvm.Sink {

    private static final int LARGEST = 32 << 20;

    private final byte[] mark;
    private final CappedLog log;
    private final Consumer<String> messages;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private Kind kind = Kind.UNKNOWN;

    /** The kind of the current line. */
    private enum Kind {
        UNKNOWN,
        MESSAGE,
        OTHER
    }

    /** Creates a reader that is at the start of a line. */
    MessageReader(String mark, CappedLog log, Consumer<String> messages) {
        this.mark = mark.getBytes(StandardCharsets.UTF_8);
        this.log = log;
        this.messages = messages;
    }

    @Override
    public void take(byte[] bytes, int count) {
        int at = 0;
        while (at < count) {
            if (kind == Kind.OTHER) {
                int end = at;
                while (end < count && bytes[end] != '\n') {
                    end++;
                }
                boolean over = end < count;
                log.write(bytes, at, (over ? end + 1 : end) - at);
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
                return; // every message begins on a new line
            }
            line.write(next);
            if (next != mark[line.size() - 1]) {
                kind = next == '\n' ? Kind.UNKNOWN : Kind.OTHER;
                moveToLog();
            } else if (line.size() == mark.length) {
                kind = Kind.MESSAGE;
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

    private void moveToLog() {
        byte[] other = line.toByteArray();
        log.write(other, 0, other.length);
        line.reset();
    }
}
