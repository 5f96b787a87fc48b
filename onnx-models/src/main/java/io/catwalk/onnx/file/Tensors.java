package io.catwalk.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Finds every tensor in a model: in initializers, constants, subgraphs, functions and sparse tensors. */
public final class Tensors {

    private Tensors() {}

    /** Follows the message descriptors, so that no part of the format is missed. */
    public static void visit(Message message, Consumer<TensorProto> visitor) {
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
    public static String name(TensorProto tensor) {
        return tensor.getName().isEmpty() ? "an unnamed constant" : "tensor " + tensor.getName();
    }
}
