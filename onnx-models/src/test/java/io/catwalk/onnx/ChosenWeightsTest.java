package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.catwalk.onnx.graph.ExportException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks that choose among weights of one shape: the choice is the same in every call, or the export is refused. */
@Tag("tiny")
class ChosenWeightsTest {

    private static final int ROWS = 16;
    private static final Shape SAMPLE = new Shape(6);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** Computes something from the input and two tables of one shape. */
    private interface Body {
        NDArray apply(NDArray x, NDArray first, NDArray second);
    }

    private static final class Tables extends AbstractBlock {

        private final Parameter first = table("first");
        private final Parameter second = table("second");
        private final Body body;

        Tables(Body body) {
            this.body = body;
        }

        private Parameter table(String name) {
            return addParameter(Parameter.builder()
                    .setName(name)
                    .setType(Parameter.Type.WEIGHT)
                    .optShape(new Shape(ROWS, 6))
                    .build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray x = inputs.singletonOrThrow();
            return new NDList(body.apply(
                    x,
                    store.getValue(first, x.getDevice(), training),
                    store.getValue(second, x.getDevice(), training)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    private static long size(NDArray x, int axis) {
        return x.getShape().get(axis);
    }

    private static Arguments of(String name, Body body) {
        return Arguments.of(name, body);
    }

    static Stream<Arguments> byTheBatch() {
        return Stream.of(
                of("7", (x, a, b) -> x.matMul((size(x, 0) > 6 ? b : a).transpose())),
                of("64", (x, a, b) -> x.add(size(x, 0) >= 64 ? b.get(1) : a.get(1))),
                of("64", (x, a, b) -> x.add(a.get(size(x, 0) >= 64 ? 2 : 1))),
                of("64", (x, a, b) -> x.add(a.get("1:3").get(size(x, 0) >= 64 ? 1 : 0))),
                of(
                        "64",
                        (x, a, b) ->
                                x.add(a.split(8).get(size(x, 0) >= 64 ? 7 : 0).get(1))),
                of("64", (x, a, b) -> x.add(a.diagonal(size(x, 0) >= 64 ? -1 : 0))));
    }

    /** The name is the smallest batch with other weights than a batch of two. */
    @ParameterizedTest(name = "from {0} on")
    @MethodSource("byTheBatch")
    void weightsThatTheBatchChoosesAreRefused(String name, Body body) {
        Tables block = Agreement.initialized(new Tables(body), manager, SAMPLE);
        assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("batch-dependent control flow")
                .hasMessageContaining("holds other numbers for a batch of " + name + " than")
                .hasMessageContaining("ChosenWeightsTest.java:");
    }

    @Test
    void weightsThatACounterChoosesAreRefused() {
        int[] calls = {0};
        Tables block =
                Agreement.initialized(new Tables((x, a, b) -> x.add((calls[0]++ < 7 ? a : b).get(0))), manager, SAMPLE);
        for (OnnxExport export : new OnnxExport[] {
            OnnxExport.of(block, SAMPLE), OnnxExport.of(block, SAMPLE).withFixedBatch(2)
        }) {
            assertThatThrownBy(export::bytes)
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("forward changes from call to call");
        }
    }

    @Test
    void theFirstRowsOfATableAreTakenAtEveryLength() throws Exception {
        Tables block = new Tables((x, a, b) -> x.add(a.get("0:" + size(x, 1))));
        byte[] model = export(block);
        for (int length : new int[] {1, 7, ROWS}) {
            NDArray x = manager.create(Agreement.images(12 * length, 3), new Shape(2, length, 6));
            assertThat(Agreement.difference(block, model, new NDList(x))).isZero();
        }
    }

    @Test
    void theLastRowsOfATableAreRefused() {
        Tables block = new Tables((x, a, b) -> x.add(a.get(ROWS - size(x, 1) + ":")));
        assertThatThrownBy(() -> export(block))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("sequence-dependent control flow")
                .hasMessageContaining("holds other numbers for a sequence of");
    }

    private byte[] export(Tables block) {
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2, 6));
        Agreement.randomize(block, 7);
        return OnnxExport.of(
                        block,
                        OnnxInput.of(
                                "x",
                                DataType.FLOAT32,
                                Axis.BATCH,
                                Axis.of("sequence").atMost(ROWS),
                                Axis.of(6)))
                .bytes();
    }
}
