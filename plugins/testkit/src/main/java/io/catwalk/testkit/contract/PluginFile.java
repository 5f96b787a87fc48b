package io.catwalk.testkit.contract;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Reads the file of a plugin: a jar, or PF4J's zip with the plugin's own files under {@code classes/} and jars of
 * libraries under {@code lib/}.
 */
public final class PluginFile {

    private static final String OWN = "classes/";

    private static final String LIBRARY = "lib/[^/]+\\.jar";

    /** Libraries are unpacked into memory whenever a plugin is loaded. Packed, they may have as much once more. */
    private static final int MOST_BYTES = 64 << 20;

    /** What a file of a library takes in memory beside its content, in bytes; otherwise millions of empty files would fit. */
    private static final int FILE_BYTES = 200;

    private PluginFile() {}

    /** {@return the prefix of the paths of the plugin's own files: {@code classes/} in a zip, nothing in a jar} */
    public static String root(ZipFile file) {
        return file.getEntry(OWN + JarFile.MANIFEST_NAME) == null ? "" : OWN;
    }

    /**
     * Reads the files of all libraries.
     *
     * @param file a jar, which has no libraries, or a zip
     * @return path and content of the files of each library, by library name such as {@code lib/maths.jar}; sorted by
     *     library
     * @throws IOException if a library is damaged, or they are too large together
     */
    public static Map<String, Map<String, byte[]>> libraries(ZipFile file) throws IOException {
        Map<String, Map<String, byte[]>> libraries = new LinkedHashMap<>();
        boolean isJar = root(file).isEmpty();
        List<ZipEntry> jars = new ArrayList<>(file.stream()
                .filter(entry -> !isJar && entry.getName().matches(LIBRARY))
                .sorted(Comparator.comparing(ZipEntry::getName))
                .toList());
        int room = MOST_BYTES;
        int packedRoom = MOST_BYTES;
        for (ZipEntry jar : jars) {
            Map<String, byte[]> files = new LinkedHashMap<>();
            byte[] packed = read(file.getInputStream(jar), packedRoom);
            packedRoom -= packed.length;
            try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(packed))) {
                for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                    byte[] content = read(in, room); // that of a folder would be unpacked in any case
                    room -= content.length + FILE_BYTES + 2 * entry.getName().length();
                    if (room < 0) {
                        throw tooLarge();
                    }
                    if (!entry.isDirectory()) {
                        files.put(entry.getName(), content);
                    }
                }
            }
            if (files.isEmpty()) {
                throw new IOException(jar.getName() + " is not a jar, or is empty: pack it again");
            }
            libraries.put(jar.getName(), files);
        }
        return libraries;
    }

    /**
     * Returns the class path of a plugin, for a class loader. Nothing is unpacked to disk, where it could be changed.
     *
     * @param plugin a jar, a zip, or a folder of classes
     * @return the address of the plugin's own files, then those of its libraries, which are in memory
     * @throws IOException if the file cannot be read
     */
    public static List<URL> classPath(Path plugin) throws IOException {
        if (Files.isRegularFile(plugin)) {
            try (ZipFile file = new ZipFile(plugin.toFile())) {
                if (!root(file).isEmpty()) {
                    List<URL> urls = new ArrayList<>(List.of(new URL("jar:" + plugin.toUri() + "!/" + OWN)));
                    libraries(file).forEach((library, files) -> urls.add(LibraryHandler.url(library, files)));
                    return List.copyOf(urls);
                }
            }
        }
        return List.of(plugin.toUri().toURL());
    }

    /**
     * Tells whether a resource is in the file of a plugin, by whatever path the file was opened.
     *
     * @param plugin a jar or a zip
     * @param resource that a class loader found
     * @return whether it is inside, and not in memory, in a folder, or in another file
     */
    public static boolean contains(Path plugin, URL resource) {
        String url = resource.toString();
        int end = url.indexOf("!/");
        try {
            return url.startsWith("jar:")
                    && end > 0
                    && Files.isSameFile(Path.of(URI.create(url.substring("jar:".length(), end))), plugin);
        } catch (IllegalArgumentException | FileSystemNotFoundException | IOException e) {
            return false; // it is not a file
        }
    }

    private static byte[] read(InputStream in, int room) throws IOException {
        byte[] bytes = in.readNBytes(room + 1);
        if (bytes.length > room) {
            throw tooLarge();
        }
        return bytes;
    }

    private static IOException tooLarge() {
        return new IOException("its libraries have more than " + (MOST_BYTES >> 20)
                + " MiB, unpacked: leave out what the classifier does not use");
    }
}
