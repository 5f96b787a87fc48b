package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import java.util.Optional;

/** Lays weights out while exporting, so that no node has to do it whenever the file runs. */
final class Weights {

    private Weights() {}

    /** Transposes a matrix: at once if it is fixed, with a node if the network computes it. */
    static Value transposed(Emitter to, Value matrix) {
        Optional<Initializer> fixed = to.initializer(matrix);
        if (fixed.isEmpty()) {
            return to.transpose(matrix, 1, 0);
        }
        long[] sizes = matrix.shape().fixed(matrix.name());
        byte[] turned = transposed(
                fixed.get().data(),
                (int) sizes[0],
                (int) sizes[1],
                matrix.type().bytes());
        return to.constant(matrix.name() + ".transposed", matrix.type(), TensorShape.of(sizes[1], sizes[0]), turned);
    }

    /**
     * Makes a vector a matrix of one row. OpenCV takes a vector that is added or cut for a column, and one
     * that Gemm shares with such a node for two inputs.
     */
    static Value row(Emitter to, Value vector) {
        return to.initializer(vector)
                .map(fixed ->
                        to.floats(vector.name() + ".row", TensorShape.of(1, fixed.floats().length), fixed.floats()))
                .orElseGet(() -> to.unsqueeze(vector, 0));
    }

    private static byte[] transposed(byte[] matrix, int rows, int columns, int size) {
        byte[] turned = new byte[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                System.arraycopy(matrix, (row * columns + column) * size, turned, (column * rows + row) * size, size);
            }
        }
        return turned;
    }

    /**
     * Puts blocks of rows in another order.
     *
     * @param matrix row-major
     * @param order for each new block, which old block it was
     * @return the blocks in the new order
     */
    static float[] blocks(float[] matrix, List<Integer> order) {
        int size = matrix.length / order.size();
        float[] ordered = new float[matrix.length];
        for (int block = 0; block < order.size(); block++) {
            System.arraycopy(matrix, order.get(block) * size, ordered, block * size, size);
        }
        return ordered;
    }
}
