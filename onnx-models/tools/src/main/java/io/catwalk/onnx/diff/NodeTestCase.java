package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Writes one node of a model as a model of its own, with the arrays that it read and computed, in the layout of ONNX's
 * own test cases. Nodes before it are written, too, if they compute what Java cannot hold, such as a sequence.
 */
final class NodeTestCase {

    private NodeTestCase() {}

    /** Creates a folder, writes into it, and returns it. */
    static Path write(Path folder, InstrumentedModel side, NodeProto node) throws IOException {
        List<NodeProto> nodes = side.unit(node);
        List<String> reads = side.known(nodes);
        List<String> makes =
                node.getOutputList().stream().filter(side.values()::containsKey).toList();
        GraphProto.Builder graph =
                GraphProto.newBuilder().setName(node.getName()).addAllNode(nodes);
        side.weights().stream()
                .filter(weights -> nodes.stream().anyMatch(each -> isRead(each, weights.getName())))
                .forEach(graph::addInitializer);
        reads.forEach(name -> graph.addInput(info(name, value(side, name))));
        makes.forEach(name -> graph.addOutput(info(name, value(side, name))));
        Path data = Files.createDirectories(folder.resolve("test_data_set_0"));
        Files.write(
                folder.resolve("model.onnx"),
                side.model().toBuilder()
                        .clearMetadataProps()
                        .setGraph(graph)
                        .build()
                        .toByteArray());
        write(data, "input_", side, reads);
        write(data, "output_", side, makes);
        return folder;
    }

    private static void write(Path data, String prefix, InstrumentedModel side, List<String> tensors)
            throws IOException {
        for (int i = 0; i < tensors.size(); i++) {
            String name = tensors.get(i);
            Files.write(
                    data.resolve(prefix + i + ".pb"),
                    proto(name, value(side, name)).toByteArray());
        }
    }

    /**
     * Tells whether to keep weights. A subgraph may read weights of the graph around it: such a node keeps all of them.
     */
    private static boolean isRead(NodeProto node, String weights) {
        return node.getInputList().contains(weights)
                || node.getAttributeList().stream()
                        .anyMatch(attribute -> attribute.hasG() || attribute.getGraphsCount() > 0);
    }

    private static Tensor value(InstrumentedModel side, String name) {
        return Objects.requireNonNull(side.values().get(name), name);
    }

    private static TensorProto.DataType type(Tensor tensor) {
        return TensorProto.DataType.valueOf(tensor.type().name());
    }

    private static ValueInfoProto info(String name, Tensor tensor) {
        return Protos.value(name, type(tensor), tensor.shape());
    }

    /** Returns an array as it is written to a file. */
    static TensorProto proto(String name, Tensor tensor) {
        List<Long> shape = Arrays.stream(tensor.shape()).boxed().toList();
        return Protos.tensor(name, type(tensor), ByteString.copyFrom(tensor.buffer()), shape);
    }
}
