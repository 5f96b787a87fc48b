package io.catwalk.runner.plugin;

import io.catwalk.testkit.contract.ProvidedClasses;
import java.util.regex.Pattern;

/** The classes that only the application provides, as listed by the plugin contract. */
final class SharedClasses {

    private static final Pattern VERSIONED = Pattern.compile("^META-INF/versions/\\d+/");

    private SharedClasses() {}

    static boolean contains(String className) {
        return ProvidedClasses.contains(className);
    }

    /** Returns whether a file of a jar is in one of the packages, also if it is for one Java version only. */
    static boolean containsEntry(String entry) {
        return !entry.endsWith("/")
                && contains(VERSIONED.matcher(entry).replaceFirst("").replace('/', '.'));
    }
}
