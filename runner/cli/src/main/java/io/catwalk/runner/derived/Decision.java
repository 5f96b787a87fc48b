package io.catwalk.runner.derived;

import io.catwalk.onnx.file.ModelFiles;
import java.nio.file.Path;
import java.util.Locale;

/** What to do with a file that was made of others; one cannot tell with too few test images, or if the machine was busy. */
public enum Decision {
    SHIP,
    KEEP,
    CANNOT_TELL;

    /** Returns the decision in words, as in metadata and JSON: if the former is a float file, {@code keep float}. */
    public String title(String former) {
        String words = name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return this == KEEP ? words + " " + former : words;
    }

    /** Returns the path of the file, so that only one that ships has the name that was asked for. */
    public Path path(Path to) {
        return switch (this) {
            case SHIP -> to;
            case KEEP -> ModelFiles.beside(to, ".rejected.onnx");
            case CANNOT_TELL -> ModelFiles.beside(to, ".undecided.onnx");
        };
    }
}
