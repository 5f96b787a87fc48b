package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("tiny")
class LayersTest {

    static Stream<Arguments> layers() {
        return Stream.of(
                layer("conv 3", () -> Layers.conv(8, 3), shape(1, 28, 28), shape(8, 28, 28)),
                layer("conv 5 in color", () -> Layers.conv(8, 5), shape(3, 32, 32), shape(8, 32, 32)),
                layer("conv 1 of odd size", () -> Layers.conv(4, 1), shape(3, 7, 5), shape(4, 7, 5)),
                layer("strided conv", () -> Layers.conv(8, 3, 2), shape(1, 28, 28), shape(8, 14, 14)),
                layer("strided conv of odd size", () -> Layers.conv(8, 3, 2), shape(3, 7, 5), shape(8, 4, 3)),
                layer("strided conv 5", () -> Layers.conv(8, 5, 3), shape(3, 32, 32), shape(8, 11, 11)),
                layer("maxPool", Layers::maxPool, shape(3, 28, 28), shape(3, 14, 14)),
                layer("maxPool of odd size", Layers::maxPool, shape(3, 7, 5), shape(3, 3, 2)),
                layer("globalAveragePool", Layers::globalAveragePool, shape(3, 7, 5), shape(3)),
                layer("relu", Layers::relu, shape(3, 7, 5), shape(3, 7, 5)),
                layer("batchNorm of images", Layers::batchNorm, shape(3, 7, 5), shape(3, 7, 5)),
                layer("batchNorm of features", Layers::batchNorm, shape(6), shape(6)),
                layer("dropout", () -> Layers.dropout(0.5), shape(3, 7, 5), shape(3, 7, 5)),
                layer("flatten", Layers::flatten, shape(3, 7, 5), shape(105)),
                layer("dense", () -> Layers.dense(9), shape(105), shape(9)),
                layer("rows", Layers::rows, shape(1, 28, 28), shape(28, 28)),
                layer("rows in color", Layers::rows, shape(3, 32, 32), shape(32, 96)),
                layer("rows of odd size", Layers::rows, shape(3, 7, 5), shape(7, 15)),
                layer("rnn", () -> Layers.rnn(6, 1), shape(28, 28), shape(28, 6)),
                layer("stacked rnn", () -> Layers.rnn(6, 2), shape(7, 15), shape(7, 6)),
                layer("lstm", () -> Layers.lstm(6, 1), shape(28, 28), shape(28, 6)),
                layer("stacked lstm", () -> Layers.lstm(6, 2), shape(7, 15), shape(7, 6)),
                layer("gru", () -> Layers.gru(6, 1), shape(28, 28), shape(28, 6)),
                layer("stacked gru", () -> Layers.gru(6, 2), shape(7, 15), shape(7, 6)),
                layer("lastStep", Layers::lastStep, shape(7, 15), shape(15)),
                layer("meanOverTime", Layers::meanOverTime, shape(7, 15), shape(15)));
    }

    /** The announced shape decides the size of the layers that follow, the real one what they are fed. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void theShapeIsTheAnnouncedOne(Supplier<Block> layer, Shape in, Shape out) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = layer.get();
            block.initialize(manager, DataType.FLOAT32, new Shape(2).addAll(in));
            for (int batch : new int[] {1, 5}) {
                Shape images = new Shape(batch).addAll(in);
                Shape expected = new Shape(batch).addAll(out);
                assertThat(block.getOutputShapes(new Shape[] {images})).containsExactly(expected);
                assertThat(forward(block, manager.randomNormal(images)).getShape())
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void rowsGivesEachRowTheFeaturesOfAllItsChannels() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            // Two images of 2 channels, 2 rows and 3 columns; a value says image, channel, row, column.
            float[] values = new float[2 * 2 * 2 * 3];
            for (int i = 0; i < values.length; i++) {
                values[i] = i / 12 * 1000 + i / 6 % 2 * 100 + i / 3 % 2 * 10 + i % 3;
            }
            NDArray images = manager.create(values, new Shape(2, 2, 2, 3));
            assertThat(forward(Layers.rows(), images).toFloatArray())
                    .containsExactly(
                            0, 1, 2, 100, 101, 102, 10, 11, 12, 110, 111, 112, //
                            1000, 1001, 1002, 1100, 1101, 1102, 1010, 1011, 1012, 1110, 1111, 1112);
        }
    }

    @Test
    void lastStepAndMeanOverTimeReadTheTimeAxis() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray sequence = manager.create(new float[] {1, 2, 3, 4, 5, 9}, new Shape(1, 3, 2));
            assertThat(forward(Layers.lastStep(), sequence).toFloatArray()).containsExactly(5, 9);
            assertThat(forward(Layers.meanOverTime(), sequence).toFloatArray()).containsExactly(3, 5);
        }
    }

    @Test
    void poolingTakesTheLargestAndTheMean() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray image = manager.create(new float[] {1, -2, 3, 6}, new Shape(1, 1, 2, 2));
            assertThat(forward(Layers.maxPool(), image).toFloatArray()).containsExactly(6);
            assertThat(forward(Layers.globalAveragePool(), image).toFloatArray())
                    .containsExactly(2);
        }
    }

    static Stream<Named<Supplier<Block>>> recurrent() {
        return Stream.of(
                Named.of("rnn", () -> Layers.rnn(64, 2)),
                Named.of("lstm", () -> Layers.lstm(64, 2)),
                Named.of("gru", () -> Layers.gru(64, 2)));
    }

    @ParameterizedTest
    @MethodSource("recurrent")
    void recurrentWeightsStartAsInPyTorch(Supplier<Block> layer) {
        // PyTorch: U(-k, k) with k = 1 / sqrt(64) = 0.125, whose standard deviation is k / sqrt(3).
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = layer.get();
            block.initialize(manager, DataType.FLOAT32, new Shape(2, 28, 28));
            for (Parameter parameter : block.getParameters().values()) {
                NDArray values = parameter.getArray().stopGradient();
                if (parameter.getType() == Parameter.Type.WEIGHT) {
                    assertThat(values.abs().max().getFloat()).isBetween(0.12f, 0.125f);
                    assertThat(values.square().mean().getFloat()).isBetween(0.0047f, 0.0057f);
                } else {
                    assertThat(values.abs().max().getFloat()).isZero();
                }
            }
        }
    }

    @Test
    void aSequenceFeedsEachBlockFromTheOneBefore() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            SequentialBlock network =
                    Layers.sequence(Layers.conv(4, 3), Layers.maxPool(), Layers.flatten(), Layers.dense(10));
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 7, 5));
            // (9 + 1) x 4 of the convolution, (4 x 3 x 2 + 1) x 10 of the dense layer
            assertThat(network.getParameters().values().stream()
                            .mapToLong(parameter -> parameter.getShape().size())
                            .sum())
                    .isEqualTo(40 + 250);
            assertThat(forward(network, manager.ones(new Shape(3, 1, 7, 5))).getShape())
                    .isEqualTo(new Shape(3, 10));
        }
    }

    /** Two images of 2 channels of 2 x 3: the values of one channel follow one another, row by row. */
    @Test
    void flattenKeepsTheOrderOfTheShapeInTrainingToo() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray images = manager.arange(24f).reshape(2, 2, 2, 3);
            images.setRequiresGradient(true);
            float[] factors = new float[24];
            for (int i = 0; i < 24; i++) {
                factors[i] = i * i;
            }
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDArray flat = train(Layers.flatten(), images);
                assertThat(flat.getShape()).isEqualTo(new Shape(2, 12));
                assertThat(flat.toFloatArray()).containsExactly(images.toFloatArray());
                collector.backward(
                        flat.mul(manager.create(factors, new Shape(2, 12))).sum());
            }
            assertThat(images.getGradient().toFloatArray()).containsExactly(factors);
            NDArray sequence = manager.arange(24f).reshape(2, 4, 3);
            assertThat(train(Layers.flatten(), sequence).toFloatArray()).containsExactly(sequence.toFloatArray());
        }
    }

    static Stream<Shape> shapesOfManyValues() {
        return Stream.of(shape(5000, 20), shape(100, 20, 50), shape(50, 40, 5, 10));
    }

    @ParameterizedTest
    @MethodSource("shapesOfManyValues")
    void dropoutZeroesItsShareAndScalesTheRest(Shape shape) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            manager.getEngine().setRandomSeed(1);
            NDArray ones = manager.ones(shape);
            NDArray dropped = train(Layers.dropout(0.2), ones);
            assertThat(dropped.getShape()).isEqualTo(ones.getShape());
            int zeroes = 0;
            for (float value : dropped.toFloatArray()) {
                assertThat(value == 0 || value == 1.25f).isTrue();
                zeroes += value == 0 ? 1 : 0;
            }
            // 100,000 draws at 0.2: the standard deviation is 126
            assertThat(zeroes).isBetween(19_500, 20_500);
        }
    }

    @Test
    void dropoutFollowsTheSeedOfTheEngineAndDrawsAnewEachTime() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray ones = manager.ones(new Shape(8, 3, 5, 7));
            manager.getEngine().setRandomSeed(1);
            float[] first = train(Layers.dropout(0.5), ones).toFloatArray();
            float[] second = train(Layers.dropout(0.5), ones).toFloatArray();
            manager.getEngine().setRandomSeed(1);
            assertThat(train(Layers.dropout(0.5), ones).toFloatArray()).containsExactly(first);
            assertThat(second).isNotEqualTo(first);
        }
    }

    @Test
    void theGradientOfDropoutIsItsMask() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray ones = manager.ones(new Shape(4, 3, 5, 7));
            ones.setRequiresGradient(true);
            float[] dropped;
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDArray out = train(Layers.dropout(0.5), ones);
                dropped = out.toFloatArray();
                collector.backward(out.sum());
            }
            assertThat(ones.getGradient().toFloatArray()).containsExactly(dropped);
        }
    }

    @Test
    void dropoutDoesNothingInEvaluationAndAtRateZero() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray values = manager.randomNormal(new Shape(4, 3, 5, 7));
            assertThat(forward(Layers.dropout(0.5), values).toFloatArray()).containsExactly(values.toFloatArray());
            assertThat(train(Layers.dropout(0), values).toFloatArray()).containsExactly(values.toFloatArray());
        }
    }

    @Test
    void dropoutTakesOtherTypesToo() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray dropped = train(Layers.dropout(0.5), manager.ones(new Shape(1000), DataType.FLOAT64));
            assertThat(dropped.getDataType()).isEqualTo(DataType.FLOAT64);
            assertThat(dropped.mean().getDouble()).isBetween(0.8, 1.2);
        }
    }

    @Test
    void anEvenKernelIsRefused() {
        assertThatThrownBy(() -> Layers.conv(8, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kernel must be odd, but is 4");
    }

    @Test
    void aDropoutOfEverythingIsRefused() {
        assertThatThrownBy(() -> Layers.dropout(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rate must be 0 or above and below 1, but is 1.0");
    }

    private static NDArray forward(Block block, NDArray input) {
        ParameterStore store = new ParameterStore(input.getManager(), false);
        return block.forward(store, new NDList(input), false).singletonOrThrow();
    }

    private static NDArray train(Block block, NDArray input) {
        ParameterStore store = new ParameterStore(input.getManager(), false);
        return block.forward(store, new NDList(input), true).singletonOrThrow();
    }

    private static Arguments layer(String name, Supplier<Block> layer, Shape in, Shape out) {
        return Arguments.of(Named.of(name, layer), in, out);
    }

    private static Shape shape(long... sizes) {
        return new Shape(sizes);
    }
}
