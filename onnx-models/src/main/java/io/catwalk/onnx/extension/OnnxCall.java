package io.catwalk.onnx.extension;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.runtime.TensorInfo;
import java.util.List;
import java.util.Map;

/**
 * Gives an {@link OnnxOperation} one call of its method, and receives the nodes that the call is written as. A tensor of
 * the file is named by its {@link TensorInfo}, as this interface returned it; a size that depends on the inputs is open,
 * and its name is the formula. The attributes of a node are {@link Long}, {@link Integer}, {@link Float},
 * {@link String}, or a list of one of them, by name.
 */
public interface OnnxCall {

    /** {@return the opset that the file is written in: 13 to 21} */
    int opset();

    /**
     * Returns an array operand of the call.
     *
     * @param index 0 for the receiver, then the arguments in order
     * @return the array, with its type and axes
     * @throws ExportException if the argument is not an array
     */
    TensorInfo array(int index);

    /**
     * Returns an argument that is not an array.
     *
     * @param <T> its type
     * @param index 1 for the first argument
     * @param type its type, such as {@code Integer.class}
     * @throws ExportException if it is null, or a number that depends on a dynamic axis
     */
    <T> T argument(int index, Class<T> type);

    /**
     * Adds a node with one output, of an operator of the ONNX operator set that the exporter itself uses. The type and
     * shape of the output are inferred as the specification says.
     *
     * @param operator name of the operator, such as {@code MatMul}
     * @param attributes its attributes, such as {@code Map.of("axis", 1)}
     * @param inputs its inputs, in the operator's order
     * @throws ExportException if the exporter does not know the operator, the operator came with a later opset, or the
     *     inputs do not fit it
     */
    TensorInfo node(String operator, Map<String, ?> attributes, TensorInfo... inputs);

    /**
     * Adds a node whose outputs are the results of the method: of another operator set, in version 1, or of an operator
     * of ONNX that {@link #node} does not know. The exporter cannot check such a node; only the runtime that loads the
     * file can.
     *
     * @param domain name of the operator set, such as {@code com.microsoft}; empty for ONNX
     * @param inputs its inputs, in the operator's order
     * @return one tensor for each array that the method returns
     */
    List<TensorInfo> custom(String domain, String operator, Map<String, ?> attributes, TensorInfo... inputs);

    /** {@return what stands for an optional input of a node that is left out before one that is given} */
    TensorInfo omitted();

    /**
     * Adds a constant of floats, as an initializer.
     *
     * @param numbers all elements, row-major
     * @param shape sizes of the axes; none for a scalar
     * @return a constant of float32
     */
    TensorInfo floats(float[] numbers, long... shape);

    /**
     * Adds a constant list of whole numbers, such as a shape or axes, as an initializer.
     *
     * @return a constant of int64 with one axis
     */
    TensorInfo ints(long... numbers);

    /**
     * Creates an error that names the call, the block and the line.
     *
     * @param reason why these arguments have no ONNX form, and what to use instead
     */
    ExportException refusal(String reason);
}
