package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.MarkdownLinks;
import io.catwalk.runner.plugin.PluginProject;
import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows the path of a new user: runs the commands of docs/how-to/write-a-plugin.md as written, with the packaged
 * program, from an empty folder to a row in a comparison. Maven is the one that runs this build; of Catwalk it
 * sees only the packaged files.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs shell commands")
final class WritingAPluginIT {

    private static final Path HOME =
            Path.of("../target", "catwalk-" + Software.current().catwalk()).toAbsolutePath();

    private static final Pattern COMMANDS = Pattern.compile("```sh\n(.*?)\n```", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void pageLeadsFromAnEmptyFolderToARow() throws Exception {
        String page = Files.readString(HOME.resolve("docs/how-to/write-a-plugin.md"));
        List<String> commands =
                COMMANDS.matcher(page).results().map(match -> match.group(1)).toList();
        assertThat(commands)
                .containsExactly(
                        "catwalk plugin new tiny-net\ncd tiny-net",
                        "./mvnw verify",
                        "catwalk plugin install target/tiny-net-1.0.0.jar\n"
                                + "catwalk compare tiny-net small-conv --quick",
                        "catwalk plugin info tiny-net --image 3x32x32 --svg tiny-net.svg");
        // Only as many images as needed.
        Catwalk.Answer answer = run(String.join("\n", commands)
                .replace("--quick", "--quick --epochs 1 --limit-train 500 --limit-test 200 --out ../run"));

        assertThat(answer.out())
                .containsPattern("Tests run: [1-9][0-9]*, Failures: 0, Errors: 0, Skipped: 0")
                .contains("installed tiny-net 1.0.0, with the classifier tiny-net")
                .containsPattern("\ntiny-net .*%|\ntiny-net  +.*\\d")
                .contains("Network for 3x32x32 and 10 classes, with filters 16:");
        assertThat(folder.resolve("run/results.csv")).content().contains("tiny-net", "small-conv");
        assertThat(folder.resolve("tiny-net/tiny-net.svg")).content().startsWith("<svg");
        Path source = folder.resolve("tiny-net/src/main/java/com/example/tinynet/TinyNet.java");
        // The code on the page is that of the file, except for the tags.
        String shown = CODE.matcher(page).results().findFirst().orElseThrow().group(1);
        assertThat(shown.lines().filter(line -> !line.isBlank())).isSubsetOf(Files.readAllLines(source));
    }

    /** The zip brings Kotlin's library, which the program does not have. */
    @Test
    @Tag("long")
    void aProjectInKotlinBecomesAPlugin() throws Exception {
        String commands = """
                catwalk plugin new tiny-net --kotlin
                cd tiny-net
                ./mvnw verify
                catwalk plugin install target/tiny-net-1.0.0.zip
                catwalk plugin info tiny-net
                """;
        assertThat(run(commands).out())
                .containsPattern("Tests run: [1-9][0-9]*, Failures: 0, Errors: 0, Skipped: 0")
                .contains("installed tiny-net 1.0.0, with the classifier tiny-net")
                .contains("Network for 1x28x28 and 10 classes");
    }

    @Test
    void everyPageThatAMessageNamesIsPacked() throws IOException {
        Pattern named = Pattern.compile("docs/[a-z-]+(/[a-z0-9-]+)*(\\.md)?");
        Set<String> pages = new TreeSet<>();
        for (String module : List.of("data", "run", "report", "cli")) {
            try (Stream<Path> sources = Files.walk(Path.of("..", module, "src/main"))) {
                for (Path source : (Iterable<Path>) sources::iterator) {
                    if (source.toString().matches(".*\\.(java|jte|md)")) {
                        String text = Files.readString(source).replaceAll("(?m)^(\\s*\\*|.*https://).*$", "");
                        named.matcher(text).results().forEach(page -> pages.add(page.group()));
                    }
                }
            }
        }
        assertThat(pages).hasSizeGreaterThanOrEqualTo(3);
        for (String page : pages) {
            requirePacked(page);
        }
    }

    /** Each download has a README of its own; {@code .ci/download} looks for it. */
    @Test
    void eachLinkOfAPackedPageLeadsSomewhere() throws IOException {
        MarkdownLinks links = new MarkdownLinks();
        Path first = HOME.resolve("docs/README.md");
        List<Path> pages = MarkdownLinks.pages(HOME.resolve("docs"));

        assertThat(pages).hasSizeGreaterThan(70).contains(first);
        assertThat(pages.stream().flatMap(page -> links.dead(page).stream())).isSubsetOf(first + ": ../README.md");
    }

    /** A decision record is referred to by its number alone. */
    private static void requirePacked(String page) throws IOException {
        Path path = HOME.resolve(page);
        String name = path.getFileName().toString();
        try (Stream<Path> beside = Files.list(path.getParent())) {
            assertThat(beside.map(file -> file.getFileName().toString()))
                    .anyMatch(file -> file.equals(name) || file.startsWith(name + "-"));
        }
    }

    private Catwalk.Answer run(String commands) throws Exception {
        Path catwalk = folder.resolve("catwalk");
        ProgramCopy.make(HOME, catwalk);
        Catwalk.Answer answer = Catwalk.finish(shell("set -e\nPATH=" + catwalk.resolve("bin") + ":$PATH\n" + commands));
        assertThat(answer.exitCode()).as(answer.out() + answer.err()).isZero();
        return answer;
    }

    /** Maven may fetch libraries of others, in versions that the build of Catwalk itself does not need. */
    private ProcessBuilder shell(String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", script).directory(folder.toFile());
        // The wrapper finds the Maven version that it needs already installed.
        Path dists = Files.createDirectories(folder.resolve("maven/wrapper/dists"));
        Path maven = Path.of(System.getProperty("maven.home", "/usr/share/maven"));
        Files.createSymbolicLink(dists.resolve(wanted()), maven);
        builder.environment().put("MAVEN_USER_HOME", folder.resolve("maven").toString());
        // Kotlin's compiler would go on in a process of its own.
        String options = "-B -ntp -Dkotlin.compiler.daemon=false -Dmaven.repo.local=" + folder.resolve("repository");
        builder.environment().put("MAVEN_ARGS", options + " -Dmaven.repo.local.tail=" + withoutCatwalk());
        return builder;
    }

    private static String wanted() throws IOException {
        try (var properties = PluginProject.class.getResourceAsStream("project/maven-wrapper.properties")) {
            return new String(properties.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?s).*/(apache-maven-[0-9.]+)-bin\\.zip.*", "$1");
        }
    }

    private Path withoutCatwalk() throws IOException {
        String standard = System.getProperty("user.home") + "/.m2/repository";
        Path local = Path.of(System.getProperty("localRepository", standard));
        Path tail = Files.createDirectory(folder.resolve("tail"));
        link(local, tail, "io");
        link(local.resolve("io"), Files.createDirectory(tail.resolve("io")), "catwalk");
        return tail;
    }

    /** JUnit would warn of each link that leads out of its folder. */
    @AfterEach
    void unlink() throws IOException {
        List<Path> links;
        try (Stream<Path> all = Files.walk(folder)) {
            links = all.filter(Files::isSymbolicLink).toList();
        }
        for (Path link : links) {
            Files.delete(link);
        }
    }

    private static void link(Path from, Path to, String except) throws IOException {
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                if (!entry.endsWith(except)) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toRealPath());
                }
            }
        }
    }
}
