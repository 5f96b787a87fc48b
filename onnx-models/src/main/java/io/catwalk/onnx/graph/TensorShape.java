package io.catwalk.onnx.graph;

import io.catwalk.onnx.ExportException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sizes of all axes of a tensor, some of which may be symbolic dimensions. Axes count from 0, or from -1 backwards.
 *
 * @param dims one size per axis; none for a scalar
 */
public record TensorShape(List<Dim> dims) {

    /** The shape of a scalar. */
    public static final TensorShape SCALAR = new TensorShape(List.of());

    public TensorShape {
        dims = List.copyOf(dims);
    }

    /** Creates a shape of fixed sizes. */
    public static TensorShape of(long... sizes) {
        return new TensorShape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
    }

    /** Returns the number of axes: 0 for a scalar. */
    public int rank() {
        return dims.size();
    }

    /** Returns the size of one axis. */
    public Dim get(int axis) {
        return dims.get(axis(axis));
    }

    /** Returns the index of an axis, counted from the front. */
    public int axis(long axis) {
        return Math.toIntExact(axis < 0 ? axis + rank() : axis);
    }

    /** Tells whether all sizes are fixed: true if no size is a symbolic dimension. */
    public boolean isFixed() {
        return dims.stream().allMatch(Dim::isFixed);
    }

    /** Returns all sizes of a shape, which must be fixed. */
    public long[] fixed(String what) {
        return dims.stream().mapToLong(dim -> dim.fixed(what)).toArray();
    }

    /** Multiplies all sizes. */
    public Dim size() {
        return dims.stream().reduce(Dim.of(1), Dim::times);
    }

    /** Replaces the size of one axis. */
    public TensorShape with(long axis, Dim size) {
        List<Dim> changed = new ArrayList<>(dims);
        changed.set(axis(axis), size);
        return new TensorShape(changed);
    }

    /**
     * Broadcasts two shapes together, from the last axis on, as NumPy does.
     *
     * @throws ExportException if two sizes differ and neither is 1
     */
    public TensorShape broadcast(TensorShape other) {
        int rank = Math.max(rank(), other.rank());
        List<Dim> common = new ArrayList<>();
        for (int back = rank; back >= 1; back--) {
            Dim left = back > rank() ? Dim.of(1) : get(-back);
            Dim right = back > other.rank() ? Dim.of(1) : other.get(-back);
            if (!left.equals(right) && !left.equals(Dim.of(1)) && !right.equals(Dim.of(1))) {
                throw new ExportException("shapes " + this + " and " + other + " do not broadcast");
            }
            common.add(left.equals(Dim.of(1)) ? right : left);
        }
        return new TensorShape(common);
    }

    @Override
    public String toString() {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
