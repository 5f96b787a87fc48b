package io.catwalk.runner.training;

import java.util.SplittableRandom;

/**
 * Derives an independent random generator for each purpose from the one seed of a trial, so that a
 * change in one place (one more augmentation, say) leaves the random numbers of all others as they were.
 *
 * @param seed the seed of the trial
 * @param fold the fold of the trial, 0 for a hold-out
 */
record Seeds(long seed, int fold) {

    SplittableRandom generator(Purpose purpose) {
        return new SplittableRandom(mixed(purpose));
    }

    /** Returns a seed for a generator that is not ours, such as the engine's. */
    int engineSeed(Purpose purpose) {
        return generator(purpose).nextInt(Integer.MAX_VALUE);
    }

    /** Spreads neighboring seeds, folds and purposes over all 64 bits before SplittableRandom mixes them once more. */
    private long mixed(Purpose purpose) {
        long mixed = seed;
        for (long part : new long[] {fold, purpose.number}) {
            mixed = new SplittableRandom(mixed ^ (part + 1) * 0x9E3779B97F4A7C15L).nextLong();
        }
        return mixed;
    }

    /** What random numbers are for. */
    enum Purpose {
        INITIALIZATION(1),
        SHUFFLE(2),
        AUGMENTATION(3),
        DROPOUT(4);

        /** Part of every result: never to be changed, whatever is added or reordered. */
        private final int number;

        Purpose(int number) {
            this.number = number;
        }
    }
}
