package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Recipe;
import io.catwalk.runner.RequestException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class HarmlessTest {

    private static final List<Augmentation> EACH = List.of(
            new Augmentation.HorizontalFlip(),
            new Augmentation.Shift(0.1),
            new Augmentation.Rotate(10),
            new Augmentation.Crop(0.5),
            new Augmentation.Light(0.1, 0.1),
            new Augmentation.Erase(0.5, 0.2),
            new Augmentation.Mixup(0.2),
            new Augmentation.CutMix(1));

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
            assertThat(kept(Harmless.of("photos"), augmentation)).hasSize(mirrors ? 0 : 1);
            assertThat(kept(Harmless.of("fashion-mnist"), augmentation)).hasSize(1);
        }
    }

    @Test
    void whatIsSaidIsKeptInTheOrderOfTheRecipe() {
        Harmless two = Harmless.parse("erase,shift");
        assertThat(kept(two, EACH.get(1), EACH.get(0), EACH.get(5))).containsExactly(EACH.get(1), EACH.get(5));
        assertThat(two.and(Harmless.parse("shift,light")).types()).containsExactly("shift");
    }

    @Test
    void aTypeThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> Harmless.parse("shift,"))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("but has ''");
    }
}
