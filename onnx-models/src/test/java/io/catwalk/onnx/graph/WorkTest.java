package io.catwalk.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Products are counted by hand, for the sizes that a file has. */
@Tag("tiny")
class WorkTest {

    private static Value value(String name, long... sizes) {
        return Value.of(name, ElementType.FLOAT, TensorShape.of(sizes));
    }

    private static long work(String operator, Attributes attributes, Value output, Value... inputs) {
        return new Node("a", operator, List.of(inputs), List.of(output), attributes).multiplyAccumulates();
    }

    @Test
    void aMatrixProductSumsOverTheInnerAxis() {
        assertThat(work("MatMul", Attributes.NONE, value("y", 2, 3, 5), value("x", 2, 3, 7), value("w", 7, 5)))
                .isEqualTo(2 * 3 * 5 * 7);
        // MatMul has no such attribute.
        Attributes turned = Attributes.NONE.with("transA", 1);
        assertThat(work("MatMul", turned, value("y", 3, 5), value("x", 3, 7), value("w", 7, 5)))
                .isEqualTo(3 * 5 * 7);
        assertThat(work("Gemm", turned, value("y", 3, 5), value("x", 7, 3), value("w", 7, 5)))
                .isEqualTo(3 * 5 * 7);
        assertThat(work("Gemm", Attributes.NONE, value("y", 3, 5), value("x", 3, 7), value("w", 7, 5)))
                .isEqualTo(3 * 5 * 7);
    }

    @Test
    void everyStepOfEverySampleTakesAllWeights() {
        Value[] inputs = {value("x", 6, 2, 5), value("w", 1, 12, 5), value("r", 1, 12, 3)};
        assertThat(work("LSTM", Attributes.NONE, value("y", 6, 1, 2, 3), inputs))
                .isEqualTo(6 * 2 * (12 * 5 + 12 * 3));
    }

    @Test
    void aGroupOfAConvolutionSeesItsOwnChannels() {
        Attributes groups = Attributes.NONE.with("group", 2);
        assertThat(work("Conv", groups, value("y", 1, 6, 8, 8), value("x", 1, 4, 10, 10), value("w", 6, 2, 3, 3)))
                .isEqualTo(6 * 8 * 8 * (2 * 3 * 3));
    }

    @Test
    void whatIsNoProductCountsNothing() {
        assertThat(work("Relu", Attributes.NONE, value("y", 3), value("x", 3))).isZero();
    }
}
