package io.catwalk.runner.plugin;

import java.io.Serial;

/** Says in one line why a jar cannot be loaded as a plugin. */
final class UnusablePluginException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    UnusablePluginException(String reason) {
        super(reason);
    }

    UnusablePluginException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
