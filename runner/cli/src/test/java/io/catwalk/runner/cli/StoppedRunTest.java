package io.catwalk.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends signals by kill")
final class StoppedRunTest {

    private static final int SIGINT = 2;

    private static final String ENDLESS = "return Layers.sequence(new ai.djl.nn.LambdaBlock(x -> {"
            + " java.util.concurrent.locks.LockSupport.parkNanos(100_000_000L); return x; }, \"slow\"),"
            + " Layers.flatten(), Layers.dense(task.classes()));";

    @TempDir
    private Path folder;

    private Process program;
    private BufferedReader screen;
    private List<ProcessHandle> children = List.of();

    @BeforeEach
    void stopInTheSecondTrial() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("quick").write(plugins.resolve("quick.jar"));
        TestPlugin.building("slow", ENDLESS).write(plugins.resolve("slow.jar"));
        TinyImages.write(folder.resolve("tiny"));
        String compare =
                "compare quick slow --plugins-dir plugins --dataset tiny --out run --epochs 100 --batch-size 54"
                        + " --jobs 1 --threads 1";
        program = Catwalk.process(folder, Catwalk.words(compare))
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        screen = program.errorReader(UTF_8);
        String line = screen.readLine();
        while (line != null && !line.startsWith("slow seed 1: epoch 1 of")) {
            line = screen.readLine();
        }
        assertThat(line).as("a line about the second trial").isNotNull();
        children = program.descendants().toList();
        assertThat(children).isNotEmpty();
    }

    @AfterEach
    void leaveNothingBehind() {
        children.forEach(ProcessHandle::destroyForcibly);
        program.destroyForcibly();
    }

    @Test
    @Tag("long")
    void afterCtrlCChildrenEndAndWhatFinishedStaysReadable() throws Exception {
        assumeThat(isIgnored(SIGINT))
                .as("a shell that runs this in its background")
                .isFalse();
        requireChildrenEndAndWhatFinishedStaysReadable("INT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM"})
    @Tag("long")
    void afterOtherSignalsToo(String signal) throws Exception {
        requireChildrenEndAndWhatFinishedStaysReadable(signal);
    }

    /** A process ignores the signals that its parent ignores; Linux reports which. */
    private static boolean isIgnored(int signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .map(line -> Long.parseUnsignedLong(line.replaceAll("\\w+:\\s*", ""), 16))
                        .anyMatch(mask -> (mask >> (signal - 1) & 1) == 1);
    }

    private void requireChildrenEndAndWhatFinishedStaysReadable(String signal) throws Exception {
        // A terminal sends Ctrl-C to the program and its children alike; other senders do not.
        Stream<ProcessHandle> stopped = signal.equals("INT")
                ? Stream.concat(children.stream(), Stream.of(program.toHandle()))
                : Stream.of(program.toHandle());
        kill(signal, stopped.toList());

        assertThat(program.waitFor(10, SECONDS)).as("the program ends").isTrue();
        assertThat(program.exitValue()).isGreaterThan(128);
        assertThat(screen.lines().filter(line -> !line.startsWith("slow seed 1: epoch ")))
                .containsExactlyElementsOf(
                        signal.equals("KILL")
                                ? List.of()
                                : List.of("catwalk: stopped; continue with catwalk resume run --plugins-dir plugins"));
        for (ProcessHandle child : children) {
            assertThat(child.onExit().get(10, SECONDS).isAlive()).isFalse();
        }
        Path run = folder.resolve("run");
        Catwalk.ask("report %s", run).done();
        JsonNode results = Catwalk.json(run.resolve("results.json"));
        assertThat(results.at("/experiment/planned").asInt()).isEqualTo(2);
        assertThat(results.at("/experiment/finished").asInt()).isEqualTo(1);
        assertThat(results.at("/trials/0/status").asString()).isEqualTo("done");
        assertThat(run.resolve("trials/slow/1-0/trial.json")).doesNotExist();
        assertThat(run.resolve("trials/slow/1-0/history.csv")).isRegularFile();

        assertThat(Catwalk.ask("evaluate %s --plugins-dir %s/plugins", run, folder)
                        .out())
                .contains("All labels match the stored predictions.");
    }

    private static void kill(String signal, List<ProcessHandle> processes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        processes.forEach(one -> command.add("" + one.pid()));
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }
}
