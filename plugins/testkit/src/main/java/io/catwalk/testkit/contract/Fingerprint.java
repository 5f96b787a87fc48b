package io.catwalk.testkit.contract;

import io.catwalk.api.Task;
import io.catwalk.testkit.contract.Network.Mode;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Distinguishes a network that was just built from another one.
 *
 * @param weights digest of all parameters and their names, bit for bit
 * @param logits of the network for some images
 */
@SuppressWarnings("ArrayRecordComponent") // compared by requireSame
record Fingerprint(String weights, float[] logits) {

    /** Prefix of the line with the fingerprint, since a plugin may print other lines. */
    static final String FOUND = "catwalk-network ";

    /** Prefix of the line that says why there is no fingerprint. */
    static final String FAILURE = "catwalk-failure ";

    private static final int IMAGES = 7;

    /**
     * Prints the fingerprint of a classifier's network, for the process that started this one.
     *
     * @param arguments a jar, and the name of a class in it
     */
    public static void main(String[] arguments) {
        OtherProcess.endWithParent(System.in);
        PrintStream out = System.out;
        // What a plugin prints must not mix with the result.
        System.setOut(System.err);
        Path jar = Path.of(arguments[0]);
        try (PluginClasses classes = PluginClasses.open(jar)) {
            Candidate candidate = new Candidate(Subject.of(() -> classes.make(arguments[1]), arguments[1], jar));
            out.println("\n" + FOUND + of(candidate, candidate.task()).line());
        } catch (Throwable e) { // whatever a plugin throws is the answer
            out.println("\n" + FAILURE + Lines.found(e));
        }
        Runtime.getRuntime().halt(0);
    }

    /** Returns the fingerprint of the network for a task, with weights from the seed of all checks. */
    static Fingerprint of(Candidate candidate, Task task) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        try (Network network = candidate.initialized(task)) {
            network.weights().forEach((name, weights) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                ByteBuffer bytes = ByteBuffer.allocate(weights.length * Float.BYTES);
                bytes.asFloatBuffer().put(weights);
                digest.update(bytes);
            });
            return new Fingerprint(
                    HexFormat.of().formatHex(digest.digest()),
                    network.logits(Images.random(task, IMAGES, Candidate.SEED), Mode.EVALUATION));
        }
    }

    /** Parses what {@link #line} returned. */
    static Fingerprint parse(String line) {
        String[] words = line.split(" ", -1);
        float[] logits = new float[words.length - 1];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = Float.parseFloat(words[i + 1]);
        }
        return new Fingerprint(words[0], logits);
    }

    private String line() {
        StringBuilder line = new StringBuilder(weights);
        for (float logit : logits) {
            line.append(' ').append(logit);
        }
        return line.toString();
    }

    /** Checks that another network has the same weights, and the same logits except for rounding. */
    void requireSame(Fingerprint other, String when) {
        BrokenPromise.unless(weights.equals(other.weights), "expected the same weights " + when + ", but they differ");
        Near.require(logits, other.logits, "the same logits " + when);
    }
}
