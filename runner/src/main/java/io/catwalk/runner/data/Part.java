package io.catwalk.runner.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says what an image is for. */
enum Part {
    /** To learn from. */
    TRAIN("train", "training"),
    /** To choose the epoch by. */
    VALIDATION("val", "valid", "validation"),
    /** To judge on. */
    TEST("test", "testing");

    private final List<String> names;

    Part(String... names) {
        this.names = List.of(names);
    }

    /** Finds the part that a folder or a cell names, in any letter case. */
    static Optional<Part> named(String text) {
        return Arrays.stream(values())
                .filter(part -> part.names.contains(text.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** Returns the name that a folder has. */
    String title() {
        return names.get(0);
    }
}
