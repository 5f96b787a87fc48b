package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pixels become (pixel / 255 - mean) / deviation, channel by channel. */
@Tag("tiny")
class PreprocessingTest {

    private final Emitter to = new Emitter(17, new Names("x"), List.of());

    private static Value pixels(long... sizes) {
        return Value.of("x", ElementType.UINT8, TensorShape.of(sizes));
    }

    private Value constant(Node node) {
        return node.inputs().get(1);
    }

    @Test
    void eachChannelHasItsMeanAndItsDeviation() {
        Preprocessing three = Preprocessing.of(new float[] {1, 2, 3}, new float[] {4, 5, 6});
        Value made = three.emit(to, pixels(1, 3, 8, 8));
        assertThat(made.type()).isEqualTo(ElementType.FLOAT);
        assertThat(to.nodes()).extracting(Node::operator).containsExactly("Cast", "Div", "Sub", "Div");
        assertThat(to.initializer(constant(to.nodes().get(1))).orElseThrow().floats())
                .containsExactly(255);
        for (int node = 2; node <= 3; node++) {
            Value numbers = constant(to.nodes().get(node));
            assertThat(numbers.shape()).isEqualTo(TensorShape.of(3, 1, 1));
            assertThat(to.initializer(numbers).orElseThrow().floats())
                    .containsExactly(node == 2 ? new float[] {1, 2, 3} : new float[] {4, 5, 6});
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void oneMeanStandsForAllChannels(int rank) {
        long[] sizes = {1, 3, 8, 8};
        Value made = Preprocessing.of(new float[] {1}, new float[] {2})
                .emit(to, pixels(java.util.Arrays.copyOf(sizes, rank)));
        assertThat(made.shape()).isEqualTo(TensorShape.of(java.util.Arrays.copyOf(sizes, rank)));
        assertThat(constant(to.nodes().get(2)).rank()).isEqualTo(Math.max(1, rank - 1));
    }

    @Test
    void anotherNumberOfChannelsIsRefused() {
        Preprocessing two = Preprocessing.of(new float[] {1, 2}, new float[] {4, 5});
        exportRefused(() -> two.emit(to, pixels(1, 3, 8, 8)))
                .contains("expected means and deviations for 3 channels, found 2");
        exportRefused(() -> two.emit(to, pixels(1))).contains("expected means and deviations for 1 channels, found 2");
    }

    @Test
    void numbersThatDoNotBelongTogetherAreRefused() {
        argumentRefused(() -> Preprocessing.of(new float[0], new float[0])).contains("found 0 means and 0 deviations");
        argumentRefused(() -> Preprocessing.of(new float[1], new float[] {1, 1}))
                .contains("found 1 means and 2 deviations");
        for (float deviation : new float[] {0, -1, Float.NaN}) {
            argumentRefused(() -> Preprocessing.of(new float[1], new float[] {deviation}))
                    .contains("expected deviations above 0");
        }
    }
}
