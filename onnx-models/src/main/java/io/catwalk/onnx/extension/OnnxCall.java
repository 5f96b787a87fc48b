package io.catwalk.onnx.extension;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.Value;
import java.util.List;

/** Shows an {@link OnnxOperation} one call of its method, and takes the nodes that it becomes. */
public interface OnnxCall {

    /**
     * Returns the version of the operator set that the file is written in.
     *
     * @return 13 to 21
     */
    int opset();

    /**
     * Returns an array.
     *
     * @param index 0 for the receiver, then the arguments in their order
     * @return the array, with its type and shape; sizes of dynamic axes are names
     * @throws ExportException if the argument is no array
     */
    Value array(int index);

    /**
     * Returns an argument that is no array.
     *
     * @param <T> its type
     * @param index 1 for the first argument
     * @param type its type, as {@code Integer.class}
     * @return the argument
     * @throws ExportException if it is null, or a number that follows a dynamic axis
     */
    <T> T argument(int index, Class<T> type);

    /**
     * Adds a node of the operator set of ONNX with one output; its type and shape follow from the specification.
     *
     * @param operator its name, as {@code MatMul}
     * @param attributes its attributes, as {@code Attributes.NONE.with("axis", 1)}
     * @param inputs what it reads, in the operator's order
     * @return what it makes
     * @throws ExportException if the exporter does not know the operator, or the inputs do not fit it
     */
    Value node(String operator, Attributes attributes, Value... inputs);

    /**
     * Adds a node of another operator set, in version 1, that makes what the method makes. Nobody but the reader of
     * the file can check it.
     *
     * @param domain name of the operator set, as {@code com.microsoft}
     * @param operator name of the operator
     * @param attributes its attributes
     * @param inputs what it reads, in the operator's order
     * @return one value for each array that the method makes
     */
    List<Value> custom(String domain, String operator, Attributes attributes, Value... inputs);

    /**
     * Adds fixed real numbers.
     *
     * @param numbers all elements, row-major
     * @param shape sizes of the axes; none for a single number
     * @return a constant of float32
     */
    Value floats(float[] numbers, long... shape);

    /**
     * Adds a list of fixed whole numbers, as shapes and axes are.
     *
     * @param numbers the numbers
     * @return a constant of int64 with one axis
     */
    Value ints(long... numbers);

    /**
     * Makes an error that names the call, the block and the line.
     *
     * @param reason why these arguments have no ONNX form, and what to use instead
     * @return the error, to be thrown
     */
    ExportException refusal(String reason);
}
