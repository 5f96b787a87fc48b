package io.catwalk.testkit.contract;

import java.util.List;

/**
 * Lists the packages whose classes a plugin gets from the program, and never brings itself: they hold native libraries, which
 * one class loader alone may load, or the types that program and plugin speak with.
 */
public final class ProvidedClasses {

    private static final List<String> PACKAGES =
            List.of("ai.djl.", "ai.onnxruntime.", "org.slf4j.", "org.pf4j.", "org.jspecify.", "io.catwalk.api.");

    private ProvidedClasses() {}

    /**
     * Tells whether the program provides a class.
     *
     * @param className with dots
     * @return whether it lies in one of the packages
     */
    public static boolean contains(String className) {
        return PACKAGES.stream().anyMatch(className::startsWith);
    }
}
