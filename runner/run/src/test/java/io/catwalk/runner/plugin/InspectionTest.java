package io.catwalk.runner.plugin;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a plugin before anybody has asked for it; those that behave badly are {@link BadPluginsTest}'s. */
final class InspectionTest {

    private static final Task TASK = Task.of(1, 28, 28, 10);
    private static final String SPACE = "@Override public SearchSpace searchSpace() { ";
    private static final String RECIPE = "@Override public Recipe recipe(Task task, Hyperparameters chosen) { ";

    /** No plugin hangs here: how long they take is not tested. */
    private static Inspection inspection(Path cache) {
        return new Inspection(Duration.ofSeconds(30), new ContentStore(ContentStore.Kind.INSPECTIONS, cache));
    }

    /** The jar writes a letter whenever it is made: once for what is true of any task, once for the task. */
    @Test
    void aJarIsLookedAtOnce(@TempDir Path own) throws IOException {
        Path witness = own.resolve("witness");
        Path cache = own.resolve("cache");
        Path jar = counting(witness).write(own.resolve("alpha.jar"));
        Recipe first = recipe(own, cache);
        assertThat(witness).content().isEqualTo("xx");

        assertThat(recipe(own, cache)).isEqualTo(first);
        assertThat(witness).content().isEqualTo("xx");

        Path kept = cache.resolve(Sha256.of(jar) + ".json");
        String content = Files.readString(kept);
        for (String damaged : List.of(
                "{",
                content.replace("alpha", "beta gamma"),
                content.replace("java\":\"", "$0x"),
                // of another build of the same version
                content.replace(ApiVersion.SHA256, "0".repeat(64)))) {
            Files.writeString(kept, damaged);
            Files.delete(witness);
            assertThat(recipe(own, cache)).isEqualTo(first);
            assertThat(witness).content().as(damaged).isEqualTo("x");
            assertThat(kept).content().isEqualTo(content);
        }
    }

    @Test
    @Tag("long")
    void aCacheThatCannotBeWrittenIsNone(@TempDir Path own) throws IOException {
        Path file = Files.createFile(own.resolve("file"));
        counting(own.resolve("witness")).write(own.resolve("alpha.jar"));
        assertThat(recipe(own, file.resolve("cache"))).isEqualTo(Recipe.standard());
        assertThat(recipe(own, file.resolve("cache"))).isEqualTo(Recipe.standard());
        assertThat(own.resolve("witness")).content().isEqualTo("xxxx");
    }

    private static void having(String statement, Path plugins) {
        TestPlugin.having("alpha", "", RECIPE + statement + " return Recipe.standard(); ")
                .write(plugins.resolve("alpha.jar"));
    }

    private static TestPlugin counting(Path witness) {
        return TestPlugin.having(
                "alpha",
                "try (var out = new java.io.FileWriter(\"" + witness + "\", true)) { out.write('x'); }"
                        + " catch (java.io.IOException e) { throw new IllegalStateException(e); }",
                "static { ");
    }

    private static Recipe recipe(Path plugins, Path cache) {
        return alpha(plugins, cache).recipe(Hyperparameters.none());
    }

    private static InstalledClassifier alpha(Path plugins, Path cache) {
        return PluginCatalog.open(plugins, inspection(cache)).on(TASK).require("alpha");
    }

    /** The first jar changes the process that it shares with the other one, whose recipe then fails. */
    @Test
    @Tag("long")
    void aRecipeThatFailsBesideAnotherJarIsAskedForAlone(@TempDir Path own) {
        TestPlugin.having("a-spoiler", "Thread.currentThread().setName(\"spoilt\");", "static { ")
                .write(own.resolve("a-spoiler.jar"));
        having("if (Thread.currentThread().getName().equals(\"spoilt\")) throw new IllegalStateException();", own);
        assertThat(recipe(own, own.resolve("cache"))).isEqualTo(Recipe.standard());
    }

    @Test
    void aRecipeThatFailedIsAskedForAgain(@TempDir Path own) throws IOException {
        Path trouble = Files.createFile(own.resolve("trouble"));
        having(
                "if (new java.io.File(\"" + trouble + "\").exists()) throw new IllegalStateException(\"trouble\");",
                own);
        refused(PluginException.class, () -> recipe(own, own.resolve("cache")), "threw IllegalStateException: trouble");
        Files.delete(trouble);

        assertThat(recipe(own, own.resolve("cache"))).isEqualTo(Recipe.standard());
    }

    /** All at once, the answer would be longer than what is accepted from a plugin. */
    @Test
    @Tag("long")
    void anyNumberOfRecipesCanBeAskedFor(@TempDir Path own) {
        TestPlugin.sound("alpha").write(own.resolve("alpha.jar"));
        InstalledClassifier alpha = alpha(own, own.resolve("cache"));
        String text = "x".repeat(InspectionMain.LONGEST_ANSWER / 1_000);
        List<Hyperparameters> points = IntStream.range(0, 1_000)
                .mapToObj(number -> new Hyperparameters(Map.of("text", number + text)))
                .toList();

        assertThat(alpha.recipes(points).keySet()).containsExactlyElementsOf(points);
    }

    /** What a classifier does not support is no failure of it, unless somebody asks for it by name. */
    @Test
    @Tag("long")
    void supportAndRecipesDependOnTheTask(@TempDir Path own) throws IOException {
        String supports = "@Override public Support supports(Task task) { return task.height() < 32"
                + " ? Support.no(\"needs images of at least 32x32\") : Support.yes(); } ";
        String recipe = RECIPE + "return Recipe.standard().withEpochs(task.classSizes().get(0))"
                + ".withPatience(task.mirrored() ? 1 : 2); ";
        TestPlugin.having("alpha", "", supports + recipe).write(own.resolve("alpha.jar"));
        PluginCatalog any = PluginCatalog.open(own, inspection(own.resolve("cache")));

        PluginCatalog small = any.on(TASK);
        assertThat(small.failures()).isEmpty();
        assertThat(small.classifiers())
                .extracting(InstalledClassifier::unsupported)
                .containsExactly("needs images of at least 32x32");
        refused(() -> small.require("alpha"), "'alpha' needs images of at least 32x32", "1x28x28 images of 10 classes");
        Task large = Task.of(3, 32, 40, 2).withClassSizes(List.of(7, 9));
        assertThat(any.on(large).require("alpha").recipe(Hyperparameters.none()))
                .isEqualTo(Recipe.standard().withEpochs(7).withPatience(2));
        assertThat(any.on(large.withMirrored(true)).require("alpha").recipe(Hyperparameters.none()))
                .isEqualTo(Recipe.standard().withEpochs(7).withPatience(1));
        InstalledClassifier untasked = any.require("alpha");
        assertThatThrownBy(() -> untasked.recipe(Hyperparameters.none())).isInstanceOf(IllegalStateException.class);
    }

    /** With 11 x 7 points, not all recipes are asked for beforehand. */
    @Test
    @Tag("long")
    void recipesOfALargeSpaceAreAskedForWhereTheyAreWanted(@TempDir Path own) throws IOException {
        String space = SPACE + "return SearchSpace.none().with(\"a\", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)"
                + ".with(\"b\", 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0); } ";
        String recipe = "if (chosen.integer(\"a\") == 9) throw new IllegalStateException(\"nine\"); "
                + "if (chosen.integer(\"a\") == 10) System.exit(5); "
                + "return Recipe.standard().withOptimizer(Optimizer.adamW(chosen.number(\"b\"), 0)); ";
        TestPlugin.having("alpha", "", space + RECIPE + recipe).write(own.resolve("alpha.jar"));
        InstalledClassifier alpha = alpha(own, own.resolve("cache"));
        Hyperparameters one = alpha.searchSpace().choose(Map.of("a", 3, "b", 4));
        Hyperparameters other = alpha.searchSpace().choose(Map.of("b", 6.0));

        Map<Hyperparameters, Recipe> recipes = alpha.recipes(List.of(one, other));

        assertThat(recipes.keySet()).containsExactly(one, other);
        assertThat(recipes.values())
                .extracting(Recipe::optimizer)
                .containsExactly(Optimizer.adamW(4, 0), Optimizer.adamW(6, 0));
        Hyperparameters throwing = alpha.searchSpace().choose(Map.of("a", 9));
        refused(PluginException.class, () -> alpha.recipe(throwing), "threw IllegalStateException: nine");
        Hyperparameters exiting = alpha.searchSpace().choose(Map.of("a", 10));
        refused(PluginException.class, () -> alpha.recipe(exiting), "exit code 5 in test.Sample.recipe(...)");
        Files.delete(own.resolve("alpha.jar"));
        assertThat(alpha.recipe(one)).isEqualTo(recipes.get(one));
    }
}
