package io.catwalk.runner.report.drawing;

import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.Value;
import io.catwalk.runner.report.drawing.Layer.Answers;
import io.catwalk.runner.report.drawing.Layer.Kind;
import io.catwalk.runner.report.drawing.Layer.Recurrence;
import io.catwalk.runner.report.drawing.Layer.Way;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the layers in a graph of operators. Operators that compute from constants alone are left out; a normalization
 * or activation becomes part of the layer before it, if no other operator reads that layer; operators that only
 * rearrange numbers become a layer only where the shape changes.
 */
final class LayerReader {

    /**
     * The state of numbers on their way from a layer to its readers.
     *
     * @param sizes at this point, without the batch
     * @param rearranged how they differ from the layer's output, as a verb; null if they do not
     * @param functions applied since, which are not part of the layer because its output is also read without them
     */
    private record Flow(
            int layer, List<Long> sizes, @Nullable String rearranged, List<String> functions) {}

    private static final Pattern FLOOR = Pattern.compile("floor\\(\\(([^()]+)\\)/(\\d+)\\)");

    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, Flow> flows = new HashMap<>();
    private final Map<Flow, Integer> shown = new HashMap<>();
    private final Map<String, Set<Initializer>> fixed = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();
    private final Map<Integer, String> names = new HashMap<>();
    private final Set<String> counted = new HashSet<>();
    private final Dim batch;

    private LayerReader(Graph graph) {
        batch = graph.inputs().get(0).shape().get(0);
        graph.nodes()
                .forEach(node ->
                        new HashSet<>(node.inputs()).forEach(input -> readers.merge(input.name(), 1, Integer::sum)));
        graph.outputs().forEach(output -> readers.merge(output.name(), 1, Integer::sum));
        graph.initializers().forEach(weight -> fixed.put(weight.value().name(), Set.of(weight)));
    }

    static List<Layer> layers(Graph graph) {
        LayerReader reader = new LayerReader(graph);
        for (Value input : graph.inputs()) {
            Flow made = reader.add(Kind.INPUT, input.name(), reader.sizes(input), List.of());
            reader.flows.put(input.name(), made);
            reader.names.put(made.layer(), input.name());
        }
        graph.nodes().forEach(reader::read);
        graph.outputs().forEach(output -> {
            int source = reader.source(Objects.requireNonNull(reader.flows.get(output.name())));
            reader.add(Kind.OUTPUT, output.name(), reader.sizes(output), List.of(source));
        });
        return reader.layers;
    }

    private void read(Node node) {
        List<Flow> data = new ArrayList<>();
        Set<Initializer> weights = new LinkedHashSet<>();
        for (Value input : node.inputs()) {
            Flow flow = flows.get(input.name());
            if (flow != null) {
                data.add(flow);
            } else {
                weights.addAll(fixed.getOrDefault(input.name(), Set.of()));
            }
        }
        if (data.isEmpty() || node.operator().equals("Shape")) {
            node.outputs().forEach(output -> fixed.put(output.name(), weights));
            return;
        }
        boolean simple = LayerWords.isActivation(node) || (LayerWords.isTwoOperands(node) && data.size() == 1);
        if (LayerWords.isPlumbing(node)) {
            node.outputs().forEach(output -> flows.put(output.name(), rearranged(node, output, data.get(0))));
        } else if (simple) {
            flows.put(node.output().name(), applied(node, data.get(0), weights));
        } else if (LayerWords.isTwoOperands(node) && isGateOnItself(data)) {
            flows.put(node.output().name(), gated(node, data));
        } else {
            layer(node, data, weights);
        }
    }

    private void layer(Node node, List<Flow> data, Set<Initializer> weights) {
        LayerWords words = LayerWords.of(node);
        List<Integer> sources = data.stream().map(this::source).distinct().toList();
        Layer first = layers.get(sources.get(0));
        List<Long> sizes = sizes(node.output());
        Recurrence recurrence = words.kind() == Kind.RECURRENT ? recurrence(node) : null;
        if (recurrence != null) {
            long width = recurrence.hidden() * (recurrence.way() == Way.BIDIRECTIONAL ? 2 : 1);
            sizes = recurrence.answers() == Answers.ALL ? List.of(recurrence.steps(), width) : List.of(width);
        }
        if (words.kind() == Kind.DENSE && data.size() > 1) {
            words = new LayerWords(Kind.MERGE, "matrix product", List.of());
        }
        boolean overTime = node.operator().startsWith("Reduce") && first.recurrence() != null;
        Layer layer = new Layer(
                words.kind(),
                overTime ? words.name() + " over time" : words.name(),
                String.join(", ", words.details()),
                sizes,
                parameters(node, weights),
                node.multiplyAccumulates(),
                sources,
                recurrence);
        layers.add(layer);
        names.put(layers.size() - 1, node.output().name());
        Flow made = new Flow(layers.size() - 1, sizes, null, List.of());
        for (Value output : node.outputs()) {
            List<Long> part = recurrence != null || output.equals(node.output()) ? sizes : sizes(output);
            flows.put(output.name(), new Flow(made.layer(), part, same(sizes, part) ? null : "slice", List.of()));
        }
    }

    private Recurrence recurrence(Node node) {
        return new Recurrence(
                node.operator(),
                ofOne(node.inputs().get(0).shape().get(0)),
                node.attributes().number("hidden_size", 0),
                switch (LayerWords.direction(node)) {
                    case "bidirectional" -> Way.BIDIRECTIONAL;
                    case "reverse" -> Way.REVERSE;
                    default -> Way.FORWARD;
                },
                readers.containsKey(node.output().name()) ? Answers.ALL : Answers.LAST);
    }

    /** Returns the flow behind an operator that rearranges numbers. */
    private Flow rearranged(Node node, Value output, Flow flow) {
        List<Long> sizes = sizes(output);
        String verb = flow.rearranged();
        switch (node.operator()) {
            case "Slice", "Split", "Gather" -> verb = "slice";
            case "Transpose" -> verb = isReordered(node) ? "transpose" : verb;
            case "Reshape", "Flatten", "Expand" -> {
                if (verb == null && !same(sizes, flow.sizes())) {
                    verb = "reshape";
                }
            }
            default -> {
                // Squeeze, Unsqueeze, Cast, Identity and Dropout only add or remove sizes of 1.
            }
        }
        Layer layer = layers.get(flow.layer());
        if (layer.recurrence() != null && !"slice".equals(verb)) {
            verb = null; // Only the axes of directions and batch are swapped: it is still the layer's own output.
        }
        if ("reshape".equals(verb) && same(sizes, layer.output())) {
            verb = null; // Reshaped back to the layer's own output.
        }
        return new Flow(flow.layer(), sizes, verb, flow.functions());
    }

    /** Returns whether the order of the axes changes, apart from the batch and axes of size 1. */
    private boolean isReordered(Node node) {
        Value input = node.inputs().get(0);
        long last = -1;
        for (long axis : node.attributes().numbers("perm", new long[0])) {
            Dim size = input.shape().get((int) axis);
            if (size.isFixed() && size.fixed() != 1 && !size.equals(batch)) {
                if (axis < last) {
                    return true;
                }
                last = axis;
            }
        }
        return false;
    }

    /** Adds an elementwise function to the layer before it, or to the flow, or as a layer of its own. */
    private Flow applied(Node node, Flow flow, Set<Initializer> weights) {
        Value input = node.inputs().stream()
                .filter(value -> flow.equals(flows.get(value.name())))
                .findFirst()
                .orElseThrow();
        Layer layer = layers.get(flow.layer());
        String word = LayerWords.activation(node);
        boolean plain = flow.functions().isEmpty() && flow.rearranged() == null;
        if (plain && Objects.requireNonNull(readers.get(input.name())) == 1 && joins(node, layer)) {
            boolean bias = layer.kind() == Kind.DENSE
                    && word.equals("shift")
                    && !layer.detail().contains(",");
            boolean scaled = layer.detail().endsWith("GELU") && word.equals("scale");
            names.put(flow.layer(), node.output().name());
            return layer.kind() == Kind.INPUT
                    ? join(flow, "normalized", 0)
                    : join(flow, bias || scaled ? "" : word, parameters(node, weights));
        }
        if (!LayerWords.isNormalization(node) && parameters(weights) == 0) {
            List<String> functions = new ArrayList<>(flow.functions());
            functions.add(word);
            return new Flow(flow.layer(), flow.sizes(), flow.rearranged(), functions);
        }
        int source = source(flow);
        Kind kind = LayerWords.isNormalization(node) ? Kind.NORMALIZATION : Kind.ACTIVATION;
        Flow made = add(kind, word, sizes(node.output()), List.of(source));
        names.put(made.layer(), node.output().name());
        return join(made, "", parameters(node, weights));
    }

    /** Returns whether a function may join a layer: a softmax never does, and images are only normalized. */
    private static boolean joins(Node node, Layer layer) {
        return switch (layer.kind()) {
            case INPUT -> LayerWords.isTwoOperands(node);
            case SHAPE -> false;
            default -> !node.operator().endsWith("oftmax");
        };
    }

    private Flow join(Flow flow, String word, long parameters) {
        Layer layer = layers.get(flow.layer());
        boolean said = word.isEmpty() || layer.detail().equals(word);
        String detail = said ? layer.detail() : layer.detail().isEmpty() ? word : layer.detail() + ", " + word;
        long all = layer.parameters() + parameters;
        layers.set(flow.layer(), layer.with(detail, layer.output(), all, layer.multiplyAccumulates(), layer.inputs()));
        return flow;
    }

    /** Returns whether two operands are the same numbers, one of them after some functions: x · sigmoid(x). */
    private static boolean isGateOnItself(List<Flow> data) {
        return data.size() == 2
                && data.get(0).layer() == data.get(1).layer()
                && Objects.equals(data.get(0).rearranged(), data.get(1).rearranged())
                && data.get(0).sizes().equals(data.get(1).sizes())
                && !(data.get(0).functions().isEmpty()
                        && data.get(1).functions().isEmpty());
    }

    private Flow gated(Node node, List<Flow> data) {
        Flow plain = data.get(
                data.get(0).functions().size() <= data.get(1).functions().size() ? 0 : 1);
        List<String> functions = data.get(plain.equals(data.get(0)) ? 1 : 0).functions();
        String name = node.operator().equals("Mul") ? gate(functions) : LayerWords.activation(node);
        String made = Objects.requireNonNull(names.get(plain.layer()));
        if (plain.rearranged() == null && Objects.requireNonNull(readers.get(made)) == 2) {
            names.put(plain.layer(), node.output().name());
            return join(new Flow(plain.layer(), plain.sizes(), null, List.of()), name, 0);
        }
        return new Flow(plain.layer(), plain.sizes(), plain.rearranged(), List.of(name));
    }

    /** Returns the name of a product of numbers and a function of them. */
    private static String gate(List<String> functions) {
        if (functions.contains("erf")) {
            return "GELU";
        }
        return switch (String.join(" ", functions)) {
            case "sigmoid" -> "SiLU";
            case "scale sigmoid" -> "swish";
            case "softplus tanh" -> "Mish";
            default -> "gate";
        };
    }

    /** Returns the layer that a reader is connected to; adds layers for what was applied since the last one. */
    private int source(Flow flow) {
        Integer known = shown.get(flow);
        if (known != null) {
            return known;
        }
        int layer = flow.layer();
        if (flow.rearranged() != null
                && !(flow.rearranged().equals("reshape")
                        && same(flow.sizes(), layers.get(layer).output()))) {
            boolean flat = flow.rearranged().equals("reshape") && flow.sizes().size() == 1;
            layer = add(Kind.SHAPE, flat ? "flatten" : flow.rearranged(), flow.sizes(), List.of(layer))
                    .layer();
        }
        if (!flow.functions().isEmpty()) {
            String name = String.join(", ", new LinkedHashSet<>(flow.functions()));
            layer = add(Kind.ACTIVATION, name, flow.sizes(), List.of(layer)).layer();
        }
        shown.put(flow, layer);
        return layer;
    }

    private Flow add(Kind kind, String name, List<Long> sizes, List<Integer> inputs) {
        layers.add(new Layer(kind, name, "", sizes, 0, 0, inputs, null));
        return new Flow(layers.size() - 1, sizes, null, List.of());
    }

    /** Counts the weights of a node that no earlier node shares; running means and initial states are not trained. */
    private long parameters(Node node, Set<Initializer> weights) {
        List<String> names = node.inputs().stream().map(Value::name).toList();
        int learned = switch (node.operator()) {
            case "BatchNormalization" -> 3;
            case "LSTM", "GRU", "RNN" -> 4;
            default -> names.size();
        };
        Set<Initializer> some = new LinkedHashSet<>(weights);
        names.subList(Math.min(learned, names.size()), names.size())
                .forEach(name -> some.removeAll(fixed.getOrDefault(name, Set.of())));
        long sum = parameters(some);
        some.forEach(weight -> counted.add(origin(weight.value())));
        return sum;
    }

    /** Counts trained numbers: scalars and integers are part of the formula. */
    private long parameters(Collection<Initializer> weights) {
        return weights.stream()
                .map(Initializer::value)
                .filter(value -> value.type().isReal() && value.rank() > 0 && !counted.contains(origin(value)))
                .mapToLong(value -> value.shape().size().at(1))
                .sum();
    }

    /** Returns the original name of a weight that the export has also written as a matrix of one row. */
    private static String origin(Value weight) {
        return weight.name().replaceFirst("\\.row$", "");
    }

    private List<Long> sizes(Value value) {
        List<Dim> sizes = new ArrayList<>(value.shape().dims());
        sizes.remove(batch);
        return sizes.stream().map(LayerReader::ofOne).toList();
    }

    /** Works out a size that {@link Dim} wrote as text, for axes of one step; other text is the name of such an axis. */
    static long ofOne(Dim size) {
        String text = size.toString().replaceAll("\\b(?!floor\\()[A-Za-z_]\\w*(/\\d+)?", "1");
        try {
            for (Matcher floor = FLOOR.matcher(text); floor.find(); floor = FLOOR.matcher(text)) {
                long quotient = Math.floorDiv(sum(floor.group(1)), Long.parseLong(floor.group(2)));
                text = floor.replaceFirst(Long.toString(quotient));
            }
            return sum(text);
        } catch (NumberFormatException | ArithmeticException e) {
            return 1;
        }
    }

    private static long sum(String text) {
        long sum = 0;
        for (String term : text.replace("+-", "-").split("(?<=\\w)(?=[+-])", -1)) {
            sum += Stream.of(term.split("\\*", -1)).mapToLong(Long::parseLong).reduce(1, Math::multiplyExact);
        }
        return sum;
    }

    private static boolean same(List<Long> some, List<Long> others) {
        return withoutOnes(some).equals(withoutOnes(others));
    }

    private static List<Long> withoutOnes(List<Long> sizes) {
        return sizes.stream().filter(size -> size != 1).toList();
    }
}
