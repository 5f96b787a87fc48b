package io.catwalk.runner.plugin;

import io.catwalk.api.Classifier;
import io.catwalk.runner.Reasons;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns jars into classifiers one by one, and notes why a jar cannot be used. */
final class PluginLoading {

    private static final Logger LOG = LoggerFactory.getLogger(PluginLoading.class);

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private final ThinJarPluginManager manager;
    private final List<PluginFailure> failures = new ArrayList<>();

    PluginLoading(ThinJarPluginManager manager) {
        this.manager = manager;
    }

    /** Returns what could not be used so far, in the order of its discovery. */
    List<PluginFailure> failures() {
        return failures;
    }

    /** Loads the jars in their order, and returns those classifiers whose name no other has. */
    List<LoadedClassifier> load(List<Path> paths) {
        List<PluginJar> jars = new ArrayList<>();
        for (Path path : paths) {
            try {
                jars.add(PluginJar.read(path));
            } catch (UnusablePluginException e) {
                refuse(new PluginFailure(path, PluginJar.idOf(path), null, e.reason()), e);
            }
        }
        List<LoadedClassifier> loaded = new ArrayList<>();
        for (PluginJar jar : unique(jars, PluginJar::id, this::refuseSameId)) {
            try {
                loaded.addAll(load(jar));
            } catch (UnusablePluginException e) {
                refuse(new PluginFailure(jar.path(), jar.id(), null, e.reason()), e);
            }
        }
        return unique(loaded, LoadedClassifier::name, this::refuseSameName);
    }

    private List<LoadedClassifier> load(PluginJar jar) throws UnusablePluginException {
        requireVersionRange(jar.requires());
        try {
            manager.loadPlugin(jar.path());
            manager.startPlugin(jar.id());
        } catch (RuntimeException e) {
            throw new UnusablePluginException("cannot be loaded: " + Reasons.of(e), e);
        }
        PluginWrapper plugin = manager.getPlugin(jar.id());
        if (plugin.getPluginState() == PluginState.DISABLED) {
            throw new UnusablePluginException("needs version " + jar.requires() + " of the Catwalk API, but this is "
                    + manager.getSystemVersion() + ": take a release of the plugin made for this version");
        }
        if (plugin.getPluginState() != PluginState.STARTED) {
            throw new UnusablePluginException("cannot be started: " + Reasons.of(plugin.getFailedException()));
        }
        List<LoadedClassifier> classifiers = new ArrayList<>();
        for (String extension : jar.extensions()) {
            Classifier classifier = create(extension, plugin.getPluginClassLoader());
            classifiers.add(new LoadedClassifier(
                    classifier,
                    nameOf(classifier),
                    jar.id(),
                    jar.version(),
                    jar.provider(),
                    jar.description(),
                    jar.path(),
                    jar.sha256()));
        }
        return classifiers;
    }

    private void requireVersionRange(String requires) throws UnusablePluginException {
        try {
            manager.getVersionManager().checkVersionConstraint(manager.getSystemVersion(), requires);
        } catch (RuntimeException e) {
            throw new UnusablePluginException(
                    "expected a range of versions such as >=" + manager.getSystemVersion()
                            + " in Plugin-Requires, but found " + requires,
                    e);
        }
    }

    /** Makes the classifier here rather than by PF4J, which logs a failure and returns less. */
    private static Classifier create(String className, ClassLoader loader) throws UnusablePluginException {
        try {
            Object made = loader.loadClass(className).getConstructor().newInstance();
            if (made instanceof Classifier classifier) {
                return classifier;
            }
        } catch (UnsupportedClassVersionError e) {
            throw new UnusablePluginException(
                    "holds " + className + " compiled for a newer Java than this "
                            + Runtime.version().feature() + ": compile it with --release 17, or run a newer Java",
                    e);
        } catch (InvocationTargetException e) {
            throw new UnusablePluginException(
                    "the constructor of " + className + " threw " + Reasons.of(e.getCause()), e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new UnusablePluginException(
                    "cannot make a " + className + " (" + Reasons.of(e)
                            + "): expected a public class with a public constructor without parameters",
                    e);
        }
        throw new UnusablePluginException(
                "its extension " + className + " is no " + Classifier.class.getName() + ": implement that interface");
    }

    private static String nameOf(Classifier classifier) throws UnusablePluginException {
        String where = classifier.getClass().getName() + ".name()";
        String name;
        try {
            name = classifier.name();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            throw new UnusablePluginException(where + " threw " + Reasons.of(e), e);
        }
        if (name == null || !NAME.matcher(name).matches()) {
            throw new UnusablePluginException(where + " must return lower-case letters, digits and single dashes,"
                    + " such as conv-maxpool, but returns " + name);
        }
        return name;
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
        refuse(new PluginFailure(jar.path(), jar.id(), null, reason), null);
    }

    private void refuseSameName(LoadedClassifier classifier, List<LoadedClassifier> same) {
        String reason = "the classifier name " + classifier.name() + " is in " + fileNames(same, LoadedClassifier::jar)
                + ": keep one of these jars, or rename a classifier";
        refuse(new PluginFailure(classifier.jar(), classifier.pluginId(), classifier.name(), reason), null);
    }

    private static <T> String fileNames(List<T> items, Function<T, Path> jar) {
        return items.stream()
                .map(item -> String.valueOf(jar.apply(item).getFileName()))
                .distinct()
                .collect(Collectors.joining(" and in "));
    }

    private void refuse(PluginFailure failure, @Nullable Throwable cause) {
        failures.add(failure);
        LOG.warn("Refused plugin jar {}: {}", failure.jar(), failure.reason(), cause);
    }
}
