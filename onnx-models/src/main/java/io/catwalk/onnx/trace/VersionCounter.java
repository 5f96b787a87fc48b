package io.catwalk.onnx.trace;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts the writes to memory that arrays share, so that an array whose content no longer matches the tape is detected
 * when it is used.
 */
final class VersionCounter {

    private int version;
    private int lastTraced;
    private @Nullable String parameter;

    int version() {
        return version;
    }

    /** Returns the version after the last write that depends on the input. */
    int lastTraced() {
        return lastTraced;
    }

    /** Returns the parameter of the network that the memory belongs to, which must not be written. */
    Optional<String> parameter() {
        return Optional.ofNullable(parameter);
    }

    void belongsTo(String parameter) {
        this.parameter = parameter;
    }

    void written() {
        version++;
    }

    void writtenFromInput() {
        version++;
        lastTraced = version;
    }
}
