package io.catwalk.runner.plugin;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.plugin.InspectionMain.SeenClassifier;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.process.UserCache;
import io.catwalk.runner.supply.FileSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs plugins in a plugins folder and removes them. If a change is refused, the folder is unchanged.
 */
public final class PluginInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(PluginInstaller.class);

    private static final long MOST_BYTES = 1L << 30;

    private static final String PLAIN = "[A-Za-z0-9][A-Za-z0-9._+-]{0,99}";

    private final Path pluginsDir;
    private final Inspection inspection;
    private final FileSource source;

    PluginInstaller(Path pluginsDir, Inspection inspection, FileSource source) {
        this.pluginsDir = pluginsDir;
        this.inspection = inspection;
        this.source = source;
    }

    public static PluginInstaller open(Path pluginsDir) {
        return new PluginInstaller(pluginsDir, Inspection.standard(), FileSource.standard());
    }

    /** Whether a newer version may be replaced by an older one. */
    public enum Downgrade {
        REFUSED,
        ALLOWED
    }

    /** A plugin in the folder, with the names of its classifiers; none if it cannot be used. */
    public record Plugin(String id, String version, List<String> classifiers, Path file) {}

    /** A plugin that was installed, and the versions of it that were installed before. */
    public record Placed(Plugin now, List<String> replaced) {}

    /** Lists the plugins that can be used, one for each file, sorted by id. */
    public static List<Plugin> plugins(PluginCatalog catalog) {
        Map<String, List<InstalledClassifier>> byId = catalog.classifiers().stream()
                .collect(Collectors.groupingBy(one -> one.plugin().id(), TreeMap::new, Collectors.toList()));
        return byId.values().stream()
                .map(all -> new Plugin(
                        all.get(0).plugin().id(),
                        all.get(0).plugin().version(),
                        all.stream().map(InstalledClassifier::name).toList(),
                        all.get(0).plugin().path()))
                .toList();
    }

    public Placed install(PluginIndex.Release release, Downgrade downgrade) {
        return install(release.address(), release.sha512(), release, downgrade);
    }

    /**
     * Installs a file.
     *
     * @param sha512 expected digest, 128 hexadecimal digits; null if it is not known
     */
    public Placed install(String where, @Nullable String sha512, Downgrade downgrade) {
        if (sha512 != null && !sha512.matches("[0-9a-fA-F]{128}")) {
            throw new RequestException(
                    "expected 128 hexadecimal digits for --sha512, but found " + Reasons.quoted(sha512));
        }
        return install(FileSource.address(where), sha512, null, downgrade);
    }

    private Placed install(
            URI address, @Nullable String sha512, PluginIndex.@Nullable Release release, Downgrade downgrade) {
        PluginFolder.jars(pluginsDir); // checks the folder before anything is downloaded
        try (Scratch scratch = new Scratch()) {
            String path = Objects.requireNonNullElse(address.getPath(), "");
            // On Windows a backslash and a colon lead to another folder, too, before the digest is compared.
            String name = path.replaceFirst("(?s).*[/\\\\:]", "");
            if (!PluginFolder.isPlugin(name)) {
                throw new RequestException("expected a plugin, a .jar or .zip, but found " + Reasons.quoted(name)
                        + ": build it, and name the file in its target folder, or a Plugin-Id with --index");
            }
            Path copy = scratch.file(name);
            source.copy(address, copy, MOST_BYTES);
            if (sha512 != null) {
                requireDigest(address, copy, sha512);
            }
            PluginJar jar = read(copy);
            return alone(() -> place(jar, release, downgrade));
        }
    }

    /**
     * Changes the folder while no other process of this user does: if two processes installed versions of one plugin,
     * neither would see the other's. If the lock cannot be created, the folder is changed without it.
     */
    @SuppressWarnings("try") // the lock is held, not used
    private <T> T alone(Supplier<T> change) {
        try (ProcessLock lock = lock()) {
            return change.get();
        } catch (IOException e) {
            throw new RequestException("cannot release the lock of " + pluginsDir + ": " + Reasons.of(e), e);
        }
    }

    private @Nullable ProcessLock lock() {
        try {
            // Folders whose paths have the same hash share a lock.
            String name = Integer.toHexString(pluginsDir.toRealPath().hashCode()) + ".lock";
            Path file = UserCache.make(UserCache.chosen().resolve("plugins")).resolve(name);
            return ProcessLock.take(file, () -> LOG.info("Waiting for another change of {}", pluginsDir));
        } catch (IOException e) {
            LOG.info("{} is changed without a lock", pluginsDir, e);
            return null;
        } catch (InterruptedException e) {
            throw RequestException.stopped("waiting for another change of " + pluginsDir, e);
        }
    }

    private static void requireDigest(URI address, Path copy, String expected) {
        String found = sha512(copy);
        if (!found.equalsIgnoreCase(expected)) {
            throw new RequestException("expected SHA-512 " + Sha256.shortened(expected) + " of "
                    + FileSource.shown(address) + ", but found " + Sha256.shortened(found)
                    + ": it is not the expected file, so do not use it");
        }
    }

    private static PluginJar read(Path file) {
        try {
            return PluginJar.read(file);
        } catch (PluginException e) {
            throw unusable(file, e.reason());
        }
    }

    private static RequestException unusable(Path file, String reason) {
        return new RequestException("cannot use " + file.getFileName() + ": " + reason);
    }

    private Placed place(PluginJar jar, PluginIndex.@Nullable Release release, Downgrade downgrade) {
        if (!jar.id().matches(PLAIN) || !jar.version().matches(PLAIN)) {
            throw unusable(
                    jar.path(),
                    "expected letters, digits, dots and dashes in Plugin-Id and Plugin-Version, but" + " found "
                            + Reasons.quoted(jar.id() + " " + jar.version()));
        }
        if (release != null
                && !(release.id().equals(jar.id()) && release.version().equals(jar.version()))) {
            throw new RequestException(
                    "the index says that " + FileSource.shown(release.address()) + " is " + release.id() + " "
                            + release.version() + ", but it is " + jar.id() + " " + jar.version()
                            + ": tell the maintainer of the index");
        }
        List<String> names = classifiers(jar);
        List<Path> before = filesOf(jar.id());
        List<String> replaced = new ArrayList<>();
        for (Path old : before) {
            replaced.add(requireNoNewer(jar, old, downgrade));
        }
        requireOwnNames(jar, names);
        Path target = pluginsDir.resolve(jar.id() + "-" + jar.version() + (jar.isZip() ? ".zip" : ".jar"));
        if (Files.exists(target) && !before.contains(target)) {
            throw new RequestException(
                    "expected no file of another plugin at " + target + ", but found one: rename or remove it");
        }
        try {
            AtomicFiles.write(target, out -> Files.copy(jar.path(), out));
        } catch (IOException e) {
            throw new RequestException(Reasons.of(e), e);
        }
        try {
            before.stream().filter(old -> !old.equals(target)).forEach(PluginInstaller::delete);
        } catch (RequestException e) {
            if (!before.contains(target)) {
                delete(target); // two files of one plugin would both be refused
            }
            throw e;
        }
        return new Placed(new Plugin(jar.id(), jar.version(), names, target), replaced);
    }

    private List<String> classifiers(PluginJar jar) {
        InspectionMain.Answer answer =
                Objects.requireNonNull(inspection.look(List.of(jar), null).get(jar));
        if (answer.seen() == null) {
            throw unusable(jar.path(), String.valueOf(answer.failure()));
        }
        return answer.seen().stream().map(SeenClassifier::name).sorted().toList();
    }

    private List<Path> filesOf(String id) {
        return PluginFolder.jars(pluginsDir).stream()
                .filter(file -> id.equals(PluginJar.idOf(file)))
                .toList();
    }

    /** Returns the installed version, and refuses to replace a newer one unless that is allowed. */
    private static String requireNoNewer(PluginJar jar, Path old, Downgrade downgrade) {
        String version;
        try {
            version = PluginJar.read(old).version();
        } catch (PluginException e) {
            return "a version that could not be used"; // any other is better
        }
        if (downgrade == Downgrade.REFUSED && PluginIndex.compare(version, jar.version()) > 0) {
            throw new RequestException("expected a newer " + jar.id() + " than " + version + ", which is in "
                    + old.getFileName() + ", but found " + jar.version() + ": use --force to replace it anyway");
        }
        return version;
    }

    private void requireOwnNames(PluginJar jar, List<String> names) {
        for (InstalledClassifier other :
                PluginCatalog.open(pluginsDir, inspection).classifiers()) {
            if (names.contains(other.name()) && !other.plugin().id().equals(jar.id())) {
                throw unusable(
                        jar.path(),
                        "the classifier name " + other.name() + " is in "
                                + other.plugin().path().getFileName()
                                + ", too: rename one, or remove that plugin first");
            }
        }
    }

    public Plugin remove(String name) {
        return alone(() -> removed(name));
    }

    private Plugin removed(String name) {
        PluginCatalog catalog = PluginCatalog.open(pluginsDir, inspection);
        List<Path> files = PluginFolder.jars(pluginsDir).stream()
                .filter(file -> name.equals(String.valueOf(file.getFileName())) || name.equals(PluginJar.idOf(file)))
                .toList();
        List<Plugin> plugins = plugins(catalog);
        if (files.isEmpty()) {
            files = plugins.stream()
                    .filter(plugin -> plugin.classifiers().contains(name))
                    .map(Plugin::file)
                    .toList();
        }
        if (files.size() != 1) {
            throw new RequestException(files.isEmpty() ? unknown(name, plugins) : several(name, files));
        }
        Path file = files.get(0);
        Plugin removed = plugins.stream()
                .filter(plugin -> plugin.file().equals(file))
                .findFirst()
                .orElseGet(() -> new Plugin(String.valueOf(file.getFileName()), "", List.of(), file));
        delete(file);
        return removed;
    }

    private String unknown(String name, List<Plugin> plugins) {
        List<String> known = plugins.stream().map(Plugin::id).toList();
        String question = Reasons.didYouMean(name, known);
        return "no plugin in " + pluginsDir + " is named '" + name + "'" + (question.isEmpty() ? ":" : question)
                + " the folder has " + (known.isEmpty() ? "none" : String.join(", ", known));
    }

    private static String several(String name, List<Path> files) {
        return "expected one plugin '" + name + "', but found "
                + files.stream().map(file -> String.valueOf(file.getFileName())).collect(Collectors.joining(" and "))
                + ": name the file to remove";
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new RequestException("cannot delete " + file + ": " + Reasons.of(e), e);
        }
    }

    private static String sha512(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new RequestException("cannot read " + file + ": " + Reasons.of(e), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-512", e);
        }
    }
}
