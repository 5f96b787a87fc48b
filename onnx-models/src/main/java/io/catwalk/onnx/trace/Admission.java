package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.catwalk.onnx.graph.ExportException;

/** Rejects networks that cannot be traced, before any time is spent on them. */
final class Admission {

    private Admission() {}

    static void check(Block root) {
        visit(root, Origin.name(root.getClass()));
    }

    private static void visit(Block block, String path) {
        if (block instanceof SymbolBlock) {
            throw new ExportException(
                    "block " + path + " is a TorchScript or another symbol block, whose forward is not"
                            + " Java: write it as ONNX where it was made (in Python with torch.onnx.export), or rebuild it from"
                            + " DJL's blocks and copy the weights");
        }
        block.getDirectParameters().forEach(pair -> check(path, pair.getValue()));
        block.getChildren().forEach(child -> visit(child.getValue(), path + "/" + child.getKey()));
    }

    private static void check(String path, Parameter parameter) {
        if (parameter.isInitialized()) {
            NDArray array = parameter.getArray();
            if (array.isReleased()) {
                throw new ExportException("parameter " + parameter.getName() + " of block " + path
                        + " is closed: export before the model, or the manager of its weights, is closed");
            }
            long bytes = array.getShape().size() * array.getDataType().getNumOfBytes();
            if (bytes > Integer.MAX_VALUE) {
                throw ExportException.tooLarge("parameter " + parameter.getName() + " of block " + path, bytes);
            }
        }
    }
}
