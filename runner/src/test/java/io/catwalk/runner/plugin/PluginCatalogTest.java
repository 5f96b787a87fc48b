package io.catwalk.runner.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Task;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tiny")
final class PluginCatalogTest {

    @TempDir
    Path folder;

    @Test
    void soundPluginIsListedWithWhereItCameFrom() throws Exception {
        Path jar = TestPlugin.sound("alpha").write(folder.resolve("alpha-1.2.3.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.failures()).isEmpty();
        assertThat(catalog.classifiers()).singleElement().satisfies(loaded -> {
            assertThat(loaded.name()).isEqualTo("alpha");
            assertThat(loaded.pluginId()).isEqualTo("alpha");
            assertThat(loaded.version()).isEqualTo("1.2.3");
            assertThat(loaded.provider()).isEqualTo("The test");
            assertThat(loaded.description()).isEqualTo("A plugin of the test");
            assertThat(loaded.jar()).isEqualTo(jar);
            assertThat(loaded.jarSha256())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar))));
        });
        assertThat(catalog.require("alpha")).isSameAs(catalog.classifiers().get(0));
    }

    @Test
    void classifiersAreSortedByNameWhateverTheirJarsAreCalled() {
        TestPlugin.sound("gamma").write(folder.resolve("1.jar"));
        TestPlugin.sound("alpha").write(folder.resolve("2.jar"));
        TestPlugin.sound("beta").write(folder.resolve("0.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.classifiers())
                .extracting(InstalledClassifier::name)
                .containsExactly("alpha", "beta", "gamma");
    }

    @Test
    void failingJarCostsOnlyItself() {
        TestPlugin.sound("alpha").withoutFile("META-INF/extensions.idx").write(folder.resolve("alpha.jar"));
        TestPlugin.sound("beta").write(folder.resolve("beta.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.classifiers()).extracting(InstalledClassifier::name).containsExactly("beta");
        assertThat(catalog.failures()).extracting(PluginFailure::pluginId).containsExactly("alpha");
    }

    @Test
    void emptyFolderHasNoClassifier() {
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.classifiers()).isEmpty();
        assertThat(catalog.failures()).isEmpty();
        assertThatThrownBy(() -> catalog.require("alpha"))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("'alpha'")
                .hasMessageContaining("There are no classifiers in " + folder);
    }

    @Test
    void missingFolderIsARequestError() {
        assertThatThrownBy(() -> PluginCatalog.open(folder.resolve("nowhere")))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("nowhere, but there is none")
                .hasMessageContaining("--plugins-dir");
    }

    @Test
    void fileInPlaceOfTheFolderIsARequestError() throws IOException {
        Path file = Files.createFile(folder.resolve("plugins"));
        assertThatThrownBy(() -> PluginCatalog.open(file))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("that is not a folder");
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "no jar");
        Files.createDirectory(folder.resolve("folder.jar"));
        Files.writeString(folder.resolve("disabled.txt"), "alpha\n");
        TestPlugin.sound("alpha").write(folder.resolve("alpha.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.classifiers()).extracting(InstalledClassifier::name).containsExactly("alpha");
        assertThat(catalog.failures()).isEmpty();
    }

    @Test
    void unknownNameListsTheKnownOnesAndTheNearest() {
        TestPlugin.sound("conv-maxpool").write(folder.resolve("a.jar"));
        TestPlugin.sound("lstm").write(folder.resolve("b.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThatThrownBy(() -> catalog.require("conv-maxpol"))
                .isInstanceOf(RequestException.class)
                .hasMessage("no classifier is named 'conv-maxpol'; did you mean 'conv-maxpool'?"
                        + " Known are conv-maxpool, lstm");
        assertThatThrownBy(() -> catalog.require("transformer"))
                .isInstanceOf(RequestException.class)
                .hasMessage("no classifier is named 'transformer'. Known are conv-maxpool, lstm");
    }

    @Test
    void truncatedJarIsRefused() throws IOException {
        Path jar = TestPlugin.sound("alpha").write(folder.resolve("alpha-1.0.jar"));
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
        assertRefused("alpha", "a damaged file or another format");
    }

    @Test
    void fileThatIsNoJarIsRefused() throws IOException {
        Files.writeString(folder.resolve("alpha.jar"), "This is a text.");
        assertRefused("alpha", "a damaged file or another format");
    }

    @Test
    void jarThatCarriesSharedClassesIsRefused() {
        TestPlugin.sound("alpha")
                .file("ai/djl/nn/Block.class", new byte[] {1})
                .file("META-INF/versions/21/org/slf4j/Logger.class", new byte[] {1})
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "carries META-INF/versions/21/org/slf4j/Logger.class and 1 more");
    }

    @Test
    void pluginForAnotherApiVersionIsRefused() {
        TestPlugin.sound("alpha").manifest("Plugin-Requires", ">=99.0.0").write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "needs version >=99.0.0 of the Catwalk API, but this is 1.0.0");
    }

    @Test
    void requirementThatIsNoVersionRangeIsRefused() {
        TestPlugin.sound("alpha").manifest("Plugin-Requires", "the newest").write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "in Plugin-Requires, but found the newest");
    }

    @Test
    void pluginForTheNextContractOrAnotherDjlIsRefused() throws IOException {
        TestPlugin.sound("alpha")
                .manifest("Plugin-Requires", ">=2.0.0 & <3.0.0")
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "needs version >=2.0.0 & <3.0.0 of the Catwalk API, but this is 1.0.0");
        TestPlugin.sound("alpha")
                .manifest("Plugin-Requires", ">=0.9.0 & <1.0.0")
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "needs version >=0.9.0 & <1.0.0 of the Catwalk API, but this is 1.0.0");
        TestPlugin.sound("alpha").manifest("Requires-DJL", "1.2.3").write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "needs DJL 1.2.3, but this is DJL 0.");
        TestPlugin.sound("alpha")
                .manifest("Plugin-Requires", ">=1.0.0 & <2.0.0")
                .manifest("Requires-DJL", "0.30.0")
                .write(folder.resolve("alpha.jar"));
        assertThat(PluginCatalog.open(folder).require("alpha").name()).isEqualTo("alpha");
    }

    @Test
    void pluginThatThrowsInItsConstructorIsRefused() {
        TestPlugin.withBodies(
                        "alpha",
                        "throw new IllegalStateException(\"no\\nway\");",
                        "return \"alpha\";",
                        TestPlugin.NETWORK)
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "the constructor of test.Sample threw IllegalStateException: no way");
    }

    @Test
    void pluginThatThrowsInItsNameIsRefused() {
        TestPlugin.withBodies("alpha", "", "throw new StackOverflowError(\"deep\");", TestPlugin.NETWORK)
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "test.Sample.name() threw StackOverflowError: deep");
    }

    @Test
    void pluginThatFailsInAStaticFieldIsRefused() {
        TestPlugin.withBodies(
                        "alpha",
                        "",
                        "return \"alpha\";",
                        TestPlugin.NETWORK + " } static final int FIELD = Integer.parseInt(\"one\"); static {")
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "NumberFormatException: For input string: \"one\"");
    }

    @Test
    void pluginClassIsRefused() {
        TestPlugin.sound("alpha").manifest("Plugin-Class", "test.Nowhere").write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "has Plugin-Class, which would run before");
    }

    @Test
    void classifierNameWithCapitalsIsRefused() {
        TestPlugin.withBodies("alpha", "", "return \"Alpha\";", TestPlugin.NETWORK)
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "must return lower-case letters, digits and single dashes");
    }

    @Test
    void samePluginIdRefusesBothJars() {
        TestPlugin.sound("alpha").write(folder.resolve("one.jar"));
        TestPlugin.sound("alpha").write(folder.resolve("two.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.classifiers()).isEmpty();
        assertThat(catalog.failures())
                .hasSize(2)
                .allSatisfy(failure ->
                        assertThat(failure.reason()).contains("Plugin-Id alpha is in one.jar and in two.jar"));
        assertRefused("alpha", "one.jar and in two.jar");
    }

    @Test
    void sameClassifierNameRefusesBothClassifiers() {
        TestPlugin.sound("alpha").manifest("Plugin-Id", "one").write(folder.resolve("one.jar"));
        TestPlugin.sound("alpha").manifest("Plugin-Id", "two").write(folder.resolve("two.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.classifiers()).isEmpty();
        assertThat(catalog.failures()).extracting(PluginFailure::pluginId).containsExactly("one", "two");
        assertRefused("alpha", "the classifier name alpha is in one.jar and in two.jar");
    }

    @Test
    void sameClassifierNameTwiceInAJarRefusesIt() {
        TestPlugin.ofTwo("alpha", "alpha", "alpha").write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "has two classifiers named alpha: rename one");
    }

    /** The catalog for a task inspects again the jars that have another classifier. */
    @Test
    void whatIsRefusedForAnyTaskIsNotCountedAgainForOne() {
        TestPlugin.ofTwo("one", "alpha", "beta").write(folder.resolve("one.jar"));
        TestPlugin.ofTwo("two", "alpha", "gamma").write(folder.resolve("two.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder).on(Task.of(1, 28, 28, 10));
        assertThat(catalog.classifiers()).extracting(InstalledClassifier::name).containsExactly("beta", "gamma");
        assertThat(catalog.failures()).extracting(PluginFailure::pluginId).containsExactly("one", "two");
        assertThatThrownBy(() -> catalog.require("delta"))
                .isInstanceOf(RequestException.class)
                .hasMessageEndingWith("; 2 plugin jars failed to load, see catwalk list");
    }

    @Test
    void missingManifestEntriesAreNamed() {
        TestPlugin.sound("alpha")
                .withoutManifest("Plugin-Version", "Plugin-Requires")
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "lacks Plugin-Version, Plugin-Requires");
    }

    @Test
    void dependencyOnAnotherPluginIsRefused() {
        TestPlugin.sound("alpha").manifest("Plugin-Dependencies", "beta").write(folder.resolve("alpha.jar"));
        TestPlugin.sound("gamma").write(folder.resolve("gamma.jar"));
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.classifiers()).extracting(InstalledClassifier::name).containsExactly("gamma");
        assertRefused("alpha", "plugins stand alone");
    }

    /** The code beside it would stand in no digest. */
    @Test
    void classPathInTheManifestIsRefused() {
        TestPlugin.sound("alpha").manifest("Class-Path", "other.jar").write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "its META-INF/MANIFEST.MF has Class-Path, but the jar's digest does not cover");
    }

    @Test
    void jarThatWasChangedAfterItWasSignedIsRefused() throws Exception {
        Path plain = TestPlugin.sound("alpha").write(folder.resolve("plain"));
        Path signed = TestJars.signed(plain, folder.resolve("alpha.jar"));
        Files.delete(plain);
        assertThat(PluginCatalog.open(folder).require("alpha").jar()).isEqualTo(signed);

        TestJars.replace(
                signed,
                TestPlugin.CLASS_FILE,
                TestPlugin.building("alpha", "return null;").files());
        assertRefused("alpha", "its signature does not fit test/Sample.class");
    }

    @Test
    void manifestOfTwoMegabytesIsRefused() {
        TestPlugin.sound("alpha")
                .manifest("Plugin-Description", "x".repeat(2 << 20))
                .write(folder.resolve("alpha.jar"));
        assertThat(PluginCatalog.open(folder).failures())
                .extracting(PluginFailure::reason)
                .singleElement()
                .asString()
                .startsWith("its META-INF/MANIFEST.MF must be at most 1048576 bytes, unpacked, but is larger");
    }

    @Test
    void jarWithoutExtensionIsRefused() {
        TestPlugin.sound("alpha").withoutFile("META-INF/extensions.idx").write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "has no META-INF/extensions.idx");
    }

    @Test
    void emptyListOfExtensionsIsRefused() {
        TestPlugin.sound("alpha")
                .file("META-INF/extensions.idx", "# Generated by PF4J\n".getBytes(UTF_8))
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "names no class in META-INF/extensions.idx");
    }

    @Test
    void extensionThatIsNotInTheJarIsRefused() {
        TestPlugin.sound("alpha").withoutFile(TestPlugin.CLASS_FILE).write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "names test.Sample, which is not in the jar");
    }

    @Test
    void extensionThatIsNoClassifierIsRefused() throws IOException {
        String own = getClass().getName();
        byte[] bytes;
        try (var in = getClass().getResourceAsStream(getClass().getSimpleName() + "$Other.class")) {
            bytes = in.readAllBytes();
        }
        TestPlugin.sound("alpha")
                .file("META-INF/extensions.idx", (own + "$Other\n").getBytes(UTF_8))
                .file(own.replace('.', '/') + "$Other.class", bytes)
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "does not implement io.catwalk.api.Classifier");
    }

    /** An extension of another kind. */
    public static final class Other {}

    @Test
    void classOfANewerJavaIsRefused() {
        TestPlugin.sound("alpha").compiledForANewerJava().write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "compiled for a newer Java than this");
    }

    @Test
    void garbledClassIsRefused() {
        TestPlugin.sound("alpha")
                .file(TestPlugin.CLASS_FILE, new byte[] {1, 2, 3})
                .write(folder.resolve("alpha.jar"));
        assertRefused("alpha", "cannot create a test.Sample (ClassFormatError");
    }

    /** Proves that the classifier is not listed and that who asks for it reads the reason in one line. */
    private void assertRefused(String name, String reason) {
        PluginCatalog catalog = PluginCatalog.open(folder);
        assertThat(catalog.classifiers()).extracting(InstalledClassifier::name).doesNotContain(name);
        assertThat(catalog.failures()).isNotEmpty();
        assertThatThrownBy(() -> catalog.require(name))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("classifier '" + name + "' could not be loaded: ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
