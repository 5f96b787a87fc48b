package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A norm is folded into the convolution right before it. Expected values are computed by hand: the roots of the
 * variances are 2 and 4.
 */
@Tag("tiny")
class BatchNormFoldingTest {

    private static final Value IMAGE = floats("image", Dim.BATCH, Dim.of(1), Dim.of(1), Dim.of(2));
    private static final Value CONVOLVED = floats("convolved", Dim.BATCH, Dim.of(2), Dim.of(1), Dim.of(1));
    private static final Value NORMAL = floats("normal", Dim.BATCH, Dim.of(2), Dim.of(1), Dim.of(1));
    private static final Initializer WEIGHT = new Initializer(
            Value.of("weight", ElementType.FLOAT, TensorShape.of(2, 1, 1, 2)), Initializer.bytes(1f, 2f, 3f, 4f));
    private static final Initializer BIAS = fixed("bias", 10, 20);
    private static final Initializer GAMMA = fixed("gamma", 6, 8);
    private static final Initializer BETA = fixed("beta", 0.5f, 0.25f);
    private static final Initializer MEAN = fixed("mean", 4, 12);

    private static Value floats(String name, Dim... sizes) {
        return Value.of(name, ElementType.FLOAT, new TensorShape(List.of(sizes)));
    }

    private static Initializer fixed(String name, float... numbers) {
        return new Initializer(
                Value.of(name, ElementType.FLOAT, TensorShape.of(numbers.length)), Initializer.bytes(numbers));
    }

    private static Node convolution(Value... inputs) {
        Attributes strides = Attributes.NONE.with("group", 1);
        return new Node("/Conv", "Conv", List.of(inputs), List.of(CONVOLVED), strides, "line 7");
    }

    private static Node norm(Value input, Attributes attributes, Initializer variance) {
        List<Value> inputs = List.of(input, GAMMA.value(), BETA.value(), MEAN.value(), variance.value());
        return new Node("/Norm", "BatchNormalization", inputs, List.of(NORMAL), attributes, "line 8");
    }

    private static Node withBias() {
        return convolution(IMAGE, WEIGHT.value(), BIAS.value());
    }

    private static Node usual() {
        return norm(CONVOLVED, Attributes.NONE.with("epsilon", 1f), fixed("variance", 3, 15));
    }

    private static Graph folded(List<Value> outputs, Node... nodes) {
        Initializer variance = fixed("variance", 3, 15);
        return BatchNormFolding.fold(
                new Graph(List.of(IMAGE), outputs, List.of(WEIGHT, BIAS, GAMMA, BETA, MEAN, variance), List.of(nodes)));
    }

    private static float[] numbers(Graph graph, Value value) {
        return graph.initializers().stream()
                .filter(one -> one.value().equals(value))
                .findFirst()
                .orElseThrow()
                .floats();
    }

    private static List<String> operators(Graph graph) {
        return graph.nodes().stream().map(Node::operator).toList();
    }

    /** Scales 6/2 and 8/4; biases 0.5 + (10 - 4) * 3 and 0.25 + (20 - 12) * 2. */
    @Test
    void eachFilterTakesItsScaleAndItsShift() {
        Graph graph = folded(List.of(NORMAL), withBias(), usual());
        assertThat(graph.nodes()).hasSize(1);
        Node node = graph.nodes().get(0);
        assertThat(node.operator()).isEqualTo("Conv");
        assertThat(node.name()).isEqualTo("/Conv");
        assertThat(node.doc()).isEqualTo("line 7");
        assertThat(node.outputs()).containsExactly(NORMAL);
        assertThat(node.inputs().get(0)).isEqualTo(IMAGE);
        assertThat(node.attributes()).isEqualTo(withBias().attributes());
        assertThat(numbers(graph, node.inputs().get(1))).containsExactly(3, 6, 6, 8);
        assertThat(node.inputs().get(1).shape()).isEqualTo(TensorShape.of(2, 1, 1, 2));
        assertThat(numbers(graph, node.inputs().get(2))).containsExactly(18.5f, 16.25f);
        assertThat(numbers(graph, WEIGHT.value())).containsExactly(1, 2, 3, 4); // others may use it
    }

    @Test
    void aConvolutionWithoutBiasGetsOne() {
        Graph graph = folded(List.of(NORMAL), convolution(IMAGE, WEIGHT.value()), usual());
        assertThat(numbers(graph, graph.nodes().get(0).inputs().get(2))).containsExactly(-11.5f, -23.75f);
    }

    /** ONNX, BatchNormalization: epsilon is 1e-5 unless it is given. */
    @Test
    void withoutAnEpsilonItIsThatOfOnnx() {
        Initializer none = fixed("none", 0, 0);
        Graph graph = BatchNormFolding.fold(new Graph(
                List.of(IMAGE),
                List.of(NORMAL),
                List.of(WEIGHT, BIAS, GAMMA, BETA, MEAN, none),
                List.of(withBias(), norm(CONVOLVED, Attributes.NONE, none))));
        float scale = (float) (6 / Math.sqrt(1e-5));
        assertThat(numbers(graph, graph.nodes().get(0).inputs().get(1))[0])
                .isCloseTo(scale, org.assertj.core.data.Percentage.withPercentage(1e-3));
    }

    @Test
    void aConvolutionThatSomethingElseReadsStays() {
        assertThat(operators(folded(List.of(NORMAL, CONVOLVED), withBias(), usual())))
                .containsExactly("Conv", "BatchNormalization");
        Node other = new Node("/Neg", "Neg", List.of(CONVOLVED), List.of(floats("neg")), Attributes.NONE, "");
        assertThat(operators(folded(List.of(NORMAL), withBias(), usual(), other)))
                .containsExactly("Conv", "BatchNormalization", "Neg");
    }

    @Test
    void whatIsNotANormRightBehindAConvolutionStays() {
        Node negated = new Node("/Neg", "Neg", List.of(IMAGE), List.of(CONVOLVED), Attributes.NONE, "");
        assertThat(operators(folded(List.of(NORMAL), negated, usual()))).containsExactly("Neg", "BatchNormalization");
        Node behind = norm(IMAGE, Attributes.NONE, fixed("variance", 3, 15));
        assertThat(operators(folded(List.of(NORMAL), withBias(), behind)))
                .containsExactly("Conv", "BatchNormalization");
        List<Value> inputs = new ArrayList<>(usual().inputs());
        Node instance = new Node("/Norm", "InstanceNormalization", inputs, List.of(NORMAL), Attributes.NONE, "");
        assertThat(operators(folded(List.of(NORMAL), withBias(), instance)))
                .containsExactly("Conv", "InstanceNormalization");
    }

    @Test
    void whatIsComputedOrNotInSinglePrecisionStays() {
        Value computed = floats("computed", Dim.of(2), Dim.of(1), Dim.of(1), Dim.of(2));
        assertThat(operators(folded(List.of(NORMAL), convolution(IMAGE, computed), usual())))
                .containsExactly("Conv", "BatchNormalization");
        Node varying = norm(CONVOLVED, Attributes.NONE, fixed("computed", 1, 1));
        assertThat(operators(folded(List.of(NORMAL), withBias(), varying)))
                .containsExactly("Conv", "BatchNormalization");
        Initializer half =
                new Initializer(Value.of("half", ElementType.FLOAT16, TensorShape.of(2, 1, 1, 2)), new byte[8]);
        Graph graph = BatchNormFolding.fold(new Graph(
                List.of(IMAGE),
                List.of(NORMAL),
                List.of(half, BIAS, GAMMA, BETA, MEAN, fixed("variance", 3, 15)),
                List.of(convolution(IMAGE, half.value(), BIAS.value()), usual())));
        assertThat(operators(graph)).containsExactly("Conv", "BatchNormalization");
    }
}
