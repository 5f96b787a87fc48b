package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script at the top of a checkout, in a checkout of a few files with a fake Maven. */
@Tag("tiny")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the shell script")
final class CheckoutLauncherTest {

    private static final String[] TOOLS =
            "cat chmod dirname find grep head mkdir mv readlink rm sed sh sleep tail touch uname".split(" ", -1);

    /** Builds a program that prints its arguments and exits with 1. */
    private static final String MAVEN = """
            #!/bin/sh
            [ "$1" != -v ] || { echo 'Apache Maven 3.9.0 (a fake)'; exit; }
            echo "$@" >> '%1$s/builds'
            built='%1$s/runner/target/catwalk-9.9.9'
            mkdir -p "$built/bin" "$built/lib" '%1$s/runner/cli/target'
            printf '#!/bin/sh\\necho "ran $*"\\nexit 1\\n' > "$built/bin/catwalk"
            chmod +x "$built/bin/catwalk"
            touch '%1$s/runner/cli/target/catwalk-runner-9.9.9.jar'
            """;

    @TempDir
    private Path folder;

    private Path root;
    private Path path;
    private Path stamp;
    private Path lock;

    @BeforeEach
    void checkOut() throws IOException {
        root = Files.createDirectory(folder.resolve("check out"));
        Files.copy(Path.of("../..", "catwalk"), root.resolve("catwalk"));
        write("pom.xml", "<project>\n  <version>9.9.9</version>\n</project>\n");
        write("runner/pom.xml", "");
        write("runner/cli/pom.xml", "");
        write("runner/cli/src/main/java/Main.java", "");
        write("runner/cli/src/test/java/MainTest.java", "");
        write("plugins/gru/pom.xml", "");
        write("plugins/gru/src/main/java/Gru.java", "");
        write("test-data/fashion-mnist/train", "");
        stamp = root.resolve("runner/target/built");
        lock = root.resolve("runner/target/building");
        path = Catwalk.only(folder.resolve("path"), TOOLS);
        maven(MAVEN.formatted(root));
    }

    @Test
    void itBuildsAtFirstAndSaysSo() throws Exception {
        Catwalk.Answer answer = catwalk("list", "--plugins-dir", "a b");

        assertThat(answer.err()).hasLineCount(1).contains("nothing is built yet", "runner/target/build.log");
        assertThat(answer.out()).isEqualTo("ran list --plugins-dir a b\n");
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(root.resolve("builds"))
                .content()
                .isEqualTo("-B -ntp -f " + root + "/pom.xml package -Pprogram" + " -Dmaven.test.skip\n");
        requireRunWithout(1);
    }

    /** Requires that the program runs without a word, after so many builds in all. */
    private void requireRunWithout(int builds) throws Exception {
        Catwalk.Answer answer = catwalk("list");
        assertThat(answer.err()).isEmpty();
        assertThat(answer.out()).isEqualTo("ran list\n");
        assertThat(builds()).isEqualTo(builds);
    }

    @Test
    void itBuildsAgainWhenASourceIsNewer() throws Exception {
        catwalk("list");
        String sources =
                "pom.xml runner/pom.xml runner/cli/pom.xml plugins/gru/pom.xml runner/cli/src/main/java/Main.java"
                        + " plugins/gru/src/main/java/Gru.java test-data/fashion-mnist/train";
        int builds = 1;
        for (String source : sources.split(" ", -1)) {
            age(stamp, 60);
            age(root.resolve(source), 30);

            assertThat(catwalk("list").err()).startsWith("catwalk: the sources are newer than what is built: building");
            requireRunWithout(++builds);
            age(root.resolve(source), 3600);
        }
    }

    @Test
    void itBuildsAgainWhenASourceIsGoneOrWasSavedMeanwhile() throws Exception {
        catwalk("list");
        age(stamp, 60);
        Files.delete(root.resolve("runner/cli/src/main/java/Main.java"));
        maven(MAVEN.formatted(root) + "touch '" + root + "/runner/cli/src/main/java/Main.java'\n");

        catwalk("list");
        assertThat(builds()).isEqualTo(2);
        catwalk("list");
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void testsThatAreNewerDoNotMatterAndWhatMavenItselfHasBuiltIsTaken() throws Exception {
        catwalk("list");
        age(stamp, 60);
        age(root.resolve("runner/cli/src/test/java/MainTest.java"), 30);
        requireRunWithout(1);
        Files.delete(stamp);
        requireRunWithout(1);
    }

    @Test
    void aBuildThatEndsHalfwayIsShownAndTriedAgain() throws Exception {
        maven(MAVEN.formatted(root) + "echo '[ERROR] no space left'\necho '[INFO] bye'\nexit 1\n");
        Catwalk.Answer first = catwalk("list").exits(ExitCode.BAD_REQUEST);
        assertThat(first.out()).isEmpty();
        assertThat(first.err()).contains("[ERROR] no space left\n").endsWith("see runner/target/build.log\n");
        assertThat(root.resolve("runner/target/build.log")).content().contains("[INFO] bye");
        assertThat(stamp).doesNotExist();

        Catwalk.Answer second = catwalk("list").exits(ExitCode.BAD_REQUEST);

        assertThat(second.err()).startsWith("catwalk: the last build did not finish: building");
        assertThat(builds()).isEqualTo(2);
        maven(MAVEN.formatted(root));
        assertThat(catwalk("list").out()).isEqualTo("ran list\n");
        requireRunWithout(3);
    }

    @Test
    void afterABuildThatEndsHalfwayOneByMavenItselfIsTaken() throws Exception {
        maven(MAVEN.formatted(root) + "exit 1\n");
        catwalk("list").exits(ExitCode.BAD_REQUEST);
        age(root.resolve("runner/target/built.new"), 60);
        age(root.resolve("runner/cli/target/catwalk-runner-9.9.9.jar"), 30);

        requireRunWithout(1);
    }

    @Test
    void theBuildLeavesTheInputToTheCommand() throws Exception {
        maven(MAVEN.formatted(root) + "cat > /dev/null\nprintf '#!/bin/sh\\ncat\\n' > \"$built/bin/catwalk\"\n");
        Path input = Files.writeString(folder.resolve("input"), "a\nb\n");
        ProcessBuilder builder = builder(root.resolve("catwalk").toString(), "serve");

        Catwalk.Answer answer = Catwalk.finish(builder.redirectInput(input.toFile()));

        assertThat(answer.out()).isEqualTo("a\nb\n");
        assertThat(builds()).isEqualTo(1);
    }

    /** The other waits for the end of Maven, although the program looks complete before. */
    @Test
    void ofTwoThatStartAtOnceOneBuilds() throws Exception {
        maven(MAVEN.formatted(root) + "sleep 1\n");

        List<Process> both = new ArrayList<>();
        for (String name : List.of("1", "2")) {
            both.add(builder(root.resolve("catwalk").toString(), "list")
                    .redirectOutput(folder.resolve(name + ".out").toFile())
                    .redirectError(folder.resolve(name + ".err").toFile())
                    .start());
        }

        for (Process one : both) {
            assertThat(one.waitFor()).isEqualTo(1);
        }
        String err = Files.readString(folder.resolve("1.err")) + Files.readString(folder.resolve("2.err"));
        assertThat(err.lines().filter(line -> line.contains(": building ("))).hasSize(1);
        assertThat(folder.resolve("1.out")).hasContent("ran list\n");
        assertThat(folder.resolve("2.out")).hasContent("ran list\n");
        assertThat(builds()).isEqualTo(1);
        assertThat(lock).doesNotExist();
    }

    /** What it has built is newer than the beginning of its build, but may be all that there is. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLockOfALauncherThatWasKilledIsTakenOverAndWhatItHasBuiltIsNot(boolean built) throws Exception {
        if (built) {
            catwalk("list");
            Files.move(stamp, root.resolve("runner/target/built.new"));
            age(root.resolve("runner/target/built.new"), 60);
        }
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        String machine = Catwalk.finish(new ProcessBuilder("uname", "-n")).out();
        Files.createDirectories(lock);
        Files.writeString(lock.resolve("holder"), gone.pid() + " " + machine);

        Catwalk.Answer answer = catwalk("list");

        assertThat(answer.err()).contains(built ? "the last build did not finish" : "nothing is built yet");
        assertThat(answer.out()).isEqualTo("ran list\n");
        assertThat(builds()).isEqualTo(built ? 2 : 1);
        assertThat(lock).doesNotExist();
    }

    @Test
    void aLauncherThatIsStoppedLeavesNoLock() throws Exception {
        maven("#!/bin/sh\n[ \"$1\" = -v ] || kill -TERM \"$PPID\"\n");

        catwalk("list").exits(128 + 15);
        assertThat(lock).doesNotExist();
    }

    @Test
    void itNeitherBuildsNorRepeatsABuildThatEndedHalfwayUnderACommandThatRuns() throws Exception {
        catwalk("list");
        age(stamp, 60);
        age(root.resolve("pom.xml"), 30);
        Path ps = runningCommand();

        Catwalk.Answer meanwhile = catwalk("list");

        assertThat(meanwhile.err()).hasLineCount(1).contains("the sources are newer", "not building");
        assertThat(meanwhile.out()).isEqualTo("ran list\n");
        assertThat(builds()).isEqualTo(1);
        Files.delete(ps);
        maven(MAVEN.formatted(root) + "exit 1\n");
        catwalk("list").exits(ExitCode.BAD_REQUEST);
        assertThat(builds()).isEqualTo(2);

        runningCommand();
        catwalk("list").refused("the last build did not finish", root + "/runner/target/catwalk-9.9.9");
        assertThat(builds()).isEqualTo(2);
        assertThat(lock).doesNotExist();
        Files.delete(ps);
        catwalk("list");
        assertThat(builds()).isEqualTo(3);
    }

    /** Writes a fake ps, which shows a command that runs from what is built. */
    private Path runningCommand() throws IOException {
        Path ps = path.resolve("ps");
        String running = "java -Dcatwalk.home=" + root.toRealPath() + "/runner/target/catwalk-9.9.9 -cp lib Main";
        Catwalk.script(ps, "#!/bin/sh\necho '" + running + "'\n");
        return ps;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3.8.8", "3.6.3", "3.8"})
    void insteadOfNoMavenOrAnOldOneTheWrapperBuilds(String old) throws Exception {
        Path wrapper = Files.move(path.resolve("mvn"), folder.resolve("mvnw"));
        if (old.isEmpty()) {
            catwalk("list").refused("nothing is built yet", "mvn 3.9");
        }
        Files.move(wrapper, root.resolve("mvnw"));
        if (!old.isEmpty()) {
            maven("#!/bin/sh\necho 'Apache Maven " + old + " (a fake)'\necho '[ERROR] too old'\nexit 1\n");
        }

        Catwalk.Answer answer = catwalk("list");

        assertThat(answer.err())
                .hasLineCount(1)
                .contains("./mvnw", "network", old.isEmpty() ? "no mvn" : "mvn is older than 3.9");
        assertThat(answer.out()).isEqualTo("ran list\n");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void itWorksThroughALinkAndWithASearchPathForFolders() throws Exception {
        Files.createSymbolicLink(folder.resolve("link"), root.resolve("catwalk"));
        ProcessBuilder builder = builder("./link", "list");
        builder.environment().put("CDPATH", folder.toString());

        assertThat(Catwalk.finish(builder).out()).isEqualTo("ran list\n");
    }

    private Catwalk.Answer catwalk(String... arguments) throws Exception {
        return Catwalk.finish(
                builder(Stream.concat(Stream.of(root.resolve("catwalk").toString()), Stream.of(arguments))
                        .toArray(String[]::new)));
    }

    private ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("PATH", path.toString());
        return builder;
    }

    private long builds() throws IOException {
        return Files.readAllLines(root.resolve("builds")).size();
    }

    private void maven(String script) throws IOException {
        Catwalk.script(path.resolve("mvn"), script);
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        for (int depth = Path.of(name).getNameCount(); depth > 0; depth--) {
            age(root.resolve(Path.of(name).subpath(0, depth)), 3600);
        }
    }

    private static void age(Path file, int seconds) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
    }
}
