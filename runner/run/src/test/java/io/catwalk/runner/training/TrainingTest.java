package io.catwalk.runner.training;

import static io.catwalk.runner.Refusals.illegal;
import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Layers;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.training.Training.TrainingData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class TrainingTest {

    private static final TrainingData EASY = SmallWorld.data(SmallWorld.separable(96), 64);
    private static final TrainingData HOPELESS = SmallWorld.data(SmallWorld.hopeless(96), 64);
    private static final TrainingData UNVALIDATED = SmallWorld.data(SmallWorld.separable(64), 64);

    private static final Recipe RICH = Recipe.standard()
            .withEpochs(3)
            .withBatchSize(16)
            .withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.2), Augmentation.erase(0.5, 0.2))
            .withLabelSmoothing(0.1)
            .withAveraging(0.9)
            .withClipNorm(1);

    @Test
    void whatIsSeparableIsLearnedToTheLastImage() {
        List<Epoch> heard = new ArrayList<>();
        Recipe recipe = Recipe.standard()
                .withOptimizer(Optimizer.adamW(0.02, 0.01))
                .withEpochs(15)
                .withBatchSize(16);
        try (TrainedModel model = SmallWorld.train(SmallWorld::dense, EASY, recipe, 1, 0, heard)) {
            assertThat(model.history()).isEqualTo(heard).hasSize(15);
            Epoch last = heard.get(14);
            assertThat(last.epoch()).isEqualTo(15);
            assertThat(last.validationAccuracy()).isEqualTo(1);
            assertThat(last.trainAccuracy()).isEqualTo(1);
            assertThat(last.trainLoss()).isBetween(0.0, 0.5);
            assertThat(last.validationLoss()).isBetween(0.0, 0.5);
            // The clock advances by 1.5 seconds each time it is read.
            assertThat(last.seconds()).isEqualTo(1.5);
            assertThat(accuracy(model, EASY)).isEqualTo(1);
            assertThat(model.parameters()).isEqualTo(16 * 8 + 8 + 8 * 2 + 2);
        }
    }

    @Test
    void everythingARecipeOffersWorksTogetherAndLearns() {
        Recipe recipe = RICH.withEpochs(30).withOptimizer(Optimizer.adamW(0.02, 0.01));
        try (TrainedModel model = SmallWorld.train(SmallWorld::convolutional, EASY, recipe, 1)) {
            assertThat(accuracy(model, EASY)).isGreaterThan(0.9);
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsBitForBit() {
        float[] first = trained(7, 0);
        assertThat(trained(7, 0)).containsExactly(first);
        assertThat(trained(8, 0)).isNotEqualTo(first);
        assertThat(trained(7, 1)).isNotEqualTo(first);
    }

    private static float[] trained(long seed, int fold) {
        try (TrainedModel model =
                SmallWorld.train(SmallWorld::convolutional, EASY, RICH, seed, fold, new ArrayList<>())) {
            return SmallWorld.weights(model);
        }
    }

    /** PyTorch reads a constant of the forward pass again in the backward pass, when Java may have collected it. */
    @Test
    void aGarbageCollectionBetweenForwardAndBackwardChangesNoBit() {
        assertThat(halved(() -> {})).containsExactly(halved(TrainingTest::overwriteFreedMemory));
    }

    private static float[] halved(Runnable meanwhile) {
        Recipe recipe = SmallWorld.plain(0.1, 1, 64);
        // Halves once, and multiplies by 1 so often that at least one constant is overwritten.
        Block halving = LambdaBlock.singleton(
                logits -> {
                    NDArray halved = logits;
                    for (int i = 0; i < 200; i++) {
                        halved = halved.mul(i == 0 ? 0.5 : 1.0);
                    }
                    meanwhile.run();
                    return halved;
                },
                "halve");
        return SmallWorld.trained(task -> Layers.sequence(SmallWorld.dense(task), halving), UNVALIDATED, recipe, 1);
    }

    private static void overwriteFreedMemory() {
        List<ByteBuffer> others = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            System.gc();
            // Buffers are freed by a thread of the virtual machine, which does not report when it has done so.
            LockSupport.parkNanos(20_000_000);
            for (int i = 0; i < 10_000; i++) {
                others.add(ByteBuffer.allocateDirect(Double.BYTES).putDouble(Double.NaN));
            }
        }
        assertThat(others).hasSize(50_000);
    }

    @Test
    void trainingStopsWhenPatienceIsOverAndTheBestEpochCounts() {
        // At this rate nothing changes: no epoch is better than the first.
        Recipe recipe = SmallWorld.plain(1e-30, 20, 16).withPatience(3);
        try (TrainedModel model = SmallWorld.train(SmallWorld::dense, EASY, recipe, 1)) {
            assertThat(model.history()).hasSize(1 + 3);
            assertThat(model.bestEpoch()).isEqualTo(1);
        }
    }

    @Test
    void theWeightsAreThoseOfTheBestEpoch() {
        Recipe recipe = SmallWorld.plain(1, 12, 8);
        try (TrainedModel model = SmallWorld.train(SmallWorld::dense, HOPELESS, recipe, 3)) {
            List<Double> reached =
                    model.history().stream().map(Epoch::validationAccuracy).toList();
            double best = Collections.max(reached);
            assertThat(model.bestEpoch()).as("or else this would prove nothing").isBetween(2, 11);
            assertThat(reached.get(11)).isLessThan(best);
            assertThat(reached.get(model.bestEpoch() - 1)).isEqualTo(best);
            assertThat(accuracy(model, HOPELESS)).isEqualTo(best);
        }
    }

    /** At a constant rate, the weights of epoch k do not depend on how many epochs follow. */
    @Test
    void otherValidationImagesChangeTheChosenEpochAndNoWeight() {
        ImageSource images = SmallWorld.hopeless(128);
        int[] train = IntStream.range(0, 64).toArray();
        Recipe recipe = SmallWorld.plain(1, 12, 8);
        Set<Integer> chosen = new HashSet<>();
        for (int from : new int[] {64, 96}) {
            Split split = new Split(train, IntStream.range(from, from + 32).toArray());
            try (TrainedModel model =
                    SmallWorld.train(SmallWorld::convolutional, TrainingData.of(images, split), recipe, 3)) {
                chosen.add(model.bestEpoch());
                TrainingData unvalidated = TrainingData.of(images, new Split(train, new int[0]));
                Recipe shorter = recipe.withEpochs(model.bestEpoch());
                assertThat(SmallWorld.weights(model))
                        .containsExactly(SmallWorld.trained(SmallWorld::convolutional, unvalidated, shorter, 3));
            }
        }
        assertThat(chosen).as("or else this would prove little").hasSize(2);
    }

    @Test
    void withoutValidationImagesTheLastEpochCounts() {
        Recipe recipe = SmallWorld.plain(0.1, 4, 16).withPatience(1);
        try (TrainedModel model = SmallWorld.train(SmallWorld::dense, UNVALIDATED, recipe, 1)) {
            assertThat(model.history()).hasSize(4);
            assertThat(model.bestEpoch()).isEqualTo(4);
            assertThat(model.history().get(3).validationAccuracy()).isNaN();
            assertThat(model.history().get(3).validationLoss()).isNaN();
        }
    }

    /** One step per epoch at a constant rate: a training of k epochs ends with the weights after step k. */
    @Test
    void theAverageFollowsItsRecursionWithWarmUp() {
        Recipe recipe = SmallWorld.plain(0.5, 1, 64);
        float[] average = initial();
        float[] last = average;
        for (int step = 1; step <= 8; step++) {
            last = SmallWorld.trained(SmallWorld::dense, UNVALIDATED, recipe.withEpochs(step), 1);
            // At first 2 / 11, 3 / 12, ...; from step 5 on 0.4.
            double decay = Math.min(0.4, (1.0 + step) / (10 + step));
            for (int i = 0; i < average.length; i++) {
                average[i] = (float) (decay * average[i] + (1 - decay) * last[i]);
            }
        }
        Recipe averaging = recipe.withEpochs(8).withAveraging(0.4);
        assertThat(SmallWorld.trained(SmallWorld::dense, UNVALIDATED, averaging, 1))
                .containsExactly(average, within(1e-5f));
        assertThat(distance(average, last)).isGreaterThan(0.01);
    }

    /** A step of plain gradient descent at rate 1 is the gradient itself. */
    @Test
    void clippingShortensAStepAndKeepsItsDirection() {
        float[] start = initial();
        float[] free = stepped(0);
        float[] clipped = stepped(0.01);
        double norm = distance(start, free);
        assertThat(norm).isGreaterThan(0.1);
        assertThat(distance(start, clipped)).isCloseTo(0.01, within(1e-5));
        for (int i = 0; i < start.length; i++) {
            assertThat(clipped[i] - start[i]).isCloseTo((float) ((free[i] - start[i]) * 0.01 / norm), within(1e-6f));
        }
        assertThat(stepped(norm * 2)).containsExactly(free);
    }

    private static float[] stepped(double clipNorm) {
        Recipe recipe = SmallWorld.plain(1, 1, 64).withClipNorm(clipNorm);
        return SmallWorld.trained(SmallWorld::dense, UNVALIDATED, recipe, 1);
    }

    /** The weights before the first step: a rate so small that no weight moves by it. */
    private static float[] initial() {
        return SmallWorld.trained(SmallWorld::dense, UNVALIDATED, SmallWorld.plain(1e-30, 1, 64), 1);
    }

    @Test
    void theLearningRateFollowsTheScheduleStepByStep() {
        // 4 steps in each of 2 epochs: the last ones are at 3/8 and 7/8 of half a cosine.
        Recipe recipe = SmallWorld.plain(0.1, 2, 16).withSchedule(Schedule.cosine());
        try (TrainedModel model = SmallWorld.train(SmallWorld::dense, EASY, recipe, 1)) {
            assertThat(model.history())
                    .extracting(Epoch::learningRate)
                    .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-7 ? 0 : Double.compare(a, b), Double.class)
                    .containsExactly(0.0691342, 0.0038060);
        }
    }

    /** A smoothing of 0.5 for two classes has a floor of -0.75 ln 0.75 - 0.25 ln 0.25 = 0.562 nats. */
    @Test
    void theTrainingLossThatIsShownIsThatOfValidationWithoutSmoothing() {
        // At this rate nothing changes, and the images are the same: so are the losses.
        ImageSource once = SmallWorld.separable(64);
        int[] labels = IntStream.range(0, 128).map(i -> once.labels()[i % 64]).toArray();
        byte[] pixels = HeapImages.pixels(once);
        byte[] twice = Arrays.copyOf(pixels, 2 * pixels.length);
        System.arraycopy(pixels, 0, twice, pixels.length, pixels.length);
        TrainingData same = SmallWorld.data(HeapImages.of(1, 4, 4, twice, labels), 64);
        for (double smoothing : new double[] {0, 0.5}) {
            List<Epoch> heard = new ArrayList<>();
            Recipe recipe = SmallWorld.plain(1e-30, 1, 16).withLabelSmoothing(smoothing);
            SmallWorld.train(SmallWorld::dense, same, recipe, 1, 0, heard).close();
            assertThat(heard.get(0).trainLoss()).isCloseTo(heard.get(0).validationLoss(), within(1e-6));
        }
        List<Epoch> heard = new ArrayList<>();
        Recipe recipe = SmallWorld.plain(1, 15, 16)
                .withOptimizer(Optimizer.adamW(0.05, 0))
                .withLabelSmoothing(0.5);
        SmallWorld.train(SmallWorld::dense, EASY, recipe, 1, 0, heard).close();
        assertThat(heard.get(14).trainLoss()).isLessThan(0.562);
    }

    @Test
    void imagesThatFillNoBatchWaitForTheNextEpoch() {
        // 9 steps of 7: the training accuracy is that of 63, and not of 64, images.
        assertThat(right(7, 63)).isBetween(10.0, 53.0);
    }

    @Test
    void ofFewBatchesNoImageIsLeftOut() {
        // 3 steps of 21 or 22, where 2 of 30 left 4 images out, and one of 40 left 24.
        assertThat(right(30, 64)).isBetween(10.0, 54.0);
        assertThat(right(40, 64)).isBetween(10.0, 54.0);
    }

    /** Trains an epoch, and returns how many of the images were right; fails if these are not so many. */
    private static double right(int batchSize, int images) {
        List<Epoch> heard = new ArrayList<>();
        SmallWorld.train(SmallWorld::dense, HOPELESS, SmallWorld.plain(0.01, 1, batchSize), 1, 0, heard)
                .close();
        double right = heard.get(0).trainAccuracy() * images;
        assertThat(right).isCloseTo(Math.rint(right), within(1e-9));
        return right;
    }

    @Test
    void runningStatisticsMoveAndAreKept() {
        try (TrainedModel model = SmallWorld.train(SmallWorld::convolutional, EASY, SmallWorld.plain(0.01, 2, 16), 1)) {
            for (Parameter parameter : TrainedModel.distinctParameters(model.block())) {
                float[] values = parameter.getArray().toFloatArray();
                if (parameter.getType() == Parameter.Type.RUNNING_MEAN) {
                    assertThat(values).doesNotContain(0);
                } else if (parameter.getType() == Parameter.Type.RUNNING_VAR) {
                    assertThat(values).doesNotContain(1);
                }
            }
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsTheTrainingAndSaysWhere() {
        Recipe recipe = SmallWorld.plain(1e38, 2, 16);
        assertThatThrownBy(() -> SmallWorld.train(SmallWorld::dense, EASY, recipe, 1))
                .isInstanceOf(TrainingException.class)
                .hasMessageMatching(".* (NaN|-?Infinity) in epoch 1, step [2-4] of 4, .* 1.0E38: .*clipNorm");
    }

    @Test
    void weightsThatTheLastStepRuinedAreRefusedToo() {
        // One step in all: the loss before it is finite, the weights after it are not.
        Recipe recipe = SmallWorld.plain(1e38, 1, 64).withOptimizer(Optimizer.sgd(1e38, 0, 1e38));
        String[] facts = {"validation", "epoch 1"};
        refused(TrainingException.class, () -> SmallWorld.train(SmallWorld::dense, EASY, recipe, 1), facts);
    }

    @Test
    void logitsOfAWrongShapeAreRefused() {
        Recipe recipe = SmallWorld.plain(0.1, 1, 16);
        Block claimsTwoColumns = new LambdaBlock(arrays -> arrays, "untrue") {
            @Override
            public Shape[] getOutputShapes(Shape[] inputShapes) {
                return new Shape[] {new Shape(inputShapes[0].get(0), 2)};
            }
        };
        Block network = Layers.sequence(Layers.flatten(), Layers.dense(3), claimsTwoColumns);
        String[] facts = {"shape (16, 2) (images, classes)", "found (16, 3)"};
        refused(TrainingException.class, () -> SmallWorld.train(task -> network, EASY, recipe, 1), facts);
    }

    @Test
    void aBatchLargerThanTheDataIsRefused() {
        Recipe recipe = SmallWorld.plain(0.1, 1, 65);
        illegal(() -> SmallWorld.train(SmallWorld::dense, EASY, recipe, 1), "batch size", "at most", "64, but is 65");
    }

    private static double accuracy(TrainedModel model, TrainingData data) {
        ImageSource held = data.images().select(data.split().validation());
        float[] logits = model.predictor().logits(held.normalized(data.normalization(), 0, held.size()), held.size());
        double right = 0;
        for (int i = 0; i < held.size(); i++) {
            right += (logits[2 * i + 1] > logits[2 * i] ? 1 : 0) == held.labels()[i] ? 1 : 0;
        }
        return right / held.size();
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.pow(a[i] - b[i], 2);
        }
        return Math.sqrt(sum);
    }
}
