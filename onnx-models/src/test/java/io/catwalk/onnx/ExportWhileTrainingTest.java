package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network may be exported while it is trained: the training is not affected, or the export is refused. */
@Tag("tiny")
class ExportWhileTrainingTest extends ExportTest {

    private static final int STEPS = 4;

    /** When a training exports: with the collector open, before or after backward, or between two steps. */
    private enum Moment {
        BEFORE_BACKWARD,
        AFTER_BACKWARD,
        BETWEEN_STEPS
    }

    /** Trains a few steps and returns all gradients and weights on the way. */
    private static List<float[]> train(Map<Moment, Consumer<Trainer>> exports) {
        List<float[]> seen = new ArrayList<>();
        try (Model model = Model.newInstance("network")) {
            Block dropout = Dropout.builder().optRate(0.5f).build();
            model.setBlock(seq(dense(8), SmallNetworks.norm(), SmallNetworks.relu(), dropout, dense(3)));
            model.getNDManager().getEngine().setRandomSeed(11);
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
            try (Trainer trainer =
                    model.newTrainer(config.optOptimizer(Optimizer.adam().build()))) {
                trainer.initialize(new Shape(5, 4));
                NDArray images = trainer.getManager().create(Agreement.images(20, 1), new Shape(5, 4));
                NDArray labels = trainer.getManager().create(new int[] {0, 1, 2, 1, 0});
                for (int step = 0; step < STEPS; step++) {
                    try (GradientCollector collector = trainer.newGradientCollector()) {
                        NDList answers = trainer.forward(new NDList(images));
                        NDArray loss = trainer.getLoss().evaluate(new NDList(labels), answers);
                        exports.getOrDefault(Moment.BEFORE_BACKWARD, none -> {}).accept(trainer);
                        collector.backward(loss);
                        exports.getOrDefault(Moment.AFTER_BACKWARD, none -> {}).accept(trainer);
                    }
                    for (var pair : model.getBlock().getParameters()) {
                        NDArray array = pair.getValue().getArray();
                        NDArray changing = array.hasGradient() ? array.getGradient() : array;
                        seen.add(changing.toFloatArray());
                    }
                    trainer.step();
                    exports.getOrDefault(Moment.BETWEEN_STEPS, none -> {}).accept(trainer);
                    for (var pair : model.getBlock().getParameters()) {
                        seen.add(pair.getValue().getArray().toFloatArray());
                    }
                }
            }
        }
        return seen;
    }

    @Test
    void aTrainingAndItsFilesHaveTheSameBitsWhereverItIsExported() {
        List<float[]> plain = train(Map.of());
        assertThat(plain).hasSizeGreaterThan(8 * STEPS);
        Map<Moment, List<byte[]>> files = new EnumMap<>(Moment.class);
        for (Moment moment : Moment.values()) {
            List<byte[]> made = files.computeIfAbsent(moment, key -> new ArrayList<>());
            Consumer<Trainer> export =
                    trainer -> made.add(OnnxExport.of(trainer).bytes());
            assertThat(train(Map.of(moment, export))).usingRecursiveComparison().isEqualTo(plain);
        }
        List<byte[]> inside = files.getOrDefault(Moment.AFTER_BACKWARD, List.of());
        assertThat(inside).hasSize(STEPS);
        assertThat(files.get(Moment.BEFORE_BACKWARD)).usingRecursiveComparison().isEqualTo(inside);
        assertThat(operators(inside.get(0))).doesNotContain("Dropout");
    }

    /** Changes the weights when a layer of the network is called, as a step in another thread does. */
    private Block changed(IntPredicate when, int[] calls, Consumer<NDArray> change) {
        Block linear = dense(3);
        Block other = new LambdaBlock(inputs -> {
            if (when.test(++calls[0])) {
                Thread training = new Thread(
                        () -> change.accept(linear.getParameters().get("weight").getArray()));
                training.start();
                try {
                    training.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return inputs;
        });
        Block block = initialized(seq(other, linear, other), new Shape(4));
        calls[0] = 0; // Initializing a lambda calls it.
        return block;
    }

    /**
     * The first five calls create and compare the program; after them, only the end of the export can detect a change.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 9, 20})
    void weightsThatAnotherThreadChangesMeanwhileAreRefused(int call) {
        int[] calls = {0};
        Block block = changed(now -> now == call, calls, weight -> {
            float[] numbers = weight.toFloatArray();
            numbers[0]++;
            weight.set(numbers);
        });
        OnnxExport export = OnnxExport.of(block, new Shape(4));
        for (OnnxExport one : List.of(export, export.withParameters(new ParameterStore(manager, false)))) {
            calls[0] = 0;
            String what = "the weights changed while they were exported (02Linear.weight)";
            assertRefused(one, what, "Export between two steps");
        }
    }

    /** Third and fourth call, before and after the layer, in the second forward: undone when the export ends. */
    @Test
    void weightsThatAreOthersForOneCallAreRefused() {
        Block block = changed(now -> now == 3 || now == 4, new int[1], NDArray::negi);
        assertRefused(block, new Shape(4), "the weights changed while they were exported (02Linear.weight)");
    }
}
