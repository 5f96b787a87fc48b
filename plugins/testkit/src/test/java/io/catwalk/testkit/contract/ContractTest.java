package io.catwalk.testkit.contract;

import static io.catwalk.api.Layers.concat;
import static io.catwalk.api.Layers.conv;
import static io.catwalk.api.Layers.dense;
import static io.catwalk.api.Layers.flatten;
import static io.catwalk.api.Layers.relu;
import static io.catwalk.api.Layers.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Tags;
import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.OnnxPredictor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Breaks one promise at a time and tests which checks fail. */
final class ContractTest {

    /** Cases in which weights for 64 units may fit. */
    private static final BiPredicate<Task, Hyperparameters> WITH_64 = (task, chosen) -> chosen.integer("units") == 64;

    @TempDir
    Path folder;

    static List<BrokenPlugin> broken() {
        return BrokenPlugin.all();
    }

    /** Those that do not spin until a limit stops them. */
    static Stream<BrokenPlugin> quicklyBroken() {
        return broken().stream()
                .filter(plugin -> !Set.of("time", "large-images").contains(plugin.check()));
    }

    @ParameterizedTest
    @MethodSource("quicklyBroken")
    void brokenPromiseTurnsItsOwnCheckRed(BrokenPlugin plugin) throws InterruptedException {
        requireOneFailure(plugin, check -> !check.slow() || check.id().equals(plugin.check()));
    }

    @ParameterizedTest
    @MethodSource("broken")
    @Tag("long")
    void brokenPromiseTurnsNoOtherCheckRed(BrokenPlugin plugin) throws InterruptedException {
        requireOneFailure(plugin, check -> true);
    }

    private void requireOneFailure(BrokenPlugin plugin, Predicate<Check> which) throws InterruptedException {
        List<Check> checks = Contract.checks().stream().filter(which).toList();
        assertThat(results(plugin.subject().apply(folder), Map.of(), checks))
                .filteredOn(result -> result.verdict() == Verdict.FAILED)
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.check()).as(result.line()).isEqualTo(plugin.check());
                    assertThat(result.line()).isNotBlank().doesNotContain("\n");
                });
    }

    @Test
    void everyCheckHasABrokenPlugin() {
        assertThat(BrokenPlugin.all()).hasSizeGreaterThanOrEqualTo(25);
        assertThat(BrokenPlugin.all().stream().map(BrokenPlugin::check).collect(Collectors.toSet()))
                .isEqualTo(Contract.checks().stream().map(Check::id).collect(Collectors.toSet()));
    }

    @Test
    void soundPluginPassesEveryCheckInTwoProcesses() throws InterruptedException {
        Path jar = JarOfATest.with(Sound.class).write(folder.resolve("plugin.jar"));
        List<Result> results = results(Subject.of(Sound::new, Sound.class.getName(), jar), Map.of());
        assertThat(results).hasSameSizeAs(Contract.checks());
        requirePassed(results);
    }

    @Test
    void soundZipWithItsLibraryPassesTheChecksThatReadTheFile() throws Exception {
        JarOfATest library = JarOfATest.library().type(Library.class);
        Path zip = JarOfATest.with(SoundWithLibrary.class).writeZip(folder.resolve("plugin.zip"), library);
        List<Check> reading = Contract.checks().stream()
                .filter(check -> check.id().startsWith("jar-") || check.id().equals("two-processes"))
                .toList();
        assertThat(reading).hasSize(6);
        String className = SoundWithLibrary.class.getName();
        try (PluginClasses classes = PluginClasses.open(zip)) {
            Subject subject = Subject.of(() -> classes.make(className), className, zip);
            requirePassed(results(subject, Map.of(), reading));
        }
    }

    @Test
    void weightsOfAZipAreAmongThePluginsOwnFiles() throws Exception {
        JarOfATest plugin = JarOfATest.with(SoundWithWeights.class);
        byte[] weights = BrokenPlugin.safetensors(Map.of("02Linear.bias", 64));
        JarOfATest library = JarOfATest.library().type(Library.class).file("weights.safetensors", weights);
        assertThat(ownWeights(plugin.writeZip(folder.resolve("in-library.zip"), library)))
                .startsWith("expected weights in the jar for ")
                .contains("but found memory:/lib/library.jar!/weights.safetensors");
        plugin.file("weights.safetensors", weights);
        assertThat(ownWeights(plugin.writeZip(folder.resolve("own.zip"), library)))
                .isEmpty();
    }

    /** Returns what the check of the weights says. */
    private static String ownWeights(Path zip) throws Exception {
        String className = SoundWithWeights.class.getName();
        try (PluginClasses classes = PluginClasses.open(zip)) {
            return line(Subject.of(() -> classes.make(className), className, zip), "own-weights");
        }
    }

    /** Returns what the check says about a file of weights from which the recipe starts in some cases. */
    private String ownWeights(String name, byte[] file, BiPredicate<Task, Hyperparameters> asked)
            throws InterruptedException {
        return line(BrokenPlugin.weights(folder, name, file, asked), "own-weights");
    }

    /** Runs one check and returns why it failed; nothing if it passed. */
    private static String line(Subject subject, String check) throws InterruptedException {
        return new ContractRun(subject, Expectations.none(), List.of())
                .run(Contract.require(check))
                .line();
    }

    private String line(Classifier classifier, String check) throws InterruptedException {
        return line(BrokenPlugin.subject(() -> classifier, Sound.class, JarOfATest.with(Sound.class), folder), check);
    }

    @Test
    void libraryThatIsMissingInAZipIsFoundMissing() throws InterruptedException {
        JarOfATest library = JarOfATest.library().type(UsesLibrary.class);
        Path zip = JarOfATest.with(SoundWithLibrary.class).writeZip(folder.resolve("plugin.zip"), library);
        Subject subject = Subject.of(SoundWithLibrary::new, SoundWithLibrary.class.getName(), zip);
        Result result = new ContractRun(subject, Expectations.none(), List.of()).run(Contract.require("jar-links"));
        assertThat(result.line())
                .startsWith(SoundWithLibrary.class.getName() + " needs " + Library.class.getName() + ", which");
    }

    /** Class loaders take these classes from the program, so that no other check notices. */
    @Test
    void libraryOfAZipThatTheProgramProvidesIsRefused() throws InterruptedException {
        JarOfATest library = JarOfATest.library().type(Library.class).file("org/slf4j/Logger.class", "");
        Path zip = JarOfATest.with(SoundWithLibrary.class).writeZip(folder.resolve("plugin.zip"), library);
        Subject subject = Subject.of(SoundWithLibrary::new, SoundWithLibrary.class.getName(), zip);
        assertThat(line(subject, "jar-contents"))
                .startsWith("expected libraries without what the program provides, but found"
                        + " lib/library.jar!/org/slf4j/Logger.class: exclude that dependency");
    }

    @Test
    void soundLossAndAugmentationPass() throws InterruptedException {
        Classifier sound = BrokenPlugin.own(
                (logits, targets) -> logits.sub(targets).square().sum(new int[] {1}),
                (images, random) -> images[0][0] = random.nextFloat());
        Subject subject = BrokenPlugin.subject(() -> sound, Sound.class, JarOfATest.with(Sound.class), folder);
        ContractRun run = new ContractRun(subject, Expectations.none(), List.of());
        assertThat(run.run(Contract.require("own-loss")).line()).isEmpty();
        assertThat(run.run(Contract.require("own-augmentation")).line()).isEmpty();
    }

    @Test
    void groupsOfParametersPassIfSomethingIsLeftToTrain() throws InterruptedException {
        assertThat(line(grouped(ParameterGroup.of("02Linear.*", 0.1), ParameterGroup.of("*.bias", 0)), "recipe"))
                .isEmpty();
        assertThat(line(grouped(ParameterGroup.of("*.bias", 0.1), ParameterGroup.of("*.weight", 0)), "recipe"))
                .isEmpty();
        assertThat(line(grouped(ParameterGroup.of("*", 0)), "recipe"))
                .startsWith("expected parameters to train for 1x28x28 images of 10 classes at {units=64}, but");
        assertThat(line(grouped(ParameterGroup.of("*", 0.1), ParameterGroup.of("*.bias", 1)), "recipe"))
                .startsWith("expected parameters named *.bias, for which the recipe sets a rate, for 1x28x28 images of"
                        + " 10 classes at {units=64}, but found none outside earlier groups: try one of [02Linear.");
    }

    private static Classifier grouped(ParameterGroup... groups) {
        return new Sound() {
            @Override
            public Recipe recipe(Task task, Hyperparameters chosen) {
                return Recipe.standard().withGroups(groups);
            }
        };
    }

    /** The last layer is for 20 classes. */
    @Test
    void weightsWithNamesOfTheNetworkPass() throws InterruptedException {
        byte[] file = BrokenPlugin.safetensors(Map.of("02Linear.bias", 64, "04Linear.bias", 20));
        assertThat(ownWeights("weights.safetensors", file, WITH_64)).isEmpty();
    }

    /** A training would stop at each of them. */
    @Test
    void weightsOfAnotherShapeAreRefused() throws InterruptedException {
        byte[] empty = BrokenPlugin.safetensors(Map.of("02Linear.weight", 0));
        assertThat(ownWeights("weights.safetensors", empty, WITH_64))
                .startsWith("expected 02Linear.weight of (64, 784) in jar:file:")
                .contains(" at {units=64}, but found one of (0): ");
        byte[] of64 = BrokenPlugin.safetensors(Map.of("02Linear.bias", 64));
        assertThat(ownWeights("weights.safetensors", of64, (task, chosen) -> true))
                .startsWith("expected 02Linear.bias of (32) in jar:file:")
                .contains("!/META-INF/weights.safetensors for 1x28x28 images of 10 classes at {units=32}, but found")
                .contains(" one of (64): ");
        byte[] last = BrokenPlugin.safetensors(Map.of("04Linear.bias", 20));
        assertThat(ownWeights("weights.safetensors", last, WITH_64))
                .startsWith("expected parameters [02Linear.weight, 02Linear.bias, 04Linear.weight, 04Linear.bias] in ")
                .endsWith(", but found none of them that fits");
    }

    @Test
    void weightsThatNoTrainingReadsAreRefused() throws InterruptedException {
        byte[] file = BrokenPlugin.safetensors(Map.of("02Linear.bias", 64));
        assertThat(ownWeights("weights.pt", file, WITH_64))
                .isEqualTo("expected weights in a file that ends in .params, .safetensors or .onnx, but found "
                        + "weights.pt");
        assertThat(ownWeights("weights.params", file, WITH_64))
                .isEqualTo("expected a name such as network-0000.params, as DJL writes it, but found weights.params");
        assertThat(ownWeights("net-0000.params", file, WITH_64))
                .startsWith("expected weights that DJL wrote, which begin with DJL@, but net-0000.params begins");
        assertThat(ownWeights("weights.safetensors", Arrays.copyOf(file, file.length - 1), WITH_64))
                .startsWith("expected 02Linear.bias within the 255 bytes behind the header of ");
        byte[] text = "{\"02Linear.bias\"".getBytes(StandardCharsets.UTF_8);
        assertThat(ownWeights("weights.safetensors", text, WITH_64))
                .startsWith("expected a header of at most 100000000 bytes in jar:file:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"net-0000.params", "net.onnx"})
    void weightsOfTheNetworkFitInEveryFormat(String name) throws Exception {
        Sound sound = new Sound();
        Block block = sound.network(Task.of(1, 28, 28, 10), sound.searchSpace().defaults());
        Path file = folder.resolve(name);
        try (Network network = Network.initialized(block, new Shape(1, 1, 28, 28), 1);
                Model model = Model.newInstance("net", Device.cpu(), "PyTorch")) {
            if (name.endsWith(".onnx")) {
                network.export(new Shape(1, 28, 28), file);
            } else {
                model.setBlock(block);
                model.setProperty("Epoch", "0");
                model.save(folder, "net");
            }
        }
        byte[] content = Files.readAllBytes(file);
        assertThat(ownWeights(name, content, WITH_64.and((task, chosen) -> task.channels() * task.height() == 28)))
                .isEmpty();
        assertThat(ownWeights(name, content, WITH_64))
                .startsWith("expected 02Linear.weight of (64, 2352) in jar:file:")
                .contains(" for 3x28x28 images of 10 classes at {units=64}, but found one of (64, 784): ");
    }

    /** The layers before it get no gradient until a step has changed the zeros. */
    @Test
    void networkWhoseLastLayerStartsWithZerosPasses() throws InterruptedException {
        Classifier zeros = new Sound() {
            @Override
            public Block network(Task task, Hyperparameters chosen) {
                Block last = dense(task.classes());
                last.setInitializer(Initializer.ZEROS, Parameter.Type.WEIGHT);
                return sequence(flatten(), dense(chosen.integer("units")), relu(), last);
            }
        };
        assertThat(line(zeros, "gradient")).isEmpty();
    }

    @Test
    void networkThatKeepsTheSizeOfItsImagesPasses() throws InterruptedException {
        Classifier scaling = new Sound() {
            @Override
            public Block network(Task task, Hyperparameters chosen) {
                return sequence(new Scaling(), super.network(task, chosen));
            }
        };
        assertThat(line(scaling, "reload")).isEmpty();
    }

    /** Divides by the height of the images, which it learns when it is initialized. */
    private static final class Scaling extends AbstractBlock {

        private float factor;

        @Override
        protected void beforeInitialize(Shape... inputShapes) {
            super.beforeInitialize(inputShapes);
            factor = 1f / inputShapes[0].get(2);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore parameters, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
            return new NDList(inputs.singletonOrThrow().mul(factor));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    /** Branches may be chains, of several depths, and the flips are those of the proof that stands in a file. */
    @Test
    void networkOfConcatenatedBranchesPassesAndItsFileAnswersAlike() throws InterruptedException, IOException {
        Classifier inception = new Sound() {
            @Override
            public Block network(Task task, Hyperparameters chosen) {
                return sequence(
                        concat(conv(4, 1, 2), sequence(conv(4, 1), relu(), conv(6, 3, 2)), conv(2, 5, 2)),
                        relu(),
                        flatten(),
                        concat(dense(8), dense(task.classes())),
                        dense(task.classes()));
            }
        };
        for (String check : List.of("points", "shapes", "gradient", "reload", "alone", "onnx")) {
            assertThat(line(inception, check)).as(check).isEmpty();
        }
        Task task = Task.of(1, 28, 28, 10);
        Images images = Images.random(task, 1_000, 7);
        Path file = folder.resolve("net.onnx");
        Block block = inception.network(task, inception.searchSpace().defaults());
        try (Network network = Network.initialized(block, images.shape(), 1)) {
            network.step(images);
            network.export(new Shape(1, 28, 28), file);
            float[] expected = network.logits(images, Network.Mode.EVALUATION);
            try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
                assertThat(classes(predictor.logits(images.pixels(), 1_000))).isEqualTo(classes(expected));
            }
        }
    }

    /** Returns the class of the largest of ten logits for each image. */
    private static List<Integer> classes(float[] logits) {
        List<Integer> classes = new ArrayList<>();
        for (int first = 0; first < logits.length; first += 10) {
            int largest = first;
            for (int i = first; i < first + 10; i++) {
                largest = logits[i] > logits[largest] ? i : largest;
            }
            classes.add(largest - first);
        }
        return classes;
    }

    /** 100 images of this size would take gigabytes in a convolution or two. */
    @Test
    void costOfLargeImagesIsThatOfTwo() throws InterruptedException {
        AtomicLong most = new AtomicLong();
        Classifier large = new Sound() {
            @Override
            public Tags tags() {
                return Tags.none().withSides(224, 224);
            }

            @Override
            public Block network(Task task, Hyperparameters chosen) {
                Block mean = new BrokenPlugin.Last((images, training) -> {
                    most.accumulateAndGet(images.size(0), Math::max);
                    return images.mean(new int[] {3}).mean(new int[] {2});
                });
                return sequence(mean, dense(task.classes()));
            }
        };
        assertThat(line(large, "time")).isEmpty();
        assertThat(line(large, "memory")).isEmpty();
        assertThat(most).hasValue(2);
    }

    @Test
    void otherProcessSaysWhyItMadeNoNetwork() throws InterruptedException {
        Path jar = JarOfATest.with(Sound.class).write(folder.resolve("plugin.jar"));
        Result result = new ContractRun(Subject.of(Sound::new, "test.None", jar), Expectations.none(), List.of())
                .run(Contract.require("two-processes"));
        assertThat(result.line())
                .isEqualTo("in another process: expected a public class test.None with a public constructor without"
                        + " parameters, but found ClassNotFoundException: test.None");
    }

    @Test
    void hangingCheckIsStoppedAndNamed() throws InterruptedException {
        BrokenPlugin hanging = BrokenPlugin.all().stream()
                .filter(plugin -> plugin.name().equals("a network that is never done"))
                .findFirst()
                .orElseThrow();
        Subject subject =
                hanging.subject().apply(folder).withLimits(Limits.standard().withCheck(Duration.ofMillis(300)));
        Result result = new ContractRun(subject, Expectations.none(), List.of()).run(Contract.require("large-images"));
        assertThat(result.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(result.hung()).isTrue();
        assertThat(result.line()).isEqualTo("did not end within 0.3 s, and was stopped");
    }

    /** What runs beside it on the machine takes time from it, and processor time from nobody. */
    @Test
    void timeThatAProcessWaitsForTheMachineDoesNotCount() throws Exception {
        long wanted = Duration.ofSeconds(1).toNanos();
        Process spinning = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
        Process parked = new ProcessBuilder("sleep", "60").start();
        try {
            Effort ofSpinning = Effort.of(spinning.toHandle());
            Effort ofParked = Effort.of(parked.toHandle());
            long start = System.nanoTime();
            while (System.nanoTime() - start < wanted || ofSpinning.taken().compareTo(Duration.ofMillis(100)) < 0) {
                Thread.sleep(20);
            }
            Duration used = spinning.info().totalCpuDuration().orElseThrow();
            assertThat(ofSpinning.taken()).isLessThanOrEqualTo(used.plusMillis(300));
            // Nobody keeps it from running, so it is its own fault.
            assertThat(ofParked.taken()).isGreaterThan(Duration.ofNanos(wanted));
            assertThat(ofParked.exceeds(Duration.ofMillis(900))).isTrue();
            assertThat(ofParked.exceeds(Duration.ofMinutes(5))).isFalse();
        } finally {
            spinning.destroyForcibly();
            parked.destroyForcibly();
        }
    }

    @Test
    void checksThatWaitForASkippedOneNameTheOneThatFailed() throws InterruptedException {
        Subject subject = BrokenPlugin.all().get(0).subject().apply(folder);
        ContractRun run = new ContractRun(subject, Expectations.none(), Set.of("finite"));
        assertThat(run.run(Contract.require("repeatable")).line()).isEqualTo("was not run, since finite did not pass");
        assertThat(run.run(Contract.require("alone")).line()).isEqualTo("was not run, since finite did not pass");
    }

    @Test
    void expectedFailureMustFail() throws InterruptedException {
        Subject broken = BrokenPlugin.all().get(0).subject().apply(folder);
        Map<String, String> expected = Map.of("jar-manifest", "it is old", "jar-index", "it is odd");
        assertThat(results(broken, expected))
                .filteredOn(result -> expected.containsKey(result.check()))
                .extracting(Result::check, Result::verdict, Result::line)
                .containsExactly(
                        tuple("jar-manifest", Verdict.EXPECTED, "it is old"),
                        tuple(
                                "jar-index",
                                Verdict.FAILED,
                                "was expected to fail (it is odd), but passes: remove the expectation"));
    }

    @Test
    void expectationNeedsAKnownCheckAndAReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Expectations.of(Map.of("jar", "why")))
                .withMessageStartingWith("unknown check 'jar'; known are jar-manifest, jar-index, ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Expectations.of(Map.of("onnx", " ")))
                .withMessage("expected a reason why the check 'onnx' fails, but it is empty");
    }

    @Test
    void checkIsLeftOutWhereItsGroundIsMissing() throws InterruptedException {
        Subject subject = BrokenPlugin.all().get(0).subject().apply(folder);
        Result result =
                new ContractRun(subject, Expectations.none(), Set.of("same-seed")).run(Contract.require("reload"));
        assertThat(result).isEqualTo(Result.skipped("reload", "was not run, since same-seed did not pass"));
    }

    @Test
    void checkPresumesOnlyThoseBeforeIt() {
        Set<String> before = new HashSet<>();
        for (Check check : Contract.checks()) {
            assertThat(before).containsAll(check.presumed());
            assertThat(before.add(check.id())).as(check.id()).isTrue();
            assertThat(check.id()).matches("[a-z]+(-[a-z]+)*").hasSizeLessThanOrEqualTo(16);
            assertThat(check.promise()).hasSizeLessThanOrEqualTo(52);
        }
    }

    @Test
    void programNeedsNoTestLibraryForTheChecks() throws Exception {
        Path classes = Path.of(Contract.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Set<String> named = new HashSet<>();
        try (Stream<Path> files = Files.walk(classes.resolve("io/catwalk/testkit/contract"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".class")).toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    named.addAll(ClassFile.named(in));
                }
            }
        }
        assertThat(named).contains(Classifier.class.getName());
        assertThat(named).noneMatch(name -> name.startsWith("org.junit.") || name.startsWith("org.assertj."));
    }

    @Test
    void pageListsEveryCheck() throws Exception {
        String page = Files.readString(root().resolve("docs/reference/contract.md"));
        List<String> rows = page.lines().filter(line -> line.startsWith("| `")).toList();
        assertThat(rows)
                .containsExactlyElementsOf(Contract.checks().stream()
                        .map(check -> "| `" + check.id() + "` | " + check.promise() + " | "
                                + (check.presumed().isEmpty()
                                        ? ""
                                        : "`" + String.join("`, `", new TreeSet<>(check.presumed())) + "` ")
                                + "|")
                        .toList());
    }

    /** javac knows -proc:full since 17.0.11 and 21 only; processors that are named or have a path run without it. */
    @ParameterizedTest
    @ValueSource(strings = {"pom.xml", "plugins/pom.xml", "examples/plugin/pom.xml"})
    void buildFilesSuitEveryJdkFrom17OnAndSendNothing(String file) throws IOException {
        assertThat(root().resolve(file))
                .content()
                .doesNotContain("<proc>")
                .containsPattern("<annotationProcessor(Paths|s)\\b")
                .contains("<ORT_DISABLE_TELEMETRY>1</ORT_DISABLE_TELEMETRY>");
    }

    private static void requirePassed(List<Result> results) {
        assertThat(results)
                .allSatisfy(result ->
                        assertThat(result.verdict()).as(result.toString()).isEqualTo(Verdict.PASSED));
    }

    private static List<Result> results(Subject subject, Map<String, String> expected) throws InterruptedException {
        return results(subject, expected, Contract.checks());
    }

    private static List<Result> results(Subject subject, Map<String, String> expected, List<Check> checks)
            throws InterruptedException {
        ContractRun run = new ContractRun(subject, Expectations.of(expected), List.of());
        List<Result> results = new ArrayList<>();
        for (Check check : checks) {
            results.add(run.run(check));
        }
        return results;
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/how-to/write-a-plugin.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "expected docs/how-to/write-a-plugin.md above");
        }
        return folder;
    }
}
