package io.catwalk.runner.cli;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Finds where two files, or a file and its trial, begin to give different results. */
@ExtendWith(ExportedRun.class)
final class DiffCommandTest {

    @TempDir
    private Path folder;

    /** Writes the file of the run with another epsilon in its batch norm. */
    private Path faulty() throws IOException {
        return ExportedRun.get().changed(folder.resolve("faulty.onnx"), model -> {
            NodeProto.Builder norm = model.getGraphBuilder().getNodeBuilderList().stream()
                    .filter(node -> node.getOpType().equals("BatchNormalization"))
                    .findFirst()
                    .orElseThrow();
            norm.getAttributeBuilderList().stream()
                    .filter(attribute -> attribute.getName().equals("epsilon"))
                    .forEach(epsilon -> epsilon.setF(0.25f));
        });
    }

    private static String joined(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @Test
    void twoFilesAreComparedAndTheNodeIsNamed() throws IOException {
        Path reduced = folder.resolve("reduced");
        Catwalk.Answer answer = Catwalk.run(
                "diff", ExportedRun.get().model().toString(), faulty().toString(), "--reduce", reduced.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(joined(answer.out()))
                .contains("differs from " + folder.resolve("faulty.onnx") + ": logits: ")
                .contains("it begins at /02BatchNorm/BatchNormalization (")
                .contains("called at BatchNorm.java:")
                .contains("attribute epsilon: 1.0E-5 against 0.25");
        assertThat(answer.out().lines().filter(line -> !line.contains("/model.onnx") && !line.contains("/faulty.onnx")))
                .allMatch(line -> line.length() <= 80);
        assertThat(reduced.resolve("reference/model.onnx")).exists();
        assertThat(reduced.resolve("other/test_data_set_0/output_0.pb")).exists();
    }

    @Test
    void aFileIsHeldAgainstItsTrial() throws IOException {
        String trial = ExportedRun.get().trial(ExportedRun.GOOD).toString();
        String[] plugins = {"--plugins-dir", ExportedRun.get().plugins().toString()};

        Catwalk.Answer same = Catwalk.run("diff", ExportedRun.get().model().toString(), trial, plugins[0], plugins[1]);
        assertThat(same.exitCode()).as("%s", same).isEqualTo(ExitCode.DONE);
        assertThat(joined(same.out())).contains("agrees with " + trial).contains("outputs differ by at most 0.0e+00");

        Catwalk.Answer other = Catwalk.run("diff", faulty().toString(), trial, plugins[0], plugins[1]);
        assertThat(other.exitCode()).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(joined(other.out())).contains("it begins at /02BatchNorm/BatchNormalization (");
    }

    @Test
    void aFileIsHeldAgainstWhatTheRuntimeMakesOfIt() {
        Catwalk.Answer answer = Catwalk.run("diff", ExportedRun.get().model().toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(joined(answer.out())).contains("agrees with itself after the optimizations of ONNX Runtime");
    }

    @Test
    void toleranceIsAskedForAndJsonHasAll() throws IOException {
        Catwalk.Answer answer = Catwalk.run(
                "diff",
                ExportedRun.get().model().toString(),
                faulty().toString(),
                "--rel",
                "100",
                "--abs",
                "100",
                "--json");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.OTHER_FILE);
        JsonNode json = Json.JSON.readTree(answer.out());
        assertThat(json.get("findings")).isEmpty();
        assertThat(json.at("/elsewhere/0/causes/0").asString()).isEqualTo("attribute epsilon: 1.0E-5 against 0.25");
        assertThat(json.at("/outputs/logits/largest").asDouble()).isBetween(1e-4, 100.0);
    }

    private Path withEntries(Map<String, String> entries) throws IOException {
        Path file = Files.copy(ExportedRun.get().model(), folder.resolve("other.onnx"), REPLACE_EXISTING);
        OnnxMetadata.read(file).withAll(entries).write(file);
        return file;
    }

    private static Catwalk.Answer diff(Path other) {
        return Catwalk.run("diff", ExportedRun.get().model().toString(), other.toString());
    }

    /** The same graph, which programs feed with other numbers, or whose outputs get other names. */
    @Test
    void metadataThatChangesAnswersDiffers() throws IOException {
        Catwalk.Answer mean = diff(withEntries(Map.of("preprocessing.mean", "0.125")));
        assertThat(mean.exitCode()).as("%s", mean).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(joined(mean.out())).contains("preprocessing.mean: ", " against 0.125");

        List<String> labels = new ArrayList<>(
                OnnxMetadata.read(ExportedRun.get().model()).labels().orElseThrow());
        Collections.swap(labels, 2, 3);
        Catwalk.Answer swapped = diff(withEntries(Map.of("labels", String.join("\n", labels))));
        assertThat(swapped.exitCode()).as("%s", swapped).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(joined(swapped.out()))
                .contains("labels: output 2 is " + labels.get(3) + " against " + labels.get(2));
    }

    @Test
    void theSameFileWithOtherRemarksIsTheSame() throws IOException {
        String mean = OnnxMetadata.read(ExportedRun.get().model())
                .get("preprocessing.mean")
                .orElseThrow();
        Catwalk.Answer answer = diff(withEntries(
                Map.of("metrics.test.accuracy", "0.5", "model_author", "me", "preprocessing.mean", mean + "0")));

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(joined(answer.out())).contains("agrees with ");
    }

    @Test
    void anotherFileWithTheSameAnswersHasItsOwnExitCode() throws IOException {
        Catwalk.Answer answer = Catwalk.run(
                "diff", ExportedRun.get().model().toString(), faulty().toString(), "--rel", "100", "--abs", "100");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.OTHER_FILE);
        assertThat(joined(answer.out()))
                .contains("model.onnx: same answers as ", ", but another file; ")
                .contains("also written differently: ");
    }

    @Test
    void whatCannotBeComparedIsSaidInALine() throws IOException {
        String model = ExportedRun.get().model().toString();
        Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
        refused(Catwalk.run("diff", model, text.toString()), text + ": expected ");
        refused(Catwalk.run("diff", model, model, "--reduce", folder.toString()), "--reduce must name a new folder");
        refused(Catwalk.run("diff", model, model, "--abs", "-1"), "expected tolerances of 0 or above");
        refused(Catwalk.run("diff", folder.resolve("none.onnx").toString()), "none.onnx: expected ");
        refused(
                Catwalk.run("diff", model, ExportedRun.get().run().toString()),
                "expected a folder with one trained network");
    }

    private static void refused(Catwalk.Answer answer, String words) {
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(joined(answer.err())).contains(words);
    }
}
