package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.LambdaBlock;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.lowering.Lowering.Places;
import io.catwalk.onnx.lowering.LoweringOptions.ExportFlag;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Arguments;
import io.catwalk.onnx.trace.Operand;
import io.catwalk.onnx.trace.Program;
import io.catwalk.onnx.trace.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each kind of step becomes what it describes, and the inputs and outputs of the graph have the given names. */
@Tag("tiny")
class LoweringTest {

    private static final Dim BATCH = Dim.BATCH;
    private static final Operand X = floats(0, BATCH, Dim.of(2));
    private static final Operand NEGATED = floats(1, BATCH, Dim.of(2));
    private static final Naming CLASSIFIER = new Naming(List.of(), List.of());
    private static final Naming OTHERS = new Naming(List.of("x", "y"), List.of());

    private static Operand floats(int id, Dim... sizes) {
        return new Operand(id, TensorType.FLOAT, new TensorShape(List.of(sizes)));
    }

    private static Operand longs(int id, Dim... sizes) {
        return new Operand(id, TensorType.INT64, new TensorShape(List.of(sizes)));
    }

    private static Step call(String signature, Operand result, Object... arguments) {
        return new Step.Call(
                new Arguments(signature, List.of(arguments), "block Net/01Linear, called at Net.java:7"),
                List.of(result));
    }

    private static Step negation() {
        return call("NDArray.neg()", NEGATED, X);
    }

    private static Program program(List<Operand> outputs, Step... steps) {
        long inputs =
                List.of(steps).stream().filter(Step.Input.class::isInstance).count();
        return new Program(
                List.of(steps), outputs, Collections.nCopies((int) inputs + outputs.size(), Optional.empty()));
    }

    private static Graph graph(Naming naming, List<Operand> outputs, Step... steps) {
        return Lowering.graph(program(outputs, steps), LoweringOptions.withDefaults(), naming);
    }

    /** Writes a constant that the program returns, beside its input. */
    private static Graph returning(Operand constant, Step step) {
        return graph(
                new Naming(List.of("x"), List.of()), List.of(NEGATED, constant), new Step.Input(X), negation(), step);
    }

    private static List<String> names(List<Value> values) {
        return values.stream().map(Value::name).toList();
    }

    private static List<String> operators(Graph graph) {
        return graph.nodes().stream().map(Node::operator).toList();
    }

    @Test
    void aClassifierTakesImagesAndReturnsLogits() {
        Graph graph = graph(CLASSIFIER, List.of(NEGATED), new Step.Input(X), negation());
        assertThat(names(graph.inputs())).containsExactly("images");
        assertThat(names(graph.outputs())).containsExactly("logits");
        assertThat(graph.nodes()).hasSize(1);
        assertThat(graph.nodes().get(0).name()).isEqualTo("/01Linear/Neg");
        assertThat(graph.nodes().get(0).doc()).isEqualTo("Net/01Linear, called at Net.java:7");
    }

    @Test
    void inputsAndOutputsOfOthersAreCounted() {
        Operand y = floats(5, BATCH, Dim.of(3));
        Operand other = floats(6, BATCH, Dim.of(3));
        Graph graph = graph(
                OTHERS,
                List.of(other, NEGATED),
                new Step.Input(X),
                new Step.Input(y),
                negation(),
                call("NDArray.abs()", other, y));
        assertThat(names(graph.inputs())).containsExactly("x", "y");
        assertThat(names(graph.outputs())).containsExactly("output_1", "output_2");
        assertThat(graph.nodes().get(0).inputs()).containsExactly(graph.inputs().get(0));
        assertThat(graph.nodes().get(1).inputs()).containsExactly(graph.inputs().get(1));
    }

    /** An input keeps its name, so an output of another name needs a node. The node belongs to no block. */
    @Test
    void whatIsReturnedAsItCameOrTwiceIsAnOutputOfItsOwn() {
        Graph graph = graph(
                new Naming(List.of("x"), List.of("a", "b", "c")),
                List.of(NEGATED, X, NEGATED),
                new Step.Input(X),
                negation());
        assertThat(names(graph.inputs())).containsExactly("x");
        assertThat(names(graph.outputs())).containsExactly("a", "b", "c");
        assertThat(operators(graph)).containsExactly("Neg", "Identity", "Identity");
        assertThat(graph.nodes().get(1).name()).isEqualTo("/Identity");
        assertThat(graph.nodes().get(1).doc()).isEmpty();
        assertThat(graph.nodes().get(1).inputs()).isEqualTo(graph.inputs());
        assertThat(graph.nodes().get(2).inputs())
                .containsExactly(graph.outputs().get(0));
    }

    /** A softmax over the batch would give each image a part of what is 1 for all images together. */
    @Test
    void probabilitiesOfOneNumberForEachImageAreRefused() {
        for (UnaryOperator<NDArray> network :
                List.<UnaryOperator<NDArray>>of(x -> x.sum(new int[] {1}), x -> x.mean(), x -> x.transpose())) {
            OnnxExport export =
                    OnnxExport.of(LambdaBlock.singleton(network), new Shape(6)).withProbabilities();
            exportRefused(export::bytes).contains("over the classes");
        }
    }

    @Test
    void probabilitiesAreTheSoftmaxOfTheLogits() {
        LoweringOptions options = LoweringOptions.withDefaults().with(ExportFlag.PROBABILITIES);
        Graph graph = Lowering.graph(program(List.of(NEGATED), new Step.Input(X), negation()), options, CLASSIFIER);
        assertThat(names(graph.outputs())).containsExactly("logits", "probabilities");
        assertThat(operators(graph)).containsExactly("Neg", "Softmax");
        Program two = program(List.of(NEGATED, NEGATED), new Step.Input(X), negation());
        exportRefused(() -> Lowering.graph(two, options, new Naming(List.of("x"), List.of())))
                .contains("returns 2 arrays");
        Operand whole = longs(0, BATCH, Dim.of(2));
        Program numbers = program(List.of(whole), new Step.Input(whole));
        exportRefused(() -> Lowering.graph(numbers, options, CLASSIFIER)).contains("holds int64");
        exportRefused(() -> graph(CLASSIFIER, List.of(), new Step.Input(X), negation()))
                .contains("returns no array");
    }

    @Test
    void pixelsAreBytesThatTheGraphNormalizes() {
        LoweringOptions options =
                LoweringOptions.withDefaults().with(new Normalization(new float[] {0.5f}, new float[] {0.25f}));
        Graph graph = Lowering.graph(program(List.of(NEGATED), new Step.Input(X), negation()), options, CLASSIFIER);
        assertThat(graph.inputs().get(0).type()).isEqualTo(TensorType.UINT8);
        assertThat(operators(graph)).containsExactly("Cast", "Div", "Sub", "Div", "Neg");
    }

    @Test
    void aConstantKeepsItsNameAndItsNumbers() {
        Operand bias = floats(7, Dim.of(2));
        byte[] data = Initializer.bytes(3f, 4f);
        Operand sum = floats(8, BATCH, Dim.of(2));
        Graph graph = graph(
                CLASSIFIER,
                List.of(sum),
                new Step.Input(X),
                new Step.Constant(bias, "01Linear.bias", data),
                call("NDArray.add(NDArray)", sum, X, bias));
        assertThat(graph.initializers()).hasSize(1);
        assertThat(graph.initializers().get(0).value().name()).isEqualTo("01Linear.bias");
        assertThat(graph.initializers().get(0).data()).isEqualTo(data);
    }

    @Test
    void aSliceThatIsRepeatedIsExpanded() {
        Operand rows = floats(7, BATCH, Dim.of(2));
        Step.Constant slice = new Step.Constant(floats(7, Dim.of(1), Dim.of(2)), "row", Initializer.bytes(3f, 4f));
        Graph graph = returning(rows, new Step.Repeated(rows, slice));
        assertThat(operators(graph)).containsSubsequence("Shape", "Gather", "Concat", "Expand");
        assertThat(graph.outputs().get(1).shape()).isEqualTo(rows.shape());
    }

    /** Only the axes that depend on the input are cut, up to their size (ONNX, Slice: data, starts, ends, axes). */
    @Test
    void theBeginningOfTheLongestIsCut() {
        Operand table = floats(7, Dim.of(3), BATCH, Dim.of(1));
        Step.Constant longest = new Step.Constant(
                floats(7, Dim.of(3), Dim.of(4), Dim.of(1)), "table", Initializer.bytes(new float[12]));
        Graph graph = returning(table, new Step.Prefix(table, "table", Optional.of(longest)));
        Node slice = graph.nodes().stream()
                .filter(node -> node.operator().equals("Slice"))
                .findFirst()
                .orElseThrow();
        assertThat(slice.inputs().get(0).name()).isEqualTo("table");
        assertThat(numbers(graph, slice.inputs().get(1))).containsExactly(0L);
        assertThat(numbers(graph, slice.inputs().get(3))).containsExactly(1L);
        assertThat(graph.outputs().get(1).shape()).isEqualTo(table.shape());
    }

    private static List<Long> numbers(Graph graph, Value list) {
        byte[] data = graph.initializers().stream()
                .filter(initializer -> initializer.value().equals(list))
                .findFirst()
                .orElseThrow()
                .data();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < data.length; i += Long.BYTES) {
            numbers.add((long) data[i]);
        }
        return numbers;
    }

    @Test
    void countingWritesNoMoreThanItNeeds() {
        assertThat(counting(0, 1)).contains("Range").doesNotContain("Mul", "Add");
        assertThat(counting(0, 3)).contains("Range", "Mul").doesNotContain("Add");
        assertThat(counting(5, 1)).contains("Range", "Add").doesNotContain("Mul");
    }

    private static List<String> counting(long first, long step) {
        Operand counted = longs(7, BATCH);
        return operators(returning(counted, new Step.Counting(counted, Dim.of(first), Dim.of(step))));
    }

    @Test
    void aNumberThatFollowsTheInputIsComputed() {
        Operand number = longs(7, Dim.of(1));
        Graph graph = returning(number, new Step.Counted(number, BATCH.times(Dim.of(3))));
        assertThat(operators(graph)).contains("Shape", "Gather", "Mul");
        assertThat(graph.outputs().get(1).type()).isEqualTo(TensorType.INT64);
    }

    @Test
    void aResultThatIsNotThatOfTheEngineIsRefused() {
        for (Operand other : List.of(floats(1, BATCH, Dim.of(3)), longs(1, BATCH, Dim.of(2)))) {
            Step not = call("NDArray.logicalNot()", other, X);
            exportRefused(() -> graph(CLASSIFIER, List.of(other), new Step.Input(X), not))
                    .startsWith("NDArray.logicalNot() makes ")
                    .contains("bool(batch, 2)", "(block Net/01Linear, called at Net.java:7)");
        }
    }

    @Test
    void aRefusalNamesTheCallOnce() {
        Step dropout = call("NDArrayEx.dropout(NDArray, float, boolean)", NEGATED, X, X, 0.5f, true);
        exportRefused(() -> graph(CLASSIFIER, List.of(NEGATED), new Step.Input(X), dropout))
                .startsWith("NDArrayEx.dropout(NDArray, float, boolean) runs in training mode")
                .matches("(?s)(?!.*dropout.*dropout).*");
    }

    @Test
    void whatAnOperatorLacksIsSaidOfTheCall() {
        String convolution = "NDArrayEx.convolution(NDArray, NDArray, NDArray, Shape, Shape, Shape, int)";
        Operand image = doubles(0, 1, 1, 3, 3);
        Operand kernel = doubles(1, 1, 1, 3, 3);
        Operand bias = doubles(2, 1);
        Operand made = doubles(3, 1, 1, 1, 1);
        Shape one = new Shape(1, 1);
        exportRefused(() -> graph(
                        OTHERS,
                        List.of(made),
                        new Step.Input(image),
                        new Step.Input(kernel),
                        new Step.Constant(bias, "bias", new byte[8]),
                        call(convolution, made, image, image, kernel, bias, one, new Shape(0, 0), one, 1)))
                .contains(convolution + " has no ONNX form here: ONNX Runtime has no Conv for double");
    }

    private static Operand doubles(int id, long... sizes) {
        return new Operand(id, TensorType.DOUBLE, TensorShape.of(sizes));
    }

    @Test
    void argumentsThatNobodyHasTriedAreRefusedToo() {
        Step sum = call("NDArray.add(NDArray)", NEGATED, X);
        assertThatThrownBy(() -> graph(CLASSIFIER, List.of(NEGATED), new Step.Input(X), sum))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("for arguments that nobody has tried")
                .hasRootCauseInstanceOf(IndexOutOfBoundsException.class);
    }

    private static Naming naming(List<String> inputs, String... outputs) {
        return new Naming(inputs, List.of(outputs));
    }

    /** A program of one input and several outputs; null where forward has given no name. */
    private static Program named(@Nullable String input, @Nullable String... outputs) {
        Operand array = new Operand(0, TensorType.FLOAT, TensorShape.of(2));
        List<Optional<String>> all = new ArrayList<>(optional(input));
        all.addAll(optional(outputs));
        return new Program(List.of(), Collections.nCopies(outputs.length, array), all);
    }

    private static List<Optional<String>> optional(@Nullable String... names) {
        return Arrays.stream(names).map(Optional::ofNullable).toList();
    }

    /** Names of inputs and outputs come from the caller, then from forward, then from the defaults. */
    @Test
    void namesOfTheCallerComeFirstThenThoseOfForward() {
        Program unnamed = named(null, null, null);
        assertThat(CLASSIFIER.inputs(unnamed)).containsExactly("images");
        assertThat(CLASSIFIER.outputs(unnamed)).isEqualTo(optional("logits", null));
        assertThat(CLASSIFIER.taken(unnamed)).containsExactly("images", "logits");
        Naming other = naming(List.of("x"));
        assertThat(other.inputs(named("y", (String) null))).containsExactly("x");
        assertThat(other.outputs(named(null, (String) null))).isEqualTo(optional("output"));
        assertThat(other.outputs(unnamed)).isEqualTo(optional("output_1", null));
        Program program = named("pixels", "scores", null);
        assertThat(CLASSIFIER.inputs(program)).containsExactly("pixels");
        assertThat(CLASSIFIER.outputs(program)).isEqualTo(optional("scores", null));
        assertThat(naming(List.of(), "a", "b").outputs(program)).isEqualTo(optional("a", "b"));
    }

    @Test
    void asManyNamesAsOutputsAreNeededAndNoneTwice() {
        Program two = named(null, null, null);
        exportRefused(() -> naming(List.of("x"), "a").outputs(two)).contains("2 array(s)", "names for 1: [a]");
        exportRefused(() -> naming(List.of("x"), "a", "x").taken(two)).contains("name x", "([x, a, x])");
    }

    @Test
    void probabilitiesAreOfOneOutputUnlessOneIsTheLogitsAndHaveTheirName() {
        Program two = named(null, null, null);
        CLASSIFIER.requireRoomForProbabilities(two);
        Naming other = naming(List.of("x"));
        other.requireRoomForProbabilities(named(null, (String) null));
        exportRefused(() -> other.requireRoomForProbabilities(two)).contains("returns 2 arrays");
        for (Program program : List.of(named("probabilities", (String) null), named(null, "probabilities"))) {
            exportRefused(() -> CLASSIFIER.requireRoomForProbabilities(program))
                    .contains("the name probabilities is that of the softmax", "rename that");
        }
    }

    private static final Operand WEIGHT = new Operand(3, TensorType.FLOAT, TensorShape.of(2));
    private static final Operand OTHER = new Operand(4, TensorType.FLOAT, TensorShape.of(2));

    private static Step.Call calledAt(String origin, @Nullable Object... arguments) {
        return new Step.Call(new Arguments("NDArray.f()", Arrays.asList(arguments), origin), List.of());
    }

    /** A node is named after its block, and by a parameter if several blocks of a class run. */
    @Test
    void aPathLeavesTheNetworkItselfAndTheLineOut() {
        String origin = "block Net/01Linear, called at Net.java:7";
        assertThat(Places.path(calledAt(origin), Map.of())).isEqualTo("/01Linear");
        assertThat(Places.doc(calledAt(origin))).isEqualTo("Net/01Linear, called at Net.java:7");
        assertThat(Places.path(calledAt("block Net/02Parallel/01Linear"), Map.of()))
                .isEqualTo("/02Parallel/01Linear");
        for (String whole : List.of("block Net, called at a/Net.java:7", "outside of forward")) {
            assertThat(Places.path(calledAt(whole), Map.of())).isEmpty();
        }
        assertThat(Places.doc(calledAt("outside of forward"))).isEqualTo("outside of forward");
    }

    /** A parameter of another block says nothing about the block that runs. */
    @Test
    void aParameterTellsWhichOfSeveralBlocksItIs() {
        String origin = "block Net/Linear, called at Net.java:7";
        for (Step.Call call :
                List.of(calledAt(origin, OTHER, null, WEIGHT), calledAt(origin, List.of(OTHER, WEIGHT)))) {
            assertThat(Places.path(call, Map.of(3, "02Linear.weight"))).isEqualTo("/02Linear");
            assertThat(Places.path(call, Map.of(3, "01Parallel.02Linear.weight")))
                    .isEqualTo("/Linear");
            assertThat(Places.path(call, Map.of(3, "weight"))).isEqualTo("/Linear");
            assertThat(Places.path(call, Map.of(3, "01Parallel.02Linear.weight", 4, "03Linear.bias")))
                    .isEqualTo("/03Linear");
        }
    }

    private static final Value IMAGE = tensor("image", Dim.BATCH, Dim.of(1), Dim.of(1), Dim.of(2));
    private static final Value CONVOLVED = tensor("convolved", Dim.BATCH, Dim.of(2), Dim.of(1), Dim.of(1));
    private static final Value NORMAL = tensor("normal", Dim.BATCH, Dim.of(2), Dim.of(1), Dim.of(1));
    private static final Initializer FILTERS = new Initializer(
            Value.of("weight", TensorType.FLOAT, TensorShape.of(2, 1, 1, 2)), Initializer.bytes(1f, 2f, 3f, 4f));
    private static final Initializer BIAS = fixed("bias", 10, 20);
    private static final Initializer GAMMA = fixed("gamma", 6, 8);
    private static final Initializer BETA = fixed("beta", 0.5f, 0.25f);
    private static final Initializer MEAN = fixed("mean", 4, 12);

    private static Value tensor(String name, Dim... sizes) {
        return Value.of(name, TensorType.FLOAT, new TensorShape(List.of(sizes)));
    }

    private static Initializer fixed(String name, float... numbers) {
        return new Initializer(
                Value.of(name, TensorType.FLOAT, TensorShape.of(numbers.length)), Initializer.bytes(numbers));
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
        return convolution(IMAGE, FILTERS.value(), BIAS.value());
    }

    private static Node usual() {
        return norm(CONVOLVED, Attributes.NONE.with("epsilon", 1f), fixed("variance", 3, 15));
    }

    private static Graph folded(List<Value> outputs, Node... nodes) {
        Initializer variance = fixed("variance", 3, 15);
        return BatchNormFolding.fold(new Graph(
                List.of(IMAGE), outputs, List.of(FILTERS, BIAS, GAMMA, BETA, MEAN, variance), List.of(nodes)));
    }

    private static Graph folded(Initializer weight, Initializer variance, Node... nodes) {
        List<Initializer> fixed = List.of(weight, BIAS, GAMMA, BETA, MEAN, variance);
        return BatchNormFolding.fold(new Graph(List.of(IMAGE), List.of(NORMAL), fixed, List.of(nodes)));
    }

    private static float[] reals(Graph graph, Value value) {
        return graph.initializers().stream()
                .filter(one -> one.value().equals(value))
                .findFirst()
                .orElseThrow()
                .floats();
    }

    /** The roots of the variances are 2 and 4: scales 6/2 and 8/4; biases 0.5 + (10 - 4) * 3 and 0.25 + (20 - 12) * 2. */
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
        assertThat(reals(graph, node.inputs().get(1))).containsExactly(3, 6, 6, 8);
        assertThat(node.inputs().get(1).shape()).isEqualTo(TensorShape.of(2, 1, 1, 2));
        assertThat(reals(graph, node.inputs().get(2))).containsExactly(18.5f, 16.25f);
        assertThat(reals(graph, FILTERS.value())).containsExactly(1, 2, 3, 4); // others may use it
    }

    @Test
    void aConvolutionWithoutBiasGetsOne() {
        Graph graph = folded(List.of(NORMAL), convolution(IMAGE, FILTERS.value()), usual());
        assertThat(reals(graph, graph.nodes().get(0).inputs().get(2))).containsExactly(-11.5f, -23.75f);
    }

    /** ONNX, BatchNormalization: epsilon is 1e-5 unless it is given. */
    @Test
    void withoutAnEpsilonItIsThatOfOnnx() {
        Initializer none = fixed("none", 0, 0);
        Graph graph = folded(FILTERS, none, withBias(), norm(CONVOLVED, Attributes.NONE, none));
        float scale = (float) (6 / Math.sqrt(1e-5));
        assertThat(reals(graph, graph.nodes().get(0).inputs().get(1))[0]).isCloseTo(scale, withPercentage(1e-3));
    }

    /** What something else reads, is computed, is not in single precision, or is no norm right behind a convolution. */
    @Test
    void anythingElseStays() {
        Value computed = tensor("computed", Dim.of(2), Dim.of(1), Dim.of(1), Dim.of(2));
        Value halves = Value.of("half", TensorType.FLOAT16, TensorShape.of(2, 1, 1, 2));
        Node behindImage = norm(IMAGE, Attributes.NONE, fixed("variance", 3, 15));
        Node varying = norm(CONVOLVED, Attributes.NONE, fixed("computed", 1, 1));
        Node ofHalves = convolution(IMAGE, halves, BIAS.value());
        for (Graph graph : List.of(
                folded(List.of(NORMAL, CONVOLVED), withBias(), usual()),
                folded(List.of(NORMAL), withBias(), behindImage),
                folded(List.of(NORMAL), convolution(IMAGE, computed), usual()),
                folded(List.of(NORMAL), withBias(), varying),
                folded(new Initializer(halves, new byte[8]), fixed("variance", 3, 15), ofHalves, usual()))) {
            assertThat(operators(graph)).containsExactly("Conv", "BatchNormalization");
        }
        Node negated = new Node("/Neg", "Neg", List.of(IMAGE), List.of(CONVOLVED), Attributes.NONE, "");
        assertThat(operators(folded(List.of(NORMAL), negated, usual()))).containsExactly("Neg", "BatchNormalization");
        Node other = new Node("/Neg", "Neg", List.of(CONVOLVED), List.of(tensor("neg")), Attributes.NONE, "");
        assertThat(operators(folded(List.of(NORMAL), withBias(), usual(), other)))
                .containsExactly("Conv", "BatchNormalization", "Neg");
        List<Value> inputs = usual().inputs();
        Node instance = new Node("/Norm", "InstanceNormalization", inputs, List.of(NORMAL), Attributes.NONE, "");
        assertThat(operators(folded(List.of(NORMAL), withBias(), instance)))
                .containsExactly("Conv", "InstanceNormalization");
    }
}
