package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import io.catwalk.onnx.graph.ExportException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, in order, what a network did. Three verbs: operation, constant, input. In a rehearsal nothing is
 * remembered, but compared.
 */
final class Tape {

    private final Optional<Rehearsal> rehearsal;
    private final Succession succession;
    private final List<Entry> entries = new ArrayList<>();
    private int slots;

    Tape(Optional<Rehearsal> rehearsal, Succession succession) {
        this.rehearsal = rehearsal;
        this.succession = succession;
    }

    List<Entry> entries() {
        return entries;
    }

    Slot input(NDArray array) {
        Slot slot = slot(array);
        if (rehearsal.isPresent()) {
            rehearsal.get().input(slot);
        } else {
            entries.add(new Entry.Input(slot));
        }
        return slot;
    }

    /**
     * Takes an array that does not depend on the input.
     *
     * @param trusted whether its content need not be compared in a rehearsal
     */
    Slot constant(String hint, NDArray array, boolean trusted, Supplier<String> origin) {
        Slot slot = slot(array);
        if (rehearsal.isPresent()) {
            rehearsal.get().constant(slot, hint, () -> data(hint, array), trusted);
        } else {
            entries.add(new Entry.Constant(slot, hint, succession.held(slot.id(), data(hint, array)), origin.get()));
        }
        return slot;
    }

    /** Returns the elements, row-major, little endian. */
    static byte[] data(String hint, NDArray array) {
        long bytes = array.getShape().size() * array.getDataType().getNumOfBytes();
        if (bytes > Integer.MAX_VALUE) {
            throw ExportException.tooLarge("the constant " + hint + array.getShape(), bytes);
        }
        ByteBuffer buffer = array.toByteBuffer();
        if (buffer.hasArray() && buffer.arrayOffset() == 0 && buffer.remaining() == buffer.array().length) {
            return buffer.array();
        }
        byte[] data = new byte[buffer.remaining()];
        buffer.get(data);
        return data;
    }

    List<Slot> operation(
            String signature, List<@Nullable Object> arguments, List<NDArray> results, Supplier<String> origin) {
        List<Slot> made = results.stream().map(this::slot).toList();
        if (rehearsal.isPresent()) {
            rehearsal.get().made(made);
        } else {
            entries.add(new Entry.Operation(signature, arguments, made, origin.get()));
        }
        return made;
    }

    private Slot slot(NDArray array) {
        return new Slot(slots++, array.getShape(), array.getDataType());
    }
}
