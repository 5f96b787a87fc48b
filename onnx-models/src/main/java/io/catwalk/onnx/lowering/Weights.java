package io.catwalk.onnx.lowering;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Rearranges weights during the export, so that no node has to do it each time the model runs. */
final class Weights {

    private static final int SQUARE = 32;

    private Weights() {}

    /** Transposes a matrix: during the export if it is constant, with a node if the network computes it. */
    static Value transposed(Emitter to, Value matrix) {
        Optional<Initializer> fixed = to.initializer(matrix);
        if (fixed.isEmpty()) {
            return to.transpose(matrix, 1, 0);
        }
        long[] sizes = matrix.shape().fixed(matrix.name());
        return to.laidAnew(
                "transposed",
                List.of(matrix),
                TensorShape.of(sizes[1], sizes[0]),
                () -> transposed(
                        fixed.get().data(),
                        (int) sizes[0],
                        (int) sizes[1],
                        matrix.type().bytes()));
    }

    /**
     * Makes a vector a matrix of one row. OpenCV treats a vector that is added or sliced as a column, and one that Gemm
     * shares with such a node as two inputs.
     */
    static Value row(Emitter to, Value vector) {
        return to.initializer(vector)
                .map(fixed -> to.laidAnew(
                        "row",
                        List.of(vector),
                        TensorShape.of(1, vector.shape().get(0).fixed("a vector")),
                        fixed::data))
                .orElseGet(() -> to.unsqueeze(vector, 0));
    }

    /** Transposes in squares, whose rows and columns fit into the processor's cache. */
    static byte[] transposed(byte[] matrix, int rows, int columns, int size) {
        // In the byte order of the processor, which then swaps no bytes.
        ByteBuffer from = ByteBuffer.wrap(matrix).order(ByteOrder.nativeOrder());
        ByteBuffer turned = ByteBuffer.allocate(matrix.length).order(ByteOrder.nativeOrder());
        for (int top = 0; top < rows; top += SQUARE) {
            int height = Math.min(SQUARE, rows - top);
            for (int left = 0; left < columns; left += SQUARE) {
                for (int column = left; column < Math.min(left + SQUARE, columns); column++) {
                    gather(from, top * columns + column, columns, turned, column * rows + top, height, size);
                }
            }
        }
        return turned.array();
    }

    /**
     * Copies elements that are apart to consecutive places. This is a separate method, since the JIT compiler optimizes
     * short methods as a whole.
     */
    private static void gather(ByteBuffer from, int first, int apart, ByteBuffer to, int place, int count, int size) {
        switch (size) {
            case Integer.BYTES -> {
                for (int i = 0; i < count; i++) {
                    to.putInt((place + i) * size, from.getInt((first + i * apart) * size));
                }
            }
            case Long.BYTES -> {
                for (int i = 0; i < count; i++) {
                    to.putLong((place + i) * size, from.getLong((first + i * apart) * size));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    to.put((place + i) * size, from, (first + i * apart) * size, size);
                }
            }
        }
    }

    /**
     * Reorders the gates of recurrent weights, and concatenates the weights.
     *
     * @param parts weights of one shape, each a block of rows per gate
     * @param order for each new block, which old block it was
     */
    static Value ordered(Emitter to, List<Value> parts, List<Integer> order, TensorShape shape) {
        List<Initializer> fixed = parts.stream()
                .map(part -> to.initializer(part)
                        .orElseThrow(() -> new ExportException(
                                "the weights of a recurrent layer must not depend on the input: " + part.name())))
                .toList();
        return to.laidAnew("gates", parts, shape, () -> {
            ByteBuffer all = ByteBuffer.allocate(
                    Math.toIntExact(fixed.stream().mapToLong(Initializer::size).sum()));
            for (Initializer part : fixed) {
                byte[] data = part.data();
                int size = data.length / order.size();
                order.forEach(block -> all.put(data, block * size, size));
            }
            return all.array();
        });
    }
}
