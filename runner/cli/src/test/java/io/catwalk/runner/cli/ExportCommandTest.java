package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    private static final String TRIAL = "trials/mixed/1-0";
    private ExportedRun world;
    private Path trial;
    private Path file;

    @BeforeEach
    void find() {
        world = ExportedRun.get();
        trial = world.trial(ExportedRun.GOOD);
        file = folder.resolve("mixed.onnx");
    }

    private Catwalk.Answer export(Path subject, String more, Object... values) {
        Object[] all = Stream.concat(Stream.of(subject, world.plugins()), Stream.of(values))
                .toArray();
        return Catwalk.ask("export %s --plugins-dir %s " + more, all);
    }

    private ModelProto exported(String options) throws IOException {
        Catwalk.Answer answer = export(trial, "--out %s " + options, folder);
        assertThat(answer.done().err()).isEmpty();
        assertThat(answer.joined()).matches(AGREES);
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard())) {
            float[] black = predictor.metadata().preprocessing().orElseThrow().normalize(new byte[64]);
            assertThat(predictor.logits(black, 1)).hasSize(10);
        }
        return ModelProto.parseFrom(Files.readAllBytes(file));
    }

    /** The opset, the type of the input, its number of images, the outputs, and what the graph has or lacks. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                              | 17 | FLOAT | batch | logits               | GRU BatchNormalization
            --opset 13        | 13 | FLOAT | batch | logits               | GRU BatchNormalization
            --opset 21        | 21 | FLOAT | batch | logits               | GRU BatchNormalization
            --probabilities   | 17 | FLOAT | batch | logits probabilities | Softmax
            --embed-preprocessing | 17 | UINT8 | batch | logits           | Cast
            --batch 3         | 17 | FLOAT | 3     | logits               | GRU
            --unroll-recurrent | 17 | FLOAT | batch | logits              | Sigmoid Tanh !GRU
            --fold-batchnorm  | 17 | FLOAT | batch | logits               | Conv !BatchNormalization
            --opset 13 --probabilities --embed-preprocessing --batch 2 --unroll-recurrent --fold-batchnorm \
                              | 13 | UINT8 | 2     | logits probabilities | Softmax Cast !GRU !BatchNormalization
            """)
    void anOptionChangesItsPartOfTheFile(
            @Nullable String options, int opset, String type, String images, String outputs, String operators)
            throws IOException {
        ModelProto model = exported(options == null ? "" : options);

        GraphProto graph = model.getGraph();
        TypeProto.Tensor input = graph.getInput(0).getType().getTensorType();
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(opset);
        assertThat(TensorProto.DataType.forNumber(input.getElemType())).hasToString(type);
        TensorShapeProto.Dimension count = input.getShape().getDim(0);
        assertThat(count.hasDimParam() ? count.getDimParam() : count.getDimValue() + "")
                .isEqualTo(images);
        assertThat(graph.getOutputList()).extracting(ValueInfoProto::getName).containsExactly(outputs.split(" ", -1));
        List<String> there =
                graph.getNodeList().stream().map(NodeProto::getOpType).toList();
        String pixels = type.equals("UINT8") ? "uint8" : "float32";
        requireJson(Catwalk.json(folder.resolve("mixed.signature.json")), "/model=mixed.onnx", "/input/type=" + pixels);
        for (String operator : operators.split(" ", -1)) {
            assertThat(there.contains(operator.replace("!", ""))).as(operator).isEqualTo(!operator.startsWith("!"));
        }
    }

    @Test
    void withExternalDataLargeWeightsLieBeside() throws IOException {
        ModelProto model = exported("--external-data");
        assertThat(folder.resolve("mixed.onnx.data")).isNotEmptyFile();
        assertThat(model.getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getExternalDataCount() > 0)
                .isNotEmpty()
                .allMatch(tensor -> tensor.getExternalData(0).getValue().equals("mixed.onnx.data"));
        assertThat(folder).isDirectoryNotContaining("glob:**rejected*");
        Catwalk.ask("verify %s --against %s --plugins-dir %s", file, trial, world.plugins())
                .done();
        Catwalk.ask("diff %s %s --plugins-dir %s", file, trial, world.plugins()).done();
    }

    @Test
    void withFloat16TheFileIsSmallerAndJudgedByThat() throws IOException {
        Catwalk.Answer answer = export(trial, "--out %s --float16 --author Me --license MIT", folder);

        assertThat(answer.done().joined())
                .containsPattern("agrees to 11 bits: \\d+ flips? in 40 images, largest difference .* of at most ");
        assertThat(Files.size(file)).isLessThan(Files.size(world.model()));
        OnnxMetadata metadata = OnnxMetadata.read(file);
        assertThat(metadata.get("weights")).hasValue("float16");
        assertThat(metadata.get("model_author")).hasValue("Me");
        assertThat(metadata.get("model_license")).hasValue("MIT");
        assertThat(metadata.get("parity.flipped")).isPresent();
        assertThat(metadata.get("parity.max_abs").map(Double::valueOf).orElseThrow())
                .isGreaterThan(1e-5);
        assertThat(folder.resolve("mixed.md")).content().contains("16-bit floats");
        Catwalk.ask("verify %s --against %s --plugins-dir %s", file, trial, world.plugins())
                .done();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixed.onnx", "mixed.md", "mixed.signature.json", "mixed.onnx.data", "two-faced.onnx"})
    void aFileThatIsThereIsReplacedOnlyByForce(String name) throws IOException {
        Path mine = Files.writeString(folder.resolve(name), "mine");

        export(name.startsWith("two") ? world.run() : trial, "--out %s", folder).refused(mine.toString(), "--force");

        assertThat(mine).hasContent("mine");
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(mine));
        if (mine.equals(file)) {
            assertThat(exported("--force").hasGraph()).isTrue();
        }
    }

    /** What is wrong is the last network of the run: those before it could be exported. */
    @ParameterizedTest
    @ValueSource(strings = {"plugin", "predictions", "journal"})
    void ofSeveralNoneIsWrittenWhereOneDoesNotFit(String wrong) throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));
        Path plugins = ExportedRun.copy(world.plugins(), folder.resolve("plugins"));
        Path journal = copy.resolve("journal.jsonl");
        Path subject = copy;
        String[] facts = {"predictions.csv has ", "catwalk resume"};
        if (wrong.equals("plugin")) {
            TestPlugin.sound(ExportedRun.TWO_FACED).write(plugins.resolve("two-faced.jar"));
            facts = new String[] {"the plugin that two-faced was trained with", "--plugins-dir"};
        } else if (wrong.equals("predictions")) {
            Path predictions = copy.resolve("trials/two-faced/1-0/predictions.csv");
            Files.writeString(predictions, "edited\n", StandardOpenOption.APPEND);
        } else {
            List<String> lines = new ArrayList<>(Files.readAllLines(journal));
            assertThat(lines.removeIf(line -> line.contains("\"classifier\":\"mixed\"")))
                    .isTrue();
            Files.write(journal, lines);
            subject = copy.resolve(TRIAL);
            facts = new String[] {"expected a trial of the run", "catwalk resume " + copy};
        }
        Map<String, String> before = contents(copy);

        String export = "export %s --plugins-dir %s ";
        Path out = folder.resolve("out");
        Catwalk.ask(export + "--unroll-recurrent", subject, plugins).refused(facts);
        if (subject.equals(copy)) {
            Catwalk.ask(export + "--out %s", copy, plugins, out).refused(facts);
        }
        assertThat(contents(copy)).isEqualTo(before);
        assertThat(out).doesNotExist();
    }

    @Test
    void whatWasExportedBeforeAFileCouldNotBeWrittenIsRecorded() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));
        Path model = copy.resolve(TRIAL + "/model.onnx");
        long before = Files.size(model);
        Path draft = copy.resolve("trials/two-faced/1-0/model.rejected.onnx");
        Files.delete(draft);
        Files.createDirectories(draft.resolve("in-the-way"));

        Catwalk.Answer answer = export(copy, "--unroll-recurrent").exits(ExitCode.SOME_FAILED);

        assertThat(answer.err()).contains("cannot write ", "two-faced");
        long now = Files.size(model);
        assertThat(now).isNotEqualTo(before);
        JsonNode results = Catwalk.json(copy.resolve("results.json"));
        assertThat(results.at("/trials/0/efficiency/onnx_bytes").asLong()).isEqualTo(now);
        assertThat(copy.resolve("journal.jsonl")).content().contains("\"onnx_bytes\":" + now + ",");
    }

    /** Reads all files of a run but its lock, as text of one byte a character. */
    private static Map<String, String> contents(Path run) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                if (!each.endsWith("lock")) {
                    contents.put(each.toString(), Files.readString(each, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return contents;
    }

    @Test
    void whatGoesWrongWithOneNetworkDoesNotKeepTheOthersFromTheirFiles() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));

        Catwalk.Answer answer = export(copy, "--opset 15").exits(ExitCode.CROSS_CHECK_FAILED);

        assertThat(answer.err()).isEmpty();
        assertThat(answer.joined())
                .contains("mixed/1-0/model.onnx: agrees: 0 flips in 40 images")
                .containsPattern("unknown-operation/1-0/model.onnx: has no ONNX form: .*inverse")
                .containsPattern("by-batch/1-0/model.onnx: has no ONNX form: .*batch-dependent control flow")
                .contains("two-faced/1-0/model.onnx: DISAGREES: 40 flips in 40 images");
        assertThat(copy.resolve("trials/two-faced/1-0/model.onnx")).doesNotExist();
        assertThat(copy.resolve("trials/two-faced/1-0/model.rejected.onnx")).isNotEmptyFile();
    }

    @Test
    void inPlaceTheResultsAreRefreshed() throws IOException {
        Path copy = world.copyTo(folder.resolve("copy"));
        Path in = copy.resolve(TRIAL);
        long before = Files.size(in.resolve("model.onnx"));
        export(in, "--external-data").done();
        Path data = in.resolve("model.onnx.data");
        JsonNode outcome = Catwalk.json(in.resolve("trial.json"));
        assertThat(outcome.findValue("onnx_bytes").asLong())
                .isEqualTo(Files.size(in.resolve("model.onnx")) + Files.size(data));
        assertThat(outcome.path("files").toString()).contains("\"model.onnx.data\"");

        export(in, "--unroll-recurrent").done();

        assertThat(data).doesNotExist();
        long now = Files.size(in.resolve("model.onnx"));
        assertThat(now).isNotEqualTo(before);
        assertThat(in.resolve("model.rejected.onnx")).doesNotExist();
        JsonNode results = Catwalk.json(copy.resolve("results.json"));
        assertThat(results.path("trials")).hasSize(4);
        JsonNode efficiency = results.at("/trials/0/efficiency");
        assertThat(efficiency.path("onnx_bytes").asLong()).isEqualTo(now);
        // The latencies of the old file do not apply to the new one.
        assertThat(efficiency.path("onnxruntime").isNull()).isTrue();
        assertThat(efficiency.path("pytorch").isNull()).isFalse();
        requireSizeInTable(copy, now);
    }

    /** The reports are made anew on request, but the tables of the run are those of the new file at once. */
    private static void requireSizeInTable(Path run, long bytes) throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("results.csv"));
        int size = List.of(lines.get(0).split(",", -1)).indexOf("efficiency.onnx_bytes");
        assertThat(lines.stream().filter(line -> line.startsWith("done,mixed,")))
                .map(line -> line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)[size])
                .containsExactly("" + bytes);
    }

    @Test
    void aBatchDependentNetworkHasAFormWhereTheBatchIsFixed() {
        Catwalk.Answer answer = export(world.trial(ExportedRun.BY_BATCH), "--out %s --batch 1", folder);
        // The answers depend on the batch size, and the cross-check reports it.
        assertThat(answer.exits(ExitCode.CROSS_CHECK_FAILED).joined()).contains("by-batch.onnx: DISAGREES: ");
        assertThat(folder).isDirectoryContaining("glob:**by-batch.rejected.onnx");
    }
}
