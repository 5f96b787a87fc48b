package io.catwalk.runner.process;

import java.util.ArrayList;
import java.util.List;

/**
 * Hands on what this JVM was started with to those that it starts: they have the same Java and the same class path, without
 * which a JVM takes no notice of an archive of laid-out classes.
 */
public final class JvmOptions {

    /** Is set by the launcher where it uses an archive. */
    private static final String ARCHIVE = "catwalk.archive";

    /** From here on Java warns of native code and of memory that libraries manage themselves (JEP 472 and 498). */
    private static final int WARNS_OF_NATIVE_CODE = 24;

    private JvmOptions() {}

    /**
     * Returns what a JVM on our class path is to be started with.
     *
     * @return options of the version of Java that runs this
     */
    public static List<String> shared() {
        List<String> options = new ArrayList<>();
        if (Runtime.version().feature() >= WARNS_OF_NATIVE_CODE) {
            options.add("--enable-native-access=ALL-UNNAMED");
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        String file = System.getProperty(ARCHIVE, "");
        if (!file.isEmpty()) {
            // What the JVM has to say about an archive that it does not take is for nobody.
            options.addAll(List.of("-Xshare:auto", "-Xlog:disable", "-XX:SharedArchiveFile=" + file));
        }
        return options;
    }
}
