package io.catwalk.runner.plugin;

import java.io.Serial;

/**
 * Thrown when a jar cannot be loaded as a plugin, or a plugin breaks its contract while in use: only the trial that
 * needed it fails.
 *
 * <p>The message is one line: what was expected, what was found, what to try.
 */
public final class PluginException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    PluginException(String message) {
        super(message);
    }

    PluginException(String message, Throwable cause) {
        super(message, cause);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
