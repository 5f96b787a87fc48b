package io.catwalk.runner.data;

import java.nio.ByteBuffer;

/** Adds up the pixels of one image, which is kept beside it so that nobody reads all images for a mean. */
final class PixelSums {

    /** So many squares of bytes fit into an int, in which the JVM adds up several at once. */
    private static final int BLOCK = 1 << 14;

    private PixelSums() {}

    /** Returns how many bytes the sums of one image take. */
    static int length(int channels) {
        return channels * 2 * Long.BYTES;
    }

    /** Returns for each channel the sum of its pixels and that of their squares, as 64-bit big-endian numbers. */
    static byte[] of(byte[] pixels, int channels) {
        ByteBuffer sums = ByteBuffer.allocate(length(channels));
        int plane = pixels.length / channels;
        for (int c = 0; c < channels; c++) {
            long sum = 0;
            long squares = 0;
            for (int from = c * plane; from < (c + 1) * plane; from += BLOCK) {
                int to = Math.min(from + BLOCK, (c + 1) * plane);
                int sumOfBlock = 0;
                int squaresOfBlock = 0;
                for (int p = from; p < to; p++) {
                    int value = pixels[p] & 0xff;
                    sumOfBlock += value;
                    squaresOfBlock += value * value;
                }
                sum += sumOfBlock;
                squares += squaresOfBlock;
            }
            sums.putLong(sum).putLong(squares);
        }
        return sums.array();
    }
}
