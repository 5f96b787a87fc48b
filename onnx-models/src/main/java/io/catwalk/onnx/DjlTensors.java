package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Placeholders;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Copies DJL arrays to tensors for ONNX Runtime, and back. */
public final class DjlTensors {

    private DjlTensors() {}

    /**
     * Copies a DJL array to a tensor.
     *
     * @param array an array of numbers or booleans, on any device
     * @return the same elements in the same shape
     * @throws IllegalArgumentException if its type is text, or one that DJL names, but its PyTorch engine does not hold
     */
    public static Tensor of(NDArray array) {
        TensorType type = Placeholders.type(array.getDataType())
                .orElseThrow(() -> new IllegalArgumentException("expected one of " + Placeholders.TYPES.values()
                        + ", found " + array.getDataType() + ": use toType"));
        ByteBuffer data = array.size() == 0 ? ByteBuffer.allocate(0) : array.toByteBuffer();
        return Tensor.of(type, data, array.getShape().getShape());
    }

    /**
     * Copies a tensor to a DJL array.
     *
     * @return the same elements in the same shape
     * @throws IllegalArgumentException if DJL's PyTorch engine does not hold its type: INT16 and BFLOAT16
     */
    public static NDArray toArray(Tensor tensor, NDManager manager) {
        return manager.create(tensor.buffer(), new Shape(tensor.shape()), type(tensor.type(), tensor));
    }

    private static DataType type(TensorType type, Object found) {
        return Optional.ofNullable(Placeholders.TYPES.get(type))
                .orElseThrow(() -> new IllegalArgumentException("expected one of the types "
                        + Placeholders.TYPES.keySet()
                        + ", which DJL's engine holds, found " + found + ": run the file with OnnxRunner.run, and read"
                        + " its Tensor"));
    }

    /**
     * Runs an ONNX file once on DJL arrays.
     *
     * @param given arrays with the names of the inputs, or without names in the order of the inputs
     * @return an array for each output, in the order of the file, with its name
     * @throws IllegalArgumentException if an input is missing, unknown, or of another type or shape than the file says,
     *     or if DJL's PyTorch engine does not hold the type of an output: INT16 and BFLOAT16
     * @throws IllegalStateException if the runner is closed
     * @throws OnnxFileException if ONNX Runtime cannot run the file
     */
    public static NDList run(OnnxRunner runner, NDList given, NDManager manager) {
        List<TensorInfo> inputs = runner.inputs();
        if (given.size() != inputs.size()) {
            throw new IllegalArgumentException("expected " + inputs + ", found " + given.size() + " array(s)");
        }
        runner.outputs().forEach(output -> type(output.type(), output));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < given.size(); i++) {
            String name = given.get(i).getName();
            tensors.put(name == null ? inputs.get(i).name() : name, of(given.get(i)));
        }
        NDList arrays = new NDList();
        runner.run(tensors).forEach((name, tensor) -> {
            NDArray array = toArray(tensor, manager);
            array.setName(name);
            arrays.add(array);
        });
        return arrays;
    }
}
