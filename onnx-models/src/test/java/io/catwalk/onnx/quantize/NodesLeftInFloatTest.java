package io.catwalk.onnx.quantize;

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
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What bytes cannot compute stays in float, so that the answers are still nearly those of the float file. */
class NodesLeftInFloatTest {

    @TempDir
    private Path folder;

    private QuantizedModel nearlyTheSame(ModelProto.Builder network, Map<String, Tensor> batch) {
        Path file = TestModels.write(folder.resolve("model.onnx"), network);
        QuantizedModel model = Networks.quantized(OnnxQuantization.of(file).calibrated(List.of(batch)));
        float[] expected = Networks.answers(network.build().toByteArray(), batch, OptimizationLevel.ALL);
        for (OptimizationLevel level : OptimizationLevel.values()) {
            assertThat(Networks.decibels(expected, Networks.answers(model.bytes(), batch, level)))
                    .as("%s, in float: %s", level, model.inFloat())
                    .isGreaterThan(25);
        }
        return model;
    }

    static List<Arguments> pools() {
        AttributeProto roundsUp = Protos.attribute("ceil_mode", 1);
        AttributeProto countsPads = Protos.attribute("count_include_pad", 1);
        AttributeProto pads = Networks.ints("pads", 1, 1, 1, 1);
        AttributeProto same = AttributeProto.newBuilder()
                .setName("auto_pad")
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8("SAME_UPPER"))
                .build();
        return List.of(
                Arguments.of(true, List.of()),
                Arguments.of(true, List.of(pads, roundsUp)),
                Arguments.of(true, List.of(pads, countsPads)),
                Arguments.of(true, List.of(same, countsPads)),
                Arguments.of(true, List.of(roundsUp, countsPads)),
                Arguments.of(false, List.of(pads, roundsUp, countsPads)),
                Arguments.of(true, List.of(Networks.ints("dilations", 1, 1))),
                Arguments.of(false, List.of(Networks.ints("dilations", 2, 2))));
    }

    /** ONNX Runtime's QLinearAveragePool has no dilations, and counts the cells that rounding up adds as pads. */
    @ParameterizedTest
    @MethodSource("pools")
    void aMeanIsInBytesOnlyWhereTheKernelForBytesComputesIt(boolean inBytes, List<AttributeProto> attributes) {
        Random random = new Random(5);
        ModelProto.Builder network = TestModels.model(GraphProto.newBuilder()
                .setName("pooled")
                .addInput(value("images", FLOAT, BATCH, 8, 8, 8))
                .addOutput(value("logits", FLOAT, BATCH, 8, "height", "width"))
                .addInitializer(tensor("w1", random(random, 64), 8, 8, 1, 1))
                .addInitializer(tensor("w2", random(random, 64), 8, 8, 1, 1))
                .addNode(node("Conv", List.of("images", "w1"), "c1"))
                .addNode(node("AveragePool", List.of("c1"), "p1")
                        .addAttribute(Networks.ints("kernel_shape", 3, 3))
                        .addAttribute(Networks.ints("strides", 2, 2))
                        .addAllAttribute(attributes))
                .addNode(node("Conv", List.of("p1", "w2"), "logits")));
        network.getOpsetImportBuilder(0).setVersion(19); // the first with dilations

        QuantizedModel model = nearlyTheSame(network, Networks.batch(Networks.images(7)));

        assertThat(model.inFloat().contains("AveragePool AveragePool_p1")).isNotEqualTo(inBytes);
    }

    /** As many rows as columns: the number of biases does not tell which of both they are for. */
    @Test
    void aProductWithABiasForEachRowStaysInFloat() {
        Random random = new Random(6);
        Map<String, Tensor> batch = Map.of("images", Tensor.of(random(random, 6), 2, 3));
        ModelProto.Builder network = TestModels.model(GraphProto.newBuilder()
                .setName("rows")
                .addInput(value("images", FLOAT, 2, 3))
                .addOutput(value("logits", FLOAT, 2, 2))
                .addInitializer(tensor("w1", random(random, 9), 3, 3))
                .addInitializer(tensor("b1", random(random, 3), 1, 3))
                .addInitializer(tensor("w2", random(random, 6), 3, 2))
                .addInitializer(tensor("b2", new float[] {5, -5}, 2, 1))
                .addNode(node("Gemm", List.of("images", "w1", "b1"), "g1"))
                .addNode(node("Gemm", List.of("g1", "w2", "b2"), "logits")));

        QuantizedModel model = nearlyTheSame(network, batch);

        assertThat(model.inBytes()).containsExactly("Gemm_g1");
    }

    /** A tensor in a subgraph has a name that quantizing would give to one around it. */
    @Test
    void aSubgraphKeepsItsNames() {
        AttributeProto branch = AttributeProto.newBuilder()
                .setName("then_branch")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.newBuilder()
                        .setName("branch")
                        .addOutput(ValueInfoProto.newBuilder().setName("chosen"))
                        .addNode(node("Relu", List.of("c1"), "c1.real"))
                        .addNode(node("Add", List.of("c1.real", "c1"), "chosen")))
                .build();
        ModelProto.Builder network = Networks.convolutional();
        network.getGraphBuilder()
                .addInitializer(Protos.tensor(
                        "always", TensorProto.DataType.BOOL, ByteString.copyFrom(new byte[] {1}), List.of()))
                .setNode(
                        1,
                        node("If", List.of("always"), "r1")
                                .addAttribute(branch)
                                .addAttribute(branch.toBuilder().setName("else_branch")));

        QuantizedModel model = nearlyTheSame(network, Networks.batch(Networks.images(7)));

        assertThat(model.inFloat()).contains("If If_r1");
    }
}
