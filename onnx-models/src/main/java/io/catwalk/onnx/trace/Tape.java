package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.catwalk.onnx.graph.ExportException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
            rehearsal.get().constant(slot, hint, () -> content(slot, hint, array), trusted);
        } else {
            entries.add(new Entry.Constant(slot, hint, content(slot, hint, array), origin.get()));
        }
        return slot;
    }

    /** Returns what a constant holds; if it held the same in an earlier trace, what is in memory already. */
    byte[] content(Slot slot, String hint, NDArray array) {
        return read(hint, array, elements -> succession.held(slot.id(), elements));
    }

    /** Tells whether an array holds this content. */
    static boolean holds(String hint, NDArray array, byte[] content) {
        return read(hint, array, elements -> ByteBuffer.wrap(content).equals(elements));
    }

    /** Returns the elements, row-major, little endian. */
    static byte[] data(String hint, NDArray array) {
        return read(hint, array, Tape::copy);
    }

    static byte[] copy(ByteBuffer elements) {
        byte[] data = new byte[elements.remaining()];
        elements.get(data);
        return data;
    }

    /** Shows the elements where the engine has them: it has no check for a heap that is too small for a copy. */
    private static <T> T read(String hint, NDArray array, Function<ByteBuffer, T> reading) {
        long bytes = array.getShape().size() * array.getDataType().getNumOfBytes();
        if (bytes > Integer.MAX_VALUE) {
            throw ExportException.tooLarge("the constant " + hint + array.getShape(), bytes);
        }
        if (bytes == 0) {
            return reading.apply(ByteBuffer.allocate(0));
        }
        try (NDManager manager = array.getManager().newSubManager();
                NDArray flat = array.flatten()) {
            flat.attach(manager); // with a copy that the engine may make, if the elements do not follow each other
            return reading.apply(flat.toByteBuffer(true));
        }
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

    /** Says where an array was made. */
    String origin(Slot slot) {
        return entries.stream()
                .filter(entry -> entry instanceof Entry.Operation operation
                        && operation.results().contains(slot))
                .map(entry -> ((Entry.Operation) entry).origin())
                .findFirst()
                .orElse("outside of forward");
    }

    private Slot slot(NDArray array) {
        return new Slot(slots++, array.getShape(), array.getDataType());
    }
}
