package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.training.InitialWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("tiny")
final class TrialKeyTest {

    private static final Software SOFTWARE = new Software("0.1.0", "0.36.0", "2.7.1", "1.29.0", "Debian 17.0.13");
    private static final Recipe RECIPE = Recipe.standard();
    private static final TrialSpec SPEC = new TrialSpec(
            "gru", "wide", units(64, 2), RECIPE, 3, 2, 1, ComputeDevice.CPU, null, TrialSpec.Purpose.SHIP);
    private static final TrialInputs INPUTS = new TrialInputs("nets", "1.2.3", "ab", "cd", SOFTWARE);
    private static final Supplies SUPPLIES = Supplies.here(Path.of("plugins"), Path.of("data"), null, null);

    private static final TrialOrder ORDER = new TrialOrder(
            SPEC,
            new DatasetSpec("fashion-mnist", "28x28", 1000, 200),
            new SplitSpec(5, 2, 0.1, 7),
            INPUTS,
            SUPPLIES,
            60L,
            null,
            1);

    static Stream<Arguments> whatMakesATrial() {
        return Stream.of(
                inputs("plugin id", new TrialInputs("net", "1.2.3", "ab", "cd", SOFTWARE)),
                inputs("plugin version", new TrialInputs("nets", "1.2.4", "ab", "cd", SOFTWARE)),
                inputs("plugin jar", new TrialInputs("nets", "1.2.3", "ac", "cd", SOFTWARE)),
                inputs("images", new TrialInputs("nets", "1.2.3", "ab", "ce", SOFTWARE)),
                inputs("what is swapped", new TrialInputs("nets", "1.2.3", "cd", "ab", SOFTWARE)),
                software("Catwalk", new Software("0.2.0", "0.36.0", "2.7.1", "1.29.0", "Debian 17.0.13")),
                software("DJL", new Software("0.1.0", "0.37.0", "2.7.1", "1.29.0", "Debian 17.0.13")),
                software("PyTorch", new Software("0.1.0", "0.36.0", "2.8.0", "1.29.0", "Debian 17.0.13")),
                dataset("another image size", new DatasetSpec("fashion-mnist", "32x28", 1000, 200)),
                dataset("no image size", new DatasetSpec("fashion-mnist", null, 1000, 200)),
                dataset("--limit-train", new DatasetSpec("fashion-mnist", "28x28", 999, 200)),
                dataset("--limit-test", new DatasetSpec("fashion-mnist", "28x28", 1000, 0)),
                split("folds", new SplitSpec(4, 2, 0.1, 7)),
                split("repeats", new SplitSpec(5, 3, 0.1, 7)),
                split("hold-out", new SplitSpec(5, 2, 0.11, 7)),
                split("seed of the split", new SplitSpec(5, 2, 0.1, 8)),
                spec(
                        "classifier",
                        new TrialSpec(
                                "lstm",
                                "wide",
                                units(64, 2),
                                RECIPE,
                                3,
                                2,
                                1,
                                ComputeDevice.CPU,
                                null,
                                SPEC.purpose())),
                spec(
                        "variant",
                        new TrialSpec(
                                "gru",
                                "default",
                                units(64, 2),
                                RECIPE,
                                3,
                                2,
                                1,
                                ComputeDevice.CPU,
                                null,
                                SPEC.purpose())),
                spec(
                        "a hyperparameter",
                        new TrialSpec(
                                "gru", "wide", units(65, 2), RECIPE, 3, 2, 1, ComputeDevice.CPU, null, SPEC.purpose())),
                spec(
                        "hyperparameters that trade values",
                        new TrialSpec(
                                "gru", "wide", units(2, 64), RECIPE, 3, 2, 1, ComputeDevice.CPU, null, SPEC.purpose())),
                spec(
                        "one less",
                        new TrialSpec(
                                "gru",
                                "wide",
                                Map.of("units", 64),
                                RECIPE,
                                3,
                                2,
                                1,
                                ComputeDevice.CPU,
                                null,
                                SPEC.purpose())),
                spec(
                        "seed",
                        new TrialSpec(
                                "gru",
                                "wide",
                                units(64, 2),
                                RECIPE,
                                -3,
                                2,
                                1,
                                ComputeDevice.CPU,
                                null,
                                SPEC.purpose())),
                spec(
                        "fold",
                        new TrialSpec(
                                "gru", "wide", units(64, 2), RECIPE, 3, 1, 1, ComputeDevice.CPU, null, SPEC.purpose())),
                spec(
                        "threads",
                        new TrialSpec(
                                "gru", "wide", units(64, 2), RECIPE, 3, 2, 2, ComputeDevice.CPU, null, SPEC.purpose())),
                spec(
                        "device",
                        new TrialSpec(
                                "gru",
                                "wide",
                                units(64, 2),
                                RECIPE,
                                3,
                                2,
                                1,
                                ComputeDevice.CUDA,
                                null,
                                SPEC.purpose())),
                spec(
                        "purpose",
                        new TrialSpec(
                                "gru",
                                "wide",
                                units(64, 2),
                                RECIPE,
                                3,
                                2,
                                1,
                                ComputeDevice.CPU,
                                null,
                                TrialSpec.Purpose.SCORE)),
                spec("initial weights", startingFrom(new InitialWeights("w.onnx", "ab".repeat(32), 1))),
                spec("rate of the initial weights", startingFrom(new InitialWeights("w.onnx", "ab".repeat(32), 0.1))),
                recipe("epochs", RECIPE.withEpochs(11)),
                recipe("batch size", RECIPE.withBatchSize(64)),
                recipe("optimizer", RECIPE.withOptimizer(Optimizer.sgd(0.002, 0.9, 0.01))),
                recipe("learning rate", RECIPE.withOptimizer(Optimizer.adamW(0.0020001, 0.01))),
                recipe("weight decay", RECIPE.withOptimizer(Optimizer.adamW(0.002, 0.02))),
                recipe("schedule", RECIPE.withSchedule(Schedule.cosine())),
                recipe("warm-up", RECIPE.withSchedule(Schedule.oneCycle(0.3))),
                recipe("augmentation", RECIPE.withAugmentations(Augmentation.shift(0.08))),
                recipe("label smoothing", RECIPE.withLabelSmoothing(0.1)),
                recipe("averaging", RECIPE.withAveraging(0.99)),
                recipe("clipping", RECIPE.withClipNorm(1)),
                recipe("patience", RECIPE.withPatience(3)),
                recipe("groups", RECIPE.withGroups(ParameterGroup.of("*", 0.5))));
    }

    private static TrialSpec startingFrom(InitialWeights init) {
        return new TrialSpec("gru", "wide", units(64, 2), RECIPE, 3, 2, 1, ComputeDevice.CPU, init, SPEC.purpose());
    }

    static Stream<Arguments> whatDoesNot() {
        return Stream.of(
                software("Java", new Software("0.1.0", "0.36.0", "2.7.1", "1.29.0", "Debian 21.0.1")),
                software("ONNX Runtime", new Software("0.1.0", "0.36.0", "2.7.1", "1.30.0", "Debian 17.0.13")),
                Arguments.of("places", (UnaryOperator<TrialOrder>) o -> o.from(
                        o.dataset(), Supplies.here(Path.of("elsewhere"), Path.of("images"), "labels.csv", null))),
                Arguments.of("timeout", (UnaryOperator<TrialOrder>) o -> new TrialOrder(
                        o.spec(), o.dataset(), o.split(), o.inputs(), o.supplies(), null, null, o.attempt())),
                Arguments.of("processor", (UnaryOperator<TrialOrder>) o -> o.on("EPYC")),
                Arguments.of("attempt", (UnaryOperator<TrialOrder>) o -> o.numbered(2)),
                // The digest identifies the images; a folder may be moved.
                dataset("name of the images", new DatasetSpec("/elsewhere/fashion", "28x28", 1000, 200)),
                spec(
                        "order of hyperparameters",
                        new TrialSpec(
                                "gru",
                                "wide",
                                layersFirst(),
                                RECIPE,
                                3,
                                2,
                                1,
                                ComputeDevice.CPU,
                                null,
                                SPEC.purpose())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatMakesATrial")
    void whatMakesATrialIsInItsKey(String what, UnaryOperator<TrialOrder> change) {
        assertThat(TrialKey.of(change.apply(ORDER))).isNotEqualTo(TrialKey.of(ORDER));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatDoesNot")
    void whatDoesNotMakeItIsNot(String what, UnaryOperator<TrialOrder> change) {
        assertThat(change.apply(ORDER)).isNotSameAs(ORDER);
        assertThat(TrialKey.of(change.apply(ORDER))).isEqualTo(TrialKey.of(ORDER));
    }

    @Test
    void noTwoOfAllTheseChangesHaveTheSameKey() {
        List<String> keys = new ArrayList<>(List.of(TrialKey.of(ORDER).digest()));
        whatMakesATrial()
                .forEach(row -> keys.add(TrialKey.of(change(row).apply(ORDER)).digest()));

        assertThat(keys).hasSizeGreaterThan(30).doesNotHaveDuplicates().allMatch(key -> key.matches("[0-9a-f]{64}"));
    }

    @SuppressWarnings("unchecked")
    private static UnaryOperator<TrialOrder> change(Arguments row) {
        return (UnaryOperator<TrialOrder>) row.get()[1];
    }

    private static Map<String, Object> units(int units, int layers) {
        Map<String, Object> chosen = new LinkedHashMap<>();
        chosen.put("units", units);
        chosen.put("layers", layers);
        return chosen;
    }

    private static Map<String, Object> layersFirst() {
        Map<String, Object> chosen = new LinkedHashMap<>();
        chosen.put("layers", 2);
        chosen.put("units", 64);
        return chosen;
    }

    private static Arguments recipe(String what, Recipe recipe) {
        return spec(
                "recipe: " + what,
                new TrialSpec("gru", "wide", units(64, 2), recipe, 3, 2, 1, ComputeDevice.CPU, null, SPEC.purpose()));
    }

    private static Arguments software(String what, Software software) {
        return inputs("version of " + what, INPUTS.with(software));
    }

    private static Arguments inputs(String what, TrialInputs inputs) {
        return Arguments.of(what, (UnaryOperator<TrialOrder>) order -> order.with(inputs));
    }

    private static Arguments spec(String what, TrialSpec spec) {
        return changed(what, spec, ORDER.dataset(), ORDER.split());
    }

    private static Arguments dataset(String what, DatasetSpec dataset) {
        return changed(what, SPEC, dataset, ORDER.split());
    }

    private static Arguments split(String what, SplitSpec split) {
        return changed(what, SPEC, ORDER.dataset(), split);
    }

    private static Arguments changed(String what, TrialSpec spec, DatasetSpec dataset, SplitSpec split) {
        return Arguments.of(what, (UnaryOperator<TrialOrder>)
                order -> new TrialOrder(spec, dataset, split, order.inputs(), SUPPLIES, 60L, null, 1));
    }
}
