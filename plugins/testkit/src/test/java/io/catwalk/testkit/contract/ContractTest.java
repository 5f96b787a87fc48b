package io.catwalk.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.catwalk.api.Classifier;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Breaks one promise at a time and tests which checks fail. */
final class ContractTest {

    @TempDir
    Path folder;

    static List<BrokenPlugin> broken() {
        return BrokenPlugin.all();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenPromiseTurnsItsOwnCheckRed(BrokenPlugin plugin) throws InterruptedException {
        List<Result> results = results(plugin.subject().apply(folder), Map.of());
        assertThat(results)
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
        JarOfATest library = JarOfATest.library().type(Library.class).file("weights.pt", "weights");
        assertThat(ownWeights(plugin.writeZip(folder.resolve("in-library.zip"), library)))
                .startsWith("expected weights in the jar for ")
                .contains("but found memory:/lib/library.jar!/weights.pt");
        plugin.file("weights.pt", "weights");
        assertThat(ownWeights(plugin.writeZip(folder.resolve("own.zip"), library)))
                .isEmpty();
    }

    /** Returns what the check of the weights says. */
    private static String ownWeights(Path zip) throws Exception {
        String className = SoundWithWeights.class.getName();
        try (PluginClasses classes = PluginClasses.open(zip)) {
            Subject subject = Subject.of(() -> classes.make(className), className, zip);
            return new ContractRun(subject, Expectations.none(), List.of())
                    .run(Contract.require("own-weights"))
                    .line();
        }
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
    void weightsWithNamesOfTheNetworkPass() throws InterruptedException {
        ContractRun run =
                new ContractRun(BrokenPlugin.weights(folder, "02Linear.weight"), Expectations.none(), List.of());
        assertThat(run.run(Contract.require("own-weights")).line()).isEmpty();
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
