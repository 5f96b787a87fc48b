package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("tiny")
class RecipeTest {

    private static final Recipe STANDARD = Recipe.standard();

    static Stream<Arguments> refused() {
        String fraction = " must be 0 or above and below 1, but is ";
        String positive = " must be above 0 and finite, but is ";
        String notNegative = " must be 0 or above and finite, but is ";
        return Stream.of(
                of(() -> STANDARD.withEpochs(0), "epochs must be at least 1, but is 0"),
                of(() -> STANDARD.withBatchSize(0), "batchSize must be at least 1, but is 0"),
                of(() -> STANDARD.withBatchSize(-3), "batchSize must be at least 1, but is -3"),
                of(() -> STANDARD.withLabelSmoothing(1), "labelSmoothing" + fraction + "1.0"),
                of(() -> STANDARD.withLabelSmoothing(-0.1), "labelSmoothing" + fraction + "-0.1"),
                of(() -> STANDARD.withLabelSmoothing(Double.NaN), "labelSmoothing" + fraction + "NaN"),
                of(() -> STANDARD.withAveraging(1), "averaging" + fraction + "1.0"),
                of(() -> STANDARD.withClipNorm(-1), "clipNorm" + notNegative + "-1.0"),
                of(() -> STANDARD.withClipNorm(Double.POSITIVE_INFINITY), "clipNorm" + notNegative + "Infinity"),
                of(() -> STANDARD.withPatience(-1), "patience must be at least 0, but is -1"),
                of(() -> Optimizer.adamW(0, 0), "learningRate" + positive + "0.0"),
                of(() -> Optimizer.adamW(Double.NaN, 0), "learningRate" + positive + "NaN"),
                of(() -> Optimizer.adamW(0.1, -1), "weightDecay" + notNegative + "-1.0"),
                of(() -> Optimizer.sgd(-0.1, 0, 0), "learningRate" + positive + "-0.1"),
                of(() -> Optimizer.sgd(0.1, 1, 0), "momentum" + fraction + "1.0"),
                of(() -> Optimizer.sgd(0.1, 0, -1), "weightDecay" + notNegative + "-1.0"),
                of(() -> Augmentation.shift(0), "share" + positive + "0.0"),
                of(() -> Augmentation.shift(0.6), "share must be at most 0.5, but is 0.6"),
                of(() -> Augmentation.rotate(0), "degrees" + positive + "0.0"),
                of(() -> Augmentation.rotate(181), "degrees must be at most 180.0, but is 181.0"),
                of(() -> Augmentation.crop(0), "smallestArea" + positive + "0.0"),
                of(() -> Augmentation.crop(1), "smallestArea" + fraction + "1.0"),
                of(() -> Augmentation.light(1, 0), "brightness" + fraction + "1.0"),
                of(() -> Augmentation.light(0, -0.1), "contrast" + fraction + "-0.1"),
                of(() -> Augmentation.light(0, 0), "brightness or contrast must be above 0, but both are 0"),
                of(() -> Augmentation.mixup(0), "alpha" + positive + "0.0"),
                of(() -> Augmentation.cutMix(Double.NaN), "alpha" + positive + "NaN"),
                of(
                        () -> STANDARD.withAugmentations(Augmentation.mixup(0.5), Augmentation.cutMix(2)),
                        "augmentations must include at most one mixture, but include " + "[Mixup(0.5), CutMix(2.0)]"),
                of(() -> Augmentation.erase(0, 0.1), "probability" + positive + "0.0"),
                of(() -> Augmentation.erase(1.5, 0.1), "probability must be at most 1.0, but is 1.5"),
                of(() -> Augmentation.erase(0.5, 0), "largestArea" + positive + "0.0"),
                of(() -> Augmentation.erase(0.5, 1), "largestArea" + fraction + "1.0"),
                of(() -> Task.of(0, 1, 1, 2), "channels must be at least 1, but is 0"),
                of(() -> Task.of(1, 0, 1, 2), "height must be at least 1, but is 0"),
                of(() -> Task.of(1, 1, 0, 2), "width must be at least 1, but is 0"),
                of(() -> Task.of(1, 1, 1, 1), "classes must be at least 2, but is 1"),
                of(
                        () -> Task.of(1, 1, 1, 2).withClassSizes(List.of(3)),
                        "classSizes must have a number for each of 2 classes, but has 1"),
                of(
                        () -> Task.of(1, 1, 1, 2).withClassSizes(List.of(3, -1)),
                        "classSizes must be at least 0, but is -1"));
    }

    private static Arguments of(Supplier<Object> what, String message) {
        return Arguments.of(message, what);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void aNumberOutOfRangeIsRefused(String message, Supplier<Object> what) {
        assertThatThrownBy(what::get)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void theEndsOfTheRangesAreAccepted() {
        Recipe smallest = STANDARD.withEpochs(1)
                .withBatchSize(1)
                .withLabelSmoothing(0)
                .withAveraging(0)
                .withClipNorm(0)
                .withPatience(0)
                .withOptimizer(Optimizer.sgd(Double.MIN_VALUE, 0, 0));
        assertThat(smallest.epochs()).isEqualTo(1);
        assertThat(Augmentation.erase(1, Double.MIN_VALUE).probability()).isEqualTo(1);
        assertThat(Task.of(1, 1, 1, 2).classes()).isEqualTo(2);
    }

    /** A method that mixed up two components would change another component as well, or instead. */
    @Test
    void eachWithMethodChangesItsOwnComponentAlone() throws ReflectiveOperationException {
        Map<String, Recipe> changed = new HashMap<>();
        changed.put("optimizer", STANDARD.withOptimizer(Optimizer.sgd(0.1, 0.9, 0.01)));
        changed.put("schedule", STANDARD.withSchedule(Schedule.cosine()));
        changed.put("epochs", STANDARD.withEpochs(11));
        changed.put("batchSize", STANDARD.withBatchSize(12));
        changed.put("augmentations", STANDARD.withAugmentations(Augmentation.horizontalFlip()));
        changed.put("labelSmoothing", STANDARD.withLabelSmoothing(0.1));
        changed.put("averaging", STANDARD.withAveraging(0.2));
        changed.put("clipNorm", STANDARD.withClipNorm(3));
        changed.put("patience", STANDARD.withPatience(4));
        changed.put("balance", STANDARD.withBalance(Balance.SAMPLING));
        changed.put("selectBy", STANDARD.withSelectBy(Criterion.MACRO_F1));
        changed.put("groups", STANDARD.withGroups(ParameterGroup.of("*Conv2d*", 0)));
        changed.put("loss", STANDARD.withLoss(Loss.OWN));
        changed.put("pretrained", STANDARD.withPretrained(true));
        Map<String, Object> standard = components(STANDARD);
        assertThat(changed.keySet()).isEqualTo(standard.keySet());
        for (Map.Entry<String, Recipe> one : changed.entrySet()) {
            Map<String, Object> others = components(one.getValue());
            assertThat(others.remove(one.getKey())).isNotEqualTo(standard.get(one.getKey()));
            assertThat(standard).containsAllEntriesOf(others);
            assertThat(one.getValue()).isNotEqualTo(STANDARD);
        }
        assertThat(changed.get("epochs").withEpochs(10)).isEqualTo(STANDARD).hasSameHashCodeAs(STANDARD);
    }

    private static Map<String, Object> components(Recipe recipe) throws ReflectiveOperationException {
        Map<String, Object> components = new HashMap<>();
        for (Method method : Recipe.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers())
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getParameterCount() == 0
                    && !method.getName().matches("hashCode|toString")) {
                components.put(method.getName(), method.invoke(recipe));
            }
        }
        return components;
    }

    @Test
    void aTaskKnowsWhatItIsToldAndNothingElse() {
        Task task = Task.of(3, 32, 24, 2);
        assertThat(task.classSizes()).isEmpty();
        assertThat(task.mirrored()).isFalse();
        Task told = task.withMirrored(true).withClassSizes(List.of(7, 0));
        assertThat(List.of(told.channels(), told.height(), told.width(), told.classes()))
                .containsExactly(3, 32, 24, 2);
        assertThat(told.classSizes()).containsExactly(7, 0);
        assertThat(told.mirrored()).isTrue();
        assertThat(told.withMirrored(false).withClassSizes(List.of()))
                .isEqualTo(task)
                .hasSameHashCodeAs(task);
    }

    @Test
    void anOptimizerKeepsTheRestWhenOneNumberChanges() {
        assertThat(Optimizer.adamW(0.1, 0.2).withLearningRate(0.3)).isEqualTo(Optimizer.adamW(0.3, 0.2));
        assertThat(Optimizer.adamW(0.1, 0.2).withWeightDecay(0.3)).isEqualTo(Optimizer.adamW(0.1, 0.3));
        assertThat(Optimizer.sgd(0.1, 0.9, 0.2).withLearningRate(0.3)).isEqualTo(Optimizer.sgd(0.3, 0.9, 0.2));
        assertThat(Optimizer.sgd(0.1, 0.9, 0.2).withWeightDecay(0.3)).isEqualTo(Optimizer.sgd(0.1, 0.9, 0.3));
    }

    @Test
    void theAugmentationsOfARecipeNeverChange() {
        List<Augmentation> mine = new ArrayList<>(List.of(Augmentation.shift(0.1)));
        Recipe recipe = STANDARD.withAugmentations(mine.toArray(Augmentation[]::new));
        mine.clear();
        assertThat(recipe.augmentations()).containsExactly(Augmentation.shift(0.1));
        List<Augmentation> theirs = recipe.augmentations();
        assertThatThrownBy(theirs::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    /** So many images, counted by hand: 15 epochs of 1,250 see 18,750, and 128 see 160,000. */
    @ParameterizedTest
    @CsvSource({
        "60000, 15, 15, 128", // Fashion-MNIST
        "5200, 15, 31, 128", // 160,000 / 5,200 = 30.8; 5,200 / 40 = 130
        "2000, 15, 80, 50",
        "1250, 15, 120, 32", // not 128, which are more than eight times as many
        "1250, 30, 128, 32",
        "10, 15, 120, 32",
        "1250, 200, 200, 32"
    })
    void fewImagesAreSeenMoreOftenAndInSmallerBatches(int images, int epochs, int fitted, int batch) {
        Recipe recipe = STANDARD.withEpochs(epochs).withAugmentations(Augmentation.shift(0.04));
        Task task = Task.of(1, 28, 28, 2).withClassSizes(List.of(images - 4, 4));
        assertThat(recipe.fittedTo(task)).isEqualTo(recipe.withEpochs(fitted).withBatchSize(batch));
        assertThat(recipe.withBatchSize(16).fittedTo(task))
                .isEqualTo(recipe.withEpochs(fitted).withBatchSize(16));
        assertThat(recipe.fittedTo(task.withClassSizes(List.of()))).isEqualTo(recipe);
    }

    @Test
    void fewPhotosAreCroppedInsteadOfShifted() {
        Augmentation[] own = {
            Augmentation.horizontalFlip(),
            Augmentation.shift(0.04),
            Augmentation.erase(0.25, 0.2),
            Augmentation.crop(0.9)
        };
        Recipe recipe = STANDARD.withAugmentations(own);
        List<Integer> few = List.of(5_000, 5_000);

        for (Task photos : List.of(Task.of(3, 32, 48, 2), Task.of(1, 48, 64, 2))) {
            assertThat(recipe.fittedTo(photos.withClassSizes(few)).augmentations())
                    .containsExactly(
                            Augmentation.horizontalFlip(), Augmentation.erase(0.25, 0.2), Augmentation.crop(0.4));
        }
        for (Task other : List.of(
                Task.of(1, 47, 48, 2).withClassSizes(few),
                Task.of(3, 31, 48, 2).withClassSizes(few),
                Task.of(3, 32, 48, 2).withClassSizes(List.of(5_000, 5_001)))) {
            assertThat(recipe.fittedTo(other).augmentations()).containsExactly(own);
        }
    }
}
