package io.catwalk.onnx;

import static io.catwalk.onnx.SmallNetworks.IMAGE;
import static io.catwalk.onnx.SmallNetworks.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.graph.OnnxParser;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("tiny")
class OnnxExportTest extends ExportTest {

    private Block network(SmallNetworks network) {
        return initialized(network.block(), IMAGE);
    }

    private OnnxExport export(SmallNetworks network) {
        return OnnxExport.of(network(network), IMAGE);
    }

    @Test
    void theSameWeightsGiveTheSameBytes() {
        OnnxExport first = export(SmallNetworks.LSTM_TWO_LAYERS).withMetadata(Map.of("b", "2", "a", "1"));
        OnnxExport second = export(SmallNetworks.LSTM_TWO_LAYERS).withMetadata(Map.of("a", "1"));
        assertThat(second.withMetadata(Map.of("b", "2")).bytes()).isEqualTo(first.bytes());
    }

    @Test
    void aBatchInTheShapeOfASampleIsRejected() {
        Block block = seq(dense(2));
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
        assertRejected(() -> OnnxExport.of(block, new Shape(1, 3)), "leave the batch out ((3))");
        assertThat(OnnxExport.of(block, new Shape(3)).bytes()).isNotEmpty();
        assertThat(OnnxExport.of(block, new Shape(5, 3)).bytes()).isNotEmpty();
    }

    @Test
    void metadataIsWrittenSorted() throws Exception {
        Map<String, String> metadata = Map.of("labels", "T-shirt,Trouser", "a", "ä", "z", "1");
        byte[] bytes = export(SmallNetworks.PERCEPTRON).withMetadata(metadata).bytes();
        List<StringStringEntryProto> found = ModelProto.parseFrom(bytes).getMetadataPropsList();
        List<String> own = List.of(MetadataKeys.MULTIPLY_ACCUMULATES, MetadataKeys.TRIED_SIZES);
        assertThat(found)
                .filteredOn(entry -> !own.contains(entry.getKey()))
                .extracting(entry -> entry.getKey() + "=" + entry.getValue())
                .containsExactly("a=ä", "labels=T-shirt,Trouser", "z=1");
        assertThat(found).extracting(StringStringEntryProto::getKey).isSorted();
    }

    @Test
    void everyArrayBetweenNodesHasItsShapeInTheFile() {
        GraphProto graph = graph(export(SmallNetworks.MAX_POOL).bytes());
        List<String> between = graph.getNodeList().stream()
                .map(node -> node.getOutput(0))
                .filter(name -> !name.equals("logits"))
                .toList();
        assertThat(between).hasSize(7);
        assertThat(graph.getValueInfoList()).extracting(ValueInfoProto::getName).containsExactlyElementsOf(between);
    }

    @Test
    void aZeroInitialStateIsLeftOut() {
        OnnxExport export = export(SmallNetworks.LSTM_TWO_LAYERS);
        for (OnnxExport each : List.of(export, export.withFixedBatch(2))) {
            assertThat(graph(each.bytes()).getNodeList())
                    .filteredOn(node -> node.getOpType().equals("LSTM"))
                    .hasSize(2)
                    .extracting(NodeProto::getInputCount)
                    .containsOnly(4);
        }
    }

    @Test
    void arraysThatAreReturnedAsTheyCameAreOutputsToo() throws Exception {
        Block block = new LambdaBlock(inputs -> {
            NDArray negative = inputs.head().neg();
            return new NDList(negative, inputs.head(), negative);
        });
        byte[] bytes = assertAgrees(block, IMAGE, 0);
        assertThat(graph(bytes).getOutputList())
                .extracting(ValueInfoProto::getName)
                .containsExactly("logits", "output_2", "output_3");
    }

    /** The table of ONNX releases (onnx/docs/Versioning.md) has these pairs. */
    @ParameterizedTest
    @CsvSource({"13, 7", "14, 7", "15, 8", "16, 8", "17, 8", "18, 8", "19, 9", "20, 9", "21, 10"})
    void everyOperatorSetAnswersAlikeInItsFormat(int opset, long irVersion) throws Exception {
        for (SmallNetworks network : List.of(SmallNetworks.GLOBAL_POOL, SmallNetworks.GRU_MEAN)) {
            Block block = network(network);
            OnnxExport export = OnnxExport.of(block, IMAGE).withOpset(opset);
            ModelProto model = ModelProto.parseFrom(assertAgrees(export, block, IMAGE, TOLERANCE));
            assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(opset);
            assertThat(model.getIrVersion()).isEqualTo(irVersion);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onnxRuntimeAnswersLikeDjl(SmallNetworks network) throws Exception {
        assertAgreesInAll(initialized(network.block(), network.sample), network.sample, TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource
    void unrolledNetworksAnswerAlikeWithoutLoops(SmallNetworks network) throws Exception {
        Block block = initialized(network.block(), network.sample);
        OnnxExport export = OnnxExport.of(block, network.sample).withUnrolledRecurrence();
        byte[] model = assertAgrees(export, block, network.sample, TOLERANCE);
        assertThat(operators(model)).doesNotContain("RNN", "GRU", "LSTM", "Scan", "Loop");
        byte[] fixed = export.withFixedBatch(4).bytes();
        assertThat(Agreement.difference(block, network.sample, fixed, 4)).isLessThan(TOLERANCE);
        assertThat(operators(fixed)).doesNotContain("RNN", "GRU", "LSTM", "Scan", "Loop", "Shape", "Expand");
    }

    /** Networks, and the operators of their files: batch norms are folded, and no shape is computed. */
    static Stream<Arguments> operators() {
        Conv2d.Builder bare = Conv2d.builder().setFilters(4).setKernelShape(new Shape(3, 3));
        Block computedKernel = lambda(x -> {
            NDArray kernel = OperatorSamples.fixed(x, 4, 1, 3, 3).mul(x.mean());
            return Conv2d.conv2d(x, kernel).singletonOrThrow();
        });
        Block computedNorm = lambda(x -> {
            NDArray ones = x.getManager().ones(new Shape(4));
            NDArray mean = x.transpose(1, 0, 2, 3).reshape(4, -1).mean(new int[] {1});
            return x.getNDArrayInternal()
                    .batchNorm(x, mean, ones, ones, ones, 1, 0.9f, 1e-5f, false)
                    .head();
        });
        Block both = new ParallelBlock(
                ways -> new NDList(ways.get(0).head(), ways.get(1).head()), List.of(norm(), Blocks.identityBlock()));
        return Stream.of(
                Arguments.of(SmallNetworks.MAX_POOL.block(), "Conv Relu MaxPool Conv Tanh AveragePool Reshape Gemm"),
                Arguments.of(lambda(x -> x.reshape(x.getShape().get(0), 7, 4, 28)), "Reshape"),
                Arguments.of(
                        SmallNetworks.GLOBAL_POOL.block(), "Conv Relu Conv Sigmoid GlobalAveragePool Reshape Gemm"),
                Arguments.of(seq(bare.optBias(false).build(), norm()), "Conv"),
                // The norm stays where its convolution has another user, is an output, or has a computed kernel.
                Arguments.of(seq(conv(4), sum(norm(), Blocks.identityBlock())), "Conv BatchNormalization Add"),
                Arguments.of(seq(conv(4), both), "Conv BatchNormalization"),
                Arguments.of(seq(computedKernel, norm()), "ReduceMean Mul Conv BatchNormalization"),
                Arguments.of(seq(conv(4), computedNorm), "Conv Transpose Reshape ReduceMean BatchNormalization"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("operators")
    void aFileHasNoMoreOperatorsThanItNeeds(Block block, String operators) throws Exception {
        initialized(block, IMAGE);
        byte[] model = assertAgrees(OnnxExport.of(block, IMAGE).withFoldedBatchNorm(), block, IMAGE, TOLERANCE);
        assertThat(String.join(" ", operators(model))).isEqualTo(operators);
    }

    @ParameterizedTest
    @CsvSource({"19, Erf", "20, Gelu", "21, Gelu"}) // https://onnx.ai/onnx/operators/onnx__Gelu.html: since 20
    void geluIsOneOperatorWhereTheSetHasIt(int opset, String operator) throws Exception {
        Block block = initialized(Activation.geluBlock(), IMAGE);
        OnnxExport export = OnnxExport.of(block, IMAGE).withOpset(opset);
        assertThat(operators(assertAgrees(export, block, IMAGE, TOLERANCE))).contains(operator);
    }

    @Test
    void probabilitiesSumToOneAndFollowTheLogits() throws Exception {
        byte[] model = export(SmallNetworks.PERCEPTRON).withProbabilities().bytes();
        try (OnnxRunner runner = Agreement.runner(model)) {
            Map<String, Tensor> outputs =
                    runner.run(Map.of("images", Tensor.of(Agreement.images(784, 1), 1, 1, 28, 28)));
            assertThat(outputs.keySet()).containsExactly("logits", "probabilities");
            double[] powers = Arrays.stream(
                            Objects.requireNonNull(outputs.get("logits")).toDoubles())
                    .map(Math::exp)
                    .toArray();
            double sum = Arrays.stream(powers).sum();
            double[] expected = Arrays.stream(powers).map(power -> power / sum).toArray();
            assertThat(Objects.requireNonNull(outputs.get("probabilities")).toDoubles())
                    .containsExactly(expected, within(1e-6));
        }
    }

    @Test
    void embeddedPreprocessingTakesPixelsAndNormalizesEachChannelByItself() throws Exception {
        assertTakesPixels(network(SmallNetworks.MAX_POOL), IMAGE, new float[] {0.286f}, new float[] {0.353f});
        Shape color = new Shape(3, 6, 5);
        Block block = initialized(conv(4), color);
        assertTakesPixels(block, color, new float[] {0.5f, 0.4f, 0.3f}, new float[] {0.2f, 0.3f, 0.1f});
    }

    private static void assertTakesPixels(Block block, Shape sample, float[] mean, float[] std) throws Exception {
        OnnxExport export = OnnxExport.of(block, sample);
        byte[] pixels = new byte[2 * (int) sample.size()];
        new Random(5).nextBytes(pixels);
        int plane = (int) (sample.get(1) * sample.get(2));
        float[] normalized = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int channel = i / plane % mean.length;
            normalized[i] = ((pixels[i] & 0xff) / 255f - mean[channel]) / std[channel];
        }
        long[] shape = new Shape(2).addAll(sample).getShape();
        byte[] embedded = export.withEmbeddedPreprocessing(mean, std).bytes();
        double[] expected = Agreement.answer(export.bytes(), Tensor.of(normalized, shape));
        Tensor bytes = Tensor.of(TensorType.UINT8, ByteBuffer.wrap(pixels), shape);
        assertThat(Agreement.answer(embedded, bytes)).containsExactly(expected, within(1e-5));
    }

    /** Of 256 levels, 118 would differ in the last place if these were normalized as doubles. */
    @Test
    void theNetworkTheFileAndThePredictorNormalizeToTheSameBits() {
        float mean = 0.2860406f;
        float std = 0.35302424f;
        Block block = initialized(SmallNetworks.flatten(), new Shape(1, 16, 16));
        OnnxExport export = OnnxExport.of(block, new Shape(1, 16, 16));
        byte[] levels = new byte[256];
        float[] expected = new float[256];
        for (int level = 0; level < levels.length; level++) {
            levels[level] = (byte) level;
            expected[level] = (level / 255f - mean) / std;
        }
        OnnxMetadata metadata = OnnxMetadata.empty()
                .withPreprocessing(
                        new Preprocessing(16, 16, List.of(0.28604060411453247), List.of(0.3530242443084717)));
        byte[] plain = export.withMetadata(metadata.entries()).bytes();
        byte[] embedded = export.withEmbeddedPreprocessing(new float[] {mean}, new float[] {std})
                .bytes();
        for (byte[] file : List.of(plain, embedded)) {
            try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), OnnxHints.none())) {
                assertThat(predictor.logits(levels, 1)).containsExactly(expected);
            }
        }
        NDArray pixels = manager.arange(256f);
        assertThat(pixels.div(255).sub(mean).div(std).toFloatArray()).containsExactly(expected);
    }

    @Test
    void weightsMayComeFromAStore() throws Exception {
        Block block = network(SmallNetworks.PERCEPTRON);
        ParameterStore doubled = new ParameterStore(manager, false) {
            @Override
            public NDArray getValue(Parameter parameter, Device device, boolean training) {
                return parameter.getArray().mul(2);
            }
        };
        byte[] model = OnnxExport.of(block, IMAGE).withParameters(doubled).bytes();
        block.getParameters().forEach(pair -> pair.getValue().getArray().muli(2));
        assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(TOLERANCE);
    }

    @Test
    void aFileIsWrittenWholeAndReplacesAnOlderOne(@TempDir Path folder) throws Exception {
        OnnxExport export = export(SmallNetworks.PERCEPTRON);
        Path file = Files.writeString(folder.resolve("model.onnx"), "old");
        export.write(file);
        assertThat(file).hasBinaryContent(export.bytes());
        assertThat(folder.toFile().list()).containsExactly("model.onnx");
    }

    private OnnxExport export(Block network, Shape sample) {
        network.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample));
        return OnnxExport.of(network, sample);
    }

    private static @Nullable String counted(OnnxExport export) {
        return OnnxParser.model(export.bytes()).metadata().get(MetadataKeys.MULTIPLY_ACCUMULATES);
    }

    @Test
    void convolutionsAndDenseLayersCountOncePerOutputAndWeightOfIt() {
        Conv2d.Builder conv = Conv2d.builder().setFilters(8).setKernelShape(new Shape(3, 3));
        Block halving =
                conv.optPadding(new Shape(1, 1)).optStride(new Shape(2, 2)).build();
        OnnxExport export = export(seq(halving, SmallNetworks.flatten(), dense(10)), new Shape(3, 10, 10));
        // 8 filters x 5x5 places x (3 channels x 3x3), then 200 features x 10 units.
        String expected = Integer.toString(8 * 25 * 27 + 200 * 10);
        assertThat(counted(export)).isEqualTo(expected);
        assertThat(counted(export.withFixedBatch(4))).isEqualTo(expected);
    }

    /** One product of 6 numbers for all four samples. */
    @Test
    void workThatTheSamplesOfAFixedBatchShareIsNotCounted() {
        Block network =
                lambda(x -> x.sum(new int[] {0}, true).matMul(x.getManager().ones(new Shape(6, 1))));
        assertThat(counted(export(network, new Shape(6)).withFixedBatch(4))).isNull();
    }

    @Test
    void recurrentLayersCountAllGatesOfEveryStep() {
        OnnxExport export = export(seq(SmallNetworks.lstm(6, 1).build()), new Shape(7, 5));
        // 7 steps x 4 gates x 6 units x (5 features + 6 of the state).
        assertThat(counted(export)).isEqualTo(Integer.toString(7 * 4 * 6 * (5 + 6)));
    }

    @Tag("timed")
    @ParameterizedTest
    @EnumSource
    void anExportIsQuick(SmallNetworks network) {
        Block block = initialized(network.block(), network.sample);
        double best = Double.POSITIVE_INFINITY;
        for (int attempt = 0; attempt < 3; attempt++) { // the machine may be busy with something else
            long start = System.nanoTime();
            OnnxExport.of(block, network.sample).bytes();
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
        assertThat(best).isLessThan(1.5);
    }
}
