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

/** Computes a digest of a network that was just made: of its weights and of what it answers. */
final class NetworkDigest {

    /** Begins the line with the digest, among whatever else a plugin prints. */
    static final String DIGEST = "catwalk-network-digest ";

    /** Begins the line that says why there is none. */
    static final String FAILURE = "catwalk-network-failure ";

    private NetworkDigest() {}

    /**
     * Prints the digest of a classifier's network, for whoever has started this process.
     *
     * @param arguments a jar, and the name of a class in it
     */
    public static void main(String[] arguments) {
        OtherProcess.endWithParent(System.in);
        PrintStream out = System.out;
        // Whatever a plugin prints belongs somewhere else.
        System.setOut(System.err);
        Path jar = Path.of(arguments[0]);
        try (PluginClasses classes = PluginClasses.open(jar)) {
            Candidate candidate = new Candidate(Subject.of(() -> classes.make(arguments[1]), arguments[1], jar));
            out.println("\n" + DIGEST + of(candidate, candidate.task()));
        } catch (Throwable e) { // whatever a plugin throws is the answer
            out.println("\n" + FAILURE + "threw " + Lines.of(e));
        }
        Runtime.getRuntime().halt(0);
    }

    /** Returns 64 hexadecimal digits, from the seed of all checks. */
    static String of(Candidate candidate, Task task) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        try (Network network = candidate.initialized(task)) {
            network.weights().forEach((name, weights) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                update(digest, weights);
            });
            update(digest, network.logits(Images.random(task, 7, Candidate.SEED), Mode.EVALUATION));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES);
        bytes.asFloatBuffer().put(numbers);
        digest.update(bytes);
    }
}
