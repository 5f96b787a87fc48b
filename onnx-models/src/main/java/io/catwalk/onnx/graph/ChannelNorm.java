package io.catwalk.onnx.graph;

import org.jspecify.annotations.Nullable;

/**
 * Holds a trained batch normalization. It scales and shifts each channel, which the weights of the operator before it
 * can do as well.
 */
@SuppressWarnings("ArrayRecordComponent") // used at once
public record ChannelNorm(float[] gamma, float[] beta, float[] mean, float[] variance, float epsilon) {

    /** The default {@code epsilon} (ONNX, operator BatchNormalization). */
    public static final float DEFAULT_EPSILON = 1e-5f;

    /** Returns the number of channels: at least 1. */
    public int count() {
        return gamma.length;
    }

    /** Multiplies the factors of the channels into weights. */
    public void multiplyInto(float[] weights, int inner) {
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (weights[i] * factor(i / inner % count()));
        }
    }

    /**
     * Returns the bias with which the operator before it also shifts as the normalization does.
     *
     * @param bias its present bias; null for none
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
