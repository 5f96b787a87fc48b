package io.catwalk.runner;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A zip archive from elsewhere, perhaps made to do harm: its files go only where the reader puts them, and together they
 * may not be much larger than the archive. What is at fault in it is a {@link RequestException}; an {@link IOException} says
 * that a file could not be written here.
 */
public final class ForeignArchive implements AutoCloseable {

    /**
     * How many times the size of an archive its files may have together. Orders and results are packed without
     * compression; this leaves room for one that was packed again, and little for one that is to fill the disk.
     */
    private static final int MOST_GROWTH = 10;

    /** Small archives may grow to this, whatever their size is. */
    private static final long SMALL = 1L << 20;

    private final ZipFile zip;
    private final long most;

    /** Opens an archive; a pipe would never end. */
    public ForeignArchive(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new RequestException("expected an archive in " + file + ", but that is not a file");
        }
        try {
            most = Math.max(SMALL, MOST_GROWTH * Files.size(file));
            zip = new ZipFile(file.toFile());
        } catch (IOException e) {
            throw new RequestException(
                    e instanceof ZipException
                            ? "the archive is no zip archive, or it is damaged"
                            : "the archive cannot be read: " + Reasons.of(e),
                    e);
        }
    }

    /** Decides where a file or, if its name ends with a slash, a folder goes; null leaves it out. */
    @FunctionalInterface
    public interface Targets {

        @Nullable
        Path of(String name) throws IOException;
    }

    /** Reads a file in memory, but no more than one byte above the most; empty if there is none. */
    public Optional<byte[]> bytes(String name, int atMost) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            return Optional.empty();
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return Optional.of(in.readNBytes(atMost + 1));
        } catch (IOException e) {
            throw damaged(entry, e);
        }
    }

    public void unpack(Targets targets) throws IOException {
        long room = most;
        for (ZipEntry entry : Collections.list(zip.entries())) {
            Path target = targets.of(entry.getName());
            if (target != null && entry.isDirectory()) {
                Files.createDirectories(target);
            } else if (target != null) {
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                room -= unpack(entry, target, room);
            }
        }
    }

    private long unpack(ZipEntry entry, Path target, long room) throws IOException {
        long bytes = 0;
        try (InputStream in = opened(entry);
                OutputStream out = Files.newOutputStream(target)) {
            byte[] piece = new byte[1 << 16];
            for (int read = read(in, piece, entry); read >= 0; read = read(in, piece, entry)) {
                bytes += read;
                if (bytes > room) {
                    throw new RequestException(
                            "the archive unpacks to more than " + most + " bytes, the limit for one of its size");
                }
                out.write(piece, 0, read);
            }
        }
        return bytes;
    }

    private InputStream opened(ZipEntry entry) {
        try {
            return zip.getInputStream(entry);
        } catch (IOException e) {
            throw damaged(entry, e);
        }
    }

    private static int read(InputStream in, byte[] piece, ZipEntry entry) {
        try {
            return in.read(piece);
        } catch (IOException e) {
            throw damaged(entry, e);
        }
    }

    private static RequestException damaged(ZipEntry entry, IOException cause) {
        return new RequestException(Reasons.visible(entry.getName()) + " in the archive is damaged", cause);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
