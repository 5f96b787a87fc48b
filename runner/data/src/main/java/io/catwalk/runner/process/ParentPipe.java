package io.catwalk.runner.process;

import io.catwalk.runner.Json;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The child's end of the pipe to a {@link ChildProcess}. The process ends when its parent does, so that it does not
 * outlive its run. All other output goes into the log, not between the messages.
 */
public final class ParentPipe {

    private static final Logger LOG = LoggerFactory.getLogger(ParentPipe.class);

    /** Time between two signs of life; the shortest limit of silence is a second. */
    private static final long BEAT_MILLIS = 200;

    private final OutputStream out;
    private final String mark;

    private ParentPipe(OutputStream out, String mark) {
        this.out = out;
        this.mark = mark;
    }

    /** Opens the pipe; to be called once, before any third-party code runs. */
    public static ParentPipe open(InputStream in, FileDescriptor out) {
        String mark = readMark(in);
        endWithParent(in);
        return new ParentPipe(new FileOutputStream(out), mark);
    }

    /**
     * Tells the parent several times a second that this process goes on, but only while that is so. It sleeps between
     * the signs: native code, which may run for minutes, reports nothing that could be waited for.
     */
    public void beatWhile(BooleanSupplier goesOn) {
        startDaemon("heartbeat", () -> {
            try {
                while (true) {
                    if (goesOn.getAsBoolean()) {
                        send("");
                    }
                    Thread.sleep(BEAT_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Sends a message as a line of JSON. */
    public synchronized void send(Object message) {
        // Other code may have left a line unfinished.
        String line = "\n" + mark + Json.LINE.writeValueAsString(message) + "\n";
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String readMark(InputStream in) {
        ByteArrayOutputStream mark = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                mark.write(next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return mark.toString(StandardCharsets.UTF_8);
    }

    private static void endWithParent(InputStream parent) {
        startDaemon("end-with-parent", () -> {
            try {
                while (parent.read() >= 0) {
                    LOG.debug("The parent is there");
                }
            } catch (IOException e) {
                LOG.debug("The parent is gone", e);
            }
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            Runtime.getRuntime().halt(1);
        });
    }

    /** Starts a thread that does not keep this process from ending. */
    static void startDaemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
