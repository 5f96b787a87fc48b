package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.util.Pair;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.graph.Model;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that files hold what their networks hold: a weight is in a file once, however often it is used. */
@Tag("tiny")
class LeanFileTest extends ExportTest {

    private static final Shape SEQUENCE = new Shape(5, 16);

    /** Numbers beside the weights: axes, shapes, scales. */
    private static final long SMALL_CHANGE = 400;

    private static long bytesOfTensors(byte[] model) {
        return graph(model).getInitializerList().stream()
                .mapToLong(tensor -> tensor.getRawData().size())
                .sum();
    }

    private static long bytesOfParameters(Block block) {
        long numbers = block.getParameters().stream()
                .map(Pair<String, Parameter>::getValue)
                .distinct()
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
        return numbers * Float.BYTES;
    }

    private static void assertLean(Block block, double tolerance) throws Exception {
        byte[] model = assertAgrees(block, SEQUENCE, tolerance);
        assertThat(bytesOfTensors(model)).isBetween(bytesOfParameters(block), bytesOfParameters(block) + SMALL_CHANGE);
    }

    @Test
    void aTransformerBlockThatIsUsedTwelveTimesHoldsItsWeightsOnce() throws Exception {
        TransformerEncoderBlock encoder = new TransformerEncoderBlock(16, 2, 32, 0, Activation::relu);
        Block block = new SequentialBlock().addAll(Collections.nCopies(12, encoder));
        assertLean(initialized(block, SEQUENCE), 1e-3); // rounding errors of the first layer grow in twelve layers
    }

    @Test
    void aRecurrentLayerInEightBranchesHoldsItsWeightsOnce() throws Exception {
        Block gru = GRU.builder().setStateSize(8).setNumLayers(2).build();
        Block block = initialized(joined(1, Collections.nCopies(8, gru).toArray(Block[]::new)), SEQUENCE);
        assertLean(block, TOLERANCE);
        OnnxExport unrolled = OnnxExport.of(block, SEQUENCE).withUnrolledRecurrence();
        byte[] model = assertAgrees(unrolled, block, SEQUENCE, TOLERANCE);
        // The weights of hidden states are also rows where there is no state yet.
        assertThat(bytesOfTensors(model)).isLessThan(bytesOfParameters(block) * 11 / 10);
    }

    @Test
    void parametersThatHappenToBeEqualKeepTheirNames() {
        Block first = dense(16);
        Block second = dense(16);
        Block block = initialized(seq(first, second), SEQUENCE);
        for (String name : List.of("weight", "bias")) {
            float[] numbers = first.getParameters().get(name).getArray().toFloatArray();
            second.getParameters().get(name).getArray().set(numbers);
        }
        assertThat(graph(OnnxExport.of(block, SEQUENCE).bytes()).getInitializerList())
                .extracting(TensorProto::getName)
                .contains("01Linear.bias", "02Linear.bias");
    }

    @Test
    void anArrayThatIsTakenInManyPlacesIsHeldOnce() throws Exception {
        float[] scale = Agreement.images(80, 1);
        Block scaled = lambda(x -> x.mul(manager.create(scale, SEQUENCE)));
        byte[] model = assertAgrees(new SequentialBlock().addAll(Collections.nCopies(6, scaled)), SEQUENCE, TOLERANCE);
        assertThat(bytesOfTensors(model)).isEqualTo(80 * Float.BYTES);
    }

    @Test
    void aFileIsWrittenInTheOrderThatProtobufWrites() throws Exception {
        Block block = initialized(GRU.builder().setStateSize(8).setNumLayers(1).build(), SEQUENCE);
        byte[] written = OnnxExport.of(block, SEQUENCE).bytes();
        assertThat(written).isEqualTo(ModelProto.parseFrom(written).toByteArray());
    }

    @Test
    void nodesCarryThePathOfTheirBlockAndTheLineOfForward() {
        Block block = seq(dense(16), sum(dense(4), dense(4)), lambda(x -> x.square()));
        initialized(block, new Shape(16));
        List<NodeProto> nodes =
                graph(OnnxExport.of(block, new Shape(16)).bytes()).getNodeList();
        assertThat(String.join(" ", nodes.stream().map(NodeProto::getName).toList()))
                .isEqualTo("/01Linear/Gemm /02ParallelBlock/01Linear/Gemm /02ParallelBlock/02Linear/Gemm "
                        + "/02ParallelBlock/Add /03LambdaBlock/Mul");
        assertThat(nodes.get(4).getDocString())
                .matches("SequentialBlock/03LambdaBlock, called at LeanFileTest.java:\\d+");
    }

    /** Only a build knows its version; classes that run without a build have none. */
    @Test
    void theFileNamesTheVersionThatMadeIt() throws Exception {
        assumeThat(Model.class.getResource("producer.properties")).isNotNull();
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        byte[] model = OnnxExport.of(lambda(x -> x.neg()), new Shape(2)).bytes();
        assertThat(ModelProto.parseFrom(model).getProducerName()).isEqualTo("catwalk-onnx");
        assertThat(ModelProto.parseFrom(model).getProducerVersion()).isEqualTo(version.group(1));
    }

    // Weights in FLOAT16: PyTorch rounds them independently. The file holds the same numbers, and computes the same.

    private static final int PIXELS = 200;
    private static final Shape SAMPLE = new Shape(PIXELS);
    private static final int HALF = TensorProto.DataType.FLOAT16_VALUE;
    private final Block layers = seq(dense(150), SmallNetworks.relu(), dense(10));

    @BeforeEach
    void initialize() {
        initialized(layers, SAMPLE);
    }

    private OnnxExport halved() {
        return OnnxExport.of(layers, SAMPLE).withFloat16Weights();
    }

    private NDArray weight(int layer) {
        return layers.getChildren().valueAt(layer).getParameters().get("weight").getArray();
    }

    private static TensorProto largest(byte[] model) {
        return graph(model).getInitializerList().stream()
                .max(Comparator.comparingInt(tensor -> tensor.getRawData().size()))
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 21})
    void theFileAnswersLikeTheNetworkWithRoundedWeights(int opset) throws Exception {
        byte[] halves = halved().withOpset(opset).bytes();
        double unrounded = Agreement.difference(layers, SAMPLE, halves);
        for (int layer : new int[] {0, 2}) {
            NDArray rounded = weight(layer).toType(DataType.FLOAT16, true).toType(DataType.FLOAT32, true);
            weight(layer).set(rounded.toFloatArray());
        }
        assertThat(Agreement.difference(layers, SAMPLE, halves)).isLessThan(1e-4);
        assertThat(unrounded).isGreaterThan(1e-4); // or the rounding would not be seen
    }

    /** Four vectors of a norm and a bias: a running mean of 1000.3 would become 1000.5. */
    @Test
    void vectorsStayExact() {
        Shape sample = new Shape(300);
        Block norm = initialized(seq(SmallNetworks.norm(), dense(400)), sample);
        byte[] model = OnnxExport.of(norm, sample).withFloat16Weights().bytes();
        List<TensorProto> large = graph(model).getInitializerList().stream()
                .filter(tensor -> tensor.getRawData().size() >= 1_024)
                .toList();
        assertThat(large)
                .filteredOn(tensor -> tensor.getDataType() == HALF)
                .singleElement()
                .satisfies(tensor -> assertThat(tensor.getDimsList()).contains(300L, 400L));
        assertThat(large).filteredOn(tensor -> tensor.getDataType() != HALF).hasSize(5);
    }

    @Test
    void theFileIsHalfAsLarge() {
        double whole = OnnxExport.of(layers, SAMPLE).bytes().length;
        assertThat(halved().bytes().length / whole).isBetween(0.5, 0.52);
    }

    /** Ties go to the even number, small ones become subnormal or zero, and the largest stays finite. */
    @Test
    void weightsAreRoundedToTheNearestHalf() {
        float[] numbers = new float[PIXELS * 150];
        Random random = new Random(2);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (random.nextFloat() * 4 - 2) * (float) Math.pow(2, random.nextInt(42) - 27);
        }
        float tiny = 0x1p-25f;
        float[] ties = {1 + 0x1p-11f, 1 + 3 * 0x1p-11f, 1 + 0x1p-11f + 0x1p-23f};
        float[] small = {0x1p-14f, 0x1p-14f - tiny, 2 * tiny, tiny, Math.nextUp(tiny), 3 * tiny, -tiny / 2};
        float[] ends = {Float.MIN_VALUE, -0f, 65_504, -65_504, Float.NEGATIVE_INFINITY};
        int at = 0;
        for (float[] chosen : List.of(ties, small, ends)) {
            System.arraycopy(chosen, 0, numbers, at, chosen.length);
            at += chosen.length;
        }
        NDArray weight = weight(0);
        weight.set(numbers);

        TensorProto tensor = largest(halved().bytes());

        assertThat(tensor.getDataType()).isEqualTo(HALF);
        NDArray asInFile = tensor.getDims(0) == PIXELS ? weight.transpose() : weight;
        ByteBuffer expected = asInFile.toType(DataType.FLOAT16, true).toByteBuffer();
        assertThat(tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.nativeOrder()))
                .isEqualTo(expected.order(ByteOrder.nativeOrder()));
    }

    @Test
    void aWeightBeyondTheRangeStaysWholeAndIsNamed(@TempDir Path folder) throws Exception {
        float[] numbers = weight(0).toFloatArray();
        numbers[3] = -65_505;
        weight(0).set(numbers);
        Path file = folder.resolve("model.onnx");
        halved().write(file);

        byte[] model = Files.readAllBytes(file);
        TensorProto large = largest(model);
        assertThat(large.getDataType()).isEqualTo(TensorProto.DataType.FLOAT_VALUE);
        assertThat(graph(model).getInitializerList())
                .extracting(TensorProto::getDataType)
                .contains(HALF);
        OnnxMetadata metadata = OnnxMetadata.read(file);
        assertThat(metadata.get("weights")).hasValue("float16");
        assertThat(metadata.get("weights.float32")).hasValue(large.getName());
    }
}
