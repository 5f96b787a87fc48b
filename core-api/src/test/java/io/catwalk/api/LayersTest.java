package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.ConstantInitializer;
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
                layer("meanOverTime", Layers::meanOverTime, shape(7, 15), shape(15)),
                layer("sum", () -> Layers.sum(Layers.conv(4, 1), Layers.conv(4, 3)), shape(3, 7, 5), shape(4, 7, 5)),
                layer("sum of nets", () -> Layers.sum(Layers.gru(4, 1), Layers.lstm(4, 1)), shape(28, 6), shape(28, 4)),
                layer("concat of one", () -> Layers.concat(Layers.conv(4, 1)), shape(3, 7, 5), shape(4, 7, 5)),
                layer(
                        "concat of strided",
                        () -> Layers.concat(Layers.conv(4, 1, 2), Layers.conv(2, 3, 2), Layers.conv(5, 5, 2)),
                        shape(3, 7, 5),
                        shape(11, 4, 3)),
                layer("concat of dense", () -> Layers.concat(Layers.dense(4), Layers.dense(2)), shape(6), shape(6)),
                layer("residual", () -> Layers.residual(Layers.conv(3, 3)), shape(3, 7, 5), shape(3, 7, 5)),
                layer("residual rnn", () -> Layers.residual(Layers.rnn(6, 1)), shape(28, 6), shape(28, 6)),
                layer("residual lstm", () -> Layers.residual(Layers.lstm(6, 1)), shape(28, 6), shape(28, 6)),
                layer("residual gru", () -> Layers.residual(Layers.gru(6, 1)), shape(28, 6), shape(28, 6)),
                layer("depthwise", () -> Layers.depthwise(3, 3, 1), shape(3, 7, 5), shape(3, 7, 5)),
                layer("strided depthwise", () -> Layers.depthwise(3, 5, 2), shape(3, 7, 5), shape(3, 4, 3)),
                layer("stem of small", () -> Layers.stem(task(28, 28), 8, 32), shape(3, 28, 28), shape(8, 28, 28)),
                layer("stem of large", () -> Layers.stem(task(224, 100), 8, 32), shape(3, 224, 100), shape(8, 32, 15)),
                layer("stem of odd", () -> Layers.stem(task(5, 65), 8, 32), shape(3, 5, 65), shape(8, 2, 22)),
                layer("patches", () -> Layers.patches(task(28, 28), 8, 7), shape(3, 28, 28), shape(8, 7, 7)),
                layer(
                        "patches with a rest",
                        () -> Layers.patches(task(32, 21), 8, 7),
                        shape(3, 32, 21),
                        shape(8, 7, 5)),
                layer("patches of little", () -> Layers.patches(task(3, 5), 8, 7), shape(3, 3, 5), shape(8, 3, 5)),
                layer("patches of a line", () -> Layers.patches(task(1, 30), 8, 7), shape(3, 1, 30), shape(8, 1, 6)),
                layer("gelu", Layers::gelu, shape(3, 7, 5), shape(3, 7, 5)),
                layer("hardSwish", Layers::hardSwish, shape(3, 7, 5), shape(3, 7, 5)),
                layer("squeezeExcite", () -> Layers.squeezeExcite(6, 2), shape(6, 7, 5), shape(6, 7, 5)),
                layer("layerNorm of features", Layers::layerNorm, shape(6), shape(6)),
                layer("layerNorm of steps", Layers::layerNorm, shape(7, 6), shape(7, 6)),
                layer("layerNorm of pixels", Layers::layerNorm, shape(7, 5, 6), shape(7, 5, 6)),
                layer("dense of steps", () -> Layers.dense(9), shape(7, 15), shape(7, 9)),
                layer("channelsLast", () -> Layers.channelsLast(Layers.dense(9)), shape(3, 7, 5), shape(9, 7, 5)),
                layer(
                        "mirrorMean",
                        () -> Layers.mirrorMean(Layers.flatten(), Layers.dense(9)),
                        shape(3, 7, 5),
                        shape(9)),
                layer("tokens", Layers::tokens, shape(6, 7, 5), shape(35, 6)),
                layer("positions", Layers::positions, shape(35, 6), shape(35, 6)),
                layer("attention", () -> Layers.attention(6, 3), shape(35, 6), shape(35, 6)),
                layer("acrossTime", () -> Layers.acrossTime(Layers.dense(9)), shape(35, 6), shape(9, 6)),
                layer("minGru", () -> Layers.minGru(9), shape(28, 6), shape(28, 9)),
                layer("minGru of one step", () -> Layers.minGru(9), shape(1, 6), shape(1, 9)),
                layer(
                        "bothWays",
                        () -> Layers.bothWays(Layers.gru(4, 1), Layers.gru(5, 1)),
                        shape(28, 6),
                        shape(28, 9)),
                layer("eachRow", () -> Layers.eachRow(Layers.gru(4, 1)), shape(7, 5, 6), shape(7, 5, 4)),
                layer("eachColumn", () -> Layers.eachColumn(Layers.gru(4, 1)), shape(7, 5, 6), shape(7, 5, 4)));
    }

    /** The announced shape determines the size of the layers that follow, the real one is that of their input. */
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
            // Two images of 2 channels, 2 rows and 3 columns; the digits of a value are image, channel, row and column.
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
    void concatPutsTheChannelsOfEachBranchBehindThoseOfTheOneBefore() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            // Two images of one channel and two pixels.
            NDArray images = manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 1, 1, 2));
            Block block = Layers.concat(
                    LambdaBlock.singleton(array -> array.mul(10)),
                    LambdaBlock.singleton(array -> array),
                    LambdaBlock.singleton(array -> array.mul(100)));
            block.initialize(manager, DataType.FLOAT32, images.getShape());
            assertThat(forward(block, images).toFloatArray())
                    .containsExactly(10, 20, 1, 2, 100, 200, 30, 40, 3, 4, 300, 400);
        }
        assertThatThrownBy(Layers::concat)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected at least one branch to concatenate, but found none");
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

    @Test
    void residualAddsItsInputAndSumBothOutputs() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray values = manager.create(new float[] {-2, 3}, new Shape(1, 2));
            assertThat(forward(Layers.residual(Layers.relu()), values).toFloatArray())
                    .containsExactly(-2, 6);
            assertThat(forward(Layers.residual(Layers.relu(), Layers.relu()), values)
                            .toFloatArray())
                    .containsExactly(-2, 6);
            assertThat(forward(Layers.sum(Layers.relu(), Layers.relu()), values).toFloatArray())
                    .containsExactly(0, 6);
        }
    }

    /** DJL's recurrent nets add their state to the list of their inputs. */
    @Test
    void noBranchSeesTheStateOfTheOtherWhetherLabelsAreGivenOrNot() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray input = manager.create(new float[] {1, 2, 3, 4, 5, 6}, new Shape(1, 3, 2));
            Block first = Layers.gru(2, 1);
            Block second = Layers.gru(2, 1);
            Block sum = Layers.sum(first, second);
            forward(sum, input);
            NDArray added = train(first, input).add(train(second, input));
            float[] expected = added.toFloatArray();

            ParameterStore store = new ParameterStore(manager, false);
            NDList labeled = sum.forward(store, new NDList(input), new NDList(), null);

            assertThat(labeled.singletonOrThrow().toFloatArray()).containsExactly(expected);
            assertThat(train(sum, input).toFloatArray()).containsExactly(expected);
        }
    }

    /** Saved networks and the recipes of plugins name parameters in this way. */
    @Test
    void theNamesOfParametersCountEveryBlock() {
        Block network =
                Layers.sequence(Layers.residual(Layers.dense(3)), Layers.bothWays(Layers.dense(2), Layers.relu()));
        assertThat(network.getParameters().keys().stream().map(name -> name.replace('_', '.')))
                .containsExactly(
                        "01ParallelBlock.02SequentialBlock.01Linear.weight",
                        "01ParallelBlock.02SequentialBlock.01Linear.bias",
                        "02ParallelBlock.01SequentialBlock.02Linear.weight",
                        "02ParallelBlock.01SequentialBlock.02Linear.bias");
    }

    @Test
    void depthwiseSumsEachChannelForItself() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = Layers.depthwise(2, 3, 2);
            fill(block, manager, 1, new Shape(1, 2, 3, 3));
            NDArray images = manager.arange(18f).reshape(1, 2, 3, 3);
            // Corners of 0 to 8 with their neighbours: 0+1+3+4, 1+2+4+5, 3+4+6+7, 4+5+7+8; the second channel adds 4 x
            // 9.
            assertThat(forward(block, images).toFloatArray()).containsExactly(8, 12, 20, 24, 44, 48, 56, 60);
        }
    }

    @Test
    void patchesSeeEveryPixelOnce() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (int height = 1; height <= 12; height++) {
                for (int width = 1; width <= 12; width++) {
                    Shape images = new Shape(1, 1, height, width);
                    Block block = Layers.patches(Task.of(1, height, width, 2), 1, 4);
                    fill(block, manager, 1, images);
                    NDArray ones = forward(block, manager.ones(images));
                    assertThat(ones.sum().getFloat())
                            .as("%d x %d", height, width)
                            .isEqualTo(height * width);
                }
            }
        }
    }

    @Test
    void activationsFollowTheirPapers() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray values = manager.create(new float[] {-4, -1, 0, 1, 4}, new Shape(1, 5));
            // x times min(max(x + 3, 0), 6) / 6
            assertThat(forward(Layers.hardSwish(), values).toFloatArray())
                    .containsExactly(new float[] {0, -1 / 3f, 0, 2 / 3f, 4}, within(1e-6f));
            // x times the normal distribution function: 3.167e-5 at -4 and 0.158655 at -1
            assertThat(forward(Layers.gelu(), values).toFloatArray())
                    .containsExactly(new float[] {-0.00012668f, -0.158655f, 0, 0.841345f, 3.999873f}, within(1e-5f));
        }
    }

    @Test
    void squeezeExciteScalesByTheMeans() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = Layers.squeezeExcite(2, 1);
            fill(block, manager, 1, new Shape(1, 2, 1, 2));
            // Means 1 and -0.5: both dense layers return their sum 0.5, and the factor is (0.5 + 3) / 6.
            NDArray images = manager.create(new float[] {0, 2, -1, 0}, new Shape(1, 2, 1, 2));
            assertThat(forward(block, images).toFloatArray())
                    .containsExactly(new float[] {0, 7 / 6f, -3.5f / 6, 0}, within(1e-6f));
        }
    }

    @Test
    void layerNormOfPixelsKeepsThemApart() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            // Two channels of two pixels: (1, 3) has mean 2 and deviation 1, (10, 30) mean 20 and deviation 10.
            NDArray images = manager.create(new float[] {1, 10, 3, 30}, new Shape(1, 2, 1, 2));
            assertThat(forward(Layers.channelsLast(Layers.layerNorm()), images).toFloatArray())
                    .containsExactly(new float[] {-1, -1, 1, 1}, within(1e-4f));
        }
    }

    @Test
    void tokensAreThePixelsRowByRow() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray images = manager.arange(8f).reshape(1, 2, 2, 2);
            assertThat(forward(Layers.tokens(), images).toFloatArray()).containsExactly(0, 4, 1, 5, 2, 6, 3, 7);
        }
    }

    @Test
    void positionsAreOnePerStep() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = Layers.positions();
            NDArray out = forward(block, manager.zeros(new Shape(2, 50, 40)));
            NDArray values = block.getParameters().valueAt(0).getArray();
            assertThat(values.getShape()).isEqualTo(new Shape(1, 50, 40));
            assertThat(out.get(0)).isEqualTo(values.get(0));
            assertThat(out.get(1)).isEqualTo(values.get(0));
            // N(0, 0.02) drawn 2,000 times
            assertThat(values.square().mean().sqrt().getFloat()).isBetween(0.019f, 0.021f);
        }
    }

    /** One head attends by the first feature, the other by the second. */
    @Test
    void attentionIsTheMeanOfValuesByTheFitOfTheirKeys() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            float two = (float) Math.log(2);
            NDArray projected = manager.create(
                    new float[] {
                        1, 0, 0, 0, 9, 30, //
                        1, 0, two, two, 3, 10
                    },
                    new Shape(1, 2, 6));
            // Query 1 matches the second key twice as well as the first: (9 + 2 x 3) / 3. Query 0 matches all keys
            // equally.
            assertThat(SequenceMath.attend(projected, 2).toFloatArray())
                    .containsExactly(new float[] {5, 20, 5, 20}, within(1e-5f));
        }
    }

    @Test
    void fitIsDividedByTheRootOfTheFeaturesOfAHead() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            float two = (float) Math.log(2);
            // Four features: the product 2 ln 2 of query and key is divided by 2.
            NDArray projected = manager.create(
                    new float[] {
                        2, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, //
                        2, 0, 0, 0, two, 0, 0, 0, 3, 0, 0, 0
                    },
                    new Shape(1, 2, 12));
            assertThat(SequenceMath.attend(projected, 1).toFloatArray())
                    .containsExactly(new float[] {5, 0, 0, 0, 5, 0, 0, 0}, within(1e-5f));
        }
    }

    @Test
    void scanIsTheRecurrenceStepByStep() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (int time = 1; time <= 18; time++) {
                NDArray keep = manager.randomUniform(0, 1, new Shape(2, time, 3));
                NDArray add = manager.randomNormal(new Shape(2, time, 3));
                NDArray state = manager.zeros(new Shape(2, 3));
                NDArray states = SequenceMath.scan(keep, add);
                for (int step = 0; step < time; step++) {
                    state = state.mul(keep.get(":, " + step)).add(add.get(":, " + step));
                    assertThat(states.get(":, " + step).toFloatArray())
                            .containsExactly(state.toFloatArray(), within(1e-5f));
                }
            }
        }
    }

    @Test
    void minGruMovesTowardsTheCandidateByItsGate() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            float three = (float) Math.log(3);
            // Gates 1/2, 3/4 and 1/2; candidates 8, 4 and 0.
            NDArray projected = manager.create(new float[] {0, 8, three, 4, 0, 0}, new Shape(1, 3, 2));
            assertThat(SequenceMath.minGru(projected).toFloatArray())
                    .containsExactly(new float[] {4, 4, 2}, within(1e-5f));
        }
    }

    @Test
    void bothWaysReadsTheSecondTimeFromTheEnd() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray sequence = manager.create(new float[] {1, 2, 4}, new Shape(1, 3, 1));
            Block block = Layers.bothWays(runningSum(), runningSum());
            assertThat(forward(block, sequence).toFloatArray()).containsExactly(1, 7, 3, 6, 7, 4);
        }
    }

    @Test
    void aMirrorMeanReadsImagesTwiceExceptInTraining() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray images = manager.create(new float[] {1, 2, 4}, new Shape(1, 1, 1, 3));
            Block block = Layers.mirrorMean(LambdaBlock.singleton(row -> row.cumSum(3)));
            assertThat(forward(block, images).toFloatArray()).containsExactly(2.5f, 4.5f, 7);
            assertThat(train(block, images).toFloatArray()).containsExactly(1, 3, 7);
        }
    }

    @Test
    void rowsAndColumnsAreSequencesOfTheirOwn() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray images = manager.arange(12f).reshape(2, 2, 3, 1);
            assertThat(forward(Layers.eachRow(runningSum()), images).toFloatArray())
                    .containsExactly(0, 1, 3, 3, 7, 12, 6, 13, 21, 9, 19, 30);
            assertThat(forward(Layers.eachColumn(runningSum()), images).toFloatArray())
                    .containsExactly(0, 1, 2, 3, 5, 7, 6, 7, 8, 15, 17, 19);
        }
    }

    @Test
    void acrossTimeMixesStepsAndNotFeatures() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = Layers.acrossTime(Layers.dense(1));
            fill(block, manager, 1, new Shape(1, 3, 2));
            NDArray sequence = manager.create(new float[] {1, 10, 2, 20, 4, 40}, new Shape(1, 3, 2));
            assertThat(forward(block, sequence).toFloatArray()).containsExactly(7, 70);
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

    /** Two images of 2 channels of 2 x 3: the values of one channel are consecutive, row by row. */
    @Test
    void flattenKeepsTheOrderOfTheShapeInTrainingToo() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray images = manager.arange(24f).reshape(2, 2, 2, 3);
            images.setRequiresGradient(true);
            float[] factors = new float[24];
            for (int i = 0; i < 24; i++) {
                factors[i] = i * i;
            }
            try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
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
            try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
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
    void headsThatDoNotDivideTheFeaturesAreRefused() {
        assertThatThrownBy(() -> Layers.attention(10, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("features must be a multiple of the 3 heads, but are 10");
    }

    @Test
    void aDropoutOfEverythingIsRefused() {
        assertThatThrownBy(() -> Layers.dropout(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rate must be 0 or above and below 1, but is 1.0");
    }

    private static Block runningSum() {
        return LambdaBlock.singleton(sequence -> sequence.cumSum(1));
    }

    private static Task task(int height, int width) {
        return Task.of(3, height, width, 10);
    }

    /** Sets every weight of a block; biases start at 0. */
    private static void fill(Block block, NDManager manager, float weight, Shape input) {
        block.setInitializer(new ConstantInitializer(weight), Parameter.Type.WEIGHT);
        block.initialize(manager, DataType.FLOAT32, input);
    }

    private static NDArray forward(Block block, NDArray input) {
        if (!block.isInitialized()) {
            block.initialize(input.getManager(), DataType.FLOAT32, input.getShape());
        }
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
