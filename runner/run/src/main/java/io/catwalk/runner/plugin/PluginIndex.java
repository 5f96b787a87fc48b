package io.catwalk.runner.plugin;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.process.UserCache;
import io.catwalk.runner.supply.FileSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pf4j.DefaultVersionManager;
import org.pf4j.VersionManager;
import tools.jackson.core.JacksonException;

/**
 * Lists available plugins, from a file in the format of pf4j-update: an array of plugins, each with its releases. A
 * file is accepted only if it has the SHA-512 of its entry.
 */
public final class PluginIndex {

    private static final long MOST_BYTES = 4 << 20;

    /** A plugin with a longer id or version would not be installed; both are shown. */
    private static final int LONGEST_NAME = 100;

    private static final VersionManager VERSIONS = new DefaultVersionManager();

    private final URI address;
    private final List<Entry> entries;

    private PluginIndex(URI address, List<Entry> entries) {
        this.address = address;
        this.entries = entries;
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Entry(String id, List<Listed> releases) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Listed(
            String version,
            @Nullable String requires,
            String url,
            @Nullable String sha512sum) {}

    /** A release of a plugin, with its digest, 128 lower-case hexadecimal digits. */
    public record Release(String id, String version, URI address, String sha512) {}

    public static PluginIndex read(String where) {
        UserCache.keepTemporaryFiles();
        return read(where, FileSource.standard());
    }

    static PluginIndex read(String where, FileSource source) {
        URI address = FileSource.address(where);
        String text;
        try (Scratch scratch = new Scratch()) {
            Path copy = scratch.file("plugins.json");
            source.copy(address, copy, MOST_BYTES);
            text = Files.readString(copy);
        } catch (IOException e) {
            throw new RequestException(
                    "expected an index in " + FileSource.shown(where) + ", but it is not UTF-8 text", e);
        }
        return new PluginIndex(address, entries(where, text));
    }

    private static List<Entry> entries(String where, String text) {
        Entry[] read;
        try {
            read = Json.JSON.readValue(text, Entry[].class);
        } catch (JacksonException e) {
            throw malformed(
                    where,
                    e.getLocation() == null
                            ? "something else"
                            : "something else at line " + e.getLocation().getLineNr(),
                    e);
        }
        List<Entry> entries = read == null ? List.of() : Arrays.asList(read);
        Set<String> ids = new HashSet<>();
        for (Entry entry : entries) {
            if (entry == null || !Json.isComplete(entry)) {
                throw malformed(where, "a plugin without its id, or a release without its version or url", null);
            }
            Stream.concat(Stream.of(entry.id()), entry.releases().stream().map(Listed::version))
                    .filter(name -> name.length() > LONGEST_NAME)
                    .forEach(name -> {
                        throw malformed(
                                where,
                                "an id or a version of more than " + LONGEST_NAME + " letters, " + Reasons.quoted(name),
                                null);
                    });
            if (!ids.add(entry.id())) {
                throw malformed(where, Reasons.quoted(entry.id()) + " twice", null);
            }
        }
        return entries;
    }

    private static RequestException malformed(String where, String found, @Nullable Throwable cause) {
        return new RequestException(
                "expected an index in " + FileSource.shown(where)
                        + " as pf4j-update has it ([{\"id\": ..., \"releases\": [{\"version\":"
                        + " ..., \"url\": ..., \"sha512sum\": ...}]}]), but found " + found,
                cause);
    }

    /** Finds the newest release of a plugin that this version of Catwalk can use. */
    public Release require(String id) {
        List<String> known = entries.stream().map(Entry::id).sorted().toList();
        if (!known.contains(id)) {
            String question = Reasons.didYouMean(id, known);
            throw new RequestException("the index " + FileSource.shown(address) + " has no plugin '" + id + "'"
                    + (question.isEmpty() ? ":" : question) + " it has "
                    + (known.isEmpty() ? "none" : String.join(", ", known)));
        }
        return newest(id)
                .orElseThrow(() -> new RequestException(
                        "the index " + FileSource.shown(address) + " has no release of '" + id + "' for version "
                                + ApiVersion.CURRENT + " of the Catwalk API: take another version of Catwalk"));
    }

    private Optional<Release> newest(String id) {
        return entries.stream()
                .filter(entry -> entry.id().equals(id))
                .flatMap(entry -> entry.releases().stream())
                .filter(release -> fits(release.requires()))
                .max(Comparator.comparing(Listed::version, PluginIndex::compare))
                .map(release -> checked(id, release));
    }

    /** Returns the newest version that this version of Catwalk can use; empty if it is no newer than the plugin. */
    public Optional<String> newerThan(PluginInstaller.Plugin plugin) {
        return newest(plugin.id()).map(Release::version).filter(version -> compare(version, plugin.version()) > 0);
    }

    /** Compares two versions by number; a text that is not a version is older than any version. */
    static int compare(String one, String other) {
        boolean known = isVersion(one);
        return known && isVersion(other) ? VERSIONS.compareVersions(one, other) : known ? 1 : isVersion(other) ? -1 : 0;
    }

    private static boolean isVersion(String text) {
        try {
            return VERSIONS.compareVersions(text, text) == 0;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static boolean fits(@Nullable String requires) {
        try {
            return requires == null || requires.isBlank() || ApiVersion.fits(requires.strip());
        } catch (RuntimeException e) {
            return false;
        }
    }

    private Release checked(String id, Listed release) {
        String what = "the index " + FileSource.shown(address) + " has " + id + " " + release.version();
        if (release.sha512sum() == null || !release.sha512sum().strip().matches("[0-9a-fA-F]{128}")) {
            throw new RequestException(what + " without its SHA-512: expected 128 hexadecimal digits as sha512sum");
        }
        URI file;
        try {
            file = address.resolve(URI.create(release.url()));
            FileSource.requireKind(file);
        } catch (IllegalArgumentException e) {
            throw new RequestException(
                    what + " at " + Reasons.quoted(FileSource.shown(release.url())) + ", which is not an address", e);
        } catch (RequestException e) {
            throw new RequestException(what + ": " + e.getMessage(), e);
        }
        boolean elsewhere =
                file.getScheme().equals("https") && URI.create(release.url()).isAbsolute();
        if (!elsewhere && !isBelow(file, address.resolve("."))) {
            throw new RequestException(what + " at " + Reasons.quoted(FileSource.shown(release.url()))
                    + ", which leads out of the folder of the index: expected a path below it, or https:");
        }
        return new Release(
                id, release.version(), file, release.sha512sum().strip().toLowerCase(Locale.ROOT));
    }

    private static boolean isBelow(URI file, URI folder) {
        boolean local = file.getScheme().equals("file") && "file".equals(folder.getScheme());
        return local
                ? Path.of(file).normalize().startsWith(Path.of(folder).normalize())
                : file.normalize().toString().startsWith(folder.normalize().toString());
    }
}
