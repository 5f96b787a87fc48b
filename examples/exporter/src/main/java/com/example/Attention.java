package com.example;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Exports a network with two inputs, each of any batch and any length, to the file in the first argument. The further
 * argument {@code prove} also proves it on two pairs of lengths, and runs the file.
 */
public final class Attention {

    private static final int WIDTH = 16;

    private Attention() {}

    /** Gives each query the mean of the keys, weighted by how alike they are. */
    private static NDList attend(NDList inputs) {
        NDArray keys = inputs.get(1);
        NDArray alike = inputs.get(0).matMul(keys.transpose(0, 2, 1)).div(Math.sqrt(WIDTH));
        return new NDList(alike.softmax(-1).matMul(keys));
    }

    private static NDList sample(NDManager manager, int batch, int queries, int keys) {
        return new NDList(
                manager.randomNormal(new Shape(batch, queries, WIDTH)),
                manager.randomNormal(new Shape(batch, keys, WIDTH)));
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = new LambdaBlock(Attention::attend);
            Shape shape = new Shape(1, 2, WIDTH);
            block.initialize(manager, DataType.FLOAT32, shape, shape);
            Axis width = Axis.of(WIDTH);
            OnnxExport export = OnnxExport.of(
                            block,
                            OnnxInput.of("queries", DataType.FLOAT32, Axis.BATCH, Axis.of("queries"), width),
                            OnnxInput.of("keys", DataType.FLOAT32, Axis.BATCH, Axis.of("keys"), width))
                    .withOutputNames("attended");
            if (List.of(arguments).contains("prove")) {
                NDList few = sample(manager, 2, 3, 5);
                NDList many = sample(manager, 1, 40, 7);
                export.withProof(List.of(few, many), 1e-5).write(file);
                run(file);
            } else {
                export.write(file);
            }
        }
    }

    /** Runs the file alone: of one key, every query gets that key. */
    private static void run(Path file) {
        float[] key = new float[WIDTH];
        key[5] = 5;
        try (OnnxRunner runner = OnnxRunner.open(file)) {
            System.out.println(runner.inputs() + " -> " + runner.outputs());
            Map<String, Tensor> outputs = runner.run(Map.of(
                    "queries", Tensor.of(new float[3 * WIDTH], 1, 3, WIDTH), "keys", Tensor.of(key, 1, 1, WIDTH)));
            double[] attended = outputs.get("attended").toDoubles();
            if (attended.length != 3 * WIDTH || attended[2 * WIDTH + 5] != 5) {
                throw new IllegalStateException("expected the key for each query, but got " + Arrays.toString(attended));
            }
        }
    }
}
