package io.catwalk.onnx.extension;

import io.catwalk.onnx.runtime.TensorInfo;
import java.util.List;

/**
 * Writes one DJL method with ONNX operators, for methods that the exporter does not support. Implementations are found
 * by {@link java.util.ServiceLoader} with the context class loader of the exporting thread. The class needs a public
 * constructor without arguments, and an entry in {@code META-INF/services/io.catwalk.onnx.extension.OnnxOperation}. An
 * export fails if an implementation is for a method that the exporter already supports, or for the same method as
 * another implementation.
 */
public interface OnnxOperation {

    /**
     * {@return the signature of the method, as the error message of an export that lacks it shows it: type, method and
     * parameter types, such as {@code NDArray.inverse()} or {@code NDArray.add(Number)}}
     */
    String signature();

    /**
     * Writes the nodes of one call.
     *
     * @param call the arguments of the call, and the methods that add nodes
     * @return one tensor for each array that the method returns, of the type and shape that the engine computed
     * @throws io.catwalk.onnx.ExportException from {@link OnnxCall#refusal}, if these arguments have no ONNX form
     */
    List<TensorInfo> write(OnnxCall call);
}
