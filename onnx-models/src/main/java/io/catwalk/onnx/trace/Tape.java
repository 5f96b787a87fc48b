package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers, in order, what a network did. Three verbs: operation, constant, input. */
final class Tape {

    private final List<Entry> entries = new ArrayList<>();
    private int slots;

    List<Entry> entries() {
        return entries;
    }

    Slot input(NDArray array) {
        Slot slot = slot(array);
        entries.add(new Entry.Input(slot));
        return slot;
    }

    Slot constant(String hint, NDArray array) {
        Slot slot = slot(array);
        ByteBuffer buffer = array.toByteBuffer();
        byte[] data = new byte[buffer.remaining()];
        buffer.get(data);
        entries.add(new Entry.Constant(slot, hint, data));
        return slot;
    }

    List<Slot> operation(String signature, List<@Nullable Object> arguments, List<NDArray> results, String origin) {
        List<Slot> made = results.stream().map(this::slot).toList();
        entries.add(new Entry.Operation(signature, arguments, made, origin));
        return made;
    }

    private Slot slot(NDArray array) {
        return new Slot(slots++, array.getShape(), array.getDataType());
    }
}
