package io.catwalk.runner.plugin;

import io.catwalk.api.Choice;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Tags;
import io.catwalk.api.Task;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.plugin.InspectionMain.SeenClassifier.SeenRecipe;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.process.ParentPipe;
import java.io.File;
import java.io.FileDescriptor;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TimeZone;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Entry point of the process that inspects plugin jars: reads a file with the questions, and answers each with messages.
 * The code of a plugin runs here, where it can damage only its own answer. The parent ends the process when it has all
 * the answers that it needs.
 */
final class InspectionMain {

    /** In a search space with at most this many points, the recipe of each point is requested. */
    static final int MOST_POINTS = 64;

    private static final int LONGEST_REASON = 600;

    /** Longest answer that is accepted from a plugin, in letters. */
    static final int LONGEST_ANSWER = 1 << 22;

    private final ParentPipe parent;
    private final PrintStream log = System.err;
    private final Properties properties = (Properties) System.getProperties().clone();
    private final Locale locale = Locale.getDefault();
    private final TimeZone zone = TimeZone.getDefault();

    private InspectionMain(ParentPipe parent) {
        this.parent = parent;
    }

    /**
     * A question about a jar.
     *
     * @param classifier the only one to ask, or null for all
     * @param task asks whether it is supported and how to train for it; null asks only what does not depend on a task
     * @param points for which recipes are requested; if empty, the process chooses them
     */
    record Question(
            String jar,
            String sha256,
            @Nullable String classifier,
            @Nullable Task task,
            List<Map<String, Object>> points) {}

    /**
     * The start of a step, or the answer to a question.
     *
     * @param step the step that starts, in words that follow 'in'; null in an answer
     */
    record Event(
            int question, @Nullable String step, @Nullable Answer answer) {}

    /**
     * The result of inspecting a jar.
     *
     * @param seen its classifiers; null if it cannot be used
     * @param failure one line, why it cannot be used, or what happened instead of an answer; null if it can be
     */
    record Answer(
            @Nullable List<SeenClassifier> seen, @Nullable String failure) {}

    /** Answers all questions, and waits until the parent ends the process. */
    public static void main(String[] arguments) {
        InspectionMain inspection = new InspectionMain(ParentPipe.open(System.in, FileDescriptor.out));
        Question[] questions = Json.LINE.readValue(new File(arguments[0]), Question[].class);
        try {
            for (int i = 0; i < questions.length; i++) {
                inspection.restore();
                inspection.answer(i, questions[i]);
            }
        } catch (UncheckedIOException e) {
            inspection.log.println("A plugin closed the pipe, as the parent has seen: " + Reasons.of(e));
        }
        while (true) {
            // The parent ends this process, and the processes that plugins have started while it can still find them.
            LockSupport.park();
        }
    }

    /** Restores the global state that a plugin may have changed, for the next plugin. */
    private void restore() {
        Properties copy = new Properties();
        copy.putAll(properties);
        System.setProperties(copy);
        Locale.setDefault(locale);
        TimeZone.setDefault(zone);
        // The output of a plugin goes into the log, not between the answers.
        System.setOut(log);
        System.setErr(log);
        System.setIn(InputStream.nullInputStream());
    }

    private void answer(int index, Question question) {
        Answer answer;
        try {
            answer = new Answer(look(index, question), null);
        } catch (Throwable e) { // anything that a plugin throws becomes the answer
            answer = new Answer(null, reason(e));
        }
        restore();
        parent.send(new Event(index, null, answer));
    }

    private List<SeenClassifier> look(int index, Question question) {
        PluginJar jar = PluginJar.read(Path.of(question.jar()));
        if (!jar.sha256().equals(question.sha256())) {
            throw new PluginException("has changed during the inspection: try again");
        }
        try (LoadedPlugin plugin = LoadedPlugin.open(jar, step -> begin(index, step))) {
            List<SeenClassifier> seen = new ArrayList<>();
            for (LoadedClassifier one : plugin.classifiers()) {
                if (question.classifier() == null || question.classifier().equals(one.name())) {
                    seen.add(look(index, one, question));
                }
            }
            return requireFitForAFile(seen);
        }
    }

    private SeenClassifier look(int index, LoadedClassifier loaded, Question question) {
        Classifier classifier = loaded.classifier();
        Tags tags = ask(index, classifier, "tags()", classifier::tags);
        SearchSpace space = ask(index, classifier, "searchSpace()", classifier::searchSpace);
        Task task = question.task();
        if (task == null) {
            return new SeenClassifier(loaded.name(), tags, space, null, List.of());
        }
        Optional<String> unsupported = ask(index, classifier, "supports(...)", () -> classifier.supports(task))
                .reason();
        if (unsupported.isPresent()) {
            return new SeenClassifier(loaded.name(), tags, space, Reasons.oneLine(unsupported.get()), List.of());
        }
        begin(index, classifier.getClass().getName() + ".recipe(...)");
        List<SeenRecipe> recipes = new ArrayList<>();
        for (Hyperparameters point : points(space, question.points())) {
            recipes.add(recipe(classifier, task, point));
        }
        return new SeenClassifier(loaded.name(), tags, space, null, recipes);
    }

    private <T> T ask(int index, Classifier classifier, String method, Supplier<@Nullable T> question) {
        String what = classifier.getClass().getName() + "." + method;
        begin(index, what);
        return ask(what, question);
    }

    private static List<Hyperparameters> points(SearchSpace space, List<Map<String, Object>> wanted) {
        if (!wanted.isEmpty()) {
            return wanted.stream().map(Hyperparameters::new).toList();
        }
        long points = 1;
        for (Choice choice : space.choices().values()) {
            points = Math.min(points * choice.values().size(), MOST_POINTS + 1L);
        }
        return points <= MOST_POINTS ? space.points() : List.of(space.defaults());
    }

    /** Asks for a recipe; an error at a point is kept for the caller that needs this point. */
    private static SeenRecipe recipe(Classifier classifier, Task task, Hyperparameters point) {
        try {
            Recipe recipe = ask("recipe(...)", () -> classifier.recipe(task, point));
            return new SeenRecipe(point.values(), recipe, null);
        } catch (PluginException e) {
            return new SeenRecipe(point.values(), null, reason(e));
        }
    }

    private static <T> T ask(String what, Supplier<@Nullable T> question) {
        T answer;
        try {
            answer = question.get();
        } catch (Throwable e) { // anything thrown here comes from the plugin
            throw new PluginException(what + " threw " + Reasons.of(e), e);
        }
        if (answer == null) {
            throw new PluginException(what + " returned null");
        }
        return answer;
    }

    /** Makes sure that the parent reads exactly what was seen here: an infinite number would not be preserved. */
    private static List<SeenClassifier> requireFitForAFile(List<SeenClassifier> seen) {
        String line = Json.LINE.writeValueAsString(seen);
        if (line.length() > LONGEST_ANSWER) {
            throw new PluginException("its description is too long, " + line.length() + " letters of JSON: make"
                    + " its search space smaller");
        }
        List<SeenClassifier> read;
        try {
            read = List.of(Json.LINE.readValue(line, SeenClassifier[].class));
        } catch (RuntimeException e) {
            read = List.of();
        }
        if (!read.equals(seen)) {
            throw new PluginException(
                    "its search space or recipe has a number that is infinite or NaN: choose finite numbers");
        }
        return seen;
    }

    private static String reason(Throwable e) {
        String reason;
        try {
            reason = e instanceof PluginException unusable ? unusable.reason() : "threw " + Reasons.of(e);
        } catch (Throwable again) { // even the message is produced by the plugin's code
            reason = "threw an exception whose message cannot be read";
        }
        return Reasons.oneLine(
                reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + " ..." : reason);
    }

    private void begin(int question, String step) {
        parent.send(new Event(question, step, null));
    }

    /**
     * Holds what a classifier returned when its jar was inspected.
     *
     * @param unsupported why it does not support the task; null if it does, or if there was no task
     * @param recipes for the task, at every point of a small search space, or at the defaults of a large one; empty without
     *     a task, or if it is not supported
     */
    record SeenClassifier(
            String name,
            Tags tags,
            SearchSpace searchSpace,
            @Nullable String unsupported,
            List<SeenRecipe> recipes) {

        /** Copies the recipes, and checks that nothing is missing, as in a damaged file. */
        SeenClassifier {
            if (!LoadedPlugin.isName(name)) {
                throw new IllegalArgumentException("expected the name of a classifier, but found " + name);
            }
            Objects.requireNonNull(tags);
            Objects.requireNonNull(searchSpace);
            recipes = List.copyOf(recipes);
        }

        /**
         * Holds what a classifier returned when it was asked for its recipe.
         *
         * @param recipe the answer, or null if there was none
         * @param failure what happened instead, such as {@code recipe(...) returned null}, or null
         */
        record SeenRecipe(
                Map<String, Object> point,
                @Nullable Recipe recipe,
                @Nullable String failure) {

            /** Copies the point, in its order. */
            SeenRecipe {
                point = new LinkedHashMap<>(point);
                if ((recipe == null) == (failure == null)) {
                    throw new IllegalArgumentException("expected a recipe or a failure");
                }
            }
        }
    }
}
