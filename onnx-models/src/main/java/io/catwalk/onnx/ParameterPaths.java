package io.catwalk.onnx;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names the parameters of a network by their paths, which are also the names of the weights in its ONNX file. */
public final class ParameterPaths {

    private ParameterPaths() {}

    /**
     * Lists the parameters of a network and of its children.
     *
     * @param network the network; a parameter that two of its layers share has two paths
     * @return each parameter by its path, such as {@code 02SequentialBlock.01Conv2d.weight}, in the order of the layers
     */
    public static Map<String, Parameter> of(Block network) {
        Map<String, Parameter> paths = new LinkedHashMap<>();
        walk(network, "", paths);
        return paths;
    }

    private static void walk(Block block, String prefix, Map<String, Parameter> paths) {
        block.getDirectParameters().forEach(pair -> paths.put(prefix + pair.getKey(), pair.getValue()));
        block.getChildren().forEach(child -> walk(child.getValue(), prefix + child.getKey() + ".", paths));
    }
}
