package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.data.ImageCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Malicious files: each causes one line of output. */
@ExtendWith(ExportedRun.class)
final class SandboxedCommandTest {

    @TempDir
    private Path folder;

    private ExportedRun world;
    private String picture;

    @BeforeEach
    void find() throws IOException {
        world = ExportedRun.get();
        picture = world.picture(0, folder.resolve("picture.png")).toString();
    }

    @Test
    @Tag("long")
    void aGoodFileIsAnsweredFromItsProcessAsHereAndARefusalIsPassedOn() throws Exception {
        String model = world.model().toString();
        Catwalk.Answer here = Catwalk.run("predict", model, picture, "--json");

        Catwalk.Answer there = Catwalk.finish(Catwalk.process(folder, "predict", model, picture, "--json"));

        assertThat(there.done().err()).isEmpty();
        assertThat(there.out()).isEqualTo(here.out());
        Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
        Catwalk.finish(process("predict %s %s", text, picture)).refused(text + ": expected ");
    }

    private ProcessBuilder process(String command, Object... values) throws IOException {
        return Catwalk.process(folder, Catwalk.words(command, values));
    }

    /** Dividing the smallest integer by -1 overflows, which on x86 raises a signal in native code. */
    @Test
    @DisabledOnOs(architectures = "aarch64", disabledReason = "divides without a word")
    void aFileThatCrashesOnnxRuntimeIsOneLine() throws Exception {
        Path file = world.changed(folder.resolve("crash.onnx"), SandboxedCommandTest::divideTheLeast);
        for (ProcessBuilder one : List.of(
                process("predict %s %s", file, picture),
                process("verify %s --dataset %s", file, world.images()),
                process("bench %s", file))) {
            Catwalk.finish(one).refused(file.toString(), "ONNX Runtime", "crashed");
        }
        assertThat(folder).isDirectoryNotContaining("glob:**hs_err*");
    }

    @Test
    @Tag("long")
    void aFileThatNeverAnswersIsGivenUp() throws Exception {
        Path file = world.changed(folder.resolve("endless.onnx"), SandboxedCommandTest::loopForEver);
        String mark = "-Dcatwalk.mark=" + folder;
        ProcessBuilder builder = process("predict %s %s --timeout 8s", file, picture);
        builder.command().add(1, mark);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Catwalk.Answer> running = thread.submit(() -> Catwalk.finish(builder));
            for (int i = 0; i < 600 && marked(mark) < 2; i++) {
                Thread.sleep(50); // there is no notification when a process of another process starts or ends
            }
            assertThat(marked(mark)).as("the program and its process").isGreaterThan(1);

            Catwalk.Answer answer = running.get(2, TimeUnit.MINUTES);

            answer.refused(file.toString(), "8s", "--timeout 10m");
            for (int i = 0; i < 100 && marked(mark) > 0; i++) {
                Thread.sleep(50);
            }
            assertThat(marked(mark)).as("what goes on running").isZero();
        } finally {
            thread.shutdownNow();
        }
    }

    /**
     * Counts the processes that have an option of the JVM, which the program hands on. Other arguments come too late:
     * Linux cuts off a long command line.
     */
    private static long marked(String option) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(option))
                .count();
    }

    /** Waiting for another process that decodes the images stands for decoding many. */
    @Tag("long")
    @Test
    void aProcessThatReadsImagesIsGivenAnyTimeAndTellsAtOnceWhatItDoes() throws Exception {
        Path cache = folder.resolve("cache");
        String[] verify =
                Catwalk.words("verify %s --dataset %s --cache %s --timeout 6s", world.model(), world.images(), cache);
        try {
            Catwalk.run(verify).done();
            ProcessLock lock = Objects.requireNonNull(ProcessLock.tryTake(removeImages(cache)));
            Process program = Catwalk.process(folder, verify)
                    .redirectOutput(folder.resolve("out").toFile())
                    .start();
            try (BufferedReader err = program.errorReader(StandardCharsets.UTF_8)) {
                assertThat(err.readLine()).startsWith("waiting for the images that another process makes");
                assertThat(program.waitFor(8, TimeUnit.SECONDS)).isFalse();
                assertThat(folder.resolve("out")).isEmptyFile();
                lock.close();
                assertThat(program.waitFor()).isEqualTo(ExitCode.DONE);
                assertThat(folder.resolve("out")).isNotEmptyFile();
            } finally {
                lock.close();
                end(program);
            }
        } finally {
            System.clearProperty(ImageCache.PROPERTY);
        }
    }

    /** Together they take longer than the limit of one. */
    @Test
    @Tag("long")
    void manyAnswersAreNoSilence() throws Exception {
        Path list = Files.writeString(folder.resolve("list.txt"), (picture + "\n").repeat(60_000));

        Catwalk.Answer answer =
                Catwalk.finish(process("predict %s --from %s --json-lines --timeout 8s", world.model(), list));

        assertThat(answer.done().out()).hasLineCount(60_000);
    }

    /** The answers are far more than a pipe holds. A program that went on would report the missing last image. */
    @Test
    void theProgramEndsWhenNobodyReadsItsAnswersAnyMore() throws Exception {
        Path list = Files.writeString(folder.resolve("list.txt"), (picture + "\n").repeat(20_000) + "missing.png\n");
        Process program = process("predict %s --from %s --json-lines", world.model(), list)
                .redirectError(folder.resolve("err").toFile())
                .start();
        try {
            try (BufferedReader answers = program.inputReader(StandardCharsets.UTF_8)) {
                assertThat(answers.readLine()).contains(picture);
            }

            assertThat(program.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(program.exitValue()).isEqualTo(ExitCode.SOME_FAILED);
            assertThat(folder.resolve("err")).isEmptyFile();
        } finally {
            end(program);
        }
    }

    private static void end(Process program) {
        program.descendants().forEach(ProcessHandle::destroyForcibly);
        program.destroyForcibly();
    }

    /** Deletes the decoded images, and returns the file that is locked while they are decoded again. */
    private static Path removeImages(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            Path images = files.filter(file -> file.toString().endsWith(".images"))
                    .findFirst()
                    .orElseThrow();
            Files.delete(images);
            return cache.resolve(images.getFileName().toString().replace(".images", ".lock"));
        }
    }

    /** Calls the correct output honest, and returns the name that is now free. */
    private static String hide(ModelProto.Builder model) {
        String logits = model.getGraph().getOutput(0).getName();
        for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
            for (int i = 0; i < node.getOutputCount(); i++) {
                if (node.getOutput(i).equals(logits)) {
                    node.setOutput(i, "honest");
                }
            }
        }
        return logits;
    }

    private static void divideTheLeast(ModelProto.Builder model) {
        ExportedRun.add(model, """
                graph {
                    initializer { name: "least" data_type: 6 dims: 1 int32_data: -2147483648 }
                    initializer { name: "minus one" data_type: 6 dims: 1 int32_data: -1 }
                    node { op_type: "Div" input: "least" input: "minus one" output: "too large" }
                    node { op_type: "Cast" input: "too large" output: "number" attribute { name: "to" type: INT i: 1 } }
                    node { op_type: "Add" input: "honest" input: "number" output: "%s" }
                }
                """.formatted(hide(model)));
    }

    private static void loopForEver(ModelProto.Builder model) {
        ExportedRun.add(model, """
                graph {
                    initializer { name: "yes" data_type: 9 int32_data: 1 }
                    node {
                        op_type: "Loop" input: "" input: "yes" input: "honest" output: "%s"
                        attribute { name: "body" type: GRAPH g {
                            name: "body"
                            input { name: "round" type { tensor_type { elem_type: 7 shape {} } } }
                            input { name: "on" type { tensor_type { elem_type: 9 shape {} } } }
                            input { name: "carried" type { tensor_type { elem_type: 1 } } }
                            node { op_type: "Identity" input: "on" output: "still on" }
                            node { op_type: "Identity" input: "carried" output: "same" }
                            output { name: "still on" type { tensor_type { elem_type: 9 shape {} } } }
                            output { name: "same" type { tensor_type { elem_type: 1 } } }
                        } }
                    }
                }
                """.formatted(hide(model)));
    }
}
