package io.catwalk.runner.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Changes what was handed back, as an untrusted machine can. */
public final class Tampered {

    private Tampered() {}

    /** Adds a file to an archive, or replaces it; its name may be one of which no path can be made. */
    public static void put(Path archive, String name, byte[] content) throws IOException {
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        try (ZipFile old = new ZipFile(archive.toFile());
                ZipOutputStream zip = new ZipOutputStream(changed)) {
            for (ZipEntry entry : old.stream().toList()) {
                if (!entry.getName().equals(name)) {
                    zip.putNextEntry(new ZipEntry(entry.getName()));
                    old.getInputStream(entry).transferTo(zip);
                    zip.closeEntry();
                }
            }
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
        Files.write(archive, changed.toByteArray());
    }

    /** Reads a text file of an archive. */
    static String text(Path archive, String name) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            ZipEntry entry = Objects.requireNonNull(zip.getEntry(name));
            return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
