package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.Agreement;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.trace.Arguments;
import io.catwalk.onnx.trace.Operand;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transforms run along every axis, and complex numbers are a last axis of two. */
@Tag("tiny")
class SpectrumRowsTest {

    private static void assertAlike(UnaryOperator<NDArray> function) throws Exception {
        Shape sample = new Shape(4, 5);
        Block block = LambdaBlock.singleton(function);
        byte[] model = OnnxExport.of(block, sample).withFixedBatch(3).bytes();
        assertThat(Agreement.difference(block, sample, model, Agreement::eighths, 3))
                .isLessThan(1e-5);
    }

    /** Also along the batch, where it is fixed. */
    @ParameterizedTest
    @CsvSource({"0, 3", "0, 4", "1, 4", "2, 5", "-1, 5", "-2, 3", "-3, 3"})
    void signalsLieAlongAnyAxis(int axis, int length) throws Exception {
        assertAlike(x -> x.fft(length, axis).ifft(length, axis).real());
        assertAlike(x -> x.rfft(length, axis).irfft(length, axis));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "-2, -1", "0, -1"})
    void imagesLieAlongAnyTwoAxes(int first, int second) throws Exception {
        long[] axes = {first, second};
        long[] lengths = {3, 4};
        assertAlike(x -> x.fft2(lengths, axes).ifft2(lengths, axes).real());
    }

    /** The rows themselves, before they are looked up by their signatures. */
    @Test
    void rowsOfComplexNumbersTakePairsAndOthersTakeNumbers() {
        int seen = 0;
        for (Row row : SpectrumRows.rows()) {
            if (!row.signature().contains("fft(long, long)")) {
                continue;
            }
            boolean complex = row.signature().startsWith("complex ");
            TensorShape given = complex ? TensorShape.of(2, 6, 2) : TensorShape.of(2, 6);
            TensorShape made = row.signature().contains("irfft")
                    ? TensorShape.of(2, 6)
                    : TensorShape.of(2, row.signature().contains("rfft") ? 4 : 6, 2);
            Value signal = Value.of("x", ElementType.FLOAT, given);
            Site site = new Site(
                    new Emitter(17, new Names("x"), List.of(signal)),
                    new Arguments(row.signature(), List.of(new Operand(0, ElementType.FLOAT, given), 6L, 1L), ""),
                    List.of(new Operand(1, ElementType.FLOAT, made)),
                    Map.of(0, signal),
                    Set.of(),
                    Options.withDefaults());
            assertThat(row.emission().emit(site).get(0).shape())
                    .as(row.signature())
                    .isEqualTo(made);
            seen++;
        }
        assertThat(seen).isEqualTo(7);
    }
}
