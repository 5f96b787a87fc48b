package io.catwalk.runner;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessField;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessTargetWhere;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callConstructor;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethod;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.conditions.ArchConditions.haveModifier;
import static com.tngtech.archunit.lang.conditions.ArchConditions.never;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Holds the picture of the architecture. Each rule says how many classes it is about at the least. */
@Tag("tiny")
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.catwalk.api", "io.catwalk.onnx", "io.catwalk.runner");

    /**
     * The packages of each module; modules are held apart by the compiler. Each package may use those to its left; the classes of
     * the root package, all of them. With how many classes each has.
     */
    private static final List<List<String>> MODULES = Stream.of(
                    "process 8, data 22, supply 3",
                    "plugin 19, evaluation 19, training 18, statistics 17, latency 7, given 8, trial 38, remote 6, results 16, experiment 45, robustness 9",
                    "report 120",
                    "runtimes 5, contract 5, demo 4, derived 6, packaging 5, cli 37")
            .map(module -> List.of(module.split(", ", -1)))
            .toList();

    private static final List<String> LAYERS =
            MODULES.stream().flatMap(List::stream).toList();

    private static final List<String> LEFT_TO_RIGHT = names(LAYERS);

    private static final DescribedPredicate<JavaClass> RUNNER = resideInAPackage("io.catwalk.runner..");

    private static final Path CONTRIBUTING = Path.of("../../CONTRIBUTING.md");

    /** The rows of its table of modules. */
    private static final Pattern BUDGET = Pattern.compile("(?m)^\\| `([a-z/-]+)` \\| [^|]+ \\| ([0-9,]+) \\|$");

    private static void holds(int floor, DescribedPredicate<? super JavaClass> which, ArchCondition<JavaClass> rule) {
        assertThat(CLASSES.that(which)).hasSizeGreaterThanOrEqualTo(floor);
        classes().that(which).should(rule).allowEmptyShould(floor == 0).check(CLASSES);
    }

    private static List<String> names(List<String> layers) {
        return layers.stream().map(layer -> layer.split(" ", -1)[0]).toList();
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> "io.catwalk.runner." + name + "..").toArray(String[]::new);
    }

    private static ArchCondition<JavaClass> knowsNone(String... packages) {
        return never(dependOnClassesThat(resideInAnyPackage(packages)));
    }

    @ParameterizedTest
    @FieldSource("LAYERS")
    void aPackageUsesOnlyThoseToItsLeft(String layer) {
        String name = layer.split(" ", -1)[0];
        int floor = Integer.parseInt(layer.split(" ", -1)[1]);
        List<String> module =
                MODULES.stream().filter(all -> all.contains(layer)).findFirst().orElseThrow();
        List<String> right = names(module.subList(module.indexOf(layer) + 1, module.size()));
        holds(floor, resideInAPackage("io.catwalk.runner." + name + ".."), knowsNone(packages(right)));
    }

    /** What a document and its charts are made of: all that renderers may know of the package of reports. */
    private static final Set<String> DOCUMENT =
            Set.of(("Block Cell Chart ChartAxis Document Letters Mark MatrixChart Medium Palette Picture"
                            + " RowChart Section Symbol Table Unit XyChart")
                    .split(" ", -1));

    /** A renderer shows a document and decides nothing: it knows neither results nor how they were computed (ADR 32). */
    @ParameterizedTest
    @CsvSource({"page[.].*, 7", "slides[.].*, 17", "(Markdown|Terminal)Text.*, 3"})
    void aRendererKnowsOnlyTheDocument(String renderer, int floor) {
        List<String> rest = LEFT_TO_RIGHT.stream()
                .filter(name -> !name.equals("report") && !name.equals("cli"))
                .collect(Collectors.toCollection(ArrayList::new));
        rest.add("report.drawing");
        DescribedPredicate<JavaClass> which = DescribedPredicate.describe(
                "are renderers", type -> type.getName().matches("io[.]catwalk[.]runner[.]report[.]" + renderer));
        DescribedPredicate<JavaClass> decides = DescribedPredicate.describe(
                "decide what is said",
                type -> type.getPackageName().equals("io.catwalk.runner.report")
                        && !which.test(type)
                        && !DOCUMENT.contains(
                                type.getName().replaceFirst(".*[.]", "").replaceFirst("[$].*", "")));
        holds(floor, which, knowsNone(packages(rest)));
        holds(floor, which, never(dependOnClassesThat(decides)));
    }

    /** Nothing is to the right of the command line: what there is to hold is that it has one way in. */
    @Test
    void theCommandLineHasOneWayIn() {
        var inside = resideInAPackage("io.catwalk.runner.cli..");
        holds(36, inside.and(except("runner: cli.Main")), never(haveModifier(JavaModifier.PUBLIC)));
    }

    @Test
    void theRootPackageUsesNoneOfThem() {
        holds(9, resideInAPackage("io.catwalk.runner"), knowsNone(packages(LEFT_TO_RIGHT)));
    }

    @Test
    void everyPackageIsInThePictureThatContributorsAreTold() {
        DescribedPredicate<JavaClass> elsewhere =
                not(resideInAnyPackage(packages(LEFT_TO_RIGHT))).and(not(resideInAPackage("io.catwalk.runner")));
        assertThat(CLASSES.that(RUNNER)).hasSizeGreaterThanOrEqualTo(340);
        assertThat(CLASSES.that(RUNNER.and(elsewhere))).isEmpty();
        for (List<String> module : MODULES) {
            String row = names(module).stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
            assertThat(CONTRIBUTING).content().contains(" | " + row + " | ");
        }
    }

    /** What needs more room takes something out. */
    @Test
    void noModuleHasMoreLinesOfMainCodeThanItsBudget() throws IOException {
        Map<String, Integer> budgets = new TreeMap<>();
        BUDGET.matcher(Files.readString(CONTRIBUTING))
                .results()
                .forEach(row ->
                        budgets.put(row.group(1), Integer.parseInt(row.group(2).replace(",", ""))));
        assertThat(budgets)
                .containsKeys(
                        "core-api onnx-models onnx-models/tools plugins/testkit runner/cli runner/data runner/report runner/run spark"
                                .split(" ", -1));
        for (var budget : budgets.entrySet()) {
            int lines = 0;
            try (Stream<Path> files =
                    Files.walk(CONTRIBUTING.resolveSibling(budget.getKey()).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    lines += Files.readAllLines(file).size();
                }
            }
            assertThat(lines).as(budget.getKey()).isBetween(1, budget.getValue());
        }
    }

    @Test
    void theContractOfPluginsNeedsOnlyDjlAndPf4j() {
        String these = "io.catwalk.api.. java.. ai.djl ai.djl.engine ai.djl.ndarray.. ai.djl.nn.. ai.djl.training.."
                + " ai.djl.util.. org.pf4j.. org.jspecify..";
        DescribedPredicate<JavaClass> allowed = resideInAnyPackage(these.split(" ", -1));
        holds(17, resideInAPackage("io.catwalk.api.."), onlyDependOnClassesThat(allowed));
    }

    /**
     * A graph is what was traced, without the arrays that it was traced on and without the way here. Files of any program
     * are run, quantized and compared without what traces and lowers networks of ours (ADR 22).
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            118 | ..          | org.pf4j.. io.catwalk.api.. io.catwalk.runner.. ai.djl.pytorch.. |
            22  | .graph..    | ai.djl.. ai.onnxruntime.. io.catwalk.onnx | trace lowering runtime parity
            29  | .trace..    | ai.onnxruntime..                          | lowering runtime parity
            6   | .file       | ai.djl.. ai.onnxruntime..                 | trace lowering graph parity
            18  | .runtime..  | ai.djl..                                  | trace lowering graph
            9   | .parity..   | ai.djl..                                  | trace lowering graph
            4   | .compose    | ai.djl..                                  | trace lowering parity
            9   | .quantize   | ai.djl..                                  | trace lowering parity
            9   | .diff       | ai.djl..                                  | trace lowering parity
            """)
    void aPartOfTheOnnxLibraryKnowsNothingOfOthers(int floor, String part, String others, @Nullable String parts) {
        List<String> all = new ArrayList<>(List.of(others.split(" ", -1)));
        for (String other : parts == null ? new String[0] : parts.split(" ", -1)) {
            all.add("io.catwalk.onnx." + other + "..");
        }
        var unknown =
                resideInAnyPackage(all.toArray(String[]::new)).and(except("onnx: ExportException runtime.TensorType"));
        holds(floor, resideInAPackage("io.catwalk.onnx" + part), never(dependOnClassesThat(unknown)));
    }

    @Test
    void onlyTheWriterTheReadersAndTheRewriterOfFilesTouchProtobuf() {
        var others = except("onnx: graph.OnnxSerializer graph.OnnxParser file runtime compose quantize diff");
        holds(430, others, knowsNone("ai.onnx.proto..", "com.google.protobuf.."));
    }

    /** The console is handed the streams by the one class that starts the program; other processes have their own. */
    @Test
    void onlyTheMainClassesTouchTheStreamsOfTheProcess() {
        var others = except("runner: cli.Main trial.TrialMain contract.ContractMain plugin.InspectionMain");
        var streams = accessField(System.class, "out").or(accessField(System.class, "err"));
        holds(470, others, never(streams.or(access((owner, name) -> name.equals("printStackTrace")))));
    }

    @Test
    void everyRandomNumberHasASeed() {
        var unseeded = dependOnClassesThat(JavaClass.Predicates.assignableTo(Random.class))
                .or(dependOnClassesThat(JavaClass.Predicates.assignableTo(ThreadLocalRandom.class)))
                .or(callMethod(Math.class, "random"))
                .or(callMethod(Collections.class, "shuffle", List.class))
                .or(callConstructor(SplittableRandom.class));
        holds(470, DescribedPredicate.alwaysTrue(), never(unseeded));
    }

    /** A gradient by DJL alone may be wrong after a garbage collection (ADR 25). */
    @Test
    void onlyTheContractOpensCollectorsOfGradients() {
        var collectors = access((owner, name) -> name.equals("newGradientCollector"));
        holds(470, except("api: Gradients"), never(collectors));
    }

    /** A trial and a measurement read the clock and hand it on; a store notes uses; the command line names run folders. */
    @Test
    void onlyTrialsTheStoreAndTheCommandLineReadTheClock() {
        var others = except("runner: trial.TrialRun latency.LatencyBench data.ContentStore cli");
        Set<String> now = Set.of("now", "systemUTC", "systemDefaultZone");
        var clock = access((owner, name) -> owner.equals("java.lang.System")
                ? Set.of("nanoTime", "currentTimeMillis").contains(name)
                : owner.startsWith("java.time.") && now.contains(name));
        holds(430, others, never(clock));
    }

    @Test
    void noPackageIsADrawerForOddsAndEnds() {
        assertThat(CLASSES).hasSizeGreaterThanOrEqualTo(480);
        String drawers = "..util.. ..utils.. ..common.. ..helper.. ..helpers.. ..manager.. ..impl..";
        assertThat(CLASSES.that(resideInAnyPackage(drawers.split(" ", -1)))).isEmpty();
    }

    /** What is public may be used from anywhere: it is not also to be extended from anywhere. */
    @Test
    void publicClassesAreFinal() {
        DescribedPredicate<JavaClass> open = DescribedPredicate.describe(
                "are public classes",
                type -> type.getModifiers().contains(JavaModifier.PUBLIC) && !type.isInterface() && !type.isEnum());
        holds(90, RUNNER.and(open), haveModifier(JavaModifier.FINAL));
    }

    /** Calls whose texts say why something is refused, lost or made again: messages, not results. */
    private static final Pattern MESSAGE =
            Pattern.compile("Exception\\(|\\bLOG\\.|[nN]ote(\\.accept)?\\(|refusal\\(|damaged\\("
                    + "|require\\w*\\(|sameLength\\(|bring\\(|(Lost|Failed)\\(");

    /** Classes that make such messages from parts. */
    private static final Set<String> MESSAGES = Set.of(
            ("DataSetRuns Experiment ExperimentRequest ExperimentTree RunFolder RunLock TreeReader OnnxModel Quantizer SavedTrial"
                            + " TrialBench TrialFile TrialFolder TrialMain TrialProcess TrialRepair")
                    .split(" ", -1));

    private static final Pattern TOKEN =
            Pattern.compile("(\"(?:\\\\.|[^\"\\\\])*\")|/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
    private static final Pattern SENTENCE = Pattern.compile("[a-z]{3,} [a-z]|[a-z] [a-z]{3,}");

    private static List<String> sentences(String source) {
        String code = TOKEN.matcher(source)
                .replaceAll(found -> found.group(1) == null ? "" : Matcher.quoteReplacement(found.group(1)));
        return Stream.of(code.split("(?<=[;{}])\\s*\\n", -1))
                .filter(statement -> !MESSAGE.matcher(statement).find())
                .flatMap(statement -> TOKEN.matcher(statement).results().map(MatchResult::group))
                .filter(literal -> SENTENCE.matcher(literal).find())
                .toList();
    }

    /** Numbers and what is said about them are apart: these packages are read by programs (results.json). */
    @ParameterizedTest
    @CsvSource({
        "statistics, 12",
        "evaluation, 13",
        "results, 5",
        "experiment, 23",
        "latency, 7",
        "trial, 29",
        "derived, 5"
    })
    void numbersHoldNoSentence(String name, int floor) throws IOException {
        Path sources = Stream.of("data", "run", "report", "cli")
                .map(module -> Path.of("..", module, "src/main/java/io/catwalk/runner", name))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow();
        Map<String, List<String>> found = new TreeMap<>();
        int files = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(sources, "*.java")) {
            for (Path file : all) {
                files++;
                String type = file.getFileName().toString().replace(".java", "");
                List<String> sentences = sentences(Files.readString(file));
                if (!sentences.isEmpty() && !MESSAGES.contains(type)) {
                    found.put(type, sentences);
                }
            }
        }
        assertThat(files).isGreaterThanOrEqualTo(floor);
        assertThat(found).isEmpty();
    }

    @Test
    void aSentenceIsFoundAndAMessageIsNot() {
        String sentence = "return first + \" is significantly better than \" + second;\n";
        String message = "throw new IllegalArgumentException(\"expected at least 2 values\");\n";
        assertThat(sentences(message + "/** \"in a comment of text\" */ " + sentence + message))
                .containsExactly("\" is significantly better than \"");
    }

    /** Returns all classes but some of a module, and those inside them, and those of some packages. */
    private static DescribedPredicate<JavaClass> except(String names) {
        String module = "io.catwalk." + names.replaceFirst(":.*", ".");
        List<String> all = Stream.of(names.replaceFirst(".*: ", "").split(" ", -1))
                .map(module::concat)
                .toList();
        return DescribedPredicate.describe(
                "are none of " + all,
                type -> all.stream()
                        .noneMatch(name -> (type.getName() + "$").startsWith(name + "$")
                                || type.getPackageName().equals(name)));
    }

    private static ArchCondition<JavaClass> access(BiPredicate<String, String> which) {
        return accessTargetWhere(DescribedPredicate.describe(
                "it is one of these",
                (JavaAccess<?> access) -> which.test(
                        access.getTargetOwner().getName(), access.getTarget().getName())));
    }
}
