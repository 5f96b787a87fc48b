package io.catwalk.runner.plugin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns jars into classifiers one by one, and notes why a jar cannot be used. */
final class PluginLoading {

    private static final Logger LOG = LoggerFactory.getLogger(PluginLoading.class);

    private final List<LoadedPlugin> opened = new ArrayList<>();
    private final List<PluginFailure> failures = new ArrayList<>();

    void close() {
        opened.forEach(LoadedPlugin::close);
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
                LoadedPlugin plugin = LoadedPlugin.open(jar, step -> {});
                opened.add(plugin);
                loaded.addAll(plugin.classifiers());
            } catch (UnusablePluginException e) {
                refuse(new PluginFailure(jar.path(), jar.id(), null, e.reason()), e);
            }
        }
        return unique(loaded, LoadedClassifier::name, this::refuseSameName);
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
