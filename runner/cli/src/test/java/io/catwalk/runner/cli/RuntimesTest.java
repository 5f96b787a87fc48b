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
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

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
        Catwalk.ask("verify %s --dataset %s --predictions %s", world.model(), world.images(), csv)
                .done();
        Predictions predictions = Predictions.read(csv);
        logits = predictions.logits();
        predicted = predictions.predicted();
        truth = predictions.labels();
    }

    private void runner(String name, String script, String... files) throws IOException {
        Path place = Files.createDirectories(folder.resolve("runtimes").resolve(name));
        Files.writeString(place.resolve("run.sh"), script);
        String description = """
                {"runtime": "The runtime %s", "command": ["sh", "run.sh"], "probe": [], "files": %s,
                "install": "install-it --into {folder}", "without": ["NoSuchOperator"]}
                """;
        String needed = Json.LINE.writeValueAsString(files);
        Files.writeString(place.resolve("runtime.json"), description.formatted(name, needed));
    }

    private void answering(String name, float[] answers) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(answers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(answers);
        runner(name, "cp answers \"$4\"; echo 'loading'; echo '{\"version\": \"7.1\", \"seconds\": 0.5}'");
        Files.write(folder.resolve("runtimes").resolve(name).resolve("answers"), bytes.array());
    }

    private Catwalk.Answer verify(String runtimes, String... more) {
        return Catwalk.run(arguments(world.model(), world.images(), folder.resolve("runtimes"), runtimes, more));
    }

    static String[] arguments(Path model, Path images, Path runners, String runtimes, String... more) {
        String command = "verify %s --dataset %s --runtimes %s --runtimes-dir %s";
        Stream<String> words = Stream.of(Catwalk.words(command, model, images, runtimes, runners));
        return Stream.concat(words, Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void theRightAnswersAgree() throws IOException {
        answering("honest", logits);

        Catwalk.Answer answer = verify("honest").done();

        assertThat(answer.err()).isEmpty();
        // 40 images in half a second, as the runner reports; its logits are those of an image normalized in floats, as
        // here.
        assertThat(answer.out()).containsPattern("\nhonest +7\\.1 +0 +0\\.0e\\+00 +80  agrees\n");
        assertThat(answer.out().lines()).allMatch(line -> line.length() <= 80 || line.contains("model.onnx: "));
    }

    @Test
    void oneEndsWithTheProgramThatIsKilled() throws Exception {
        runner("stuck", STUCK);
        String[] verify = arguments(world.model(), world.images(), folder.resolve("runtimes"), "stuck");
        Process program = Catwalk.process(folder, verify)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        try {
            await(true, STUCK);
        } finally {
            program.destroyForcibly();
        }
        await(false, STUCK);
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

        Catwalk.Answer answer = Catwalk.run(
                        arguments(swapped, world.images(), folder.resolve("runtimes"), "honest", "--json"))
                .exits(ExitCode.CROSS_CHECK_FAILED);

        JsonNode json = answer.json();
        assertThat(json.at("/runtimes/0/outcome").asString()).isEqualTo("agrees");
        assertThat(json.path("agrees").asBoolean(true)).isFalse();
        assertThat(json.path("stated_accuracy").asDouble()).isEqualTo(right(0, 0) / 40.0);
        assertThat(json.path("accuracy").asDouble()).isEqualTo(right(0, other) / 40.0);

        SortedMap<String, String> silent = new TreeMap<>(metadata.entries());
        silent.remove("metrics.test.accuracy");
        new OnnxMetadata(silent).write(swapped);
        Catwalk.Answer unsaid = Catwalk.run(arguments(swapped, world.images(), folder.resolve("runtimes"), "honest"))
                .done();
        assertThat(unsaid.joined()).contains("but the file states no accuracy");
    }

    private int right(int one, int other) {
        int right = 0;
        for (int i = 0; i < truth.length; i++) {
            int named = predicted[i] == one ? other : predicted[i] == other ? one : predicted[i];
            right += named == truth[i] ? 1 : 0;
        }
        return right;
    }

    private List<Integer> ranked() {
        return IntStream.range(0, 10)
                .boxed()
                .sorted(Comparator.comparing(label -> -logits[label]))
                .toList();
    }

    @Test
    void oneLabelThatFlipsAndOneLogitThatDiffersAreExposed() throws IOException {
        int likeliest = ranked().get(0);
        int least = ranked().get(9);
        logits[likeliest] -= 1000;
        answering("liar", logits);
        logits[likeliest] += 1000;
        logits[least] -= 0.5f;
        answering("sloppy", logits);

        Catwalk.Answer flips = verify("liar").exits(ExitCode.CROSS_CHECK_FAILED);
        JsonNode differs = Json.JSON.readTree(verify("sloppy", "--json").out()).at("/runtimes/0");

        assertThat(flips.out()).containsPattern("\nliar +7\\.1 +1 +1\\.0e\\+03 +80  DISAGREES\n");
        assertThat(differs.path("outcome").asString()).isEqualTo("disagrees");
        assertThat(differs.path("flips").asInt(-1)).isZero();
        assertThat(differs.path("max_abs").asDouble()).isBetween(0.49, 0.51);
    }

    /** Each of two labels has to move by half their distance to flip, and both move by 0.6 of it. */
    @Test
    void aFlipWithinTheToleranceIsListedAsANearTieAndPasses() throws IOException {
        int first = ranked().get(0);
        int second = ranked().get(1);
        float margin = logits[first] - logits[second];
        logits[first] -= 0.6f * margin;
        logits[second] += 0.6f * margin;
        answering("undecided", logits);
        String tie =
                "image 0: %d instead of %d, by %s".formatted(second, first, String.format(Locale.ROOT, "%.1e", margin));

        Catwalk.Answer near = verify("undecided", "--abs", "" + 0.7 * margin).done();
        Catwalk.Answer json = verify("undecided", "--abs", "0", "--rel", "1000", "--json");

        assertThat(near.out())
                .containsPattern("\nundecided +7\\.1 +0 +\\S+ +80  agrees\n")
                .contains("\nundecided: 1 near tie, within the tolerance: " + tie + "\n");
        JsonNode listed = json.json().at("/runtimes/0/near_ties/0");
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
    void whatCannotBeAskedIsLeftOutOfAllAndRefusedByItsName() throws IOException {
        answering("honest", logits);
        answering("small", logits);
        Path description = folder.resolve("runtimes/small/runtime.json");
        Files.writeString(description, Files.readString(description).replace("NoSuchOperator", "GRU"));
        runner("absent", "true", "not/there");
        String hint = "install-it --into " + folder.resolve("runtimes/absent").toAbsolutePath();

        Catwalk.Answer all = verify("all").done();

        assertThat(all.joined())
                .contains(" absent left out ", hint, " small left out ", "GRU", "--unroll-recurrent --batch 1");
        verify("honest,absent").refused("absent", hint);
        verify("small").refused("small", "GRU", "--unroll-recurrent --batch 1");
        verify("honset").refused("--runtimes", "'honset'", "'honest'");
    }

    /** The answers to seven images are all that it has. */
    @Test
    void aSlowRuntimeGetsTheFirstImagesUnlessItIsNamed() throws IOException {
        answering("slow", Arrays.copyOf(logits, 7 * 10));
        Path description = folder.resolve("runtimes/slow/runtime.json");
        Files.writeString(
                description, Files.readString(description).replace("\"without\"", "\"images\": 7, \"without\""));

        Catwalk.Answer all = verify("all", "--json").done();

        JsonNode found = all.json().at("/runtimes/0");
        assertThat(found.path("outcome").asString()).isEqualTo("agrees");
        assertThat(found.path("images").asInt()).isEqualTo(7);
        assertThat(found.path("images_per_second").asDouble()).isEqualTo(14);
        assertThat(verify("all").done().joined()).contains("slow: ", "the first 7 images");
        assertThat(verify("slow").exits(ExitCode.SOME_FAILED).joined()).contains("of each of 40 images", "found 280");
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
    @Tag("long")
    void anAnswerOfAnotherFormOrNoneSaysWhatWasExpected() throws Exception {
        runner("broken", "echo 'warning: old'; echo 'ImportError: no such thing' >&2; echo '  at line 3' >&2; exit 7");
        runner("mute", "exit 0");
        runner("short", "printf 1234 > \"$4\"; echo '{\"version\": \"1\", \"seconds\": 1}'");
        runner("stuck", STUCK);
        answering("honest", logits);

        Catwalk.Answer answer = verify("all", "--runtime-timeout", "3s").exits(ExitCode.SOME_FAILED);

        assertThat(answer.out()).containsPattern("\nstuck +FAILED\n").containsPattern("\nhonest .* agrees\n");
        assertThat(answer.joined())
                .contains("broken: it ended with exit code 7: ImportError: no such thing")
                .contains("mute: expected {\"version\": ..., \"seconds\": ...} as its last line, found ''")
                .contains("short: expected 10 float32 logits of each of 40 images, 1600 bytes, found 4")
                .contains("stuck: it gave no answer within 3 s and was stopped");
        await(false, STUCK);
    }
}
