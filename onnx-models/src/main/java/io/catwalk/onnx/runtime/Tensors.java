package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Finds every tensor that a model carries: initializers, constants, subgraphs, functions, sparse parts. */
final class Tensors {

    private Tensors() {}

    /** Visits by the message descriptions, so that no place of the format is forgotten. */
    static void visit(Message message, Consumer<TensorProto> visitor) {
        if (message instanceof TensorProto tensor) {
            visitor.accept(tensor);
            return;
        }
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() == JavaType.MESSAGE) {
                List<?> values = field.getValue() instanceof List<?> list ? list : List.of(field.getValue());
                values.forEach(value -> visit((Message) value, visitor));
            }
        }
    }

    /** Names a tensor for an error message. */
    static String name(TensorProto tensor) {
        return tensor.getName().isEmpty() ? "an unnamed constant" : "tensor " + tensor.getName();
    }
}
