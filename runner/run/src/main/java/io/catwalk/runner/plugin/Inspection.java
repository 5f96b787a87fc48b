package io.catwalk.runner.plugin;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.plugin.InspectionMain.Answer;
import io.catwalk.runner.plugin.InspectionMain.Event;
import io.catwalk.runner.plugin.InspectionMain.Question;
import io.catwalk.runner.plugin.InspectionMain.SeenClassifier;
import io.catwalk.runner.plugin.InspectionMain.SeenClassifier.SeenRecipe;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.process.ChildProcess;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
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
 *
 * @param patience the longest time that a step of a plugin may take, such as its constructor
 */
record Inspection(Duration patience, ContentStore store) {

    private static final Logger LOG = LoggerFactory.getLogger(Inspection.class);

    private static final int MOST_AT_ONCE = 4;

    /** With so few points, an answer is far shorter than the longest that is accepted, and soon given. */
    private static final int MOST_POINTS_AT_ONCE = 500;

    /** A busy machine may take long to start a JVM, which is not the fault of a plugin. */
    private static final Duration TO_START = Duration.ofSeconds(30);

    /** How much of the log is read, in letters. */
    private static final int LONGEST_LOG = 1 << 14;

    /** Lines that a JVM that does not start prints before the reason. */
    private static final Pattern NOT_THE_REASON =
            Pattern.compile("Picked up (JAVA_TOOL|JDK_JAVA)_OPTIONS|^Error occurred during initialization of");

    /** Returns the inspection of the program; the property {@code catwalk.plugin.millis} sets its patience. */
    static Inspection standard() {
        UserCache.keepTemporaryFiles();
        return new Inspection(
                Duration.ofMillis(Long.getLong("catwalk.plugin.millis", 10_000)),
                ContentStore.of(ContentStore.Kind.INSPECTIONS));
    }

    /** Inspects jars, and returns an answer for each, in order; null asks only what does not depend on a task. */
    Map<PluginJar, Answer> look(List<PluginJar> jars, @Nullable Task task) {
        Map<PluginJar, Answer> answers = new LinkedHashMap<>();
        List<PluginJar> unknown = new ArrayList<>();
        for (PluginJar jar : jars) {
            Optional<Answer> known =
                    find(jar, task).map(seen -> new Answer(seen, null)).filter(Inspection::isSound);
            answers.put(jar, known.orElse(new Answer(null, "was not inspected")));
            if (known.isEmpty()) {
                unknown.add(jar);
            }
        }
        try {
            answers.putAll(ask(unknown, task));
            List<PluginJar> again = unknown.stream()
                    .filter(jar -> !isSound(Objects.requireNonNull(answers.get(jar))))
                    .toList();
            // If there was only one jar, no other can have caused its failure.
            if (unknown.size() > 1) {
                answers.putAll(askEachAlone(again, task));
            }
        } catch (InterruptedException e) {
            throw RequestException.stopped("inspecting the plugins", e);
        }
        for (PluginJar jar : unknown) {
            Answer answer = Objects.requireNonNull(answers.get(jar));
            if (answer.seen() != null && isSound(answer)) {
                keep(jar, task, answer.seen());
            }
        }
        return answers;
    }

    /** Returns whether nothing has failed: the cause of a failure, even of one recipe, may lie outside the jar. */
    private static boolean isSound(Answer answer) {
        return answer.seen() != null
                && answer.seen().stream()
                        .flatMap(one -> one.recipes().stream())
                        .allMatch(recipe -> recipe.failure() == null);
    }

    /** Returns the recipes for a task that a classifier has returned, and asks it for others when they are needed. */
    InstalledClassifier.Recipes recipes(PluginJar jar, SeenClassifier seen, Task task) {
        Map<Hyperparameters, SeenRecipe> told = new HashMap<>();
        seen.recipes().forEach(recipe -> told.put(new Hyperparameters(recipe.point()), recipe));
        return points -> {
            List<Hyperparameters> untold = points.stream()
                    .filter(point -> !told.containsKey(point))
                    .distinct()
                    .toList();
            for (int from = 0; from < untold.size(); from += MOST_POINTS_AT_ONCE) {
                List<Hyperparameters> some = untold.subList(from, Math.min(from + MOST_POINTS_AT_ONCE, untold.size()));
                asked(jar, seen.name(), task, some)
                        .forEach(recipe -> told.put(new Hyperparameters(recipe.point()), recipe));
            }
            Map<Hyperparameters, Recipe> recipes = new LinkedHashMap<>();
            for (Hyperparameters point : points) {
                SeenRecipe one = Objects.requireNonNull(told.get(point));
                if (one.recipe() == null) {
                    throw failed(jar, seen.name(), one.failure());
                }
                recipes.put(point, one.recipe());
            }
            return recipes;
        };
    }

    /** Asks a classifier for recipes, in one process. */
    private List<SeenRecipe> asked(PluginJar jar, String classifier, Task task, List<Hyperparameters> points) {
        List<Map<String, Object>> values =
                points.stream().map(Hyperparameters::values).toList();
        Answer answer;
        try {
            answer = answers(List.of(question(jar, classifier, task, values))).get(0);
        } catch (InterruptedException e) {
            throw RequestException.stopped("inspecting the plugins", e);
        }
        if (answer.seen() == null || answer.seen().size() != 1) {
            throw failed(jar, classifier, answer.failure() == null ? "is not in the jar any more" : answer.failure());
        }
        return answer.seen().get(0).recipes();
    }

    /** The process runs in another folder. */
    private static Question question(
            PluginJar jar, @Nullable String classifier, @Nullable Task task, List<Map<String, Object>> points) {
        return new Question(jar.path().toAbsolutePath().toString(), jar.sha256(), classifier, task, points);
    }

    private static PluginException failed(PluginJar jar, String classifier, @Nullable String reason) {
        return new PluginException(
                "classifier '" + classifier + "' of " + jar.path().getFileName() + ": " + reason);
    }

    private Map<PluginJar, Answer> ask(List<PluginJar> jars, @Nullable Task task) throws InterruptedException {
        Map<PluginJar, Answer> answers = new LinkedHashMap<>();
        if (!jars.isEmpty()) {
            List<Answer> inOrder = answers(jars.stream()
                    .map(jar -> question(jar, null, task, List.of()))
                    .toList());
            for (int i = 0; i < jars.size(); i++) {
                answers.put(jars.get(i), inOrder.get(i));
            }
        }
        return answers;
    }

    private Map<PluginJar, Answer> askEachAlone(List<PluginJar> jars, @Nullable Task task) throws InterruptedException {
        int together = Math.min(MOST_AT_ONCE, Runtime.getRuntime().availableProcessors());
        ExecutorService asking = Executors.newFixedThreadPool(together);
        try {
            List<Callable<Map<PluginJar, Answer>>> each = new ArrayList<>();
            jars.forEach(jar -> each.add(() -> ask(List.of(jar), task)));
            Map<PluginJar, Answer> answers = new LinkedHashMap<>();
            for (Future<Map<PluginJar, Answer>> one : asking.invokeAll(each)) {
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

    /** The content of a file of the store. */
    private record Kept(
            String sha256,
            String api,
            String java,
            @Nullable Task task,
            List<SeenClassifier> classifiers) {

        static Kept of(PluginJar jar, @Nullable Task task, List<SeenClassifier> classifiers) {
            return new Kept(jar.sha256(), ApiVersion.SHA256, Runtime.version().toString(), task, classifiers);
        }
    }

    /**
     * Returns what the jar contains, for a task or for none, if a program with this contract has inspected it on this
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

    /** Asks about jars, all in one process, and returns an answer to each question, in order. */
    private List<Answer> answers(List<Question> questions) throws InterruptedException {
        List<Answer> answers = new ArrayList<>();
        try (Scratch scratch = new Scratch()) {
            Path asked = Files.writeString(scratch.file("questions.json"), Json.LINE.writeValueAsString(questions))
                    .toAbsolutePath();
            Path log = scratch.file("log.txt");
            Dialog dialog = new Dialog(questions.size());
            ChildProcess.Ending ending = ChildProcess.jvm(InspectionMain.class, options(), List.of(asked.toString()))
                    .in(scratch.folder())
                    .withGrace(Duration.ZERO) // it waits to be killed
                    .run(
                            log,
                            (process, time, silence) -> silence.compareTo(dialog.patience()) >= 0,
                            Event.class,
                            dialog::take);
            answers.addAll(dialog.answers);
            if (answers.size() < questions.size()) {
                String step = dialog.step;
                String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
                said = said.substring(0, Math.min(LONGEST_LOG, said.length()));
                String what = ending.timedOut()
                        ? "gave no answer within " + seconds(dialog.patience())
                        : how(ending, Files.exists(ChildProcess.crashReport(scratch.folder())));
                LOG.info("A plugin {} in {}; the log of its process: {}", what, step, said);
                answers.add(new Answer(
                        null,
                        step == null
                                ? what + " before it began" + reason(said)
                                : what + " in " + step + ": a plugin only describes networks, so take another release"
                                        + " of it, or remove the jar"));
            }
        } catch (IOException e) {
            throw new RequestException("cannot start a process to inspect the plugins: " + Reasons.of(e), e);
        }
        while (answers.size() < questions.size()) {
            answers.add(new Answer(null, "was not inspected"));
        }
        return answers;
    }

    private static List<String> options() {
        return List.of(
                "-XX:TieredStopAtLevel=1",
                // Both, since an initial heap that the environment asks for may be larger than this one.
                "-Xms8m",
                "-Xmx256m",
                "-Djava.io.tmpdir="
                        + Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath(),
                // The log messages of the libraries are not needed.
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");
    }

    private static String how(ChildProcess.Ending ending, boolean crashed) {
        return ending.isMute()
                ? "closed the output of its process"
                : crashed
                        ? "crashed its process in native code"
                        : ending.exitCode() == 128 + 9
                                ? "was killed, perhaps out of memory,"
                                : "ended its process with exit code " + ending.exitCode();
    }

    /** Returns what a JVM that did not start says about it. */
    private static String reason(String log) {
        return log.lines()
                .filter(line -> !line.isBlank() && !NOT_THE_REASON.matcher(line).find())
                .findFirst()
                .map(line -> " (" + Reasons.oneLine(line) + ")")
                .orElse("");
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() / 1000.0 + " s";
    }

    /** What a process has said so far. */
    private final class Dialog {

        private final int questions;
        private final List<Answer> answers = new ArrayList<>();
        private volatile boolean began;
        private @Nullable String step;

        Dialog(int questions) {
            this.questions = questions;
        }

        Duration patience() {
            return began ? patience : TO_START.plus(patience);
        }

        /** Handles a message, and returns whether it was the last one. */
        boolean take(Event event) {
            began = true;
            if (event.question() == answers.size()) { // otherwise an answer to another question
                step = event.step();
                if (event.answer() != null) {
                    answers.add(event.answer());
                }
            }
            return answers.size() == questions;
        }
    }
}
