package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Json;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every option of {@code export}, on a network that each option affects. */
@ExtendWith(ExportedRun.class)
final class ExportCommandTest {

    private static final String AGREES = ".*: agrees: 0 flips in 40 images, largest difference \\d\\.\\de-\\d\\d .*";

    @TempDir
    private Path folder;

    private ExportedRun world;

    @BeforeEach
    void find() {
        world = ExportedRun.get();
    }

    private Catwalk.Answer export(Path subject, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "export", subject.toString(), "--plugins-dir", world.plugins().toString()));
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    /** Exports with options to another file, and checks that it agrees and opens. */
    private ModelProto exported(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("--out", folder.toString()));
        all.addAll(List.of(options));
        Catwalk.Answer answer = export(world.trial(ExportedRun.GOOD), all.toArray(String[]::new));
        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().replaceAll("\\s+", " ")).matches(AGREES);
        Path file = folder.resolve("mixed.onnx");
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard())) {
            float[] black = predictor.metadata().preprocessing().orElseThrow().normalize(new byte[64]);
            assertThat(predictor.logits(black, 1)).hasSize(10);
        }
        return ModelProto.parseFrom(Files.readAllBytes(file));
    }

    private static List<String> operators(ModelProto model) {
        return model.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 21})
    void theOpsetIsTheOneAskedFor(int opset) throws IOException {
        ModelProto model = exported("--opset", Integer.toString(opset));
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(opset);
    }

    @Test
    void withoutOptionsThereIsOneRecurrentNodeAndAnyBatch() throws IOException {
        ModelProto model = exported();
        assertThat(operators(model)).contains("GRU", "BatchNormalization");
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
        assertThat(model.getGraph().getOutputCount()).isEqualTo(1);
        assertThat(model.getGraph()
                        .getInput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(0)
                        .getDimParam())
                .isNotEmpty();
    }

    @Test
    void probabilitiesAreASecondOutput() throws IOException {
        ModelProto model = exported("--probabilities");
        assertThat(model.getGraph().getOutputList())
                .extracting(output -> output.getName())
                .containsExactly("logits", "probabilities");
    }

    @Test
    void withEmbeddedPreprocessingTheInputIsPixels() throws IOException {
        ModelProto model = exported("--embed-preprocessing");
        assertThat(model.getGraph().getInput(0).getType().getTensorType().getElemType())
                .isEqualTo(ai.onnx.proto.OnnxMl.TensorProto.DataType.UINT8_VALUE);
    }

    @Test
    void aFixedBatchIsWrittenIntoTheInput() throws IOException {
        ModelProto model = exported("--batch", "3");
        assertThat(model.getGraph()
                        .getInput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(0)
                        .getDimValue())
                .isEqualTo(3);
    }

    @Test
    void unrolledThereIsNoRecurrentNode() throws IOException {
        assertThat(operators(exported("--unroll-recurrent")))
                .doesNotContain("GRU")
                .contains("Sigmoid", "Tanh");
    }

    @Test
    void foldedThereIsNoBatchNorm() throws IOException {
        assertThat(operators(exported("--fold-batchnorm")))
                .doesNotContain("BatchNormalization")
                .contains("Conv");
    }

    @Test
    void withExternalDataLargeWeightsLieBeside() throws IOException {
        ModelProto model = exported("--external-data");
        assertThat(folder.resolve("mixed.onnx.data")).isNotEmptyFile();
        assertThat(model.getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getExternalDataCount() > 0)
                .isNotEmpty()
                .allSatisfy(tensor ->
                        assertThat(tensor.getExternalData(0).getValue()).isEqualTo("mixed.onnx.data"));
        assertThat(folder).isDirectoryNotContaining("glob:**rejected*");
        Path file = folder.resolve("mixed.onnx");
        String trial = world.trial(ExportedRun.GOOD).toString();
        for (String command : new String[] {"verify " + file + " --against " + trial, "diff " + file + " " + trial}) {
            List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
            words.addAll(List.of("--plugins-dir", world.plugins().toString()));
            Catwalk.Answer answer = Catwalk.run(words.toArray(String[]::new));
            assertThat(answer.exitCode()).as(command + answer.err()).isEqualTo(ExitCode.DONE);
        }
    }

    @Test
    void inPlaceTheDataIsCountedHeldAgainstItsDigestAndReplaced() throws IOException {
        Path trial = world.copyTo(folder.resolve("copy")).resolve("trials/mixed/1-0");
        assertThat(export(trial, "--external-data").exitCode()).isEqualTo(ExitCode.DONE);
        Path data = trial.resolve("model.onnx.data");
        JsonNode outcome = Json.JSON.readTree(Files.readString(trial.resolve("trial.json")));
        assertThat(outcome.findValue("onnx_bytes").asLong())
                .isEqualTo(Files.size(trial.resolve("model.onnx")) + Files.size(data));
        assertThat(outcome.path("files").toString()).contains("\"model.onnx.data\"");

        assertThat(export(trial).exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(data).doesNotExist();
    }

    /** The cross-check, the metadata and the card describe the file with 16-bit weights. */
    @Test
    void withFloat16TheFileIsSmallerAndJudgedByThat() throws IOException {
        exported();
        Path file = folder.resolve("mixed.onnx");
        long whole = Files.size(file);
        Catwalk.Answer answer =
                export(world.trial(ExportedRun.GOOD), "--out", folder.toString(), "--force", "--float16");
        assertThat(answer.exitCode()).as(answer.err()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().replaceAll("\\s+", " "))
                .matches(
                        ".*: agrees to 11 bits: \\d+ flips? in 40 images, largest difference \\d\\.\\de-\\d\\d of at most"
                                + " \\d\\.\\de-\\d\\d .*");
        assertThat(Files.size(file)).isLessThan(whole);
        OnnxMetadata metadata = OnnxMetadata.read(file);
        assertThat(metadata.get("weights")).hasValue("float16");
        assertThat(metadata.get("parity.flipped")).isPresent();
        assertThat(metadata.get("parity.max_abs").map(Double::valueOf).orElseThrow())
                .isGreaterThan(1e-5);
        assertThat(folder.resolve("mixed.md")).content().contains("16-bit floats");
        Catwalk.Answer verified = Catwalk.run(
                "verify",
                file.toString(),
                "--against",
                world.trial(ExportedRun.GOOD).toString(),
                "--plugins-dir",
                world.plugins().toString());
        assertThat(verified.exitCode()).as(verified.out()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void allOptionsGoTogether() throws IOException {
        ModelProto model = exported(
                ("--opset 13 --probabilities --embed-preprocessing --batch 2 --unroll-recurrent --fold-batchnorm"
                                + " --author Me --license MIT")
                        .split(" ", -1));
        assertThat(operators(model)).doesNotContain("GRU", "BatchNormalization");
        OnnxMetadata metadata = OnnxMetadata.read(folder.resolve("mixed.onnx"));
        assertThat(metadata.get("model_author")).hasValue("Me");
        assertThat(metadata.get("model_license")).hasValue("MIT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--opset 12; --opset must be from 13 to 21, but is 12",
                "--opset 22; --opset must be from 13 to 21, but is 22",
                "--batch 0; --batch must be at least 1, but is 0",
                "--float16; --float16 needs --out DIR: the file in a trial folder must not flip a label of the network"
            })
    void whatCannotBeIsRefused(String options, String reason) {
        Catwalk.Answer answer = export(world.trial(ExportedRun.GOOD), options.split(" ", -1));
        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).isEqualToIgnoringNewLines("catwalk: " + reason);
    }

    @Test
    void aFileThatIsThereIsReplacedOnlyByForce() throws IOException {
        Path file = Files.writeString(folder.resolve("mixed.onnx"), "mine");

        Catwalk.Answer refused = export(world.trial(ExportedRun.GOOD), "--out", folder.toString());
        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.err()).hasLineCount(1).contains(file.toString(), "--force");
        assertThat(file).hasContent("mine");

        exported("--force");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixed.md", "mixed.signature.json", "mixed.onnx.data"})
    void aFileThatWouldLieBesideTheModelIsReplacedOnlyByForce(String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "mine");

        Catwalk.Answer refused = export(world.trial(ExportedRun.GOOD), "--out", folder.toString());

        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.err()).hasLineCount(1).contains(file.toString(), "--force");
        assertThat(file).hasContent("mine");
        assertThat(folder.resolve("mixed.onnx")).doesNotExist();
    }

    @Test
    void ofSeveralNoneIsWrittenWhereOneIsInTheWay() throws IOException {
        Path last = Files.writeString(folder.resolve("two-faced.onnx"), "mine");

        Catwalk.Answer refused = export(world.run(), "--out", folder.toString());

        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.err()).hasLineCount(1).contains(last.toString(), "--force");
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(last));
    }

    /** The network of the other plugin is the last of the run: those before it could be exported. */
    @Test
    void ofSeveralNoneIsWrittenWhereOneHasAnotherPluginNow() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));
        Path plugins = ExportedRun.copy(world.plugins(), folder.resolve("plugins"));
        TestPlugin.sound(ExportedRun.TWO_FACED).write(plugins.resolve("two-faced.jar"));
        Map<String, String> before = contents(copy);

        Catwalk.Answer refused =
                Catwalk.run("export", copy.toString(), "--plugins-dir", plugins.toString(), "--unroll-recurrent");

        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.err())
                .hasLineCount(1)
                .contains("expected the plugin that two-faced was trained with", "--plugins-dir");
        assertThat(contents(copy)).isEqualTo(before);
    }

    @Test
    void ofSeveralNoneIsWrittenWhereThePredictionsOfOneWereEdited() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));
        Files.writeString(copy.resolve("trials/two-faced/1-0/predictions.csv"), "edited\n", StandardOpenOption.APPEND);
        Map<String, String> before = contents(copy);
        Path out = folder.resolve("out");

        for (Catwalk.Answer refused :
                List.of(export(copy, "--unroll-recurrent"), export(copy, "--out", out.toString()))) {
            assertThat(refused.exitCode()).as("%s", refused).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(refused.err()).hasLineCount(1).contains("predictions.csv has ", "catwalk resume");
        }
        assertThat(contents(copy)).isEqualTo(before);
        assertThat(out).doesNotExist();
    }

    @Test
    void aTrialThatItsRunHasNotRecordedIsNotExportedInPlace() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));
        Path journal = copy.resolve("journal.jsonl");
        List<String> lines = Files.readAllLines(journal);
        List<String> others = lines.stream()
                .filter(line -> !line.contains("\"classifier\":\"mixed\""))
                .toList();
        assertThat(others).hasSizeLessThan(lines.size());
        Files.write(journal, others);
        Map<String, String> before = contents(copy);

        Catwalk.Answer refused = export(copy.resolve("trials/mixed/1-0"), "--unroll-recurrent");

        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.err()).hasLineCount(1).contains("expected a trial of the run", "catwalk resume " + copy);
        assertThat(contents(copy)).isEqualTo(before);
    }

    @Test
    void whatWasExportedBeforeAFileCouldNotBeWrittenIsRecorded() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));
        Path model = copy.resolve("trials/mixed/1-0/model.onnx");
        long before = Files.size(model);
        Path draft = copy.resolve("trials/two-faced/1-0/model.rejected.onnx");
        Files.delete(draft);
        Files.createDirectories(draft.resolve("in-the-way"));

        Catwalk.Answer answer = export(copy, "--unroll-recurrent");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.err()).contains("cannot write ", "two-faced");
        long now = Files.size(model);
        assertThat(now).isNotEqualTo(before);
        JsonNode results = Json.JSON.readTree(Files.readString(copy.resolve("results.json")));
        assertThat(results.at("/trials/0/efficiency/onnx_bytes").asLong()).isEqualTo(now);
        assertThat(copy.resolve("journal.jsonl")).content().contains("\"onnx_bytes\":" + now + ",");
    }

    /** Reads all files of a run but its lock, as text of one byte a character. */
    private static Map<String, String> contents(Path run) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("lock")) {
                    contents.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return contents;
    }

    @Test
    void whatGoesWrongWithOneNetworkDoesNotKeepTheOthersFromTheirFiles() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));

        Catwalk.Answer answer = export(copy, "--opset", "15");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(answer.err()).isEmpty();
        assertThat(answer.out().replaceAll("\\s+", " "))
                .containsPattern("mixed/1-0/model.onnx: agrees: 0 flips in 40 images")
                .containsPattern("unknown-operation/1-0/model.onnx: has no ONNX form: .*inverse")
                .containsPattern("by-batch/1-0/model.onnx: has no ONNX form: .*batch-dependent control flow")
                .containsPattern("two-faced/1-0/model.onnx: DISAGREES: 40 flips in 40 images");
        assertThat(copy.resolve("trials/two-faced/1-0/model.onnx")).doesNotExist();
        assertThat(copy.resolve("trials/two-faced/1-0/model.rejected.onnx")).isNotEmptyFile();
    }

    @Test
    void inPlaceTheResultsAreRefreshed() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));
        Path trial = copy.resolve("trials/mixed/1-0");
        long before = Files.size(trial.resolve("model.onnx"));

        Catwalk.Answer answer = export(trial, "--unroll-recurrent");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        long now = Files.size(trial.resolve("model.onnx"));
        assertThat(now).isNotEqualTo(before);
        assertThat(trial.resolve("model.rejected.onnx")).doesNotExist();
        JsonNode results = Json.JSON.readTree(Files.readString(copy.resolve("results.json")));
        assertThat(results.path("trials")).hasSize(4);
        JsonNode efficiency = results.path("trials").path(0).path("efficiency");
        assertThat(efficiency.path("onnx_bytes").asLong()).isEqualTo(now);
        // The latencies of the old file do not apply to the new one.
        assertThat(efficiency.path("onnxruntime").isNull()).isTrue();
        assertThat(efficiency.path("pytorch").isNull()).isFalse();
        assertThat(copy.resolve("results.csv")).content().contains("," + now + ",");
        assertThat(copy.resolve("results.md"))
                .content()
                .contains(String.format(Locale.ROOT, "| mixed | %.1f KiB |", now / 1024.0));
    }

    @Test
    void aBatchDependentNetworkHasAFormWhereTheBatchIsFixed() {
        Catwalk.Answer answer = export(world.trial(ExportedRun.BY_BATCH), "--out", folder.toString(), "--batch", "1");
        // The answers depend on the batch size, and the cross-check reports it.
        assertThat(answer.out()).contains("by-batch.onnx: DISAGREES: ");
        assertThat(answer.exitCode()).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(folder).isDirectoryContaining("glob:**by-batch.rejected.onnx");
    }
}
