package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.Classifier;
import io.catwalk.api.Criterion;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Optimizer;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Task;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import io.catwalk.runner.plugin.PluginJar;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class ExperimentRequestTest {

    private static final Sample SAMPLE = new Sample();

    private static final Task TASK = Task.of(1, 28, 28, 10).withMirrored(true);

    private static final InstalledClassifier GRU = new InstalledClassifier(
            "gru",
            new PluginJar(
                    Path.of("gru.jar"), false, "gru", "1.0.0", "The test", "A plugin of the test", "", Set.of(), "0"),
            SAMPLE.tags(),
            SAMPLE.searchSpace(),
            null,
            points -> points.stream()
                    .collect(Collectors.toMap(
                            Function.identity(), point -> SAMPLE.recipe(Task.of(1, 28, 28, 10), point))));

    /** Has a recipe that depends on the hyperparameters. */
    private static final class Sample implements Classifier {

        @Override
        public String name() {
            return "gru";
        }

        @Override
        public SearchSpace searchSpace() {
            return SearchSpace.none()
                    .with("units", 128, 64)
                    .with("dropout", 0.1, 0.0, 1.0)
                    .with("bidirectional", false, true)
                    .with("pooling", "mean", "max");
        }

        @Override
        public Block network(Task task, Hyperparameters chosen) {
            return new SequentialBlock();
        }

        @Override
        public Recipe recipe(Task task, Hyperparameters chosen) {
            return Recipe.standard().withEpochs(chosen.integer("units") / 4);
        }
    }

    @TempDir
    private Path folder;

    private ExperimentTree tree(String yaml) throws IOException {
        return ExperimentTree.of(Files.writeString(folder.resolve("experiment.yaml"), yaml));
    }

    private ExperimentRequest file(String yaml) throws IOException {
        return tree(yaml).read();
    }

    /** Returns the request without classifiers, and without what depends on the cores of the machine. */
    private static ExperimentSpec spec(ExperimentTree tree) {
        return tree.read().spec(List.of(), null);
    }

    private ClassifierConfig only(String entry) throws IOException {
        return all(file("classifiers:\n- " + entry)).get(0);
    }

    private static List<ClassifierConfig> all(ExperimentRequest request) {
        return request.entries().stream()
                .map(entry -> resolved(request, entry, Map.of()))
                .toList();
    }

    private static ClassifierConfig resolved(
            ExperimentRequest request, RequestContent.Entry entry, Map<String, Object> choice) {
        return request.resolved(entry, GRU, TASK, null, List.of(choice)).get(0);
    }

    /** Returns the message without the path of the file, which it must begin with. */
    private String refusal(String yaml) throws IOException {
        Path path = Files.writeString(folder.resolve("experiment.yaml"), yaml);
        try {
            all(ExperimentTree.of(path).read());
        } catch (RequestException e) {
            String message = String.valueOf(e.getMessage());
            assertThat(message).startsWith(path + ": ").hasLineCount(1);
            return message.substring((path + ": ").length());
        }
        throw new AssertionError("not refused: " + yaml);
    }

    @Test
    void everyKeyIsRead() throws IOException {
        ExperimentTree tree = tree("""
                        # All of them.
                        schema: 1
                        dataset: {name: images, image_size: 32x24, limit_train: 600, limit_test: 0}
                        split: {folds: 5, repeats: 2, hold_out: 0.2, seed: 3}
                        classifiers:
                        - lstm
                        - name: gru
                          variant: wide
                          hyperparameters: {units: 64, dropout: 0}
                          recipe: {epochs: 5}
                        seeds: [1, -7, 9223372036854775807]
                        jobs: 2
                        threads: 1
                        device: cpu
                        trial_timeout: 30m
                        region: 0.5
                        command: compare --config other.yaml
                        """);
        ExperimentRequest request = tree.read();
        ExperimentSpec spec = spec(tree);

        assertThat(spec.schema()).isEqualTo(1);
        DatasetSpec images = new DatasetSpec("images", "32x24", null, null, null, 600, 0, null, null);
        assertThat(request.dataSets()).containsExactly(images);
        assertThat(spec.dataset()).isEqualTo(images);
        assertThat(spec.split()).isEqualTo(new SplitSpec(5, 2, 0.2, 3, null));
        assertThat(request.entries()).hasSize(2).first().isEqualTo(RequestContent.Entry.of("lstm"));
        RequestContent.Entry wide = request.entries().get(1);
        assertThat(wide.name()).isEqualTo("gru");
        assertThat(wide.variant()).isEqualTo("wide");
        assertThat(wide.hyperparameters()).isEqualTo(Map.of("units", 64, "dropout", 0));
        assertThat(wide.recipe()).hasToString("{\"epochs\":5}");
        assertThat(spec.seeds()).containsExactly(1L, -7L, Long.MAX_VALUE);
        assertThat(spec.jobs()).isEqualTo(2);
        assertThat(spec.threads()).isEqualTo(1);
        assertThat(spec.device()).isEqualTo(ComputeDevice.CPU);
        assertThat(spec.trialTimeoutSeconds()).isEqualTo(1800);
        assertThat(spec.region()).isEqualTo(0.5);
        assertThat(spec.command()).isEmpty();
    }

    @Test
    void everyKeyMayBeLeftOut() throws IOException {
        DatasetSpec fashion = new DatasetSpec("fashion-mnist", null, null, null, null, 0, 0, null, null);
        for (String yaml : List.of("jobs: 1", "{dataset: {}, split: {}, seeds: null}", "dataset: fashion-mnist")) {
            ExperimentSpec spec = spec(tree(yaml));
            assertThat(spec.dataset()).isEqualTo(fashion);
            assertThat(spec.split()).isEqualTo(new SplitSpec(0, 1, 0.1, 0, null));
            assertThat(spec.seeds()).containsExactly(1L);
            assertThat(spec.trialTimeoutSeconds()).isNull();
            assertThat(spec.region()).isEqualTo(0.5);
        }
        assertThat(ExperimentTree.empty().read().namesClassifiers()).isFalse();
    }

    /** What the command line says is told by its name, what the file says by its place. */
    @Test
    void anOptionIsLaidOverTheFile() throws IOException {
        String yaml =
                "{jobs: 3, trial_timeout_seconds: 5, split: {folds: 4}, datasets: [a, {name: b, limit_train: 7}]}";
        ExperimentTree tree = tree(yaml)
                .with("--jobs", "jobs", 2)
                .with("--seeds", "seeds", null)
                .with("--trial-timeout", "trial_timeout", "2m")
                .with("--split-seed", "split.seed", 9L)
                .with("--limit-test", "dataset.limit_test", 5);

        ExperimentSpec spec = spec(tree);
        assertThat(spec.jobs()).isEqualTo(2);
        assertThat(spec.seeds()).containsExactly(1L);
        assertThat(spec.trialTimeoutSeconds()).isEqualTo(120);
        assertThat(spec.split()).isEqualTo(new SplitSpec(4, 1, 0.1, 9, null));
        assertThat(tree.read().dataSets())
                .containsExactly(
                        new DatasetSpec("a", null, null, null, null, 0, 5, null, null),
                        new DatasetSpec("b", null, null, null, null, 7, 5, null, null));

        assertThatThrownBy(tree(yaml).with("--hold-out", "split.hold_out", 1.0)::read)
                .hasMessage("--hold-out must be above 0 and below 1, but is 1.0");
        assertThatThrownBy(tree(yaml).with("--limit-test", "dataset.limit_test", -1)::read)
                .hasMessage("--limit-test must be 0 (all) or above, but is -1");
    }

    @Test
    void dataSetsOfTheCommandLineKeepTheLimitsOfTheFileAndNothingElse() throws IOException {
        ExperimentTree tree = tree("dataset: {name: a, image_size: 9x9, limit_train: 7, mirrored: true}");
        tree.setDataSets(List.of("b", "c"));

        assertThat(tree.read().dataSets())
                .containsExactly(
                        new DatasetSpec("b", null, null, null, null, 7, 0, null, null),
                        new DatasetSpec("c", null, null, null, null, 7, 0, null, null));
    }

    @ParameterizedTest
    @CsvSource({"90s, 90", "30m, 1800", "2H, 7200"})
    void aTimeIsReadWithItsUnit(String text, long seconds) throws IOException {
        assertThat(spec(tree("trial_timeout: " + text)).trialTimeoutSeconds()).isEqualTo(seconds);
    }

    @Test
    void aPlainNameHasTheDefaultsOfItsPlugin() throws IOException {
        Map<String, Object> defaults = Map.of("units", 128, "dropout", 0.1, "bidirectional", false, "pooling", "mean");

        assertThat(only("gru"))
                .isEqualTo(new ClassifierConfig(
                        "gru", "default", defaults, Recipe.standard().withEpochs(32), null, null, null, null, null));
        assertThat(only("{name: gru}")).isEqualTo(only("gru"));
    }

    @Test
    void aRecipeIsChangedAfterThePluginHasMadeItForTheChoice() throws IOException {
        ClassifierConfig wide =
                only("{name: gru, variant: 64-units, hyperparameters: {units: 64, dropout: 1, pooling: max}, "
                        + "recipe: {optimizer: {learning_rate: 1e-3}}}");

        assertThat(wide.variant()).isEqualTo("64-units");
        assertThat(wide.hyperparameters())
                .containsEntry("units", 64)
                .containsEntry("dropout", 1.0)
                .containsEntry("bidirectional", false)
                .containsEntry("pooling", "max");
        assertThat(wide.recipe())
                .isEqualTo(Recipe.standard().withEpochs(16).withOptimizer(Optimizer.adamW(0.001, 0.01)));
    }

    @Test
    void aRecipeOfTheFileIsForAllAndEntriesAndOptionsOverrideIt() throws IOException {
        String text = """
                recipe: {epochs: 3, batch_size: 8, optimizer: {learning_rate: 0.5}, augmentations: [{type: horizontal-flip}]}
                classifiers: [gru, {name: gru, variant: long, recipe: {epochs: 9, optimizer: {weight_decay: 0.25}}}]
                """;
        Recipe ofFile = Recipe.standard()
                .withEpochs(3)
                .withBatchSize(8)
                .withOptimizer(Optimizer.adamW(0.5, 0.01))
                .withAugmentations(Augmentation.horizontalFlip());
        Recipe ofEntry = ofFile.withEpochs(9).withOptimizer(Optimizer.adamW(0.5, 0.25));
        ExperimentRequest request = file(text);
        Task unmirrored = TASK.withMirrored(false);

        assertThat(request.entries())
                .extracting(entry -> request.resolved(entry, GRU, unmirrored, null, List.of(Map.of()))
                        .get(0)
                        .recipe())
                .containsExactly(ofFile, ofEntry);
        assertThat(request.choosesBatch()).isTrue();
        assertThat(all(tree(text).with("--epochs", "recipe.epochs", 5).read()))
                .extracting(ClassifierConfig::recipe)
                .containsExactly(ofFile.withEpochs(5), ofEntry.withEpochs(5));
    }

    @Test
    void aChoiceOverridesTheHyperparametersAndNumbersOfAnEntryAndNothingElse() throws IOException {
        ExperimentRequest request = file("classifiers:\n"
                + "- {name: gru, hyperparameters: {units: 64, pooling: max}, recipe: {batch_size: 7}}");

        ClassifierConfig one =
                resolved(request, request.entries().get(0), Map.of("pooling", "mean", "learning_rate", 0.5));

        assertThat(one.hyperparameters()).containsEntry("units", 64).containsEntry("pooling", "mean");
        assertThat(one.recipe())
                .isEqualTo(Recipe.standard().withEpochs(16).withBatchSize(7).withOptimizer(Optimizer.adamW(0.5, 0.01)));
        assertThat(request.choosesBatch()).isTrue();
    }

    /** YAML reads 1e-4 as a number, whose text would be 1.0E-4. */
    @ParameterizedTest
    @CsvSource({"1e-4, 1.0E-4", "1.10, 1.1", "64.0, 64.0"})
    void aVariantThatIsAFractionIsToBeQuoted(String variant, String number) throws IOException {
        assertThat(refusal("classifiers: [{name: gru, variant: " + variant + "}]"))
                .isEqualTo("classifiers[0].variant must be text, but is " + number + ": put it in quotes");
        ClassifierConfig quoted = only("{name: gru, variant: \"" + variant + "\"}");
        assertThat(quoted.variant()).isEqualTo(variant);

        ExperimentRequest again = file(Json.YAML.writeValueAsString(Map.of("classifiers", List.of(quoted))));

        assertThat(again.entries().get(0).variant()).isEqualTo(variant);
        assertThat(only("{name: gru, variant: 64}").variant()).isEqualTo("64");
    }

    @Test
    void whatARunWritesIsReadAsItWas() throws IOException {
        Map<String, Object> chosen = Map.of("units", 64, "dropout", 0.0, "bidirectional", true, "pooling", "max");
        ClassifierConfig contestant = new ClassifierConfig(
                "gru",
                "t01",
                chosen,
                Recipe.standard()
                        .withOptimizer(Optimizer.sgd(1e-7, 0.9, 0.0005))
                        .withSchedule(Schedule.cosine())
                        .withEpochs(3)
                        .withBatchSize(17)
                        .withAugmentations(Augmentation.shift(0.08), Augmentation.erase(1.0 / 3, 0.2))
                        .withLabelSmoothing(0.1)
                        .withAveraging(0.998)
                        .withClipNorm(1)
                        .withPatience(2)
                        .withBalance(Balance.CLASS_WEIGHTS)
                        .withSelectBy(Criterion.MACRO_F1)
                        .withGroups(ParameterGroup.of("*Conv2d*", 0.5)),
                null,
                null,
                null,
                null,
                null);
        String written = Json.YAML.writeValueAsString(Map.of("classifiers", List.of(contestant))) + """
                schema: 1
                dataset: {name: fashion-mnist, image_size: null, limit_train: 0, limit_test: 0}
                split: {folds: 0, repeats: 1, hold_out: 0.1, seed: 0}
                seeds: [1]
                jobs: 2
                threads: 1
                device: cpu
                trial_timeout_seconds: null
                region: 0.5
                tuning: null
                command: train gru
                """;

        assertThat(all(file(written))).containsExactly(contestant);
        ExperimentSpec spec = spec(tree(written));
        assertThat(spec.dataset())
                .isEqualTo(new DatasetSpec("fashion-mnist", null, null, null, null, 0, 0, null, null));
        assertThat(spec.split()).isEqualTo(new SplitSpec(0, 1, 0.1, 0, null));
        assertThat(spec.trialTimeoutSeconds()).isNull();
    }

    @Test
    void theCommandLineChoosesAmongTheEntriesByTheirNames() throws IOException {
        String yaml = """
                classifiers:
                - {name: gru, variant: small, hyperparameters: {units: 64}}
                - lstm
                - gru
                """;
        List<RequestContent.Entry> all = file(yaml).entries();

        assertThat(all).extracting(RequestContent.Entry::label).containsExactly("gru@small", "lstm", "gru");
        assertThat(named(yaml, "gru", "gru").entries()).containsExactly(all.get(0), all.get(2));
        assertThat(named(yaml, "rnn", "lstm").entries()).containsExactly(RequestContent.Entry.of("rnn"), all.get(1));
    }

    private ExperimentRequest named(String yaml, String... names) throws IOException {
        return tree(yaml).with("", "names", names).read();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            classifers: [gru]      | unknown key 'classifers' at the top; did you mean 'classifiers'? (known: backbones, classifiers, dataset, datasets, device, export, jobs, pool, recipe, region, schema, seeds, split, threads, trial_timeout, trial_timeout_seconds, views)
            plugins: here          | unknown key 'plugins' at the top (known: backbones, classifiers, dataset, datasets, device, export, jobs, pool, recipe, region, schema, seeds, split, threads, trial_timeout, trial_timeout_seconds, views)
            dataset: {limit: 3}    | unknown key 'dataset.limit' (known: follow_links, image_size, labels, limit_test, limit_train, mirrored, name, skip_unreadable, test_share)
            split: {fold: 3}       | unknown key 'split.fold'; did you mean 'folds'? (known: folds, hold_out, refit, repeats, seed)
            classifiers: [gru, {name: gru, varient: wide}] | unknown key 'classifiers[1].varient'; did you mean 'variant'? (known: backbone, file, fit, given, hyperparameters, image_size, init, labels, name, normalize, order, output, plugin_sha256, recipe, size, variant)
            classifiers: [gru, {nam: gru}] | classifiers[1]: expected the key name, or file for a model that was trained elsewhere, but found neither
            schema: 2              | schema must be 1, but is 2: a newer Catwalk has written it, use that one
            {schema: 2, new: 1}    | schema must be 1, but is 2: a newer Catwalk has written it, use that one
            schema: -1             | schema must be 1, but is -1: leave it out
            schema: first          | schema must be a whole number, but is 'first'
            seeds: many            | seeds must be a list, but is 'many'
            seeds: [1, x]          | seeds[1] must be a whole number, but is 'x'
            seeds: [1, null]       | seeds[1] must be a whole number, but is null
            seeds: [1.5]           | seeds[0] must be a whole number, but is 1.5
            seeds: [99999999999999999999] | seeds[0] must be a smaller number, but is 99999999999999999999
            seeds: [-99999999999999999999] | seeds[0] must be a larger number, but is -99999999999999999999
            dataset: {mirrored: yes}       | dataset.mirrored must be true or false, but is 'yes'
            seeds: []              | seeds must have at least one, but has none: try [1]
            seeds: [1, 2, 1]       | seeds must be distinct, but has 1 twice: leave one out
            classifiers: []        | classifiers must have at least one, but has none: name one, or leave the key out
            classifiers: gru       | classifiers must be a list, but is 'gru'
            classifiers: [null]    | classifiers[0] must be keys with values, but is null
            classifiers: [{}]      | classifiers[0]: expected the key name, or file for a model that was trained elsewhere, but found neither
            classifiers: [{name: null}]  | classifiers[0]: expected the key name, or file for a model that was trained elsewhere, but found neither
            classifiers: [{name: [gru]}] | classifiers[0].name must be text, but is a list
            classifiers: [gru, gru]      | classifiers must be distinct, but has gru twice: give each choice a variant of its own
            classifiers: [{file: a.onnx}, {file: a.onnx, order: bgr}] | classifiers must be distinct, but has a.onnx twice: give each choice a name of its own
            classifiers: [{name: gru, variant: a}, {name: gru, variant: A}] | classifiers must be distinct, but has gru@A twice: give each choice a variant of its own
            views: 0               | views.count must be 1 to 100, but is 0: try 4
            recipe: fast                                      | recipe must be keys with values, such as epochs: 20, but is 'fast'
            classifiers: [{name: gru, recipe: fast}]          | classifiers[0].recipe must be keys with values, but is 'fast'
            classifiers: [{name: gru, hyperparameters: 3}]    | classifiers[0].hyperparameters must be keys with values, but is 3
            classifiers: [{name: gru, hyperparameters: {units: null}}] | classifiers[0].hyperparameters.units must be a value, but is null
            jobs: 0                | jobs must be at least 1, but is 0
            threads: -1            | threads must be at least 1, but is -1
            trial_timeout: soon    | trial_timeout must be a number with s, m or h, such as 30m, but is soon
            trial_timeout: 90      | trial_timeout must be a number with s, m or h, such as 30m, but is 90
            trial_timeout: 0s      | trial_timeout must be at least 1s, but is 0s
            {trial_timeout: 9s, trial_timeout_seconds: 9} | trial_timeout must not be given together with trial_timeout_seconds: keep one of them
            region: -1             | expected a region of practical equivalence from 0 to 100 points of accuracy, but found -1.0; try 0.5
            region: wide           | region must be a number, but is 'wide'
            split: {hold_out: 1}   | split.hold_out must be above 0 and below 1, but is 1.0
            split: {folds: 1}      | split.folds must be at least 2, but is 1: try 5
            split: {repeats: 0}    | split.repeats must be at least 1, and 1 without folds, but is 0
            dataset: {limit_train: -1}    | dataset.limit_train must be 0 (all) or above, but is -1
            dataset: {image_size: big}    | dataset: Image size: expected WIDTHxHEIGHT in pixels, found 'big'; try 32x32
            dataset: [a]           | dataset must be keys with values, but is a list
            tuning: {strategy: grid}      | tuning must be left out, but is there, since a search has written it: search again with catwalk tune
            """)
    void whatDoesNotFitIsNamedWithItsPlace(String yaml, String message) throws IOException {
        assertThat(refusal(yaml)).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hyperparameters: {unit: 64}    | unknown key 'classifiers[1].hyperparameters.unit'; did you mean 'units'? (known: units, dropout, bidirectional, pooling)
            hyperparameters: {units: 100}  | classifiers[1].hyperparameters: hyperparameter 'units' must be one of [128, 64], but is 100
            hyperparameters: {units: [64]} | classifiers[1].hyperparameters: hyperparameter 'units' must be one of [128, 64], but is [64]
            recipe: {epoch: 3}             | unknown key 'classifiers[1].recipe.epoch'; did you mean 'epochs'? (known: augmentations, averaging, balance, batch_size, clip_norm, epochs, groups, label_smoothing, loss, optimizer, patience, pretrained, schedule, select_by)
            recipe: {select_by: acuracy}   | classifiers[1].recipe.select_by must be one of accuracy, balanced-accuracy, macro-f1, loss, but is 'acuracy'; did you mean 'accuracy'?
            recipe: {select_by: 1}         | classifiers[1].recipe.select_by must be one of accuracy, balanced-accuracy, macro-f1, loss, but is 1
            recipe: {balance: yes}         | classifiers[1].recipe.balance must be one of none, class-weights, sampling, but is 'yes'
            recipe: {loss: x}              | classifiers[1].recipe.loss must be one of cross-entropy, own, but is 'x'
            recipe: {pretrained: yes}      | classifiers[1].recipe.pretrained must be true or false, but is 'yes'
            recipe: {epochs: -99999999999} | classifiers[1].recipe.epochs must be a larger number, but is -99999999999
            recipe: {augmentations: [{type: shift, share: 0.1}, {type: flip}]} | classifiers[1].recipe.augmentations[1].type must be one of crop, cutmix, erase, horizontal-flip, light, mixup, own, rotate, shift, but is 'flip'
            """)
    void whatThePluginDoesNotHaveIsNamedWithTheClassifier(String choice, String message) throws IOException {
        assertThat(refusal("classifiers: [gru, {name: gru, variant: odd, " + choice + "}]"))
                .isEqualTo("gru@odd: " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "'a b'", "../a", "a/b", "'a\\b'", "-a", "a.", ".a", "a..b", "'a:b'", "é", "a@b", "~"})
    void aVariantThatCannotNameAFolderIsRefused(String variant) throws IOException {
        assertThat(refusal("classifiers: [{name: gru, variant: " + variant + "}]"))
                .startsWith("classifiers[0].variant must be at most 64 letters (a to z), digits")
                .endsWith("but is " + (variant.startsWith("'") ? variant : "'" + variant + "'") + "; try wide-2");
        assertThat(refusal("classifiers: [{name: gru, variant: " + "a".repeat(65) + "}]"))
                .startsWith("classifiers[0].variant must be at most 64 letters");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'seeds: [1'              | expected YAML, but found in line 1: while parsing a flow sequence, expected ',' or ']'
            'jobs: 1\nseeds: a: b'   | expected YAML, but found in line 2: mapping values are not allowed here
            'jobs: 1\n\tthreads: 1'  | expected YAML, but found in line 2: while scanning for the next token, found character
            'jobs: 1\njobs: 2'       | expected YAML, but found in line 2: Duplicate property "jobs"
            'jobs: 1\n---\njobs: 2'  | expected YAML, but found in line 3: Trailing token
            'jobs: &j 1\nthreads: *j' | expected plain YAML, but line 2 has the alias *j: write its value out
            'region: .inf'           | expected YAML, but found in line 1: Malformed numeric value '.inf
            ''                       | expected keys with values, such as classifiers: [gru], but found nothing
            '# later\n'              | expected keys with values, such as classifiers: [gru], but found nothing
            '---'                    | expected keys with values, such as classifiers: [gru], but found nothing
            '- gru'                  | expected keys with values, such as classifiers: [gru], but found a list
            'gru'                    | expected keys with values, such as classifiers: [gru], but found 'gru'
            """)
    void whatIsNoMappingInYamlIsRefusedWithItsLine(String yaml, String message) throws IOException {
        assertThat(refusal(yaml.replace("\\n", "\n").replace("\\t", "\t")))
                .startsWith(message)
                .doesNotContain("java", "bound as", "JsonNode");
    }

    @Test
    void whatNoPersonWouldNestIsRefused() throws IOException {
        assertThat(refusal("[".repeat(2000))).startsWith("expected YAML, but found: Document nesting depth");
    }

    @Test
    void whatIsNoFileIsRefused() throws IOException {
        Path missing = folder.resolve("nowhere.yaml");
        assertThatThrownBy(() -> ExperimentTree.of(missing))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(missing + ", but there is none");
        assertThatThrownBy(() -> ExperimentTree.of(folder))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(folder + ", but that is a folder");
        Files.writeString(folder.resolve("experiment.yaml"), "jobs: 1");
        assertThatThrownBy(() -> ExperimentTree.of(folder)).hasMessageEndingWith(": try its experiment.yaml");
        Path binary = Files.write(folder.resolve("model.onnx"), new byte[] {8, 7, (byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> ExperimentTree.of(binary))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(binary + ": expected YAML in UTF-8");
    }

    /** The time of the processor, which a busy machine does not stretch; a search for each entry takes minutes. */
    @Test
    @Tag("long")
    void aHundredThousandVariantsAreResolvedInSeconds() throws IOException {
        StringBuilder yaml = new StringBuilder("classifiers:\n");
        for (int i = 0; i < 100_000; i++) {
            yaml.append("- {name: gru, variant: v").append(i).append("}\n");
        }
        ExperimentRequest file = file(yaml.toString());
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();

        List<ClassifierConfig> all = all(file);

        assertThat(all).hasSize(100_000);
        assertThat((threads.getCurrentThreadCpuTime() - before) / 1e9).isLessThan(20);
    }

    @Test
    void anUnknownClassifierIsNamedWithItsPlace() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("lstm").write(plugins.resolve("lstm.jar"));
        String file = "classifiers: [lstm, lsmt]";
        PluginCatalog catalog = PluginCatalog.open(plugins).on(TASK);
        assertThat(named(file, "lstm").classifiers(catalog))
                .extracting(ClassifierConfig::name)
                .containsExactly("lstm");
        assertThatThrownBy(() -> file(file).classifiers(catalog))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("classifiers[1]: no classifier is named 'lsmt'; did you mean 'lstm'?");
        // This one is not in the file.
        assertThatThrownBy(() -> named(file, "lst").classifiers(catalog))
                .hasMessageStartingWith("no classifier is named 'lst'; did you mean 'lstm'?");
    }
}
