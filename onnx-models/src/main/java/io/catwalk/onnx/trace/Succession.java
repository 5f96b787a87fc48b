package io.catwalk.onnx.trace;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells arrays that a network has kept from an earlier trace which trace goes on now. */
final class Succession {

    private @Nullable Tracer now;

    Optional<Tracer> now() {
        return Optional.ofNullable(now);
    }

    void begin(Tracer tracer) {
        now = tracer;
    }

    void end() {
        now = null;
    }
}
