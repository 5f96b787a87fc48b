package io.catwalk.onnx.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of a tape. */
sealed interface Entry {

    /** The input of the network. */
    record Input(Slot slot) implements Entry {}

    /**
     * An array that does not depend on the input.
     *
     * @param recipe how forward made it from other constants; empty if unknown
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Constant(Slot slot, String hint, byte[] data, String origin, List<Entry> recipe) implements Entry {
        Constant(Slot slot, String hint, byte[] data, String origin) {
            this(slot, hint, data, origin, List.of());
        }
    }

    /**
     * A call of a primitive.
     *
     * @param arguments receiver first; {@link Slot} for arrays, lists of them, else as the network passed it
     */
    record Operation(String signature, List<@Nullable Object> arguments, List<Slot> results, String origin)
            implements Entry {
        public Operation {
            arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
            results = List.copyOf(results);
        }
    }
}
