package io.catwalk.runner.plugin;

import static io.catwalk.runner.Refusals.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.api.Task;
import io.catwalk.runner.plugin.PluginCatalog.InstalledClassifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Opens one folder with sound plugins and those that are each refused for their own reason. */
@Tag("tiny")
final class PluginCatalogTest {

    private static final String CODE = TestPlugin.CLASS_FILE;
    private static final String LIST = "META-INF/extensions.idx";
    private static final String[] TWO = {"Plugin-Version", "Plugin-Requires"};

    private record Refused(TestPlugin plugin, String reason) {}

    /** Name of a plugin, and how it is said to be refused. */
    private static final Map<String, Refused> REFUSED = new TreeMap<>(Map.ofEntries(
            sound(
                    "shared-classes",
                    "carries META-INF/versions/21/org/slf4j/Logger.class and 1 more",
                    plugin -> plugin.file("ai/djl/nn/Block.class", new byte[] {1})
                            .file("META-INF/versions/21/org/slf4j/Logger.class", new byte[] {1})),
            entry("range", "Plugin-Requires", "the newest", "in Plugin-Requires, but found the newest"),
            entry("next", "Plugin-Requires", ">=2.0.0 & <3.0.0", "needs version >=2.0.0 & <3.0.0 of the Catwalk API,"),
            entry("former", "Plugin-Requires", ">=0.9.0 & <1.0.0", "<1.0.0 of the Catwalk API, but this is 1.0.0"),
            entry("djl", "Requires-DJL", "1.2.3", "needs DJL 1.2.3, but this is DJL 0."),
            entry("plugin-class", "Plugin-Class", "test.Nowhere", "has Plugin-Class, which would run before"),
            entry("dependent", "Plugin-Dependencies", "beta", "plugins stand alone"),
            // The code beside it would stand in no digest.
            entry("class-path", "Class-Path", "other.jar", "has Class-Path, but the jar's digest does not cover"),
            entry("long-manifest", "Plugin-Description", "x".repeat(2 << 20), "at most 1048576 bytes, unpacked"),
            sound("entries", "lacks Plugin-Version, Plugin-Requires", jar -> jar.withoutManifest(TWO)),
            sound("no-list", "has no META-INF/extensions.idx", jar -> jar.withoutFile(LIST)),
            sound("empty-list", "names no class in META-INF/extensions.idx", jar -> listing(jar, "# Generated")),
            sound("no-class", "names test.Sample, which is not in the jar", jar -> jar.withoutFile(CODE)),
            sound("no-classifier", "does not implement io.catwalk.api.Classifier", jar -> withOther(jar)),
            sound("newer-java", "compiled for a newer Java than this", TestPlugin::compiledForANewerJava),
            sound("garbled", "cannot create a test.Sample (ClassFormatError", jar -> jar.file(CODE, new byte[3])),
            made("twice", TestPlugin.ofTwo("twice", "twice", "twice"), "two classifiers named twice"),
            bodies("throws", "throw new IllegalStateException(\"no\\nway\");", "", "IllegalStateException: no way"),
            bodies("deep", "", "throw new StackOverflowError(\"deep\");", "name() threw StackOverflowError: deep"),
            bodies("capitals", "", "return \"Alpha\";", "must return lower-case letters, digits and"),
            made(
                    "static",
                    TestPlugin.having("static", "", "static final int ONE = Integer.parseInt(\"one\"); static {"),
                    "NumberFormatException: For input string: \"one\"")));

    public static final class Other {}

    @TempDir
    private static Path shared;

    private static PluginCatalog catalog;

    @TempDir
    private Path folder;

    private static Map.Entry<String, Refused> made(String name, TestPlugin plugin, String reason) {
        return Map.entry(name, new Refused(plugin, reason));
    }

    private static Map.Entry<String, Refused> sound(String name, String reason, UnaryOperator<TestPlugin> change) {
        return made(name, change.apply(TestPlugin.sound(name)), reason);
    }

    private static Map.Entry<String, Refused> entry(String name, String entry, String value, String reason) {
        return sound(name, reason, jar -> jar.manifest(entry, value));
    }

    private static Map.Entry<String, Refused> bodies(String name, String constructor, String named, String reason) {
        String body = named.isEmpty() ? "return \"" + name + "\";" : named;
        return made(name, TestPlugin.withBodies(name, constructor, body, TestPlugin.NETWORK), reason);
    }

    private static TestPlugin listing(TestPlugin plugin, String extension) {
        return plugin.file(LIST, (extension + "\n").getBytes(UTF_8));
    }

    private static TestPlugin withOther(TestPlugin plugin) {
        String name = Other.class.getName();
        try (var in = PluginCatalogTest.class.getResourceAsStream("PluginCatalogTest$Other.class")) {
            byte[] code = Objects.requireNonNull(in).readAllBytes();
            return listing(plugin, name).file(name.replace('.', '/') + ".class", code);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void open() throws Exception {
        REFUSED.forEach((name, refused) -> refused.plugin.write(shared.resolve(name + ".jar")));
        // Whatever their jars are called, these are sorted by name.
        TestPlugin.sound("gamma").write(shared.resolve("1.jar"));
        TestPlugin.sound("alpha").write(shared.resolve("2.jar"));
        TestPlugin.sound("beta")
                .manifest("Plugin-Requires", ">=1.0.0 & <2.0.0")
                .manifest("Requires-DJL", "0.30.0")
                .write(shared.resolve("0.jar"));
        TestPlugin.sound("same-id").write(shared.resolve("id-1.jar"));
        TestPlugin.sound("same-id").write(shared.resolve("id-2.jar"));
        TestPlugin.sound("same-name").manifest("Plugin-Id", "one").write(shared.resolve("one.jar"));
        TestPlugin.sound("same-name").manifest("Plugin-Id", "two").write(shared.resolve("two.jar"));
        Path plain = TestPlugin.sound("signed").write(shared.resolve("plain"));
        TestJars.signed(plain, shared.resolve("signed.jar"));
        Path changed = TestJars.signed(TestPlugin.sound("changed").write(plain), shared.resolve("changed.jar"));
        TestJars.replace(
                changed, CODE, TestPlugin.building("changed", "return null;").files());
        byte[] whole = Files.readAllBytes(shared.resolve("0.jar"));
        Files.write(shared.resolve("truncated-1.0.jar"), Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(shared.resolve("text.jar"), "This is a text.");
        // These are left alone.
        Files.writeString(shared.resolve("notes.txt"), "no jar");
        Files.createDirectory(shared.resolve("folder.jar"));
        Files.writeString(shared.resolve("disabled.txt"), "alpha\n");
        catalog = PluginCatalog.open(shared);
    }

    @Test
    void whatIsSoundIsListedWithWhereItCameFrom() throws Exception {
        Path jar = shared.resolve("2.jar");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
        InstalledClassifier alpha = catalog.require("alpha");

        assertThat(catalog.classifiers())
                .extracting(InstalledClassifier::name)
                .containsExactly("alpha", "beta", "gamma", "signed");
        assertThat(alpha).isSameAs(catalog.classifiers().get(0));
        assertThat(alpha.plugin().id() + " " + alpha.plugin().version() + ", "
                        + alpha.plugin().provider() + ", " + alpha.plugin().description())
                .isEqualTo("alpha 1.2.3, The test, A plugin of the test");
        assertThat(alpha.plugin().path()).isEqualTo(jar);
        assertThat(alpha.plugin().sha256()).isEqualTo(HexFormat.of().formatHex(digest));
    }

    /** Who asks for it reads the reason in one line. */
    @ParameterizedTest
    @FieldSource("NAMES")
    void whatIsRefusedCostsOnlyItself(String name) {
        assertRefused(name, Objects.requireNonNull(REFUSED.get(name)).reason);
    }

    static final Set<String> NAMES = REFUSED.keySet();

    @ParameterizedTest
    @CsvSource({
        "truncated, a damaged file or another format",
        "text, a damaged file or another format",
        "changed, its signature does not fit test/Sample.class",
        "same-id, Plugin-Id same-id is in id-1.jar and in id-2.jar",
        "same-name, the classifier name same-name is in one.jar and in two.jar"
    })
    void aFileThatIsDamagedOrNotTheOnlyOneIsRefused(String name, String reason) {
        assertRefused(name, reason);
    }

    private static void assertRefused(String name, String reason) {
        refused(() -> catalog.require(name), "classifier '" + name + "' could not be loaded: ", reason);
    }

    @Test
    void eachFileThatIsRefusedIsAFailure() {
        assertThat(catalog.failures())
                .hasSize(REFUSED.size() + 7)
                .extracting(PluginCatalog.Failure::pluginId)
                .contains("no-list", "changed", "same-id", "one", "two");
    }

    @Test
    void aFolderThatIsNoneIsARequestError() throws IOException {
        PluginCatalog empty = PluginCatalog.open(folder);
        assertThat(empty.classifiers()).isEmpty();
        assertThat(empty.failures()).isEmpty();
        refused(() -> empty.require("alpha"), "'alpha'", "no classifiers in " + folder);
        refused(() -> PluginCatalog.open(folder.resolve("nowhere")), "nowhere", "--plugins-dir");
        Path file = Files.createFile(folder.resolve("plugins"));
        refused(() -> PluginCatalog.open(file), "not a folder");
    }

    @Test
    void unknownNameListsTheKnownOnesAndTheNearest() {
        TestPlugin.sound("conv-maxpool").write(folder.resolve("a.jar"));
        TestPlugin.sound("lstm").write(folder.resolve("b.jar"));
        PluginCatalog two = PluginCatalog.open(folder);
        refused(() -> two.require("conv-maxpol"), "did you mean 'conv-maxpool'?", "Known are conv-maxpool, lstm");
        refused(() -> two.require("transformer"), "'transformer'. Known are conv-maxpool, lstm");
    }

    /** The catalog for a task inspects again the jars that have another classifier. */
    @Test
    void whatIsRefusedForAnyTaskIsNotCountedAgainForOne() {
        TestPlugin.ofTwo("one", "alpha", "beta").write(folder.resolve("one.jar"));
        TestPlugin.ofTwo("two", "alpha", "gamma").write(folder.resolve("two.jar"));
        PluginCatalog tasked = PluginCatalog.open(folder).on(Task.of(1, 28, 28, 10));
        assertThat(tasked.classifiers()).extracting(InstalledClassifier::name).containsExactly("beta", "gamma");
        assertThat(tasked.failures())
                .extracting(PluginCatalog.Failure::pluginId)
                .containsExactly("one", "two");
        refused(() -> tasked.require("delta"), "2 plugin jars failed to load, see catwalk list");
    }
}
