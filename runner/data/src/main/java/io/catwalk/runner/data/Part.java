package io.catwalk.runner.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an image is used for. */
enum Part {
    /** Training. */
    TRAIN("train", "train|training"),
    /** Selecting the epoch. */
    VALIDATION("val", "val|valid|validation"),
    /** Evaluation. */
    TEST("test", "test|testing");

    private final String title;
    private final Pattern names;

    Part(String title, String names) {
        this.title = title;
        this.names = Pattern.compile(names);
    }

    /** Finds the part that a folder or a cell names, in any letter case. */
    static Optional<Part> named(String text) {
        return Arrays.stream(values())
                .filter(part ->
                        part.names.matcher(text.toLowerCase(Locale.ROOT)).matches())
                .findFirst();
    }

    /** Returns the name that a folder has. */
    String title() {
        return title;
    }
}
