package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.RequestException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class LabelPreservingAugmentationsTest {

    private static final Task PHOTOS = Task.of(3, 64, 64, 5);

    private static final List<Augmentation> EACH = List.of(
            Augmentation.horizontalFlip(),
            Augmentation.shift(0.1),
            Augmentation.rotate(10),
            Augmentation.crop(0.5),
            Augmentation.light(0.1, 0.1),
            Augmentation.erase(0.5, 0.2),
            Augmentation.own(),
            Augmentation.mixup(0.2),
            Augmentation.cutMix(1));

    private static List<Augmentation> kept(LabelPreservingAugmentations harmless, Augmentation... augmentations) {
        return harmless.appliedTo(Recipe.standard().withAugmentations(augmentations))
                .augmentations();
    }

    @Test
    void eachTypeThatThereIsCanBeSaid() {
        assertThat(EACH).hasSize(Augmentation.class.getPermittedSubclasses().length);
        for (Augmentation augmentation : EACH) {
            assertThat(kept(LabelPreservingAugmentations.parse("all"), augmentation))
                    .containsExactly(augmentation);
            assertThat(kept(LabelPreservingAugmentations.parse("none"), augmentation))
                    .isEmpty();
            boolean mirrors = augmentation instanceof Augmentation.HorizontalFlip;
            assertThat(kept(LabelPreservingAugmentations.of(PHOTOS), augmentation))
                    .hasSize(mirrors ? 0 : 1);
            assertThat(kept(LabelPreservingAugmentations.of(PHOTOS.withMirrored(true)), augmentation))
                    .hasSize(1);
        }
    }

    /** A recipe with a flip alone, as that of fast, once skipped the rest of the list without a word. */
    @Test
    void whatIsListedIsAppliedAndNothingElse() {
        Augmentation flip = Augmentation.horizontalFlip();
        assertThat(kept(LabelPreservingAugmentations.parse("horizontal-flip,shift,light"), flip))
                .containsExactly(flip, Augmentation.shift(0.1), Augmentation.light(0.4, 0.4));
        assertThat(kept(LabelPreservingAugmentations.parse("cutmix"), flip, Augmentation.mixup(0.2)))
                .containsExactly(Augmentation.cutMix(1));
        assertThat(kept(
                        LabelPreservingAugmentations.parse("rotate=10,shift,erase=1"),
                        Augmentation.rotate(30),
                        Augmentation.shift(0.04)))
                .containsExactly(Augmentation.rotate(10), Augmentation.shift(0.04), Augmentation.erase(1, 0.2));
    }

    @Test
    void viewsAreMadeByWhatKeepsTheClassOfOneImage() {
        Augmentation flip = Augmentation.horizontalFlip();
        assertThat(LabelPreservingAugmentations.ofViews(PHOTOS.withMirrored(true), null))
                .containsExactly(flip, Augmentation.crop(0.8), Augmentation.light(0.1, 0.1));
        assertThat(LabelPreservingAugmentations.ofViews(PHOTOS, null)).doesNotContain(flip);
        assertThat(LabelPreservingAugmentations.ofViews(Task.of(1, 28, 28, 10).withMirrored(true), null))
                .containsExactly(flip, Augmentation.shift(0.1));
        assertThat(LabelPreservingAugmentations.ofViews(PHOTOS, "rotate=10,crop,mixup"))
                .containsExactly(Augmentation.crop(0.8), Augmentation.rotate(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mixup,cutmix | an image can be mixed only once",
                "shift,shift=0.2 | has shift twice",
                "rotate=a | strength of rotate must be a number, but is 'a'",
                "rotate=200 | rotate=200: degrees must be at most 180",
                "horizontal-flip=0.5 | it has no strength",
                "own | has own, but the recipe has no augmentation of the plugin's own"
            })
    void whatCannotBeAppliedIsRefused(String said, String why) {
        assertThatThrownBy(() -> LabelPreservingAugmentations.parse(said).appliedTo(Recipe.standard()))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("--augment")
                .hasMessageContaining(why);
    }

    @Test
    void whatIsSaidIsKeptInTheOrderOfTheRecipe() {
        LabelPreservingAugmentations two = LabelPreservingAugmentations.parse("erase,shift");
        assertThat(kept(two, EACH.get(1), EACH.get(0), EACH.get(5))).containsExactly(EACH.get(1), EACH.get(5));
        assertThat(two.mirrors()).isFalse();
        assertThat(LabelPreservingAugmentations.parse("shift,horizontal-flip").mirrors())
                .isTrue();
    }

    @Test
    void aTypeThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> LabelPreservingAugmentations.parse("shift,"))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("but has ''");
    }
}
