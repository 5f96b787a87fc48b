package io.catwalk.runner.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Classifier;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.runner.Json;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Fits the recipes of our plugins to images, without training. */
final class PluginRecipesTest {

    private static final JsonNode PUBLISHED =
            Json.LINE.readTree(Path.of("../../test-data/golden/recipes.json").toFile());

    private static Recipe recipe(String name, Task task) throws ReflectiveOperationException {
        Classifier classifier = LayerTablesTest.classifier(name);
        return classifier.recipe(task, classifier.searchSpace().defaults());
    }

    static Collection<String> published() {
        return PUBLISHED.propertyNames();
    }

    /** What was published of Fashion-MNIST holds as long as its recipes do. */
    @ParameterizedTest
    @MethodSource("published")
    void onFashionMnistEachIsAsBeforeRecipesFollowedTheImages(String name) throws Exception {
        Task clothes = Task.of(1, 28, 28, 10)
                .withClassSizes(Collections.nCopies(10, 6_000))
                .withMirrored(true);
        JsonNode published = Objects.requireNonNull(PUBLISHED.get(name));
        assertThat(recipe(name, clothes)).isEqualTo(Json.LINE.treeToValue(published, Recipe.class));
    }

    @Test
    void onFewPhotosSmallConvIsTrainedForLongerInSmallBatchesOfCrops() throws Exception {
        Task photos = Task.of(3, 64, 64, 9).withClassSizes(Collections.nCopies(9, 140));
        Recipe clothes = Json.LINE.treeToValue(Objects.requireNonNull(PUBLISHED.get("small-conv")), Recipe.class);
        assertThat(recipe("small-conv", photos))
                .isEqualTo(clothes.withEpochs(120)
                        .withBatchSize(32)
                        .withAugmentations(Augmentation.horizontalFlip(), Augmentation.crop(0.4)));
    }
}
