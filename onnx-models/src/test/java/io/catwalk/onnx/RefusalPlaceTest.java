package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.catwalk.onnx.graph.ExportException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A refusal says where it happened, and advises what works. */
@Tag("tiny")
class RefusalPlaceTest {

    private static final Shape SAMPLE = new Shape(6);

    @Test
    @Tag("long")
    void aBlockWithoutANameIsCalledAsWhatItExtends() {
        Block block = new SequentialBlock().add(new AbstractBlock() {
            @Override
            protected NDList forwardInternal(
                    ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
                return new NDList(
                        inputs.head().getFloat(0, 0) > 0
                                ? inputs.head()
                                : inputs.head().neg());
            }

            @Override
            public Shape[] getOutputShapes(Shape[] shapes) {
                return shapes;
            }
        });
        Block root = block.getChildren().values().get(0);
        assertThatThrownBy(() -> OnnxExport.of(root, SAMPLE).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("(block AbstractBlock, called at RefusalPlaceTest.java:");
    }

    @Test
    void whatABlockOfDjlThrowsIsPlacedInThatBlock() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = Agreement.initialized(
                    GhostBatchNorm.builder().optVirtualBatchSize(4).build(), manager, SAMPLE);
            assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("cannot be evenly split")
                    .hasMessageContaining("(block GhostBatchNorm, called at GhostBatchNorm.java:");
        }
    }

    @Test
    void whatABlockOfDjlDoesHasALineOfThatBlock() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape sequence = new Shape(3, 6);
            LSTM lstm = LSTM.builder()
                    .setStateSize(6)
                    .setNumLayers(1)
                    .optBidirectional(true)
                    .optBatchFirst(true)
                    .build();
            Block block = Agreement.initialized(lstm, manager, sequence);
            assertThatThrownBy(() -> OnnxExport.of(block, sequence).bytes())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContaining("(block LSTM, called at LSTM.java:");
        }
    }

    @Test
    void boundsAreAdvisedForABatchAndWork() throws Exception {
        Block block = LambdaBlock.singleton(x -> x.mul(2).squeeze());
        assertThatThrownBy(() -> OnnxExport.of(block, SAMPLE).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("for a batch of 1")
                .hasMessageContaining("Axis.of(\"batch\").atLeast(n)");
        OnnxInput bounded =
                OnnxInput.of("images", DataType.FLOAT32, Axis.of("batch").atLeast(2), Axis.of(6));
        byte[] model = OnnxExport.of(block, bounded).bytes();
        assertThat(Agreement.scaledDifference(block, SAMPLE, model, 2, 3, 7)).isZero();
    }
}
