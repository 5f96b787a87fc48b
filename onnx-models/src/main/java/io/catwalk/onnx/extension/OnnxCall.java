package io.catwalk.onnx.extension;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.Value;
import java.util.List;

/** Gives an {@link OnnxOperation} one call of its method, and receives the nodes that the call is written as. */
public interface OnnxCall {

    /**
     * Returns the opset that the file is written in.
     *
     * @return 13 to 21
     */
    int opset();

    /**
     * Returns an array operand of the call.
     *
     * @param index 0 for the receiver, then the arguments in order
     * @return the array, with its type and shape; dynamic axes are symbolic dimensions
     * @throws ExportException if the argument is not an array
     */
    Value array(int index);

    /**
     * Returns an argument that is not an array.
     *
     * @param <T> its type
     * @param index 1 for the first argument
     * @param type its type, such as {@code Integer.class}
     * @return the argument
     * @throws ExportException if it is null, or a number that depends on a dynamic axis
     */
    <T> T argument(int index, Class<T> type);

    /**
     * Adds a node with one output, of an operator of the ONNX operator set that the exporter itself uses. The type and
     * shape of the output are inferred as the specification says.
     *
     * @param operator name of the operator, such as {@code MatMul}
     * @param attributes its attributes, such as {@code Attributes.NONE.with("axis", 1)}
     * @param inputs its inputs, in the operator's order
     * @return its output
     * @throws ExportException if the exporter does not know the operator, the operator came with a later opset, or the
     *     inputs do not fit it
     */
    Value node(String operator, Attributes attributes, Value... inputs);

    /**
     * Adds a node whose outputs are the results of the method: of another operator set, in version 1, or of an operator
     * of ONNX that {@link #node} does not know. The exporter cannot check such a node; only the runtime that loads the
     * file can.
     *
     * @param domain name of the operator set, such as {@code com.microsoft}; empty for ONNX
     * @param operator name of the operator
     * @param attributes its attributes
     * @param inputs its inputs, in the operator's order
     * @return one value for each array that the method returns
     */
    List<Value> custom(String domain, String operator, Attributes attributes, Value... inputs);

    /**
     * Adds a constant of floats, as an initializer.
     *
     * @param numbers all elements, row-major
     * @param shape sizes of the axes; none for a scalar
     * @return a constant of float32
     */
    Value floats(float[] numbers, long... shape);

    /**
     * Adds a constant list of whole numbers, such as a shape or axes, as an initializer.
     *
     * @param numbers the numbers
     * @return a constant of int64 with one axis
     */
    Value ints(long... numbers);

    /**
     * Creates an error that names the call, the block and the line.
     *
     * @param reason why these arguments have no ONNX form, and what to use instead
     * @return the error, to be thrown
     */
    ExportException refusal(String reason);
}
