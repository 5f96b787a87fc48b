package io.catwalk.runner.plugin;

import io.catwalk.runner.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.pf4j.processor.ExtensionStorage;

/**
 * Holds what a plugin jar says about itself, read before any class of it is loaded.
 *
 * @param path the file
 * @param id Plugin-Id of the manifest
 * @param version Plugin-Version
 * @param provider Plugin-Provider
 * @param description Plugin-Description
 * @param requires Plugin-Requires, a range of API versions
 * @param extensions names of the extension classes, sorted; at least one
 * @param sha256 of the file, 64 lower-case hexadecimal digits
 */
record PluginJar(
        Path path,
        String id,
        String version,
        String provider,
        String description,
        String requires,
        Set<String> extensions,
        String sha256) {

    private static final List<String> MANIFEST_ENTRIES =
            List.of("Plugin-Id", "Plugin-Version", "Plugin-Provider", "Plugin-Description", "Plugin-Requires");

    private static final String INDEX = "META-INF/extensions.idx";

    /**
     * Reads the manifest and the list of extensions, and looks for what a plugin must not carry.
     *
     * @param path a file
     * @throws UnusablePluginException if the file is not a complete thin plugin jar
     */
    static PluginJar read(Path path) throws UnusablePluginException {
        try (JarFile jar = new JarFile(path.toFile())) {
            requireThin(jar);
            Attributes manifest = manifest(jar);
            return new PluginJar(
                    path,
                    manifest.getValue("Plugin-Id").strip(),
                    manifest.getValue("Plugin-Version").strip(),
                    manifest.getValue("Plugin-Provider").strip(),
                    manifest.getValue("Plugin-Description").strip(),
                    manifest.getValue("Plugin-Requires").strip(),
                    extensions(jar),
                    sha256(path));
        } catch (ZipException e) {
            throw new UnusablePluginException(
                    "expected a jar, but found a file that is none or is cut off (" + e.getMessage()
                            + "): copy it again",
                    e);
        } catch (IOException | SecurityException e) {
            throw new UnusablePluginException("cannot be read: " + Reasons.of(e), e);
        }
    }

    /** Reads Plugin-Id alone, for a message about a jar that is unusable otherwise. */
    static @Nullable String idOf(Path path) {
        try (JarFile jar = new JarFile(path.toFile())) {
            Manifest manifest = jar.getManifest();
            return manifest == null ? null : manifest.getMainAttributes().getValue("Plugin-Id");
        } catch (IOException | SecurityException e) {
            return null;
        }
    }

    /** Refuses own copies of shared classes: a native library can be loaded by one class loader only. */
    private static void requireThin(JarFile jar) throws UnusablePluginException {
        List<String> carried = jar.stream()
                .map(ZipEntry::getName)
                .filter(name -> SharedClasses.containsEntry(name))
                .sorted()
                .toList();
        if (!carried.isEmpty()) {
            throw new UnusablePluginException("carries " + carried.get(0)
                    + (carried.size() > 1 ? " and " + (carried.size() - 1) + " more" : "")
                    + ", which the program provides: declare that dependency as 'provided'");
        }
    }

    private static Attributes manifest(JarFile jar) throws IOException, UnusablePluginException {
        Manifest manifest = jar.getManifest();
        Attributes attributes = manifest == null ? new Attributes() : manifest.getMainAttributes();
        List<String> missing = MANIFEST_ENTRIES.stream()
                .filter(entry -> attributes.getValue(entry) == null
                        || attributes.getValue(entry).isBlank())
                .toList();
        if (!missing.isEmpty()) {
            throw new UnusablePluginException(
                    "its META-INF/MANIFEST.MF lacks " + String.join(", ", missing) + ": see docs/writing-a-plugin.md");
        }
        if (attributes.getValue("Plugin-Dependencies") != null) {
            throw new UnusablePluginException(
                    "its META-INF/MANIFEST.MF has Plugin-Dependencies, but plugins stand alone: remove that entry");
        }
        return attributes;
    }

    private static Set<String> extensions(JarFile jar) throws IOException, UnusablePluginException {
        Set<String> names = new LinkedHashSet<>();
        ZipEntry index = jar.getEntry(INDEX);
        if (index != null) {
            try (InputStream in = jar.getInputStream(index)) {
                ExtensionStorage.read(new StringReader(new String(in.readAllBytes(), StandardCharsets.UTF_8)), names);
            }
        }
        if (names.isEmpty()) {
            throw new UnusablePluginException((index == null ? "has no " : "names no class in ") + INDEX
                    + ": annotate the classifier with @Extension and let PF4J's annotation processor run");
        }
        for (String name : names) {
            if (jar.getEntry(name.replace('.', '/') + ".class") == null) {
                throw new UnusablePluginException(
                        INDEX + " names " + name + ", which is not in the jar: build it from scratch");
            }
        }
        return new TreeSet<>(names);
    }

    private static String sha256(Path path) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
