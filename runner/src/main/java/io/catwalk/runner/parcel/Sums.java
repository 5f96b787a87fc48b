package io.catwalk.runner.parcel;

import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes the digests of all files of a folder, as {@code sha256sum -c} reads them. */
final class Sums {

    static final String FILE = "SHA256SUMS";

    private Sums() {}

    static void write(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        StringBuilder lines = new StringBuilder();
        for (Path file : files) {
            String place = folder.relativize(file).toString().replace('\\', '/');
            lines.append(Sha256.of(file)).append("  ").append(place).append('\n');
        }
        Files.writeString(folder.resolve(FILE), lines);
    }
}
