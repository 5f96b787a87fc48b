package io.catwalk.onnx.extension;

import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorType;
import java.util.List;
import java.util.Map;

// snippet: operation
/** Writes the inverse of a matrix, which ONNX lacks, as the operator that ONNX Runtime brings along. */
public final class Inverse implements OnnxOperation {

    @Override
    public String signature() {
        return "NDArray.inverse()";
    }

    @Override
    public List<TensorInfo> write(OnnxCall call) {
        if (call.array(0).type() != TensorType.FLOAT) {
            throw call.refusal("is written for FLOAT32 alone: use toType");
        }
        return call.custom("com.microsoft", "Inverse", Map.of(), call.array(0));
    }
}
// end
