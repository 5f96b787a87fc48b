package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.process.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class VersionTest {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private static List<String> lines(String... command) {
        Catwalk.Answer answer =
                Catwalk.ask(String.join(" ", command) + " --version").done();
        assertThat(answer.err()).isEmpty();
        return answer.out().lines().toList();
    }

    private static String property(String pattern) throws IOException {
        Matcher found = Pattern.compile(pattern).matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }

    @Test
    void itTellsTheVersionsOfTheBuildAndTheMachine() throws IOException {
        assertThat(String.join("\n", lines()))
                .startsWith("catwalk " + property("(?m)^ {2}<version>([^<]+)</version>$") + " (commit ")
                .contains("\nJava ", " " + System.getProperty("java.runtime.version") + "\n")
                .contains("\nDJL " + property("<djl.version>([^<]+)<"))
                .contains(", PyTorch " + property("<pytorch.version>([^<]+)<"))
                .contains(", ONNX Runtime " + property("<onnxruntime.version>([^<]+)<") + "\n")
                .contains("\n" + Platform.current());
    }

    @Test
    void eachCommandTellsTheSame() {
        assertThat(lines("compare")).isEqualTo(lines());
        assertThat(lines("train")).as("without its classifier").isEqualTo(lines());
        assertThat(lines("plugin", "new")).isEqualTo(lines());
    }

    @Test
    void itTellsACommitOfThisRepository() throws Exception {
        Assumptions.assumeTrue(Files.exists(ROOT.resolve(".git")), "outside a checkout, there is no commit");
        Matcher commit =
                Pattern.compile("\\(commit ([0-9a-f]{12})(\\+changes)?\\)").matcher(lines().get(0));
        assertThat(commit.find()).isTrue();

        Catwalk.Answer answer =
                Catwalk.finish(new ProcessBuilder("git", "cat-file", "-t", commit.group(1)).directory(ROOT.toFile()));

        assertThat(answer.out().strip()).isEqualTo("commit");
    }
}
