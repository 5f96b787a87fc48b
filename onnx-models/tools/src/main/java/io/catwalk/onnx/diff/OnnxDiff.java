package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.Tolerance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares two ONNX models node by node, on the same inputs. Tensors are matched by their numbers, so that files from
 * different programs can be compared, even with other names and other nodes for the same computation. Does not need
 * DJL.
 *
 * <pre>{@code
 * OnnxDiff diff = OnnxDiff.between(Path.of("a.onnx"), Path.of("b.onnx"), inputs, Tolerance.standard());
 * diff.report().findings().forEach(System.out::println);
 * }</pre>
 */
public final class OnnxDiff {

    private static final OnnxOptions AS_WRITTEN = OnnxOptions.standard().withOptimization(OptimizationLevel.NONE);

    private final InstrumentedModel reference;
    private final InstrumentedModel other;
    private final Tolerance tolerance;
    private final TensorMatching partners;
    private final List<NodeProto> beginnings;
    private final DiffReport report;

    private OnnxDiff(InstrumentedModel reference, InstrumentedModel other, Tolerance tolerance) {
        this.reference = reference;
        this.other = other;
        this.tolerance = tolerance;
        partners = new TensorMatching(reference, other, tolerance);
        Map<String, TensorDifference> outputs = outputs();
        List<String> differing = reference.outputs().stream()
                .filter(name -> outputs.containsKey(name) && !outputs.get(name).agrees())
                .toList();
        beginnings = new TensorMatching.FirstDifferences(reference, partners, differing).nodes();
        List<String> made = reference.values().keySet().stream()
                .filter(name -> reference.maker(name).isPresent())
                .toList();
        report = new DiffReport(
                made.size(),
                (int) made.stream()
                        .filter(name -> partners.partner(name).isPresent())
                        .count(),
                outputs,
                beginnings.stream().map(this::finding).toList(),
                elsewhere(),
                DiffReport.MetadataDifferences.between(reference.metadata(), other.metadata()),
                DiffReport.MetadataDifferences.oneSided(reference.metadata(), other.metadata()),
                reference.withoutRemarks().equals(other.withoutRemarks()));
    }

    /**
     * Compares two files on 16 rows of random numbers, with the standard tolerance.
     *
     * @param reference the file that is right by definition
     * @throws OnnxFileException as {@link #between(Path, Path, Map, Tolerance)}
     * @throws IllegalArgumentException if random numbers cannot be drawn for the inputs of the reference
     */
    public static OnnxDiff between(Path reference, Path other) {
        Map<String, Tensor> drawn;
        try (OnnxRunner runner = OnnxRunner.open(reference)) {
            drawn = RandomInputs.of(runner.inputs(), 16, Map.of(), 1);
        }
        return between(reference, other, drawn, Tolerance.standard());
    }

    /**
     * Compares two files, both run without optimizations.
     *
     * @param reference the file that is right by definition
     * @param given an array for each input of the reference, by its name; the other file takes them by the same names,
     *     or else in the same order
     * @throws OnnxFileException if the reference cannot be run to its outputs, these are not numbers or booleans, the
     *     other file cannot be run at all, a file is larger than 2 GB with its weights, or the files have different
     *     numbers of inputs or outputs
     * @throws IllegalArgumentException if the inputs do not fit the reference
     */
    public static OnnxDiff between(Path reference, Path other, Map<String, Tensor> given, Tolerance tolerance) {
        InstrumentedModel left = complete(reference, given);
        InstrumentedModel right = watched(other, renamed(reference, other, given), any -> true);
        if (left.outputs().size() != right.outputs().size()) {
            throw new OnnxFileException(
                    other,
                    left.outputs().size() + " outputs, as " + reference + " has",
                    Integer.toString(right.outputs().size()),
                    "compare files of the same network");
        }
        return new OnnxDiff(left, right, tolerance);
    }

    /**
     * Compares a file that runs without optimizations with the same file after all optimizations of ONNX Runtime.
     *
     * @param given an array for each input, by its name
     * @throws OnnxFileException if the file cannot be run, or is larger than 2 GB with its weights
     * @throws IllegalArgumentException if the inputs do not fit
     */
    public static OnnxDiff optimized(Path file, Map<String, Tensor> given, Tolerance tolerance) {
        InstrumentedModel written = complete(file, given);
        Map<String, Tensor> made = new LinkedHashMap<>();
        for (String tensor : written.values().keySet()) {
            // One at a time: nodes are not fused across a tensor that a run returns.
            if (!given.containsKey(tensor)) {
                made.putAll(made(file, Set.of(tensor), OnnxOptions.standard(), given));
            }
        }
        return new OnnxDiff(written, new InstrumentedModel(written.model(), given, made, Set.of()), tolerance);
    }

    /** {@return the result of the comparison} */
    public DiffReport report() {
        return report;
    }

    /**
     * Writes the first node at which a difference begins as a model of its own, once from each of both models, with the
     * arrays that it reads and computes, in the layout of ONNX's own test cases: {@code reference/model.onnx},
     * {@code reference/test_data_set_0/input_0.pb} and so on, and the same in {@code other}.
     *
     * @param folder new or empty
     * @return the folders that were written; empty if nothing differs
     * @throws IOException if a file cannot be written
     */
    public List<Path> reduce(Path folder) throws IOException {
        List<Path> written = new ArrayList<>();
        if (!beginnings.isEmpty()) {
            NodeProto first = beginnings.get(0);
            written.add(NodeTestCase.write(folder.resolve("reference"), reference, first));
            Optional<NodeProto> counterpart = counterpart(first);
            if (counterpart.isPresent()) {
                written.add(NodeTestCase.write(folder.resolve("other"), other, counterpart.get()));
            }
        }
        return written;
    }

    /** Runs a reference, which has to give the numbers of all of its outputs. */
    private static InstrumentedModel complete(Path file, Map<String, Tensor> given) {
        InstrumentedModel side =
                watched(file, given, some -> some.unknownOutputs().isEmpty());
        if (!side.unknownOutputs().isEmpty()) {
            throw new OnnxFileException(
                    file,
                    "outputs of numbers or booleans",
                    "others: " + String.join(", ", side.unknownOutputs()),
                    "export it without text, sequences, and types that Java cannot hold");
        }
        return side;
    }

    /**
     * Runs a file and keeps all of its tensors. If it cannot run to its end, the tensors that can be computed are kept.
     *
     * @param suffices tells whether those that can be computed are enough to compare
     * @throws OnnxFileException if none can be computed, or they are not enough
     */
    private static InstrumentedModel watched(
            Path file, Map<String, Tensor> given, Predicate<InstrumentedModel> suffices) {
        ModelProto model = ModelFile.read(file).whole();
        Set<String> tensors = InstrumentedModel.tensors(model);
        try {
            return new InstrumentedModel(model, given, made(file, tensors, AS_WRITTEN, given), Set.of());
        } catch (OnnxFileException e) {
            Map<String, Tensor> made = new LinkedHashMap<>();
            Set<String> failed = new HashSet<>();
            for (String tensor : tensors) {
                try {
                    made.putAll(made(file, Set.of(tensor), AS_WRITTEN, given));
                } catch (OnnxFileException later) {
                    e.addSuppressed(later);
                    failed.add(tensor);
                }
            }
            InstrumentedModel side = new InstrumentedModel(model, given, made, failed);
            if (made.isEmpty() || !suffices.test(side)) {
                throw e;
            }
            return side;
        }
    }

    private static Map<String, Tensor> made(
            Path file, Set<String> tensors, OnnxOptions options, Map<String, Tensor> given) {
        try (OnnxRunner runner = OnnxRunner.watching(file, tensors, options)) {
            Set<String> taken = runner.inputs().stream().map(TensorInfo::name).collect(Collectors.toSet());
            Map<String, Tensor> fitting = new HashMap<>(given);
            fitting.keySet().retainAll(taken);
            return runner.run(fitting);
        }
    }

    private static Map<String, Tensor> renamed(Path reference, Path other, Map<String, Tensor> given) {
        List<String> ours = inputs(reference);
        List<String> theirs = inputs(other);
        if (ours.size() != theirs.size()) {
            throw new OnnxFileException(
                    other,
                    "inputs " + ours + ", as " + reference + " has",
                    theirs.toString(),
                    "compare files of the same network");
        }
        if (Set.copyOf(ours).equals(Set.copyOf(theirs))) {
            return given;
        }
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        for (int i = 0; i < ours.size(); i++) {
            Tensor tensor = given.get(ours.get(i));
            if (tensor != null) {
                renamed.put(theirs.get(i), tensor);
            }
        }
        return renamed;
    }

    private static List<String> inputs(Path file) {
        return ModelFile.read(file).inputs().stream().map(TensorInfo::name).toList();
    }

    private Map<String, TensorDifference> outputs() {
        Map<String, TensorDifference> outputs = new LinkedHashMap<>();
        List<String> unpaired = new ArrayList<>(other.outputs());
        unpaired.removeAll(reference.outputs());
        for (String name : reference.outputs()) {
            Tensor left = Objects.requireNonNull(reference.value(name), name);
            Tensor right = other.value(other.outputs().contains(name) ? name : unpaired.remove(0));
            outputs.put(
                    name, right == null ? TensorDifference.missing(left) : TensorDifference.of(left, right, tolerance));
        }
        return outputs;
    }

    /**
     * Returns the node of the other model that should compute the same, found by the name of a tensor or by its place.
     * The same name on another operator counts only if there is no node at that place: programs that number their
     * tensors give such a name to any node.
     */
    private Optional<NodeProto> counterpart(NodeProto node) {
        Optional<NodeProto> named = node.getOutputList().stream()
                .flatMap(output -> other.maker(output).stream())
                .findFirst();
        Optional<NodeProto> alike = named.filter(found -> found.getOpType().equals(node.getOpType()));
        return alike.or(() -> beside(node)).or(() -> named);
    }

    /** Returns the node of the other model at which the same difference begins, counted in the order of the graphs. */
    private Optional<NodeProto> beside(NodeProto node) {
        int place = beginnings.indexOf(node);
        if (place < 0) {
            return Optional.empty();
        }
        TensorMatching back = new TensorMatching(other, reference, tolerance);
        List<String> differing = other.outputs().stream()
                .filter(output -> back.partner(output).isEmpty())
                .toList();
        List<NodeProto> theirs = new TensorMatching.FirstDifferences(other, back, differing).nodes();
        return place < theirs.size() ? Optional.of(theirs.get(place)) : Optional.empty();
    }

    private List<Finding> elsewhere() {
        return reference.nodes().stream()
                .filter(node -> !beginnings.contains(node) && isNamedAlike(firstOutput(node)))
                .map(this::finding)
                .filter(finding -> !finding.causes().isEmpty())
                .toList();
    }

    /** Tells whether a node of the other model computes a tensor of this name, unless another tensor is its equal. */
    private boolean isNamedAlike(String tensor) {
        return other.maker(tensor).isPresent()
                && partners.partner(tensor).map(tensor::equals).orElse(true);
    }

    private Finding finding(NodeProto node) {
        NodeProto counterpart = counterpart(node).orElse(null);
        String tensor = node.getOutputList().stream()
                .filter(output -> reference.values().containsKey(output)
                        && partners.partner(output).isEmpty())
                .findFirst()
                .orElse(firstOutput(node));
        return new Finding(
                node.getName(),
                node.getOpType(),
                node.getDocString(),
                tensor,
                counterpart == null ? null : counterpart.getName(),
                counterpart == null ? null : difference(node, tensor, counterpart),
                counterpart == null
                        ? List.of()
                        : new NodeDifferences(reference, other, partners).of(node, counterpart));
    }

    /** Returns the first output that is not omitted; an empty name if all are. */
    private static String firstOutput(NodeProto node) {
        return node.getOutputList().stream()
                .filter(output -> !output.isEmpty())
                .findFirst()
                .orElse("");
    }

    private @Nullable TensorDifference difference(NodeProto node, String tensor, NodeProto counterpart) {
        int place = node.getOutputList().indexOf(tensor);
        Tensor right = place < counterpart.getOutputCount() ? other.values().get(counterpart.getOutput(place)) : null;
        Tensor left = reference.values().get(tensor);
        return left == null || right == null ? null : TensorDifference.of(left, right, tolerance);
    }
}
