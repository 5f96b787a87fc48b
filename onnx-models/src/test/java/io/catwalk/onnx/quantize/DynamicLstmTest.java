package io.catwalk.onnx.quantize;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.random;
import static io.catwalk.onnx.TestModels.tensor;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An LSTM keeps its answers in 8 bits, in one direction and in both. */
class DynamicLstmTest {

    private static final int STEPS = 6;
    private static final int COUNT = 3;
    private static final int FEATURES = 4;
    private static final int HIDDEN = 5;

    @TempDir
    private Path folder;

    private static ModelProto.Builder network(String direction, int directions) {
        Random random = new Random(1);
        int gates = 4 * HIDDEN;
        return TestModels.model(GraphProto.newBuilder()
                .setName("lstm")
                .addInput(value("images", FLOAT, STEPS, BATCH, FEATURES))
                .addOutput(value("logits", FLOAT, STEPS, directions, BATCH, HIDDEN))
                .addInitializer(tensor("w", random(random, directions * gates * FEATURES), directions, gates, FEATURES))
                .addInitializer(tensor("r", random(random, directions * gates * HIDDEN), directions, gates, HIDDEN))
                .addInitializer(tensor("b", random(random, directions * 2 * gates), directions, 2L * gates))
                .addNode(node("LSTM", List.of("images", "w", "r", "b"), "logits")
                        .setName("lstm")
                        .addAttribute(Protos.attribute("hidden_size", HIDDEN))
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("direction")
                                .setType(AttributeProto.AttributeType.STRING)
                                .setS(ByteString.copyFromUtf8(direction)))));
    }

    private static Map<String, Tensor> batch() {
        return Map.of("images", Tensor.of(random(new Random(2), STEPS * COUNT * FEATURES), STEPS, COUNT, FEATURES));
    }

    private CalibratedModel calibrated(ModelProto.Builder network) {
        Path file = TestModels.write(folder.resolve("lstm.onnx"), network);
        return OnnxQuantization.of(file).calibrated(List.of(batch()));
    }

    @Test
    void theAnswersAreNearlyThoseInFloats() throws InvalidProtocolBufferException {
        int directions = 0;
        for (String direction : List.of("forward", "bidirectional")) {
            directions++;
            ModelProto.Builder network = network(direction, directions);
            Map<String, Tensor> batch = batch();

            CalibratedModel calibrated = calibrated(network);
            QuantizedModel model = Networks.quantized(calibrated);

            assertThat(model.inBytes()).containsExactly("lstm");
            assertThat(model.onlyForOnnxRuntime()).isTrue();
            assertThat(ModelProto.parseFrom(model.bytes()).getGraph().getNode(0).getOpType())
                    .isEqualTo("DynamicQuantizeLSTM");
            assertThat(Networks.decibels(
                            Networks.answers(network.build().toByteArray(), batch, OptimizationLevel.ALL),
                            Networks.answers(model.bytes(), batch, OptimizationLevel.ALL)))
                    .as(direction)
                    .isGreaterThan(30);
            QuantizedModel inFloat = calibrated.quantized(CalibrationMethod.MIN_MAX, Set.of("lstm"));
            assertThat(inFloat.inFloat()).containsExactly("LSTM lstm");
            assertThat(inFloat.onlyForOnnxRuntime()).isFalse();
        }
    }

    /** Some programs write the default, which the operator of ONNX Runtime has no attribute for. */
    @Test
    void aFileThatStatesTheDefaultLayoutRunsAsOneThatDoesNot() {
        ModelProto.Builder stated = network("forward", 1);
        stated.getGraphBuilder().getNodeBuilder(0).addAttribute(Protos.attribute("layout", 0));
        QuantizedModel plain = Networks.quantized(calibrated(network("forward", 1)));

        QuantizedModel model = Networks.quantized(calibrated(stated));

        assertThat(model.inBytes()).containsExactly("lstm");
        assertThat(Networks.answers(model.bytes(), batch(), OptimizationLevel.ALL))
                .containsExactly(Networks.answers(plain.bytes(), batch(), OptimizationLevel.ALL));
    }

    /** A byte cannot stand for it, and the scale of its gate would be infinite. */
    @Test
    void weightsThatNoByteStandsForAreNamed() {
        for (int place : new int[] {0, 1}) {
            ModelProto.Builder network = network("forward", 1);
            TensorProto.Builder weights = network.getGraphBuilder().getInitializerBuilder(place);
            weights.setRawData(ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x7f})
                    .concat(weights.getRawData().substring(Float.BYTES)));
            Path file = TestModels.write(folder.resolve("infinite.onnx"), network);

            fileRefused(() -> OnnxQuantization.of(file))
                    .contains("expected finite weights in LSTM lstm, found an infinity");
        }
    }

    /** No range is needed to quantize an LSTM, but whoever gives no images has made a mistake. */
    @Test
    void aFileOfLstmsAloneAlsoNeedsImages() {
        Path file = TestModels.write(folder.resolve("lstm.onnx"), network("forward", 1));

        argumentRefused(() -> OnnxQuantization.of(file).calibrated(List.of()))
                .contains("expected calibration images, found none");
    }
}
