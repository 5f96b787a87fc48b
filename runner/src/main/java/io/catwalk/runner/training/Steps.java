package io.catwalk.runner.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.catwalk.api.Optimizer;
import java.util.List;

/** Turns gradients into steps of the weights; the state of the optimizer lives here. */
abstract class Steps {

    private final Optimizer optimizer;
    private final NDArray decaying;
    private long steps;

    private Steps(Optimizer optimizer, Weights weights) {
        this.optimizer = optimizer;
        decaying = weights.vector().get("0:" + weights.decaying());
    }

    /**
     * Creates the state of an optimizer, all zero.
     *
     * @param manager owns the state
     */
    static Steps of(Optimizer optimizer, Weights weights, NDManager manager) {
        if (optimizer instanceof Optimizer.AdamW adamW) {
            return new Adam(adamW, weights, manager);
        }
        return new Momentum((Optimizer.Sgd) optimizer, weights, manager);
    }

    /**
     * Moves the weights once.
     *
     * @param gradient one value for each trainable parameter; changed
     * @param learningRate of this step
     */
    final void step(NDArray gradient, double learningRate) {
        if (optimizer.weightDecay() > 0 && decaying.size() > 0) {
            decaying.muli(1 - learningRate * optimizer.weightDecay());
        }
        steps++;
        move(gradient, learningRate, steps);
    }

    /**
     * Moves the weights.
     *
     * @param gradient one value for each trainable parameter; changed
     * @param learningRate of this step
     * @param number of this step, from 1
     */
    abstract void move(NDArray gradient, double learningRate, long number);

    /** Returns the vectors of the state, which change with each step. */
    abstract List<NDArray> state();

    /** Says how many steps have led to the state. */
    final void goOnAfter(long stepsBefore) {
        steps = stepsBefore;
    }

    private static final class Adam extends Steps {

        private static final double BETA1 = 0.9;
        private static final double BETA2 = 0.999;
        private static final double EPSILON = 1e-8;

        private final NDArray trainable;
        private final NDArray mean;
        private final NDArray variance;

        Adam(Optimizer.AdamW optimizer, Weights weights, NDManager manager) {
            super(optimizer, weights);
            trainable = weights.vector().get("0:" + weights.trainable());
            mean = manager.zeros(trainable.getShape());
            variance = manager.zeros(trainable.getShape());
        }

        @Override
        void move(NDArray gradient, double learningRate, long number) {
            try (NDManager scratch = trainable.getManager().newSubManager()) {
                gradient.attach(scratch);
                NDArray scaled = gradient.mul(1 - BETA1);
                mean.muli(BETA1).addi(scaled);
                NDArray squared = gradient.muli(gradient).muli(1 - BETA2);
                variance.muli(BETA2).addi(squared);
                NDArray denominator = variance.sqrt();
                denominator.attach(scratch);
                denominator
                        .divi(Math.sqrt(1 - Math.pow(BETA2, (double) number)))
                        .addi(EPSILON);
                NDArray move = mean.div(denominator);
                move.attach(scratch);
                trainable.subi(move.muli(learningRate / (1 - Math.pow(BETA1, (double) number))));
            }
        }

        @Override
        List<NDArray> state() {
            return List.of(mean, variance);
        }
    }

    private static final class Momentum extends Steps {

        private final double momentum;
        private final NDArray trainable;
        private final NDArray velocity;

        Momentum(Optimizer.Sgd optimizer, Weights weights, NDManager manager) {
            super(optimizer, weights);
            momentum = optimizer.momentum();
            trainable = weights.vector().get("0:" + weights.trainable());
            velocity = manager.zeros(trainable.getShape());
        }

        @Override
        void move(NDArray gradient, double learningRate, long number) {
            try (NDManager scratch = trainable.getManager().newSubManager()) {
                gradient.attach(scratch);
                velocity.muli(momentum).addi(gradient);
                NDArray ahead = velocity.mul(momentum);
                ahead.attach(scratch);
                trainable.subi(gradient.addi(ahead).muli(learningRate));
            }
        }

        @Override
        List<NDArray> state() {
            return List.of(velocity);
        }
    }
}
