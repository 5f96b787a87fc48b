package io.catwalk.onnx.extension;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Value;
import java.util.List;

// snippet: operation
/** Writes the inverse of a matrix, which ONNX lacks, as the operator that ONNX Runtime brings along. */
public final class Inverse implements OnnxOperation {

    @Override
    public String signature() {
        return "NDArray.inverse()";
    }

    @Override
    public List<Value> write(OnnxCall call) {
        if (call.array(0).type() != ElementType.FLOAT) {
            throw call.refusal("is written for FLOAT32 alone: use toType");
        }
        return call.custom("com.microsoft", "Inverse", Attributes.NONE, call.array(0));
    }
}
// end
