package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.ClassicNetworksTest.Network;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Breaks exported files in ways in which exporters are known to be wrong: the comparison must detect each of them. */
@Tag("tiny")
class MutationTest {

    private static final Shape IMAGE = new Shape(1, 28, 28);

    @SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing
    enum Mutation {
        SWAPPED_LSTM_GATES(Network.LSTM_TWO_LAYERS, model -> swapBlocks(model, "LSTM", 4, 0, 1)),
        SWAPPED_GRU_GATES(Network.GRU_MEAN, model -> swapBlocks(model, "GRU", 3, 0, 1)),
        FLIPPED_LINEAR_BEFORE_RESET(
                Network.GRU_MEAN,
                model -> changeNode(model, "GRU", node -> {
                    for (int i = 0; i < node.getAttributeCount(); i++) {
                        if (node.getAttribute(i).getName().equals("linear_before_reset")) {
                            node.setAttribute(
                                    i, node.getAttribute(i).toBuilder().setI(0));
                        }
                    }
                    return node;
                })),
        WRONG_EPSILON(
                Network.GLOBAL_POOL,
                model -> changeNode(
                        model,
                        "BatchNormalization",
                        node -> node.setAttribute(
                                0, node.getAttribute(0).toBuilder().setF(0.1f)))),
        DROPPED_BIAS(
                Network.PERCEPTRON,
                model -> changeNode(model, "Gemm", node -> {
                    String weight = node.getInput(1);
                    String images = node.getInput(0);
                    return node.clearInput().addInput(images).addInput(weight);
                })),
        TRANSPOSED_KERNEL(Network.MAX_POOL, MutationTest::transposeKernel);

        private final Network network;
        private final UnaryOperator<ModelProto> change;

        Mutation(Network network, UnaryOperator<ModelProto> change) {
            this.network = network;
            this.change = change;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theComparisonSeesIt(Mutation mutation) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(mutation.network.block(), manager, IMAGE);
            byte[] right = OnnxExport.of(block, IMAGE).bytes();
            byte[] wrong = mutation.change.apply(ModelProto.parseFrom(right)).toByteArray();
            assertThat(Agreement.difference(block, IMAGE, right)).isLessThan(1e-4);
            assertThat(Agreement.difference(block, IMAGE, wrong)).isGreaterThan(1e-4);
        }
    }

    private static ModelProto changeNode(ModelProto model, String operator, UnaryOperator<NodeProto.Builder> change) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        int place = placeOf(graph, operator);
        return model.toBuilder()
                .setGraph(graph.setNode(place, change.apply(graph.getNode(place).toBuilder())))
                .build();
    }

    private static int placeOf(GraphProto.Builder graph, String operator) {
        for (int i = 0; i < graph.getNodeCount(); i++) {
            if (graph.getNode(i).getOpType().equals(operator)) {
                return i;
            }
        }
        throw new AssertionError("no " + operator);
    }

    private static ModelProto swapBlocks(ModelProto model, String operator, int blocks, int first, int second) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        String weight = graph.getNode(placeOf(graph, operator)).getInput(1);
        return changeTensor(model, weight, bytes -> {
            int size = bytes.length / blocks;
            byte[] swapped = bytes.clone();
            System.arraycopy(bytes, first * size, swapped, second * size, size);
            System.arraycopy(bytes, second * size, swapped, first * size, size);
            return swapped;
        });
    }

    /** Swaps height and width of the 3x3 kernels of the first convolution. */
    private static ModelProto transposeKernel(ModelProto model) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        String weight = graph.getNode(placeOf(graph, "Conv")).getInput(1);
        return changeTensor(model, weight, bytes -> {
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

    private static ModelProto changeTensor(ModelProto model, String name, UnaryOperator<byte[]> change) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            TensorProto tensor = graph.getInitializer(i);
            if (tensor.getName().equals(name)) {
                byte[] changed = change.apply(tensor.getRawData().toByteArray());
                graph.setInitializer(i, tensor.toBuilder().setRawData(ByteString.copyFrom(changed)));
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }
}
