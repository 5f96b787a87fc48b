package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the traces of one export share: the current trace, for arrays that the network has kept from an earlier
 * one, and the content of constants, so that equal content is in memory once.
 */
final class SharedTraceState {

    private final Map<Integer, byte[]> contents = new HashMap<>();
    private final Map<Integer, String> sources = new HashMap<>();
    private final IdentityHashMap<NDArray, Weight> weights = new IdentityHashMap<>();

    private @Nullable Tracer now;

    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record Weight(String hint, byte[] content) {}

    Optional<Tracer> now() {
        return Optional.ofNullable(now);
    }

    void begin(Tracer tracer) {
        now = tracer;
    }

    /** Returns the stored content of a constant if it is the same as in an earlier trace, else its current content. */
    byte[] held(int id, ByteBuffer content) {
        byte[] before = contents.get(id);
        if (before != null && ByteBuffer.wrap(before).equals(content)) {
            return before;
        }
        byte[] now = Tape.copy(content);
        contents.putIfAbsent(id, now);
        return now;
    }

    /** Tells whether a constant is the same part of the same parameter as in the first trace. */
    boolean isFrom(int id, String source) {
        String first = sources.putIfAbsent(id, source);
        return first == null || first.equals(source);
    }

    /** Returns the content of a parameter when its array was first seen. */
    byte[] weight(String hint, NDArray array, Supplier<byte[]> content) {
        return weights.computeIfAbsent(array, met -> new Weight(hint, content.get()))
                .content();
    }

    /** Returns a parameter that no longer has the content that it had when its array was first seen. */
    Optional<String> changedWeight() {
        return weights.entrySet().stream()
                .filter(met -> !met.getKey().isReleased()) // copies of a store that makes them for each call
                .filter(met -> !Tape.holds(
                        met.getValue().hint(), met.getKey(), met.getValue().content()))
                .map(met -> met.getValue().hint())
                .findFirst();
    }

    void end() {
        now = null;
    }
}
