package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the primitive that made an array of forward from others. Where the numbers of such an array depend on a size,
 * the graph does the same arithmetic: positions and their angles, masks and distances then need no largest size.
 *
 * @param arguments {@link TracedArray} for arrays, lists of them, else as the network passed it; the receiver first
 * @param versions how often the memory of each operand had been written
 */
record ArrayDerivation(String signature, List<@Nullable Object> arguments, List<Integer> versions) {

    /** Tables of weights are no arithmetic on sizes: arrays above this size in bytes are no part of a recipe. */
    private static final long LARGEST_CONSTANT = 1 << 20;

    /** A longer chain is no formula of positions, and each trace would copy its constants. */
    private static final int MOST_STEPS = 100;

    static ArrayDerivation of(String signature, List<@Nullable Object> arguments) {
        return new ArrayDerivation(
                signature,
                arguments,
                operands(arguments).stream()
                        .map(operand -> operand.storage().version())
                        .toList());
    }

    private static List<TracedArray> operands(Collection<@Nullable Object> arguments) {
        List<TracedArray> operands = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof TracedArray array) {
                operands.add(array);
            } else if (argument instanceof List<?> list) {
                list.forEach(array -> operands.add((TracedArray) array));
            }
        }
        return operands;
    }

    /** Tells whether no operand has been written since. */
    private boolean holds() {
        List<TracedArray> operands = operands(arguments);
        for (int i = 0; i < operands.size(); i++) {
            if (operands.get(i).storage().version() != versions.get(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Lists how an array was made: constants and operations, whose slots count down from -1; nothing if it was not made
     * by primitives alone.
     */
    static List<Entry> entries(TracedArray array, String origin) {
        Collecting collecting = new Collecting(origin);
        boolean made = valid(array).isPresent() && collecting.add(array).isPresent();
        return made ? List.copyOf(collecting.entries) : List.of();
    }

    /** Tells whether an array is small enough to be the beginning of a recipe. */
    static boolean takes(NDArray array) {
        return array.getShape().size() * array.getDataType().getNumOfBytes() <= LARGEST_CONSTANT;
    }

    private static Optional<ArrayDerivation> valid(TracedArray array) {
        return array.recipe().filter(ArrayDerivation::holds);
    }

    /** Collects the steps of one recipe. */
    private static final class Collecting {

        private final String origin;
        private final List<Entry> entries = new ArrayList<>();
        private final IdentityHashMap<TracedArray, Slot> known = new IdentityHashMap<>();

        Collecting(String origin) {
            this.origin = origin;
        }

        Optional<Slot> add(TracedArray array) {
            Slot before = known.get(array);
            if (before != null) {
                return Optional.of(before);
            }
            Optional<ArrayDerivation> recipe = valid(array);
            NDArray real = array.real();
            boolean kept = array.isKept() && !array.isParameter();
            boolean tooMuch = recipe.isEmpty() && (kept || !takes(real));
            if (tooMuch || entries.size() >= MOST_STEPS || real.getDataType() == DataType.COMPLEX64) {
                return Optional.empty();
            }
            List<@Nullable Object> arguments = new ArrayList<>();
            for (Object argument : recipe.map(ArrayDerivation::arguments).orElse(List.of())) {
                Optional<Object> added = argument == null ? Optional.empty() : operand(argument);
                if (argument != null && added.isEmpty()) {
                    return Optional.empty();
                }
                arguments.add(added.orElse(null));
            }
            Slot slot = new Slot(-1 - known.size(), real.getShape(), real.getDataType());
            known.put(array, slot);
            entries.add(
                    recipe.isPresent()
                            ? new Entry.Operation(recipe.get().signature(), arguments, List.of(slot), origin)
                            : new Entry.Constant(slot, array.hint(), Tape.data(array.hint(), real), origin));
            return Optional.of(slot);
        }

        private Optional<Object> operand(Object argument) {
            if (argument instanceof TracedArray array) {
                return add(array).map(Object.class::cast);
            }
            if (argument instanceof List<?> list) {
                List<Slot> slots = new ArrayList<>();
                list.forEach(array -> add((TracedArray) array).ifPresent(slots::add));
                return slots.size() == list.size() ? Optional.of(slots) : Optional.empty();
            }
            return Optional.of(argument);
        }
    }
}
