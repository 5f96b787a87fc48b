package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.io.IOException;
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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Finds where two files, or a file and its trial, begin to give different results. */
@ExtendWith(ExportedRun.class)
final class DiffCommandTest {

    private static final String NORM = "it begins at /02BatchNorm/BatchNormalization (";

    @TempDir
    private Path folder;

    private Path model;
    private Path faulty;

    /** Writes the file of the run with another epsilon in its batch norm. */
    @BeforeEach
    void fault() throws IOException {
        model = ExportedRun.get().model();
        faulty = ExportedRun.get().changed(folder.resolve("faulty.onnx"), file -> {
            NodeProto.Builder norm = file.getGraphBuilder().getNodeBuilderList().stream()
                    .filter(node -> node.getOpType().equals("BatchNormalization"))
                    .findFirst()
                    .orElseThrow();
            norm.getAttributeBuilderList().stream()
                    .filter(attribute -> attribute.getName().equals("epsilon"))
                    .forEach(epsilon -> epsilon.setF(0.25f));
        });
    }

    @Test
    void twoFilesAreComparedAndTheNodeIsNamed() {
        Path reduced = folder.resolve("reduced");
        Catwalk.Answer answer = Catwalk.ask("diff %s %s --reduce %s", model, faulty, reduced);

        assertThat(answer.exits(ExitCode.CROSS_CHECK_FAILED).joined())
                .contains("differs from " + faulty + ": logits: ", NORM)
                .contains("called at BatchNorm.java:", "epsilon: 1.0E-5 against 0.25");
        assertThat(answer.out().lines().filter(line -> !line.contains(".onnx"))).allMatch(line -> line.length() <= 80);
        assertThat(reduced.resolve("reference/model.onnx")).exists();
        assertThat(reduced.resolve("other/test_data_set_0/output_0.pb")).exists();
    }

    @Test
    void aFileIsHeldAgainstItsTrialOrWhatTheRuntimeMakesOfIt() {
        Path trial = ExportedRun.get().trial(ExportedRun.GOOD);
        Path plugins = ExportedRun.get().plugins();

        Catwalk.Answer same = Catwalk.ask("diff %s %s --plugins-dir %s", model, trial, plugins);
        assertThat(same.done().joined()).contains("agrees with " + trial, "outputs differ by at most 0.0e+00");

        assertThat(Catwalk.ask("diff %s", model).done().joined()).contains("agrees with itself", "ONNX Runtime");
        Catwalk.Answer other = Catwalk.ask("diff %s %s --plugins-dir %s", faulty, trial, plugins);
        assertThat(other.exits(ExitCode.CROSS_CHECK_FAILED).joined()).contains(NORM);
    }

    @Test
    void anotherFileWithTheSameAnswersHasItsOwnExitCodeAndJsonHasAll() {
        String command = "diff %s %s --rel 100 --abs 100";
        assertThat(Catwalk.ask(command, model, faulty)
                        .exits(ExitCode.OTHER_FILE)
                        .joined())
                .contains("model.onnx: same answers as ", "but another file", "also written differently: ");

        JsonNode json = Catwalk.ask(command + " --json", model, faulty)
                .exits(ExitCode.OTHER_FILE)
                .json();
        assertThat(json.get("findings")).isEmpty();
        assertThat(json.at("/elsewhere/0/causes/0").asString()).isEqualTo("attribute epsilon: 1.0E-5 against 0.25");
        assertThat(json.at("/outputs/logits/largest").asDouble()).isBetween(1e-4, 100.0);
    }

    private Catwalk.Answer withEntries(Map<String, String> entries) throws IOException {
        return differing(model, entries);
    }

    private Catwalk.Answer differing(Path first, Map<String, String> entries) throws IOException {
        return Catwalk.ask("diff %s %s", first, with("other.onnx", entries));
    }

    private Path with(String name, Map<String, String> entries) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        OnnxMetadata.read(Files.copy(model, file)).withAll(entries).write(file);
        return file;
    }

    /** The same graph, which programs feed with other numbers, or whose outputs get other names. */
    @Test
    void metadataThatChangesAnswersDiffersAndOtherRemarksDoNot() throws IOException {
        Catwalk.Answer mean = withEntries(Map.of("preprocessing.mean", "0.125"));
        assertThat(mean.exits(ExitCode.CROSS_CHECK_FAILED).joined()).contains("preprocessing.mean: ", " against 0.125");

        List<String> labels = new ArrayList<>(OnnxMetadata.read(model).labels().orElseThrow());
        Collections.swap(labels, 2, 3);
        Catwalk.Answer swapped = withEntries(Map.of("labels", String.join("\n", labels)));
        assertThat(swapped.exits(ExitCode.CROSS_CHECK_FAILED).joined())
                .contains("labels: output 2 is " + labels.get(3) + " against " + labels.get(2));

        String same = OnnxMetadata.read(model).get("preprocessing.mean").orElseThrow() + "0";
        withEntries(Map.of("metrics.test.accuracy", "0.5", "model_author", "me", "preprocessing.mean", same))
                .done();
    }

    /** As Ultralytics writes names. */
    @Test
    void namesInOneLineDifferByTheirFirstThatDoes() throws IOException {
        Path first = with("first.onnx", Map.of("names", "{0: 'red', 1: 'green', 2: 'blue'}"));
        Catwalk.Answer swapped = differing(first, Map.of("names", "{0: 'red', 1: 'blue', 2: 'green'}"));
        assertThat(swapped.exits(ExitCode.CROSS_CHECK_FAILED).joined())
                .contains("names: output 1 is 1: 'green' against 1: 'blue'");
        Catwalk.Answer fewer = differing(first, Map.of("names", "['red', 'green']"));
        assertThat(fewer.exits(ExitCode.CROSS_CHECK_FAILED).joined()).contains("names: 3 against 2");
    }

    /** Programs that follow the metadata would give one of both red for blue; the numbers alone agree. */
    @Test
    void anotherOrderOfColorsIsADifference() throws IOException {
        Path first = with("first.onnx", Map.of("Image.BitmapPixelFormat", "Rgb8"));
        Catwalk.Answer blueFirst = differing(first, Map.of("Image.BitmapPixelFormat", "Bgr8"));
        assertThat(blueFirst.exits(ExitCode.CROSS_CHECK_FAILED).joined()).contains("Rgb8 against Bgr8");
    }

    /** A program that normalizes as a file says cannot use one that says nothing. */
    @Test
    void metadataThatOnlyOneFileHasMakesAnotherFile() throws IOException {
        SortedMap<String, String> entries =
                new TreeMap<>(OnnxMetadata.read(model).entries());
        entries.remove("preprocessing.fit");
        entries.remove("labels");
        Path other = Files.copy(model, folder.resolve("unlabeled.onnx"));
        new OnnxMetadata(entries).write(other);
        for (List<Path> files : List.of(List.of(model, other), List.of(other, model))) {
            Catwalk.Answer answer = Catwalk.ask("diff %s %s", files.get(0), files.get(1));
            assertThat(answer.exits(ExitCode.OTHER_FILE).joined())
                    .contains("same answers as ", "but another file", "only one file says labels");
        }
    }
}
