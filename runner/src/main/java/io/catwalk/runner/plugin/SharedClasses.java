package io.catwalk.runner.plugin;

import io.catwalk.testkit.contract.ProvidedClasses;
import java.util.regex.Pattern;

/** Knows the classes that come only from the application, as the contract of plugins lists them. */
final class SharedClasses {

    private static final Pattern VERSIONED = Pattern.compile("^META-INF/versions/\\d+/");

    private SharedClasses() {}

    static boolean contains(String className) {
        return ProvidedClasses.contains(className);
    }

    /** Tells whether a file in a jar lies in one of the packages, be it for one Java version only. */
    static boolean containsEntry(String entry) {
        return !entry.endsWith("/")
                && contains(VERSIONED.matcher(entry).replaceFirst("").replace('/', '.'));
    }
}
