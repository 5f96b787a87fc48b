package io.catwalk.runner;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes files so that a reader sees either the old content or the new one, never a part: each file is written under a
 * draft name of its own beside the target, forced to disk and moved. If two processes write the same file at once, both
 * succeed, and the content of the one that finishes later stays. A killed process leaves at most a draft, such as
 * {@code .NAME.0123456789abcdef.part}. A folder is filled in a {@link Scratch} beside its place and then moved there; a
 * killed process leaves at most that.
 */
public final class AtomicFiles {

    private static final Pattern DRAFT = Pattern.compile("\\.(.+)\\.[0-9a-f]{16}\\.part");
    private static final int BUFFER = 1 << 16;

    private AtomicFiles() {}

    @FunctionalInterface
    public interface Content {

        void writeTo(OutputStream out) throws IOException;
    }

    /** Fills an existing, empty folder. */
    @FunctionalInterface
    public interface FolderContent {

        void fill(Path folder) throws IOException;
    }

    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    public static void write(Path file, byte[] bytes) throws IOException {
        write(file, out -> out.write(bytes));
    }

    /** Writes content that is produced piece by piece. */
    public static void write(Path file, Content content) throws IOException {
        Path draft = draft(file);
        try {
            Files.createFile(draft);
            // Not a FileChannel: an interrupt would close it, and a file that records progress would be lost.
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

    /** Publishes a file that other code has written: forces it to disk and moves it to its place. */
    public static void publish(Path written, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        move(written, file);
    }

    /** Writes a folder that does not exist yet, or is empty; its parents are created. */
    public static void writeFolder(Path folder, FolderContent content) throws IOException {
        fill(folder, content, false);
    }

    /** Writes a folder, whose parents are created, and replaces an existing one. */
    public static void replaceFolder(Path folder, FolderContent content) throws IOException {
        fill(folder, content, true);
    }

    private static void fill(Path folder, FolderContent content, boolean mayReplace) throws IOException {
        Path target = folder.toAbsolutePath().normalize();
        Path parent = Objects.requireNonNullElse(target.getParent(), target);
        Files.createDirectories(parent);
        try (Scratch scratch = Scratch.in(parent)) {
            Path draft = Files.createDirectory(scratch.file("draft"));
            content.fill(draft);
            Path former = scratch.file("former");
            boolean replaces = mayReplace && Files.exists(target);
            if (replaces) {
                Files.move(target, former, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.deleteIfExists(target);
            }
            try {
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (replaces) {
                    Files.move(former, target, StandardCopyOption.ATOMIC_MOVE);
                }
                throw e;
            }
        }
    }

    /** Returns the name of the file that a draft was written for. */
    public static Optional<String> target(String name) {
        Matcher draft = DRAFT.matcher(name);
        return draft.matches() ? Optional.of(draft.group(1)) : Optional.empty();
    }

    /** Deletes the drafts that killed processes left in a folder. No other process may be writing there. */
    public static void sweep(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        DirectoryStream.Filter<Path> isDraft =
                entry -> target(entry.getFileName().toString()).isPresent() && !Files.isDirectory(entry);
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, isDraft)) {
            for (Path draft : drafts) {
                Files.deleteIfExists(draft);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
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

    /** Makes the rename survive a power failure. Some systems cannot sync a folder; there the file system does it. */
    private static void syncFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            return; // the file is complete and in its place all the same
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
