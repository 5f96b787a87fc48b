package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * PyTorch rounds the weights independently: the file holds the same FLOAT16 numbers, and computes the same as that
 * network.
 */
class Float16WeightsTest extends ExportTest {

    private static final int PIXELS = 200;
    private static final Shape SAMPLE = new Shape(PIXELS);
    private static final int HALF = TensorProto.DataType.FLOAT16_VALUE;

    @TempDir
    private Path folder;

    private Block block;

    @BeforeEach
    void network() {
        block = initialized(seq(dense(150), SmallNetworks.relu(), dense(10)), SAMPLE);
    }

    private OnnxExport halved() {
        return OnnxExport.of(block, SAMPLE).withFloat16Weights();
    }

    private NDArray weight(int layer) {
        return block.getChildren().valueAt(layer).getParameters().get("weight").getArray();
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
        double unrounded = Agreement.difference(block, SAMPLE, halves);
        for (int layer : new int[] {0, 2}) {
            NDArray rounded = weight(layer).toType(DataType.FLOAT16, true).toType(DataType.FLOAT32, true);
            weight(layer).set(rounded.toFloatArray());
        }
        assertThat(Agreement.difference(block, SAMPLE, halves)).isLessThan(1e-4);
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
        double whole = OnnxExport.of(block, SAMPLE).bytes().length;
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
        float[] chosen = {
            1 + 0x1p-11f,
            1 + 3 * 0x1p-11f,
            1 + 0x1p-11f + 0x1p-23f,
            0x1p-14f,
            0x1p-14f - tiny,
            2 * tiny,
            tiny,
            Math.nextUp(tiny),
            3 * tiny,
            -tiny / 2,
            Float.MIN_VALUE,
            -0f,
            65_504,
            -65_504,
            Float.NEGATIVE_INFINITY
        };
        System.arraycopy(chosen, 0, numbers, 0, chosen.length);
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
    void aWeightBeyondTheRangeStaysWholeAndIsNamed() throws Exception {
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
