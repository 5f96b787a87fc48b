package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.catwalk.onnx.graph.OnnxSerializer;
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
 * Records, in order, what a network did: inputs, constants and operations. In a rehearsal, they are compared and not
 * recorded.
 */
final class Tape {

    private final Optional<Replay> rehearsal;
    private final SharedTraceState succession;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Slot, byte[]> contents = new HashMap<>();
    private int slots;

    Tape(Optional<Replay> rehearsal, SharedTraceState succession) {
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

    /** Records an array that does not depend on the input. */
    Slot constant(String hint, NDArray array, Supplier<String> origin, Function<String, List<Entry>> recipe) {
        Slot slot = slot(array);
        constant(slot, hint, () -> content(slot, hint, array), false, origin, recipe);
        return slot;
    }

    /**
     * Records a parameter. Weights are large: only the first trace copies them, and only the first rehearsal and the
     * end of all traces compare them. In between, the same part of the same parameter is assumed to hold the same
     * weights.
     *
     * @param source which part of which parameter the array is
     */
    Slot parameter(String hint, String source, NDArray array, Supplier<String> origin) {
        Slot slot = slot(array);
        Supplier<byte[]> content = () -> content(slot, hint, array);
        boolean same = succession.isFrom(slot.id(), source);
        constant(
                slot,
                hint,
                rehearsal.isPresent() ? content : () -> succession.weight(hint, array, content),
                same && trustsParameters(),
                origin,
                place -> List.of());
        return slot;
    }

    /** Tells whether this is a rehearsal that need not look at parameters again. */
    boolean trustsParameters() {
        return rehearsal.map(Replay::trustsParameters).orElse(false);
    }

    private void constant(
            Slot slot,
            String hint,
            Supplier<byte[]> content,
            boolean trusted,
            Supplier<String> origin,
            Function<String, List<Entry>> recipe) {
        if (rehearsal.isPresent()) {
            if (!rehearsal.get().computed(slot, hint, () -> recipe.apply(""))) {
                rehearsal.get().constant(slot, hint, content, trusted);
            }
        } else {
            byte[] data = content.get();
            contents.put(slot, data);
            String place = origin.get();
            entries.add(new Entry.Constant(slot, hint, data, place, recipe.apply(place)));
        }
    }

    /**
     * Returns the content of a constant; if it is the same as in an earlier trace, the copy that is in memory already.
     */
    private byte[] content(Slot slot, String hint, NDArray array) {
        byte[] content = read(hint, array, elements -> succession.held(slot.id(), elements));
        contents.put(slot, content);
        return content;
    }

    /** Tells whether an array still has the content with which it was recorded as a constant. */
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

    /**
     * Reads the elements in the memory of the engine, which does not check whether the heap is large enough for a copy.
     */
    private static <T> T read(String hint, NDArray array, Function<ByteBuffer, T> reading) {
        long bytes = array.getShape().size() * array.getDataType().getNumOfBytes();
        if (bytes > Integer.MAX_VALUE) {
            throw OnnxSerializer.tooLarge("the constant " + hint + array.getShape(), bytes);
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

    /** Passes the results of a primitive in a dry rehearsal, which are as the program says. */
    List<Slot> foreseen(List<Operand> results) {
        Replay running = rehearsal.orElseThrow();
        List<Slot> made = results.stream()
                .map(operand -> new Slot(slots++, running.shape(operand), Placeholders.dataType(operand.type())))
                .toList();
        running.made(made);
        return made;
    }

    /** Returns where an array was created. */
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
