package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.nn.Block;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Breaks exported files in ways in which exporters are known to be wrong: the comparison must detect each of them. */
@Tag("tiny")
class MutationTest extends ExportTest {

    @SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
    enum Mutation {
        SWAPPED_LSTM_GATES(SmallNetworks.LSTM_TWO_LAYERS, graph -> swapGates(graph, "LSTM", 4)),
        SWAPPED_GRU_GATES(SmallNetworks.GRU_MEAN, graph -> swapGates(graph, "GRU", 3)),
        FLIPPED_LINEAR_BEFORE_RESET(
                SmallNetworks.GRU_MEAN,
                graph -> attribute(node(graph, "GRU"), "linear_before_reset").setI(0)),
        WRONG_EPSILON(
                SmallNetworks.GLOBAL_POOL,
                graph -> attribute(node(graph, "BatchNormalization"), "epsilon").setF(0.1f)),
        DROPPED_BIAS(SmallNetworks.PERCEPTRON, graph -> {
            NodeProto.Builder gemm = node(graph, "Gemm");
            String images = gemm.getInput(0);
            String weight = gemm.getInput(1);
            gemm.clearInput().addInput(images).addInput(weight);
        }),
        TRANSPOSED_KERNEL(SmallNetworks.MAX_POOL, MutationTest::transposeKernel);

        private final SmallNetworks network;
        private final Consumer<GraphProto.Builder> change;

        Mutation(SmallNetworks network, Consumer<GraphProto.Builder> change) {
            this.network = network;
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theComparisonSeesIt(Mutation mutation) throws Exception {
        Block block = initialized(mutation.network.block(), SmallNetworks.IMAGE);
        ModelProto.Builder model = ModelProto.parseFrom(assertAgrees(block, SmallNetworks.IMAGE, 1e-4)).toBuilder();
        mutation.change.accept(model.getGraphBuilder());
        byte[] wrong = model.build().toByteArray();
        assertThat(Agreement.difference(block, SmallNetworks.IMAGE, wrong)).isGreaterThan(1e-4);
    }

    private static NodeProto.Builder node(GraphProto.Builder graph, String operator) {
        return graph.getNodeBuilderList().stream()
                .filter(node -> node.getOpType().equals(operator))
                .findFirst()
                .orElseThrow();
    }

    private static AttributeProto.Builder attribute(NodeProto.Builder node, String name) {
        return node.getAttributeBuilderList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void changeWeight(GraphProto.Builder graph, String operator, UnaryOperator<byte[]> change) {
        String name = node(graph, operator).getInput(1);
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            if (tensor.getName().equals(name)) {
                byte[] changed = change.apply(tensor.getRawData().toByteArray());
                tensor.setRawData(ByteString.copyFrom(changed));
            }
        }
    }

    private static void swapGates(GraphProto.Builder graph, String operator, int gates) {
        changeWeight(graph, operator, bytes -> {
            int size = bytes.length / gates;
            byte[] swapped = bytes.clone();
            System.arraycopy(bytes, 0, swapped, size, size);
            System.arraycopy(bytes, size, swapped, 0, size);
            return swapped;
        });
    }

    private static void transposeKernel(GraphProto.Builder graph) {
        changeWeight(graph, "Conv", bytes -> {
            byte[] turned = new byte[bytes.length];
            for (int kernel = 0; kernel < bytes.length / 36; kernel++) {
                for (int cell = 0; cell < 9; cell++) {
                    int other = cell % 3 * 3 + cell / 3;
                    System.arraycopy(bytes, (kernel * 9 + cell) * 4, turned, (kernel * 9 + other) * 4, 4);
                }
            }
            return turned;
        });
    }
}
