package io.catwalk.onnx.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.List;

/**
 * Holds the protobuf message of a file in parts, so that tensors are written one at a time. The parts follow each other
 * in the order of their field numbers (onnx.proto), as protobuf itself writes them.
 *
 * @param head fields of the model before its graph
 * @param nodes fields of the graph before its tensors
 * @param tensors the tensors of the graph
 * @param values fields of the graph after its tensors
 * @param tail fields of the model after its graph
 */
record ModelMessage(ModelProto head, GraphProto nodes, List<Tensor> tensors, GraphProto values, ModelProto tail) {

    /**
     * Holds one tensor.
     *
     * @param about name, type and shape, and the place of the elements if they are in another file
     * @param elements the content of {@code raw_data}, or of the other file
     */
    record Tensor(TensorProto about, Initializer elements) {

        private boolean isBeside() {
            return about.getExternalDataCount() > 0;
        }

        private long size() {
            return about.getSerializedSize()
                    + (isBeside() ? 0 : field(TensorProto.RAW_DATA_FIELD_NUMBER, elements.size()));
        }

        private void writeTo(CodedOutputStream stream) throws IOException {
            begin(stream, GraphProto.INITIALIZER_FIELD_NUMBER, size());
            about.writeTo(stream);
            if (!isBeside()) {
                begin(stream, TensorProto.RAW_DATA_FIELD_NUMBER, elements.size());
                elements.writeTo(stream::write);
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
