package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Writes one node of a model as a model of its own, with the arrays that it read and computed, in the layout of ONNX's
 * own test cases. Nodes before it are written, too, if they compute what Java cannot hold, such as a sequence.
 */
final class Reduction {

    private Reduction() {}

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
        for (int i = 0; i < reads.size(); i++) {
            Files.write(
                    data.resolve("input_" + i + ".pb"),
                    proto(reads.get(i), value(side, reads.get(i))).toByteArray());
        }
        for (int i = 0; i < makes.size(); i++) {
            Files.write(
                    data.resolve("output_" + i + ".pb"),
                    proto(makes.get(i), value(side, makes.get(i))).toByteArray());
        }
        return folder;
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

    private static int type(Tensor tensor) {
        return TensorProto.DataType.valueOf(tensor.type().name()).getNumber();
    }

    private static ValueInfoProto info(String name, Tensor tensor) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : tensor.shape()) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type(tensor))
                                .setShape(shape)))
                .build();
    }

    /** Returns an array as it is written to a file. */
    static TensorProto proto(String name, Tensor tensor) {
        TensorProto.Builder proto = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type(tensor))
                .setRawData(ByteString.copyFrom(tensor.buffer()));
        for (long size : tensor.shape()) {
            proto.addDims(size);
        }
        return proto.build();
    }
}
