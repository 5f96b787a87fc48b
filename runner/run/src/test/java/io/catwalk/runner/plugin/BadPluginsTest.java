package io.catwalk.runner.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Task;
import io.catwalk.runner.data.ContentStore;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Looks at one folder of plugins that each behave badly in their own way, before anybody has asked for them. */
@Tag("long")
final class BadPluginsTest {

    private static final Task TASK = Task.of(1, 28, 28, 10);
    private static final String SPACE = "@Override public SearchSpace searchSpace() { ";
    private static final String RECIPE = "@Override public Recipe recipe(Task task, Hyperparameters chosen) { ";
    private static final String FOREVER = "while (true) { java.util.concurrent.locks.LockSupport.park(); } ";
    private static final String STATIC_SPIN = "static { while (System.nanoTime() != 1) { Thread.onSpinWait(); } ";

    private static final String HOARD =
            "var all = new java.util.ArrayList<long[]>(); while (true) { all.add(new long[1 << 24]); }";

    private static final String CLOSE = "try { new java.io.FileOutputStream(java.io.FileDescriptor.out).close(); }"
            + " catch (java.io.IOException e) { }";

    /** Name to what is bad about it, and how that is said; in the order in which they are looked at. */
    private static final Map<String, Kind> BAD = new TreeMap<>(Map.ofEntries(
            bad("static-exits", "", "static { System.exit(0); ", "exit code 0 in the constructor of test.Sample"),
            bad("static-spins", "", STATIC_SPIN, "gave no answer within 2 s in the constructor of test.Sample"),
            bad("static-dies", "", "static { if (true) throw new ThreadDeath(); ", "threw ThreadDeath"),
            bad("constructor-halts", "Runtime.getRuntime().halt(0);", "static { ", "exit code 0 in the constructor"),
            bad("constructor-hangs", FOREVER, "static { ", "no answer within 2 s in the constructor of test.Sample"),
            bad("constructor-errs", "throw new Error(\"no\\nway\");", "static { ", "threw Error: no way"),
            bad("constructor-crashes", shell("kill -SEGV $PPID"), "static { ", "crashed its process in native code"),
            bad("constructor-is-killed", shell("kill -KILL $PPID"), "static { ", "was killed, perhaps out of memory"),
            bad("constructor-hoards", HOARD, "static { ", "threw OutOfMemoryError"),
            bad("constructor-closes-the-pipe", CLOSE, "static { ", "closed the output of its process in"),
            bad("space-exits", "", SPACE + "System.exit(3); return null; ", "exit code 3 in test.Sample.searchSpace()"),
            bad("space-hangs", "", SPACE + FOREVER, "no answer within 2 s in test.Sample.searchSpace()"),
            bad("space-recurs", "", SPACE + "return searchSpace(); ", "searchSpace() threw StackOverflowError"),
            bad("space-is-null", "", SPACE + "return null; ", "test.Sample.searchSpace() returned null"),
            bad("space-is-no-number", "", SPACE + "return SearchSpace.none().with(\"a\", Double.NaN); ", "infinite or"),
            bad("recipe-exits", "", RECIPE + "System.exit(4); return null; ", "exit code 4 in test.Sample.recipe(...)"),
            bad("recipe-hangs", "", RECIPE + FOREVER, "no answer within 2 s in test.Sample.recipe(...)")));

    /** Name to what is odd about its constructor, which harms nobody. */
    private static final Map<String, String> ODD = Map.of(
            "prints", "for (int i = 0; i < 100_000; i++) { System.out.println(\"{\\\"question\\\":0}\"); }",
            "closes-streams",
                    "try { System.out.close(); System.err.close(); System.in.close(); } catch (Exception e) { }",
            "swaps-streams", "System.setOut(null); System.setErr(null); System.setIn(null);",
            "clears-properties", "System.getProperties().clear();",
            "sets-properties", "System.setProperty(\"java.class.path\", \"\"); System.setProperties(null);",
            "reads-streams", "try { System.in.read(); } catch (java.io.IOException e) { }",
            "interrupts", "Thread.currentThread().interrupt();",
            "writes-raw",
                    "try { new java.io.FileOutputStream(java.io.FileDescriptor.out).write('x'); }"
                            + " catch (java.io.IOException e) { throw new IllegalStateException(e); }");

    private record Kind(TestPlugin plugin, String reason) {}

    @TempDir
    private static Path folder;

    private static PluginCatalog general;
    private static PluginCatalog catalog;

    private static Map.Entry<String, Kind> bad(String name, String constructor, String member, String reason) {
        return Map.entry(name, new Kind(TestPlugin.having(name, constructor, member), reason));
    }

    private static String shell(String script) {
        return "try { new ProcessBuilder(\"sh\", \"-c\", \"" + script
                + "\").start().waitFor(); } catch (Exception e) { } ";
    }

    @BeforeAll
    static void look() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        BAD.forEach((name, kind) -> kind.plugin.write(plugins.resolve(name + ".jar")));
        // These come first, into the process of all others.
        ODD.forEach((name, constructor) ->
                TestPlugin.having(name, constructor, "static { ").write(plugins.resolve("0-" + name + ".jar")));
        ContentStore cache = new ContentStore(ContentStore.Kind.INSPECTIONS, folder.resolve("cache"));
        general = PluginCatalog.open(plugins, new Inspection(Duration.ofSeconds(2), cache));
        catalog = general.on(TASK);
    }

    static Stream<String> bad() {
        return BAD.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadJarCostsItsOwnRow(String name) {
        String reason = Objects.requireNonNull(BAD.get(name)).reason;
        assertThat(catalog.failures())
                .filteredOn(failure -> failure.concerns(name))
                .singleElement()
                .matches(failure ->
                        failure.reason().contains(reason) && !failure.reason().contains("\n"));
    }

    @Test
    void allOthersAreListed() {
        assertThat(catalog.classifiers())
                .extracting(InstalledClassifier::name)
                .containsExactlyInAnyOrderElementsOf(ODD.keySet());
        assertThat(catalog.failures()).hasSize(BAD.size());
    }

    /** A failure may have its cause outside of the jar. */
    @Test
    void onlyWhatWasSeenIsKept() throws IOException {
        // Bad recipes are seen when a task is there.
        assertThat(general.classifiers()).hasSize(ODD.size() + 2);
        Stream<String> expected = Stream.concat(
                general.classifiers().stream().map(one -> one.plugin().sha256() + ".json"),
                catalog.classifiers().stream().map(one -> one.plugin().sha256() + "-HASH.json"));
        try (Stream<Path> kept = Files.list(folder.resolve("cache"))) {
            assertThat(kept.map(file -> file.getFileName().toString().replaceFirst("-[0-9a-f]+", "-HASH")))
                    .containsExactlyInAnyOrderElementsOf(expected.toList());
        }
    }
}
