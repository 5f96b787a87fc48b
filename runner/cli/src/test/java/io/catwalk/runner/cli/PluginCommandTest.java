package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.plugin.PluginProject;
import io.catwalk.runner.plugin.PluginProject.Language;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import tools.jackson.databind.JsonNode;

/** How {@code catwalk plugin} changes a plugins folder. What it refuses is in cases/plugins.txt and plugin-projects.txt. */
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
    void aJarOrAZipIsInstalledUnderItsIdAndVersion() throws Exception {
        Path jar = TestPlugin.sound("gru").write(folder.resolve("any name.jar"));
        Path zip = TestPlugin.sound("lstm").writeZip(folder.resolve("lstm.zip"), Map.of());

        Catwalk.Answer answer = plugin("install", jar.toString(), "--sha512", sha512(jar));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.out().strip()).isEqualTo("installed gru 1.2.3, with the classifier gru");
        assertThat(plugins.resolve("gru-1.2.3.jar")).hasSameBinaryContentAs(jar);
        assertThat(said("list")).isEqualTo("gru  1.2.3  gru");
        JsonNode json = Json.JSON.readTree(plugin("list", "--json").out());
        assertThat(json.path(0).path("file").asString()).isEqualTo("gru-1.2.3.jar");
        assertThat(said("install", zip.toUri().toString())).contains("lstm 1.2.3");
        assertThat(plugins.resolve("lstm-1.2.3.zip")).hasSameBinaryContentAs(zip);
        Files.writeString(plugins.resolve("plugins.lock"), "");
        assertThat(plugin("install", "--force", jar.toString()).err()).contains("catwalk list --lock", "" + plugins);
    }

    /** A manifest keeps the space at the end of a value. */
    @ParameterizedTest
    @ValueSource(strings = {"gru", "gru "})
    void aNewerVersionReplacesAnOlderOneAndAnOlderOneOnlyByForce(String id) throws IOException {
        TestPlugin older = TestPlugin.sound("gru").manifest("Plugin-Id", id);
        older.write(plugins.resolve("copied by hand.jar"));
        String old = write("older", older);

        assertThat(said("install", write("newer", older.manifest("Plugin-Version", "1.10.0"))))
                .isEqualTo("installed gru 1.10.0, which replaces 1.2.3, with the classifier gru");
        assertThat(files().keySet()).containsExactly("gru-1.10.0.jar");
        refused("1.10.0", "install", old);
        assertThat(said("install", "--force", old)).startsWith("installed gru 1.2.3, which replaces 1.10.0");
        assertThat(files().keySet()).containsExactly("gru-1.2.3.jar");
    }

    /** Two files of one plugin would both be refused afterwards. */
    @Test
    @Tag("long")
    void ofManyInstalledAtOnceOneStays() throws Exception {
        List<Callable<String>> installs = new ArrayList<>();
        for (int version = 1; version <= 6; version++) {
            TestPlugin plugin = TestPlugin.sound("gru").manifest("Plugin-Version", version + ".0.0");
            String jar = write("gru-" + version, plugin);
            plugin("install", jar).done(); // not inspected again below
            installs.add(() -> plugin("install", "--force", jar).done().joined());
        }
        plugin("remove", "gru");

        List<String> said = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(installs.size());
        try {
            for (Future<String> answer : threads.invokeAll(installs)) {
                said.add(answer.get());
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(files()).hasSize(1);
        assertThat(said).filteredOn(line -> !line.contains("replaces")).hasSize(1);
        plugin("list").done();
    }

    @ParameterizedTest
    @CsvSource({
        "https://ada:s3cret@127.0.0.1:1/gru.jar",
        "https://ada:s3cret@127.0.0.1:1/gru.txt",
        "http://ada:s3cret@127.0.0.1:1/gru.jar",
        "https://ada:s3/cret@127.0.0.1:1/gru.jar",
        "https://ada:s3cret@127.0.0.1:1/g ru.jar",
        "https://s3cret@127.0.0.1:1/gru.jar"
    })
    void aPasswordInAnAddressIsNotShown(String address) {
        assertThat(plugin("install", address).refused("catwalk: ")).doesNotContain("s3", "cret", "ada");
        assertThat(plugin("install", "gru", "--index", address).refused("catwalk: "))
                .doesNotContain("s3", "cret", "ada");
    }

    @Test
    void theNewestReleaseThatFitsComesFromAnIndex() throws Exception {
        TestPlugin gru = TestPlugin.sound("gru").manifest("Plugin-Version", "1.9.0");
        Path one = gru.write(folder.resolve("gru-1.9.0.jar"));
        Path two = gru.manifest("Plugin-Version", "1.10.0").write(folder.resolve("gru-1.10.0.jar"));
        String first = release("1.9.0", null, "gru-1.9.0.jar", sha512(one));
        String second = release("1.10.0", ">=1.0.0 & <2.0.0", "gru-1.10.0.jar", sha512(two));
        String third = release("2.0.0", ">=99.0.0", "gru-2.0.0.jar", "0".repeat(128));
        Path index = Files.writeString(folder.resolve("plugins.json"), entry(first, second, third));
        Files.copy(one, plugins.resolve("gru-1.9.0.jar"));
        TestPlugin.sound("lstm").write(plugins.resolve("lstm.jar"));

        Catwalk.Answer outdated = plugin("list", "--outdated", "--index", index.toString());
        assertThat(outdated.out().strip()).isEqualTo("gru  1.9.0 -> 1.10.0  gru");
        assertThat(outdated.err().strip()).endsWith("NAME --index " + index + " --plugins-dir " + plugins);
        assertThat(said("install", "gru", "--index", index.toUri().toString()))
                .isEqualTo("installed gru 1.10.0, which replaces 1.9.0, with the classifier gru");
        assertThat(said("list", "--outdated", "--index", index.toString())).isEqualTo("No plugin is outdated.");
    }

    @Test
    void anIndexThatLiesOrIsDamagedChangesNothing() throws Exception {
        Path index = Files.createDirectory(folder.resolve("index")).resolve("plugins.json");
        Path jar = TestPlugin.sound("gru").write(folder.resolve("index/gru.jar"));
        Files.copy(jar, folder.resolve("gru.jar"));
        Files.copy(jar, Files.createDirectory(folder.resolve("below")).resolve("gru.jar"));
        String digest = sha512(jar);
        String[] install = {"install", "gru", "--index", index.toString()};
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("no json", "at line 1");
        wrong.put("{\"id\": \"gru\"}", "expected an index in");
        wrong.put("[{\"description\": \"nothing\"}]", "a plugin without its id");
        wrong.put("[null]", "a plugin without its id");
        wrong.put("[]", "'gru'");
        wrong.put(entry(release("1.2.3", null, "gru.jar", "0".repeat(128))), "not the expected file");
        wrong.put(entry("{\"version\": \"1.2.3\", \"url\": \"gru.jar\"}"), "without its SHA-512");
        wrong.put(entry(release("1.2.4", null, "gru.jar", digest)), "is gru 1.2.4, but it is gru 1.2.3");
        wrong.put(entry(release("1.2.3", ">=99.0.0", "gru.jar", digest)), "no release of 'gru'");
        wrong.put(entry(release("1.2.3", null, "http://example.org/gru.jar", digest)), "use https:");
        wrong.put(entry(release("1.2.3", null, "//example.org/gru.jar", digest)), "with https:");
        wrong.put(entry(release("1.2.3", null, "http://ada:s3cret@example.org/gru.jar", digest)), "***@example.org");
        wrong.put(entry(release("1.2.3", null, "a b", digest)), "not an address");
        wrong.put(entry(release("1." + "9".repeat(100_000) + ".0", null, "gru.jar", digest)), "100 letters, '1.999");
        wrong.put(" ".repeat((4 << 20) + 1), "4 MiB");
        for (String out : List.of(
                "../gru.jar",
                "%2e%2e/gru.jar",
                "x/../../gru.jar",
                "" + folder.resolve("gru.jar").toUri())) {
            wrong.put(entry(release("1.2.3", null, out, digest)), "leads out of the folder of the index");
        }

        refused("no such file", install);
        for (Map.Entry<String, String> one : wrong.entrySet()) {
            Files.writeString(index, one.getKey());
            refused(one.getValue(), install);
            assertThat(plugin(install).err()).doesNotContain("s3cret");
        }
        Files.writeString(index, entry(release("1.2.3", null, "gru.jar", digest)));
        assertThat(plugin(install).exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void aPluginIsRemovedByItsIdItsClassifierOrItsFile() throws IOException {
        TestPlugin.sound("gru").manifest("Plugin-Id", "our-gru").write(plugins.resolve("a.jar"));
        assertThat(said("remove", "gru")).isEqualTo("removed our-gru 1.2.3, with the classifier gru");
        TestPlugin.sound("gru").write(plugins.resolve("a.jar"));
        TestPlugin.sound("gru").write(plugins.resolve("b.jar"));
        assertThat(said("remove", "b.jar")).isEqualTo("removed b.jar");
        Files.writeString(plugins.resolve("text.jar"), "no jar");
        Catwalk.Answer listed = plugin("list").exits(ExitCode.SOME_FAILED);
        assertThat(listed.err()).startsWith("failed: text.jar: ").hasLineCount(1);
        assertThat(said("remove", "text.jar")).isEqualTo("removed text.jar");
        assertThat(plugin("remove", "gru").exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(files()).isEmpty();
        assertThat(said("list")).isEqualTo("No plugins.");
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
        String artifacts = folder.resolve("home/maven").toUri().toString();
        assertThat(folder.resolve("tiny-net/pom.xml"))
                .content()
                .contains(artifacts, "<description>tiny-net, an image classifier</description>");

        create("tiny-net").refused("tiny-net");

        Files.createDirectory(folder.resolve("empty"));
        create("empty", "--kotlin", "--description", "One").done();
        assertThat(folder.resolve("empty/pom.xml")).content().contains("<description>One</description>");
        assertThat(folder.resolve("empty/src/main/kotlin")).isDirectory();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("plugins", "home", "tiny-net", "empty");
    }

    /** The method that a page names for the year of a paper did not exist. */
    @Test
    void whatThePageSaysAboutTheApiCompiles() throws IOException {
        Matcher call = Pattern.compile("`([A-Z][A-Za-z]+\\.[a-z]\\w*\\([^`]*\\))`")
                .matcher(Files.readString(Path.of("../..", "docs", "how-to", "write-a-plugin.md")));
        StringBuilder calls = new StringBuilder("io.catwalk.api.Task task = io.catwalk.api.Task.of(1, 28, 28, 10);\n");
        while (call.find()) {
            calls.append("java.util.List.of(").append(call.group(1)).append(");\n");
        }
        assertThat(calls.toString().lines())
                .hasSizeGreaterThanOrEqualTo(9)
                .anyMatch(one -> one.contains(".withPaper("));
        TestPlugin plugin = TestPlugin.withBodies("page", "" + calls, "return \"page\";", TestPlugin.NETWORK);
        assertThat(plugin.files()).containsKey(TestPlugin.CLASS_FILE);
    }

    /** Names that are reserved in Java, Kotlin or the contract still give valid classes and packages. */
    @ParameterizedTest
    @CsvSource({
        "3d-net, net3dnet/Net3dNet",
        "int, intnet/Int",
        "task, task/TaskNet",
        "string, string/StringNet",
        "fun, funnet/Fun"
    })
    void anyNameMakesAClass(String name, String file) throws IOException {
        assertThat(project(name, Language.JAVA)).anyMatch(path -> path.endsWith(file + ".java"));
    }

    @ParameterizedTest
    @CsvSource({
        "JAVA, '>Two branches, it''s wide<'",
        "KOTLIN, >${project.build.directory}/${project.build.finalName}.zip</catwalk.plugin.jar>"
    })
    void aProjectOfAnyKindIsWholeAndTestsWhatItInstalls(Language language, String named) throws IOException {
        Path project = folder.resolve("tiny-net");
        for (String file : project("tiny-net", language)) {
            assertThat(project.resolve(file)).content().isNotBlank().doesNotContainPattern("@[a-z0-9]+@");
        }
        assertThat(project.resolve("pom.xml")).content().contains(named);
        assertThat(project.resolve("src/main/kotlin").toFile().exists()).isEqualTo(language == Language.KOTLIN);
    }

    private List<String> project(String name, Language language) throws IOException {
        Path artifacts = Files.createDirectories(folder.resolve("home/maven"));
        return new PluginProject(name, "Two branches, it's wide", language).write(folder.resolve(name), artifacts);
    }

    /** Maven fills in what follows a dollar sign; so does Kotlin, with the same address. */
    @Test
    void theFolderOfTheArtifactsMayHaveAnyName() throws Exception {
        Path artifacts = Files.createDirectories(folder.resolve("R&D $x's/maven"));
        new PluginProject("tiny-net", "Two", Language.JAVA).write(folder.resolve("tiny-net"), artifacts);
        DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        Document pom = parser.parse(folder.resolve("tiny-net/pom.xml").toFile());
        String url = pom.getElementsByTagName("url").item(0).getTextContent();
        assertThat(Path.of(URI.create(url))).isEqualTo(artifacts);
        assertThat(url).doesNotContain("$");
    }

    private Catwalk.Answer create(String... arguments) throws IOException, InterruptedException {
        Path home = folder.resolve("home");
        Files.createDirectories(home.resolve("maven"));
        ProcessBuilder builder = Catwalk.process(folder, "plugin", "new");
        builder.command().add(1, "-Dcatwalk.home=" + home);
        builder.command().addAll(List.of(arguments));
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

    private static String sha512(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(file)));
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(plugins)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Sha256.of(file));
            }
        }
        return files;
    }

    private void refused(String reason, String... arguments) throws IOException {
        Map<String, String> before = files();
        assertThat(plugin(arguments).refused(reason)).hasSizeLessThan(600);
        assertThat(files()).isEqualTo(before);
    }

    private String said(String... arguments) {
        return plugin(arguments).out().strip();
    }

    private Catwalk.Answer plugin(String... arguments) {
        Stream<String> where = Stream.of("--plugins-dir", plugins.toString());
        return Catwalk.run(Stream.of(Stream.of("plugin"), Stream.of(arguments), where)
                .flatMap(part -> part)
                .toArray(String[]::new));
    }
}
