package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.file.NodeReads;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model whose only output is a float32 array of two axes, as that of an image classifier.
 *
 * @param model the model, with the inputs of the file that it was cut from
 * @param output name of its output, whose shape is (batch, numbers)
 * @param batch how many images it takes; {@link io.catwalk.onnx.runtime.Signature#ANY_BATCH} if it takes any number
 * @param numbers how many numbers it returns for one image
 */
public record Subgraph(ModelProto model, String output, int batch, int numbers) {

    /**
     * Cuts a model after a tensor, which becomes its output, with two axes. Nodes and weights on which the tensor does
     * not depend are left out.
     *
     * @param model the model to cut
     * @param input name of the input whose first axis is the batch
     * @param tensor name of a float32 tensor: an input, or the output of a node
     * @param batch batch size of the input; at least 1
     * @param shape shape of the tensor for a batch of this size; the number of its elements is a multiple of the batch
     */
    static Subgraph behind(ModelProto model, String input, String tensor, int batch, long... shape) {
        int numbers = Math.toIntExact(size(shape) / batch);
        GraphProto whole = model.getGraph();
        List<NodeProto> nodes = NodeReads.behind(whole.getNodeList(), Set.of(tensor));
        Set<String> read = new HashSet<>(Set.of(tensor));
        nodes.forEach(node -> read.addAll(NodeReads.of(node)));
        Set<String> unread = whole.getInitializerList().stream()
                .map(TensorProto::getName)
                .filter(name -> !read.contains(name))
                .collect(Collectors.toSet());
        GraphProto.Builder graph = whole.toBuilder()
                .clearNode()
                .clearOutput()
                .clearInput()
                .clearInitializer()
                .clearValueInfo()
                .addAllNode(nodes);
        whole.getInitializerList().stream()
                .filter(weights -> !unread.contains(weights.getName()))
                .forEach(graph::addInitializer);
        whole.getInputList().stream()
                .filter(given -> !unread.contains(given.getName()))
                .map(given -> given.getName().equals(input) ? withBatch(given, batch) : given)
                .forEach(graph::addInput);
        boolean made = !nodes.isEmpty();
        String output = tensor;
        if (!made || shape.length != 2 || shape[0] != batch) {
            output = unused(whole, "cut");
            String sizes = unused(whole, "cut_shape");
            graph.addInitializer(wholeNumbers(sizes, batch, numbers))
                    .addNode(NodeProto.newBuilder()
                            .setName(output)
                            .setOpType("Reshape")
                            .addInput(tensor)
                            .addInput(sizes)
                            .addOutput(output));
        }
        graph.addOutput(ValueInfoProto.newBuilder()
                .setName(output)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(TensorShapeProto.newBuilder()
                                        .addDim(Dimension.newBuilder().setDimValue(batch))
                                        .addDim(Dimension.newBuilder().setDimValue(numbers))))));
        return new Subgraph(
                model.toBuilder().clearMetadataProps().setGraph(graph).build(), output, batch, numbers);
    }

    /**
     * Writes the model to a file, with all of its weights in it.
     *
     * @param file where to write; an existing file is replaced
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            model.writeTo(out);
        }
    }

    private static long size(long... shape) {
        long size = 1;
        for (long each : shape) {
            size = Math.multiplyExact(size, each);
        }
        return size;
    }

    private static ValueInfoProto withBatch(ValueInfoProto input, int batch) {
        ValueInfoProto.Builder fixed = input.toBuilder();
        fixed.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .setDim(0, Dimension.newBuilder().setDimValue(batch));
        return fixed.build();
    }

    private static TensorProto wholeNumbers(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(raw))
                .build();
    }

    /** Returns a name that is not used in the graph. */
    private static String unused(GraphProto graph, String word) {
        Set<String> taken = new HashSet<>();
        graph.getInputList().forEach(input -> taken.add(input.getName()));
        graph.getInitializerList().forEach(weights -> taken.add(weights.getName()));
        graph.getNodeList().forEach(node -> {
            taken.add(node.getName());
            taken.addAll(node.getOutputList());
        });
        String name = word;
        while (taken.contains(name)) {
            name += "_";
        }
        return name;
    }
}
