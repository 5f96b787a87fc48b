package io.catwalk.runner.plugin;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Lists the packages whose classes come only from the application: they hold native libraries, which
 * one class loader alone may load, or the types that program and plugin speak with.
 */
final class SharedClasses {

    private static final List<String> PACKAGES =
            List.of("ai.djl.", "ai.onnxruntime.", "org.slf4j.", "org.pf4j.", "org.jspecify.", "io.catwalk.api.");

    private static final Pattern VERSIONED = Pattern.compile("^META-INF/versions/\\d+/");

    private SharedClasses() {}

    static boolean contains(String className) {
        return PACKAGES.stream().anyMatch(className::startsWith);
    }

    /** Tells whether a file in a jar lies in one of the packages, be it for one Java version only. */
    static boolean containsEntry(String entry) {
        return !entry.endsWith("/")
                && contains(VERSIONED.matcher(entry).replaceFirst("").replace('/', '.'));
    }
}
