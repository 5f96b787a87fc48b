package io.catwalk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.util.Pair;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.testkit.Network.Mode;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Proves that a classifier keeps the contract of a plugin. A plugin's own test is this much:
 *
 * <pre>{@code
 * final class ConvMaxPoolTest extends ClassifierContract {
 *
 *     ConvMaxPoolTest() {
 *         super(new ConvMaxPool());
 *     }
 * }
 * }</pre>
 *
 * <p>The tests of the built jar read its path from the system property {@code catwalk.plugin.jar}, which
 * the parent pom {@code catwalk-plugins} sets.
 */
public abstract class ClassifierContract {

    private static final Task GRAY = Task.of(1, 28, 28, 10);

    /** Gray and color, small and large, and two numbers of classes. */
    private static final List<Task> TASKS =
            List.of(GRAY, Task.of(3, 28, 28, 10), Task.of(1, 32, 32, 10), Task.of(3, 32, 32, 7));

    private static final List<Integer> BATCHES = List.of(1, 7);

    private static final int SEED = 20170825;

    private static final int STEPS = 400;

    private final Classifier classifier;

    /**
     * Creates the tests of one classifier.
     *
     * @param classifier what to test
     */
    protected ClassifierContract(Classifier classifier) {
        this.classifier = classifier;
    }

    @Test
    final void nameIsLowerCaseWithSingleDashes() {
        assertThat(classifier.name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    }

    @Test
    final void searchSpaceIsAlwaysTheSame() {
        assertThat(classifier.searchSpace()).isNotNull().isEqualTo(classifier.searchSpace());
    }

    @Test
    final void recipeIsValidAtEveryPoint() {
        for (Hyperparameters point : classifier.searchSpace().points()) {
            assertThat(classifier.recipe(GRAY, point))
                    .as("recipe at %s", point.values())
                    .isNotNull()
                    .isEqualTo(classifier.recipe(GRAY, point));
        }
    }

    @Test
    final void everyPointOfTheSearchSpaceBuilds() {
        Images images = Images.random(GRAY, 2, SEED);
        for (Hyperparameters point : classifier.searchSpace().points()) {
            try (Network network = Network.initialized(classifier.network(GRAY, point), images.shape(), SEED)) {
                assertThat(network.shape(images))
                        .as("shape of the logits at %s", point.values())
                        .isEqualTo(new Shape(2, GRAY.classes()));
            }
        }
    }

    @Test
    final void networkIsNewEachTime() {
        Block first = network(GRAY);
        Block second = network(GRAY);
        assertThat(second).as("the second network").isNotSameAs(first);
        Set<Object> parts = Collections.newSetFromMap(new IdentityHashMap<>());
        first.getParameters().values().forEach(parts::add);
        assertThat(second.getParameters()).extracting(Pair::getValue).noneMatch(parts::contains);
    }

    @Test
    final void imagesBecomeOneLogitPerClass() {
        for (Task task : TASKS) {
            try (Network network = initialized(task)) {
                for (int batch : BATCHES) {
                    Images images = Images.random(task, batch, SEED);
                    Shape expected = new Shape(batch, task.classes());
                    assertThat(network.shape(images))
                            .as("shape of the logits of %d images of %s", batch, task)
                            .isEqualTo(expected);
                    assertThat(network.statedShape(images))
                            .as("getOutputShapes for %d images of %s", batch, task)
                            .containsExactly(expected);
                }
            }
        }
    }

    @Test
    final void logitsAreFinite() {
        for (Task task : TASKS) {
            Images images = Images.random(task, 7, SEED);
            try (Network network = initialized(task)) {
                for (Mode mode : Mode.values()) {
                    for (float logit : network.logits(images, mode)) {
                        assertThat(logit).as("logit of %s in %s", task, mode).isFinite();
                    }
                }
            }
        }
    }

    @Test
    final void gradientReachesEveryParameter() {
        Images images = Images.random(GRAY, 7, SEED);
        try (Network network = initialized(GRAY)) {
            assertThat(network.gradients(images)).isNotEmpty().allSatisfy((name, gradient) -> {
                boolean reached = false;
                for (float value : gradient) {
                    reached |= value != 0;
                }
                assertThat(reached).as("some gradient of %s is not 0", name).isTrue();
            });
        }
    }

    @Test
    final void canOverfitSixtyFourImages() {
        Images images = Images.random(GRAY, 64, SEED);
        try (Network network = initialized(GRAY)) {
            int right = 0;
            for (int step = 1; step <= STEPS && right < images.count(); step++) {
                network.step(images);
                if (step % 10 == 0) {
                    right = network.right(images);
                }
            }
            assertThat(right)
                    .as("images learned by heart in %d steps of Adam on all 64", STEPS)
                    .isEqualTo(images.count());
        }
    }

    @Test
    final void sameSeedGivesTheSameWeights() {
        try (Network first = initialized(GRAY);
                Network second = initialized(GRAY)) {
            assertThat(second.weights()).containsOnlyKeys(first.weights().keySet());
            first.weights()
                    .forEach((name, weights) -> assertThat(second.weights().get(name))
                            .as("weights of %s", name)
                            .isEqualTo(weights));
        }
    }

    @Test
    final void evaluationGivesTheSameLogitsTwice() {
        Images images = Images.random(GRAY, 7, SEED);
        try (Network network = initialized(GRAY)) {
            assertThat(network.logits(images, Mode.EVALUATION)).isEqualTo(network.logits(images, Mode.EVALUATION));
        }
    }

    @Test
    final void evaluationOfAnImageDoesNotDependOnTheOthers() {
        Images images = Images.random(GRAY, 7, SEED);
        try (Network network = initialized(GRAY)) {
            float[] together = network.logits(images, Mode.EVALUATION);
            for (int image = 0; image < images.count(); image++) {
                float[] alone = network.logits(images.only(image), Mode.EVALUATION);
                for (int label = 0; label < alone.length; label++) {
                    float logit = together[image * alone.length + label];
                    // Another batch size may add up in another order, no more.
                    assertThat(alone[label])
                            .as("logit %d of image %d, alone and among 7", label, image)
                            .isCloseTo(logit, within(1e-4f * (1 + Math.abs(logit))));
                }
            }
        }
    }

    @Test
    final void reloadedParametersGiveTheSameLogits() throws Exception {
        Images images = Images.random(GRAY, 7, SEED);
        try (Network saved = initialized(GRAY)) {
            // A step in training moves what layers such as batch normalization keep beside the weights.
            saved.step(images);
            try (Network reloaded = Network.reloaded(network(GRAY), saved.savedParameters())) {
                assertThat(reloaded.logits(images, Mode.EVALUATION)).isEqualTo(saved.logits(images, Mode.EVALUATION));
            }
        }
    }

    @Test
    final void jarHoldsOnlyItsOwnPackage() throws IOException {
        String own = classifier.getClass().getPackageName().replace('.', '/') + "/";
        assertThat(BuiltJar.read(BuiltJar.path()).files())
                .allSatisfy(file -> assertThat(file)
                        .matches(name -> name.startsWith(own)
                                || (name.startsWith("META-INF/")
                                        && !name.endsWith(".class")
                                        && !name.endsWith(".jar"))));
    }

    @Test
    final void jarIndexesTheClassifier() throws IOException {
        assertThat(BuiltJar.read(BuiltJar.path()).index())
                .as("META-INF/extensions.idx, which PF4J's annotation processor writes for @Extension")
                .contains(classifier.getClass().getName());
    }

    @Test
    final void jarSaysWhatItIs() throws IOException {
        assertThat(BuiltJar.read(BuiltJar.path()).manifest())
                .as("META-INF/MANIFEST.MF")
                .containsKeys("Plugin-Id", "Plugin-Version", "Plugin-Provider", "Plugin-Description", "Plugin-Requires")
                .doesNotContainKeys("Plugin-Class", "Plugin-Dependencies", "Class-Path")
                .allSatisfy((entry, value) ->
                        assertThat(value).as(entry).isNotBlank().doesNotContain("${"));
    }

    private Block network(Task task) {
        return classifier.network(task, classifier.searchSpace().defaults());
    }

    private Network initialized(Task task) {
        return Network.initialized(network(task), Images.random(task, 1, SEED).shape(), SEED);
    }
}
