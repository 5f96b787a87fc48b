package io.catwalk.api;

/** Says how the learning rate moves from the first step to the last, as a share of its peak. */
public sealed interface Schedule {

    /**
     * Returns the share of the peak learning rate at a moment of the training.
     *
     * @param progress steps done by all steps, 0 to 1
     * @return 0 to 1
     */
    double at(double progress);

    /** Keeps the learning rate at its peak. */
    record Constant() implements Schedule {

        @Override
        public double at(double progress) {
            return 1;
        }
    }

    /** Falls along half a cosine from the peak to 0 (Loshchilov and Hutter, "SGDR", 2017). */
    record Cosine() implements Schedule {

        @Override
        public double at(double progress) {
            return (1 + Math.cos(Math.PI * progress)) / 2;
        }
    }

    /**
     * Rises in a straight line from a twenty-fifth of the peak to the peak, then falls along half a
     * cosine to 0 (after Smith and Topin, "Super-Convergence", 2018).
     *
     * @param warmUp share of all steps spent rising, 0 or above and below 1
     */
    record OneCycle(double warmUp) implements Schedule {

        private static final double START = 1.0 / 25;

        /** Checks the share against its range. */
        public OneCycle {
            Check.fraction("warmUp", warmUp);
        }

        @Override
        public double at(double progress) {
            if (progress < warmUp) {
                return START + (1 - START) * progress / warmUp;
            }
            return (1 + Math.cos(Math.PI * (progress - warmUp) / (1 - warmUp))) / 2;
        }
    }
}
