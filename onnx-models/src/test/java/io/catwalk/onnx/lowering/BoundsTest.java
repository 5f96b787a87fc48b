package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A lower and an upper bound make one Clip, where that is the same (ONNX, Clip: Min(Max(x, low), high)). */
@Tag("tiny")
class BoundsTest {

    private final Emitter to = new Emitter(17, new Names("x"), List.of());
    private final Value x = Value.of("x", ElementType.FLOAT, TensorShape.of(3));

    private Value number(double number) {
        return to.scalar(ElementType.FLOAT, number);
    }

    private void assertMadeBy(Value value, String operator, Value... inputs) {
        Node node = to.maker(value).orElseThrow();
        assertThat(node.operator()).isEqualTo(operator);
        assertThat(node.inputs()).containsExactly(inputs);
    }

    @Test
    void oneBoundAloneIsAMaximumOrAMinimum() {
        assertMadeBy(Bounds.atLeast(to, x, number(1)), "Max", x, number(1));
        assertMadeBy(Bounds.atMost(to, x, number(1)), "Min", x, number(1));
        assertMadeBy(Bounds.positive(to, x), "Relu", x);
    }

    @Test
    void aMinimumOfAMaximumIsAClip() {
        Value low = Bounds.atLeast(to, x, number(1));
        assertMadeBy(Bounds.atMost(to, low, number(6)), "Clip", x, number(1), number(6));
        assertMadeBy(Bounds.atMost(to, low, number(0)), "Clip", x, number(1), number(0)); // the upper bound wins
        assertMadeBy(Bounds.atMost(to, Bounds.positive(to, x), number(6)), "Clip", x, number(0), number(6));
    }

    /** If two bounds cross, the last one wins; Clip uses the upper one. */
    @Test
    void aMaximumOfAMinimumIsAClipUnlessTheyCross() {
        Value high = Bounds.atMost(to, x, number(6));
        assertMadeBy(Bounds.atLeast(to, high, number(1)), "Clip", x, number(1), number(6));
        assertMadeBy(Bounds.atLeast(to, high, number(6)), "Clip", x, number(6), number(6));
        assertMadeBy(Bounds.atLeast(to, high, number(7)), "Max", high, number(7));
        assertMadeBy(Bounds.positive(to, high), "Clip", x, number(0), number(6));
    }

    @Test
    void boundsThatAreNotSingleNumbersStayAsTheyAre() {
        Value several = to.floats("several", TensorShape.of(3), 1, 2, 3);
        Value computed = Value.of("computed", ElementType.FLOAT, TensorShape.SCALAR);
        for (Value bound : List.of(several, computed)) {
            Value low = Bounds.atLeast(to, x, bound);
            assertMadeBy(Bounds.atMost(to, low, number(6)), "Min", low, number(6));
            Value high = Bounds.atMost(to, x, bound);
            assertMadeBy(Bounds.atLeast(to, high, number(0)), "Max", high, number(0));
            Value other = Bounds.atLeast(to, x, number(1));
            assertMadeBy(Bounds.atMost(to, other, bound), "Min", other, bound);
            Value another = Bounds.atMost(to, x, number(6));
            assertMadeBy(Bounds.atLeast(to, another, bound), "Max", another, bound);
        }
    }

    /** ONNX Runtime 1.29 cannot load a file with a Relu of doubles before a Clip. */
    @Test
    void doublesAreBoundedWithoutReluAndClip() {
        Value doubles = Value.of("x", ElementType.DOUBLE, TensorShape.of(3));
        Value zero = to.scalar(ElementType.DOUBLE, 0);
        Value six = to.scalar(ElementType.DOUBLE, 6);
        Value positive = Bounds.positive(to, doubles);
        assertMadeBy(positive, "Max", doubles, zero);
        assertMadeBy(Bounds.atMost(to, positive, six), "Min", positive, six);
    }

    @Test
    void aReluOfHalvesIsKept() {
        Value halves = to.node("Relu", Value.of("x", ElementType.FLOAT16, TensorShape.of(3)));
        Value six = to.scalar(ElementType.FLOAT16, 6);
        assertMadeBy(Bounds.atMost(to, halves, six), "Min", halves, six);
    }
}
