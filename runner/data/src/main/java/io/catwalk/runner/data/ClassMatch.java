package io.catwalk.runner.data;

/** How the classes of other images are matched with the classes that a network was trained on. */
public enum ClassMatch {
    /** By name: the order may differ, the names may not. */
    BY_NAME,
    /** By index: the names may differ, their number may not. */
    BY_INDEX
}
