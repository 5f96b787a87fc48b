package io.catwalk.onnx.quantize;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be quantized is refused in one line that says what to try. */
@Tag("tiny")
class UnfitFilesTest {

    @TempDir
    private Path folder;

    private void refused(ModelProto.Builder model, String... parts) {
        Path file = TestModels.write(folder.resolve("model.onnx"), model);
        assertThatExceptionOfType(OnnxFileException.class)
                .isThrownBy(() -> OnnxQuantization.of(file))
                .satisfies(error -> assertThat(error.getMessage())
                        .startsWith(file + ": expected ")
                        .hasLineCount(1)
                        .contains(parts));
    }

    private static ModelProto.Builder withOpset(int opset) {
        ModelProto.Builder model = TestModels.linear().setIrVersion(opset > 21 ? 10 : 8);
        model.getOpsetImportBuilder(0).setVersion(opset);
        return model;
    }

    @Test
    void operatorSetsWithoutScalesForChannelsAreRefusedAndSoAreUntestedOnes() {
        refused(withOpset(9), "operator set 13 to 21 for 8 bits, found 9", "convert_version");
        refused(withOpset(24), "found 24");
    }

    @Test
    void theFirstAndTheLastOperatorSetAreTaken() {
        for (int opset : new int[] {OnnxQuantization.OLDEST_OPSET, OnnxQuantization.NEWEST_OPSET}) {
            Path file = TestModels.write(folder.resolve("model.onnx"), withOpset(opset));
            Map<String, Tensor> batch = Map.of("images", Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2));
            QuantizedModel model = Networks.quantized(OnnxQuantization.of(file).calibrated(List.of(batch)));

            float[] found = Networks.answers(model.bytes(), batch, OptimizationLevel.ALL);

            assertThat(found).as("opset %d: 10, 1 and 41 by hand", opset).hasSize(3);
            assertThat(found[0]).isBetween(9.9f, 10.1f);
            assertThat(found[2]).isBetween(40.5f, 41.5f);
        }
    }

    @Test
    void aFileIn8BitsIsNotQuantizedAgain() {
        QuantizedModel once = Networks.quantized(Networks.calibrated(folder, Networks.convolutional()));
        Path file = TestModels.write(folder.resolve("twice.onnx"), once.bytes());

        fileRefused(() -> OnnxQuantization.of(file))
                .contains("expected a model in floats, found ", "in 8 bits already; quantize the float file");
    }

    @Test
    void weightsThatAreNoNumbersAreNamed() {
        ModelProto.Builder model = TestModels.linear();
        TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
        weights.setRawData(ByteString.copyFrom(new byte[] {0, 0, (byte) 0xc0, 0x7f})
                .concat(weights.getRawData().substring(4)));

        refused(model, "numbers as weights, found NaN in tensor weight");
    }

    @Test
    void weightsThatNoByteStandsForAreNamed() {
        ModelProto.Builder model = TestModels.linear();
        TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
        weights.setRawData(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x7f})
                .concat(weights.getRawData().substring(4)));

        refused(model, "finite weights in Gemm Gemm_logits, found an infinity");
    }

    @Test
    void aFileWithNothingToQuantizeIsRefused() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .clearNode()
                .addNode(node("Flatten", List.of("images"), "flat"))
                .addNode(node("Tanh", List.of("flat"), "logits"));

        refused(model, "a Conv, Gemm, MatMul or LSTM with fixed weights of 32-bit floats, found none");
    }

    /** As export --float16 writes it: each weight is cast to 32 bits while the file is loaded. */
    private static ModelProto.Builder withHalves(int... weights) {
        ByteBuffer halves = ByteBuffer.allocate(weights.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int weight : weights) {
            halves.putShort((short) weight);
        }
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .setInitializer(
                        0,
                        Protos.tensor(
                                "halves",
                                TensorProto.DataType.FLOAT16,
                                ByteString.copyFrom(halves.array()),
                                List.of(4L, 3L)))
                .addNode(
                        0,
                        node("Cast", List.of("halves"), "weight")
                                .addAttribute(Protos.attribute("to", TensorProto.DataType.FLOAT_VALUE)));
        return model;
    }

    /** 0x3c00 is 1, 0x4900 is 10 (IEEE 754, binary16). */
    @Test
    void weightsOf16BitsAreTaken() {
        int one = 0x3c00;
        Path file = TestModels.write(
                folder.resolve("model.onnx"), withHalves(one, one, 0, one, 0, 0, one, 0, 0, one, 0, 0x4900));
        Map<String, Tensor> batch = Map.of("images", Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2));

        QuantizedModel model = Networks.quantized(OnnxQuantization.of(file).calibrated(List.of(batch)));

        assertThat(model.inBytes()).hasSize(1);
        assertThat(model.inFloat()).noneMatch(node -> node.startsWith("Cast"));
        float[] found = Networks.answers(model.bytes(), batch, OptimizationLevel.ALL);
        assertThat(found[0]).isBetween(9.9f, 10.1f);
        assertThat(found[2]).isBetween(40.5f, 41.5f);
    }

    @Test
    void weightsOf16BitsThatAreNoNumbersAreNamed() {
        refused(withHalves(0x7e00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), "numbers as weights, found NaN in tensor weight");
    }

    @Test
    void anOperatorThatNobodyKnowsIsNamed() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder().getNodeBuilder(0).setOpType("Unheard");

        refused(model, "a model that ONNX Runtime accepts", "Unheard");
    }

    @Test
    void imagesOfAnotherShapeAreRefused() {
        Path file = TestModels.write(folder.resolve("model.onnx"), TestModels.linear());
        Map<String, Tensor> larger = Map.of("images", Tensor.of(new float[9], 1, 1, 3, 3));

        argumentRefused(() -> OnnxQuantization.of(file).calibrated(List.of(larger)))
                .contains("expected images float (batch, 1, 2, 2), found float (1, 1, 3, 3)");
        argumentRefused(() -> OnnxQuantization.of(file).calibrated(List.of()))
                .contains("expected calibration images, found none");
    }

    @Test
    void imagesThatAreNoNumbersAreRefused() {
        Path file = TestModels.write(folder.resolve("model.onnx"), TestModels.linear());
        Map<String, Tensor> broken = Map.of("images", Tensor.of(new float[] {1, Float.NaN, 1, 1}, 1, 1, 2, 2));

        fileRefused(() -> OnnxQuantization.of(file).calibrated(List.of(broken)))
                .contains("finite numbers in the tensor", "found NaN");
    }
}
