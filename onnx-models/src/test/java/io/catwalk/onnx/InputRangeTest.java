package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.graph.ExportException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole numbers are zeros during an export, unless the input says which numbers are valid. */
@Tag("tiny")
class InputRangeTest {

    private static final OnnxInput VALUES = OnnxInput.of("values", DataType.FLOAT32, Axis.BATCH, Axis.of(5));
    private static final OnnxInput LENGTHS = OnnxInput.of("lengths", DataType.INT64, Axis.BATCH);

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** Takes the last value of each sequence. */
    private static final Block LAST = new LambdaBlock(inputs -> new NDList(
            inputs.get(0).gather(inputs.get(1).sub(1).expandDims(1), 1).squeeze(1)));

    private static final Block REMAINDER =
            new LambdaBlock(inputs -> new NDList(inputs.get(0).mod(inputs.get(1))));

    private NDList lengths(long... lengths) {
        return new NDList(manager.arange(5f * lengths.length).reshape(lengths.length, 5), manager.create(lengths));
    }

    @Test
    void anIndexBelowZeroIsRefusedWithTheCure() {
        assertThatThrownBy(() -> OnnxExport.of(LAST, VALUES, LENGTHS).bytes())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("gather")
                .hasMessageContaining("whole numbers of lengths are 0")
                .hasMessageContaining("withRange(low, high)");
    }

    @Test
    void lengthsFromOneOnAreExported() {
        OnnxExport export = OnnxExport.of(LAST, VALUES, LENGTHS.withRange(1, 5));
        assertThat(export.prove(lengths(1, 5, 3), lengths(2)).agrees()).isTrue();
    }

    @Test
    void divisorsAreExported() {
        OnnxInput dividend = OnnxInput.of("a", DataType.INT32, Axis.BATCH, Axis.of(3));
        OnnxInput divisor = OnnxInput.of("b", DataType.INT32, Axis.BATCH, Axis.of(3));
        assertThatThrownBy(() -> OnnxExport.of(REMAINDER, dividend, divisor).bytes())
                .hasMessageContaining("whole numbers of a, b are 0");
        NDList samples = new NDList(
                manager.create(new int[] {7, -7, 9}, new Shape(1, 3)),
                manager.create(new int[] {3, 3, -4}, new Shape(1, 3)));
        assertThat(OnnxExport.of(REMAINDER, dividend, divisor.withRange(1, 9))
                        .prove(samples)
                        .agrees())
                .isTrue();
    }

    /** The engine checks indices, so a number outside of the range would be refused. */
    @Test
    void bothEndsOfTheRangeAreUsed() {
        OnnxInput many = OnnxInput.of("lengths", DataType.INT64, Axis.BATCH, Axis.of(200));
        Block table = new LambdaBlock(inputs -> new NDList(
                inputs.get(0).getManager().arange(12f).get(inputs.get(0).sub(-7))));
        assertThat(OnnxExport.of(table, many.withRange(-7, 4)).bytes()).isNotEmpty();
        for (OnnxInput wider : new OnnxInput[] {many.withRange(-7, 5), many.withRange(-20, 4)}) {
            assertThatThrownBy(() -> OnnxExport.of(table, wider).bytes())
                    .isInstanceOf(ExportException.class)
                    .message()
                    .doesNotContain("withRange");
        }
    }

    @Test
    void aRangeFitsItsType() {
        assertThatThrownBy(() -> LENGTHS.withRange(5, 1)).hasMessageContaining("found 5.0 and 1.0");
        assertThatThrownBy(() -> LENGTHS.withRange(0.5, 1)).hasMessageContaining("expected whole numbers");
        assertThatThrownBy(() -> OnnxInput.of("mask", DataType.BOOLEAN).withRange(0, 1))
                .hasMessageContaining("truth values");
    }

    @Test
    void aFixedBatchKeepsTheRange() {
        OnnxExport export = OnnxExport.of(LAST, VALUES, LENGTHS.withRange(1, 5)).withFixedBatch(2);
        assertThat(export.bytes()).isNotEmpty();
    }
}
