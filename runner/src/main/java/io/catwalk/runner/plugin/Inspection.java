package io.catwalk.runner.plugin;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what jars contain without running their code in this process. All jars that are not known yet share one
 * process; those that failed there, if only in a recipe, are inspected again, each in a process of its own, since
 * another jar may have caused the failure.
 *
 * <p>What a jar contains is kept by its digest. Only jars without a failure are: one that cannot be used, or whose recipe
 * fails, is inspected each time, since the cause may lie outside it. If the store cannot be read or written, that is no
 * error; the jar is inspected again.
 */
final class Inspection {

    private static final Logger LOG = LoggerFactory.getLogger(Inspection.class);

    private static final int MOST_AT_ONCE = 4;

    private final Duration patience;
    private final ContentStore store;

    /**
     * Prepares to inspect jars.
     *
     * @param patience the longest time that a step of a plugin may take, such as its constructor
     * @param store of the jars that were inspected before
     */
    Inspection(Duration patience, ContentStore store) {
        this.patience = patience;
        this.store = store;
    }

    /** Returns the inspection of the program; the property {@code catwalk.plugin.millis} sets its patience. */
    static Inspection standard() {
        UserCache.keepTemporaryFiles();
        return new Inspection(
                Duration.ofMillis(Long.getLong("catwalk.plugin.millis", 10_000)),
                ContentStore.of(ContentStore.Kind.INSPECTIONS));
    }

    /**
     * Inspects jars.
     *
     * @param task also asks the classifiers about this task; null asks only what does not depend on a task
     * @return an answer for each, in order
     */
    Map<PluginJar, InspectionAnswer> look(List<PluginJar> jars, @Nullable Task task) {
        Map<PluginJar, InspectionAnswer> answers = new LinkedHashMap<>();
        List<PluginJar> unknown = new ArrayList<>();
        for (PluginJar jar : jars) {
            answers.put(jar, new InspectionAnswer.None("was not inspected"));
            find(jar, task)
                    .map(InspectionAnswer.Seen::new)
                    .filter(Inspection::isSound)
                    .ifPresentOrElse(seen -> answers.put(jar, seen), () -> unknown.add(jar));
        }
        try {
            answers.putAll(ask(unknown, task));
            List<PluginJar> again =
                    unknown.stream().filter(jar -> !isSound(answers.get(jar))).toList();
            // If there was only one jar, no other can have caused its failure.
            if (unknown.size() > 1) {
                answers.putAll(askEachAlone(again, task));
            }
        } catch (InterruptedException e) {
            throw stopped(e);
        }
        for (PluginJar jar : unknown) {
            if (answers.get(jar) instanceof InspectionAnswer.Seen seen && isSound(seen)) {
                keep(jar, task, seen.classifiers());
            }
        }
        return answers;
    }

    /** Returns whether nothing has failed: the cause of a failure, even of one recipe, may lie outside the jar. */
    private static boolean isSound(@Nullable InspectionAnswer answer) {
        return answer instanceof InspectionAnswer.Seen seen
                && seen.classifiers().stream()
                        .flatMap(one -> one.recipes().stream())
                        .allMatch(recipe -> recipe.failure() == null);
    }

    /**
     * Asks a classifier for recipes, in one process.
     *
     * @param task a task that the classifier supports
     * @param points of the search space, at least one
     * @return a recipe or a failure for each point
     * @throws PluginException if the plugin gives no answer
     */
    List<SeenRecipe> recipes(PluginJar jar, String classifier, Task task, List<Hyperparameters> points) {
        var question = new InspectionQuestion(
                jar.path().toString(),
                jar.sha256(),
                classifier,
                task,
                points.stream().map(Hyperparameters::values).toList());
        InspectionAnswer answer;
        try {
            answer = InspectionProcess.ask(List.of(question), patience).get(0);
        } catch (InterruptedException e) {
            throw stopped(e);
        }
        if (answer instanceof InspectionAnswer.Seen seen && seen.classifiers().size() == 1) {
            return seen.classifiers().get(0).recipes();
        }
        String reason = answer instanceof InspectionAnswer.Refused refused
                ? refused.reason()
                : answer instanceof InspectionAnswer.None none ? none.reason() : "is not in the jar any more";
        throw new PluginException(
                "classifier '" + classifier + "' of " + jar.path().getFileName() + ": " + reason);
    }

    private Map<PluginJar, InspectionAnswer> ask(List<PluginJar> jars, @Nullable Task task)
            throws InterruptedException {
        Map<PluginJar, InspectionAnswer> answers = new LinkedHashMap<>();
        if (!jars.isEmpty()) {
            List<InspectionQuestion> questions = jars.stream()
                    .map(jar -> new InspectionQuestion(jar.path().toString(), jar.sha256(), null, task, List.of()))
                    .toList();
            List<InspectionAnswer> inOrder = InspectionProcess.ask(questions, patience);
            for (int i = 0; i < jars.size(); i++) {
                answers.put(jars.get(i), inOrder.get(i));
            }
        }
        return answers;
    }

    private Map<PluginJar, InspectionAnswer> askEachAlone(List<PluginJar> jars, @Nullable Task task)
            throws InterruptedException {
        int together = Math.min(MOST_AT_ONCE, Runtime.getRuntime().availableProcessors());
        ExecutorService asking = Executors.newFixedThreadPool(together);
        try {
            List<Callable<Map<PluginJar, InspectionAnswer>>> each = new ArrayList<>();
            jars.forEach(jar -> each.add(() -> ask(List.of(jar), task)));
            Map<PluginJar, InspectionAnswer> answers = new LinkedHashMap<>();
            for (Future<Map<PluginJar, InspectionAnswer>> one : asking.invokeAll(each)) {
                answers.putAll(one.get());
            }
            return answers;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RequestException request) {
                throw request;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            asking.shutdownNow();
        }
    }

    private static RequestException stopped(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RequestException("stopped while inspecting the plugins", e);
    }

    /** The content of a file of the store. */
    private record Kept(
            String sha256,
            String catwalk,
            String java,
            @Nullable Task task,
            List<SeenClassifier> classifiers) {

        static Kept of(PluginJar jar, @Nullable Task task, List<SeenClassifier> classifiers) {
            return new Kept(
                    jar.sha256(), ApiVersion.current(), Runtime.version().toString(), task, classifiers);
        }
    }

    /**
     * Returns what the jar contains, for a task or for none, if this version of Catwalk has inspected it on this
     * version of Java.
     */
    private Optional<List<SeenClassifier>> find(PluginJar jar, @Nullable Task task) {
        Path file = store.path(key(jar, task));
        try {
            if (Files.isRegularFile(file)) {
                Kept kept = Json.LINE.readValue(Files.readString(file), Kept.class);
                if (kept.equals(Kept.of(jar, task, kept.classifiers()))
                        && !kept.classifiers().isEmpty()) {
                    store.used(file);
                    return Optional.of(kept.classifiers());
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.info("{} cannot be read, and the jar is looked at again", file, e);
        }
        return Optional.empty();
    }

    private void keep(PluginJar jar, @Nullable Task task, List<SeenClassifier> classifiers) {
        try {
            store.put(key(jar, task), Json.LINE.writeValueAsString(Kept.of(jar, task, classifiers)));
        } catch (IOException | RuntimeException e) {
            LOG.info("What {} holds cannot be kept, and it will be looked at again", jar.path(), e);
        }
    }

    /** Two tasks with the same hash share a file, which then holds the one that was asked about last. */
    private static String key(PluginJar jar, @Nullable Task task) {
        return task == null
                ? jar.sha256()
                : jar.sha256() + "-"
                        + Integer.toHexString(Json.LINE.writeValueAsString(task).hashCode());
    }
}
