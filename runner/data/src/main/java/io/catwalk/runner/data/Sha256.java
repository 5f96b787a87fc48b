package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** Computes one SHA-256 over several values; integers are added as 32 bits, big-endian. */
public final class Sha256 {

    private final MessageDigest digest = digest();

    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** Computes the digest of a file: 64 lower-case hexadecimal digits. */
    public static String of(Path file) throws IOException {
        Sha256 sum = new Sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sum.digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return sum.hex();
    }

    /** Returns as much of a digest as a message needs. */
    public static String shortened(String digest) {
        return digest.length() > 12 ? digest.substring(0, 12) : digest;
    }

    Sha256 add(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    /** Adds what identifies a file and changes with it, without reading its content. */
    Sha256 addState(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            ByteBuffer numbers = ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(attributes.size())
                    .putLong(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
            return add(file.toAbsolutePath().normalize().toString())
                    .add(numbers.array())
                    .add(String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot read %s: %s; check that it is there, and its permissions".formatted(file, Reasons.of(e)),
                    e);
        }
    }

    Sha256 add(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Integer.BYTES));
        bytes.asIntBuffer().put(numbers);
        digest.update(bytes);
        return this;
    }

    /** Adds a text and its length, so that the boundary between two texts counts. */
    public Sha256 add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return add(bytes.length).add(bytes);
    }

    /** Returns the digest, 64 lower-case hexadecimal digits; what is added after this belongs to a new one. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
