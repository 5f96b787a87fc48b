package com.example;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.onnx.OnnxExport;
import java.nio.file.Path;
import java.util.List;

/** Exports a network to the file in the first argument. The further argument {@code prove} also prints a proof. */
public final class Export {

    private Export() {}

    public static void main(String[] arguments) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new Residual(3);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 8, 8));
            OnnxExport export = OnnxExport.of(block, new Shape(3, 8, 8));
            if (List.of(arguments).contains("prove")) {
                System.out.println(export.prove(new NDList(manager.randomNormal(new Shape(2, 3, 8, 8)))).sentence());
            }
            export.write(Path.of(arguments[0]));
        }
    }
}
