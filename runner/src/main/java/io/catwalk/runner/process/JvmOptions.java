package io.catwalk.runner.process;

import java.util.ArrayList;
import java.util.List;

/**
 * Passes on the start options of this JVM to the JVMs that it starts. They have the same Java and the same class path,
 * which a JVM requires before it uses a class data sharing (CDS) archive.
 */
public final class JvmOptions {

    /** Set by the launcher if it uses an archive. */
    private static final String ARCHIVE = "catwalk.archive";

    /**
     * From this version on Java warns about native code and about memory that libraries manage themselves (JEP 472 and
     * 498).
     */
    private static final int WARNS_OF_NATIVE_CODE = 24;

    private JvmOptions() {}

    /**
     * Returns the options for starting a JVM on our class path.
     *
     * @return options for the running version of Java
     */
    public static List<String> shared() {
        List<String> options = new ArrayList<>();
        if (Runtime.version().feature() >= WARNS_OF_NATIVE_CODE) {
            options.add("--enable-native-access=ALL-UNNAMED");
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        String file = System.getProperty(ARCHIVE, "");
        if (!file.isEmpty()) {
            // The warnings of the JVM about an archive that it does not accept are of no use to anybody.
            options.addAll(List.of("-Xshare:auto", "-Xlog:disable", "-XX:SharedArchiveFile=" + file));
        }
        return options;
    }
}
