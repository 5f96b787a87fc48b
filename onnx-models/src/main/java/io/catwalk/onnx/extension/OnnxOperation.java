package io.catwalk.onnx.extension;

import io.catwalk.onnx.graph.Value;
import java.util.List;

/**
 * Says how one method of DJL is written with ONNX operators, where the exporter does not know it. Found by {@link
 * java.util.ServiceLoader} with the context class loader of the thread that exports: name the class, which needs a
 * public constructor without arguments, in {@code META-INF/services/io.catwalk.onnx.extension.OnnxOperation}. A method
 * that the exporter knows is not replaced, and neither is one that another class has: an export refuses both.
 */
public interface OnnxOperation {

    /**
     * Names the method, as the refusal of an export does.
     *
     * @return type, method and types of the parameters, as {@code NDArray.inverse()} or
     *     {@code NDArray.add(Number)}
     */
    String signature();

    /**
     * Writes the nodes of one call.
     *
     * @param call what the network passed, and where nodes go
     * @return one value for each array that the method makes, of the type and shape that the engine made
     * @throws io.catwalk.onnx.graph.ExportException by {@link OnnxCall#refusal}, if these arguments have no ONNX form
     */
    List<Value> write(OnnxCall call);
}
