package io.catwalk.onnx.trace;

/**
 * Counts how often memory that arrays share was written, so that an array which no longer holds what the
 * tape says about it is found when it is used.
 */
final class Storage {

    private int version;
    private int lastTraced;
    private boolean frozen;

    int version() {
        return version;
    }

    /** Returns the version after the last write that depends on the input. */
    int lastTraced() {
        return lastTraced;
    }

    /** Tells whether the memory belongs to the network and must not be written. */
    boolean isFrozen() {
        return frozen;
    }

    void freeze() {
        frozen = true;
    }

    void written() {
        version++;
    }

    void writtenFromInput() {
        version++;
        lastTraced = version;
    }
}
