package io.catwalk.testkit.contract;

import java.util.List;

/**
 * Packages whose classes the program provides, and a plugin must not contain: they hold native libraries, which only
 * one class loader may load, or the types that the program and plugins exchange.
 */
public final class ProvidedClasses {

    private static final List<String> PACKAGES =
            List.of("ai.djl.", "ai.onnxruntime.", "org.slf4j.", "org.pf4j.", "org.jspecify.", "io.catwalk.api.");

    private ProvidedClasses() {}

    /**
     * Tells whether the program provides a class.
     *
     * @param className name of the class, with dots
     * @return whether it is in one of the packages
     */
    public static boolean contains(String className) {
        return PACKAGES.stream().anyMatch(className::startsWith);
    }
}
