package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.catwalk.onnx.graph.ExportException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Refuses networks that no trace can help, before any time is spent on them. */
final class Admission {

    private final Set<Parameter> counted = Collections.newSetFromMap(new IdentityHashMap<>());
    private long bytes;

    private Admission() {}

    static void check(Block root) {
        Admission admission = new Admission();
        admission.visit(root, Origin.name(root.getClass()));
        if (admission.bytes > Integer.MAX_VALUE) {
            throw ExportException.tooLarge(
                    "the " + admission.counted.size() + " parameter(s) of the network", admission.bytes);
        }
    }

    private void visit(Block block, String path) {
        if (block instanceof SymbolBlock) {
            throw new ExportException(
                    "block " + path + " is a TorchScript or another symbol block, whose forward is not"
                            + " Java: write it as ONNX where it was made (in Python with torch.onnx.export), or rebuild it from"
                            + " DJL's blocks and copy the weights");
        }
        block.getDirectParameters().forEach(pair -> count(pair.getValue()));
        block.getChildren().forEach(child -> visit(child.getValue(), path + "/" + child.getKey()));
    }

    private void count(Parameter parameter) {
        if (parameter.isInitialized() && counted.add(parameter)) {
            NDArray array = parameter.getArray();
            bytes += array.getShape().size() * array.getDataType().getNumOfBytes();
        }
    }
}
