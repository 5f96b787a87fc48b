package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.catwalk.runner.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Finds at which node another runtime begins to give different results for the same file. */
@ExtendWith(ExportedRun.class)
final class DiffRuntimesTest {

    private static final Path REAL =
            Path.of("../onnx-models/runtimes").toAbsolutePath().normalize();

    private static final String NORM = "/02BatchNorm/BatchNormalization";

    @TempDir
    private Path folder;

    private Catwalk.Answer diff(Path runners, String runtimes, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("diff", "" + ExportedRun.get().model()));
        arguments.addAll(List.of("--runtimes", runtimes, "--runtimes-dir", runners.toString()));
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    private void runner(String name, String fault) throws IOException {
        FaultyRunner.write(folder.resolve(name), fault);
    }

    private static String joined(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @Test
    void theNodeThatARuntimeComputesOtherwiseIsNamedWithItsLineOfCode() throws IOException {
        runner("faulty", FaultyRunner.EPSILON);
        Path reduced = folder.resolve("reduced");

        Catwalk.Answer answer = diff(folder, "faulty", "--rows", "3", "--reduce", reduced.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(joined(answer.out()))
                .contains("/model.onnx differs in faulty (The runtime faulty 6.6): answers: ")
                .contains(" of 30 numbers differ, most at (")
                .containsPattern("it begins at " + NORM + " \\(.*called at BatchNorm\\.java:\\d+\\); \\S+: ")
                // 2 filters for each of 3 images of 8x8 pixels
                .containsPattern(": \\d+ of 384 numbers differ, most at \\(\\d, \\d, \\d, \\d\\): ");
        ModelProto node = ModelProto.parseFrom(Files.readAllBytes(reduced.resolve("faulty/model.onnx")));
        assertThat(node.getGraph().getNodeList())
                .singleElement()
                .satisfies(only -> assertThat(only.getName()).isEqualTo(NORM));
    }

    @Test
    void oneThatComputesTheSameAgrees() throws IOException {
        runner("honest", FaultyRunner.NONE);

        Catwalk.Answer answer = diff(folder, "honest");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(joined(answer.out()))
                .contains(
                        "/model.onnx: agrees in honest (The runtime honest 6.6); answers to 16 images differ by at most ")
                .doesNotContain("begins");
    }

    @Test
    @Tag("long")
    void theNodeThatARuntimeDoesNotKnowIsNamed() throws IOException {
        runner("small", FaultyRunner.UNKNOWN);

        Catwalk.Answer answer = diff(folder, "small");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(joined(answer.out()))
                .contains("/model.onnx has no answer in small (The runtime small 6.6): it ended with exit code 1: ")
                .contains("expected no BatchNormalization")
                .contains("the first node without an answer is " + NORM + " (");
    }

    @Test
    @Tag("long")
    void theToleranceDecides() throws IOException {
        runner("faulty", FaultyRunner.EPSILON);

        assertThat(diff(folder, "faulty", "--abs", "1000").exitCode()).isEqualTo(ExitCode.DONE);
        Catwalk.Answer answer = diff(folder, "faulty", "--abs", "0", "--rel", "1e-3", "--json");
        assertThat(answer.exitCode()).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        JsonNode said = Json.JSON.readTree(answer.out());
        assertThat(said.at("/tolerance/relative").asDouble()).isEqualTo(1e-3);
        assertThat(said.at("/runtimes/0/outcome").asString()).isEqualTo("differs");
        assertThat(said.at("/runtimes/0/finding/node").asString()).isEqualTo(NORM);
        assertThat(said.at("/runtimes/0/unasked")).isEmpty();
    }

    @Test
    @Tag("long")
    void verifySaysWhereARuntimeBeginsToDisagree() throws IOException {
        runner("faulty", FaultyRunner.EPSILON);
        runner("honest", FaultyRunner.NONE);

        Catwalk.Answer answer = Catwalk.run(RuntimesTest.arguments(
                ExportedRun.get().model(), ExportedRun.get().images(), folder, "honest,faulty"));

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(joined(answer.out()))
                .contains("DISAGREES")
                .contains("faulty: it begins at " + NORM + " (")
                .doesNotContain("honest: it begins");
    }

    /** ONNX Runtime for Python gets the same file with another epsilon, through a change of its bytes. */
    @Test
    @Tag("long")
    void aFaultOfARealRuntimeIsFound() throws IOException {
        Path faulty = Files.createDirectories(folder.resolve("faulty-python"));
        String script = Files.readString(REAL.resolve("python/run.py"));
        String changed = script.replace(
                "onnxruntime.InferenceSession(model,",
                "onnxruntime.InferenceSession(open(model, 'rb').read().replace("
                        + "b'epsilon\\x15\\xac\\xc5\\x27\\x37', b'epsilon\\x15\\x00\\x00\\x80\\x3e'),");
        assertThat(changed).isNotEqualTo(script);
        Files.writeString(faulty.resolve("run.py"), changed);
        Files.copy(REAL.resolve("python/runtime.json"), faulty.resolve("runtime.json"));

        Catwalk.Answer right = diff(REAL, "python");
        assumeTrue(!right.err().contains("is not installed"), "skipped: " + right.err());
        Catwalk.Answer wrong = diff(folder, "faulty-python");

        assertThat(right.exitCode()).as("%s", right).isEqualTo(ExitCode.DONE);
        assertThat(wrong.exitCode()).as("%s", wrong).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(joined(wrong.out())).contains("it begins at " + NORM + " (");
    }

    @Test
    void whatCannotBeAskedIsSaidInALine() throws IOException {
        runner("absent", FaultyRunner.NONE);
        Path description = folder.resolve("absent/runtime.json");
        Files.writeString(
                description, Files.readString(description).replace("\"files\" : [ ]", "\"files\" : [ \"x\" ]"));

        refused(diff(folder, "absent"), "--runtimes absent: The runtime absent is not installed: install-it");
        refused(diff(folder, "absnt"), "--runtimes must be among all, absent, but has 'absnt'; did you mean 'absent'?");
        refused(diff(folder, "absent", "" + ExportedRun.get().model()), "expected one file with --runtimes");
        refused(diff(folder, "absent", "--abs", "-1"), "--abs and --rel: expected tolerances of 0 or above");
    }

    private static void refused(Catwalk.Answer answer, String words) {
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).hasLineCount(1);
        assertThat(joined(answer.err())).contains(words);
    }
}
