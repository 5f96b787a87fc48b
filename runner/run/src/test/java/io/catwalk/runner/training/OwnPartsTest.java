package io.catwalk.runner.training;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.BatchAugmentation;
import io.catwalk.api.BatchLoss;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Loss;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.training.Training.TrainingData;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The parts of a training that a classifier can bring: its loss, and its batch augmentation. */
@Tag("tiny")
class OwnPartsTest {

    private static final TrainingData DATA = SmallWorld.data(SmallWorld.separable(96), 64);

    private static final BatchLoss CROSS_ENTROPY = (logits, targets) ->
            logits.logSoftmax(1).mul(targets).sum(new int[] {1}).neg();

    private static final BatchAugmentation NOTHING = (images, random) -> {};
    private static final Recipe RECIPE = SmallWorld.plain(0.1, 3, 16);

    private static List<Epoch> train(Recipe recipe, BatchLoss loss, BatchAugmentation augmentation) {
        return train(DATA, recipe, loss, augmentation);
    }

    private static List<Epoch> train(TrainingData data, Recipe recipe, BatchLoss loss, BatchAugmentation augmentation) {
        Classifier classifier = new Classifier() {
            @Override
            public String name() {
                return "own";
            }

            @Override
            public Block network(Task task, Hyperparameters chosen) {
                return SmallWorld.dense(task);
            }

            @Override
            public BatchLoss loss(Task task, Hyperparameters chosen) {
                return loss;
            }

            @Override
            public BatchAugmentation augmentation(Task task, Hyperparameters chosen) {
                return augmentation;
            }
        };
        List<Epoch> heard = new ArrayList<>();
        SmallWorld.training(SmallWorld.loaded(classifier), data, recipe, 1, 0, null, () -> 0)
                .run(heard::add, SmallWorld.NO_CHECKPOINTS)
                .close();
        return heard;
    }

    /** The same loss, computed by other operations: with mixed images, smoothing and class weights. */
    @Test
    void aCrossEntropyOfOnesOwnTrainsAsTheOtherDoes() {
        Recipe rich = RECIPE.withAugmentations(Augmentation.mixup(0.4))
                .withLabelSmoothing(0.1)
                .withBalance(Balance.CLASS_WEIGHTS);
        for (Recipe recipe : List.of(RECIPE, rich)) {
            List<Epoch> standard = train(recipe, CROSS_ENTROPY, NOTHING);
            List<Epoch> own = train(recipe.withLoss(Loss.OWN), CROSS_ENTROPY, NOTHING);
            for (int i = 0; i < standard.size(); i++) {
                assertThat(own.get(i).trainLoss()).isCloseTo(standard.get(i).trainLoss(), within(1e-5));
                assertThat(own.get(i).validationLoss())
                        .isCloseTo(standard.get(i).validationLoss(), within(1e-5));
            }
        }
    }

    @Test
    void theLossIsTheOneThatTheRecipeNames() {
        BatchLoss flat =
                (logits, targets) -> CROSS_ENTROPY.of(logits, targets).mul(0).add(7);
        List<Epoch> own = train(RECIPE.withLoss(Loss.OWN), flat, NOTHING);
        // Nothing is learned, and what is shown is still the cross-entropy.
        assertThat(own)
                .extracting(Epoch::trainLoss)
                .allSatisfy(loss -> assertThat(loss).isBetween(0.1, 2.0));
        assertThat(own.get(2).validationLoss()).isEqualTo(own.get(0).validationLoss());
        assertThat(own.get(0).validationLoss()).isBetween(0.1, 2.0);
        List<Epoch> other = train(RECIPE, flat, NOTHING);
        assertThat(other.get(2).validationLoss()).isLessThan(other.get(0).validationLoss());
    }

    /** A class with three times the images counts a third each, and so does its loss. */
    @Test
    void theLossOfAnImageCountsByItsWeight() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Targets.Labels labels = new Targets.Labels(4);
            int[] classes = {0, 0, 0, 1};
            for (int i = 0; i < classes.length; i++) {
                labels.set(i, classes[i]);
            }
            Targets targets = labels.targets(manager, new float[] {1, 3});
            NDArray logits = manager.create(new float[] {4, 0, 8, 0, 3, 0, 20, 0}, new Shape(4, 2));
            BatchLoss first = (all, shares) -> all.get(":, 0");
            assertThat(targets.loss(logits, 0, first).getFloat()).isEqualTo((4 + 8 + 3 + 3 * 20) / 6f);
            BatchLoss asked = (all, shares) -> shares.get(":, 1");
            // Of two classes, smoothing by 0.2 leaves 0.9 and gives 0.1.
            assertThat(targets.loss(logits, 0.2, asked).getFloat()).isCloseTo((3 * 0.1f + 3 * 0.9f) / 6, within(1e-6f));
        }
    }

    @Test
    void aLossOfAnotherShapeIsRefused() {
        BatchLoss sum = (logits, targets) -> logits.sum();
        fails(RECIPE.withLoss(Loss.OWN), sum, NOTHING, "shape (16)", "loss(...) of the plugin gave ()");
    }

    @Test
    void batchesAreChangedWhereTheRecipeSaysSo() {
        BatchAugmentation blank = (images, random) -> {
            for (int i = 0; i < images.length; i++) {
                images[i] = new float[16];
            }
        };
        Recipe own = RECIPE.withAugmentations(Augmentation.own());
        List<Epoch> blind = train(own, CROSS_ENTROPY, blank);
        assertThat(blind.get(2).trainAccuracy()).isBetween(0.3, 0.7);
        assertThat(train(RECIPE, CROSS_ENTROPY, blank).get(2).trainAccuracy()).isGreaterThan(0.8);
    }

    @Test
    void aChangeThatFailsEndsTheTraining() {
        Recipe recipe = RECIPE.withAugmentations(Augmentation.own());
        BatchAugmentation cutting = (images, random) -> images[2] = new float[3];
        fails(recipe, CROSS_ENTROPY, cutting, "expected 16 numbers", "augmentation(...) of the plugin left 3");
        BatchAugmentation failing = (images, random) -> {
            throw new IllegalStateException("no\nway");
        };
        fails(recipe, CROSS_ENTROPY, failing, "augmentation(...) of the plugin threw IllegalStateException: no way");
    }

    private static void fails(Recipe recipe, BatchLoss loss, BatchAugmentation augmentation, String... facts) {
        refused(TrainingException.class, () -> train(recipe, loss, augmentation), facts);
    }

    /** About half of the 64 images of the epoch are the only one of its class; black images are black when moved. */
    @Test
    void anImageThatIsDrawnAgainIsChangedAnew() {
        byte[] pixels = new byte[64 * 16];
        for (int i = 0; i < 16; i++) {
            pixels[i] = (byte) (100 + i);
        }
        int[] labels = new int[64];
        labels[0] = 1;
        Set<FloatBuffer> seen = ConcurrentHashMap.newKeySet();
        BatchAugmentation spy = (images, random) -> {
            for (float[] image : images) {
                seen.add(FloatBuffer.wrap(image.clone()));
            }
        };
        Recipe recipe = SmallWorld.plain(0.1, 1, 16)
                .withBalance(Balance.SAMPLING)
                .withAugmentations(Augmentation.shift(0.5), Augmentation.own());

        train(SmallWorld.data(HeapImages.of(1, 4, 4, pixels, labels), 64), recipe, CROSS_ENTROPY, spy);

        assertThat(seen).hasSizeGreaterThan(1 + 5); // there are 25 shifts of up to 2 pixels
    }

    /** The classifier gets (channels, height, width) and random numbers that do not depend on threads, in both layouts. */
    @Test
    void imagesComeChannelsFirstInEitherLayout() {
        byte[] pixels = new byte[2 * 3 * 2 * 2];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (10 * i);
        }
        ImageSource images = HeapImages.of(3, 2, 2, pixels, new int[2]);
        for (ImageLayout layout : ImageLayout.values()) {
            AtomicReference<float[]> seen = new AtomicReference<>(new float[0]);
            BatchAugmentation spy = (batch, random) -> {
                seen.set(batch[1].clone());
                batch[0][0] = random.nextInt(1000);
                batch[1][4] = -1;
            };
            BatchLoader loader =
                    new BatchLoader(images, layout, SmallWorld.levels(3), List.of(Augmentation.own()), spy);
            BatchLoader.Batch batch = loader.new Batch(2);
            Seeds seeds = new Seeds(5, 0);
            batch.fill(new int[] {0, 1}, 0, 2, place -> seeds.generator(Seeds.Purpose.AUGMENTATION, 1, place));
            for (int i = 0; i < 12; i++) {
                assertThat(Objects.requireNonNull(seen.get())[i]).isCloseTo(10f * (12 + i), within(1e-3f));
            }
            try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
                NDArray array = batch.array(manager);
                assertThat(array.getFloat(1, 1, 0, 0)).isEqualTo(-1);
                assertThat(array.getFloat(1, 2, 1, 1)).isCloseTo(230, within(1e-3f));
                int drawn = seeds.generator(Seeds.Purpose.AUGMENTATION, 1, 0).nextInt(1000);
                assertThat(array.getFloat(0, 0, 0, 0)).isEqualTo(drawn);
            }
        }
    }
}
