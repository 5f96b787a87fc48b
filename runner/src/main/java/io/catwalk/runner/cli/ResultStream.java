package io.catwalk.runner.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Receives the results, and keeps the reason if a part cannot be written, which a {@code PrintWriter} does not throw. */
final class ResultStream extends FilterOutputStream {

    private volatile @Nullable IOException failure;

    ResultStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Returns why a part could not be written; null if all were. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Tells whether the program that reads the results has ended, such as {@code head}. */
    boolean hasLostReader() {
        IOException found = failure;
        // The system says so, mostly with this word, whatever its language.
        return found != null
                && String.valueOf(found.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }
}
