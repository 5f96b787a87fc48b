package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Balance;
import io.catwalk.api.Criterion;
import io.catwalk.api.Optimizer;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

@Tag("tiny")
final class RecipeOverridesTest {

    /** AdamW at 0.002 with weight decay 0.01, one cycle that rises for 0.2, 10 epochs, batches of 128. */
    private static final Recipe BASE =
            Recipe.standard().withAugmentations(Augmentation.horizontalFlip(), Augmentation.shift(0.1));

    private static Recipe changed(String yaml) {
        return RecipeOverrides.recipe(BASE, (ObjectNode) Json.YAML.readTree(yaml), "recipe", "");
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("{}", BASE),
                Arguments.of("optimizer: {}", BASE),
                Arguments.of(
                        "{epochs: 5, optimizer: {learning_rate: 0.001}}",
                        BASE.withEpochs(5).withOptimizer(Optimizer.adamW(0.001, 0.01))),
                Arguments.of("schedule: {type: one-cycle, warm_up: 0.5}", BASE.withSchedule(Schedule.oneCycle(0.5))),
                Arguments.of("schedule: {type: cosine}", BASE.withSchedule(Schedule.cosine())),
                Arguments.of(
                        "optimizer: {type: sgd, learning_rate: 0.1, momentum: 0.9, weight_decay: 0}",
                        BASE.withOptimizer(Optimizer.sgd(0.1, 0.9, 0))),
                Arguments.of(
                        "augmentations: [{type: shift, share: 0.04}]",
                        BASE.withAugmentations(Augmentation.shift(0.04))),
                Arguments.of("augmentations: []", BASE.withAugmentations()));
    }

    /** What is not named stays, at every depth; another type replaces the whole, and so does a list. */
    @ParameterizedTest
    @MethodSource("changes")
    void whatIsNamedIsChanged(String yaml, Recipe expected) {
        assertThat(changed(yaml)).isEqualTo(expected);
    }

    @Test
    void aWholeRecipeIsThatRecipeWhateverThereWasBefore() {
        Recipe whole = Recipe.standard()
                .withOptimizer(Optimizer.sgd(0.3, 0.85, 5e-4))
                .withSchedule(Schedule.constant())
                .withEpochs(3)
                .withBatchSize(17)
                .withAugmentations(Augmentation.shift(0.2), Augmentation.erase(0.3, 0.25))
                .withLabelSmoothing(0.1)
                .withAveraging(0.99)
                .withClipNorm(2.5)
                .withPatience(4)
                .withBalance(Balance.CLASS_WEIGHTS)
                .withSelectBy(Criterion.MACRO_F1)
                .withGroups(ParameterGroup.of("*Conv2d*", 0.5));

        assertThat(RecipeOverrides.recipe(BASE, Json.YAML.valueToTree(whole), "recipe", ""))
                .isEqualTo(whole);
    }

    @Test
    void theBaseIsNotChanged() {
        ObjectNode overrides = (ObjectNode) Json.YAML.readTree("optimizer: {learning_rate: 0.5}");
        RecipeOverrides.recipe(BASE, overrides, "recipe", "");
        assertThat(BASE.optimizer()).isEqualTo(Optimizer.adamW(0.002, 0.01));
        assertThat(overrides).isEqualTo(Json.YAML.readTree("optimizer: {learning_rate: 0.5}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            epochs: 0                           | epochs must be at least 1, but is 0
            epochs: 5.5                         | epochs must be a whole number, but is 5.5
            epochs: "5"                         | epochs must be a whole number, but is '5'
            epochs: null                        | epochs must be a whole number, but is null
            epochs: 5000000000                  | epochs must be a smaller number, but is 5000000000
            batch_size: 0                       | batch_size must be at least 1, but is 0
            label_smoothing: 1                  | label_smoothing must be 0 or above and below 1, but is 1.0
            optimizer: {learning_rate: -1}      | optimizer.learning_rate must be above 0 and finite, but is -1.0
            optimizer: {learning_rate: fast}    | optimizer.learning_rate must be a number, but is 'fast'
            optimizer: {learning_rte: 1}        | unknown key 'optimizer.learning_rte'; did you mean 'learning_rate'? (known: type, learning_rate, weight_decay)
            optimizer: {momentum: 0.9}          | unknown key 'optimizer.momentum' (known: type, learning_rate, weight_decay)
            optimizer: {type: adam}             | optimizer.type must be one of adamw, sgd, but is 'adam'; did you mean 'adamw'?
            optimizer: {type: sgd, learning_rate: 1} | optimizer must have the key 'momentum', but has only type, learning_rate
            optimizer: sgd                      | optimizer must be keys with values, of which 'type' is one of adamw, sgd, but is 'sgd'
            optimizer: null                     | optimizer must be keys with values, but is null
            schedule: {type: 3}                 | schedule.type must be one of constant, cosine, one-cycle, but is 3
            augmentations: flip                 | augmentations must be a list, but is 'flip'
            augmentations: [flip]               | augmentations[0] must be keys with values, of which 'type' is one of crop, cutmix, erase, horizontal-flip, light, mixup, own, rotate, shift, but is 'flip'
            augmentations: [null]               | augmentations[0] must be keys with values, but is null
            augmentations: [{share: 0.1}]       | augmentations[0].type must be one of crop, cutmix, erase, horizontal-flip, light, mixup, own, rotate, shift, but is missing
            augmentations: [{type: shift}]      | augmentations[0] must have the key 'share', but has only type
            augmentations: [{type: shift, share: 0.6}] | augmentations[0].share must be at most 0.5, but is 0.6
            augmentations: [{type: erase, probability: 2, largest_area: 0.1}] | augmentations[0].probability must be at most 1.0, but is 2.0
            patients: 3                         | unknown key 'patients' at the top; did you mean 'patience'? (known: augmentations, averaging, balance, batch_size, clip_norm, epochs, groups, label_smoothing, loss, optimizer, patience, pretrained, schedule, select_by)
            """)
    void whatDoesNotFitIsNamedWithItsPlace(String yaml, String message) {
        assertThatThrownBy(() -> changed(yaml))
                .isInstanceOf(RequestException.class)
                .hasMessage("recipe: " + message);
    }

    @Test
    void aNumberIsFoundByItsPathOrItsNameAlone() {
        Recipe faster = BASE.withOptimizer(Optimizer.adamW(0.01, 0.01));
        assertThat(RecipeOverrides.with(BASE, "optimizer.learning_rate", 0.01)).isEqualTo(faster);
        assertThat(RecipeOverrides.with(BASE, "learning_rate", 0.01)).isEqualTo(faster);
        assertThat(RecipeOverrides.with(BASE, "learning_rate", "1e-2")).isEqualTo(faster);
        assertThat(RecipeOverrides.with(BASE, "epochs", "7")).isEqualTo(BASE.withEpochs(7));
        assertThat(RecipeOverrides.with(BASE, "batch_size", 32)).isEqualTo(BASE.withBatchSize(32));
        assertThat(RecipeOverrides.with(BASE, "clip_norm", 2)).isEqualTo(BASE.withClipNorm(2));
        assertThat(RecipeOverrides.with(BASE, "warm_up", 0)).isEqualTo(BASE.withSchedule(Schedule.oneCycle(0)));
    }

    @Test
    void eachNamedSetHasOneAugmentationMore() {
        assertThat(RecipeOverrides.with(BASE, "augmentation", "none").augmentations())
                .isEmpty();
        assertThat(RecipeOverrides.with(BASE, "augmentation", "flip").augmentations())
                .containsExactly(Augmentation.horizontalFlip());
        assertThat(RecipeOverrides.with(BASE, "augmentation", "flip+shift").augmentations())
                .containsExactly(Augmentation.horizontalFlip(), Augmentation.shift(0.04));
        // Those of drop-norm-l2, which is where erasing was tried.
        assertThat(RecipeOverrides.with(BASE, "augmentation", "flip+shift+erase"))
                .isEqualTo(BASE.withAugmentations(
                        Augmentation.horizontalFlip(), Augmentation.shift(0.04), Augmentation.erase(0.25, 0.2)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            epochs        | 0      | recipe: epochs must be at least 1, but is 0
            epochs        | many   | recipe: epochs must be a whole number, but is 'many'
            epochs        | 2.5    | recipe: epochs must be a whole number, but is 2.5
            epochs        | [      | recipe: epochs must be a whole number, but is '['
            learning_rate | 0      | recipe: optimizer.learning_rate must be above 0 and finite, but is 0.0
            augmentation  | erase  | recipe: augmentation must be one of none, flip, flip+shift, flip+shift+erase, but is 'erase'
            """)
    void aValueThatDoesNotFitIsRefused(String name, String value, String message) {
        assertThatThrownBy(() -> RecipeOverrides.with(BASE, name, value))
                .isInstanceOf(RequestException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimizer", "type", "optimizer.type", "augmentations", "rate", "momentum", "", "."})
    void whatIsNoNumberOfTheRecipeListsThoseThatAre(String name) {
        assertThatThrownBy(() -> RecipeOverrides.with(BASE, name, 1))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("expected the name of one number of the recipe, but found '" + name + "'")
                .hasMessageContaining("known: optimizer.learning_rate, ");
    }

    @Test
    void theNearestNameIsSuggested() {
        assertThatThrownBy(() -> RecipeOverrides.with(BASE, "learning_rte", 1))
                .hasMessageContaining("found 'learning_rte'; did you mean 'learning_rate'? (known: ");
    }
}
