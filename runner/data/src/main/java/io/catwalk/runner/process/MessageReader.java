package io.catwalk.runner.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Finds the messages of a process in its output, and passes on all other output. A message is a line that begins with
 * the mark; at most one is held in memory at a time, and none is larger than 32 MB.
 */
final class MessageReader implements ChildProcess.Sink {

    private static final int LARGEST = 32 << 20;

    private final byte[] mark;
    private final ChildProcess.Sink other;
    private final Consumer<String> messages;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private Kind kind = Kind.UNKNOWN;

    /** Whether there was an empty line, which is part of the message if one follows. */
    private boolean isBroken;

    /** The kind of the current line. */
    private enum Kind {
        UNKNOWN,
        MESSAGE,
        OTHER
    }

    /** Creates a reader that is at the start of a line. */
    MessageReader(String mark, ChildProcess.Sink other, Consumer<String> messages) {
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
