package io.catwalk.runner.data;

/**
 * Resizes images with a triangle filter. When an image shrinks the filter widens with it, so that every
 * source pixel counts and nothing aliases; this is what Pillow calls BILINEAR and PyTorch bilinear with
 * antialias.
 */
final class Resampling {

    private Resampling() {}

    /**
     * Resizes every channel, columns first.
     *
     * @param pixels unsigned bytes of shape (channels, height, width)
     * @return unsigned bytes of shape (channels, size.height, size.width)
     */
    static byte[] resize(byte[] pixels, int channels, int height, int width, ImageSize size) {
        float[] values = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            values[i] = Byte.toUnsignedInt(pixels[i]);
        }
        float[] narrowed = resizeAxis(values, channels * height, width, 1, size.width());
        float[] resized = resizeAxis(narrowed, channels, height, size.width(), size.height());
        byte[] result = new byte[resized.length];
        for (int i = 0; i < resized.length; i++) {
            result[i] = (byte) Math.round(resized[i]);
        }
        return result;
    }

    /** Resizes the middle one of three axes, (outer, from, inner), to (outer, to, inner). */
    private static float[] resizeAxis(float[] values, int outer, int from, int inner, int to) {
        double scale = (double) from / to;
        double support = Math.max(1, scale);
        float[] result = new float[Math.multiplyExact(outer, to * inner)];
        for (int i = 0; i < to; i++) {
            double center = (i + 0.5) * scale - 0.5;
            int first = Math.max(0, (int) Math.ceil(center - support));
            int last = Math.min(from - 1, (int) Math.floor(center + support));
            double[] weights = new double[last - first + 1];
            double sum = 0;
            for (int j = 0; j < weights.length; j++) {
                weights[j] = Math.max(0, 1 - Math.abs(first + j - center) / support);
                sum += weights[j];
            }
            for (int o = 0; o < outer; o++) {
                for (int k = 0; k < inner; k++) {
                    double value = 0;
                    for (int j = 0; j < weights.length; j++) {
                        value += weights[j] * values[(o * from + first + j) * inner + k];
                    }
                    result[(o * to + i) * inner + k] = (float) (value / sum);
                }
            }
        }
        return result;
    }
}
