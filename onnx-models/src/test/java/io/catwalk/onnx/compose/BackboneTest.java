package io.catwalk.onnx.compose;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.cast;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.tensor;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.compose.Backbone.Pooling;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Networks that torch.onnx exported, cut and composed with a head; {@code test-data/golden/compose.py} says how ONNX's
 * own tools and ONNX Runtime's Python computed the same.
 */
@Tag("tiny")
final class BackboneTest {

    private static final float[] PIXELS = {1, 2, 3, 4, -1, 0, 5, 8};

    @TempDir
    private Path folder;

    /** One file that torch.onnx exported. */
    @SuppressWarnings("ArrayRecordComponent") // nothing compares them
    private record Golden(JsonObject entry, float[] images) {

        static Stream<Golden> all() throws IOException {
            JsonObject all = JsonParser.parseString(Files.readString(Path.of("../test-data/golden/compose.json")))
                    .getAsJsonObject();
            return all.getAsJsonArray("files").asList().stream()
                    .map(file -> new Golden(file.getAsJsonObject(), floats(all.getAsJsonArray("images"))));
        }

        byte[] bytes(String key) throws IOException {
            byte[] packed = Base64.getDecoder().decode(entry.get(key).getAsString());
            try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
                return in.readAllBytes();
            }
        }

        float[] floats(String key) {
            return floats(entry.getAsJsonArray(key));
        }

        private static float[] floats(JsonArray numbers) {
            float[] floats = new float[numbers.size()];
            int i = 0;
            for (JsonElement each : numbers) {
                floats[i++] = each.getAsFloat();
            }
            return floats;
        }

        @Override
        public String toString() {
            return entry.get("name").getAsString() + " in opset " + entry.get("opset");
        }
    }

    private static Stream<Golden> exported() throws IOException {
        return Golden.all();
    }

    /** As the exporter of Hugging Face leaves them. */
    @Test
    void channelsThatAreOpenAreThoseOfTheFirstConvolution() {
        ModelProto.Builder model = TestModels.convolution(1);
        model.getGraphBuilder().setInput(0, value("images", FLOAT, BATCH, "num_channels", "height", "width"));
        float[] images = TestModels.random(new Random(2), 2 * 64);

        Backbone open =
                Backbone.open(model.build().toByteArray(), OnnxHints.none().withImageSize(8, 8));

        assertThat(open.images().channels()).isEqualTo(1);
        Backbone fixed = Backbone.open(TestModels.convolution(1).build().toByteArray(), OnnxHints.none());
        assertThat(predicted(open.features(), images, 2)).containsExactly(predicted(fixed.features(), images, 2));
    }

    @ParameterizedTest
    @MethodSource("exported")
    void theInputOfTheLastLinearLayerIsCutOut(Golden golden) throws IOException {
        Backbone backbone = Backbone.open(golden.bytes("onnx"), OnnxHints.none());

        assertThat(backbone.output()).isEqualTo(golden.entry().get("output").getAsString());
        assertThat(backbone.size()).isEqualTo(golden.floats("features").length / 3);
        assertThat(predicted(backbone.features(), golden.images(), 3))
                .containsExactly(golden.floats("features"), within(1e-6f));
    }

    @ParameterizedTest
    @MethodSource("exported")
    void theMergedFileAnswersAsBackboneAndHeadApart(Golden golden) throws IOException {
        byte[] whole = Backbone.open(golden.bytes("onnx"), OnnxHints.none()).merged(golden.bytes("head"), Map.of());

        assertThat(predicted(whole, golden.images(), 3)).containsExactly(golden.floats("logits"), within(2e-6f));
        assertThat(ModelFile.parsed(whole).getGraph().getOutputList())
                .extracting(value -> value.getName())
                .containsExactly("logits");
        assertThat(ModelFile.parsed(whole).getOpsetImport(0).getVersion())
                .isEqualTo(golden.entry().get("opset").getAsInt());
    }

    private static float[] predicted(byte[] file, float[] images, int count) {
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), OnnxHints.none())) {
            return predictor.logits(images, count);
        }
    }

    /** The widths are those in the tables of the plugins. */
    @ParameterizedTest
    @CsvSource({"small-conv, 64", "stride-conv, 128", "lstm, 128"})
    void networksOfTheZooAreBackbones(String name, int features) {
        Backbone backbone = Backbone.open(Path.of("zoo/fashion-mnist", name + ".onnx"), OnnxHints.none());

        assertThat(backbone.size()).isEqualTo(features);
        assertThat(predicted(backbone.features(), new float[28 * 28], 1)).hasSize(features);
    }

    /** Gray images of 2 x 2, doubled into two maps: the pixels, and their negatives. */
    private static GraphProto.Builder maps() {
        return GraphProto.newBuilder()
                .setName("maps")
                .addInput(value("images", FLOAT, BATCH, 1, 2, 2))
                .addOutput(value("scores", FLOAT, BATCH, 3))
                .addInitializer(tensor("kernel", new float[] {1, -1}, 2, 1, 1, 1))
                .addInitializer(tensor("weight", new float[24], 8, 3))
                .addNode(node("Conv", List.of("images", "kernel"), "map"))
                .addNode(node("Flatten", List.of("map"), "flat"))
                .addNode(node("MatMul", List.of("flat", "weight"), "scores"));
    }

    private static byte[] bytes(GraphProto.Builder graph) {
        return TestModels.model(graph).build().toByteArray();
    }

    private static Backbone open(GraphProto.Builder graph, String output) {
        return Backbone.open(bytes(graph), OnnxHints.none().withOutput(output));
    }

    @Test
    void aMapIsAveragedOrKept() {
        Backbone backbone = open(maps(), "map");

        assertThat(backbone.shape()).containsExactly(2L, 2L, 2L);
        assertThat(predicted(backbone.features(), PIXELS, 2)).containsExactly(2.5f, -2.5f, 3, -3);
        assertThat(predicted(backbone.withPooling(Pooling.NONE).features(), PIXELS, 2))
                .containsExactly(1, 2, 3, 4, -1, -2, -3, -4, -1, 0, 5, 8, 1, 0, -5, -8);
    }

    @Test
    void tokensAreAveraged() {
        GraphProto.Builder graph = maps();
        graph.addInitializer(longs("tokens", 0, 4, 2)).addNode(node("Reshape", List.of("map", "tokens"), "sequence"));

        // (1, 2), (3, 4), (-1, -2), (-3, -4) and (-1, 0), (5, 8), (1, 0), (-5, -8)
        assertThat(predicted(open(graph, "sequence").features(), PIXELS, 2)).containsExactly(0, 0, 0, 0);
        assertThat(open(graph, "sequence").size()).isEqualTo(2);
    }

    @Test
    void featuresAreStandardizedInsideTheFile() {
        Backbone backbone = open(maps(), "map").withStandardization(new float[] {0.5f, 1}, new float[] {4, 0.5f});

        assertThat(predicted(backbone.features(), PIXELS, 2)).containsExactly(0.5f, -7, 0.625f, -8);
        assertThat(predicted(backbone.merged(head(2), Map.of()), PIXELS, 2))
                .containsExactly(0.5f - 7, 7, 0.625f - 8, 8);
        argumentRefused(() -> backbone.withStandardization(new float[3], new float[3]))
                .contains("2", "3");
    }

    @Test
    void halfPrecisionFeaturesBecomeFloats() {
        GraphProto.Builder graph = maps();
        graph.addNode(cast("map", "half", DataType.FLOAT16_VALUE));

        assertThat(predicted(open(graph, "half").features(), PIXELS, 2)).containsExactly(2.5f, -2.5f, 3, -3);
    }

    @Test
    void sizesThatTheFileLeavesOpenAreFixed() {
        GraphProto.Builder graph = maps().setInput(0, value("images", FLOAT, BATCH, 1, "height", "width"));
        byte[] file = Backbone.open(
                        bytes(graph), OnnxHints.none().withOutput("map").withImageSize(2, 4))
                .features();

        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), OnnxHints.none())) {
            assertThat(predictor.signature().width()).isEqualTo(4);
            assertThat(predictor.logits(PIXELS, 1)).containsExactly(2.75f, -2.75f);
        }
    }

    /** Returns the sum of the features, and minus the last one; its tensors have the names of the backbone's. */
    private static byte[] head(int features) {
        float[] weights = new float[2 * features];
        for (int i = 0; i < features; i++) {
            weights[2 * i] = 1;
        }
        weights[2 * features - 1] = -1;
        return TestModels.model(GraphProto.newBuilder()
                        .setName("head")
                        .addInput(value("images", FLOAT, BATCH, features))
                        .addOutput(value("logits", FLOAT, BATCH, 2))
                        .addInitializer(tensor("weight", weights, features, 2))
                        .addNode(node("Identity", List.of("images"), "map"))
                        .addNode(node("MatMul", List.of("map", "weight"), "logits")))
                .addMetadataProps(entry(MetadataKeys.LABELS, "cat\ndog"))
                .addMetadataProps(entry(MetadataKeys.LICENSE, "Apache-2.0"))
                .build()
                .toByteArray();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    @Test
    void namesThatBothFilesUseStayApart() {
        GraphProto.Builder graph = maps();
        graph.getNodeBuilder(0).setOutput(0, "logits");
        graph.getNodeBuilder(1).setInput(0, "logits");

        assertThat(predicted(open(graph, "logits").merged(head(2), Map.of()), PIXELS, 2))
                .containsExactly(0, 2.5f, 0, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"features", "features/flat"})
    void anInputMayHaveANameThatFeaturesHave(String name) {
        GraphProto.Builder graph = maps().setInput(0, value(name, FLOAT, BATCH, 1, 2, 2));
        graph.getNodeBuilder(0).setInput(0, name);

        assertThat(predicted(open(graph, "map").merged(head(2), Map.of()), PIXELS, 2))
                .containsExactly(predicted(open(maps(), "map").merged(head(2), Map.of()), PIXELS, 2));
        assertThat(predicted(open(graph, "map").features(), PIXELS, 2))
                .containsExactly(predicted(open(maps(), "map").features(), PIXELS, 2));
    }

    @Test
    void namesInSubgraphsFollow() {
        GraphProto.Builder graph = maps();
        graph.addInitializer(TensorProto.newBuilder()
                .setName("yes")
                .setDataType(DataType.BOOL_VALUE)
                .addInt32Data(1));
        NodeProto.Builder choice = node("If", List.of("yes"), "chosen");
        for (String branch : List.of("then_branch", "else_branch")) {
            choice.addAttributeBuilder()
                    .setName(branch)
                    .setType(AttributeProto.AttributeType.GRAPH)
                    .setG(GraphProto.newBuilder()
                            .setName(branch)
                            .addNode(node(branch.startsWith("then") ? "Neg" : "Abs", List.of("map"), "taken"))
                            .addOutput(value("taken", FLOAT, BATCH, 2, 2, 2)));
        }
        graph.addNode(choice);

        assertThat(predicted(open(graph, "chosen").merged(head(2), Map.of()), PIXELS, 2))
                .containsExactly(0, -2.5f, 0, -3);
    }

    @Test
    void metadataAndLicensesOfBothAreKept() {
        byte[] file = TestModels.model(maps())
                .addMetadataProps(entry(MetadataKeys.LABELS, "one\ntwo\nthree"))
                .addMetadataProps(entry("license", "AGPL-3.0"))
                .build()
                .toByteArray();
        byte[] whole =
                Backbone.open(file, OnnxHints.none().withOutput("map")).merged(head(2), Map.of("model_author", "me"));

        OnnxMetadata metadata = OnnxMetadata.of(Path.of("whole"), ModelFile.metadata(ModelFile.parsed(whole)));
        assertThat(metadata.labels().orElseThrow()).containsExactly("cat", "dog");
        assertThat(metadata.entries())
                .containsEntry(MetadataKeys.LICENSE, "Apache-2.0 AND AGPL-3.0")
                .containsEntry("backbone.labels", "one\ntwo\nthree")
                .containsEntry("backbone.license", "AGPL-3.0")
                .containsEntry("backbone.producer", "test")
                .containsEntry("model_author", "me");
    }

    @Test
    void whatTheFeaturesDoNotNeedIsLeftOut() {
        ModelProto cut = ModelFile.parsed(open(maps(), "map").features());

        assertThat(cut.getGraph().getInitializerList())
                .extracting(TensorProto::getName)
                .containsExactly("backbone/kernel");
        assertThat(cut.getGraph().getNodeList())
                .extracting(NodeProto::getOpType)
                .containsExactly("Conv", "GlobalAveragePool", "Flatten");
    }

    @Test
    void aFileWithoutALastLinearLayerIsRefused() {
        GraphProto.Builder graph = maps().setOutput(0, value("map", FLOAT, BATCH, 2, 2, 2));
        graph.removeNode(2).removeNode(1);

        fileRefused(() -> Backbone.open(bytes(graph), OnnxHints.none())).contains("linear", "@map");
    }

    @Test
    void anUnknownOutputIsRefusedWithNearOnes() {
        fileRefused(() -> open(maps(), "Map_output")).contains("Map_output", "such as map");
        fileRefused(() -> open(maps(), "kernel")).contains("kernel", "computed from the images");
    }

    @Test
    void otherInputsAreRefused() {
        GraphProto.Builder two = maps().addInput(value("mask", FLOAT, BATCH, 2));
        fileRefused(() -> Backbone.open(bytes(two), OnnxHints.none())).contains("exactly one input", "mask");
        GraphProto.Builder fixed = maps().setInput(0, value("images", FLOAT, 1, 1, 2, 2));
        fileRefused(() -> Backbone.open(bytes(fixed), OnnxHints.none())).contains("batches of 1 only", "dynamic_axes");
        GraphProto.Builder wide = maps().setInput(0, value("images", FLOAT, BATCH, 4, 2, 2));
        fileRefused(() -> Backbone.open(bytes(wide), OnnxHints.none())).contains("1 or 3 channels", "4 channels");
    }

    @Test
    void tensorsThatAreNoFeaturesOfAnImageAreRefused() {
        GraphProto.Builder whole = maps();
        whole.addNode(cast("map", "whole", DataType.INT64_VALUE));
        fileRefused(() -> open(whole, "whole")).contains("floats", "int64");
        GraphProto.Builder mixed = maps();
        mixed.addInitializer(longs("all", 1, -1)).addNode(node("Reshape", List.of("map", "all"), "mixed"));
        fileRefused(() -> open(mixed, "mixed")).contains("a row of features for each image", "[1, 16]");
    }

    @Test
    void otherOpsetsAndBrokenFilesAreRefused() {
        for (long opset : new long[] {10, 22}) {
            byte[] file = TestModels.model(maps())
                    .setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(opset))
                    .build()
                    .toByteArray();
            fileRefused(() -> Backbone.open(file, OnnxHints.none())).contains("opset 11 to 21", "opset " + opset);
        }
        byte[] good = bytes(maps());
        fileRefused(() -> Backbone.open(Arrays.copyOf(good, good.length / 2), OnnxHints.none()))
                .contains("cut off");
        fileRefused(() -> Backbone.open(folder.resolve("none.onnx"), OnnxHints.none()))
                .contains("no such file");
    }

    @Test
    void missingWeightsBesideTheFileAreRefused() {
        GraphProto.Builder graph = maps();
        graph.getInitializerBuilder(0)
                .clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", "weights.bin"));
        Path file = TestModels.write(folder.resolve("beside.onnx"), bytes(graph));

        fileRefused(() -> Backbone.open(file, OnnxHints.none())).contains("beside.onnx", "weights.bin");
    }

    @Test
    void aHeadOfAnotherBackboneIsRefused() throws IOException {
        Backbone backbone = open(maps(), "map");
        fileRefused(() -> backbone.merged(head(3), Map.of())).contains("2 features", "images float (batch, 3)");

        Golden old = Golden.all()
                .filter(each -> each.entry().get("opset").getAsInt() == 11)
                .findFirst()
                .orElseThrow();
        Backbone eleven = Backbone.open(old.bytes("onnx"), OnnxHints.none());
        assertThat(eleven.headOpset()).isEqualTo(13);
        fileRefused(() -> eleven.merged(head(eleven.size()), Map.of())).contains("opset 13", "opset 17");
        byte[] squeezing = ModelFile.parsed(old.bytes("head")).toBuilder()
                .setGraph(ModelFile.parsed(old.bytes("head")).getGraph().toBuilder()
                        .addNode(node("Softmax", List.of("logits"), "probabilities")))
                .build()
                .toByteArray();
        fileRefused(() -> eleven.merged(squeezing, Map.of())).contains("Softmax", "opset 11");
    }

    @Test
    void weightsBesideTheFileComeInside() {
        GraphProto.Builder graph = maps();
        TestModels.write(
                folder.resolve("weights.bin"),
                graph.getInitializer(0).getRawData().toByteArray());
        graph.getInitializerBuilder(0)
                .clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", "weights.bin"));
        Path file = TestModels.write(folder.resolve("beside.onnx"), bytes(graph));

        byte[] features =
                Backbone.open(file, OnnxHints.none().withOutput("map")).features();
        assertThat(predicted(features, PIXELS, 2)).containsExactly(2.5f, -2.5f, 3, -3);
    }

    private static TensorProto longs(String name, long... numbers) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64_VALUE)
                .addDims(numbers.length);
        for (long number : numbers) {
            tensor.addInt64Data(number);
        }
        return tensor.build();
    }

    @Test
    void channelsLastAreAveragedOverTheirPlaces() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("last")
                .addInput(value("images", FLOAT, BATCH, 2, 2, 3))
                .addOutput(value("map", FLOAT, BATCH, 2, 2, 3))
                .addNode(node("Relu", List.of("images"), "map"));
        Backbone backbone = open(graph, "map");

        try (OnnxRunner runner = OnnxRunner.open(backbone.features(), OnnxOptions.standard())) {
            Tensor image = Tensor.of(new float[] {1, 2, 3, 1, 2, 3, 1, 2, 3, 5, 6, 7}, 1, 2, 2, 3);
            assertThat(Objects.requireNonNull(
                                    runner.run(Map.of("images", image)).get("features"))
                            .toDoubles())
                    .containsExactly(2, 3, 4);
        }
    }
}
