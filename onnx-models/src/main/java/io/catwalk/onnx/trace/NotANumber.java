package io.catwalk.onnx.trace;

import io.catwalk.onnx.graph.ExportException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.List;

/**
 * Searches the constants of a network for NaN, by its bits: all bits of the exponent are set, and at least one after
 * it. Infinite numbers pass, since attention masks use them. Double precision is not checked.
 */
final class NotANumber {

    private static final int CHUNK = 1 << 12;
    private static final int INFINITE = 0x7f80_0000;
    private static final int INFINITE_HALF = 0x7c00;

    private NotANumber() {}

    static void refuse(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry instanceof Entry.Constant constant && isIn(constant)) {
                throw new ExportException(constant.hint() + constant.slot().shape()
                        + " holds NaN: the weights are broken; check the training that made them");
            }
        }
    }

    private static boolean isIn(Entry.Constant constant) {
        ByteBuffer numbers = ByteBuffer.wrap(constant.data()).order(ByteOrder.LITTLE_ENDIAN);
        return switch (constant.slot().type()) {
            case FLOAT32 -> isIn(numbers.asIntBuffer());
            case FLOAT16 -> isIn(numbers.asShortBuffer());
            default -> false;
        };
    }

    /** Copies chunks, in which the JIT compiler can compare several numbers at a time. */
    private static boolean isIn(IntBuffer floats) {
        int[] chunk = new int[CHUNK];
        int largest = 0;
        while (floats.hasRemaining()) {
            int count = Math.min(CHUNK, floats.remaining());
            floats.get(chunk, 0, count);
            largest = Math.max(largest, largest(chunk, count));
        }
        return largest > INFINITE;
    }

    private static int largest(int[] floats, int count) {
        int largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, floats[i] & Integer.MAX_VALUE);
        }
        return largest;
    }

    private static boolean isIn(ShortBuffer halves) {
        boolean found = false;
        while (halves.hasRemaining()) {
            found |= (halves.get() & Short.MAX_VALUE) > INFINITE_HALF;
        }
        return found;
    }
}
