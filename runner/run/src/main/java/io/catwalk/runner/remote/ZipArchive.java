package io.catwalk.runner.remote;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes zip archives. The same files give the same bytes, whenever and wherever they are packed. */
final class ZipArchive {

    /** The earliest time that a zip archive can store, which is local time. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final SortedMap<String, Path> entries = new TreeMap<>();

    ZipArchive add(String name, Path file) {
        entries.put(name, file);
        return this;
    }

    /** Adds all files of a folder of this program under a name; links are followed, since an installation may have some. */
    ZipArchive addAll(String name, Path folder) {
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            all.filter(Files::isRegularFile)
                    .forEach(file ->
                            add(name + "/" + folder.relativize(file).toString().replace('\\', '/'), file));
        } catch (IOException | UncheckedIOException e) {
            throw new RequestException(
                    "expected a folder that can be read, but " + folder + " cannot (" + Reasons.of(e)
                            + "): nothing was handed out",
                    e);
        }
        return this;
    }

    /** Removes the files whose names begin with a text. */
    ZipArchive leaveOut(String beginning) {
        entries.keySet().removeIf(name -> name.startsWith(beginning));
        return this;
    }

    /** Writes the archive. Nothing is compressed: images, jars and weights would take time and get no smaller. */
    void write(Path file) throws IOException {
        AtomicFiles.write(file, this::writeTo);
    }

    private void writeTo(OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.NO_COMPRESSION);
        for (Map.Entry<String, Path> entry : entries.entrySet()) {
            ZipEntry head = new ZipEntry(entry.getKey());
            head.setTimeLocal(NO_TIME);
            zip.putNextEntry(head);
            Files.copy(entry.getValue(), zip);
            zip.closeEntry();
        }
        zip.finish();
    }
}
