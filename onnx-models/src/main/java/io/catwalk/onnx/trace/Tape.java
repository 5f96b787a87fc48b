package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.catwalk.onnx.graph.ExportException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final Map<Slot, byte[]> contents = new HashMap<>();
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

    /** Takes an array that does not depend on the input. */
    Slot constant(String hint, NDArray array, Supplier<String> origin) {
        Slot slot = slot(array);
        constant(slot, hint, () -> content(slot, hint, array), false, origin);
        return slot;
    }

    /**
     * Takes a parameter. Weights are large: the first trace copies them, the first rehearsal and the end of all traces
     * compare them, and what comes between takes the same array for the same weights.
     */
    Slot parameter(String hint, NDArray array, Supplier<String> origin) {
        Slot slot = slot(array);
        Supplier<byte[]> content = () -> content(slot, hint, array);
        constant(
                slot,
                hint,
                rehearsal.isPresent() ? content : () -> succession.weight(hint, array, content),
                trustsParameters(),
                origin);
        return slot;
    }

    /** Tells whether this is a rehearsal that need not look at parameters again. */
    boolean trustsParameters() {
        return rehearsal.map(Rehearsal::trustsParameters).orElse(false);
    }

    private void constant(Slot slot, String hint, Supplier<byte[]> content, boolean trusted, Supplier<String> origin) {
        if (rehearsal.isPresent()) {
            rehearsal.get().constant(slot, hint, content, trusted);
        } else {
            byte[] data = content.get();
            contents.put(slot, data);
            entries.add(new Entry.Constant(slot, hint, data, origin.get()));
        }
    }

    /** Returns what a constant holds; if it held the same in an earlier trace, what is in memory already. */
    private byte[] content(Slot slot, String hint, NDArray array) {
        byte[] content = read(hint, array, elements -> succession.held(slot.id(), elements));
        contents.put(slot, content);
        return content;
    }

    /** Tells whether an array holds what it held when it was taken as a constant. */
    boolean stillHolds(Slot slot, String hint, NDArray array) {
        return holds(hint, array, Objects.requireNonNull(contents.get(slot)));
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
