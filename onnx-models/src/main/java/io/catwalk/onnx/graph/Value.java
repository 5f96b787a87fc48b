package io.catwalk.onnx.graph;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.runtime.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of a graph.
 *
 * @param name unique in its graph; empty for an optional input that is left out
 * @param contents the elements, if the graph depends on them (shapes, axes, slices); else null
 */
public record Value(
        String name,
        TensorType type,
        TensorShape shape,
        @Nullable List<Dim> contents) {

    /** Stands for an optional input that is left out before one that is given. */
    public static final Value OMITTED = new Value("", TensorType.FLOAT, TensorShape.SCALAR, null);

    /** Creates a value whose contents do not affect shapes. */
    public static Value of(String name, TensorType type, TensorShape shape) {
        return new Value(name, type, shape, null);
    }

    /** Returns the number of axes: 0 for a scalar. */
    public int rank() {
        return shape.rank();
    }

    /** Tells whether this stands for an input that is left out: true if it has no name. */
    public boolean isOmitted() {
        return name.isEmpty();
    }

    List<Dim> knownContents() {
        if (contents == null) {
            throw new ExportException("the numbers in " + name + " must be known while exporting");
        }
        return contents;
    }

    Value renamed(String newName) {
        return new Value(newName, type, shape, contents);
    }
}
