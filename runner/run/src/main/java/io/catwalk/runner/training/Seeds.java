package io.catwalk.runner.training;

import java.util.random.RandomGenerator;

/**
 * Derives an independent random generator for each purpose from the one seed of a trial and its fold (0 for a
 * hold-out), so that a change in one place (one more augmentation, say) does not change the random numbers of all
 * others.
 */
record Seeds(long seed, int fold) {

    /**
     * Returns a generator; one for each epoch, image and place of the image in the epoch, so that the order of the images
     * does not matter.
     */
    SplitMix64 generator(Purpose purpose, int... parts) {
        long mixed = spread(spread(seed, fold), purpose.number);
        for (int part : parts) {
            mixed = spread(mixed, part);
        }
        return new SplitMix64(mixed);
    }

    /** Returns a seed for a generator whose state cannot be saved, such as the engine's: one for each epoch. */
    int engineSeed(Purpose purpose, int... parts) {
        return generator(purpose, parts).nextInt(Integer.MAX_VALUE);
    }

    /** Spreads adjacent seeds, folds, purposes and epochs over all 64 bits before they are mixed again. */
    private static long spread(long before, long part) {
        return new SplitMix64(before ^ (part + 1) * 0x9E3779B97F4A7C15L).nextLong();
    }

    enum Purpose {
        INITIALIZATION(1),
        SHUFFLE(2),
        AUGMENTATION(3),
        DROPOUT(4);

        /** Part of every result: must never change, whatever is added or reordered. */
        private final int number;

        Purpose(int number) {
            this.number = number;
        }
    }

    /**
     * Generates the random numbers of {@link java.util.SplittableRandom}, but can return its state, so that it can be saved
     * and continued.
     *
     * <p>The algorithm: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
     */
    static final class SplitMix64 implements RandomGenerator {

        private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

        private long state;

        SplitMix64(long seed) {
            state = seed;
        }

        long state() {
            return state;
        }

        void restore(long newState) {
            state = newState;
        }

        @Override
        public long nextLong() {
            state += GOLDEN_GAMMA;
            long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
            return mixed ^ (mixed >>> 31);
        }

        @Override
        public int nextInt() {
            state += GOLDEN_GAMMA;
            long mixed = (state ^ (state >>> 33)) * 0x62A9D9ED799705F5L;
            return (int) (((mixed ^ (mixed >>> 28)) * 0xCB24D0A5C88C35B3L) >>> 32);
        }
    }
}
