package io.catwalk.api;

/** Course of the learning rate from the first training step to the last, as a share of its peak. */
public sealed interface Schedule {

    /**
     * Returns the share of the peak learning rate at a moment of the training.
     *
     * @param progress number of steps done divided by the number of all steps, 0 to 1
     * @return 0 to 1
     */
    double at(double progress);

    /** Keeps the learning rate at its peak. */
    static Constant constant() {
        return new Constant();
    }

    /** Lowers the learning rate along half a cosine from the peak to 0 (Loshchilov and Hutter, "SGDR", 2017). */
    static Cosine cosine() {
        return new Cosine();
    }

    /**
     * Raises the learning rate linearly from a twenty-fifth of the peak to the peak, then lowers it along half a cosine
     * to 0 (after Smith and Topin, "Super-Convergence", 2018).
     *
     * @param warmUp share of all steps in which the learning rate rises, 0 or above and below 1
     */
    static OneCycle oneCycle(double warmUp) {
        return new OneCycle(warmUp);
    }

    /** Constant learning rate; created by {@link #constant}. */
    final class Constant extends Rule implements Schedule {

        Constant() {}

        @Override
        public double at(double progress) {
            return 1;
        }
    }

    /** Cosine schedule; created by {@link #cosine}. */
    final class Cosine extends Rule implements Schedule {

        Cosine() {}

        @Override
        public double at(double progress) {
            return (1 + Math.cos(Math.PI * progress)) / 2;
        }
    }

    /** One-cycle schedule; created by {@link #oneCycle}. */
    final class OneCycle extends Rule implements Schedule {

        private static final double START = 1.0 / 25;

        private final double warmUp;

        OneCycle(double warmUp) {
            Check.fraction("warmUp", warmUp);
            this.warmUp = warmUp;
        }

        /** {@return the share of all steps in which the learning rate rises} */
        public double warmUp() {
            return warmUp;
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
