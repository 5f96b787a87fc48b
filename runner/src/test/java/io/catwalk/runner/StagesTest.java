package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What .ci/run and .ci/nightly say and do about their stages. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs bash")
final class StagesTest {

    private static final Path STAGES = Path.of("../.ci/stages");

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
        assertThat(table(answer).lines().skip(1))
                .satisfiesExactly(
                        line -> assertThat(line).matches(" +\\d+ s  first: passed"),
                        line -> assertThat(line).matches(" +\\d+ s  second: failed with exit code 3"),
                        line -> assertThat(line).matches(" +-    third: not run"),
                        line -> assertThat(line).isEqualTo("skipped: no such program"));
    }

    @Test
    void byNightAllAreRunAndOneThatFailsIsEnoughToFail() throws Exception {
        Answer answer = bash("goes_on=yes\n" + SCRIPT);

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.out()).contains("was run");
        assertThat(table(answer))
                .contains("second: failed with exit code 3\n")
                .containsPattern("\\d s {2}third: passed");
    }

    @Test
    void aScriptEndsWellOnlyIfItGotToItsEnd() throws Exception {
        assertThat(bash("stage \"only\" true").exitCode()).isZero();
        Answer broken = bash("stage \"only\" true\nfalse\necho never");
        assertThat(broken.exitCode()).isEqualTo(1);
        assertThat(table(broken)).contains("only: passed").doesNotContain("never");
    }

    @Test
    void theTableNamesWhatAScriptOfAStageSkipped() throws Exception {
        Answer answer = bash("stage \"only\" bash -c '. ../.ci/skipped; skipped \"no such program\"'");

        assertThat(answer.exitCode()).isZero();
        assertThat(table(answer).lines().skip(1))
                .satisfiesExactly(
                        line -> assertThat(line).matches(" +\\d+ s  only: passed"),
                        line -> assertThat(line).isEqualTo("skipped: no such program"));
    }

    @Test
    void scriptsAreWrittenWithoutMistakesOfSyntax() throws Exception {
        for (String script : new String[] {"run", "nightly", "release", "reproduce", "download", "site"}) {
            assertThat(new ProcessBuilder("bash", "-n", "../.ci/" + script)
                            .start()
                            .waitFor())
                    .as(script)
                    .isZero();
        }
    }
}
