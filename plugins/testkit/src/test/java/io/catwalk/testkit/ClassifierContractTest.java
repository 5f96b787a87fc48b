package io.catwalk.testkit;

import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Recipe;
import io.catwalk.api.SearchSpace;
import io.catwalk.api.Task;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Breaks one promise at a time and looks which facts of the contract turn red. */
final class ClassifierContractTest {

    private static final Map<String, String> MANIFEST = Map.of(
            "Plugin-Id", "sound",
            "Plugin-Version", "1.0",
            "Plugin-Provider", "The test",
            "Plugin-Description", "A plugin of the test",
            "Plugin-Requires", ">=0.1.0");

    private static Supplier<Classifier> subject = Sound::new;

    private final Map<String, String> manifest = new HashMap<>(MANIFEST);
    private final Map<String, String> files = new HashMap<>();

    @TempDir
    Path folder;

    /** Runs the contract on the subject; surefire leaves nested classes alone. */
    static final class Subject extends ClassifierContract {
        Subject() {
            super(subject.get());
        }
    }

    /** Keeps every promise; each test overrides the one that it breaks. */
    private static class Sound implements Classifier {

        @Override
        public String name() {
            return "sound";
        }

        @Override
        public SearchSpace searchSpace() {
            return SearchSpace.none().with("units", 64, 32);
        }

        @Override
        public Block network(Task task, Hyperparameters chosen) {
            return sequence(flatten(), dense(chosen.integer("units")), relu(), dense(task.classes()));
        }
    }

    @BeforeEach
    void describeASoundJar() {
        files.put(Sound.class.getName().replace('.', '/') + ".class", "");
        files.put("META-INF/LICENSE", "");
    }

    @AfterEach
    void forgetTheJar() {
        System.clearProperty(BuiltJar.PROPERTY);
    }

    @Test
    void soundClassifierKeepsAllOfIt() throws IOException {
        assertThat(redFor(Sound::new)).isEmpty();
    }

    @Test
    void nameWithCapitals() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public String name() {
                        return "Sound";
                    }
                }))
                .containsExactly("nameIsLowerCaseWithSingleDashes");
    }

    @Test
    void searchSpaceThatChanges() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    private int calls;

                    @Override
                    public SearchSpace searchSpace() {
                        return super.searchSpace().with("calls", calls++);
                    }
                }))
                .containsExactly("searchSpaceIsAlwaysTheSame");
    }

    @Test
    void recipeThatFailsAtOnePoint() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Recipe recipe(Task task, Hyperparameters chosen) {
                        return Recipe.standard().withEpochs(chosen.integer("units") - 32);
                    }
                }))
                .containsExactly("recipeIsValidAtEveryPoint");
    }

    @Test
    void networkThatFailsAtOnePoint() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        return sequence(
                                super.network(task, chosen),
                                dense(chosen.integer("units") == 32 ? 11 : task.classes()));
                    }
                }))
                .containsExactly("everyPointOfTheSearchSpaceBuilds");
    }

    @Test
    void networkThatIsReturnedTwice() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    private final Map<Object, Block> kept = new HashMap<>();

                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        return kept.computeIfAbsent(Map.entry(task, chosen), key -> super.network(task, chosen));
                    }
                }))
                .containsExactly("networkIsNewEachTime");
    }

    @Test
    void numberOfClassesThatIsFixed() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        return super.network(Task.of(task.channels(), task.height(), task.width(), 10), chosen);
                    }
                }))
                .containsExactly("imagesBecomeOneLogitPerClass");
    }

    @Test
    void colorImagesThatGiveNoNumbers() throws IOException {
        assertThat(redForLayer(task -> logits -> task.channels() == 3 ? logits.mul(Float.POSITIVE_INFINITY) : logits))
                .containsExactly("logitsAreFinite");
    }

    @Test
    void gradientThatStopsHalfway() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        return sequence(
                                flatten(), dense(256), relu(), layer(NDArray::stopGradient), dense(task.classes()));
                    }
                }))
                .containsExactly("gradientReachesEveryParameter");
    }

    @Test
    void networkThatSeesOnlyTheMeanBrightness() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        return sequence(
                                flatten(), layer(pixels -> pixels.mean(new int[] {1}, true)), dense(task.classes()));
                    }
                }))
                .containsExactly("canOverfitSixtyFourImages");
    }

    @Test
    void weightsThatIgnoreTheSeed() throws IOException {
        AtomicInteger networks = new AtomicInteger();
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        Block network = super.network(task, chosen);
                        float sigma = 0.02f + 0.0001f * networks.incrementAndGet();
                        network.setInitializer(new NormalInitializer(sigma), Parameter.Type.WEIGHT);
                        return network;
                    }
                }))
                .containsExactly("sameSeedGivesTheSameWeights");
    }

    @Test
    void evaluationThatRemembers() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        return sequence(super.network(task, chosen), new CountsEvaluations());
                    }
                }))
                .containsExactly("evaluationGivesTheSameLogitsTwice");
    }

    @Test
    void evaluationThatLooksAtTheWholeBatch() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        return sequence(
                                layer(images -> images.sub(images.mean(new int[] {0}, true))),
                                super.network(task, chosen));
                    }
                }))
                .containsExactly("evaluationOfAnImageDoesNotDependOnTheOthers");
    }

    @Test
    void numberThatIsNoParameter() throws IOException {
        assertThat(redFor(() -> new Sound() {
                    @Override
                    public Block network(Task task, Hyperparameters chosen) {
                        float factor = 0.5f + new Random().nextFloat();
                        return sequence(super.network(task, chosen), layer(logits -> logits.mul(factor)));
                    }
                }))
                .containsExactly("reloadedParametersGiveTheSameLogits");
    }

    @Test
    void jarWithAForeignClass() throws IOException {
        files.put("ai/djl/nn/Block.class", "");
        assertThat(redFor(Sound::new)).containsExactly("jarHoldsOnlyItsOwnPackage");
    }

    @Test
    void jarWithoutTheIndex() throws IOException {
        files.put("META-INF/extensions.idx", "# Generated by PF4J\n");
        assertThat(redFor(Sound::new)).containsExactly("jarIndexesTheClassifier");
    }

    @Test
    void manifestWithoutAProvider() throws IOException {
        manifest.remove("Plugin-Provider");
        assertThat(redFor(Sound::new)).containsExactly("jarSaysWhatItIs");
    }

    @Test
    void manifestWithAnUnknownProperty() throws IOException {
        manifest.put("Plugin-Description", "${project.description}");
        assertThat(redFor(Sound::new)).containsExactly("jarSaysWhatItIs");
    }

    private Set<String> redForLayer(Function<Task, UnaryOperator<NDArray>> last) throws IOException {
        return redFor(() -> new Sound() {
            @Override
            public Block network(Task task, Hyperparameters chosen) {
                return sequence(super.network(task, chosen), layer(last.apply(task)));
            }
        });
    }

    private Set<String> redFor(Supplier<Classifier> classifier) throws IOException {
        subject = classifier;
        System.setProperty(BuiltJar.PROPERTY, jarOf(classifier.get().getClass()).toString());
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Subject.class))
                .execute()
                .testEvents()
                .assertStatistics(statistics -> statistics.started(16))
                .failed()
                .stream()
                .map(event -> event.getTestDescriptor().getSource().orElseThrow())
                .map(source -> ((MethodSource) source).getMethodName())
                .collect(Collectors.toSet());
    }

    private Path jarOf(Class<?> type) throws IOException {
        files.putIfAbsent("META-INF/extensions.idx", "# Generated by PF4J\n" + type.getName() + "\n");
        Manifest written = new Manifest();
        written.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach(written.getMainAttributes()::putValue);
        Path path = folder.resolve("plugin.jar");
        try (OutputStream out = Files.newOutputStream(path);
                JarOutputStream jar = new JarOutputStream(out, written)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                jar.putNextEntry(new ZipEntry(file.getKey()));
                jar.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                jar.closeEntry();
            }
        }
        return path;
    }

    private static Block layer(UnaryOperator<NDArray> function) {
        return LambdaBlock.singleton(function, "layer");
    }

    /** Adds to the logits of several images how often it evaluated several before. */
    private static final class CountsEvaluations extends AbstractBlock {

        private int evaluations;

        @Override
        protected NDList forwardInternal(
                ParameterStore parameters, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray logits = inputs.singletonOrThrow();
            return training || logits.size(0) == 1 ? inputs : new NDList(logits.add(evaluations++));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
