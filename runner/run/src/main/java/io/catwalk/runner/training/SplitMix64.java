package io.catwalk.runner.training;

import java.util.random.RandomGenerator;

/**
 * Generates the random numbers of {@link java.util.SplittableRandom}, but can return its state, so that it can be saved
 * and continued.
 *
 * <p>The algorithm: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
 */
final class SplitMix64 implements RandomGenerator {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    SplitMix64(long seed) {
        state = seed;
    }

    long state() {
        return state;
    }

    /** Continues from the state of another generator. */
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
