package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.catwalk.api.Optimizer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns gradients into steps of the weights; the state of the optimizer lives here.
 *
 * <p>A step is one pass over the vectors, in pieces that fit into the processor's first cache: clipping, decay, the
 * optimizer, the average of the weights. Written as operations of the engine it was up to 15 passes through main memory.
 */
abstract class Steps {

    static final int PIECE = 1024;

    private final Optimizer optimizer;
    private final Weights weights;
    private final @Nullable Weights average;
    private final float[] weight = new float[PIECE];
    private final float[] slope = new float[PIECE];
    private final float[] mean = new float[PIECE];
    private long steps;

    private Steps(Optimizer optimizer, Weights weights, @Nullable Weights average) {
        this.optimizer = optimizer;
        this.weights = weights;
        this.average = average;
    }

    /**
     * Creates the state of an optimizer, all zero.
     *
     * @param weights that the steps move
     * @param average follows them; null for none
     * @param manager owns the state
     */
    static Steps of(Optimizer optimizer, Weights weights, @Nullable Weights average, NDManager manager) {
        if (optimizer instanceof Optimizer.AdamW adamW) {
            return new Adam(adamW, weights, average, manager);
        }
        return new Momentum((Optimizer.Sgd) optimizer, weights, average, manager);
    }

    /**
     * Moves the weights once, and the average, if there is one, towards them.
     *
     * @param gradient one value for each trainable parameter
     * @param scale what the gradient is multiplied by first
     * @param learningRate of this step
     * @param averaging share of the average that stays, 0 to 1
     */
    final void step(NDArray gradient, double scale, double learningRate, double averaging) {
        steps++;
        begin(learningRate, steps);
        Values to = new Values(weights.vector());
        Values from = new Values(gradient);
        Values following = average == null ? null : new Values(average.vector());
        int trainable = Math.toIntExact(weights.trainable());
        int size = Math.toIntExact(weights.vector().size());
        float kept = (float) (1 - learningRate * optimizer.weightDecay());
        int count;
        for (int at = 0; at < size; at += count) {
            boolean trained = at < trainable;
            count = Math.min(PIECE, (trained ? trainable : size) - at);
            to.buffer().get(at, weight, 0, count);
            if (trained) {
                from.buffer().get(at, slope, 0, count);
                multiply(slope, (float) scale, count);
                multiply(weight, kept, (int) Math.max(0, Math.min(count, weights.decaying() - at)));
                move(at, weight, slope, count);
                to.buffer().put(at, weight, 0, count);
            }
            if (following != null) {
                following.buffer().get(at, mean, 0, count);
                approach(mean, weight, (float) averaging, (float) (1 - averaging), count);
                following.buffer().put(at, mean, 0, count);
            }
        }
        to.putBack();
        if (following != null) {
            following.putBack();
        }
        end();
    }

    private static void multiply(float[] values, float factor, int count) {
        for (int i = 0; i < count; i++) {
            values[i] *= factor;
        }
    }

    private static void approach(float[] mean, float[] values, float stays, float comes, int count) {
        for (int i = 0; i < count; i++) {
            mean[i] = mean[i] * stays + values[i] * comes;
        }
    }

    /**
     * Prepares a step.
     *
     * @param number of this step, from 1
     */
    abstract void begin(double learningRate, long number);

    /**
     * Moves a piece of the weights.
     *
     * @param at place of the piece in the vector
     * @param weight the weights, changed
     * @param slope the gradient
     * @param count how many values, from the start of both arrays
     */
    abstract void move(int at, float[] weight, float[] slope, int count);

    /** Ends a step. */
    abstract void end();

    /** Returns the vectors of the state, which change with each step. */
    abstract List<NDArray> state();

    /** Says how many steps have led to the state. */
    final void goOnAfter(long stepsBefore) {
        steps = stepsBefore;
    }

    /**
     * The values of an array as Java reads and writes them: the array's own memory or, if that is on another device, a
     * copy that has to be put back.
     */
    private record Values(NDArray array, FloatBuffer buffer) {

        Values(NDArray array) {
            this(array, array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer());
        }

        void putBack() {
            if (array.getDevice().isGpu()) {
                array.set(buffer);
            }
        }
    }

    /** Loshchilov and Hutter, 2019; without its decay, which all optimizers share. */
    private static final class Adam extends Steps {

        private static final float BETA1 = 0.9f;
        private static final float BETA2 = 0.999f;
        private static final float EPSILON = 1e-8f;

        private final NDArray mean;
        private final NDArray variance;
        private final float[] first = new float[PIECE];
        private final float[] second = new float[PIECE];
        private Values means;
        private Values variances;
        private float rate;
        private float correction;

        Adam(Optimizer.AdamW optimizer, Weights weights, @Nullable Weights average, NDManager manager) {
            super(optimizer, weights, average);
            mean = manager.zeros(new Shape(weights.trainable()));
            variance = manager.zeros(new Shape(weights.trainable()));
            means = new Values(mean);
            variances = new Values(variance);
        }

        @Override
        void begin(double learningRate, long number) {
            means = new Values(mean);
            variances = new Values(variance);
            rate = (float) (learningRate / (1 - Math.pow(0.9, (double) number)));
            correction = (float) (1 / Math.sqrt(1 - Math.pow(0.999, (double) number)));
        }

        @Override
        void move(int at, float[] weight, float[] slope, int count) {
            means.buffer().get(at, first, 0, count);
            variances.buffer().get(at, second, 0, count);
            adam(weight, slope, first, second, rate, correction, count);
            means.buffer().put(at, first, 0, count);
            variances.buffer().put(at, second, 0, count);
        }

        /** Has its fields as arguments, so that the compiler sees a loop over four arrays and constants. */
        private static void adam(
                float[] weight, float[] slope, float[] first, float[] second, float rate, float correction, int count) {
            for (int i = 0; i < count; i++) {
                float g = slope[i];
                float m = first[i] * BETA1 + g * (1 - BETA1);
                float v = second[i] * BETA2 + g * g * (1 - BETA2);
                first[i] = m;
                second[i] = v;
                weight[i] -= m * rate / ((float) Math.sqrt(v) * correction + EPSILON);
            }
        }

        @Override
        void end() {
            means.putBack();
            variances.putBack();
        }

        @Override
        List<NDArray> state() {
            return List.of(mean, variance);
        }
    }

    /** Gradient descent with Nesterov's momentum. */
    private static final class Momentum extends Steps {

        private final NDArray velocity;
        private final float momentum;
        private final float[] speed = new float[PIECE];
        private Values velocities;
        private float rate;

        Momentum(Optimizer.Sgd optimizer, Weights weights, @Nullable Weights average, NDManager manager) {
            super(optimizer, weights, average);
            momentum = (float) optimizer.momentum();
            velocity = manager.zeros(new Shape(weights.trainable()));
            velocities = new Values(velocity);
        }

        @Override
        void begin(double learningRate, long number) {
            velocities = new Values(velocity);
            rate = (float) learningRate;
        }

        @Override
        void move(int at, float[] weight, float[] slope, int count) {
            velocities.buffer().get(at, speed, 0, count);
            nesterov(weight, slope, speed, momentum, rate, count);
            velocities.buffer().put(at, speed, 0, count);
        }

        private static void nesterov(
                float[] weight, float[] slope, float[] speed, float momentum, float rate, int count) {
            for (int i = 0; i < count; i++) {
                float v = speed[i] * momentum + slope[i];
                speed[i] = v;
                weight[i] -= (slope[i] + v * momentum) * rate;
            }
        }

        @Override
        void end() {
            velocities.putBack();
        }

        @Override
        List<NDArray> state() {
            return List.of(velocity);
        }
    }
}
