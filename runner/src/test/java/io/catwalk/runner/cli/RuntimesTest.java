package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runners that answer correctly, wrongly, late and not at all. */
@ExtendWith(ExportedRun.class)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the runners of these tests are shell scripts")
final class RuntimesTest {

    /** Outlasts every test. Its fraction tells it from that of another build on this machine. */
    private static final String STUCK = "sleep 4711." + ProcessHandle.current().pid();

    @TempDir
    private Path folder;

    private ExportedRun world;
    private float[] logits = new float[0];
    private int[] predicted = new int[0];
    private int[] truth = new int[0];

    /** Computes the correct answers, in another way than runners are compared. */
    @BeforeEach
    void find() throws IOException {
        world = ExportedRun.get();
        Path csv = folder.resolve("answers.csv");
        Catwalk.run(
                "verify", world.model().toString(), "--dataset", world.images().toString(), "--predictions", "" + csv);
        Predictions predictions = Predictions.read(csv);
        logits = predictions.logits();
        predicted = predictions.predicted();
        truth = predictions.labels();
    }

    private void runner(String name, String script, String... files) throws IOException {
        Path place = Files.createDirectories(folder.resolve("runtimes").resolve(name));
        Files.writeString(place.resolve("run.sh"), script);
        Files.writeString(
                place.resolve("runtime.json"),
                Json.JSON.writeValueAsString(Map.of(
                        "runtime", "The runtime " + name,
                        "command", List.of("sh", "run.sh"),
                        "probe", List.of(),
                        "files", List.of(files),
                        "install", "install-it --into {folder}",
                        "without", List.of("NoSuchOperator"))));
    }

    /** Creates a runner that returns these answers for any input. */
    private void answering(String name, float[] answers) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(answers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(answers);
        runner(name, "cp answers \"$4\"; echo 'loading'; echo '{\"version\": \"7.1\", \"seconds\": 0.5}'");
        Files.write(folder.resolve("runtimes").resolve(name).resolve("answers"), bytes.array());
    }

    private Catwalk.Answer verify(String runtimes, String... more) {
        return Catwalk.run(arguments(world.model(), world.images(), folder.resolve("runtimes"), runtimes, more));
    }

    /** Returns the command line that runs a file with the runners of a folder. */
    static String[] arguments(Path model, Path images, Path runners, String runtimes, String... more) {
        List<String> arguments = new ArrayList<>(List.of("verify", model.toString()));
        arguments.addAll(List.of("--dataset", images.toString(), "--runtimes", runtimes));
        arguments.addAll(List.of("--runtimes-dir", runners.toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void theRightAnswersAgree() throws IOException {
        answering("honest", logits);

        Catwalk.Answer answer = verify("honest");

        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        // 40 images in half a second, as the runner reports.
        assertThat(answer.out()).containsPattern("\nhonest +7\\.1 +0 +\\d\\.\\de-\\d\\d +80  agrees\n");
        assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80 || line.contains(": 40 images"));
    }

    /** All runtimes agree about the logits, and all give two classes each other's names. */
    @Test
    void swappedClassesAreExposed() throws IOException {
        answering("honest", logits);
        Path swapped = Files.copy(world.model(), folder.resolve("swapped.onnx"));
        OnnxMetadata metadata = OnnxMetadata.read(swapped);
        List<String> labels = new ArrayList<>(metadata.labels().orElseThrow());
        int other = 1;
        while (right(0, other) == right(0, 0)) { // the first class has as many right answers under that name
            other++;
        }
        Collections.swap(labels, 0, other);
        metadata.withLabels(labels).write(swapped);

        Catwalk.Answer answer =
                Catwalk.run(arguments(swapped, world.images(), folder.resolve("runtimes"), "honest", "--json"));

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        JsonNode json = Json.JSON.readTree(answer.out());
        assertThat(json.at("/runtimes/0/outcome").asString()).isEqualTo("agrees");
        assertThat(json.path("agrees").asBoolean(true)).isFalse();
        assertThat(json.path("stated_accuracy").asDouble()).isEqualTo(right(0, 0) / 40.0);
        assertThat(json.path("accuracy").asDouble()).isEqualTo(right(0, other) / 40.0);
    }

    /** Counts the images that are right if two classes have each other's name. */
    private int right(int one, int other) {
        int right = 0;
        for (int i = 0; i < truth.length; i++) {
            int named = predicted[i] == one ? other : predicted[i] == other ? one : predicted[i];
            right += named == truth[i] ? 1 : 0;
        }
        return right;
    }

    @Test
    void anAccuracyThatCannotBeComparedIsSaid() throws IOException {
        answering("honest", logits);
        Path silent = Files.copy(world.model(), folder.resolve("silent.onnx"));
        SortedMap<String, String> entries =
                new TreeMap<>(OnnxMetadata.read(silent).entries());
        entries.remove("metrics.test.accuracy");
        new OnnxMetadata(entries).write(silent);

        Catwalk.Answer answer = Catwalk.run(arguments(silent, world.images(), folder.resolve("runtimes"), "honest"));

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().replaceAll("\\s+", " ")).contains("but the file states no accuracy");
    }

    @Test
    void oneLabelThatFlipsIsExposed() throws IOException {
        int likeliest = 0;
        for (int i = 1; i < 10; i++) {
            likeliest = logits[i] > logits[likeliest] ? i : likeliest;
        }
        logits[likeliest] -= 1000;
        answering("liar", logits);

        Catwalk.Answer answer = verify("liar");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(answer.out()).containsPattern("\nliar +7\\.1 +1 +1\\.0e\\+03 +80  DISAGREES\n");
    }

    /**
     * The correct logits of two labels are so far apart that each has to move by half the distance, and both move by
     * 0.6.
     */
    @Test
    void aFlipWithinTheToleranceIsListedAsANearTieAndPasses() throws IOException {
        int first = 0;
        for (int i = 1; i < 10; i++) {
            first = logits[i] > logits[first] ? i : first;
        }
        int second = first == 0 ? 1 : 0;
        for (int i = 0; i < 10; i++) {
            second = i != first && logits[i] > logits[second] ? i : second;
        }
        float margin = logits[first] - logits[second];
        logits[first] -= 0.6f * margin;
        logits[second] += 0.6f * margin;
        answering("undecided", logits);
        String tie = "image 0: " + second + " instead of " + first + ", by "
                + String.format(java.util.Locale.ROOT, "%.1e", margin);

        Catwalk.Answer near = verify("undecided", "--abs", "" + 0.7 * margin);
        assertThat(near.exitCode()).as("%s", near).isEqualTo(ExitCode.DONE);
        assertThat(near.out())
                .containsPattern("\nundecided +7\\.1 +0 +\\S+ +80  agrees\n")
                .contains("\nundecided: 1 near tie, within the tolerance: " + tie + "\n");
        JsonNode listed = Json.JSON
                .readTree(verify("undecided", "--abs", "0", "--rel", "1000", "--json")
                        .out())
                .at("/runtimes/0/near_ties/0");
        assertThat(listed.path("image").asInt(-1)).isZero();
        assertThat(listed.path("candidate").asInt()).isEqualTo(second);

        for (Catwalk.Answer far : List.of(verify("undecided"), verify("undecided", "--abs", "" + 0.4 * margin))) {
            assertThat(far.exitCode()).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
            assertThat(far.out())
                    .containsPattern("\nundecided +7\\.1 +1 +\\S+ +80  DISAGREES\n")
                    .doesNotContain("near tie");
        }
    }

    @Test
    void oneLogitThatDiffersIsExposed() throws IOException {
        int least = 0;
        for (int i = 1; i < 10; i++) {
            least = logits[i] < logits[least] ? i : least;
        }
        logits[least] -= 0.5f;
        answering("liar", logits);

        JsonNode said = Json.JSON
                .readTree(verify("liar", "--json").out())
                .path("runtimes")
                .path(0);

        assertThat(said.path("outcome").asString()).isEqualTo("disagrees");
        assertThat(said.path("flips").asInt(-1)).isZero();
        assertThat(said.path("max_abs").asDouble()).isBetween(0.49, 0.51);
    }

    @Test
    void oneThatNeverAnswersIsEnded() throws Exception {
        answering("honest", logits);
        runner("stuck", STUCK);

        Catwalk.Answer answer = verify("all", "--runtime-timeout", "2s");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.out())
                .containsPattern("\nstuck +FAILED\n")
                .contains("\nstuck: it gave no answer within 2 s and was stopped")
                .containsPattern("\nhonest .* agrees\n");
        await(false, STUCK);
    }

    @Test
    void oneEndsWithTheProgramThatIsKilled() throws Exception {
        runner("stuck", STUCK);
        String[] verify = arguments(world.model(), world.images(), folder.resolve("runtimes"), "stuck");
        ProcessBuilder builder = Catwalk.process(folder, verify);
        Process program = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        try {
            await(true, STUCK);
        } finally {
            program.destroyForcibly();
        }

        await(false, STUCK);
    }

    private static void await(boolean running, String command) throws InterruptedException {
        for (int i = 0; i < 600 && running(command) != running; i++) {
            Thread.sleep(100); // there is no notification when a process of another process starts or ends
        }
        assertThat(running(command)).isEqualTo(running);
    }

    private static boolean running(String command) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").endsWith(command));
    }

    @Test
    void oneThatIsMissingIsNamedWithWhatInstallsIt() throws IOException {
        answering("honest", logits);
        runner("absent", "true", "not/there");
        String hint = "The runtime absent is not installed: install-it --into "
                + folder.resolve("runtimes/absent").toAbsolutePath();

        Catwalk.Answer all = verify("all");
        Catwalk.Answer named = verify("honest,absent");

        assertThat(all.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(all.out().replaceAll("\\s+", " ")).contains(" absent left out ", "absent: " + hint);
        assertThat(named.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(named.out()).isEmpty();
        assertThat(named.err()).isEqualToIgnoringNewLines("catwalk: --runtimes absent: " + hint);
    }

    @Test
    void aNameThatIsNoneGetsTheKnownOnes() throws IOException {
        answering("honest", logits);

        Catwalk.Answer answer = verify("honset");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .isEqualToIgnoringNewLines(
                        "catwalk: --runtimes must be among all, honest, but has 'honset'; did you mean 'honest'?");
    }

    @Test
    void oneThatLacksAnOperatorIsLeftOutAndTheOperatorNamed() throws IOException {
        answering("honest", logits);
        answering("small", logits);
        Path description = folder.resolve("runtimes/small/runtime.json");
        Files.writeString(description, Files.readString(description).replace("NoSuchOperator", "GRU"));
        String hint = "The runtime small knows no GRU: export the file with --unroll-recurrent --batch 1 for it";

        Catwalk.Answer all = verify("all");
        Catwalk.Answer named = verify("small");

        assertThat(all.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(all.out().replaceAll("\\s+", " ")).contains(" small left out ", "small: " + hint);
        assertThat(named.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(named.err()).isEqualToIgnoringNewLines("catwalk: --runtimes small: " + hint);
    }

    @Test
    void whatIsAboutTheFileAloneIsRefusedBesideIt() {
        Catwalk.Answer answer = verify("all", "--show");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .startsWith("catwalk: expected --runtimes without --show, --against and --predictions")
                .hasLineCount(1);
    }

    @Test
    void anAnswerOfAnotherFormSaysWhatWasExpected() throws IOException {
        runner("broken", "echo 'warning: old'; echo 'ImportError: no such thing' >&2; echo '  at line 3' >&2; exit 7");
        runner("mute", "exit 0");
        runner("short", "printf 1234 > \"$4\"; echo '{\"version\": \"1\", \"seconds\": 1}'");

        Catwalk.Answer answer = verify("all");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.out().replaceAll("\\s+", " "))
                .contains("broken: it ended with exit code 7: ImportError: no such thing")
                .contains("mute: expected {\"version\": ..., \"seconds\": ...} as its last line, found ''")
                .contains("short: expected 10 float32 logits of each of 40 images, 1600 bytes, found 4");
    }

    @Test
    void anEmptyFolderIsRefused() {
        Catwalk.Answer answer = verify("all");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).startsWith("catwalk: expected runners in ").hasLineCount(1);
    }
}
