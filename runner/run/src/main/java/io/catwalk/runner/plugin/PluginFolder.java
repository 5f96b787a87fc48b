package io.catwalk.runner.plugin;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the jars of a plugins folder, and pins them with the file {@code plugins.lock} in it: one line for each jar, in
 * the format of {@code sha256sum -c}, below a line that names the plugin.
 *
 * <pre>
 * # gru 1.0.0
 * 5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9  gru-1.0.0.jar
 * </pre>
 */
public final class PluginFolder {

    private static final Logger LOG = LoggerFactory.getLogger(PluginFolder.class);

    private static final String FILE = "plugins.lock";

    private static final Pattern PINNED = Pattern.compile("([0-9a-f]{64}) [ *](.+)");

    private PluginFolder() {}

    /** Lists every {@code *.jar} and {@code *.zip} of a folder, sorted by name. */
    static List<Path> jars(Path pluginsDir) {
        if (!Files.isDirectory(pluginsDir)) {
            throw new RequestException("expected a folder of plugin jars at " + pluginsDir + ", but "
                    + (Files.exists(pluginsDir) ? "that is not a folder" : "there is none")
                    + ": name another with --plugins-dir");
        }
        try (Stream<Path> files = Files.list(pluginsDir)) {
            return files.filter(file -> isPlugin(file.toString()) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new RequestException("cannot read the plugins folder " + pluginsDir + ": " + Reasons.of(e), e);
        }
    }

    /** Finds the jar with a digest, 64 lower-case hexadecimal digits, whatever its name is. */
    public static Optional<Path> find(Path pluginsDir, String sha256) {
        for (Path jar : jars(pluginsDir)) {
            try {
                if (Sha256.of(jar).equals(sha256)) {
                    return Optional.of(jar);
                }
            } catch (IOException e) {
                LOG.info("{} cannot be read, and is not the one", jar, e);
            }
        }
        return Optional.empty();
    }

    /** Returns whether a file can be a plugin, by its name, with or without its folder. */
    static boolean isPlugin(String name) {
        return name.endsWith(".jar") || name.endsWith(".zip");
    }

    /** Pins the current jars of a folder. */
    public static Path lock(Path pluginsDir, PluginCatalog catalog) {
        if (!catalog.failures().isEmpty()) {
            throw new RequestException("expected plugins that all load, but these do not: "
                    + catalog.failures().stream()
                            .map(failure -> String.valueOf(failure.jar().getFileName()))
                            .distinct()
                            .collect(Collectors.joining(", "))
                    + ": see catwalk list, and remove or fix them");
        }
        Map<String, String> lines = new TreeMap<>();
        for (InstalledClassifier one : catalog.classifiers()) {
            PluginJar plugin = one.plugin();
            String jar = String.valueOf(plugin.path().getFileName());
            if (jar.matches("(?s).*[\\\\\\p{Cntrl}].*")) {
                throw new RequestException(
                        "expected a plain name of a jar, but found a \\ or a control character in it: rename " + jar);
            }
            lines.put(jar, "# " + plugin.id() + " " + plugin.version() + "\n" + plugin.sha256() + "  " + jar + "\n");
        }
        Path file = pluginsDir.resolve(FILE);
        String head =
                "# The plugins that --locked allows; written by catwalk list --lock, read by sha256sum -c, too.\n";
        try {
            AtomicFiles.write(file, head + String.join("", lines.values()));
        } catch (IOException e) {
            throw new RequestException(Reasons.oneLine(String.valueOf(e.getMessage())), e);
        }
        return file;
    }

    /** Returns a line for each jar that is missing, is not pinned or has changed, without running its code. */
    public static List<String> differences(Path pluginsDir) {
        Map<String, String> pinned = read(pluginsDir);
        List<String> differences = new ArrayList<>();
        for (Path jar : jars(pluginsDir)) {
            String name = String.valueOf(jar.getFileName());
            String expected = pinned.remove(name);
            String found = sha256(jar);
            if (expected == null) {
                differences.add(name + ": is not in " + FILE + " (sha256 " + Sha256.shortened(found)
                        + "): remove it, or lock it with catwalk list --lock");
            } else if (!expected.equals(found)) {
                differences.add(name + ": expected sha256 " + Sha256.shortened(expected) + ", but found "
                        + Sha256.shortened(found) + ": put the locked jar back, or lock this one with catwalk list"
                        + " --lock");
            }
        }
        pinned.keySet()
                .forEach(name -> differences.add(name + ": is in " + FILE + ", but not in the folder: put it back, or"
                        + " lock what is there with catwalk list --lock"));
        return differences;
    }

    private static Map<String, String> read(Path pluginsDir) {
        Path file = pluginsDir.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new RequestException(
                    "expected " + file + " for --locked, but there is none: write it with catwalk" + " list --lock");
        }
        Map<String, String> pinned = new LinkedHashMap<>();
        try {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                Matcher matcher = PINNED.matcher(line);
                if (matcher.matches()) {
                    pinned.put(matcher.group(2), matcher.group(1));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    throw new RequestException(file + ": expected a sha256 and a jar in line " + number
                            + ", but found something else: write it again with catwalk list --lock");
                }
            }
        } catch (IOException e) {
            throw new RequestException("cannot read " + file + ": " + Reasons.of(e), e);
        }
        return pinned;
    }

    private static String sha256(Path jar) {
        try {
            return Sha256.of(jar);
        } catch (IOException e) {
            throw new RequestException("cannot read " + jar + ": " + Reasons.of(e), e);
        }
    }
}
