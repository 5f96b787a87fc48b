package io.catwalk.runner.data;

import java.nio.ByteBuffer;

/** Adds up the pixels of one image, which is kept beside it so that nobody reads all images for a mean. */
final class PixelSums {

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
            for (int p = c * plane; p < (c + 1) * plane; p++) {
                int value = pixels[p] & 0xff;
                sum += value;
                squares += (long) value * value;
            }
            sums.putLong(sum).putLong(squares);
        }
        return sums.array();
    }
}
