package io.catwalk.runner.process;

import java.util.List;

/**
 * Hands the archive of laid-out classes that this JVM was started with on to those that it starts. They have the same
 * Java and the same class path, without which a JVM takes no notice of it.
 */
public final class ClassArchive {

    /** Is set by the launcher where it uses an archive. */
    private static final String FILE = "catwalk.archive";

    private ClassArchive() {}

    /**
     * Returns what a JVM on our class path is to be started with.
     *
     * @return options; none without an archive
     */
    public static List<String> options() {
        String file = System.getProperty(FILE, "");
        // What the JVM has to say about an archive that it does not take is for nobody.
        return file.isEmpty() ? List.of() : List.of("-Xshare:auto", "-Xlog:disable", "-XX:SharedArchiveFile=" + file);
    }
}
