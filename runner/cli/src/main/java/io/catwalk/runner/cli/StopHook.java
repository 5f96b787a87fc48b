package io.catwalk.runner.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something if the user stops the program, by Ctrl-C or otherwise, before this is closed. */
final class StopHook implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StopHook.class);

    private final Thread hook;

    StopHook(String name, Runnable task) {
        hook = new Thread(task, name);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("The program is ending", e);
        }
    }
}
