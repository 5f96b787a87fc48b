package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network may be exported while it is trained: the training is not affected, or the export is refused. */
@Tag("tiny")
class ExportWhileTrainingTest {

    private static final int STEPS = 4;

    private static Block network() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(8).build())
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(Dropout.builder().optRate(0.5f).build())
                .add(Linear.builder().setUnits(3).build());
    }

    /** Tells when a training exports: with the collector open, before or after backward, or between two steps. */
    private record Exports(
            Consumer<Trainer> beforeBackward, Consumer<Trainer> afterBackward, Consumer<Trainer> between) {}

    private static void nothing(Trainer trainer) {}

    private static void export(Trainer trainer) {
        OnnxExport.of(trainer).bytes();
    }

    private static Exports exports(Consumer<Trainer> beforeBackward, Consumer<Trainer> afterBackward) {
        return new Exports(beforeBackward, afterBackward, ExportWhileTrainingTest::nothing);
    }

    /** Trains a few steps and returns all gradients and weights on the way. */
    private static List<float[]> train(Exports exports) {
        List<float[]> seen = new ArrayList<>();
        try (Model model = Model.newInstance("network")) {
            model.setBlock(network());
            model.getNDManager().getEngine().setRandomSeed(11);
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optOptimizer(Optimizer.adam().build());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(5, 4));
                NDManager manager = trainer.getManager();
                NDArray images = manager.create(Agreement.images(20, 1), new Shape(5, 4));
                NDArray labels = manager.create(new int[] {0, 1, 2, 1, 0});
                for (int step = 0; step < STEPS; step++) {
                    try (GradientCollector collector = trainer.newGradientCollector()) {
                        NDList answers = trainer.forward(new NDList(images));
                        NDArray loss = trainer.getLoss().evaluate(new NDList(labels), answers);
                        exports.beforeBackward().accept(trainer);
                        collector.backward(loss);
                        exports.afterBackward().accept(trainer);
                    }
                    model.getBlock().getParameters().forEach(pair -> {
                        NDArray array = pair.getValue().getArray();
                        if (array.hasGradient()) {
                            seen.add(array.getGradient().toFloatArray());
                        }
                    });
                    trainer.step();
                    exports.between().accept(trainer);
                    model.getBlock()
                            .getParameters()
                            .forEach(pair -> seen.add(pair.getValue().getArray().toFloatArray()));
                }
            }
        }
        return seen;
    }

    @Test
    void aTrainingHasTheSameBitsWhereverItIsExported() {
        List<float[]> plain = train(exports(ExportWhileTrainingTest::nothing, ExportWhileTrainingTest::nothing));
        assertThat(plain).hasSizeGreaterThan(8 * STEPS);
        for (Exports exports : List.of(
                exports(ExportWhileTrainingTest::export, ExportWhileTrainingTest::nothing),
                exports(ExportWhileTrainingTest::nothing, ExportWhileTrainingTest::export),
                new Exports(
                        ExportWhileTrainingTest::nothing,
                        ExportWhileTrainingTest::nothing,
                        ExportWhileTrainingTest::export))) {
            assertThat(train(exports)).usingRecursiveComparison().isEqualTo(plain);
        }
    }

    @Test
    void theFileInsideOfAGradientCollectorIsThatOutsideOfIt() {
        List<byte[]> files = new ArrayList<>();
        Consumer<Trainer> keep = trainer -> files.add(OnnxExport.of(trainer).bytes());
        train(exports(ExportWhileTrainingTest::nothing, keep));
        train(exports(keep, ExportWhileTrainingTest::nothing));
        assertThat(files).hasSize(2 * STEPS);
        for (int step = 0; step < STEPS; step++) {
            assertThat(files.get(step)).isEqualTo(files.get(STEPS + step));
        }
        assertThat(OnnxParser.model(files.get(0)).graph().nodes())
                .noneMatch(node -> node.operator().equals("Dropout"));
    }

    /** Changes the weights when a layer of the network is called, as a step in another thread does. */
    private static Block changedAt(int call, int[] calls) {
        Block linear = Linear.builder().setUnits(3).build();
        Block other = new LambdaBlock(inputs -> {
            if (++calls[0] == call) {
                Thread training = new Thread(() -> {
                    NDArray weight = linear.getParameters().valueAt(0).getArray();
                    float[] numbers = weight.toFloatArray();
                    numbers[0]++;
                    weight.set(numbers);
                });
                training.start();
                try {
                    training.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return inputs;
        });
        return new SequentialBlock().add(other).add(linear).add(other);
    }

    /**
     * The first five calls create and compare the program; after them, only the end of the export can detect a change.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 9, 20})
    void weightsThatAnotherThreadChangesMeanwhileAreRefused(int call) {
        try (NDManager manager = NDManager.newBaseManager()) {
            int[] calls = {0};
            Block block = changedAt(call, calls);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 4));
            OnnxExport export = OnnxExport.of(block, new Shape(4));
            for (OnnxExport one : List.of(export, export.withParameters(new ParameterStore(manager, false)))) {
                // Initializing a lambda calls it.
                calls[0] = 0;
                assertThatThrownBy(one::bytes)
                        .isInstanceOf(ExportException.class)
                        .hasMessageContaining("the weights changed while they were exported (02Linear.weight)")
                        .hasMessageContaining("Export between two steps");
            }
        }
    }

    /** The change has been undone when the export ends. */
    @Test
    void weightsThatAreOthersForOneCallAreRefused() {
        try (NDManager manager = NDManager.newBaseManager()) {
            int[] calls = {0};
            Block linear = Linear.builder().setUnits(3).build();
            // Third and fourth call: before and after the layer, when forward is called for the second time.
            Block other = new LambdaBlock(inputs -> {
                calls[0]++;
                if (calls[0] == 3 || calls[0] == 4) {
                    linear.getParameters().get("weight").getArray().negi();
                }
                return inputs;
            });
            Block block = new SequentialBlock().add(other).add(linear).add(other);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 4));
            calls[0] = 0;
            assertThatThrownBy(() -> OnnxExport.of(block, new Shape(4)).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("the weights changed while they were exported (02Linear.weight)");
        }
    }
}
