package io.catwalk.runner.plugin;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.data.Sha256;
import io.catwalk.testkit.contract.PluginFile;
import io.catwalk.testkit.contract.ProvidedClasses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.pf4j.processor.ExtensionStorage;

/**
 * Holds what a plugin jar says about itself; read before any of its classes is loaded.
 *
 * @param path the file: a jar, or PF4J's zip with the plugin's own files under classes/ and libraries under lib/
 * @param requires Plugin-Requires, a range of API versions
 * @param extensions names of the extension classes, sorted; at least one
 * @param sha256 of the file, 64 lower-case hexadecimal digits
 */
public record PluginJar(
        Path path,
        boolean isZip,
        String id,
        String version,
        String provider,
        String description,
        String requires,
        Set<String> extensions,
        String sha256) {

    private static final List<String> MANIFEST_ENTRIES =
            List.of("Plugin-Id", "Plugin-Version", "Plugin-Provider", "Plugin-Description", "Plugin-Requires");

    private static final String DJL = "Requires-DJL";

    /** Entries whose values are kept or shown. */
    private static final List<String> KEPT_ENTRIES =
            Stream.concat(MANIFEST_ENTRIES.stream(), Stream.of(DJL)).toList();

    private static final Pattern SIGNATURE = Pattern.compile("(?i)META-INF/[^/]+\\.SF");

    /** What Java reads as a whole to verify a signed jar. */
    private static final Pattern OF_A_SIGNATURE =
            Pattern.compile("(?i)META-INF/(MANIFEST\\.MF|SIG-[^/]*|[^/]+\\.(SF|DSA|RSA|EC))");

    /** A step to the parent folder, or a path that begins at the root of a file system. */
    private static final Pattern OUTWARD = Pattern.compile("(^|[/\\\\])\\.\\.([/\\\\]|$)|^[/\\\\]|^[A-Za-z]:");

    private static final String INDEX = "META-INF/extensions.idx";

    /** Largest size of an entry that is read as a whole; real ones have less than a thousandth of it. */
    private static final int MOST_BYTES = 1 << 20;

    /** Java keeps the directory of a zip in memory as a whole. With 100 bytes for each file, this is enough for 80,000 files. */
    private static final int MOST_DIRECTORY = 8 << 20;

    /** Reading a signed jar takes seconds at this size, unpacked, which is also that of the largest file that is installed. */
    private static final long MOST_SIGNED = 1L << 30;

    /** Longest value in a manifest: it is shown, and each plugin's is kept. */
    private static final int LONGEST_VALUE = 1_000;

    /** The last record of a zip, at most 65,535 bytes of comment before the end of the file (APPNOTE 4.3.16). */
    private static final int END_SIGNATURE = 0x06054b50;

    private static final int END_BYTES = 22;

    private static final int END_DIRECTORY_SIZE = 12;

    /** Entries of a manifest that a plugin must not have, and why. */
    private static final Map<String, String> REFUSED_ENTRIES = new TreeMap<>(Map.of(
            "Class-Path",
            "but the jar's digest does not cover the files that it names: remove that entry, and put all classes into"
                    + " the jar",
            "Plugin-Class",
            "which would run before anybody asks for the classifier: remove that entry, and annotate the classifier"
                    + " with @Extension",
            "Plugin-Dependencies",
            "but plugins stand alone: remove that entry"));

    /** Reads the manifest and the list of extensions, and refuses content that a plugin must not have. */
    static PluginJar read(Path path) {
        // Not a JarFile, which reads the whole manifest on its own, whatever its size is.
        try (ZipFile jar = open(path)) {
            requireNoWayOut(jar);
            String root = PluginFile.root(jar);
            requireThin(jar, root);
            Attributes manifest = manifest(jar, root);
            requireThisApi(manifest.getValue("Plugin-Requires").strip());
            requireThisDjl(manifest.getValue(DJL));
            requireSoundSignature(path, jar);
            return new PluginJar(
                    path,
                    !root.isEmpty(),
                    manifest.getValue("Plugin-Id").strip(),
                    manifest.getValue("Plugin-Version").strip(),
                    manifest.getValue("Plugin-Provider").strip(),
                    manifest.getValue("Plugin-Description").strip(),
                    manifest.getValue("Plugin-Requires").strip(),
                    extensions(jar, root),
                    Sha256.of(path));
        } catch (ZipException e) {
            throw new PluginException(
                    "expected a jar, but found a damaged file or another format (" + e.getMessage()
                            + "): copy it again",
                    e);
        } catch (PluginException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new PluginException("cannot be read: " + Reasons.of(e), e);
        }
    }

    /** Reads only Plugin-Id, for a message about a jar that cannot be used. */
    static @Nullable String idOf(Path path) {
        try (ZipFile jar = open(path)) {
            String id = attributes(jar, PluginFile.root(jar)).getValue("Plugin-Id");
            return id == null || id.length() > LONGEST_VALUE ? null : id.strip();
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static ZipFile open(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            int length = (int) Math.min(file.size(), END_BYTES + 65_535);
            ByteBuffer tail = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            long from = file.size() - length;
            while (tail.hasRemaining() && file.read(tail, from + tail.position()) >= 0) {}
            // The comment may hold a second record like this: none of them may be large, whichever Java takes.
            for (int at = 0; at <= length - END_BYTES; at++) {
                long directory = Integer.toUnsignedLong(tail.getInt(at + END_DIRECTORY_SIZE));
                if (tail.getInt(at) == END_SIGNATURE && directory > MOST_DIRECTORY) {
                    throw new PluginException("the names of its files must take at most " + (MOST_DIRECTORY >> 20)
                            + " MiB, but take more: leave out what the classifier does not use");
                }
            }
        }
        return new ZipFile(path.toFile());
    }

    /** Refuses paths that would lead out of the folder if the archive were unpacked. */
    private static void requireNoWayOut(ZipFile jar) {
        for (ZipEntry entry : Collections.list(jar.entries())) {
            String name = entry.getName();
            if (OUTWARD.matcher(name).find()) {
                throw new PluginException("expected paths inside the jar, but found " + Reasons.quoted(name)
                        + ", which leads out of it: do not use it, and ask where it comes from");
            }
        }
    }

    /** Refuses copies of shared classes: only one class loader can load a native library. */
    private static void requireThin(ZipFile jar, String root) throws IOException {
        Stream<String> own = jar.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.startsWith(root))
                .filter(name -> ProvidedClasses.containsEntry(name.substring(root.length())));
        Stream<String> ofLibraries = PluginFile.libraries(jar).entrySet().stream()
                .flatMap(library -> library.getValue().keySet().stream()
                        .filter(ProvidedClasses::containsEntry)
                        .map(name -> library.getKey() + "!/" + name));
        List<String> carried = Stream.concat(own, ofLibraries).sorted().toList();
        if (!carried.isEmpty()) {
            throw new PluginException("carries " + shown(carried.get(0))
                    + (carried.size() > 1 ? " and " + (carried.size() - 1) + " more" : "")
                    + ", which the program provides: declare that dependency as 'provided'");
        }
    }

    /** Reads an entry as a whole, and believes nothing of what the directory says about its size. */
    private static byte[] bytes(ZipFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new PluginException("its " + shown(entry.getName()) + " must be at most " + MOST_BYTES
                        + " bytes, unpacked, but is larger: build it from scratch");
            }
            return bytes;
        }
    }

    /** Reads a signed jar completely, since Java verifies the signature of each file only when it is read. */
    private static void requireSoundSignature(Path path, ZipFile plain) throws IOException {
        if (plain.stream().noneMatch(entry -> SIGNATURE.matcher(entry.getName()).matches())) {
            return;
        }
        int ofSignatures = 0;
        for (ZipEntry entry : Collections.list(plain.entries())) {
            if (OF_A_SIGNATURE.matcher(entry.getName()).matches()) {
                ofSignatures += bytes(plain, entry).length;
                if (ofSignatures > MOST_BYTES) {
                    throw new PluginException("its manifest and signatures must be at most " + MOST_BYTES
                            + " bytes together, unpacked, but are larger: sign it once");
                }
            }
        }
        try (JarFile jar = new JarFile(path.toFile())) {
            verify(jar);
        }
    }

    private static void verify(JarFile jar) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long all = 0;
        for (JarEntry entry : Collections.list(jar.entries())) {
            try (InputStream in = jar.getInputStream(entry)) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    all += read;
                    if (all > MOST_SIGNED) {
                        throw new PluginException("a signed plugin must be at most " + (MOST_SIGNED >> 20)
                                + " MiB, unpacked, but is larger at " + shown(entry.getName()) + ": make it smaller");
                    }
                }
            } catch (SecurityException e) {
                throw new PluginException(
                        "its signature does not fit " + shown(entry.getName()) + " (" + Reasons.of(e)
                                + "): it was changed after it was signed, so take it from its author again",
                        e);
            }
        }
    }

    /** Returns a name as it is, unless it is too long for a line. */
    private static String shown(String name) {
        return name.length() > 200 ? Reasons.quoted(name) : name;
    }

    private static Attributes attributes(ZipFile jar, String root) throws IOException {
        ZipEntry entry = jar.getEntry(root + JarFile.MANIFEST_NAME);
        return entry == null
                ? new Attributes()
                : new Manifest(new ByteArrayInputStream(bytes(jar, entry))).getMainAttributes();
    }

    private static Attributes manifest(ZipFile jar, String root) throws IOException {
        Attributes attributes = attributes(jar, root);
        List<String> missing = MANIFEST_ENTRIES.stream()
                .filter(entry -> attributes.getValue(entry) == null
                        || attributes.getValue(entry).isBlank())
                .toList();
        if (!missing.isEmpty()) {
            throw new PluginException("its META-INF/MANIFEST.MF lacks " + String.join(", ", missing)
                    + ": see docs/how-to/write-a-plugin.md");
        }
        for (String entry : KEPT_ENTRIES) {
            String value = Objects.requireNonNullElse(attributes.getValue(entry), "");
            if (value.length() > LONGEST_VALUE) {
                throw new PluginException("its META-INF/MANIFEST.MF must have at most " + LONGEST_VALUE + " letters in "
                        + entry + ", but has " + value.length() + ": say it shorter");
            }
        }
        for (Map.Entry<String, String> refused : REFUSED_ENTRIES.entrySet()) {
            if (attributes.getValue(refused.getKey()) != null) {
                throw new PluginException(
                        "its META-INF/MANIFEST.MF has " + refused.getKey() + ", " + refused.getValue());
            }
        }
        return attributes;
    }

    private static void requireThisApi(String requires) {
        String api = ApiVersion.CURRENT;
        boolean fits;
        try {
            fits = ApiVersion.fits(requires);
        } catch (RuntimeException e) {
            throw new PluginException(
                    "expected a range of versions such as >=" + api + " in Plugin-Requires, but found " + requires, e);
        }
        if (!fits) {
            throw new PluginException("needs version " + requires + " of the Catwalk API, but this is " + api
                    + ": take a release of the plugin made for this version");
        }
    }

    /** Refuses a jar that was built for another major version of DJL, whose methods may differ. */
    private static void requireThisDjl(@Nullable String requires) {
        String here = ApiVersion.DJL;
        if (requires != null && !major(requires.strip()).equals(major(here))) {
            throw new PluginException("needs DJL " + requires.strip() + ", but this is DJL " + here
                    + ": take a release of the plugin made for this version");
        }
    }

    private static String major(String version) {
        return version.split("\\.", -1)[0];
    }

    private static Set<String> extensions(ZipFile jar, String root) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        ZipEntry index = jar.getEntry(root + INDEX);
        if (index != null) {
            ExtensionStorage.read(new StringReader(new String(bytes(jar, index), StandardCharsets.UTF_8)), names);
        }
        if (names.isEmpty()) {
            throw new PluginException((index == null ? "has no " : "names no class in ") + INDEX
                    + ": annotate the classifier with @Extension and let PF4J's annotation processor run");
        }
        for (String name : names) {
            if (jar.getEntry(root + name.replace('.', '/') + ".class") == null) {
                throw new PluginException(
                        INDEX + " names " + shown(name) + ", which is not in the jar: build it from scratch");
            }
        }
        return new TreeSet<>(names);
    }
}
