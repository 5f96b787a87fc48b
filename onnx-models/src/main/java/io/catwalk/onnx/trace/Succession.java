package io.catwalk.onnx.trace;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the traces of one export share: which of them goes on now, for arrays that the network has kept from an
 * earlier one, and what constants hold, so that equal content is in memory once.
 */
final class Succession {

    private final Map<Integer, byte[]> contents = new HashMap<>();

    private @Nullable Tracer now;

    Optional<Tracer> now() {
        return Optional.ofNullable(now);
    }

    void begin(Tracer tracer) {
        now = tracer;
    }

    /** Returns the content that a constant had in an earlier trace if it has it again, else what it has now. */
    byte[] held(int id, ByteBuffer content) {
        byte[] before = contents.get(id);
        if (before != null && ByteBuffer.wrap(before).equals(content)) {
            return before;
        }
        byte[] now = Tape.copy(content);
        contents.putIfAbsent(id, now);
        return now;
    }

    void end() {
        now = null;
    }
}
