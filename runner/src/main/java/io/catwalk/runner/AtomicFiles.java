package io.catwalk.runner;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes files so that a reader sees the old content or the new one, never a part of it: each is written
 * under a draft name of its own beside the target, forced to disk and moved. Of two writers at once both
 * succeed, and the later one's content stays. A kill leaves at most a draft, {@code .NAME.XXXX.part}.
 */
public final class AtomicFiles {

    private static final Pattern DRAFT = Pattern.compile("\\.(.+)\\.[0-9a-f]{16}\\.part");
    private static final int BUFFER = 1 << 16;

    private AtomicFiles() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes all of it.
         *
         * @param out where to, buffered; it is closed by the one who gave it
         * @throws IOException if it cannot be written
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a text.
     *
     * @param file where it goes; its folder exists
     * @param text the whole content, written as UTF-8
     * @throws IOException if it cannot be written; an older file is then as it was
     */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes bytes.
     *
     * @param file where they go; its folder exists
     * @param bytes the whole content
     * @throws IOException if they cannot be written; an older file is then as it was
     */
    public static void write(Path file, byte[] bytes) throws IOException {
        write(file, out -> out.write(bytes));
    }

    /**
     * Writes what comes piece by piece.
     *
     * @param file where it goes; its folder exists
     * @param content who writes it
     * @throws IOException if it cannot be written; an older file is then as it was
     */
    public static void write(Path file, Content content) throws IOException {
        Path draft = draft(file);
        try {
            Files.createFile(draft);
            // Not a channel: an interrupted thread would close it, and lose the file that says how far it got.
            try (FileOutputStream stream = new FileOutputStream(draft.toFile())) {
                OutputStream out = new BufferedOutputStream(stream, BUFFER);
                content.writeTo(out);
                out.flush();
                stream.getFD().sync();
            }
            move(draft, file);
        } catch (IOException e) {
            IOException failure = new IOException("cannot write " + file + ": " + Reasons.of(e), e);
            discard(draft, failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            discard(draft, e);
            throw e;
        }
    }

    /**
     * Puts a file into its place that somebody else has written beside it: forces it to disk and moves it.
     *
     * @param written a whole file in the folder of the target
     * @param file where it goes; an older one is replaced
     * @throws IOException if it cannot be moved; an older file is then as it was
     */
    public static void publish(Path written, Path file) throws IOException {
        force(written);
        move(written, file);
    }

    /**
     * Forces a file to disk that somebody else has written.
     *
     * @param file which is there
     * @throws IOException if it cannot be
     */
    public static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /**
     * Names the file that a draft was to become.
     *
     * @param name of a file, without its folder
     * @return the target's name; empty if this is no draft
     */
    public static Optional<String> target(String name) {
        Matcher draft = DRAFT.matcher(name);
        return draft.matches() ? Optional.of(draft.group(1)) : Optional.empty();
    }

    /**
     * Deletes the drafts that killed writers left in a folder. Nobody may be writing there.
     *
     * @param folder whose own entries are looked at; nothing happens if there is no such folder
     * @throws IOException if it cannot be read, or a draft cannot be deleted
     */
    public static void sweep(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> drafts;
        try (Stream<Path> entries = Files.list(folder)) {
            drafts = entries.filter(
                            entry -> target(entry.getFileName().toString()).isPresent() && !Files.isDirectory(entry))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path draft : drafts) {
            Files.deleteIfExists(draft);
        }
    }

    private static Path draft(Path file) {
        String unique = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
        return file.resolveSibling("." + file.getFileName() + "." + unique + ".part");
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder(Objects.requireNonNull(to.toAbsolutePath().getParent()));
    }

    /** Makes the new name last through a power cut. Some systems cannot: there the file system sees to it. */
    private static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            return; // the file is whole and in its place all the same
        }
    }

    private static void discard(Path draft, Throwable reason) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }
}
