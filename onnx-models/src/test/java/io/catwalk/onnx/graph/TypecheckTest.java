package io.catwalk.onnx.graph;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class TypecheckTest {

    private static final TensorShape SHAPE = new TensorShape(List.of(Dim.BATCH, Dim.of(2)));
    private static final Value IMAGES = Value.of("images", TensorType.FLOAT, SHAPE);
    private static final Value LOGITS = Value.of("logits", TensorType.FLOAT, SHAPE);
    private static final Value BETWEEN = Value.of("between", TensorType.FLOAT, SHAPE);
    private static final Initializer WEIGHT =
            new Initializer(Value.of("weight", TensorType.FLOAT, TensorShape.of(2)), Initializer.bytes(1f, 2f));

    private static final Map<String, Value> VALUES = Map.of(
            "images", IMAGES,
            "logits", LOGITS,
            "between", BETWEEN,
            "weight", WEIGHT.value(),
            "fixedLogits", Value.of("logits", TensorType.FLOAT, TensorShape.of(5, 2)),
            "doubleLogits", Value.of("logits", TensorType.DOUBLE, SHAPE),
            "shortBetween", Value.of("between", TensorType.FLOAT, TensorShape.of(2)),
            "whole", Value.of("whole", TensorType.INT64, SHAPE),
            "bytes", Value.of("bytes", TensorType.UINT8, SHAPE),
            "sum", Value.of("sum", TensorType.UINT8, SHAPE));

    private static Value value(String name) {
        return Objects.requireNonNull(VALUES.get(name), name);
    }

    private static Node node(String name, String operator, Value output, Value... inputs) {
        return new Node(name, operator, List.of(inputs), List.of(output), Attributes.NONE);
    }

    /** Reads nodes such as "a Relu images > logits". */
    private static Graph graph(List<Initializer> initializers, String inputs, String output, String nodes) {
        List<Node> all = Arrays.stream(nodes.split(";", -1))
                .map(text -> text.trim().split(" ", -1))
                .map(words -> node(
                        words[0],
                        words[1],
                        value(words[words.length - 1]),
                        Arrays.stream(words, 2, words.length - 2)
                                .map(TypecheckTest::value)
                                .toArray(Value[]::new)))
                .toList();
        List<Value> given =
                Arrays.stream(inputs.split(" ", -1)).map(TypecheckTest::value).toList();
        return new Graph(given, List.of(value(output)), initializers, all);
    }

    private static Graph graph(List<Initializer> initializers, Node... nodes) {
        return new Graph(List.of(IMAGES), List.of(LOGITS), initializers, List.of(nodes));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            images       | logits       | a Relu images > logits; b Neg images > logits   | the value logits is made twice
            images       | logits       | a Relu between > logits; b Neg images > between | a uses between, which no earlier node
            images       | logits       | a Relu images > between                         | the outputs uses logits
            images       | fixedLogits  | a Relu images > fixedLogits                     | declared as float(5, 2)
            images       | doubleLogits | a Relu images > doubleLogits                    | declared as double(batch, 2)
            images       | logits       | a Relu images > between; b Relu shortBetween > logits | b takes
            images whole | logits       | a Add images whole > logits                     | mixes [float, int64]
            images       | logits       | a Relu images > logits; b Neg images > between  | the outputs of Neg b[images(batch, 2)]
            images       | logits       | a Relu images > between; a Neg between > logits | two nodes are called a
            """)
    void aFaultIsFound(String inputs, String output, String nodes, String fault) {
        exportRefused(() -> Typecheck.check(graph(List.of(), inputs, output, nodes), 17))
                .contains(fault);
    }

    @Test
    void anUnusedConstantIsFound() {
        Graph graph = graph(List.of(WEIGHT), "images", "logits", "a Relu images > logits");
        exportRefused(() -> Typecheck.check(graph, 17)).contains("the constant weight is never used");
    }

    /** An input that is left out needs no maker, and nobody checks the operators of another set. */
    @Test
    void aRightGraphPasses() {
        Value least = new Value("least", TensorType.FLOAT, TensorShape.SCALAR, null);
        Initializer most = new Initializer(least, Initializer.bytes(6f));
        for (Graph graph : List.of(
                graph(List.of(WEIGHT), "images", "logits", "a Add images weight > between; b Relu between > logits"),
                graph(List.of(most), node("a", "Clip", LOGITS, IMAGES, Value.OMITTED, least)),
                graph(List.of(), "images", "logits", "a com.microsoft::Inverse images > logits"))) {
            assertThat(Typecheck.check(graph, 17)).isSameAs(graph);
        }
        Node inverse = node("a", "com.microsoft::Inverse", LOGITS, IMAGES);
        assertThat(inverse.domain()).isEqualTo("com.microsoft");
        assertThat(inverse.operatorInDomain()).isEqualTo("Inverse");
        assertThat(node("b", "Relu", LOGITS, IMAGES).domain()).isEmpty();
    }

    /** Additions of 8 bits came with opset 14 (onnx/docs/Operators.md). */
    @Test
    void aTypeThatTheOperatorSetLacksIsFound() {
        Graph graph = graph(List.of(), "bytes", "sum", "a Add bytes bytes > sum");
        exportRefused(() -> Typecheck.check(graph, 13)).contains("does not take uint8 in opset 13");
        assertThat(Typecheck.check(graph, 14)).isSameAs(graph);
    }

    @Test
    void pruningLeavesOutWhatNobodyNeeds() {
        Graph graph = graph(
                List.of(WEIGHT), node("a", "Relu", LOGITS, IMAGES), node("b", "Add", BETWEEN, IMAGES, WEIGHT.value()));
        Graph pruned = graph.pruned();
        assertThat(pruned.nodes()).extracting(Node::name).containsExactly("a");
        assertThat(pruned.initializers()).isEmpty();
    }

    @Test
    void renamingReachesEveryPlace() {
        Graph graph = graph(
                        List.of(WEIGHT),
                        node("a", "Add", BETWEEN, IMAGES, WEIGHT.value()),
                        node("b", "Relu", LOGITS, BETWEEN))
                .renamed(Map.of("between", "middle", "logits", "answer", "weight", "w", "images", "x"));
        assertThat(Typecheck.check(graph, 17)).isSameAs(graph);
        List<Value> values = new ArrayList<>(graph.inputs());
        values.addAll(graph.outputs());
        graph.initializers().forEach(fixed -> values.add(fixed.value()));
        values.addAll(graph.nodes().get(1).inputs());
        assertThat(values).extracting(Value::name).containsExactly("x", "answer", "w", "middle");
    }

    @Test
    void anInitializerMustFillItsShape() {
        Value value = Value.of("weight", TensorType.FLOAT, TensorShape.of(3));
        exportRefused(() -> new Initializer(value, Initializer.bytes(1f, 2f))).contains("needs 12 bytes, found 8");
        exportRefused(new Initializer(value, () -> new byte[8])::data).contains("needs 12 bytes, found 8");
    }
}
