package io.catwalk.onnx.runtime;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Describes an input or output as its file declares it.
 *
 * @param axes its axes in order, an empty list for a single number; empty if the file does not say how many there are
 */
public record TensorInfo(String name, TensorType type, Optional<List<Axis>> axes) {

    /**
     * Describes an axis as its file declares it.
     *
     * @param size number of elements, 0 or above, or {@link #OPEN}
     * @param name name of an open size, such as {@code batch}; empty if the file gives none
     */
    public record Axis(long size, String name) {

        /** Stands for a size that the file leaves open. */
        public static final long OPEN = -1;

        /** Tells whether the file leaves the size open, so that every size is accepted. */
        public boolean isOpen() {
            return size == OPEN;
        }

        /** Returns the size, or the name of an open size, or {@code ?} if it has no name. */
        @Override
        public String toString() {
            return !isOpen() ? Long.toString(size) : name.isEmpty() ? "?" : name;
        }
    }

    public TensorInfo {
        axes = axes.map(List::copyOf);
    }

    /** Returns the axes; an empty list if the file does not declare them. */
    List<Axis> knownAxes() {
        return axes.orElse(List.of());
    }

    /** Returns how many axes there are; 0 if the file does not declare them. */
    int rank() {
        return knownAxes().size();
    }

    static String listed(List<TensorInfo> values) {
        return values.isEmpty()
                ? "none"
                : values.stream().map(TensorInfo::toString).collect(Collectors.joining(", "));
    }

    /** Returns a description such as {@code images float (batch, 1, 28, 28)}. */
    @Override
    public String toString() {
        String shape = axes.map(known -> known.stream().map(Axis::toString).collect(Collectors.joining(", ", "(", ")")))
                .orElse("of unknown shape");
        return name + " " + (type == TensorType.OTHER ? "of another type" : type) + " " + shape;
    }
}
