package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.TensorInfo;
import io.catwalk.onnx.ClassicNetworksTest.Network;
import io.catwalk.onnx.runtime.MetadataKeys;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class OnnxExportTest {

    private static final Shape IMAGE = new Shape(1, 28, 28);

    @Test
    void theSameWeightsGiveTheSameBytes() {
        try (NDManager manager = NDManager.newBaseManager()) {
            byte[] first = OnnxExport.of(network(manager, Network.LSTM_TWO_LAYERS), IMAGE)
                    .withMetadata(Map.of("b", "2", "a", "1"))
                    .bytes();
            byte[] second = OnnxExport.of(network(manager, Network.LSTM_TWO_LAYERS), IMAGE)
                    .withMetadata(Map.of("a", "1"))
                    .withMetadata(Map.of("b", "2"))
                    .bytes();
            assertThat(second).isEqualTo(first);
        }
    }

    private static Block network(NDManager manager, Network network) {
        return Agreement.initialized(network.block(), manager, IMAGE);
    }

    @Test
    void aBatchInTheShapeOfASampleIsRejected() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new SequentialBlock().add(Linear.builder().setUnits(2).build());
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
            assertThatThrownBy(() -> OnnxExport.of(block, new Shape(1, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("leave the batch out ((3))");
            assertThat(OnnxExport.of(block, new Shape(3)).bytes()).isNotEmpty();
            assertThat(OnnxExport.of(block, new Shape(5, 3)).bytes()).isNotEmpty();
        }
    }

    @Test
    void metadataIsWrittenSorted() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            byte[] bytes = OnnxExport.of(network(manager, Network.PERCEPTRON), IMAGE)
                    .withMetadata(Map.of("labels", "T-shirt,Trouser", "a", "ä", "z", "1"))
                    .bytes();
            assertThat(ModelProto.parseFrom(bytes).getMetadataPropsList())
                    .extracting(entry -> entry.getKey() + "=" + entry.getValue())
                    .filteredOn(entry -> !entry.startsWith(MetadataKeys.MULTIPLY_ACCUMULATES)
                            && !entry.startsWith(MetadataKeys.TRIED_SIZES))
                    .containsExactly("a=ä", "labels=T-shirt,Trouser", "z=1");
            assertThat(ModelProto.parseFrom(bytes).getMetadataPropsList())
                    .extracting(entry -> entry.getKey())
                    .isSorted();
        }
    }

    @Test
    void inputAndOutputAreNamedAndFollowTheBatch() throws Exception {
        try (NDManager manager = NDManager.newBaseManager();
                OrtSession session = new OrtSession(
                        OnnxExport.of(network(manager, Network.MAX_POOL), IMAGE).bytes())) {
            assertThat(session.raw().getInputNames()).containsExactly("images");
            assertThat(session.raw().getOutputNames()).containsExactly("logits");
            assertThat(shape(session.raw().getInputInfo(), "images")).containsExactly(-1, 1, 28, 28);
            assertThat(shape(session.raw().getOutputInfo(), "logits")).containsExactly(-1, 10);
        }
    }

    private static long[] shape(Map<String, NodeInfo> infos, String name) {
        return ((TensorInfo) Objects.requireNonNull(infos.get(name)).getInfo()).getShape();
    }

    @Test
    void aConvolutionalNetNeedsNoComputedShapes() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            byte[] bytes =
                    OnnxExport.of(network(manager, Network.MAX_POOL), IMAGE).bytes();
            assertThat(ExportTest.operators(bytes))
                    .containsExactly("Conv", "Relu", "MaxPool", "Conv", "Tanh", "AveragePool", "Reshape", "Gemm");
        }
    }

    @Test
    void aReshapeOfOneBatchNeedsNoComputedShape() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = LambdaBlock.singleton(
                    images -> images.reshape(images.getShape().get(0), 7, 4, 28));
            Agreement.initialized(block, manager, IMAGE);
            byte[] bytes = OnnxExport.of(block, IMAGE).bytes();
            assertThat(ExportTest.operators(bytes)).containsExactly("Reshape");
            assertThat(Agreement.difference(block, IMAGE, bytes)).isZero();
        }
    }

    @Test
    void everyArrayBetweenNodesHasItsShapeInTheFile() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            byte[] bytes =
                    OnnxExport.of(network(manager, Network.MAX_POOL), IMAGE).bytes();
            GraphProto graph = ModelProto.parseFrom(bytes).getGraph();
            List<String> between = graph.getNodeList().stream()
                    .map(node -> node.getOutput(0))
                    .filter(name -> !name.equals("logits"))
                    .toList();
            assertThat(between).hasSize(7);
            assertThat(graph.getValueInfoList())
                    .extracting(value -> value.getName())
                    .containsExactlyElementsOf(between);
        }
    }

    /** The table of ONNX releases (onnx/docs/Versioning.md) has these pairs. */
    @ParameterizedTest
    @CsvSource({"13, 7", "14, 7", "15, 8", "16, 8", "17, 8", "18, 8", "19, 9", "20, 9", "21, 10"})
    void theFileHasTheFormatThatCameWithItsOperatorSet(int opset, long irVersion) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            byte[] bytes = OnnxExport.of(network(manager, Network.PERCEPTRON), IMAGE)
                    .withOpset(opset)
                    .bytes();
            assertThat(ModelProto.parseFrom(bytes).getIrVersion()).isEqualTo(irVersion);
        }
    }

    @Test
    void aZeroInitialStateIsLeftOut() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            byte[] bytes = OnnxExport.of(network(manager, Network.LSTM_TWO_LAYERS), IMAGE)
                    .bytes();
            assertThat(ModelProto.parseFrom(bytes).getGraph().getNodeList())
                    .filteredOn(node -> node.getOpType().equals("LSTM"))
                    .hasSize(2)
                    .allSatisfy(
                            node -> assertThat(node.getInputList()).hasSize(4).doesNotContain(""));
        }
    }

    @Test
    void aZeroInitialStateOfAFixedBatchIsLeftOut() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            byte[] bytes = OnnxExport.of(network(manager, Network.LSTM_TWO_LAYERS), IMAGE)
                    .withFixedBatch(2)
                    .bytes();
            assertThat(ModelProto.parseFrom(bytes).getGraph().getNodeList())
                    .filteredOn(node -> node.getOpType().equals("LSTM"))
                    .hasSize(2)
                    .allSatisfy(
                            node -> assertThat(node.getInputList()).hasSize(4).doesNotContain(""));
        }
    }

    @Test
    void arraysThatAreReturnedAsTheyCameAreOutputsToo() throws Exception {
        Block block = new LambdaBlock(inputs -> {
            NDArray images = inputs.singletonOrThrow();
            NDArray negative = images.neg();
            return new NDList(negative, images, negative);
        });
        byte[] bytes = OnnxExport.of(block, IMAGE).bytes();
        assertThat(ModelProto.parseFrom(bytes).getGraph().getOutputList())
                .extracting(output -> output.getName())
                .containsExactly("logits", "output_2", "output_3");
        assertThat(Agreement.difference(block, IMAGE, bytes)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 14, 15, 16, 17, 18, 19, 20, 21})
    void everyOperatorSetAnswersAlike(int opset) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            for (Network network : List.of(Network.GLOBAL_POOL, Network.GRU_MEAN)) {
                Block block = network(manager, network);
                byte[] model = OnnxExport.of(block, IMAGE).withOpset(opset).bytes();
                assertThat(ModelProto.parseFrom(model).getOpsetImport(0).getVersion())
                        .isEqualTo(opset);
                assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void unrolledRecurrenceAnswersAlikeWithoutRecurrentOperators(Network network) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = network(manager, network);
            byte[] model = OnnxExport.of(block, IMAGE).withUnrolledRecurrence().bytes();
            assertThat(ExportTest.operators(model)).doesNotContain("RNN", "GRU", "LSTM", "Scan", "Loop");
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void foldedBatchNormsVanishAndAnswerAlike() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = network(manager, Network.GLOBAL_POOL);
            byte[] model = OnnxExport.of(block, IMAGE).withFoldedBatchNorm().bytes();
            assertThat(ExportTest.operators(model))
                    .containsExactly("Conv", "Relu", "Conv", "Sigmoid", "GlobalAveragePool", "Reshape", "Gemm");
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void aBatchNormStaysWhereItsConvolutionHasAnotherUser() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new SequentialBlock()
                    .add(ClassicNetworksTest.conv(4))
                    .add(new ParallelBlock(
                            ways -> new NDList(ways.get(0)
                                    .singletonOrThrow()
                                    .add(ways.get(1).singletonOrThrow())),
                            List.of(BatchNorm.builder().build(), Blocks.identityBlock())));
            Agreement.initialized(block, manager, IMAGE);
            byte[] model = OnnxExport.of(block, IMAGE).withFoldedBatchNorm().bytes();
            assertThat(ExportTest.operators(model)).containsExactly("Conv", "BatchNormalization", "Add");
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void aBatchNormStaysWhereItsConvolutionIsAnOutput() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new SequentialBlock()
                    .add(ClassicNetworksTest.conv(4))
                    .add(new ParallelBlock(
                            ways -> new NDList(
                                    ways.get(0).singletonOrThrow(), ways.get(1).singletonOrThrow()),
                            List.of(BatchNorm.builder().build(), Blocks.identityBlock())));
            Agreement.initialized(block, manager, IMAGE);
            byte[] model = OnnxExport.of(block, IMAGE).withFoldedBatchNorm().bytes();
            assertThat(ExportTest.operators(model)).containsExactly("Conv", "BatchNormalization");
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void aBatchNormStaysWhereTheKernelOfItsConvolutionIsComputed() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new SequentialBlock()
                    .add(LambdaBlock.singleton(images -> Conv2d.conv2d(
                                    images,
                                    OperatorSamples.fixed(images, 4, 1, 3, 3).mul(images.mean()))
                            .singletonOrThrow()))
                    .add(BatchNorm.builder().build());
            Agreement.initialized(block, manager, IMAGE);
            byte[] model = OnnxExport.of(block, IMAGE).withFoldedBatchNorm().bytes();
            assertThat(ExportTest.operators(model)).contains("Conv", "BatchNormalization");
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void aConvolutionWithoutBiasGetsOneFromItsBatchNorm() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new SequentialBlock()
                    .add(Conv2d.builder()
                            .setFilters(4)
                            .setKernelShape(new Shape(3, 3))
                            .optBias(false)
                            .build())
                    .add(BatchNorm.builder().build());
            Agreement.initialized(block, manager, IMAGE);
            byte[] model = OnnxExport.of(block, IMAGE).withFoldedBatchNorm().bytes();
            assertThat(ExportTest.operators(model)).containsExactly("Conv");
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({"19, Erf", "20, Gelu", "21, Gelu"}) // https://onnx.ai/onnx/operators/onnx__Gelu.html: since 20
    void geluIsOneOperatorWhereTheSetHasIt(int opset, String operator) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(Activation.geluBlock(), manager, IMAGE);
            byte[] model = OnnxExport.of(block, IMAGE).withOpset(opset).bytes();
            assertThat(ExportTest.operators(model)).contains(operator);
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void probabilitiesSumToOneAndFollowTheLogits() throws Exception {
        try (NDManager manager = NDManager.newBaseManager();
                OrtSession session = new OrtSession(OnnxExport.of(network(manager, Network.PERCEPTRON), IMAGE)
                        .withProbabilities()
                        .bytes())) {
            assertThat(session.raw().getOutputNames()).containsExactly("logits", "probabilities");
            List<OrtSession.Output> outputs = session.run(Agreement.images(784, 1), 1, 1, 28, 28);
            List<Double> logits = outputs.get(0).numbers();
            List<Double> probabilities = outputs.get(1).numbers();
            double sum = logits.stream().mapToDouble(Math::exp).sum();
            for (int i = 0; i < 10; i++) {
                assertThat(probabilities.get(i)).isCloseTo(Math.exp(logits.get(i)) / sum, within(1e-6));
            }
        }
    }

    @Test
    void embeddedPreprocessingTakesPixels() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            assertTakesPixels(network(manager, Network.MAX_POOL), IMAGE, new float[] {0.286f}, new float[] {0.353f});
        }
    }

    @Test
    void embeddedPreprocessingNormalizesEachChannelByItself() throws Exception {
        Shape color = new Shape(3, 6, 5);
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(ClassicNetworksTest.conv(4), manager, color);
            assertTakesPixels(block, color, new float[] {0.5f, 0.4f, 0.3f}, new float[] {0.2f, 0.3f, 0.1f});
        }
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
        try (OrtSession plain = new OrtSession(export.bytes());
                OrtSession fed = new OrtSession(embedded);
                OnnxTensor bytes = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), ByteBuffer.wrap(pixels), shape, OnnxJavaType.UINT8)) {
            List<Double> expected = plain.run(normalized, shape).get(0).numbers();
            List<Double> found = fed.run(bytes).get(0).numbers();
            assertThat(found).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i)).isCloseTo(expected.get(i), within(1e-5));
            }
        }
    }

    @Test
    void weightsMayComeFromAStore() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = network(manager, Network.PERCEPTRON);
            ParameterStore doubled = new ParameterStore(manager, false) {
                @Override
                public NDArray getValue(Parameter parameter, Device device, boolean training) {
                    return parameter.getArray().mul(2);
                }
            };
            byte[] model = OnnxExport.of(block, IMAGE).withParameters(doubled).bytes();
            block.getParameters().forEach(pair -> pair.getValue().getArray().muli(2));
            assertThat(Agreement.difference(block, IMAGE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void theBlockAnswersAsBefore() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = network(manager, Network.GLOBAL_POOL);
            NDList images = new NDList(manager.create(Agreement.images(784, 1), new Shape(1, 1, 28, 28)));
            float[] before = block.forward(new ParameterStore(manager, false), images, false)
                    .singletonOrThrow()
                    .toFloatArray();
            OnnxExport.of(block, IMAGE).bytes();
            float[] after = block.forward(new ParameterStore(manager, false), images, false)
                    .singletonOrThrow()
                    .toFloatArray();
            assertThat(after).containsExactly(before);
        }
    }

    @Test
    void aFileIsWrittenWholeAndReplacesAnOlderOne(@TempDir Path folder) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            OnnxExport export = OnnxExport.of(network(manager, Network.PERCEPTRON), IMAGE);
            Path file = folder.resolve("model.onnx");
            Files.writeString(file, "old");
            export.write(file);
            assertThat(Files.readAllBytes(file)).isEqualTo(export.bytes());
            try (var files = Files.list(folder)) {
                assertThat(files).containsExactly(file);
            }
        }
    }

    @Tag("timed")
    @ParameterizedTest
    @EnumSource
    void anExportIsQuick(Network network) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = network(manager, network);
            double best = Double.POSITIVE_INFINITY;
            for (int attempt = 0; attempt < 3; attempt++) { // the machine may be busy with something else
                long start = System.nanoTime();
                OnnxExport.of(block, IMAGE).bytes();
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
            assertThat(best).isLessThan(1.5);
        }
    }
}
