package io.catwalk.runner.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Reads the other format of plugins, PF4J's zip: the plugin's own files under {@code classes/}, jars of libraries under
 * {@code lib/}.
 */
final class PluginZip {

    /** Where the plugin's own files are. */
    static final String OWN = "classes/";

    private static final String LIBRARY = "lib/[^/]+\\.jar";

    /** Libraries are unpacked into memory whenever a plugin is inspected. */
    private static final int MOST_BYTES = 64 << 20;

    private PluginZip() {}

    /** Returns whether a file is such a zip, not a plain jar. */
    static boolean isOne(ZipFile file) {
        return file.getEntry(OWN + "META-INF/MANIFEST.MF") != null;
    }

    /**
     * Reads the files of all libraries.
     *
     * @return path and content of the files of each library, by library name such as {@code lib/maths.jar}; sorted by
     *     library
     * @throws IOException if a library is damaged, or they are too large together
     */
    static Map<String, Map<String, byte[]>> libraries(ZipFile zip) throws IOException {
        Map<String, Map<String, byte[]>> libraries = new LinkedHashMap<>();
        List<ZipEntry> jars = new ArrayList<>(zip.stream()
                .filter(entry -> entry.getName().matches(LIBRARY))
                .sorted(Comparator.comparing(ZipEntry::getName))
                .toList());
        int room = MOST_BYTES;
        for (ZipEntry jar : jars) {
            Map<String, byte[]> files = new LinkedHashMap<>();
            byte[] packed = read(zip.getInputStream(jar), room);
            try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(packed))) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    if (!entry.isDirectory()) {
                        byte[] content = read(in, room);
                        room -= content.length;
                        files.put(entry.getName(), content);
                    }
                }
            }
            if (files.isEmpty()) {
                throw new IOException(jar.getName() + " is no jar, or is empty: pack it again");
            }
            libraries.put(jar.getName(), files);
        }
        return libraries;
    }

    private static byte[] read(InputStream in, int room) throws IOException {
        byte[] bytes = in.readNBytes(room + 1);
        if (bytes.length > room) {
            throw new IOException("its libraries have more than " + (MOST_BYTES >> 20)
                    + " MiB, unpacked: leave out what the classifier does not use");
        }
        return bytes;
    }
}
