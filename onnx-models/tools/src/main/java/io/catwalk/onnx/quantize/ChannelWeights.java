package io.catwalk.onnx.quantize;

import java.util.Arrays;

/**
 * Holds weights as signed bytes with a scale for each output channel: {@code real = scale[channel] * byte}.
 *
 * @param values in the order of the float weights
 * @param scales one for each output channel; above 0
 * @param bias whole numbers in units of input step times scale, one for each output channel; empty without a bias
 */
@SuppressWarnings("ArrayRecordComponent") // written to a file at once
record ChannelWeights(byte[] values, float[] scales, int[] bias) {

    /** Sums of a convolution start from the bias and must fit 32 bits: half of that range is left for the products. */
    private static final double LARGEST_BIAS = 1 << 30;

    /** In how many steps a channel whose weights are all 0 keeps its bias. */
    private static final double FINE = 1 << 16;

    /**
     * Quantizes weights. Where a bias would be too large in units of its channel's scale, that scale is enlarged.
     *
     * @param inner number of consecutive weights of one channel: all of its weights if channels are the first axis, 1
     *     if they are the last
     * @param bias one number for each channel; empty without a bias
     */
    static ChannelWeights of(
            float[] weights, int channels, int inner, float[] bias, float inputStep, WeightRange range) {
        double[] largest = new double[channels];
        for (int i = 0; i < weights.length; i++) {
            int channel = i / inner % channels;
            largest[channel] = Math.max(largest[channel], Math.abs(weights[i]));
        }
        float[] scales = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            double offset = bias.length == 0 ? 0 : Math.abs(bias[channel]) / (double) inputStep;
            double scale = largest[channel] > 0 ? largest[channel] / range.largest() : offset / FINE;
            double wanted = Math.max(scale, offset / LARGEST_BIAS);
            scales[channel] = wanted >= Float.MIN_NORMAL ? (float) wanted : 1;
        }
        byte[] values = new byte[weights.length];
        for (int i = 0; i < weights.length; i++) {
            double steps = Math.rint(weights[i] / (double) scales[i / inner % channels]);
            values[i] = (byte) Math.max(-range.largest(), Math.min(range.largest(), steps));
        }
        int[] offsets = new int[bias.length];
        Arrays.setAll(offsets, channel ->
                (int) Math.rint(bias[channel] / (double) biasScale(inputStep, scales[channel])));
        return new ChannelWeights(values, scales, offsets);
    }

    /** Returns the unit of a bias, rounded as the file stores it. */
    static float biasScale(float inputStep, float scale) {
        return inputStep * scale;
    }
}
