package io.catwalk.runner.plugin;

import java.io.Serial;

/** Says in one line why a jar cannot be loaded as a plugin. */
final class UnusablePluginException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final String reason;

    UnusablePluginException(String reason) {
        super(reason);
        this.reason = reason;
    }

    UnusablePluginException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /** Returns one line: what was expected, what was found, what to try. */
    String reason() {
        return reason;
    }
}
