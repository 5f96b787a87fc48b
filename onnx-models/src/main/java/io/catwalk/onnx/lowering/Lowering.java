package io.catwalk.onnx.lowering;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Typecheck;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.lowering.LoweringOptions.ExportFlag;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.trace.Operand;
import io.catwalk.onnx.trace.Program;
import io.catwalk.onnx.trace.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Lowers a program to a graph. */
public final class Lowering {

    /** Name of the input of a classifier, unless it has another. */
    public static final String INPUT = "images";

    /** Name of the first output of a classifier, unless it has another. */
    public static final String LOGITS = "logits";

    /** Name of the output that holds the softmax of the logits. */
    public static final String PROBABILITIES = "probabilities";

    private static final int WHITE = 255;

    private final LoweringOptions options;
    private final Naming naming;
    private final Names names;
    private final Map<Integer, Value> values = new HashMap<>();
    private final Map<Integer, String> parameters = new HashMap<>();
    private final Set<Integer> zeros = new HashSet<>();
    private final Set<String> transposed = new HashSet<>();
    private final List<Value> inputs = new ArrayList<>();
    private final Emitter to;
    private final ForeignRows foreign = OperatorTable.foreignRows();
    private int place;

    private Lowering(Program program, LoweringOptions options, Naming naming) {
        this.options = options;
        this.naming = naming;
        List<String> taken = new ArrayList<>(naming.taken(program));
        Collections.addAll(taken, INPUT, LOGITS, PROBABILITIES);
        names = new Names(taken.toArray(String[]::new));
        List<String> inputNames = naming.inputs(program);
        for (Step step : program.steps()) {
            if (step instanceof Step.Input input) {
                Operand operand = input.operand();
                TensorType type = options.preprocessing().isPresent() ? TensorType.UINT8 : operand.type();
                inputs.add(Value.of(inputNames.get(inputs.size()), type, operand.shape()));
            }
        }
        to = new Emitter(options.opset(), names, inputs);
    }

    /** Lowers a program to a graph. */
    public static Graph graph(Program program, LoweringOptions options, Naming naming) {
        return new Lowering(program, options, naming).write(program);
    }

    private Graph write(Program program) {
        program.steps().forEach(this::write);
        List<Value> outputs = new ArrayList<>();
        Map<String, String> renamed = new HashMap<>();
        to.enter("", "");
        List<Optional<String>> outputNames = naming.outputs(program);
        for (Operand operand : program.outputs()) {
            Value value = CallContext.valueOf(values, operand);
            int number = outputs.size() + 1;
            String name = outputNames.get(outputs.size()).orElseGet(() -> names.fresh("output_" + number));
            // Inputs, constants and arrays that are returned twice get a node of their own, which can be renamed.
            boolean own =
                    to.nodes().stream().anyMatch(node -> node.outputs().contains(value)) && !outputs.contains(value);
            Value output = own ? value : to.node("Identity", value);
            outputs.add(output);
            renamed.put(output.name(), name);
        }
        if (outputs.isEmpty()) {
            throw new ExportException("the network returns no array, and an ONNX graph must have an output: return the"
                    + " logits from forward");
        }
        if (options.choices().contains(ExportFlag.PROBABILITIES)) {
            naming.requireRoomForProbabilities(program);
            requireLogits(outputs.get(0));
            Value probabilities = to.node("Softmax", Attributes.NONE.with("axis", -1), outputs.get(0));
            outputs.add(probabilities);
            renamed.put(probabilities.name(), PROBABILITIES);
        }
        Graph graph = new Graph(inputs, outputs, to.initializers(), to.nodes())
                .pruned()
                .renamed(renamed);
        if (options.choices().contains(ExportFlag.FOLDED_BATCH_NORM)) {
            graph = BatchNormFolding.fold(graph).pruned();
        }
        graph = TiedWeights.of(graph, transposed);
        if (options.choices().contains(ExportFlag.FLOAT16_WEIGHTS)) {
            graph = HalfWeights.of(graph);
        }
        return Typecheck.check(graph, options.opset());
    }

    /** Converts pixels to the input that the network was trained on. */
    static Value normalized(Emitter to, Value pixels, Normalization numbers) {
        long channels = pixels.rank() > 1 ? pixels.shape().get(1).fixed("channels") : 1;
        int given = numbers.mean().length;
        if (given != 1 && given != channels) {
            throw new ExportException("expected means and deviations for " + channels + " channels, found " + given);
        }
        Value unit = to.node("Div", to.cast(pixels, TensorType.FLOAT), to.scalar(TensorType.FLOAT, WHITE));
        Value centred = to.node("Sub", unit, perChannel(to, "mean", numbers.mean(), pixels.rank()));
        return to.node("Div", centred, perChannel(to, "deviation", numbers.std(), pixels.rank()));
    }

    private static Value perChannel(Emitter to, String hint, float[] numbers, int rank) {
        long[] sizes = new long[Math.max(1, rank - 1)];
        Arrays.fill(sizes, 1);
        sizes[0] = numbers.length;
        return to.floats(hint, TensorShape.of(sizes), numbers);
    }

    private static void requireLogits(Value first) {
        if (!first.type().isReal()) {
            throw new ExportException("probabilities are the softmax of logits, but the first output of the network"
                    + " holds " + first.type() + ": return the logits first, or leave the probabilities out");
        }
        TensorShape shape = first.shape();
        if (shape.rank() == 0 || shape.get(-1).axes().containsAll(Dim.BATCH.axes())) {
            throw new ExportException("probabilities are the softmax over the classes, the last axis of the first"
                    + " output, but that output has the shape " + shape + ": return logits of the shape (batch,"
                    + " classes), or leave the probabilities out");
        }
    }

    private void write(Step step) {
        if (step instanceof Step.Input input) {
            Value given = inputs.get(place++);
            Value network = options.preprocessing()
                    .map(preprocessing -> to.cast(
                            normalized(to, given, preprocessing),
                            input.operand().type()))
                    .orElse(given);
            values.put(input.operand().id(), network);
        } else if (step instanceof Step.Call call) {
            call(call);
        } else {
            Step.Given given = (Step.Given) step;
            values.put(given.operand().id(), given(given));
        }
    }

    private Value given(Step.Given step) {
        Operand operand = step.operand();
        if (step instanceof Step.Constant constant) {
            noteZeros(operand, constant.data());
            Value value = constant(constant);
            if (TiedWeights.isMadeBy(constant.hint())) {
                transposed.add(value.name());
            }
            parameters.put(operand.id(), constant.hint());
            return value;
        }
        if (step instanceof Step.Repeated repeated) {
            noteZeros(operand, repeated.slice().data());
            return to.node(
                    "Expand",
                    constant(repeated.slice()),
                    to.dims(operand.shape().dims()));
        }
        if (step instanceof Step.Prefix prefix) {
            return beginning(prefix);
        }
        if (step instanceof Step.Counted counted) {
            Value number = to.number(counted.number(), operand.type());
            return to.reshape(number, operand.shape().dims());
        }
        return step instanceof Step.Counting counting ? counting(counting) : computed((Step.Computed) step);
    }

    private Value computed(Step.Computed computed) {
        computed.recipe().steps().forEach(this::write);
        Value made = values.get(computed.recipe().outputs().get(0).id());
        // The next recipe has the same ids.
        values.keySet().removeIf(id -> id < 0);
        parameters.keySet().removeIf(id -> id < 0);
        zeros.removeIf(id -> id < 0);
        return Objects.requireNonNull(made);
    }

    private Value constant(Step.Constant constant) {
        return to.constant(
                constant.hint(), constant.operand().type(), constant.operand().shape(), constant.data());
    }

    private Value beginning(Step.Prefix prefix) {
        Step.Constant longest = prefix.longest().orElseThrow();
        List<Dim> stops = new ArrayList<>();
        List<Long> axes = new ArrayList<>();
        for (int axis = 0; axis < prefix.operand().shape().rank(); axis++) {
            if (!prefix.operand().shape().get(axis).isFixed()) {
                stops.add(prefix.operand().shape().get(axis));
                axes.add((long) axis);
            }
        }
        return to.node(
                "Slice",
                constant(longest),
                to.ints(new long[axes.size()]),
                to.dims(stops),
                to.ints(axes.stream().mapToLong(Long::longValue).toArray()));
    }

    private Value counting(Step.Counting counting) {
        Operand operand = counting.operand();
        Value numbers = to.range(operand.shape().size());
        if (!counting.step().equals(Dim.of(1))) {
            numbers = to.node("Mul", numbers, to.number(counting.step(), TensorType.INT64));
        }
        if (!counting.first().equals(Dim.of(0))) {
            numbers = to.node("Add", numbers, to.number(counting.first(), TensorType.INT64));
        }
        return to.reshape(to.cast(numbers, operand.type()), operand.shape().dims());
    }

    private void noteZeros(Operand operand, byte[] data) {
        for (byte part : data) {
            if (part != 0) {
                return;
            }
        }
        zeros.add(operand.id());
    }

    private void call(Step.Call call) {
        String signature = call.arguments().signature();
        to.enter(Places.path(call, parameters), Places.doc(call));
        CallContext site = new CallContext(to, call.arguments(), call.results(), values, zeros, options);
        List<Value> made;
        try {
            made = OperatorTable.row(signature, foreign).emission().apply(site);
        } catch (ExportException e) {
            // An error about the arguments already names its place.
            if (String.valueOf(e.getMessage()).contains(signature)) {
                throw e;
            }
            throw call.arguments().error("has no ONNX form here: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw call.arguments()
                    .error(
                            "has no ONNX form here, for arguments that nobody has tried yet (" + e + ");"
                                    + " use another operation, and please report it",
                            e);
        }
        for (int i = 0; i < call.results().size(); i++) {
            Operand expected = call.results().get(i);
            Value value = made.get(i);
            TensorShape shape = value.shape();
            if (value.type() != expected.type() || !shape.equals(expected.shape())) {
                throw call.arguments()
                        .error("makes " + expected.type() + expected.shape()
                                + " in the engine, but its ONNX form makes " + value.type() + shape
                                + "; please report it");
            }
            values.put(expected.id(), value);
        }
    }

    /** Finds the block of the network that a call belongs to, for the names and descriptions of its nodes. */
    static final class Places {

        private Places() {}

        /**
         * Returns the path of the block, such as {@code /02ParallelBlock/01Conv2d}. If siblings share a class, the trace
         * knows only the class; a parameter of the block then tells which of them it is.
         *
         * @param hints paths of parameters, such as {@code 02ParallelBlock.01Conv2d.weight}, by the id of their operand
         */
        static String path(Step.Call call, Map<Integer, String> hints) {
            String running = running(call.arguments().origin());
            return call.arguments().values().stream()
                    .filter(Objects::nonNull)
                    .flatMap(Places::operands)
                    .flatMap(operand -> Optional.ofNullable(hints.get(operand.id())).stream())
                    .filter(hint -> hint.contains("."))
                    .map(hint -> "/" + hint.substring(0, hint.lastIndexOf('.')).replace('.', '/'))
                    .filter(path -> depth(path) == depth(running))
                    .findFirst()
                    .orElse(running);
        }

        /** Counts the levels of blocks below the network: a parameter of another block may be at another level. */
        private static long depth(String path) {
            return path.chars().filter(character -> character == '/').count();
        }

        private static Stream<Operand> operands(Object argument) {
            if (argument instanceof Operand operand) {
                return Stream.of(operand);
            }
            return argument instanceof List<?> list
                    ? list.stream().filter(Operand.class::isInstance).map(Operand.class::cast)
                    : Stream.empty();
        }

        /**
         * Returns the path without the network itself, from an origin such as
         * {@code block Network/01Conv2d, called at ...}.
         */
        private static String running(String origin) {
            String path = doc(origin).split(", called at ", 2)[0];
            return path.contains("/") ? path.substring(path.indexOf('/')) : "";
        }

        static String doc(Step.Call call) {
            return doc(call.arguments().origin());
        }

        private static String doc(String origin) {
            return origin.startsWith("block ") ? origin.substring("block ".length()) : origin;
        }
    }
}
