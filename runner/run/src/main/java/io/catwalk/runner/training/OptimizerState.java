package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.catwalk.api.Optimizer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns gradients into steps of the weights, and keeps the state of the optimizer.
 *
 * <p>A step is one pass over the vectors, in pieces that fit into the processor's first-level cache: clipping, decay,
 * the optimizer, the average of the weights. As operations of the engine it takes up to 15 passes through memory. A
 * graphics card uses those operations, since its memory cannot be accessed here.
 */
abstract class OptimizerState {

    private static final int PIECE = 1024;

    private final Optimizer optimizer;
    private final ParameterVector weights;
    private final @Nullable ParameterVector average;
    private final List<NDArray> state;

    private OptimizerState(
            Optimizer optimizer,
            ParameterVector weights,
            @Nullable ParameterVector average,
            NDManager manager,
            int vectors) {
        this.optimizer = optimizer;
        this.weights = weights;
        this.average = average;
        state = Stream.generate(() -> manager.zeros(new Shape(weights.trainable())))
                .limit(vectors)
                .toList();
    }

    /** Creates the state of an optimizer, all zero, which the manager owns. */
    static OptimizerState of(
            Optimizer optimizer, ParameterVector weights, @Nullable ParameterVector average, NDManager manager) {
        if (optimizer instanceof Optimizer.AdamW adamW) {
            return new Adam(adamW, weights, average, manager);
        }
        return new Momentum((Optimizer.Sgd) optimizer, weights, average, manager);
    }

    /**
     * Changes the weights by one step, and moves the average, if there is one, towards them.
     *
     * @param number of the step, from 1
     * @param gradient one value for each trainable parameter
     * @param averaging share of the average that stays, 0 to 1
     */
    final void step(long number, NDArray gradient, double scale, double learningRate, double averaging) {
        if (gradient.getDevice().isGpu()) {
            stepByOperations(number, gradient, scale, learningRate, averaging);
        } else {
            stepInMemory(number, gradient, scale, learningRate, averaging);
        }
    }

    /** Makes the step with operations of the engine, on any device. */
    final void stepByOperations(long number, NDArray gradient, double scale, double learningRate, double averaging) {
        // Closes the results of the operations, which belong to the managers of the vectors.
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray vector = weights.vector();
            for (ParameterVector.Segment segment : weights.segments()) {
                double rate = learningRate * segment.rate();
                prepare(rate, number);
                String part = segment.from() + ":" + segment.to();
                NDArray weight = vector.get(part);
                if (segment.decays()) {
                    weight.muli(decay(rate));
                }
                List<NDArray> kept =
                        state.stream().map(values -> values.get(part)).toList();
                move(weight, gradient.get(part).mul((float) scale), kept);
            }
            if (average != null) {
                NDArray mean = average.vector();
                mean.addi(vector.sub(mean).mul((float) (1 - averaging)));
            }
        }
    }

    private void stepInMemory(long number, NDArray gradient, double scale, double learningRate, double averaging) {
        Values moved = new Values(weights.vector());
        Values slopes = new Values(gradient);
        List<Values> kept = state.stream().map(Values::new).toList();
        Values following = average == null ? null : new Values(average.vector());
        for (ParameterVector.Segment segment : weights.segments()) {
            double rate = learningRate * segment.rate();
            prepare(rate, number);
            float decay = segment.decays() ? decay(rate) : 1;
            int count;
            for (int at = (int) segment.from(); at < segment.to(); at += count) {
                count = (int) Math.min(PIECE, segment.to() - at);
                float[] weight = moved.read(at, count);
                float[] slope = slopes.read(at, count);
                multiply(slope, (float) scale, count);
                multiply(weight, decay, count);
                for (Values values : kept) {
                    values.read(at, count);
                }
                move(weight, slope, kept, count);
                for (Values values : kept) {
                    values.write(at, count);
                }
                moved.write(at, count);
                follow(following, weight, averaging, at, count);
            }
        }
        int size = Math.toIntExact(weights.vector().size());
        for (int at = (int) weights.trainable(); following != null && at < size; at += PIECE) {
            int count = Math.min(PIECE, size - at);
            follow(following, moved.read(at, count), averaging, at, count);
        }
    }

    private float decay(double rate) {
        return (float) (1 - rate * optimizer.weightDecay());
    }

    /** Moves by a share of the distance: the sum of two shares would move the mean of frozen values by its rounding. */
    private static void follow(@Nullable Values following, float[] weight, double averaging, int at, int count) {
        if (following != null) {
            float[] mean = following.read(at, count);
            float comes = (float) (1 - averaging);
            for (int i = 0; i < count; i++) {
                mean[i] += (weight[i] - mean[i]) * comes;
            }
            following.write(at, count);
        }
    }

    private static void multiply(float[] values, float factor, int count) {
        for (int i = 0; i < count; i++) {
            values[i] *= factor;
        }
    }

    /** Prepares a step for a segment with its learning rate; called before its pieces. */
    abstract void prepare(double learningRate, long number);

    /** Updates the first values of a piece of the weights and of the state. */
    abstract void move(float[] weight, float[] slope, List<Values> kept, int count);

    /** Updates the weights of a segment, and its state. */
    abstract void move(NDArray weight, NDArray slope, List<NDArray> kept);

    /** Returns the vectors of the state, which change with each step. */
    final List<NDArray> state() {
        return state;
    }

    /** The values of an array, piece by piece, in the array's own memory. */
    private static final class Values {

        private final FloatBuffer memory;
        private final float[] piece = new float[PIECE];

        Values(NDArray array) {
            memory = array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
        }

        float[] read(int at, int count) {
            memory.get(at, piece, 0, count);
            return piece;
        }

        void write(int at, int count) {
            memory.put(at, piece, 0, count);
        }
    }

    /** Adam (Loshchilov and Hutter, 2019), without its decay, which all optimizers share. */
    private static final class Adam extends OptimizerState {

        private static final float BETA1 = 0.9f;
        private static final float BETA2 = 0.999f;
        private static final float EPSILON = 1e-8f;

        private float rate;
        private float correction;

        Adam(Optimizer.AdamW optimizer, ParameterVector weights, @Nullable ParameterVector average, NDManager manager) {
            super(optimizer, weights, average, manager, 2);
        }

        @Override
        void prepare(double learningRate, long number) {
            rate = (float) (learningRate / (1 - Math.pow(0.9, (double) number)));
            correction = (float) (1 / Math.sqrt(1 - Math.pow(0.999, (double) number)));
        }

        @Override
        void move(float[] weight, float[] slope, List<Values> kept, int count) {
            // Locals, so that the compiler sees a loop over four arrays and constants.
            float[] mean = kept.get(0).piece;
            float[] variance = kept.get(1).piece;
            float step = rate;
            float corrected = correction;
            for (int i = 0; i < count; i++) {
                float g = slope[i];
                float m = mean[i] * BETA1 + g * (1 - BETA1);
                float v = variance[i] * BETA2 + g * g * (1 - BETA2);
                mean[i] = m;
                variance[i] = v;
                weight[i] -= m * step / ((float) Math.sqrt(v) * corrected + EPSILON);
            }
        }

        @Override
        void move(NDArray weight, NDArray slope, List<NDArray> kept) {
            NDArray mean = kept.get(0).muli(BETA1).addi(slope.mul(1 - BETA1));
            NDArray variance = kept.get(1).muli(BETA2).addi(slope.square().mul(1 - BETA2));
            weight.subi(mean.mul(rate).div(variance.sqrt().mul(correction).add(EPSILON)));
        }
    }

    /** Gradient descent with Nesterov's momentum. */
    private static final class Momentum extends OptimizerState {

        private final float momentum;
        private float rate;

        Momentum(
                Optimizer.Sgd optimizer,
                ParameterVector weights,
                @Nullable ParameterVector average,
                NDManager manager) {
            super(optimizer, weights, average, manager, 1);
            momentum = (float) optimizer.momentum();
        }

        @Override
        void prepare(double learningRate, long number) {
            rate = (float) learningRate;
        }

        @Override
        void move(float[] weight, float[] slope, List<Values> kept, int count) {
            float[] velocity = kept.get(0).piece;
            float step = rate;
            for (int i = 0; i < count; i++) {
                float v = velocity[i] * momentum + slope[i];
                velocity[i] = v;
                weight[i] -= (slope[i] + v * momentum) * step;
            }
        }

        @Override
        void move(NDArray weight, NDArray slope, List<NDArray> kept) {
            NDArray velocity = kept.get(0).muli(momentum).addi(slope);
            weight.subi(slope.add(velocity.mul(momentum)).mul(rate));
        }
    }
}
