package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** How {@code catwalk plugin} changes a plugins folder, and what it refuses without changing the folder. */
@Tag("tiny")
final class PluginCommandTest {

    @TempDir
    private Path folder;

    private Path plugins;

    @BeforeEach
    void makeFolder() throws IOException {
        plugins = Files.createDirectory(folder.resolve("plugins"));
    }

    @Test
    void aJarIsInstalledUnderItsIdAndVersion() {
        Path jar = TestPlugin.sound("gru").write(folder.resolve("any name.jar"));

        Catwalk.Answer answer = plugin("install", jar.toString());

        assertThat(answer.err()).isEmpty();
        assertThat(answer.out().strip()).isEqualTo("installed gru 1.2.3, with the classifier gru");
        assertThat(plugins.resolve("gru-1.2.3.jar")).hasSameBinaryContentAs(jar);
        assertThat(plugin("list").out().strip()).isEqualTo("gru  1.2.3  gru");
        JsonNode json = Json.JSON.readTree(plugin("list", "--json").out());
        assertThat(json.path(0).path("file").asString()).isEqualTo("gru-1.2.3.jar");
    }

    @Test
    void aZipAndAnAddressAreInstalledToo() {
        Path zip = TestPlugin.sound("gru").writeZip(folder.resolve("gru.zip"), Map.of());

        assertThat(plugin("install", zip.toUri().toString()).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(plugins.resolve("gru-1.2.3.zip")).hasSameBinaryContentAs(zip);
    }

    @Test
    void aNewerVersionReplacesAnOlderOneAndAnOlderOneOnlyByForce() throws IOException {
        Path older = TestPlugin.sound("gru").write(folder.resolve("older.jar"));
        Path newer =
                TestPlugin.sound("gru").manifest("Plugin-Version", "1.10.0").write(folder.resolve("newer.jar"));
        Files.copy(older, plugins.resolve("copied by hand.jar"));

        assertThat(plugin("install", newer.toString()).out().strip())
                .isEqualTo("installed gru 1.10.0, which replaces 1.2.3, with the classifier gru");
        assertThat(plugins).isDirectoryNotContaining("glob:**by hand.jar");

        refused(
                "expected a newer gru than 1.10.0, which is in gru-1.10.0.jar, but found 1.2.3",
                "install",
                older.toString());
        assertThat(plugin("install", "--force", older.toString()).out())
                .startsWith("installed gru 1.2.3, which replaces 1.10.0");
        assertThat(files().keySet()).containsExactly("gru-1.2.3.jar");
    }

    /** A manifest keeps the space at the end of a value. */
    @Test
    void aSpaceAfterThePluginIdIsNotPartOfIt() throws IOException {
        TestPlugin older = TestPlugin.sound("gru").manifest("Plugin-Id", "gru ");
        assertThat(plugin("install", write("older", older)).exitCode()).isEqualTo(ExitCode.DONE);

        Catwalk.Answer answer = plugin("install", write("newer", older.manifest("Plugin-Version", "1.10.0")));

        assertThat(answer.out()).startsWith("installed gru 1.10.0, which replaces 1.2.3");
        assertThat(files().keySet()).containsExactly("gru-1.10.0.jar");
    }

    /** Two files of one plugin would both be refused afterwards. */
    @Test
    @Tag("long")
    void ofManyInstalledAtOnceOneStays() throws Exception {
        List<Callable<Catwalk.Answer>> installs = new ArrayList<>();
        for (int version = 1; version <= 6; version++) {
            TestPlugin plugin = TestPlugin.sound("gru").manifest("Plugin-Version", version + ".0.0");
            String jar = write("gru-" + version, plugin);
            assertThat(plugin("install", jar).exitCode()).isEqualTo(ExitCode.DONE); // not inspected again below
            installs.add(() -> plugin("install", "--force", jar));
        }
        plugin("remove", "gru");

        List<String> said = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(installs.size());
        try {
            for (Future<Catwalk.Answer> answer : threads.invokeAll(installs)) {
                assertThat(answer.get().err()).isEmpty();
                said.add(answer.get().out().strip());
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(files()).hasSize(1);
        assertThat(said).filteredOn(line -> !line.contains("replaces")).hasSize(1);
        assertThat(plugin("list").exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void whatCannotBeUsedIsRefusedAsTheCatalogDoes() throws IOException {
        TestPlugin.sound("gru").write(plugins.resolve("gru-1.2.3.jar"));
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        refused("cannot use text.jar: expected a jar, but found a damaged file", "install", text.toString());
        refused("there is no such file", "install", folder.resolve("none.jar").toString());
        refused("expected a plugin, a .jar or .zip, but found 'notes.txt'", "install", "notes.txt");
        refused(
                "but found 'gru': build it, and name the file in its target folder, or a Plugin-Id with --index",
                "install",
                "gru");
        refused(
                "needs version >=99.0.0",
                "install",
                write("newer", TestPlugin.sound("newer").manifest("Plugin-Requires", ">=99.0.0")));
        refused(
                "needs version >=0.1.0 & <1.0.0",
                "install",
                write("old", TestPlugin.sound("old").manifest("Plugin-Requires", ">=0.1.0 & <1.0.0")));
        refused(
                "needs DJL 1.0.0",
                "install",
                write("djl", TestPlugin.sound("djl").manifest("Requires-DJL", "1.0.0")));
        refused(
                "ended its process",
                "install",
                write(
                        "exit",
                        TestPlugin.withBodies("exit", "System.exit(3);", "return \"exit\";", TestPlugin.NETWORK)));
        refused(
                "the classifier name gru is in gru-1.2.3.jar, too",
                "install",
                write("twin", TestPlugin.sound("gru").manifest("Plugin-Id", "twin")));
        refused(
                "has two classifiers named gru: rename one",
                "install",
                write("copied", TestPlugin.ofTwo("gru", "gru", "gru").manifest("Plugin-Version", "2.0.0")));
        refused(
                "in Plugin-Id and Plugin-Version",
                "install",
                write("climbing", TestPlugin.sound("climbing").manifest("Plugin-Id", "../climbing")));
        refused(
                "which leads out",
                "install",
                write("out", TestPlugin.sound("out").file("../out", new byte[1])));
    }

    /** Where a backslash separates folders, this name leads out of the folder for temporary files. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no file has such a name there")
    void ofTheNameOnlyWhatFollowsTheLastFolderCounts() throws IOException {
        Path text = Files.writeString(folder.resolve("..\\..\\x.jar"), "no jar");

        refused("cannot use x.jar: expected a jar", "install", text.toString());
    }

    @Test
    void theDigestMustBeThatOfTheFile() throws Exception {
        Path jar = TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        refused(
                "expected 128 hexadecimal digits for --sha512, but found 'abc'",
                "install",
                jar.toString(),
                "--sha512",
                "abc");
        refused("it is not the expected file", "install", jar.toString(), "--sha512", "0".repeat(128));
        assertThat(plugin("install", jar.toString(), "--sha512", sha512(jar)).exitCode())
                .isEqualTo(ExitCode.DONE);
    }

    @Test
    void anotherProtocolThanHttpsIsRefused() {
        refused("which can be changed in transit: use https:", "install", "http://example.org/gru.jar");
        refused("expected an address with https:", "install", "ftp://example.org/gru.jar");
        refused("expected an address with https:", "install", "jar:file:/x.zip!/gru.jar");
    }

    /** Nobody listens at port 1. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ada:s3cret@127.0.0.1:1/gru.jar",
                "https://ada:s3cret@127.0.0.1:1/gru.txt",
                "http://ada:s3cret@127.0.0.1:1/gru.jar",
                "https://ada:s3/cret@127.0.0.1:1/gru.jar",
                "https://ada:s3cret@127.0.0.1:1/g ru.jar",
                "https://s3cret@127.0.0.1:1/gru.jar"
            })
    void aPasswordInAnAddressIsNotShown(String address) {
        for (String[] arguments : new String[][] {{"install", address}, {"install", "gru", "--index", address}}) {
            Catwalk.Answer answer = plugin(arguments);
            assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.err()).hasLineCount(1).doesNotContain("s3", "cret", "ada");
        }
    }

    @Test
    void theNewestReleaseThatFitsComesFromAnIndex() throws Exception {
        Path one = TestPlugin.sound("gru").manifest("Plugin-Version", "1.9.0").write(folder.resolve("gru-1.9.0.jar"));
        Path two = TestPlugin.sound("gru").manifest("Plugin-Version", "1.10.0").write(folder.resolve("gru-1.10.0.jar"));
        Path index = index(
                release("1.9.0", null, "gru-1.9.0.jar", sha512(one)),
                release("1.10.0", ">=1.0.0 & <2.0.0", "gru-1.10.0.jar", sha512(two)),
                release("2.0.0", ">=99.0.0", "gru-2.0.0.jar", "0".repeat(128)));
        TestPlugin.sound("gru").manifest("Plugin-Version", "1.9.0").write(plugins.resolve("gru-1.9.0.jar"));
        TestPlugin.sound("lstm").write(plugins.resolve("lstm.jar"));

        Catwalk.Answer outdated = plugin("list", "--outdated", "--index", index.toString());
        assertThat(outdated.out().strip()).isEqualTo("gru  1.9.0 -> 1.10.0  gru");
        assertThat(outdated.err().strip())
                .isEqualTo("update with catwalk plugin install NAME --index " + index + " --plugins-dir " + plugins);
        assertThat(plugin("install", "gru", "--index", index.toUri().toString())
                        .out()
                        .strip())
                .isEqualTo("installed gru 1.10.0, which replaces 1.9.0, with the classifier gru");
        assertThat(plugin("list", "--outdated", "--index", index.toString())
                        .out()
                        .strip())
                .isEqualTo("No plugin is outdated.");
    }

    @Test
    void anIndexThatLiesOrIsDamagedChangesNothing() throws Exception {
        Path jar = TestPlugin.sound("gru").write(folder.resolve("gru.jar"));
        Files.copy(jar, Files.createDirectory(folder.resolve("below")).resolve("gru.jar"));
        String digest = sha512(jar);
        String[] install = {
            "install", "gru", "--index", folder.resolve("index/plugins.json").toString()
        };
        Files.createDirectory(folder.resolve("index"));
        Files.copy(jar, folder.resolve("index/gru.jar"));

        refused("there is no such file", install);
        inIndex("no json");
        refused("but found something else at line 1", install);
        inIndex("{\"id\": \"gru\"}");
        refused("expected an index in", install);
        inIndex("[{\"description\": \"nothing\"}]");
        refused("a plugin without its id", install);
        inIndex("[null]");
        refused("a plugin without its id", install);
        inIndex("[]");
        refused("has no plugin 'gru'", install);
        inIndex(entry(release("1.2.3", null, "gru.jar", "0".repeat(128))));
        refused("it is not the expected file", install);
        inIndex(entry("{\"version\": \"1.2.3\", \"url\": \"gru.jar\"}"));
        refused("without its SHA-512", install);
        inIndex(entry(release("1.2.4", null, "gru.jar", digest)));
        refused("is gru 1.2.4, but it is gru 1.2.3", install);
        inIndex(entry(release("1.2.3", ">=99.0.0", "gru.jar", digest)));
        refused("has no release of 'gru' for version", install);
        for (String out : List.of(
                "../gru.jar", "%2e%2e/gru.jar", "x/../../gru.jar", jar.toUri().toString())) {
            inIndex(entry(release("1.2.3", null, out, digest)));
            refused("leads out of the folder of the index", install);
        }
        inIndex(entry(release("1.2.3", null, "http://example.org/gru.jar", digest)));
        refused("use https:", install);
        inIndex(entry(release("1.2.3", null, "//example.org/gru.jar", digest)));
        refused("expected an address with https:", install);
        inIndex(entry(release("1." + "9".repeat(100_000) + ".0", null, "gru.jar", digest)));
        refused("an id or a version of more than 100 letters, '1.999", install);
        inIndex(entry(release("1.2.3", null, "http://ada:s3cret@example.org/gru.jar", digest)));
        assertThat(plugin(install).err()).contains("***@example.org").doesNotContain("s3cret");
        inIndex(entry(release("1.2.3", null, "a b", digest)));
        refused("which is not an address", install);
        Files.write(folder.resolve("index/plugins.json"), new byte[(4 << 20) + 1]);
        refused("it has more than 4 MiB", install);
        inIndex(entry(release("1.2.3", null, "gru.jar", digest)));
        assertThat(plugin(install).exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no named pipes")
    void aPipeIsNeitherReadNorCalledAFolder() throws Exception {
        Path pipe = folder.resolve("gru.jar");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        refused("but that is a pipe or a device, and no file", "install", pipe.toString());
        refused("but that is a pipe or a device, and no file", "install", "gru", "--index", pipe.toString());
        Catwalk.Answer answer = Catwalk.run("plugin", "check", pipe.toString());
        assertThat(answer.err()).contains("but that is a pipe or a device, and no file");
    }

    @Test
    void outdatedNeedsAnIndex() {
        refused("expected --outdated together with --index", "list", "--outdated");
    }

    @Test
    void aPluginIsRemovedByItsIdItsClassifierOrItsFile() throws IOException {
        TestPlugin.sound("gru").manifest("Plugin-Id", "our-gru").write(plugins.resolve("a.jar"));
        refused("no plugin in " + plugins + " is named 'gur'", "remove", "gur");
        assertThat(plugin("remove", "gru").out().strip()).isEqualTo("removed our-gru 1.2.3, with the classifier gru");
        TestPlugin.sound("gru").write(plugins.resolve("a.jar"));
        TestPlugin.sound("gru").write(plugins.resolve("b.jar"));
        refused("expected one plugin 'gru', but found a.jar and b.jar: name the file to remove", "remove", "gru");
        assertThat(plugin("remove", "b.jar").exitCode()).isEqualTo(ExitCode.DONE);
        Files.writeString(plugins.resolve("text.jar"), "no jar");
        assertThat(plugin("list").err())
                .startsWith("failed: text.jar: expected a jar")
                .hasLineCount(1);
        assertThat(plugin("list").exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(plugin("remove", "text.jar").out().strip()).isEqualTo("removed text.jar");
        assertThat(plugin("remove", "gru").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(files()).isEmpty();
        assertThat(plugin("list").out().strip()).isEqualTo("No plugins.");
    }

    @Test
    void aLockThatNamesOtherPluginsIsTold() throws IOException {
        Files.writeString(plugins.resolve("plugins.lock"), "");
        Path jar = TestPlugin.sound("gru").write(folder.resolve("gru.jar"));

        assertThat(plugin("install", jar.toString()).err().strip())
                .endsWith("write it again with catwalk list --lock --plugins-dir " + plugins);
    }

    @Test
    void aProjectIsWrittenOnceAndNothingIsLeftBeside() throws Exception {
        Catwalk.Answer answer = create("tiny-net");

        assertThat(answer.err()).isEmpty();
        assertThat(answer.out())
                .contains("  tiny-net/pom.xml\n", "plugin install target/tiny-net-1.0.0.jar\n")
                .contains(OS.WINDOWS.isCurrentOs() ? "  .\\mvnw verify\n" : "  ./mvnw verify\n");
        assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80);
        Path source = folder.resolve("tiny-net/src/main/java/com/example/tinynet/TinyNet.java");
        assertThat(source).content().contains("package com.example.tinynet;", "class TinyNet ", "\"tiny-net\"");
        assertThat(folder.resolve("tiny-net/mvnw")).isExecutable();
        assertThat(folder.resolve("tiny-net/.gitignore")).content().contains("/target/\n", "/.kotlin/\n");
        assertThat(folder.resolve("tiny-net/pom.xml"))
                .content()
                .contains(folder.resolve("home/maven").toUri().toString());

        Catwalk.Answer again = create("tiny-net");
        assertThat(again.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(again.err())
                .isEqualTo("catwalk: expected a new or empty folder tiny-net, but there is something in it:"
                        + " choose another name, or another place\n");
        Files.createDirectory(folder.resolve("empty"));
        assertThat(create("empty").exitCode()).isEqualTo(ExitCode.DONE);
        try (Stream<Path> beside = Files.list(folder)) {
            assertThat(beside.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("plugins", "home", "tiny-net", "empty");
        }
    }

    @Test
    void theDescriptionIsTheOneAskedForOrSpeaksOfTheName() throws Exception {
        assertThat(create("tiny-net").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(create("wide-net", "--kotlin", "--description", "Two branches, it's wide")
                        .exitCode())
                .isEqualTo(ExitCode.DONE);

        assertThat(folder.resolve("tiny-net/pom.xml"))
                .content()
                .contains("<description>tiny-net, an image classifier</description>");
        assertThat(folder.resolve("wide-net/pom.xml"))
                .content()
                .contains("<description>Two branches, it's wide</description>");
        for (String wrong : List.of(" ", "a\nb", "${x}", "R&D", "x".repeat(201))) {
            Catwalk.Answer answer = create("other-net", "--description", wrong);
            assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.err()).hasLineCount(1).contains("expected a description in one line");
        }
        assertThat(folder.resolve("other-net")).doesNotExist();
    }

    /** The method that a page names for the year of a paper did not exist. */
    @Test
    void whatThePageSaysAboutTheApiCompiles() throws IOException {
        List<String> calls = Pattern.compile("`([A-Z][A-Za-z]+\\.[a-z]\\w*\\([^`]*\\))`")
                .matcher(Files.readString(Path.of("..", "docs", "how-to", "write-a-plugin.md")))
                .results()
                .map(call -> call.group(1))
                .toList();
        assertThat(calls).hasSizeGreaterThanOrEqualTo(9).anyMatch(call -> call.contains(".withPaper("));

        String statements =
                calls.stream().map(call -> "java.util.List.of(" + call + ");").collect(Collectors.joining());

        assertThat(TestPlugin.withBodies("page", statements, "return \"page\";", TestPlugin.NETWORK)
                        .files())
                .containsKey(TestPlugin.CLASS_FILE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Tiny", "tiny_net", "-tiny", "tiny--net", "tiny-", "../tiny", "tiny/net", "a b", ""})
    void aNameThatIsNoneIsRefused(String name) throws Exception {
        Catwalk.Answer answer = create("--", name);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .hasLineCount(1)
                .contains("expected a name of lower-case letters, digits and single dashes");
        assertThat(folder).isDirectoryNotContaining("glob:**tiny*");
    }

    /** Names that are reserved in Java, Kotlin or the contract still give valid classes and packages. */
    @ParameterizedTest
    @CsvSource({
        "3d-net, net3dnet, Net3dNet",
        "int, intnet, Int",
        "task, task, TaskNet",
        "string, string, StringNet",
        "fun, funnet, Fun"
    })
    void anyNameMakesAClass(String name, String packageName, String className) throws Exception {
        assertThat(create(name).out()).contains("java/com/example/" + packageName + "/" + className + ".java\n");
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(strings = {"--kotlin", ""})
    void nothingIsLeftToBeFilledIn(String options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("tiny-net"));
        Stream.of(options.split(" ")).filter(option -> !option.isEmpty()).forEach(arguments::add);
        assertThat(create(arguments.toArray(String[]::new)).exitCode()).isEqualTo(ExitCode.DONE);
        try (Stream<Path> files = Files.walk(folder.resolve("tiny-net"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(file).content().doesNotContainPattern("@[a-z0-9]+@").isNotBlank();
            }
        }
        assertThat(folder.resolve("tiny-net/src/main/kotlin").toFile().exists()).isEqualTo(options.contains("kotlin"));
    }

    @Test
    void theTestsOfAProjectInspectWhatItInstalls() throws Exception {
        assertThat(create("tiny-net", "--kotlin").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(folder.resolve("tiny-net/pom.xml"))
                .content()
                .contains(">${project.build.directory}/${project.build.finalName}.zip</catwalk.plugin.jar>");
    }

    @Test
    void theFolderOfTheArtifactsMayHaveAnyName() throws Exception {
        Path home = folder.resolve("R&D $x's");

        assertThat(createFrom(home, "tiny-net").exitCode()).isEqualTo(ExitCode.DONE);

        String url = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("tiny-net/pom.xml").toFile())
                .getElementsByTagName("url")
                .item(0)
                .getTextContent();
        assertThat(Path.of(URI.create(url))).isEqualTo(home.resolve("maven")).isDirectory();
        // Maven fills in what follows a dollar sign; so does Kotlin, with the same address.
        assertThat(url).doesNotContain("$");
    }

    private Catwalk.Answer create(String... arguments) throws IOException, InterruptedException {
        return createFrom(folder.resolve("home"), arguments);
    }

    private Catwalk.Answer createFrom(Path home, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("plugin", "new"));
        all.addAll(List.of(arguments));
        ProcessBuilder builder = Catwalk.process(folder, all.toArray(String[]::new));
        Files.createDirectories(home.resolve("maven"));
        builder.command().add(1, "-Dcatwalk.home=" + home);
        return Catwalk.finish(builder);
    }

    private String write(String name, TestPlugin plugin) {
        return plugin.write(folder.resolve(name + ".jar")).toString();
    }

    private static String release(String version, @Nullable String requires, String url, String sha512) {
        return "{\"version\": \"%s\", \"date\": \"2026-11-26\", %s\"url\": \"%s\", \"sha512sum\": \"%s\"}"
                .formatted(version, requires == null ? "" : "\"requires\": \"" + requires + "\", ", url, sha512);
    }

    private static String entry(String... releases) {
        return "[{\"id\": \"gru\", \"description\": \"d\", \"provider\": \"p\", \"projectUrl\": \"\", \"releases\": ["
                + String.join(", ", releases) + "]}]";
    }

    private Path index(String... releases) throws IOException {
        return Files.writeString(folder.resolve("plugins.json"), entry(releases));
    }

    private void inIndex(String text) throws IOException {
        Files.writeString(folder.resolve("index/plugins.json"), text);
    }

    private static String sha512(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(file)));
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(plugins)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    private void refused(String reason, String... arguments) {
        try {
            Map<String, String> before = files();
            Catwalk.Answer answer = plugin(arguments);
            assertThat(answer.err())
                    .startsWith("catwalk: ")
                    .contains(reason)
                    .hasLineCount(1)
                    .hasSizeLessThan(600);
            assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.out()).isEmpty();
            assertThat(files()).isEqualTo(before);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Catwalk.Answer plugin(String verb, String... arguments) {
        return plugin(Stream.concat(Stream.of(verb), Stream.of(arguments)).toArray(String[]::new));
    }

    private Catwalk.Answer plugin(String[] arguments) {
        return Catwalk.run(
                Stream.of(Stream.of("plugin"), Stream.of(arguments), Stream.of("--plugins-dir", plugins.toString()))
                        .flatMap(part -> part)
                        .toArray(String[]::new));
    }
}
