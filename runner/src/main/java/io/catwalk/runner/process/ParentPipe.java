package io.catwalk.runner.process;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The child's end of the pipe to a {@link ForkedJvm}. The process ends when its parent does, so that it does not
 * outlive its run. All other output goes into the log, not between the messages.
 */
public final class ParentPipe {

    private static final Logger LOG = LoggerFactory.getLogger(ParentPipe.class);

    private final OutputStream out;
    private final byte[] mark;

    private ParentPipe(OutputStream out, byte[] mark) {
        this.out = out;
        this.mark = mark;
    }

    /**
     * Opens the pipe; to be called once, before any third-party code runs.
     *
     * @param in the standard input of this process
     * @return the pipe to the parent
     */
    public static ParentPipe open(InputStream in) {
        byte[] mark = readMark(in);
        endWithParent(in);
        return new ParentPipe(new FileOutputStream(FileDescriptor.out), mark);
    }

    /**
     * Sends a message.
     *
     * @param message without line breaks
     */
    public synchronized void send(String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        byte[] line = new byte[mark.length + text.length + 2];
        // Other code may have left a line unfinished.
        line[0] = '\n';
        System.arraycopy(mark, 0, line, 1, mark.length);
        System.arraycopy(text, 0, line, 1 + mark.length, text.length);
        line[line.length - 1] = '\n';
        try {
            out.write(line);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] readMark(InputStream in) {
        ByteArrayOutputStream mark = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                mark.write(next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return mark.toByteArray();
    }

    private static void endWithParent(InputStream parent) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (parent.read() >= 0) {
                            LOG.debug("The parent is there");
                        }
                    } catch (IOException e) {
                        LOG.debug("The parent is gone", e);
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end-with-parent");
        watch.setDaemon(true);
        watch.start();
    }
}
