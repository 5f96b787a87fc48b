package io.catwalk.runner.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the user who stops the program, by Ctrl-C or otherwise, how to continue from what has finished. */
final class StopNote {

    private static final Logger LOG = LoggerFactory.getLogger(StopNote.class);

    private final Thread hook;

    StopNote(String command, Console console) {
        hook = new Thread(() -> console.note("catwalk: stopped; continue with " + command), "stop-note");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Cancels the note, unless it is already being printed. */
    void withdraw() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("The program is ending", e);
        }
    }
}
