package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.trace.Arguments;
import io.catwalk.onnx.trace.Operand;
import io.catwalk.onnx.trace.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A node is named after its block, and by a parameter if several blocks of a class run. */
@Tag("tiny")
class PlacesTest {

    private static final Operand WEIGHT = new Operand(3, ElementType.FLOAT, TensorShape.of(2));
    private static final Operand OTHER = new Operand(4, ElementType.FLOAT, TensorShape.of(2));

    private static Step.Call call(String origin, @Nullable Object... arguments) {
        return new Step.Call(new Arguments("NDArray.f()", Arrays.asList(arguments), origin), List.of());
    }

    @Test
    void aPathLeavesTheNetworkItselfAndTheLineOut() {
        assertThat(Places.path(call("block Net/01Linear, called at Net.java:7"), Map.of()))
                .isEqualTo("/01Linear");
        assertThat(Places.path(call("block Net/02Parallel/01Linear"), Map.of())).isEqualTo("/02Parallel/01Linear");
        assertThat(Places.path(call("block Net, called at a/Net.java:7"), Map.of()))
                .isEmpty();
        assertThat(Places.path(call("outside of forward"), Map.of())).isEmpty();
    }

    @Test
    void aParameterTellsWhichOfSeveralBlocksItIs() {
        Step.Call call = call("block Net/Linear, called at Net.java:7", OTHER, null, WEIGHT);
        assertThat(Places.path(call, Map.of(3, "02Linear.weight"))).isEqualTo("/02Linear");
        Step.Call inList = call("block Net/Linear, called at Net.java:7", List.of(OTHER, WEIGHT));
        assertThat(Places.path(inList, Map.of(3, "02Linear.weight"))).isEqualTo("/02Linear");
    }

    /** A parameter of another block says nothing about the block that runs. */
    @Test
    void aParameterOfAnotherDepthIsPassedOver() {
        Step.Call call = call("block Net/Linear, called at Net.java:7", WEIGHT, OTHER);
        assertThat(Places.path(call, Map.of(3, "01Parallel.02Linear.weight"))).isEqualTo("/Linear");
        assertThat(Places.path(call, Map.of(3, "weight"))).isEqualTo("/Linear");
        assertThat(Places.path(call, Map.of(3, "01Parallel.02Linear.weight", 4, "03Linear.bias")))
                .isEqualTo("/03Linear");
    }

    @Test
    void wordsForPeopleNameTheBlockAndTheLine() {
        assertThat(Places.doc(call("block Net/01Linear, called at Net.java:7")))
                .isEqualTo("Net/01Linear, called at Net.java:7");
        assertThat(Places.doc(call("outside of forward"))).isEqualTo("outside of forward");
    }
}
