package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.api.Optimizer;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.api.Task;
import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Resolves the files in the documentation, with our own plugins. */
final class ExperimentExamplesTest {

    private static final Path EXAMPLES = Path.of("../..", "docs", "experiments");

    @TempDir
    private static Path plugins;

    private static PluginCatalog catalog;

    @BeforeAll
    static void load() {
        for (String name : List.of("conv-maxpool", "stride-conv", "small-conv", "drop-norm-l2", "rnn", "lstm", "gru")) {
            TestPlugin.ours(name).write(plugins.resolve(name + ".jar"));
        }
        catalog = PluginCatalog.open(plugins).on(Task.of(1, 28, 28, 10).withMirrored(true));
        assertThat(catalog.failures()).isEmpty();
    }

    private static List<ClassifierConfig> resolved(Path file) {
        return ExperimentTree.of(file).read().classifiers(catalog);
    }

    private static ExperimentSpec spec(Path file) {
        return ExperimentTree.of(file).read().spec(List.of(), null);
    }

    private static Recipe recipe(String classifier, Map<String, Object> choices) {
        var loaded = catalog.require(classifier);
        return loaded.recipe(loaded.searchSpace().choose(choices));
    }

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsResolvedAndListedInTheReference(Path example) throws IOException {
        assertThat(resolved(example)).hasSizeGreaterThanOrEqualTo(2);
        assertThat(Files.readString(EXAMPLES.resolveSibling("reference/experiment-file.md")))
                .contains("(../experiments/" + example.getFileName() + ")");
    }

    @Test
    void theVariantsDifferAsTheyAreCalled() {
        List<ClassifierConfig> variants = resolved(EXAMPLES.resolve("variants.yaml"));

        Recipe plain = recipe("small-conv", Map.of()).withEpochs(4);
        Map<String, Object> wide = Map.of("filters", 16, "dense", 64);
        Recipe slow = plain.withOptimizer(Optimizer.adamW(0.001, 0.02));
        assertThat(variants)
                .containsExactly(
                        new ClassifierConfig("small-conv", "default", wide, plain, null, null, null, null, null),
                        new ClassifierConfig(
                                "small-conv",
                                "narrow",
                                Map.of("filters", 8, "dense", 32),
                                plain,
                                null,
                                null,
                                null,
                                null,
                                null),
                        new ClassifierConfig(
                                "small-conv",
                                "unaugmented",
                                wide,
                                plain.withAugmentations(),
                                null,
                                null,
                                null,
                                null,
                                null),
                        new ClassifierConfig("small-conv", "slow", wide, slow, null, null, null, null, null));
    }

    @Test
    void theCrossValidationHasFoldsAndShortRecipes() {
        Path file = EXAMPLES.resolve("crossval.yaml");

        assertThat(spec(file).split()).isEqualTo(new SplitSpec(3, 1, 0.1, 0, null));
        Recipe conv = recipe("conv-maxpool", Map.of()).withEpochs(3);
        Map<String, Object> units = Map.of("units", 64);
        Recipe gru = recipe("gru", units).withEpochs(4).withOptimizer(Optimizer.adamW(0.005, 0.02));
        Map<String, Object> dense = Map.of("filters", 32, "dense", 128, "dropout", 0.2);
        assertThat(resolved(file))
                .containsExactly(
                        new ClassifierConfig("conv-maxpool", "default", dense, conv, null, null, null, null, null),
                        new ClassifierConfig(
                                "gru",
                                "default",
                                Map.of("units", 64, "dropout", 0.1),
                                gru,
                                null,
                                null,
                                null,
                                null,
                                null));
    }

    @Test
    void oneExampleHasEveryKeyThatThereIs() throws IOException {
        Path example = EXAMPLES.resolve("all-options.yaml");
        JsonNode keys = Json.YAML.readTree(Files.readString(example));

        List<String> top = new ArrayList<>(List.of("command"));
        top.addAll(ExperimentTree.KEYS);
        assertThat(keys.propertyNames()).containsExactlyInAnyOrderElementsOf(top);
        assertThat(keys.path("dataset").propertyNames()).containsExactlyInAnyOrderElementsOf(names(DatasetSpec.class));
        assertThat(keys.path("split").propertyNames()).containsExactlyInAnyOrderElementsOf(names(SplitSpec.class));
        JsonNode entry = keys.path("classifiers").path(1);
        assertThat(entry.propertyNames()).containsExactlyInAnyOrderElementsOf(names(RequestContent.Entry.class));
        JsonNode recipe = Json.YAML.valueToTree(Recipe.standard());
        assertThat(entry.path("recipe").propertyNames()).containsExactlyInAnyOrderElementsOf(recipe.propertyNames());
        assertThat(spec(example).seeds()).hasSize(3);
        assertThat(spec(example).trialTimeoutSeconds()).isEqualTo(7200);
        assertThat(resolved(example).get(1))
                .isEqualTo(new ClassifierConfig(
                        "lstm",
                        "sgd",
                        Map.of("units", 64, "dropout", 0.3),
                        Recipe.standard()
                                .withOptimizer(Optimizer.sgd(0.05, 0.9, 0.0005))
                                .withSchedule(Schedule.cosine())
                                .withEpochs(8)
                                .withBatchSize(32)
                                .withAugmentations(
                                        Augmentation.horizontalFlip(),
                                        Augmentation.shift(0.08),
                                        Augmentation.erase(0.25, 0.2))
                                .withLabelSmoothing(0.05)
                                .withAveraging(0.99)
                                .withClipNorm(5)
                                .withPatience(3)
                                .withBalance(Balance.CLASS_WEIGHTS)
                                .withSelectBy(Criterion.MACRO_F1)
                                .withGroups(ParameterGroup.of("*", 0.5)),
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    /** Returns the keys that a record has in a file. */
    private static List<String> names(Class<? extends Record> type) {
        return Stream.of(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The file says which recipe was trained; the plugins may have another one by now. */
    @Test
    void thePublishedRunCanBeRunAgainFromItsFolder() throws IOException {
        Path run = Path.of("../..", "docs", "results", "fashion-mnist", "experiment.yaml");
        JsonNode written = Json.YAML.readTree(Files.readString(run)).path("classifiers");

        List<ClassifierConfig> resolved = resolved(run);

        assertThat(resolved).hasSize(7);
        for (int i = 0; i < 7; i++) {
            assertThat(resolved.get(i)).isEqualTo(Json.YAML.treeToValue(written.get(i), ClassifierConfig.class));
        }
    }
}
