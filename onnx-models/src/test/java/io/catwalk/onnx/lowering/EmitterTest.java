package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Operand;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes are written as ONNX defines them, nodes that do nothing are not written, and constants are written once. */
@Tag("tiny")
class EmitterTest {

    private static final Dim BATCH = Dim.BATCH;
    private static final Dim TIME = Dim.axis("time");
    private static final TensorShape TWO = TensorShape.of(2);

    private final Value input = value(BATCH, TIME, Dim.of(4));
    private final Emitter to = new Emitter(17, new Names("x"), List.of(input));
    private final Emitter fixed = new Emitter(17, new Names("x"), List.of());
    private final Value x = vector(TensorType.FLOAT);

    private static Value value(Dim... sizes) {
        return Value.of("x", TensorType.FLOAT, new TensorShape(List.of(sizes)));
    }

    private static Value vector(TensorType type) {
        return Value.of("x", type, TensorShape.of(3));
    }

    private static List<Dim> dims(Object... sizes) {
        return Arrays.stream(sizes)
                .map(size -> size instanceof Dim dim ? dim : Dim.of((Integer) size))
                .toList();
    }

    private List<String> operators() {
        return to.nodes().stream().map(Node::operator).toList();
    }

    private Node maker(Value value) {
        return to.maker(value).orElseThrow();
    }

    private Initializer initializer(Value value) {
        return to.initializer(value).orElseThrow();
    }

    private long[] numbers(Value list) {
        LongBuffer data = ByteBuffer.wrap(initializer(list).data())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        return LongStream.generate(data::get).limit(data.capacity()).toArray();
    }

    /**
     * Reshapes, and returns the constant shape that the node gets: 0 copies a size, -1 is what is left (ONNX, Reshape).
     */
    private long[] reshaped(Value value, Object... target) {
        Value made = to.reshape(value, dims(target));
        assertThat(made.shape().dims()).isEqualTo(dims(target));
        assertThat(maker(made).operator()).isEqualTo("Reshape");
        return numbers(maker(made).inputs().get(1));
    }

    @Test
    void theSameShapeNeedsNoNode() {
        Value zero = to.scalar(TensorType.FLOAT, 0);
        assertThat(List.of(
                        to.reshape(input, dims(BATCH, TIME, 4)),
                        to.expand(input, dims(BATCH, TIME, 4)),
                        to.tile(input, dims(1, 1, 1)),
                        to.pad(input, zero, 0, 0, 0, 0, 0, 0),
                        to.transpose(input, 0, 1, 2),
                        to.concat(0, List.of(input)),
                        to.unsqueeze(input),
                        to.squeeze(input),
                        to.cast(input, TensorType.FLOAT)))
                .containsOnly(input);
        assertThat(to.nodes()).isEmpty();
    }

    @Test
    void dynamicSizesThatStayAreCopiedAndOneThatMovesIsWhatIsLeft() {
        assertThat(reshaped(value(BATCH, Dim.of(3), Dim.of(4)), BATCH, 12)).containsExactly(-1, 12);
        assertThat(reshaped(input, BATCH.times(TIME), 4)).containsExactly(-1, 4);
        assertThat(reshaped(input, BATCH, TIME, 2, 2)).containsExactly(0, 0, 2, 2);
        assertThat(reshaped(input, BATCH, 4, TIME)).containsExactly(0, 4, -1);
        assertThat(reshaped(value(BATCH, TIME), BATCH, 1, TIME)).containsExactly(0, 1, -1);
    }

    /** A size of 0 would be copied, and -1 cannot be computed if there are no elements. */
    @Test
    void twoDynamicSizesThatMoveAreComputedAndSoIsWhatMayBeEmpty() {
        Value none = value(BATCH, Dim.of(0), Dim.of(4));
        Value fewer = value(BATCH.minus(Dim.of(1)), Dim.of(2), Dim.of(2));
        for (Value made : List.of(
                to.reshape(input, dims(TIME, BATCH, 4)),
                to.reshape(none, dims(BATCH, 0)),
                to.reshape(fewer, dims(BATCH.minus(Dim.of(1)), 4)))) {
            assertThat(to.initializer(maker(made).inputs().get(1))).isEmpty();
        }
        assertThat(operators()).contains("Shape", "Concat").endsWith("Reshape");
    }

    @Test
    void axesThatAreSwappedTwiceAreSwappedOnce() {
        Value once = to.transpose(input, 1, 2, 0);
        assertThat(once.shape().dims()).isEqualTo(dims(TIME, 4, BATCH));
        Value twice = to.transpose(once, 1, 0, 2);
        assertThat(twice.shape().dims()).isEqualTo(dims(4, TIME, BATCH));
        assertThat(maker(twice).inputs()).containsExactly(input);
        assertThat(maker(twice).attributes().numbers("perm", new long[0])).containsExactly(2, 1, 0);
        assertThat(to.transpose(once, 2, 0, 1)).isEqualTo(input); // back again
        Value other = to.node("Neg", input);
        assertThat(maker(to.transpose(other, 1, 0, 2)).inputs()).containsExactly(other);
    }

    @Test
    void everySideOfOneAxisIsPadded() {
        Value row = value(Dim.of(4));
        Value zero = to.scalar(TensorType.FLOAT, 0);
        assertThat(to.pad(row, zero, 1, 2).shape()).isEqualTo(TensorShape.of(7));
        assertThat(to.pad(row, zero, 0, 2).shape()).isEqualTo(TensorShape.of(6));
    }

    @Test
    void sizesOfTheInputAreReadOnceAndCounted() {
        Value twice = to.number(BATCH.times(Dim.of(2)), TensorType.INT64);
        assertThat(twice.shape()).isEqualTo(TensorShape.SCALAR);
        assertThat(twice.type()).isEqualTo(TensorType.INT64);
        assertThat(operators()).containsExactly("Shape", "Gather", "Mul", "Squeeze");
        assertThat(to.number(TIME, TensorType.FLOAT).type()).isEqualTo(TensorType.FLOAT);
        assertThat(operators()).endsWith("Gather", "Squeeze", "Cast").containsOnlyOnce("Shape");
        assertThat(numbers(to.number(Dim.of(7), TensorType.INT64))).containsExactly(7);
        assertThat(to.range(TIME)).isEqualTo(to.range(TIME));
        assertThat(to.range(TIME).shape().dims()).isEqualTo(dims(TIME));
    }

    @Test
    void partsOfSizesAreComputedFromThem() {
        Dim half = TIME.floorDividedBy(2);
        assertThat(to.number(half, TensorType.INT64).rank()).isZero();
        assertThat(operators()).containsExactly("Shape", "Gather", "Div", "Squeeze");
        Value rows = to.expand(to.scalar(TensorType.FLOAT, 1), dims(BATCH.times(half), 3));
        assertThat(rows.shape().dims()).isEqualTo(dims(BATCH.times(half), 3));
        assertThat(operators()).endsWith("Gather", "Mul", "Concat", "Expand").containsOnlyOnce("Div");
    }

    @Test
    void aListOfSizesIsPutTogetherInOrder() {
        to.expand(to.scalar(TensorType.FLOAT, 1), dims(3, 1, TIME, 4));
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
        other.number(stepped.times(Dim.of(2)), TensorType.INT64);
        other.number(stepped.floorDividedBy(2), TensorType.INT64);
        List<Node> nodes = other.nodes();
        assertThat(nodes)
                .extracting(Node::operator)
                .startsWith("Shape", "Gather", "Mul", "Squeeze")
                .endsWith("Div", "Mul", "Squeeze");
        assertThat(other.initializer(nodes.get(2).inputs().get(1)).orElseThrow().data())
                .isEqualTo(Initializer.bytes(2L));
        Value divisor = nodes.get(nodes.size() - 3).inputs().get(1);
        assertThat(other.initializer(divisor).orElseThrow().data()).isEqualTo(Initializer.bytes(4L));
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        exportRefused(() -> to.number(Dim.axis("width"), TensorType.INT64)).contains("no input has the axis width");
        Value doubles = Value.of("d", TensorType.DOUBLE, TensorShape.of(1, 1, 3, 3));
        exportRefused(() -> to.node("Conv", doubles, doubles)).contains("no Conv for double in opset 17");
    }

    @Test
    void anOperatorOfAnotherSetIsNamedBehindItsDomain() {
        Operand result = new Operand(1, TensorType.FLOAT, TWO);
        List<Value> made = to.custom("com.example::Sort", Attributes.NONE, List.of(result), input);
        assertThat(made).singleElement().satisfies(value -> {
            assertThat(value.type()).isEqualTo(TensorType.FLOAT);
            assertThat(value.shape()).isEqualTo(TWO);
            assertThat(value.name()).startsWith("sort");
        });
        Node node = to.nodes().get(0);
        assertThat(node.operator()).isEqualTo("com.example::Sort");
        assertThat(node.name()).isEqualTo("/Sort");
        assertThat(node.outputs()).isEqualTo(made);
    }

    @Test
    void nodesStandInTheirBlock() {
        to.enter("/01Linear", "line 7");
        to.node("Neg", input);
        to.node("Neg", input);
        assertThat(to.nodes()).extracting(Node::name).containsExactly("/01Linear/Neg", "/01Linear/Neg_2");
        assertThat(to.nodes()).extracting(Node::doc).containsOnly("line 7");
    }

    private Value number(double number) {
        return to.scalar(TensorType.FLOAT, number);
    }

    private void assertMadeBy(Value value, String operator, Value... inputs) {
        assertThat(maker(value).operator()).isEqualTo(operator);
        assertThat(maker(value).inputs()).containsExactly(inputs);
    }

    /** A lower and an upper bound make one Clip, where that is the same (ONNX, Clip: Min(Max(x, low), high)). */
    @Test
    void aMinimumOfAMaximumIsAClip() {
        Value low = Bounds.atLeast(to, x, number(1));
        assertMadeBy(low, "Max", x, number(1));
        assertMadeBy(Bounds.positive(to, x), "Relu", x);
        assertMadeBy(Bounds.atMost(to, low, number(6)), "Clip", x, number(1), number(6));
        assertMadeBy(Bounds.atMost(to, low, number(0)), "Clip", x, number(1), number(0)); // the upper bound wins
        assertMadeBy(Bounds.atMost(to, Bounds.positive(to, x), number(6)), "Clip", x, number(0), number(6));
    }

    /** If two bounds cross, the last one wins; Clip uses the upper one. */
    @Test
    void aMaximumOfAMinimumIsAClipUnlessTheyCross() {
        Value high = Bounds.atMost(to, x, number(6));
        assertMadeBy(high, "Min", x, number(6));
        assertMadeBy(Bounds.atLeast(to, high, number(1)), "Clip", x, number(1), number(6));
        assertMadeBy(Bounds.atLeast(to, high, number(6)), "Clip", x, number(6), number(6));
        assertMadeBy(Bounds.atLeast(to, high, number(7)), "Max", high, number(7));
        assertMadeBy(Bounds.positive(to, high), "Clip", x, number(0), number(6));
    }

    @Test
    void boundsThatAreNotSingleNumbersStayAsTheyAre() {
        Value several = to.floats("several", TensorShape.of(3), 1, 2, 3);
        Value computed = Value.of("computed", TensorType.FLOAT, TensorShape.SCALAR);
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
    void doublesAreBoundedWithoutReluAndClipAndAReluOfHalvesIsKept() {
        Value doubles = vector(TensorType.DOUBLE);
        Value positive = Bounds.positive(to, doubles);
        assertMadeBy(positive, "Max", doubles, to.scalar(TensorType.DOUBLE, 0));
        Value six = to.scalar(TensorType.DOUBLE, 6);
        assertMadeBy(Bounds.atMost(to, positive, six), "Min", positive, six);
        Value halves = to.node("Relu", vector(TensorType.FLOAT16));
        Value halfSix = to.scalar(TensorType.FLOAT16, 6);
        assertMadeBy(Bounds.atMost(to, halves, halfSix), "Min", halves, halfSix);
    }

    /** Pixels become (pixel / 255 - mean) / deviation, channel by channel. */
    @Test
    void eachChannelHasItsMeanAndItsDeviation() {
        Value made =
                Lowering.normalized(to, pixels(4), new Normalization(new float[] {1, 2, 3}, new float[] {4, 5, 6}));
        assertThat(made.type()).isEqualTo(TensorType.FLOAT);
        assertThat(operators()).containsExactly("Cast", "Div", "Sub", "Div");
        assertThat(initializer(operand(1)).floats()).containsExactly(255);
        assertThat(initializer(operand(2)).floats()).containsExactly(1, 2, 3);
        assertThat(initializer(operand(3)).floats()).containsExactly(4, 5, 6);
        assertThat(List.of(operand(2).shape(), operand(3).shape())).containsOnly(TensorShape.of(3, 1, 1));
    }

    private Value operand(int node) {
        return to.nodes().get(node).inputs().get(1);
    }

    private static Value pixels(int rank) {
        return Value.of("x", TensorType.UINT8, TensorShape.of(Arrays.copyOf(new long[] {1, 3, 8, 8}, rank)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void oneMeanStandsForAllChannels(int rank) {
        Value made = Lowering.normalized(to, pixels(rank), new Normalization(new float[] {1}, new float[] {2}));
        assertThat(made.shape()).isEqualTo(pixels(rank).shape());
        assertThat(operand(2).rank()).isEqualTo(Math.max(1, rank - 1));
    }

    @Test
    void meansAndDeviationsThatDoNotFitAreRefused() {
        Normalization two = new Normalization(new float[] {1, 2}, new float[] {4, 5});
        exportRefused(() -> Lowering.normalized(to, pixels(4), two)).contains("for 3 channels, found 2");
        exportRefused(() -> Lowering.normalized(to, pixels(1), two)).contains("for 1 channels, found 2");
    }

    @Test
    void whatIsComputedIsTurnedAndMadeARowByANode() {
        Value turned = Weights.transposed(to, Value.of("x", TensorType.FLOAT, TensorShape.of(2, 3)));
        assertThat(turned.shape()).isEqualTo(TensorShape.of(3, 2));
        assertThat(maker(turned).operator()).isEqualTo("Transpose");
        Value row = Weights.row(to, x);
        assertThat(row.shape()).isEqualTo(TensorShape.of(1, 3));
        assertThat(maker(row).operator()).isEqualTo("Unsqueeze");
        Value bias = Weights.row(to, to.floats("bias", TensorShape.of(3), 1, 2, 3));
        assertThat(bias.shape()).isEqualTo(TensorShape.of(1, 3));
        assertThat(initializer(bias).floats()).containsExactly(1, 2, 3);
        assertThat(to.nodes()).hasSize(2);
    }

    /** Two gates of one row each: both directions have their gates swapped, and follow each other. */
    @Test
    void gatesAreOrderedForEachDirection() {
        TensorShape square = TensorShape.of(2, 2);
        Value forward = to.floats("forward", square, 1, 2, 3, 4);
        Value backward = to.floats("backward", square, 5, 6, 7, 8);
        Value ordered = Weights.ordered(to, List.of(forward, backward), List.of(1, 0), TensorShape.of(2, 2, 2));
        assertThat(initializer(ordered).floats()).containsExactly(3, 4, 1, 2, 7, 8, 5, 6);
        List<Value> computed = List.of(Value.of("x", TensorType.FLOAT, square));
        exportRefused(() -> Weights.ordered(to, computed, List.of(0), TensorShape.of(1, 2, 2)))
                .contains("recurrent layer", "depend on the input: x");
    }

    /** Sizes below, at and above that of the squares in which matrices are transposed. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT, 1, 1",
        "FLOAT, 32, 64",
        "FLOAT, 31, 33",
        "FLOAT, 70, 3",
        "FLOAT, 3, 70",
        "DOUBLE, 33, 65",
        "FLOAT16, 65, 33",
        "INT8, 33, 34"
    })
    void elementAtRowAndColumnComesToColumnAndRow(TensorType type, int rows, int columns) {
        int size = type.bytes();
        byte[] matrix = new byte[rows * columns * size];
        byte[] expected = new byte[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (byte) (i * 31 + i / 256);
            int row = i / size / columns;
            int column = i / size % columns;
            expected[(column * rows + row) * size + i % size] = matrix[i];
        }
        Value turned = Weights.transposed(to, to.constant("matrix", type, TensorShape.of(rows, columns), matrix));
        assertThat(turned.shape()).isEqualTo(TensorShape.of(columns, rows));
        assertThat(initializer(turned).data()).isEqualTo(expected);
    }

    private byte[] data(Value value) {
        return fixed.initializer(value).orElseThrow().data();
    }

    /** IEEE 754 and two's complement, little endian. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT16, 1.5, 003e",
        "FLOAT16, 2049, 0068",
        "FLOAT, 1.5, 0000c03f",
        "DOUBLE, 1.5, 000000000000f83f",
        "INT64, -2, feffffffffffffff",
        "INT32, -2, feffffff",
        "INT8, -2, fe",
        "UINT8, 254, fe",
        "BOOL, 0, 00",
        "BOOL, 7, 01",
        "BOOL, 0.5, 01"
    })
    void aNumberHasTheBytesOfItsType(TensorType type, double number, String bytes) {
        Value value = fixed.scalar(type, number);
        assertThat(value.type()).isEqualTo(type);
        assertThat(value.rank()).isZero();
        assertThat(data(value)).isEqualTo(HexFormat.of().parseHex(bytes));
    }

    @Test
    void aWholeNumberKeepsAllItsDigits() {
        long large = (1L << 53) + 1;
        Value value = fixed.scalar(TensorType.INT64, large);
        assertThat(data(value)).isEqualTo(Initializer.bytes(large));
        assertThat(value.contents()).containsExactly(Dim.of(large));
        assertThat(fixed.scalar(TensorType.FLOAT, 1).contents()).isNull();
    }

    @Test
    void equalNumbersAreShared() {
        assertThat(fixed.scalar(TensorType.FLOAT, 1))
                .isEqualTo(fixed.scalar(TensorType.FLOAT, 1.0))
                .isNotIn(fixed.scalar(TensorType.FLOAT, 2), fixed.scalar(TensorType.INT32, 1));
        assertThat(fixed.ints(1, 2)).isEqualTo(fixed.ints(1, 2)).isNotEqualTo(fixed.ints(2, 1));
        assertThat(fixed.ints(1, 2).contents()).containsExactly(Dim.of(1), Dim.of(2));
        assertThat(data(fixed.ints(1, 2))).isEqualTo(Initializer.bytes(1L, 2L));
    }

    private Value bytes(String name, int... bytes) {
        return fixed.constant(name, TensorType.INT8, TWO, new byte[] {(byte) bytes[0], (byte) bytes[1]});
    }

    @Test
    void aTensorIsSharedByItsNameAndItsContent() {
        assertThat(bytes("weight", 1, 2))
                .isEqualTo(bytes("weight", 1, 2))
                .isNotIn(bytes("weight", 1, 3), bytes("other", 1, 2));
        assertThat(fixed.initializers()).hasSize(3);
    }

    @Test
    void anotherLayoutIsMadeOncePerLayoutAndSource() {
        Value turned = fixed.laidAnew("turned", List.of(bytes("first", 1, 2)), TWO, () -> new byte[] {2, 1});
        assertThat(turned.name()).isEqualTo("first.turned");
        assertThat(turned.type()).isEqualTo(TensorType.INT8);
        assertThat(data(turned)).containsExactly(2, 1);
        assertThat(turned)
                .isEqualTo(fixed.laidAnew("turned", List.of(bytes("first", 1, 2)), TWO, () -> new byte[2]))
                .isNotEqualTo(fixed.laidAnew("row", List.of(bytes("first", 1, 2)), TWO, () -> new byte[2]))
                .isNotEqualTo(fixed.laidAnew("turned", List.of(bytes("second", 3, 4)), TWO, () -> new byte[2]));
    }
}
