package io.catwalk.runner.data;

/** Says how the classes of other images are matched with those that a network was trained on. */
public enum ClassMatch {
    /** By their names: the order may differ, the names may not. */
    BY_NAME,
    /** By their places: the names may differ, their number may not. */
    BY_INDEX
}
