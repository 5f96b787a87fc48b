package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.graph.ExportException;
import java.util.function.Function;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Indices, views and writes into parts: a file answers like the engine, or the export is refused. */
@Tag("tiny")
class IndexingTest {

    private static final Shape SAMPLE = new Shape(3, 4);

    /** DJL's gatherNd adds the rows of its indices up in the last of them. */
    @Test
    void indicesThatGatherNdHasSpoiledAreRefused() {
        assertRefused(x -> {
                    NDArray indices = x.argSort(2, true).get("0, 0:2");
                    return table(x).gatherNd(indices).add(indices.sum());
                })
                .hasMessageContaining("duplicate()");
    }

    @Test
    void duplicatedIndicesStayGood() throws Exception {
        assertAgrees(x -> {
            NDArray indices = x.argSort(2, true).get("0, 0:2");
            return table(x).gatherNd(indices.duplicate()).add(indices.sum());
        });
    }

    @Test
    void indicesFromOutsideAreNotSpoiledByTheExport() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray outside = manager.create(new long[] {0, 1, 1, 2}, new Shape(2, 2));
            assertRefused(x -> table(x).gatherNd(outside).add(x)).hasMessageContaining("indices.duplicate()");
            assertThat(outside.toLongArray()).containsExactly(0, 1, 1, 2);
        }
    }

    @Test
    void morePlacesThanElementsAreRefused() {
        assertRefused(x -> x.scatter(x.argSort(1, true).tile(new long[] {1, 2, 1}), x.tile(new long[] {1, 2, 1}), 1))
                .hasMessageContaining("written twice");
    }

    private static NDArray table(NDArray x) {
        return x.getManager().arange(16f).reshape(4, 4);
    }

    private static void assertAgrees(Function<NDArray, NDArray> body) throws Exception {
        Block block = LambdaBlock.singleton(body);
        for (int opset : new int[] {13, 17, 21}) {
            byte[] model = OnnxExport.of(block, SAMPLE).withOpset(opset).bytes();
            assertThat(Agreement.difference(block, SAMPLE, model, 1, 2, 3, 7, 64))
                    .as("opset " + opset)
                    .isZero();
        }
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(Function<NDArray, NDArray> body) {
        return assertThatThrownBy(
                        () -> OnnxExport.of(LambdaBlock.singleton(body), SAMPLE).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("block LambdaBlock, called at IndexingTest.java:");
    }
}
