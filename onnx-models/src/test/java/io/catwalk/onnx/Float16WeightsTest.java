package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * PyTorch rounds the weights independently: the file holds the same FLOAT16 numbers, and computes the same as that
 * network.
 */
class Float16WeightsTest {

    private static final int PIXELS = 200;
    private static final Shape SAMPLE = new Shape(PIXELS);

    @TempDir
    private Path folder;

    private NDManager manager;
    private Block block;

    @BeforeEach
    void network() {
        manager = NDManager.newBaseManager();
        block = Agreement.initialized(
                new SequentialBlock()
                        .add(Linear.builder().setUnits(150).build())
                        .add(Activation.reluBlock())
                        .add(Linear.builder().setUnits(10).build()),
                manager,
                SAMPLE);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray weight(int layer) {
        return block.getChildren().valueAt(layer).getParameters().get("weight").getArray();
    }

    private static TensorProto largest(ModelProto model) {
        return model.getGraph().getInitializerList().stream()
                .max((one, other) -> Integer.compare(
                        one.getRawData().size(), other.getRawData().size()))
                .orElseThrow();
    }

    private static short[] halves(TensorProto tensor) {
        ShortBuffer buffer = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer();
        short[] halves = new short[buffer.remaining()];
        buffer.get(halves);
        return halves;
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 21})
    void theFileAnswersLikeTheNetworkWithRoundedWeights(int opset) throws Exception {
        byte[] halves = OnnxExport.of(block, SAMPLE)
                .withOpset(opset)
                .withFloat16Weights()
                .bytes();
        double unrounded = Agreement.difference(block, SAMPLE, halves);
        for (int layer : new int[] {0, 2}) {
            NDArray weight = weight(layer);
            weight.set(weight.toType(DataType.FLOAT16, true)
                    .toType(DataType.FLOAT32, true)
                    .toFloatArray());
        }
        assertThat(Agreement.difference(block, SAMPLE, halves)).isLessThan(1e-4);
        assertThat(unrounded).isGreaterThan(1e-4); // or the rounding would not be seen
    }

    /** Four vectors of a norm and a bias: a running mean of 1000.3 would become 1000.5. */
    @Test
    void vectorsStayExact() throws Exception {
        Shape sample = new Shape(300);
        Block norm = Agreement.initialized(
                new SequentialBlock()
                        .add(BatchNorm.builder().build())
                        .add(Linear.builder().setUnits(400).build()),
                manager,
                sample);
        ModelProto model = ModelProto.parseFrom(
                OnnxExport.of(norm, sample).withFloat16Weights().bytes());
        assertThat(model.getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT16_VALUE)
                .singleElement()
                .satisfies(tensor -> assertThat(tensor.getDimsList()).contains(300L, 400L));
        assertThat(model.getGraph().getInitializerList())
                .filteredOn(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE
                        && tensor.getRawData().size() >= 1_024)
                .hasSize(5);
    }

    @Test
    void theFileIsHalfAsLarge() {
        long whole = OnnxExport.of(block, SAMPLE).bytes().length;
        long half = OnnxExport.of(block, SAMPLE).withFloat16Weights().bytes().length;
        assertThat((double) half / whole).isBetween(0.5, 0.52);
    }

    /** Ties go to the even number, small ones become subnormal or zero, and the largest stays finite. */
    @Test
    void weightsAreRoundedToTheNearestHalf() throws Exception {
        float[] numbers = new float[PIXELS * 150];
        Random random = new Random(2);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (random.nextFloat() * 4 - 2) * (float) Math.pow(2, random.nextInt(42) - 27);
        }
        float[] chosen = {
            1 + 0x1p-11f,
            1 + 3 * 0x1p-11f,
            1 + 0x1p-11f + 0x1p-23f,
            0x1p-14f,
            0x1p-14f - 0x1p-25f,
            0x1p-24f,
            0x1p-25f,
            Math.nextUp(0x1p-25f),
            3 * 0x1p-25f,
            -0x1p-26f,
            Float.MIN_VALUE,
            -0f,
            65_504,
            -65_504,
            Float.NEGATIVE_INFINITY
        };
        System.arraycopy(chosen, 0, numbers, 0, chosen.length);
        NDArray weight = weight(0);
        weight.set(numbers);
        short[] expected = new short[numbers.length];
        weight.transpose()
                .toType(DataType.FLOAT16, true)
                .toByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer()
                .get(expected);

        ModelProto model = ModelProto.parseFrom(
                OnnxExport.of(block, SAMPLE).withFloat16Weights().bytes());

        TensorProto tensor = largest(model);
        assertThat(tensor.getDataType()).isEqualTo(TensorProto.DataType.FLOAT16_VALUE);
        boolean turned = tensor.getDims(0) == PIXELS;
        if (!turned) {
            weight.toType(DataType.FLOAT16, true)
                    .toByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(expected);
        }
        assertThat(halves(tensor)).isEqualTo(expected);
    }

    @Test
    void aWeightBeyondTheRangeStaysWholeAndIsNamed() throws Exception {
        NDArray weight = weight(0);
        float[] numbers = weight.toFloatArray();
        numbers[3] = -65_505;
        weight.set(numbers);
        Path file = folder.resolve("model.onnx");
        OnnxExport.of(block, SAMPLE).withFloat16Weights().write(file);

        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        TensorProto large = largest(model);
        assertThat(large.getDataType()).isEqualTo(TensorProto.DataType.FLOAT_VALUE);
        assertThat(model.getGraph().getInitializerList())
                .anyMatch(tensor -> tensor.getDataType() == TensorProto.DataType.FLOAT16_VALUE);
        OnnxMetadata metadata = OnnxMetadata.read(file);
        assertThat(metadata.get("weights")).hasValue("float16");
        assertThat(metadata.get("weights.float32")).hasValue(large.getName());
    }
}
