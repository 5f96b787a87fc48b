package io.catwalk.runner.data;

import java.nio.ByteBuffer;

/** Sums of the pixels of one image, kept beside it so that a mean does not require reading all images. */
final class PixelSums {

    /** Number of squares of bytes whose sum fits into an int; the JVM adds up several ints at once. */
    private static final int BLOCK = 1 << 14;

    private PixelSums() {}

    /** Returns how many bytes the sums of one image take. */
    static int length(int channels) {
        return channels * 2 * Long.BYTES;
    }

    /** Returns for each channel the sum of its pixels and the sum of their squares, as 64-bit big-endian numbers. */
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
