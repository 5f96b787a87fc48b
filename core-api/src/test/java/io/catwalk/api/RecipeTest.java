package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
                of(() -> new Optimizer.AdamW(0, 0), "learningRate" + positive + "0.0"),
                of(() -> new Optimizer.AdamW(Double.NaN, 0), "learningRate" + positive + "NaN"),
                of(() -> new Optimizer.AdamW(0.1, -1), "weightDecay" + notNegative + "-1.0"),
                of(() -> new Optimizer.Sgd(-0.1, 0, 0), "learningRate" + positive + "-0.1"),
                of(() -> new Optimizer.Sgd(0.1, 1, 0), "momentum" + fraction + "1.0"),
                of(() -> new Optimizer.Sgd(0.1, 0, -1), "weightDecay" + notNegative + "-1.0"),
                of(() -> new Augmentation.Shift(0), "share" + positive + "0.0"),
                of(() -> new Augmentation.Shift(0.6), "share must be at most 0.5, but is 0.6"),
                of(() -> new Augmentation.Rotate(0), "degrees" + positive + "0.0"),
                of(() -> new Augmentation.Rotate(181), "degrees must be at most 180.0, but is 181.0"),
                of(() -> new Augmentation.Crop(0), "smallestArea" + positive + "0.0"),
                of(() -> new Augmentation.Crop(1), "smallestArea" + fraction + "1.0"),
                of(() -> new Augmentation.Light(1, 0), "brightness" + fraction + "1.0"),
                of(() -> new Augmentation.Light(0, -0.1), "contrast" + fraction + "-0.1"),
                of(() -> new Augmentation.Light(0, 0), "brightness or contrast must be above 0, but both are 0"),
                of(() -> new Augmentation.Mixup(0), "alpha" + positive + "0.0"),
                of(() -> new Augmentation.CutMix(Double.NaN), "alpha" + positive + "NaN"),
                of(
                        () -> STANDARD.withAugmentations(new Augmentation.Mixup(0.5), new Augmentation.CutMix(2)),
                        "augmentations must mix images at most once, but have mixtures "
                                + "[Mixup[alpha=0.5], CutMix[alpha=2.0]]"),
                of(() -> new Augmentation.Erase(0, 0.1), "probability" + positive + "0.0"),
                of(() -> new Augmentation.Erase(1.5, 0.1), "probability must be at most 1.0, but is 1.5"),
                of(() -> new Augmentation.Erase(0.5, 0), "largestArea" + positive + "0.0"),
                of(() -> new Augmentation.Erase(0.5, 1), "largestArea" + fraction + "1.0"),
                of(() -> new Task(0, 1, 1, 2), "channels must be at least 1, but is 0"),
                of(() -> new Task(1, 0, 1, 2), "height must be at least 1, but is 0"),
                of(() -> new Task(1, 1, 0, 2), "width must be at least 1, but is 0"),
                of(() -> new Task(1, 1, 1, 1), "classes must be at least 2, but is 1"));
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
                .withOptimizer(new Optimizer.Sgd(Double.MIN_VALUE, 0, 0));
        assertThat(smallest.epochs()).isEqualTo(1);
        assertThat(new Augmentation.Erase(1, Double.MIN_VALUE).probability()).isEqualTo(1);
        assertThat(new Task(1, 1, 1, 2).classes()).isEqualTo(2);
    }

    /** A method that mixed up two of the nine components would change more than its own. */
    @Test
    void eachWithMethodChangesItsOwnComponentAlone() {
        Augmentation flip = new Augmentation.HorizontalFlip();
        Optimizer sgd = new Optimizer.Sgd(0.1, 0.9, 0.01);
        Recipe changed = STANDARD.withOptimizer(sgd);
        assertThat(changed).isEqualTo(recipe(sgd, STANDARD.schedule(), 10, 128, List.of(), 0, 0, 0, 0));
        changed = changed.withSchedule(new Schedule.Cosine());
        assertThat(changed).isEqualTo(recipe(sgd, new Schedule.Cosine(), 10, 128, List.of(), 0, 0, 0, 0));
        changed = changed.withEpochs(11).withBatchSize(12);
        assertThat(changed).isEqualTo(recipe(sgd, new Schedule.Cosine(), 11, 12, List.of(), 0, 0, 0, 0));
        changed = changed.withAugmentations(flip).withLabelSmoothing(0.1).withAveraging(0.2);
        assertThat(changed).isEqualTo(recipe(sgd, new Schedule.Cosine(), 11, 12, List.of(flip), 0.1, 0.2, 0, 0));
        changed = changed.withClipNorm(3).withPatience(4);
        assertThat(changed).isEqualTo(recipe(sgd, new Schedule.Cosine(), 11, 12, List.of(flip), 0.1, 0.2, 3, 4));
        assertThat(changed.withEpochs(10).withBatchSize(128))
                .isEqualTo(recipe(sgd, new Schedule.Cosine(), 10, 128, List.of(flip), 0.1, 0.2, 3, 4));
    }

    private static Recipe recipe(
            Optimizer optimizer,
            Schedule schedule,
            int epochs,
            int batchSize,
            List<Augmentation> augmentations,
            double labelSmoothing,
            double averaging,
            double clipNorm,
            int patience) {
        return new Recipe(
                optimizer,
                schedule,
                epochs,
                batchSize,
                augmentations,
                labelSmoothing,
                averaging,
                clipNorm,
                patience,
                Balance.NONE,
                Criterion.ACCURACY,
                List.of());
    }

    @Test
    void balanceAndChoiceAreChangedAlone() {
        Recipe changed = STANDARD.withBalance(Balance.SAMPLING).withSelectBy(Criterion.MACRO_F1);
        assertThat(changed.balance()).isEqualTo(Balance.SAMPLING);
        assertThat(changed.selectBy()).isEqualTo(Criterion.MACRO_F1);
        assertThat(changed.withBalance(Balance.NONE).withSelectBy(Criterion.ACCURACY))
                .isEqualTo(STANDARD);
        assertThat(changed.withEpochs(3).withAugmentations().balance()).isEqualTo(Balance.SAMPLING);
        ParameterGroup frozen = new ParameterGroup("*Conv2d*", 0);
        assertThat(changed.withGroups(frozen).groups()).containsExactly(frozen);
        assertThat(changed.withGroups(frozen).withGroups()).isEqualTo(changed);
    }

    @Test
    void anOptimizerKeepsTheRestWhenOneNumberChanges() {
        assertThat(new Optimizer.AdamW(0.1, 0.2).withLearningRate(0.3)).isEqualTo(new Optimizer.AdamW(0.3, 0.2));
        assertThat(new Optimizer.AdamW(0.1, 0.2).withWeightDecay(0.3)).isEqualTo(new Optimizer.AdamW(0.1, 0.3));
        assertThat(new Optimizer.Sgd(0.1, 0.9, 0.2).withLearningRate(0.3)).isEqualTo(new Optimizer.Sgd(0.3, 0.9, 0.2));
        assertThat(new Optimizer.Sgd(0.1, 0.9, 0.2).withWeightDecay(0.3)).isEqualTo(new Optimizer.Sgd(0.1, 0.9, 0.3));
    }

    @Test
    void theAugmentationsOfARecipeNeverChange() {
        List<Augmentation> mine = new ArrayList<>(List.of(new Augmentation.Shift(0.1)));
        Recipe recipe = recipe(STANDARD.optimizer(), STANDARD.schedule(), 1, 1, mine, 0, 0, 0, 0);
        mine.clear();
        assertThat(recipe.augmentations()).containsExactly(new Augmentation.Shift(0.1));
        List<Augmentation> theirs = recipe.augmentations();
        assertThatThrownBy(theirs::clear).isInstanceOf(UnsupportedOperationException.class);
    }
}
