package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.OnnxParser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A table of embeddings whose transposed form is the last layer is in the file once. */
@Tag("tiny")
class TiedWeightsTest {

    private static final int WORDS = 600;
    private static final int WIDTH = 32;

    /** Looks words up in a table, and compares the result with all of its rows. */
    private static final class Tied extends AbstractBlock {
        private final Parameter table = addParameter(Parameter.builder()
                .setName("table")
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(WORDS, WIDTH))
                .build());
        private final float shift;

        Tied(float shift) {
            this.shift = shift;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> options) {
            NDArray words = store.getValue(table, inputs.head().getDevice(), training);
            NDArray last = shift == 0 ? words.transpose() : words.add(shift).transpose();
            return new NDList(words.get(inputs.head()).matMul(last));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] shapes) {
            return shapes;
        }
    }

    private static long stored(float shift) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Tied block = new Tied(shift);
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));
            OnnxExport export =
                    OnnxExport.of(block, OnnxInput.of("words", DataType.INT64, Axis.BATCH, Axis.of("length")));
            NDArray words = manager.create(new long[] {1, 599, 0, 17}, new Shape(2, 2));
            assertThat(export.prove(new NDList(words)).agrees()).isTrue();
            Graph graph = OnnxParser.model(export.bytes()).graph();
            boolean transposes = graph.nodes().stream().map(Node::operator).anyMatch("Transpose"::equals);
            assertThat(transposes).isEqualTo(shift == 0);
            return graph.initializers().stream()
                    .mapToLong(weight -> weight.data().length)
                    .sum();
        }
    }

    @Test
    void aTiedTableIsStoredOnce() {
        assertThat(stored(0)).isBetween(4L * WORDS * WIDTH, 4L * WORDS * WIDTH + 200);
    }

    @Test
    void otherNumbersAreStoredBeside() {
        assertThat(stored(1)).isGreaterThanOrEqualTo(8L * WORDS * WIDTH);
    }
}
