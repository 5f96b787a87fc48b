package io.catwalk.runner.plugin;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Tags;
import io.catwalk.api.Task;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.InspectionMain.SeenClassifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the classifiers of a folder of plugin jars, and the jars that cannot be used, with the reason. The jars are
 * inspected in a process of their own: their code does not run in this process.
 *
 * <p>If two jars have the same plugin id, or two classifiers the same name, both are refused: it must never depend on
 * chance which of them a comparison runs.
 */
public final class PluginCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(PluginCatalog.class);

    /**
     * Says why a jar could not be loaded.
     *
     * @param pluginId Plugin-Id of its manifest, or null if that could not be read
     * @param classifier the name of the classifier that failed, or null if it is not known
     * @param reason one line: what was expected, what was found, what to try
     */
    public record Failure(
            Path jar, @Nullable String pluginId, @Nullable String classifier, String reason) {

        /** Returns whether a user who requests this classifier probably means the jar that failed. */
        boolean concerns(String name) {
            return name.equals(classifier)
                    || name.equals(pluginId)
                    || jar.getFileName().toString().matches(Pattern.quote(name) + "(-\\d.*)?\\.(jar|zip)");
        }

        @Override
        public String toString() {
            return jar.getFileName() + ": " + reason;
        }
    }

    private final Path pluginsDir;
    private final Inspection inspection;
    private final @Nullable Task task;
    private final List<PluginJar> jars;
    private final List<InstalledClassifier> classifiers;
    private final List<Failure> failures = new ArrayList<>();

    private PluginCatalog(Path pluginsDir, Inspection inspection) {
        this.pluginsDir = pluginsDir;
        this.inspection = inspection;
        task = null;
        jars = unique(read(PluginFolder.jars(pluginsDir)), PluginJar::id, this::refuseSameId);
        classifiers = look();
    }

    private PluginCatalog(PluginCatalog general, Task task) {
        pluginsDir = general.pluginsDir;
        inspection = general.inspection;
        this.task = task;
        jars = general.jars.stream()
                .filter(jar -> general.classifiers.stream()
                        .anyMatch(one -> one.plugin().equals(jar)))
                .toList();
        failures.addAll(general.failures);
        // A name that two jars had stays refused, even if one of the two has been left out since.
        classifiers = look().stream()
                .filter(one -> general.classifiers.stream()
                        .anyMatch(other -> other.name().equals(one.name())))
                .toList();
    }

    private List<InstalledClassifier> look() {
        List<InstalledClassifier> installed = new ArrayList<>();
        inspection.look(jars, task).forEach((jar, answer) -> {
            if (answer.seen() != null) {
                answer.seen().forEach(one -> installed.add(installed(jar, one)));
            } else {
                refuse(new Failure(jar.path(), jar.id(), null, String.valueOf(answer.failure())), null);
            }
        });
        List<InstalledClassifier> unique = unique(installed, InstalledClassifier::name, this::refuseSameName);
        failures.sort(Comparator.comparing(Failure::jar));
        return unique.stream()
                .sorted(Comparator.comparing(InstalledClassifier::name))
                .toList();
    }

    /** Inspects every {@code *.jar} and {@code *.zip} of a folder. */
    public static PluginCatalog open(Path pluginsDir) {
        return open(pluginsDir, Inspection.standard());
    }

    static PluginCatalog open(Path pluginsDir, Inspection inspection) {
        return new PluginCatalog(pluginsDir, inspection);
    }

    /** Asks the classifiers about a task: whether they support it, and how they are trained for it. */
    public PluginCatalog on(Task newTask) {
        return new PluginCatalog(this, newTask);
    }

    public Task task() {
        if (task == null) {
            throw new IllegalStateException("this catalog is for no task: ask PluginCatalog.on(task)");
        }
        return task;
    }

    public List<InstalledClassifier> classifiers() {
        return classifiers;
    }

    public List<Failure> failures() {
        return List.copyOf(failures);
    }

    /** Finds the only classifier of a name. */
    public InstalledClassifier require(String name) {
        InstalledClassifier found = classifiers.stream()
                .filter(classifier -> classifier.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RequestException(failures.stream()
                        .filter(failure -> failure.concerns(name))
                        .findFirst()
                        .map(failure -> "classifier '" + name + "' could not be loaded: " + failure)
                        .orElseGet(() -> unknown(name))));
        if (found.unsupported() != null && task != null) {
            throw new RequestException("classifier '" + name + "' " + found.unsupported() + ", but there are " + task);
        }
        return found;
    }

    private String unknown(String name) {
        List<String> known = classifiers.stream().map(InstalledClassifier::name).toList();
        String question = Reasons.didYouMean(name, known);
        long failed = failures.stream().map(Failure::jar).distinct().count();
        return "no classifier is named '" + name + "'" + (question.isEmpty() ? "." : question)
                + (known.isEmpty()
                        ? " There are no classifiers in " + pluginsDir
                        : " Known are " + String.join(", ", known))
                + (failed == 0
                        ? ""
                        : "; " + failed + (failed == 1 ? " plugin jar" : " plugin jars")
                                + " failed to load, see catwalk list");
    }

    private List<PluginJar> read(List<Path> paths) {
        List<PluginJar> jars = new ArrayList<>();
        for (Path path : paths) {
            try {
                jars.add(PluginJar.read(path));
            } catch (PluginException e) {
                refuse(new Failure(path, PluginJar.idOf(path), null, e.reason()), e);
            }
        }
        return jars;
    }

    private InstalledClassifier installed(PluginJar jar, SeenClassifier seen) {
        return new InstalledClassifier(
                seen.name(),
                jar,
                seen.tags(),
                seen.searchSpace(),
                seen.unsupported(),
                task == null ? null : inspection.recipes(jar, seen, task));
    }

    private static <T> List<T> unique(List<T> items, Function<T, String> key, BiConsumer<T, List<T>> refuse) {
        Map<String, List<T>> byKey =
                items.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
        List<T> unique = new ArrayList<>();
        byKey.values().forEach(same -> {
            if (same.size() == 1) {
                unique.addAll(same);
            } else {
                same.forEach(item -> refuse.accept(item, same));
            }
        });
        return unique;
    }

    private void refuseSameId(PluginJar jar, List<PluginJar> same) {
        String reason = "the Plugin-Id " + jar.id() + " is in " + fileNames(same, PluginJar::path)
                + ": keep one of these jars, or give each plugin an id of its own";
        refuse(new Failure(jar.path(), jar.id(), null, reason), null);
    }

    private void refuseSameName(InstalledClassifier classifier, List<InstalledClassifier> same) {
        String reason = "the classifier name " + classifier.name() + " is in "
                + fileNames(same, one -> one.plugin().path()) + ": keep one of these jars, or rename a classifier";
        refuse(new Failure(classifier.plugin().path(), classifier.plugin().id(), classifier.name(), reason), null);
    }

    private static <T> String fileNames(List<T> items, Function<T, Path> jar) {
        return items.stream()
                .map(item -> String.valueOf(jar.apply(item).getFileName()))
                .distinct()
                .collect(Collectors.joining(" and in "));
    }

    /** Refuses a jar or a classifier; one that is asked about a task may have been refused before. */
    private void refuse(Failure failure, @Nullable Throwable cause) {
        if (!failures.contains(failure)) {
            failures.add(failure);
            LOG.warn("Refused plugin jar {}: {}", failure.jar(), failure.reason(), cause);
        }
    }

    /**
     * Describes a classifier of the plugins folder: everything that is known before a network is built. The plugin's code
     * does not run in this process until {@link #load}.
     *
     * @param unsupported why it does not support the task of the catalog; null if it does, or if the catalog has no task
     * @param recipes for the task of the catalog; null if there is no task
     */
    public record InstalledClassifier(
            String name,
            PluginJar plugin,
            Tags tags,
            SearchSpace searchSpace,
            @Nullable String unsupported,
            @Nullable Recipes recipes) {

        /** Returns recipes for one task, at each point of the search space. */
        public interface Recipes {

            /** Returns the recipes of several points at once, which may be much faster than one by one. */
            Map<Hyperparameters, Recipe> at(List<Hyperparameters> points);
        }

        /** Returns the recipe of the network for the task of the catalog, as {@link #recipes} does. */
        public Recipe recipe(Hyperparameters chosen) {
            return Objects.requireNonNull(recipes(List.of(chosen)).get(chosen));
        }

        /** Returns what {@link Recipes#at} does. */
        public Map<Hyperparameters, Recipe> recipes(List<Hyperparameters> points) {
            if (recipes == null) {
                throw new IllegalStateException("a recipe is for a task: ask PluginCatalog.on(task)");
            }
            return recipes.at(points);
        }

        /** Loads the jar as {@link LoadedPlugin#open}, so that networks can be built in this process. */
        public LoadedPlugin load() {
            return LoadedPlugin.open(plugin.path(), plugin.sha256());
        }
    }
}
