package io.catwalk.api;

/**
 * Rule that turns gradients into steps of the weights. Weight decay is decoupled from the gradient and applies to
 * weights only, not to biases and normalization.
 */
public sealed interface Optimizer {

    /** {@return the peak learning rate, the largest of the schedule; above 0} */
    double learningRate();

    /** {@return the weight decay: the fraction of a weight that a step at learning rate 1 removes; 0 for no decay} */
    double weightDecay();

    /**
     * Returns the same optimizer with another peak learning rate.
     *
     * @param learningRate above 0
     */
    Optimizer withLearningRate(double learningRate);

    /**
     * Returns the same optimizer with another weight decay.
     *
     * @param weightDecay 0 or above
     */
    Optimizer withWeightDecay(double weightDecay);

    /**
     * Returns Adam with decoupled weight decay; betas 0.9 and 0.999, epsilon 1e-8 (Loshchilov and Hutter, "Decoupled
     * Weight Decay Regularization", 2019).
     *
     * @param learningRate peak learning rate, above 0
     * @param weightDecay 0 or above
     */
    static AdamW adamW(double learningRate, double weightDecay) {
        return new AdamW(learningRate, weightDecay);
    }

    /**
     * Returns stochastic gradient descent with Nesterov momentum.
     *
     * @param learningRate peak learning rate, above 0
     * @param momentum 0 or above and below 1
     * @param weightDecay 0 or above
     */
    static Sgd sgd(double learningRate, double momentum, double weightDecay) {
        return new Sgd(learningRate, momentum, weightDecay);
    }

    /** Adam with decoupled weight decay; created by {@link #adamW}. */
    final class AdamW extends Rule implements Optimizer {

        private final double learningRate;
        private final double weightDecay;

        AdamW(double learningRate, double weightDecay) {
            Check.positive("learningRate", learningRate);
            Check.notNegative("weightDecay", weightDecay);
            this.learningRate = learningRate;
            this.weightDecay = weightDecay;
        }

        @Override
        public double learningRate() {
            return learningRate;
        }

        @Override
        public double weightDecay() {
            return weightDecay;
        }

        @Override
        public AdamW withLearningRate(double learningRate) {
            return new AdamW(learningRate, weightDecay);
        }

        @Override
        public AdamW withWeightDecay(double weightDecay) {
            return new AdamW(learningRate, weightDecay);
        }
    }

    /** Stochastic gradient descent; created by {@link #sgd}. */
    final class Sgd extends Rule implements Optimizer {

        private final double learningRate;
        private final double momentum;
        private final double weightDecay;

        Sgd(double learningRate, double momentum, double weightDecay) {
            Check.positive("learningRate", learningRate);
            Check.fraction("momentum", momentum);
            Check.notNegative("weightDecay", weightDecay);
            this.learningRate = learningRate;
            this.momentum = momentum;
            this.weightDecay = weightDecay;
        }

        @Override
        public double learningRate() {
            return learningRate;
        }

        /** {@return the momentum: the share of the last step that the next one repeats} */
        public double momentum() {
            return momentum;
        }

        @Override
        public double weightDecay() {
            return weightDecay;
        }

        @Override
        public Sgd withLearningRate(double learningRate) {
            return new Sgd(learningRate, momentum, weightDecay);
        }

        @Override
        public Sgd withWeightDecay(double weightDecay) {
            return new Sgd(learningRate, momentum, weightDecay);
        }
    }
}
