package io.catwalk.runner.trial;

import io.catwalk.runner.PackedFiles;
import java.util.Properties;

/** Holds the versions of the software that made a result: of the JVM with its vendor. */
public record Software(String catwalk, String djl, String pytorch, String onnxruntime, String java) {

    private static final String FILE = "versions.properties";

    /** Reads the versions that the build recorded. */
    public static Software current() {
        Properties versions = PackedFiles.properties(Software.class, FILE);
        return new Software(
                versions.getProperty("catwalk"),
                versions.getProperty("djl"),
                versions.getProperty("pytorch"),
                versions.getProperty("onnxruntime"),
                System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
    }

    /**
     * Returns the first twelve digits of the commit that this program was built from, with {@code +changes} if files
     * differed from it; {@code unknown} if the build was made outside a checkout. It does not influence results: the
     * versions do.
     */
    public static String commit() {
        return PackedFiles.properties(Software.class, FILE).getProperty("commit");
    }

    /** Tells whether other software makes the same weights: whether Catwalk, DJL and PyTorch have the same versions. */
    public boolean makesTheSame(Software other) {
        return catwalk.equals(other.catwalk) && djl.equals(other.djl) && pytorch.equals(other.pytorch);
    }

    /** Names the software that influences the weights: {@code Catwalk 0.2.0 with DJL 0.36.0 and PyTorch 2.7.1}. */
    public String makers() {
        return "Catwalk " + catwalk + " with DJL " + djl + " and PyTorch " + pytorch;
    }
}
