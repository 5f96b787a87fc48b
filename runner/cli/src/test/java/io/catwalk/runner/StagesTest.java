package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What .ci/run and .ci/nightly say and do about their stages. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs bash")
final class StagesTest {

    private static final Path STAGES = Path.of("../../.ci/stages");

    /** A failing command in the middle of a stage, and one after it. */
    private static final String SCRIPT = """
            lacks() { skipped "no such program"; return 3; }
            stage "first" true
            stage "second" lacks
            stage "third" echo "was run"
            """;

    private record Answer(int exitCode, String out) {}

    private static Answer bash(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", "set -euo pipefail\n. " + STAGES + "\n" + script)
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), out);
    }

    private static String table(Answer answer) {
        return answer.out().substring(answer.out().indexOf("== all: "));
    }

    @Test
    void theFirstThatFailsIsTheLastAndTheTableNamesThoseThatWereNotRun() throws Exception {
        Answer answer = bash(SCRIPT);
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.out()).doesNotContain("was run");
        String expected = """
                 +\\d+ s  first: passed
                 +\\d+ s  second: failed with exit code 3
                 +-    third: not run
                skipped: no such program
                """;
        assertThat(table(answer).replaceFirst(".*\n", "")).matches(expected);
    }

    @Test
    void byNightAllAreRunAndOneThatFailsIsEnoughToFail() throws Exception {
        Answer answer = bash("goes_on=yes\n" + SCRIPT);
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.out()).contains("was run");
        assertThat(table(answer)).containsPattern("second: failed with exit code 3\n.*\\d s {2}third: passed");
    }

    @Test
    void aScriptEndsWellOnlyIfItGotToItsEnd() throws Exception {
        assertThat(bash("stage \"only\" true").exitCode()).isZero();
        Answer broken = bash("stage \"only\" true\nfalse\necho never");
        assertThat(broken.exitCode()).isEqualTo(1);
        assertThat(table(broken)).contains("only: passed").doesNotContain("never");

        Answer skipping = bash("stage \"only\" bash -c '. ../../.ci/skipped; skipped \"no such program\"'");
        assertThat(skipping.exitCode()).isZero();
        assertThat(table(skipping)).containsPattern("\\d+ s  only: passed\nskipped: no such program\n");
    }

    /** By the specifications of ELF and Mach-O; the last file is a class of Java. */
    @ParameterizedTest
    @CsvSource({
        "7f454c4602010103000000000000000003003e00, linux-x86_64",
        "7f454c460201010000000000000000000300b700, linux-aarch64",
        "cffaedfe0c00000100000000, osx-aarch64",
        "7f454c4601010100000000000000000003000300, another processor or system",
        "7f454c4602010100000000000000000003001500, another processor or system",
        "cffaedfe0700000103000000, another processor or system",
        "cafebabe0000000201000007, another processor or system",
        "cafebabe0000003d00220a00, something else"
    })
    void theFirstBytesTellWhatALibraryIsFor(String bytes, String told, @TempDir Path folder) throws Exception {
        Path library = Files.write(folder.resolve("a library"), HexFormat.of().parseHex(bytes));
        String magic = "eval \"$(sed -n '/^magic() {/,/^}/p' ../../.ci/download)\"\n";
        Answer answer = bash(magic + "stage library magic '" + library + "'");
        assertThat(answer.out()).startsWith("== library\n" + told + "\n");
    }

    /** A class that was renamed would fail its stage only in the night. */
    @Test
    void theTestsThatTheNightNamesAreThere() throws IOException {
        List<String> named = Pattern.compile("\\b[A-Z]\\w+(Test|IT)\\b")
                .matcher(Files.readString(Path.of("../../.ci/nightly")))
                .results()
                .map(test -> test.group() + ".java")
                .toList();

        assertThat(named).hasSizeGreaterThan(5);
        List<String> there = new ArrayList<>();
        String folders = "../data/src/test/java ../run/src/test/java ../report/src/test/java src/test/java"
                + " ../../onnx-models/src/test/java ../../onnx-models/src/conformance/java";
        for (String folder : folders.split(" ", -1)) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                files.forEach(file -> there.add(file.getFileName().toString()));
            }
        }
        assertThat(there).containsAll(named);
    }

    @Test
    void scriptsAreWrittenWithoutMistakesOfSyntax() throws Exception {
        for (String script : new String[] {"run", "nightly", "release", "reproduce", "download", "site", "times"}) {
            Process bash = new ProcessBuilder("bash", "-n", "../../.ci/" + script).start();
            assertThat(bash.waitFor()).as(script).isZero();
        }
    }
}
