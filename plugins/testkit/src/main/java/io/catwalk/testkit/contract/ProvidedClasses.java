package io.catwalk.testkit.contract;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Packages whose classes the program provides, and a plugin must not contain: they hold native libraries, which only
 * one class loader may load, or the types that the program and plugins exchange.
 */
public final class ProvidedClasses {

    private static final List<String> PACKAGES =
            List.of("ai.djl.", "ai.onnxruntime.", "org.slf4j.", "org.pf4j.", "org.jspecify.", "io.catwalk.api.");

    private static final Pattern VERSIONED = Pattern.compile("^META-INF/versions/\\d+/");

    private ProvidedClasses() {}

    /** Tells whether the program provides a class, by its name with dots. */
    public static boolean contains(String className) {
        return PACKAGES.stream().anyMatch(className::startsWith);
    }

    /**
     * Tells whether a file of a jar is in one of the packages, also if it is for one Java version only.
     *
     * @param entry path in the jar, such as {@code org/slf4j/Logger.class}; a folder ends with a slash
     */
    public static boolean containsEntry(String entry) {
        return !entry.endsWith("/")
                && contains(VERSIONED.matcher(entry).replaceFirst("").replace('/', '.'));
    }
}
