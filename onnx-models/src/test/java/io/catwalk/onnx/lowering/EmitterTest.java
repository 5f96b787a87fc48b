package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.trace.Operand;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes are written as ONNX defines them, and nodes that do nothing are not written. */
@Tag("tiny")
class EmitterTest {

    private static final Dim BATCH = Dim.BATCH;
    private static final Dim TIME = Dim.axis("time");

    private final Value input = value(BATCH, TIME, Dim.of(4));
    private final Emitter to = new Emitter(17, new Names("x"), List.of(input));

    private static Value value(Dim... sizes) {
        return Value.of("x", ElementType.FLOAT, new TensorShape(List.of(sizes)));
    }

    private static List<Dim> dims(Object... sizes) {
        return java.util.Arrays.stream(sizes)
                .map(size -> size instanceof Dim dim ? dim : Dim.of((Integer) size))
                .toList();
    }

    private List<String> operators() {
        return to.nodes().stream().map(Node::operator).toList();
    }

    private long[] numbers(Value list) {
        Initializer fixed = to.initializer(list).orElseThrow();
        ByteBuffer data = ByteBuffer.wrap(fixed.data()).order(ByteOrder.LITTLE_ENDIAN);
        return LongStream.generate(data::getLong).limit(fixed.data().length / 8).toArray();
    }

    /**
     * Reshapes, and returns the constant shape that the node gets: 0 copies a size, -1 is what is left (ONNX, Reshape).
     */
    private long[] reshaped(Value value, Object... target) {
        Value made = to.reshape(value, dims(target));
        assertThat(made.shape().dims()).isEqualTo(dims(target));
        Node node = to.maker(made).orElseThrow();
        assertThat(operators()).containsExactly("Reshape");
        return numbers(node.inputs().get(1));
    }

    @Test
    void theSameShapeNeedsNoNode() {
        assertThat(to.reshape(input, dims(BATCH, TIME, 4))).isEqualTo(input);
        assertThat(to.expand(input, dims(BATCH, TIME, 4))).isEqualTo(input);
        assertThat(to.tile(input, dims(1, 1, 1))).isEqualTo(input);
        assertThat(to.pad(input, to.scalar(ElementType.FLOAT, 0), 0, 0, 0, 0, 0, 0))
                .isEqualTo(input);
        assertThat(to.transpose(input, 0, 1, 2)).isEqualTo(input);
        assertThat(to.concat(0, List.of(input))).isEqualTo(input);
        assertThat(to.unsqueeze(input)).isEqualTo(input);
        assertThat(to.squeeze(input)).isEqualTo(input);
        assertThat(to.cast(input, ElementType.FLOAT)).isEqualTo(input);
        assertThat(to.nodes()).isEmpty();
    }

    @Test
    void oneDynamicSizeIsWhatIsLeft() {
        assertThat(reshaped(value(BATCH, Dim.of(3), Dim.of(4)), BATCH, 12)).containsExactly(-1, 12);
    }

    @Test
    void dynamicSizesThatBecomeOneAreWhatIsLeft() {
        assertThat(reshaped(input, BATCH.times(TIME), 4)).containsExactly(-1, 4);
    }

    @Test
    void dynamicSizesThatStayAreCopied() {
        assertThat(reshaped(input, BATCH, TIME, 2, 2)).containsExactly(0, 0, 2, 2);
    }

    @Test
    void aDynamicSizeThatMovesIsWhatIsLeft() {
        assertThat(reshaped(input, BATCH, 4, TIME)).containsExactly(0, 4, -1);
    }

    @Test
    void aDynamicSizeBehindTheOldAxesIsWhatIsLeft() {
        assertThat(reshaped(value(BATCH, TIME), BATCH, 1, TIME)).containsExactly(0, 1, -1);
    }

    @Test
    void twoDynamicSizesThatMoveAreComputed() {
        Value made = to.reshape(input, dims(TIME, BATCH, 4));
        Value shape = to.maker(made).orElseThrow().inputs().get(1);
        assertThat(to.initializer(shape)).isEmpty();
        assertThat(operators()).contains("Shape", "Concat").endsWith("Reshape");
    }

    /** A size of 0 would be copied, and -1 cannot be computed if there are no elements. */
    @Test
    void whatMayBeEmptyGetsItsWholeShape() {
        Value none = value(BATCH, Dim.of(0), Dim.of(4));
        Value made = to.reshape(none, dims(BATCH, 0));
        assertThat(to.initializer(to.maker(made).orElseThrow().inputs().get(1))).isEmpty();
        Value fewer = value(BATCH.minus(Dim.of(1)), Dim.of(2), Dim.of(2));
        Value flat = to.reshape(fewer, dims(BATCH.minus(Dim.of(1)), 4));
        assertThat(to.initializer(to.maker(flat).orElseThrow().inputs().get(1))).isEmpty();
    }

    @Test
    void axesThatAreSwappedTwiceAreSwappedOnce() {
        Value once = to.transpose(input, 1, 2, 0);
        assertThat(once.shape().dims()).isEqualTo(dims(TIME, 4, BATCH));
        Value twice = to.transpose(once, 1, 0, 2);
        assertThat(twice.shape().dims()).isEqualTo(dims(4, TIME, BATCH));
        Node node = to.maker(twice).orElseThrow();
        assertThat(node.inputs()).containsExactly(input);
        assertThat(node.attributes().numbers("perm", new long[0])).containsExactly(2, 1, 0);
        assertThat(to.transpose(once, 2, 0, 1)).isEqualTo(input); // back again
        Value other = to.node("Neg", input);
        assertThat(to.maker(to.transpose(other, 1, 0, 2)).orElseThrow().inputs())
                .containsExactly(other);
    }

    @Test
    void everySideOfOneAxisIsPadded() {
        Value row = value(Dim.of(4));
        Value zero = to.scalar(ElementType.FLOAT, 0);
        assertThat(to.pad(row, zero, 1, 2).shape()).isEqualTo(TensorShape.of(7));
        assertThat(to.pad(row, zero, 0, 2).shape()).isEqualTo(TensorShape.of(6));
    }

    @Test
    void sizesOfTheInputAreReadOnceAndCounted() {
        Value twice = to.number(BATCH.times(Dim.of(2)), ElementType.INT64);
        assertThat(twice.shape()).isEqualTo(TensorShape.SCALAR);
        assertThat(twice.type()).isEqualTo(ElementType.INT64);
        assertThat(operators()).containsExactly("Shape", "Gather", "Mul", "Squeeze");
        assertThat(to.number(TIME, ElementType.FLOAT).type()).isEqualTo(ElementType.FLOAT);
        assertThat(operators()).endsWith("Gather", "Squeeze", "Cast").containsOnlyOnce("Shape");
        assertThat(numbers(to.number(Dim.of(7), ElementType.INT64))).containsExactly(7);
        assertThat(to.range(TIME)).isEqualTo(to.range(TIME));
        assertThat(to.range(TIME).shape().dims()).isEqualTo(dims(TIME));
    }

    @Test
    void partsOfSizesAreComputedFromThem() {
        Value half = to.number(TIME.floorDividedBy(2), ElementType.INT64);
        assertThat(operators()).containsExactly("Shape", "Gather", "Div", "Squeeze");
        Value rows = to.expand(to.scalar(ElementType.FLOAT, 1), dims(BATCH.times(TIME.floorDividedBy(2)), 3));
        assertThat(rows.shape().dims()).isEqualTo(dims(BATCH.times(TIME.floorDividedBy(2)), 3));
        assertThat(operators()).endsWith("Gather", "Mul", "Concat", "Expand").containsOnlyOnce("Div");
        assertThat(half.rank()).isZero();
    }

    @Test
    void aListOfSizesIsPutTogetherInOrder() {
        to.expand(to.scalar(ElementType.FLOAT, 1), dims(3, 1, TIME, 4));
        Node concat = to.nodes().get(to.nodes().size() - 2);
        assertThat(concat.operator()).isEqualTo("Concat");
        assertThat(concat.inputs()).hasSize(3);
        assertThat(numbers(concat.inputs().get(0))).containsExactly(3, 1);
        assertThat(numbers(concat.inputs().get(2))).containsExactly(4);
    }

    /** Half of an axis in steps of 4 is two of its steps, and twice the axis is not divided at all. */
    @Test
    void sizesOfAnAxisInStepsAreWholeNumbersOfThem() {
        Dim stepped = Dim.axis("height", 4);
        Emitter other = new Emitter(17, new Names("x"), List.of(value(stepped)));
        other.number(stepped.times(Dim.of(2)), ElementType.INT64);
        assertThat(other.nodes()).extracting(Node::operator).containsExactly("Shape", "Gather", "Mul", "Squeeze");
        assertThat(other.initializer(other.nodes().get(2).inputs().get(1))
                        .orElseThrow()
                        .data())
                .isEqualTo(Initializer.bytes(2L));
        other.number(stepped.floorDividedBy(2), ElementType.INT64);
        List<Node> half = other.nodes().subList(4, other.nodes().size());
        assertThat(half).extracting(Node::operator).endsWith("Div", "Mul", "Squeeze");
        Node division = half.get(half.size() - 3);
        assertThat(other.initializer(division.inputs().get(1)).orElseThrow().data())
                .isEqualTo(Initializer.bytes(4L));
    }

    @Test
    void aSizeThatNoInputHasIsRefused() {
        exportRefused(() -> to.number(Dim.axis("width"), ElementType.INT64)).contains("no input has the axis width");
    }

    @Test
    void anOperatorOfAnotherSetIsNamedBehindItsDomain() {
        Operand result = new Operand(1, ElementType.FLOAT, TensorShape.of(2));
        List<Value> made = to.custom("com.example::Sort", Attributes.NONE, List.of(result), input);
        assertThat(made).hasSize(1);
        assertThat(made.get(0).type()).isEqualTo(ElementType.FLOAT);
        assertThat(made.get(0).shape()).isEqualTo(TensorShape.of(2));
        assertThat(made.get(0).name()).startsWith("sort");
        Node node = to.nodes().get(0);
        assertThat(node.operator()).isEqualTo("com.example::Sort");
        assertThat(node.name()).isEqualTo("/Sort");
        assertThat(node.outputs()).isEqualTo(made);
    }

    @Test
    void anOperatorThatOnnxRuntimeLacksForATypeIsRefused() {
        Value doubles = Value.of("d", ElementType.DOUBLE, TensorShape.of(1, 1, 3, 3));
        exportRefused(() -> to.node("Conv", doubles, doubles))
                .contains("ONNX Runtime has no Conv for DOUBLE in opset 17; let the network compute in");
    }

    @Test
    void nodesStandInTheirBlock() {
        to.enter("/01Linear", "line 7");
        to.node("Neg", input);
        to.node("Neg", input);
        assertThat(to.nodes()).extracting(Node::name).containsExactly("/01Linear/Neg", "/01Linear/Neg_2");
        assertThat(to.nodes()).extracting(Node::doc).containsOnly("line 7");
    }
}
