package io.catwalk.runner.training;

import static io.catwalk.runner.Golden.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import io.catwalk.api.Gradients;
import io.catwalk.api.Layers;
import io.catwalk.api.Optimizer;
import io.catwalk.onnx.ParameterPaths;
import io.catwalk.runner.Golden;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Compares optimizers and loss with PyTorch, in test-data/golden/training.json. */
@Tag("tiny")
class GoldenTrainingTest {

    private static final JsonNode GOLDEN = Golden.file("training.json");

    private interface Step {
        void take(
                OptimizerState steps,
                long number,
                NDArray gradient,
                double scale,
                double learningRate,
                double averaging);
    }

    /** In memory and, as on a graphics card, by operations of the engine. */
    static List<Step> kinds() {
        return List.of(OptimizerState::step, OptimizerState::stepByOperations);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void fiveStepsAgree(Step step) {
        fiveStepsAgree("adamw", Optimizer.adamW(1, 0), step);
        fiveStepsAgree("adamw with decay 0.5", Optimizer.adamW(1, 0.5), step);
        fiveStepsAgree("sgd", Optimizer.sgd(1, 0, 0), step);
        fiveStepsAgree("sgd with nesterov momentum 0.9", Optimizer.sgd(1, 0.9, 0), step);
    }

    private static void fiveStepsAgree(String name, Optimizer optimizer, Step step) {
        JsonNode golden = GOLDEN.get("optimizers");
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block dense = Layers.dense(2);
            set(dense, Parameter.Type.WEIGHT, floats(golden.get("weights")));
            set(dense, Parameter.Type.BIAS, floats(golden.get("biases")));
            dense.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
            ParameterVector weights = ParameterVector.of(manager, dense, ImageLayout.CHANNELS_FIRST, parameter -> 1);
            OptimizerState steps = OptimizerState.of(optimizer, weights, null, manager);
            JsonNode expected = golden.get(name);
            for (int i = 0; i < 5; i++) {
                NDArray gradient = manager.create(floats(expected.at("/gradients/" + i)));
                step.take(
                        steps,
                        i + 1,
                        gradient,
                        1,
                        golden.at("/learning_rates/" + i).asDouble(),
                        0);
                agree(weights.vector(), expected.at("/after/" + i));
            }
        }
    }

    /**
     * 2,600 weights, 50 biases, 50 of batch normalization and its 100 statistics: none of them ends where a piece ends.
     */
    @ParameterizedTest
    @MethodSource("kinds")
    void aStepOverManyPiecesIsTheOneOfTensorOperationsAndLeavesNothing(Step step) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block network = Layers.sequence(Layers.dense(50), Layers.batchNorm());
            network.initialize(manager, DataType.FLOAT32, new Shape(2, 52));
            ParameterVector weights = ParameterVector.of(manager, network, ImageLayout.CHANNELS_FIRST, parameter -> 1);
            assertThat(weights.segments().get(0)).isEqualTo(new ParameterVector.Segment(0, 2600, true, 1));
            assertThat(weights.trainable()).isEqualTo(2750);
            assertThat(weights.vector().size()).isEqualTo(2850);
            weights.vector().addi(manager.randomNormal(new Shape(2850)));
            ParameterVector average = weights.copy(manager);
            average.vector().addi(1);
            NDArray gradient = manager.randomNormal(new Shape(2750));

            // 0.9 of the weights stay, a tenth of half the gradient goes; three quarters of the average stay.
            NDArray decay = manager.ones(new Shape(2850));
            decay.set(new NDIndex("0:2600"), 0.9f);
            NDArray taken = manager.zeros(new Shape(2850));
            taken.set(new NDIndex("0:2750"), gradient.mul(0.05));
            NDArray moved = weights.vector().mul(decay).sub(taken);
            NDArray followed = average.vector().mul(0.75).add(moved.mul(0.25));
            OptimizerState steps = OptimizerState.of(Optimizer.sgd(1, 0, 1), weights, average, manager);
            int arrays = manager.getManagedArrays().size();
            step.take(steps, 1, gradient, 0.5, 0.1, 0.75);

            assertThat(manager.getManagedArrays()).hasSize(arrays);
            assertThat(weights.vector().toFloatArray()).containsExactly(moved.toFloatArray(), within(1e-6f));
            assertThat(average.vector().toFloatArray()).containsExactly(followed.toFloatArray(), within(1e-6f));
        }
    }

    /** Weights that are frozen, biases at a fifth and at a tenth of the rate, the rest at the full one. */
    @ParameterizedTest
    @MethodSource("kinds")
    void partsLearnAtRatesOfTheirOwn(Step step) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block network = Layers.sequence(Layers.dense(2), Layers.dense(2));
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
            Map<String, Parameter> named = ParameterPaths.of(network);
            Map<Parameter, Double> rates = new HashMap<>();
            rates.put(named.get("01Linear.weight"), 0.0);
            rates.put(named.get("01Linear.bias"), 0.2);
            rates.put(named.get("02Linear.bias"), 0.1);
            ParameterVector weights = ParameterVector.of(
                    manager, network, ImageLayout.CHANNELS_FIRST, parameter -> rates.getOrDefault(parameter, 1.0));
            // The second weights, the second biases, the first ones, and at the end the first weights.
            assertThat(weights.segments())
                    .containsExactly(
                            new ParameterVector.Segment(0, 4, true, 1),
                            new ParameterVector.Segment(4, 6, false, 0.1),
                            new ParameterVector.Segment(6, 8, false, 0.2));
            weights.vector().muli(0).addi(1);
            OptimizerState steps = OptimizerState.of(Optimizer.sgd(1, 0, 1), weights, null, manager);

            step.take(steps, 1, manager.ones(new Shape(8)).mul(2), 0.5, 0.2, 0);

            // A fifth decays and a fifth is taken; a fiftieth is taken, or two; nothing.
            float[] expected = {.6f, .6f, .6f, .6f, .98f, .98f, .96f, .96f, 1, 1, 1, 1};
            assertThat(weights.vector().toFloatArray()).containsExactly(expected, within(1e-6f));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theAverageOfFrozenWeightsIsExact(Step step) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block network = Layers.sequence(Layers.dense(2), Layers.dense(2));
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
            Parameter first = Objects.requireNonNull(ParameterPaths.of(network).get("01Linear.weight"));
            ParameterVector weights = ParameterVector.of(
                    manager, network, ImageLayout.CHANNELS_FIRST, parameter -> parameter == first ? 0 : 1);
            ParameterVector average = weights.copy(manager);
            float[] frozen = Arrays.copyOfRange(weights.vector().toFloatArray(), 8, 12);
            OptimizerState steps = OptimizerState.of(Optimizer.sgd(1, 0, 0), weights, average, manager);

            for (int i = 1; i <= 300; i++) {
                step.take(steps, i, manager.ones(new Shape(8)), 1, 0.01, (1.0 + i) / (10.0 + i));
            }

            assertThat(Arrays.copyOfRange(average.vector().toFloatArray(), 8, 12))
                    .containsExactly(frozen);
        }
    }

    @Test
    void lossAndGradientAgreeAlsoWithSmoothingAndWeightsOfClasses() {
        for (JsonNode expected : GOLDEN.get("cross_entropies")) {
            double smoothing = expected.get("smoothing").asDouble();
            long[] labels = Arrays.stream(Golden.ints(expected.get("labels")))
                    .asLongStream()
                    .toArray();
            agrees(
                    expected,
                    (manager, logits) ->
                            Targets.crossEntropy(logits, manager.create(labels, new Shape(4, 1)), smoothing));
        }
        JsonNode expected = GOLDEN.get("weighted");
        float[] weights = floats(expected.get("weights"));
        agrees(
                expected,
                (manager, logits) -> labels(expected).targets(manager, weights).loss(logits, 0));
    }

    @Test
    void mixturesCountByTheirShares() {
        for (JsonNode expected : GOLDEN.get("mixed")) {
            Targets.Labels labels = labels(expected);
            float[] shares = floats(expected.get("shares"));
            for (int i = 0; i < 4; i++) {
                labels.mix(i, expected.at("/others/" + i).asInt(), shares[i]);
            }
            double smoothing = expected.get("smoothing").asDouble();
            agrees(
                    expected,
                    (manager, logits) -> labels.targets(manager, new float[0]).loss(logits, smoothing));
        }
    }

    private static Targets.Labels labels(JsonNode expected) {
        Targets.Labels labels = new Targets.Labels(4);
        for (int i = 0; i < 4; i++) {
            labels.set(i, expected.at("/labels/" + i).asInt());
        }
        return labels;
    }

    private static void agrees(JsonNode expected, BiFunction<NDManager, NDArray, NDArray> lossOf) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray logits = manager.create(floats(expected.get("logits")), new Shape(4, 5));
            logits.setRequiresGradient(true);
            try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
                NDArray loss = lossOf.apply(manager, logits);
                Golden.agree(loss.getFloat(), expected.get("loss"), 1e-6);
                collector.backward(loss);
            }
            agree(logits.getGradient(), expected.get("gradient"));
        }
    }

    /** The loss of training that is shown is the one without smoothing and weights, of mixed images by their shares. */
    @Test
    void theLossOfTrainingThatIsShownAgrees() {
        JsonNode mixed = GOLDEN.at("/mixed/0");
        Targets.Labels labels = labels(mixed);
        for (int i = 0; i < 4; i++) {
            float share = (float) mixed.at("/shares/" + i).asDouble();
            labels.mix(i, mixed.at("/others/" + i).asInt(), share);
        }
        float[] weights = {1, 2, 3, 4, 5};
        agrees(mixed, (manager, logits) -> labels.targets(manager, weights).crossEntropy(logits));
        JsonNode single = GOLDEN.at("/cross_entropies/0");
        agrees(
                single,
                (manager, logits) -> labels(single).targets(manager, weights).crossEntropy(logits));
    }

    /** The loss of evaluation, in plain Java, is the one without smoothing. */
    @Test
    void theLossOfEvaluationAgrees() {
        JsonNode expected = GOLDEN.at("/cross_entropies/0");
        float[] logits = floats(expected.get("logits"));
        Validation validation = new Validation(4, 5);
        for (int i = 0; i < 4; i++) {
            validation.add(logits, i * 5, expected.at("/labels/" + i).asInt());
        }
        Golden.agree(validation.loss(), expected.get("loss"), 1e-6);
    }

    private static void agree(NDArray actual, JsonNode expected) {
        assertThat(actual.flatten().toFloatArray()).containsExactly(floats(expected), within(1e-6f));
    }

    private static void set(Block block, Parameter.Type type, float... values) {
        block.setInitializer((manager, shape, dataType) -> manager.create(values, shape), type);
    }
}
