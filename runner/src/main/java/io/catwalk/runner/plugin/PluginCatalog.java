package io.catwalk.runner.plugin;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Suggestion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lists the classifiers of a folder of plugin jars, and the jars that failed with the reason.
 *
 * <p>What cannot be told apart (two jars of one plugin id, two classifiers of one name) is refused on
 * both sides: which of them a comparison ran must never be a matter of chance. Loading touches neither
 * the engine nor any native library.
 */
public final class PluginCatalog implements AutoCloseable {

    private final Path pluginsDir;
    private final PluginLoading loading;
    private final List<LoadedClassifier> classifiers;
    private final List<PluginFailure> failures;

    private PluginCatalog(Path pluginsDir, List<Path> jars) {
        this.pluginsDir = pluginsDir;
        loading = new PluginLoading();
        classifiers = loading.load(jars).stream()
                .sorted(Comparator.comparing(LoadedClassifier::name))
                .toList();
        failures = loading.failures().stream()
                .sorted(Comparator.comparing(PluginFailure::jar))
                .toList();
    }

    /**
     * Loads every {@code *.jar} of a folder, in the order of their names.
     *
     * @param pluginsDir a folder of plugin jars; subfolders and other files in it are left alone
     * @return the catalog; closing it closes the jars
     * @throws RequestException if the folder does not exist, is no folder or cannot be read
     */
    public static PluginCatalog open(Path pluginsDir) {
        if (!Files.isDirectory(pluginsDir)) {
            throw new RequestException("expected a folder of plugin jars at " + pluginsDir + ", but "
                    + (Files.exists(pluginsDir) ? "that is no folder" : "there is none")
                    + ": name another with --plugins-dir");
        }
        try (Stream<Path> files = Files.list(pluginsDir)) {
            return new PluginCatalog(
                    pluginsDir,
                    files.filter(file -> file.toString().endsWith(".jar") && Files.isRegularFile(file))
                            .sorted()
                            .toList());
        } catch (IOException | UncheckedIOException e) {
            throw new RequestException("cannot read the plugins folder " + pluginsDir + ": " + Reasons.of(e), e);
        }
    }

    /**
     * Returns the version of the plugin contract, which Plugin-Requires is held against.
     *
     * @return three numbers with dots, such as {@code 0.1.0}
     */
    public static String apiVersion() {
        return ApiVersion.current();
    }

    /**
     * Returns what was loaded.
     *
     * @return sorted by name, no name twice
     */
    public List<LoadedClassifier> classifiers() {
        return classifiers;
    }

    /**
     * Returns what could not be loaded.
     *
     * @return sorted by jar
     */
    public List<PluginFailure> failures() {
        return failures;
    }

    /**
     * Finds a classifier by its name.
     *
     * @param name as users ask for it
     * @return the only classifier of that name
     * @throws RequestException if there is none; the message gives the reason if its jar failed to load,
     *     and otherwise the nearest name and all known ones
     */
    public LoadedClassifier require(String name) {
        return classifiers.stream()
                .filter(classifier -> classifier.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RequestException(failures.stream()
                        .filter(failure -> failure.concerns(name))
                        .findFirst()
                        .map(failure -> "classifier '" + name + "' could not be loaded: " + failure)
                        .orElseGet(() -> unknown(name))));
    }

    private String unknown(String name) {
        List<String> known = classifiers.stream().map(LoadedClassifier::name).toList();
        String question = Suggestion.question(name, known);
        return "no classifier is named '" + name + "'" + (question.isEmpty() ? "." : question)
                + (known.isEmpty()
                        ? " There is none at all in " + pluginsDir
                        : " Known are " + String.join(", ", known))
                + (failures.isEmpty() ? "" : "; " + failures.size() + " plugin jars failed to load, see catwalk list");
    }

    /** Closes the jars: networks built before go on working, but their plugins can load no further class. */
    @Override
    public void close() {
        loading.close();
    }
}
