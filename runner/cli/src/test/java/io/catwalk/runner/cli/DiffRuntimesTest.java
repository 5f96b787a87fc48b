package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Finds at which node another runtime begins to give different results for the same file. */
@ExtendWith(ExportedRun.class)
final class DiffRuntimesTest {

    private static final Path REAL =
            Path.of("../../onnx-models/runtimes").toAbsolutePath().normalize();

    private static final String NORM = "/02BatchNorm/BatchNormalization";

    @TempDir
    private Path folder;

    private static Catwalk.Answer diff(Path runners, String runtimes, String more, Object... values) {
        Path model = ExportedRun.get().model();
        Object[] all = Stream.concat(Stream.of(model, runtimes, runners), Stream.of(values))
                .toArray();
        return Catwalk.ask("diff %s --runtimes %s --runtimes-dir %s " + more, all);
    }

    private void runner(String name, String fault) throws IOException {
        FaultyRunner.write(folder.resolve(name), fault);
    }

    @Test
    @Tag("long")
    void theNodeThatARuntimeComputesOtherwiseIsNamedWithItsLineOfCode() throws IOException {
        runner("faulty", FaultyRunner.EPSILON);
        Path reduced = folder.resolve("reduced");

        Catwalk.Answer answer = diff(folder, "faulty", "--rows 3 --reduce %s", reduced);

        assertThat(answer.exits(ExitCode.CROSS_CHECK_FAILED).joined())
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
    @Tag("long")
    void diffAndVerifySayWhichRuntimesDisagree() throws IOException {
        runner("faulty", FaultyRunner.EPSILON);
        runner("honest", FaultyRunner.NONE);

        diff(folder, "faulty", "--abs 1000").done();
        assertThat(diff(folder, "honest", "").done().joined())
                .contains("/model.onnx: agrees in honest (The runtime honest 6.6)", "16 images")
                .doesNotContain("begins");
        Catwalk.Answer verified = Catwalk.run(RuntimesTest.arguments(
                ExportedRun.get().model(), ExportedRun.get().images(), folder, "honest,faulty"));
        assertThat(verified.exits(ExitCode.CROSS_CHECK_FAILED).joined())
                .contains("DISAGREES", "faulty: it begins at " + NORM + " (")
                .doesNotContain("honest: it begins");
    }

    /** ONNX Runtime for Python gets the same file with another epsilon, through a change of its bytes. */
    @Test
    @Tag("long")
    void aFaultOfARealRuntimeIsFound() throws IOException {
        Path faulty = Files.createDirectories(folder.resolve("faulty-python"));
        String script = Files.readString(REAL.resolve("python/run.py"));
        String changed = script.replace(
                "library.InferenceSession(model,",
                "library.InferenceSession(open(model, 'rb').read().replace("
                        + "b'epsilon\\x15\\xac\\xc5\\x27\\x37', b'epsilon\\x15\\x00\\x00\\x80\\x3e'),");
        assertThat(changed).isNotEqualTo(script);
        Files.writeString(faulty.resolve("run.py"), changed);
        Files.copy(REAL.resolve("python/runtime.json"), faulty.resolve("runtime.json"));

        Catwalk.Answer right = diff(REAL, "python", "");
        assumeTrue(!right.err().contains("is not installed"), "skipped: " + right.err());
        Catwalk.Answer wrong = diff(folder, "faulty-python", "");

        right.done();
        assertThat(wrong.exits(ExitCode.CROSS_CHECK_FAILED).joined()).contains("it begins at " + NORM + " (");
    }

    @Test
    @Tag("long")
    void whatCannotBeAskedIsSaidInALine() throws IOException {
        runner("absent", FaultyRunner.NONE);
        Path description = folder.resolve("absent/runtime.json");
        String text = Files.readString(description);
        Files.writeString(description, text.replace("\"files\" : [ ]", "\"files\" : [ \"x\" ]"));

        diff(folder, "absent", "").refused("--runtimes absent", "not installed", "install-it");
    }
}
