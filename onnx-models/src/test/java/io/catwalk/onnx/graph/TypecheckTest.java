package io.catwalk.onnx.graph;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class TypecheckTest {

    private static final TensorShape SHAPE = new TensorShape(List.of(Dim.BATCH, Dim.of(2)));
    private static final Value IMAGES = Value.of("images", ElementType.FLOAT, SHAPE);
    private static final Value LOGITS = Value.of("logits", ElementType.FLOAT, SHAPE);
    private static final Value BETWEEN = Value.of("between", ElementType.FLOAT, SHAPE);
    private static final Initializer WEIGHT =
            new Initializer(Value.of("weight", ElementType.FLOAT, TensorShape.of(2)), Initializer.bytes(1f, 2f));

    private static Node node(String name, String operator, Value output, Value... inputs) {
        return new Node(name, operator, List.of(inputs), List.of(output), Attributes.NONE);
    }

    private static Graph graph(List<Initializer> initializers, Node... nodes) {
        return new Graph(List.of(IMAGES), List.of(LOGITS), initializers, List.of(nodes));
    }

    private static void assertWrong(Graph graph, String fault) {
        exportRefused(() -> Typecheck.check(graph, 17)).contains(fault);
    }

    @Test
    void aRightGraphPasses() {
        Graph graph = graph(
                List.of(WEIGHT), node("a", "Add", BETWEEN, IMAGES, WEIGHT.value()), node("b", "Relu", LOGITS, BETWEEN));
        assertThat(Typecheck.check(graph, 17)).isSameAs(graph);
    }

    @Test
    void aValueMadeTwiceIsFound() {
        assertWrong(
                graph(List.of(), node("a", "Relu", LOGITS, IMAGES), node("b", "Neg", LOGITS, IMAGES)),
                "the value logits is made twice");
    }

    @Test
    void aValueUsedBeforeItIsMadeIsFound() {
        assertWrong(
                graph(List.of(), node("a", "Relu", LOGITS, BETWEEN), node("b", "Neg", BETWEEN, IMAGES)),
                "a uses between, which no earlier node makes");
    }

    @Test
    void anOutputThatNobodyMakesIsFound() {
        assertWrong(graph(List.of(), node("a", "Relu", BETWEEN, IMAGES)), "the outputs uses logits");
    }

    @Test
    void aWrongShapeIsFound() {
        Value wrong = Value.of("logits", ElementType.FLOAT, TensorShape.of(5, 2));
        Graph graph = new Graph(List.of(IMAGES), List.of(wrong), List.of(), List.of(node("a", "Relu", wrong, IMAGES)));
        assertWrong(graph, "should be FLOAT(batch, 2), but is declared as FLOAT(5, 2)");
    }

    @Test
    void aWrongTypeIsFound() {
        Value wrong = Value.of("logits", ElementType.DOUBLE, SHAPE);
        Graph graph = new Graph(List.of(IMAGES), List.of(wrong), List.of(), List.of(node("a", "Relu", wrong, IMAGES)));
        assertWrong(graph, "should be FLOAT(batch, 2), but is declared as DOUBLE(batch, 2)");
    }

    @Test
    void aUseOfAnotherShapeThanMadeIsFound() {
        Value other = Value.of("between", ElementType.FLOAT, TensorShape.of(2));
        Value row = Value.of("logits", ElementType.FLOAT, TensorShape.of(2));
        Graph graph = new Graph(
                List.of(IMAGES),
                List.of(row),
                List.of(),
                List.of(node("a", "Relu", BETWEEN, IMAGES), node("b", "Relu", row, other)));
        assertWrong(graph, "b takes ");
    }

    @Test
    void typesThatDoNotBelongTogetherAreFound() {
        Value whole = Value.of("whole", ElementType.INT64, SHAPE);
        assertWrong(
                new Graph(
                        List.of(IMAGES, whole),
                        List.of(LOGITS),
                        List.of(),
                        List.of(node("a", "Add", LOGITS, IMAGES, whole))),
                "mixes [FLOAT, INT64]");
    }

    /** Additions of 8 bits came with opset 14 (onnx/docs/Operators.md). */
    @Test
    void aTypeThatTheOperatorSetLacksIsFound() {
        Value bytes = Value.of("bytes", ElementType.UINT8, SHAPE);
        Value sum = Value.of("sum", ElementType.UINT8, SHAPE);
        Graph graph = new Graph(List.of(bytes), List.of(sum), List.of(), List.of(node("a", "Add", sum, bytes, bytes)));
        exportRefused(() -> Typecheck.check(graph, 13)).contains("does not take UINT8 in opset 13");
        assertThat(Typecheck.check(graph, 14)).isSameAs(graph);
    }

    @Test
    void anInputThatIsLeftOutNeedsNoMaker() {
        Value least = new Value("least", ElementType.FLOAT, TensorShape.SCALAR, null);
        Initializer most = new Initializer(least, Initializer.bytes(6f));
        Graph graph = graph(List.of(most), node("a", "Clip", LOGITS, IMAGES, Value.OMITTED, least));
        assertThat(Typecheck.check(graph, 17)).isSameAs(graph);
    }

    @Test
    void nobodyChecksTheOperatorsOfAnotherSet() {
        Graph graph = graph(List.of(), node("a", "com.microsoft::Inverse", LOGITS, IMAGES));
        assertThat(Typecheck.check(graph, 17)).isSameAs(graph);
        assertThat(graph.nodes().get(0).domain()).isEqualTo("com.microsoft");
        assertThat(graph.nodes().get(0).operatorInDomain()).isEqualTo("Inverse");
        assertThat(node("b", "Relu", LOGITS, IMAGES).domain()).isEmpty();
    }

    @Test
    void anUnusedConstantIsFound() {
        assertWrong(graph(List.of(WEIGHT), node("a", "Relu", LOGITS, IMAGES)), "the constant weight is never used");
    }

    @Test
    void anUnusedNodeIsFound() {
        assertWrong(
                graph(List.of(), node("a", "Relu", LOGITS, IMAGES), node("b", "Neg", BETWEEN, IMAGES)),
                "the outputs of Neg b[images(batch, 2)] are never used");
    }

    @Test
    void twoNodesOfOneNameAreFound() {
        assertWrong(
                graph(List.of(), node("a", "Relu", BETWEEN, IMAGES), node("a", "Neg", LOGITS, BETWEEN)),
                "two nodes are called a");
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
                .renamed(java.util.Map.of("between", "middle", "logits", "answer", "weight", "w", "images", "x"));
        assertThat(Typecheck.check(graph, 17).outputs()).extracting(Value::name).containsExactly("answer");
        assertThat(graph.inputs()).extracting(Value::name).containsExactly("x");
        assertThat(graph.initializers())
                .extracting(fixed -> fixed.value().name())
                .containsExactly("w");
        assertThat(graph.nodes().get(1).inputs()).extracting(Value::name).containsExactly("middle");
    }

    @Test
    void anInitializerMustFillItsShape() {
        Value value = Value.of("weight", ElementType.FLOAT, TensorShape.of(3));
        exportRefused(() -> new Initializer(value, Initializer.bytes(1f, 2f))).contains("needs 12 bytes, found 8");
    }
}
