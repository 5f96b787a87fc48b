package io.catwalk.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.List;

/**
 * Holds the message of a file in parts, so that the elements of tensors are written one tensor at a time. The parts
 * follow each other in the order of their field numbers (onnx.proto), as protobuf itself writes them.
 *
 * @param head fields of the model before its graph
 * @param nodes fields of the graph before its tensors
 * @param tensors the tensors of the graph
 * @param values fields of the graph after its tensors
 * @param tail fields of the model after its graph
 */
record ModelMessage(ModelProto head, GraphProto nodes, List<Tensor> tensors, GraphProto values, ModelProto tail) {

    private static final int CHUNK = 1 << 16;

    /**
     * Holds one tensor.
     *
     * @param about name, type and shape
     * @param elements what {@code raw_data} holds
     */
    record Tensor(TensorProto about, Initializer elements) {

        private long size() {
            return about.getSerializedSize() + field(TensorProto.RAW_DATA_FIELD_NUMBER, elements.size());
        }

        private void writeTo(CodedOutputStream stream) throws IOException {
            begin(stream, GraphProto.INITIALIZER_FIELD_NUMBER, size());
            about.writeTo(stream);
            byte[] data = elements.data();
            begin(stream, TensorProto.RAW_DATA_FIELD_NUMBER, data.length);
            // Java copies what goes into a file: a little at a time, which stays in the cache of the processor.
            for (int at = 0; at < data.length; at += CHUNK) {
                stream.write(data, at, Math.min(CHUNK, data.length - at));
            }
        }
    }

    long size() {
        return head.getSerializedSize() + field(ModelProto.GRAPH_FIELD_NUMBER, graphSize()) + tail.getSerializedSize();
    }

    private long graphSize() {
        return nodes.getSerializedSize()
                + tensors.stream()
                        .mapToLong(tensor -> field(GraphProto.INITIALIZER_FIELD_NUMBER, tensor.size()))
                        .sum()
                + values.getSerializedSize();
    }

    void writeTo(CodedOutputStream stream) throws IOException {
        head.writeTo(stream);
        begin(stream, ModelProto.GRAPH_FIELD_NUMBER, graphSize());
        nodes.writeTo(stream);
        for (Tensor tensor : tensors) {
            tensor.writeTo(stream);
        }
        values.writeTo(stream);
        tail.writeTo(stream);
        stream.flush();
    }

    /** Counts the bytes of a field with its number and its length. */
    private static long field(int number, long length) {
        return CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt64SizeNoTag(length) + length;
    }

    private static void begin(CodedOutputStream stream, int number, long length) throws IOException {
        stream.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        stream.writeUInt64NoTag(length);
    }
}
