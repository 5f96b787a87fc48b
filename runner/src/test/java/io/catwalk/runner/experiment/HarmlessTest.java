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

@Tag("tiny")
final class HarmlessTest {

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

    private static List<Augmentation> kept(Harmless harmless, Augmentation... augmentations) {
        return harmless.keptBy(Recipe.standard().withAugmentations(augmentations))
                .augmentations();
    }

    @Test
    void eachTypeThatThereIsCanBeSaid() {
        assertThat(EACH).hasSize(Augmentation.class.getPermittedSubclasses().length);
        for (Augmentation augmentation : EACH) {
            assertThat(kept(Harmless.parse("all"), augmentation)).containsExactly(augmentation);
            assertThat(kept(Harmless.parse("none"), augmentation)).isEmpty();
            boolean mirrors = augmentation instanceof Augmentation.HorizontalFlip;
            assertThat(kept(Harmless.of(PHOTOS), augmentation)).hasSize(mirrors ? 0 : 1);
            assertThat(kept(Harmless.of(PHOTOS.withMirrored(true)), augmentation))
                    .hasSize(1);
        }
    }

    @Test
    void whatIsSaidIsKeptInTheOrderOfTheRecipe() {
        Harmless two = Harmless.parse("erase,shift");
        assertThat(kept(two, EACH.get(1), EACH.get(0), EACH.get(5))).containsExactly(EACH.get(1), EACH.get(5));
        assertThat(two.mirrors()).isFalse();
        assertThat(Harmless.parse("shift,horizontal-flip").mirrors()).isTrue();
    }

    @Test
    void aTypeThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> Harmless.parse("shift,"))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("but has ''");
    }
}
