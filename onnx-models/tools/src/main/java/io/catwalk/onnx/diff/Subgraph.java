package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.file.NodeReads;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.graph.Names;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

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
            Names names = new Names(Protos.names(whole));
            output = names.fresh("cut");
            String sizes = names.fresh("cut_shape");
            graph.addInitializer(Protos.longs(sizes, batch, numbers))
                    .addNode(Protos.node("Reshape", List.of(tensor, sizes), output));
        }
        graph.addOutput(Protos.value(output, TensorProto.DataType.FLOAT, batch, numbers));
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
        return LongStream.of(shape).reduce(1, Math::multiplyExact);
    }

    private static ValueInfoProto withBatch(ValueInfoProto input, int batch) {
        ValueInfoProto.Builder fixed = input.toBuilder();
        fixed.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .setDim(0, Dimension.newBuilder().setDimValue(batch));
        return fixed.build();
    }
}
