package io.catwalk.runner.training;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.loss.Loss;
import ai.djl.util.PairList;
import io.catwalk.api.Gradients;
import io.catwalk.api.Layers;
import io.catwalk.api.Optimizer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("tiny")
class ParameterVectorTest {

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @AfterEach
    void free() {
        manager.close();
    }

    /** For one channel, it has 4 x 9 + 36 x 3 weights, 4 + 3 biases, 4 gammas, 4 betas and 4 + 4 running statistics. */
    private Block network(int channels) {
        Block network = Layers.sequence(
                Layers.conv(4, 3), Layers.batchNorm(), Layers.relu(), Layers.flatten(), Layers.dense(3));
        return initialized(network, new Shape(2, channels, 3, 3));
    }

    private static ParameterVector weights(NDManager owner, Block block, ImageLayout layout) {
        return ParameterVector.of(owner, block, layout, parameter -> 1);
    }

    private Block initialized(Block block, Shape input) {
        block.initialize(manager, DataType.FLOAT32, input);
        return block;
    }

    @Test
    void weightsDecayOtherTrainedOnesFollowAndStatisticsAreLast() {
        Block network = network(1);
        ParameterVector weights = weights(manager, network, ImageLayout.of(network));
        int decaying = 4 * 9 + 36 * 3;
        int trainable = decaying + 4 + 3 + 4 + 4;
        assertThat(weights.segments())
                .containsExactly(
                        new ParameterVector.Segment(0, decaying, true, 1),
                        new ParameterVector.Segment(decaying, trainable, false, 1));
        assertThat(weights.trainable()).isEqualTo(trainable);
        assertThat(weights.vector().size()).isEqualTo(weights.trainable() + 4 + 4);
        NDList expected = new NDList();
        for (String group : List.of("WEIGHT", "BIAS GAMMA BETA", "RUNNING_MEAN RUNNING_VAR")) {
            network.getParameters().values().stream()
                    .filter(parameter -> group.contains(parameter.getType().name()))
                    .forEach(parameter -> expected.add(parameter.getArray().flatten()));
        }
        assertThat(weights.vector().toFloatArray())
                .containsExactly(NDArrays.concat(expected).toFloatArray());
    }

    @Test
    void anOnlyParameterIsCopiedToo() {
        Block dense = Linear.builder().setUnits(2).optBias(false).build();
        initialized(dense, new Shape(1, 3));
        float[] before = dense.getParameters().get(0).getValue().getArray().toFloatArray();
        weights(manager, dense, ImageLayout.of(dense)).vector().addi(1);
        assertThat(dense.getParameters().get(0).getValue().getArray().toFloatArray())
                .containsExactly(before);
    }

    /** A filter of 2 channels of 1 x 3, whose values encode channel and column. */
    @Test
    void kernelsLieChannelsLastAndLookAsEver() {
        Block conv = Conv2d.builder()
                .setFilters(1)
                .setKernelShape(new Shape(1, 3))
                .optBias(false)
                .build();
        float[] kernel = {0, 1, 2, 10, 11, 12};
        conv.setInitializer((owner, shape, type) -> owner.create(kernel, shape), Parameter.Type.WEIGHT);
        initialized(conv, new Shape(1, 2, 1, 3));
        ParameterVector weights = weights(manager, conv, ImageLayout.CHANNELS_LAST);
        assertThat(weights.vector().toFloatArray()).containsExactly(0, 10, 1, 11, 2, 12);
        Parameter parameter = conv.getParameters().get(0).getValue();
        NDArray seen = weights.frozen(manager).getValue(parameter, manager.getDevice(), false);
        assertThat(seen.getShape()).isEqualTo(new Shape(1, 2, 1, 3));
        assertThat(seen.toFloatArray()).containsExactly(kernel);
        weights.vector().muli(2);
        weights.writeInto(conv);
        assertThat(parameter.getArray().toFloatArray()).containsExactly(0, 2, 4, 20, 22, 24);
    }

    @ParameterizedTest
    @EnumSource
    void gradientsEqualThoseOfPlainDjl(ImageLayout layout) {
        Block network = network(2);
        NDArray images = layout.view(manager.randomNormal(new Shape(5 * 18)), new Shape(5, 2, 3, 3));
        NDArray labels = manager.create(new long[] {0, 1, 2, 1, 0}, new Shape(5, 1));
        ParameterVector weights = weights(manager, network, layout);
        ParameterVector.Leaves leaves = weights.new Leaves(manager);
        try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
            collector.backward(Targets.crossEntropy(
                    network.forward(leaves.store(), new NDList(images), true).singletonOrThrow(), labels, 0));
        }
        try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
            NDList logits = network.forward(new ParameterStore(manager, false), new NDList(images), true);
            collector.backward(Loss.softmaxCrossEntropyLoss().evaluate(new NDList(labels), logits));
        }
        NDList expected = new NDList();
        for (boolean decaying : new boolean[] {true, false}) {
            network.getParameters().values().stream()
                    .filter(Parameter::requiresGradient)
                    .filter(parameter -> decaying == (parameter.getType() == Parameter.Type.WEIGHT))
                    .forEach(parameter -> expected.add(
                            layout.memory(parameter.getArray().getGradient()).flatten()));
        }
        assertThat(leaves.gradient().toFloatArray())
                .containsExactly(NDArrays.concat(expected).toFloatArray(), within(1e-6f));
        assertThat(leaves.gradient().abs().max().getFloat()).isGreaterThan(0.01f);
        // And batch normalization changed the running statistics in the same way, ours in the vector.
        Parameter mean = network.getParameters().values().stream()
                .filter(parameter -> parameter.getType() == Parameter.Type.RUNNING_MEAN)
                .findFirst()
                .orElseThrow();
        NDArray ours = weights.frozen(manager).getValue(mean, manager.getDevice(), false);
        assertThat(ours.toFloatArray())
                .containsExactly(mean.getArray().toFloatArray(), within(1e-6f))
                .isNotEqualTo(new float[4]);
    }

    /** Returns the gradient of the sum of the answer to 3 and 5. */
    private float[] gradientOfSum(Block block, ParameterVector weights) {
        ParameterVector.Leaves leaves = weights.new Leaves(manager);
        try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
            NDArray input = manager.create(new float[] {3, 5}, new Shape(1, 2));
            NDList output = block.forward(leaves.store(), new NDList(input), true);
            collector.backward(output.singletonOrThrow().sum());
        }
        return leaves.gradient().toFloatArray();
    }

    @Test
    void aSharedParameterCountsOnceAndSumsItsGradients() {
        Block shared = Layers.dense(2);
        Block twice = initialized(new SequentialBlock().add(shared).add(shared), new Shape(1, 2));
        ParameterVector weights = weights(manager, twice, ImageLayout.of(twice));
        assertThat(weights.vector().size()).isEqualTo(4 + 2);
        // W = 2 I, b = 0: the sum of W(Wx + b) + b has the gradient (W'1) x' + 1 (Wx)' for W, 2 + 1 for b.
        weights.vector().muli(0).addi(manager.create(new float[] {2, 0, 0, 2, 0, 0}));
        assertThat(gradientOfSum(twice, weights)).containsExactly(12, 20, 12, 20, 3, 3);
    }

    @Test
    void anUnusedParameterHasTheGradientZero() {
        Block block = initialized(new Unused(), new Shape(1, 2));
        ParameterVector weights = weights(manager, block, ImageLayout.of(block));
        assertThat(gradientOfSum(block, weights)).containsExactly(3, 5, 0, 0, 0, 0);
    }

    @Test
    void aNetworkWithNothingToTrainIsRefused() {
        Block block = initialized(Layers.flatten(), new Shape(1, 1, 1, 2));
        refused(TrainingException.class, () -> weights(manager, block, ImageLayout.of(block)), "parameters");
    }

    @Test
    void withoutWeightsNothingDecays() {
        Block block = initialized(Layers.batchNorm(), new Shape(1, 2));
        ParameterVector weights = weights(manager, block, ImageLayout.of(block));
        assertThat(weights.segments()).noneMatch(ParameterVector.Segment::decays);
        OptimizerState.of(Optimizer.adamW(1, 0.5), weights, null, manager)
                .step(1, manager.create(new float[] {1, 0, 0, 0}), 1, 0.1, 0);
        // Gamma 1 changes by a first step of Adam, which is as long as the learning rate; the rest is as at the start.
        assertThat(weights.vector().toFloatArray())
                .containsExactly(new float[] {0.9f, 1, 0, 0, 0, 0, 1, 1}, within(1e-6f));
    }

    /** Multiplies by its first parameter, reads its second and never uses the third. */
    private static final class Unused extends AbstractBlock {

        private final Parameter used = weight("used");
        private final Parameter asked = weight("asked");

        Unused() {
            weight("ignored");
        }

        private Parameter weight(String name) {
            return addParameter(Parameter.builder()
                    .setName(name)
                    .setType(Parameter.Type.WEIGHT)
                    .optShape(new Shape(2))
                    .optInitializer(Initializer.ONES)
                    .build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
            NDArray input = inputs.singletonOrThrow();
            store.getValue(asked, input.getDevice(), training);
            return new NDList(input.mul(store.getValue(used, input.getDevice(), training)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
