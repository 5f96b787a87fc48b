package io.catwalk.onnx.runtime;

import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.file.ExternalData;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.file.OnnxWeights;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class BadFilesTest {

    private static final float[] WEIGHT = {1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 10};
    private static final TensorProto BAD = TensorProto.newBuilder()
            .setName("bad")
            .setDataType(FLOAT)
            .addDims(2)
            .addFloatData(1)
            .addFloatData(Float.NaN)
            .build();

    @TempDir
    Path temporary;

    private Path folder;
    private Path file;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = Files.createDirectory(temporary.resolve("model"));
        file = folder.resolve("model.onnx");
    }

    @Test
    void whatIsNoFileIsNamed() throws IOException {
        refused("no such file");
        Files.createDirectory(file);
        refused("a folder");
        Files.delete(file);
        TestModels.write(file, new byte[0]);
        refused("an empty file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u0089PNG\r\n\u001a\n and more", "PK\u0003\u0004 zip", "This is a text, not a model.\n", "{}"})
    void aFileOfAnotherFormatIsRefused(String content) {
        TestModels.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
        refused("expected an ONNX model");
    }

    @Test
    void aFileThatIsCutOffAnywhereIsRefused() {
        byte[] whole = TestModels.linear().build().toByteArray();
        for (int length = 1; length < whole.length; length++) {
            TestModels.write(file, Arrays.copyOf(whole, length));
            refused("found");
        }
        TestModels.write(file, Arrays.copyOf(whole, whole.length / 2));
        refused("cut off after " + whole.length / 2 + " bytes");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 6, 27, 99, -1})
    void anUnknownOperatorSetIsRefused(long version) {
        refused(withOpset(version), "operator set from 7 to 26", "[" + version + "]");
    }

    private static ModelProto.Builder withOpset(long version) {
        ModelProto.Builder model = TestModels.linear();
        model.getOpsetImportBuilder(0).setVersion(version);
        return model;
    }

    @Test
    void theLargestOperatorSetThatIsPromisedRuns() {
        TestModels.write(file, withOpset(ModelFile.NEWEST_OPSET));
        assertRuns();
    }

    @Test
    void aGraphThatCannotBeRunIsRefused() {
        refused(TestModels.linear().clearOpsetImport(), "operator set", "found none");
        ModelProto.Builder unknown = TestModels.linear();
        unknown.getGraphBuilder().getNodeBuilder(0).setOpType("NoSuchOperator");
        refused(unknown, "ONNX Runtime accepts", "NoSuchOperator");
        ModelProto.Builder two = TestModels.linear();
        two.getGraphBuilder().addInput(value("mask", FLOAT, "batch", 4));
        refused(two, "exactly one input", "2: images float (batch, 1, 2, 2), mask float (batch, 4)");
        ModelProto.Builder none = TestModels.linear();
        none.getGraphBuilder().clearInput();
        refused(none, "exactly one input", "found 0: none");
    }

    @Test
    void anInputThatIsNoImageIsRefused() {
        refused(withInput(value("images", FLOAT, "batch", 784)), "(batch, channels, height, width)", "(batch, 784)");
        refused(withInput(value("images", FLOAT, "batch", 1, "height", 28)), "fixed size", "(batch, 1, height, 28)");
        refused(withInput(value("images", FLOAT, "batch", 1, 0, 28)), "sizes of 1 to 65536", "(batch, 1, 0, 28)");
        Integer large = 60_000;
        refused(withInput(value("images", FLOAT, "batch", large, large, large)), "1 to 65536", "60000, 60000, 60000");
        refused(
                withInput(value("images", DataType.INT64_VALUE, "batch", 1, 2, 2)),
                "float32, float16 or uint8",
                "int64");
    }

    @Test
    void outputsWithoutLogitsAreRefused() {
        refused(withOutputs(value("scores", FLOAT, "batch", 3, 2)), "an output logits", "scores float (batch, 3, 2)");
        refused(
                withOutputs(value("logits", FLOAT, "batch", "classes")),
                "fixed number of classes",
                "(batch, classes)",
                "onnx.shape_inference");
        ModelProto.Builder two = withOutputs(value("a", FLOAT, "batch", 3), value("b", FLOAT, "batch", 3));
        refused(two, "exactly one", "a float (batch, 3), b float (batch, 3)");
        refused(withOutputs(value("logits", FLOAT, 1, 3)), "one row of logits per image", "logits float (1, 3)");
    }

    /** Such files are right, and only no classifiers of images: the line says why, and what runs them. */
    @Test
    void whatIsNoClassifierRunsInOnnxRunner() {
        ModelProto.Builder two = withInput(value("images", FLOAT, "batch", 4));
        two.getGraphBuilder().addInput(value("more", FLOAT, "batch", 3));
        two.getGraphBuilder()
                .setNode(1, TestModels.node("Gemm", List.of("flat", "weight", "bias"), "scores"))
                .addNode(TestModels.node("Add", List.of("scores", "more"), "logits"));
        ModelProto.Builder table = withInput(value("images", FLOAT, "batch", 4));
        ModelProto.Builder unknown = withOutputs(value("logits", FLOAT, "batch", "classes"));
        ModelProto.Builder another = withOutputs(value("flat", FLOAT, "batch", "numbers"));
        Tensor rows = Tensor.of(new float[8], 2, 4);
        Map<String, Tensor> images = Map.of("images", Tensor.of(new float[8], 2, 1, 2, 2));
        runsInOnnxRunner(two, Map.of("images", rows, "more", Tensor.of(new float[6], 2, 3)));
        runsInOnnxRunner(table, Map.of("images", rows));
        runsInOnnxRunner(unknown, images);
        runsInOnnxRunner(another, images);
    }

    private void runsInOnnxRunner(ModelProto.Builder model, Map<String, Tensor> given) {
        refused(model, "OnnxRunner");
        try (OnnxRunner runner = OnnxRunner.open(file)) {
            assertThat(runner.run(given)).hasSize(1);
        }
    }

    /** What ONNX Runtime lacks, not the file, is what its line is about. */
    @ParameterizedTest
    @CsvSource({"'', NoSuchOperator", "com.example, Mine"})
    void anOperatorThatOnnxRuntimeLacksIsNamed(String domain, String operator) {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder().getNodeBuilder(0).setOpType(operator).setDomain(domain);
        model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(1));
        TestModels.write(file, model);
        fileRefused(() -> OnnxRunner.open(file).close())
                .contains(operator, "export it without this operator, or use a build of ONNX Runtime that has it");
    }

    @ParameterizedTest
    @CsvSource({"FLOAT, 0000c07f", "FLOAT, 010080ff", "DOUBLE, 000000000000f87f", "FLOAT16, 007e", "BFLOAT16, c07f"})
    void aWeightThatIsNotANumberIsRefused(DataType type, String bytes) {
        byte[] element = HexFormat.of().parseHex(bytes);
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .addInitializer(TensorProto.newBuilder()
                        .setName("extra")
                        .setDataType(type.getNumber())
                        .addDims(1)
                        .setRawData(ByteString.copyFrom(element)));
        refused(model, "numbers as weights", "NaN in tensor extra");
    }

    @Test
    void aNotANumberIsFoundWhereverAModelMayKeepIt() {
        AttributeProto constant = AttributeProto.newBuilder()
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(BAD)
                .build();
        AttributeProto branch = AttributeProto.newBuilder()
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.newBuilder().addInitializer(BAD))
                .build();
        for (AttributeProto attribute : List.of(constant, branch)) {
            ModelProto.Builder model = TestModels.linear();
            model.getGraphBuilder()
                    .addNode(TestModels.node("Any", List.of(), "unused").addAttribute(attribute));
            refused(model, "NaN in tensor bad");
        }
    }

    @Test
    void aWeightThatIsInfinitePasses() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .setInitializer(1, TestModels.tensor("bias", new float[] {0, 0, Float.NEGATIVE_INFINITY}, 3));
        try (OnnxPredictor predictor = OnnxPredictor.open(TestModels.write(file, model))) {
            assertThat(predictor.logits(new float[4], 1)).containsExactly(0, 0, Float.NEGATIVE_INFINITY);
        }
    }

    /** It would be read from the working directory. */
    @Test
    void weightsBesideAModelInMemoryAreRefused() {
        byte[] model = external(Map.of("location", "weight.bin")).build().toByteArray();
        List<ThrowingCallable> opened = List.of(
                () -> OnnxRunner.open(model, OnnxOptions.standard()).close(),
                () -> OnnxRunner.watching(model, Set.of("flat"), OnnxOptions.standard())
                        .close(),
                () -> OnnxPredictor.open(model, OnnxOptions.standard(), OnnxHints.none())
                        .close());
        assertThat(opened)
                .allSatisfy(open -> fileRefused(open)
                        .contains("model: expected a model in memory with its weights inside, found tensor weight in"
                                + " the file weight.bin; open its file instead"));
    }

    /** The length is optional, and another tensor, whose bytes are those of NaN, follows in the same file. */
    @Test
    void externalDataWithoutALengthIsAsLongAsItsTensor() {
        byte[] bytes = Arrays.copyOf(raw(WEIGHT), 56);
        Arrays.fill(bytes, 48, 56, (byte) -1);
        TestModels.write(folder.resolve("weight.bin"), bytes);
        TestModels.write(file, external(Map.of("location", "weight.bin", "offset", "0")));
        assertRuns();
        assertThat(OnnxWeights.read(file).get("weight")).hasToString("float (4, 3)");
        TestModels.write(folder.resolve("weight.bin"), Arrays.copyOf(bytes, 47));
        refused("48 bytes from 0 in weight.bin", "47 bytes for tensor weight");
    }

    @Test
    void externalDataOutsideTheFolderIsRefused() throws Exception {
        Path outside = TestModels.write(temporary.resolve("secret.bin"), raw(WEIGHT));
        Files.createSymbolicLink(folder.resolve("link.bin"), outside);
        Files.createDirectory(temporary.resolve("model2"));
        TestModels.write(temporary.resolve("model2/secret.bin"), raw(WEIGHT));
        for (String location : List.of(
                "../secret.bin",
                outside.toString(),
                "link.bin",
                "x/../../secret.bin",
                "../model2/secret.bin",
                "",
                "a\0b")) {
            refused(external(Map.of("location", location)), "inside the folder of the model", "tensor weight");
            assertThat(ModelFiles.of(file)).containsExactly(file);
        }
    }

    /** The cache of Hugging Face links files to blobs, whose names are digests. */
    @Test
    void externalDataBesideALinkIsRefusedWithTheReason() throws Exception {
        Path blobs = Files.createDirectory(temporary.resolve("blobs"));
        Path blob = TestModels.write(blobs.resolve("abc"), external(Map.of("location", "model.onnx.data")));
        Path data = TestModels.write(blobs.resolve("def"), raw(WEIGHT));
        Files.createSymbolicLink(file, blob);
        Files.createSymbolicLink(folder.resolve("model.onnx.data"), data);
        refused(
                "a file model.onnx.data beside " + blob.toRealPath() + ", which the model is a link to",
                "one beside the link alone for tensor weight",
                "copy both files into one folder (cp -L)");
    }

    @Test
    void externalDataThatIsMissingOrTooShortIsRefused() {
        TestModels.write(folder.resolve("weight.bin"), raw(WEIGHT));
        refused(external(Map.of("location", "gone.bin")), "a file gone.bin", "none for tensor weight");
        refused(
                external(Map.of("location", "weight.bin", "offset", "4", "length", "48")),
                "48 bytes from 4 in weight.bin",
                "48 bytes");
        refused(external(Map.of("location", "weight.bin", "offset", "-4", "length", "48")), "from -4", "48 bytes");
        refused(
                external(Map.of("location", "weight.bin", "offset", "" + Long.MAX_VALUE, "length", "48")),
                "48 bytes from",
                "48 bytes");
        refused(external(Map.of("location", "weight.bin", "offset", "x")), "whole numbers", "offset=x");
    }

    @Test
    void aNotANumberInExternalDataIsRefused() {
        float[] weight = WEIGHT.clone();
        weight[11] = Float.NaN;
        TestModels.write(folder.resolve("weight.bin"), raw(weight));
        refused(external(Map.of("location", "weight.bin")), "numbers as weights", "NaN in tensor weight");
    }

    /** Another program may write the file anew while it is read. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void externalDataThatIsCutOffWhileItIsReadEnds() throws IOException {
        Path data = TestModels.write(folder.resolve("weight.bin"), raw(WEIGHT)).toRealPath();
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> new ExternalData(data, 0, 4L << 20).anyMatch(chunk -> false))
                .withMessageContaining("cut off");
    }

    @Test
    void anInterruptOfTheThreadIsNoFaultOfTheFile() {
        TestModels.write(folder.resolve("weight.bin"), raw(WEIGHT));
        TestModels.write(file, external(Map.of("location", "weight.bin")));
        Thread.currentThread().interrupt();
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.logits(new float[] {1, 2, 3, 4}, 1)).containsExactly(10, 1, 41);
            assertThat(OnnxWeights.read(file)).containsOnlyKeys("weight", "bias");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../w.bin", "/etc/hostname", ""})
    void weightsOutsideTheFolderAreNotReadEither(String location) {
        TestModels.write(file, external(Map.of("location", location)));
        fileRefused(() -> OnnxWeights.read(file))
                .contains(file + ": expected external data inside the folder of the model, found \"" + location + "\"");
        TestModels.write(file, external(Map.of("location", "gone.bin")));
        fileRefused(() -> OnnxWeights.read(file))
                .contains(file + ": expected a file gone.bin, found none for tensor weight; copy it beside the model");
        assertThat(ModelFiles.of(file)).containsExactly(file);
    }

    /** Whole numbers are no weights, and a tensor may have too few numbers. */
    @Test
    void weightsAreReadWhereTheyAreWhole() {
        ModelProto.Builder model = TestModels.linear();
        TensorProto.Builder whole =
                TensorProto.newBuilder().setName("w").setDataType(7).addDims(1).addInt64Data(3);
        model.getGraphBuilder().addInitializer(whole);
        assertThat(OnnxWeights.read(TestModels.write(file, model))).containsOnlyKeys("weight", "bias");
        model.getGraphBuilder()
                .addInitializer(
                        whole.clear().setName("w").setDataType(1).addDims(2).addFloatData(1));
        TestModels.write(file, model);
        fileRefused(() -> OnnxWeights.read(file))
                .contains(file + ": expected a whole tensor w", "8 bytes for float (2)");
        TestModels.write(folder.resolve("weight.bin"), raw(WEIGHT));
        TestModels.write(file, external(Map.of("location", "weight.bin")));
        assertThat(OnnxWeights.read(file).get("weight"))
                .satisfies(read -> assertThat(read.toDoubles()).containsExactly(1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 10));
    }

    /** Other programs choose the names of these files. {@code ExternalDataTest} moves and renames exported ones. */
    @ParameterizedTest
    @ValueSource(strings = {"model.onnx.data", "./model.onnx.data", "weights.bin", "parts/0"})
    void theFilesOfAModelAreThoseWithItsWeights(String location) throws IOException {
        Files.createDirectory(folder.resolve("parts"));
        Path data = TestModels.write(folder.resolve(location), raw(WEIGHT)).normalize();
        TestModels.write(file, external(Map.of("location", location, "offset", "0", "length", "48")));

        assertThat(ModelFiles.of(file)).containsExactly(file, data);
        assertThat(ModelFiles.size(file)).isEqualTo(Files.size(file) + Files.size(data));
        ModelFiles.rename(file, folder.resolve("./model.onnx")); // its own name
        assertThat(ModelFiles.of(file)).containsExactly(file, data);
        assertRuns();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS) // links need rights there
    void theWeightsOfALinkAreThoseBesideTheModel() throws IOException {
        TestModels.write(folder.resolve("weight.bin"), raw(WEIGHT));
        TestModels.write(file, external(Map.of("location", "weight.bin")));
        Path link = Files.createSymbolicLink(temporary.resolve("link.onnx"), file);
        assertThat(ModelFiles.size(link)).isEqualTo(ModelFiles.size(file));
    }

    @Test
    void metadataThatContradictsTheModelIsRefused() {
        refused(withMetadata(MetadataKeys.LABELS, "shirt\nboot"), "3 labels, as many as logits", "2 in its metadata");
        refused(withMetadata(MetadataKeys.LABELS, "shirt\n\nboot"), "one name per line");
        refused(withMetadata(MetadataKeys.MEAN, "0.5"), "preprocessing needs all of");
        ModelProto.Builder model = TestModels.linear();
        new Preprocessing(28, 28, List.of(0.5), List.of(0.5))
                .entries()
                .forEach((key, value) -> model.addMetadataProps(entry(key, value)));
        refused(model, "input of 1 x 2 x 2", "1 x 28 x 28 in its metadata");
    }

    private void assertRuns() {
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.logits(new float[] {1, 2, 3, 4}, 1)).containsExactly(10, 1, 41);
        }
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static ModelProto.Builder withMetadata(String key, String value) {
        return TestModels.linear().addMetadataProps(entry(key, value));
    }

    private static ModelProto.Builder withInput(ValueInfoProto input) {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder().setInput(0, input);
        return model;
    }

    private static ModelProto.Builder withOutputs(ValueInfoProto... outputs) {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder().clearOutput().addAllOutput(List.of(outputs));
        return model;
    }

    private static ModelProto.Builder external(Map<String, String> entries) {
        ModelProto.Builder model = TestModels.linear();
        TensorProto.Builder weight = model.getGraphBuilder().getInitializerBuilder(0);
        weight.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
        entries.forEach((key, value) -> weight.addExternalData(entry(key, value)));
        return model;
    }

    private static byte[] raw(float[] values) {
        return TestModels.tensor("", values, values.length).getRawData().toByteArray();
    }

    private void refused(ModelProto.Builder model, String... parts) {
        TestModels.write(file, model);
        refused(parts);
    }

    /** Opens the file and expects one line that names it, what was expected, what was found, and what to try. */
    private void refused(String... parts) {
        assertThatExceptionOfType(OnnxFileException.class)
                .isThrownBy(() -> OnnxPredictor.open(file).close())
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith(file + ": expected ")
                        .contains(", found ")
                        .contains("; ")
                        .contains(parts)
                        .doesNotContain("\n"));
    }
}
