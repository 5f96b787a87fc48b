package io.catwalk.onnx.graph;

import org.jspecify.annotations.Nullable;

/**
 * Holds a batch norm that is done learning: each channel is scaled and shifted, which the weights of the operator
 * before it can do as well.
 *
 * @param gamma factor of each channel
 * @param beta shift of each channel
 * @param mean that was seen in training
 * @param variance that was seen in training
 * @param epsilon added to the variance
 */
@SuppressWarnings("ArrayRecordComponent") // used at once
public record ChannelNorm(float[] gamma, float[] beta, float[] mean, float[] variance, float epsilon) {

    /** What BatchNormalization adds where it says nothing else (ONNX, operator BatchNormalization). */
    public static final float DEFAULT_EPSILON = 1e-5f;

    /**
     * Counts the channels.
     *
     * @return at least 1
     */
    public int count() {
        return gamma.length;
    }

    /**
     * Multiplies the norm into weights.
     *
     * @param weights of the operator before, row-major; changed
     * @param inner how many follow each other before the output channel changes
     */
    public void multiplyInto(float[] weights, int inner) {
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (weights[i] * factor(i / inner % count()));
        }
    }

    /**
     * Gives the operator before a bias that shifts as the norm does.
     *
     * @param bias that it had; null for none
     * @return a new bias, one number for each channel
     */
    public float[] bias(float @Nullable [] bias) {
        float[] shift = new float[count()];
        for (int channel = 0; channel < shift.length; channel++) {
            float old = bias == null ? 0 : bias[channel];
            shift[channel] = (float) (beta[channel] + (old - mean[channel]) * factor(channel));
        }
        return shift;
    }

    private double factor(int channel) {
        return gamma[channel] / Math.sqrt((double) variance[channel] + epsilon);
    }
}
