package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.onnxruntime.OrtException;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.OnnxParser;
import java.util.List;
import java.util.function.UnaryOperator;

/** Exports one function of an array of reals, and compares the outputs of the file with those of the engine. */
final class Answers {

    private Answers() {}

    /** Asserts that a file computes the same, for numbers whose sums and products are exact. */
    static void assertAlike(UnaryOperator<NDArray> function, long... sample) throws OrtException {
        assertAlike(0, function, sample);
    }

    static void assertAlike(double tolerance, UnaryOperator<NDArray> function, long... sample) throws OrtException {
        Shape shape = new Shape(sample);
        Block block = LambdaBlock.singleton(function);
        byte[] model = OnnxExport.of(block, shape).bytes();
        assertThat(Agreement.difference(block, shape, model, Agreement::eighths, 1, 3))
                .isLessThanOrEqualTo(tolerance);
    }

    /** Lists the operators of the file for a fixed batch, in order. */
    static List<String> operators(UnaryOperator<NDArray> function, long... sample) {
        byte[] model = OnnxExport.of(LambdaBlock.singleton(function), new Shape(sample))
                .withFixedBatch(2)
                .bytes();
        return OnnxParser.model(model).graph().nodes().stream()
                .map(Node::operator)
                .toList();
    }
}
