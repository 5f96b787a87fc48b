package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.onnx.runtime.Tolerance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first node of a file at which another runtime computes something else than ONNX Runtime for Java, which
 * runs the file without optimizations. The other runtime returns only the output of a file. Therefore the file is cut
 * after a tensor, and the next cut is chosen as in a binary search: of the tensors on which the differing tensor
 * depends, the one in the middle. Does not need DJL.
 */
public final class RuntimeDiff {

    private static final OnnxOptions AS_WRITTEN = OnnxOptions.standard().withOptimization(OptimizationLevel.NONE);

    private final ModelProto model;
    private final Signature signature;
    private final String input;
    private final String output;
    private final int batch;
    private final Tolerance tolerance;
    private final OtherRuntime runtime;

    /** Inputs and computed tensors, a {@link InstrumentedModel} for each call of {@code batch} images. */
    private final List<InstrumentedModel> calls;

    private final Map<String, Answered> answered = new LinkedHashMap<>();
    private @Nullable NodeProto beginning;

    /** Holds the difference of a tensor, or the reason why it is not known. */
    private record Answered(
            @Nullable TensorDifference difference, @Nullable String refusal) {

        boolean isRefused() {
            return difference == null;
        }

        boolean agrees() {
            return difference != null && difference.agrees();
        }
    }

    private RuntimeDiff(Path file, Signature signature, Tensor images, Tolerance tolerance, OtherRuntime runtime) {
        this.model = ModelFile.read(file).whole();
        this.signature = signature;
        this.input = signature.input();
        this.output = signature.output();
        this.batch = Math.max(1, signature.batch());
        this.tolerance = tolerance;
        this.runtime = runtime;
        this.calls = calls(file, images);
    }

    /**
     * Prepares a comparison and runs the file with ONNX Runtime for Java.
     *
     * @param images values of its input, (count, ...); the other runtime must use the same images. The count is a
     *     multiple of the batch size, if the file has a fixed one
     * @throws OnnxFileException if ONNX Runtime cannot run the file
     */
    public static RuntimeDiff of(
            Path file, Signature signature, Tensor images, Tolerance tolerance, OtherRuntime runtime) {
        return new RuntimeDiff(file, signature, images, tolerance, runtime);
    }

    private List<InstrumentedModel> calls(Path file, Tensor images) {
        Set<String> tensors = InstrumentedModel.tensors(model);
        List<InstrumentedModel> sides = new ArrayList<>();
        try (OnnxRunner runner = OnnxRunner.watching(file, tensors, AS_WRITTEN)) {
            for (long from = 0; from < images.shape()[0]; from += batch) {
                Map<String, Tensor> given = Map.of(input, images.rows(from, from + batch));
                sides.add(new InstrumentedModel(model, given, runner.run(given), Set.of()));
            }
        }
        return sides;
    }

    /**
     * Runs the other runtime on the whole file and, if its output does not agree, on parts of the file.
     *
     * @throws IOException if a file cannot be written or read
     * @throws InterruptedException if the calling thread is interrupted
     */
    public RuntimeOutcome outcome() throws IOException, InterruptedException {
        long numbers = value(0, output).size() / batch;
        Answered whole =
                answered(output, runtime.ask(new Subgraph(model, output, signature.batch(), Math.toIntExact(numbers))));
        if (whole.difference() != null && whole.agrees()) {
            return new RuntimeOutcome.Agrees(whole.difference());
        }
        boolean refused = whole.isRefused();
        Answered end = answer(output);
        Finding finding = null;
        Set<String> unasked = new LinkedHashSet<>();
        if (refused ? end.isRefused() : !end.agrees()) {
            String first = first(output, refused, unasked);
            beginning = calls.get(0).maker(first).orElse(null);
            Answered there = answer(first);
            finding = finding(first, there.difference() == null ? whole.difference() : there.difference());
        }
        if (whole.difference() == null) {
            return new RuntimeOutcome.Refuses(String.valueOf(whole.refusal()), finding, answered.size() + 1);
        }
        Map<String, String> reasons = new LinkedHashMap<>();
        unasked.forEach(tensor -> reasons.put(
                tensor,
                String.valueOf(Objects.requireNonNull(answered.get(tensor)).refusal())));
        return new RuntimeOutcome.Differs(whole.difference(), finding, reasons, answered.size() + 1);
    }

    /**
     * Writes the node at which the difference begins as a model of its own, with the arrays that it read and computed
     * in ONNX Runtime for Java in the call that differs, in the layout of ONNX's own test cases: {@code model.onnx},
     * {@code test_data_set_0/input_0.pb} and so on.
     *
     * @param folder new or empty
     * @return whether there is such a node
     * @throws IOException if a file cannot be written
     */
    public boolean reduce(Path folder) throws IOException {
        if (beginning == null) {
            return false;
        }
        int call = 0;
        for (String made : beginning.getOutputList()) {
            Answered there = answered.get(made);
            if (there != null
                    && there.difference() != null
                    && there.difference().at().length > 0) {
                call = (int) there.difference().at()[0] / (isByImage(made) ? batch : 1);
            }
        }
        NodeTestCase.write(folder, calls.get(call), beginning);
        return true;
    }

    /**
     * Goes back from a wrong tensor to a tensor that is wrong although all tensors that it is computed from are right.
     *
     * @param refused whether a tensor is wrong if the runtime refuses it, instead of if its numbers differ
     * @param unasked receives the tensors in between about which nothing is known
     */
    private String first(String last, boolean refused, Set<String> unasked) throws IOException, InterruptedException {
        String wrong = last;
        List<String> open = open(wrong, refused, unasked);
        while (!open.isEmpty()) {
            String middle = open.get(open.size() / 2);
            Answered found = answer(middle);
            if (refused ? found.isRefused() : !found.isRefused() && !found.agrees()) {
                wrong = middle;
            }
            open = open(wrong, refused, unasked);
        }
        return wrong;
    }

    /**
     * Lists the tensors on which a wrong tensor depends and that have not been compared yet, in the order of the graph.
     */
    private List<String> open(String wrong, boolean refused, Set<String> unasked) {
        InstrumentedModel side = calls.get(0);
        Set<String> behind = new HashSet<>();
        unasked.clear();
        Deque<String> next = new ArrayDeque<>(reads(side, wrong));
        while (!next.isEmpty()) {
            String tensor = next.remove();
            Answered known = answered.get(tensor);
            boolean right = known != null && (refused ? !known.isRefused() : known.agrees());
            if (!right && behind.add(tensor)) {
                next.addAll(reads(side, tensor));
                if (known != null && known.isRefused()) {
                    unasked.add(tensor);
                }
            }
        }
        return side.values().keySet().stream()
                .filter(tensor -> behind.contains(tensor) && !answered.containsKey(tensor) && canBeAsked(tensor))
                .toList();
    }

    private static List<String> reads(InstrumentedModel side, String tensor) {
        return side.maker(tensor).map(side::reads).orElse(List.of());
    }

    /** Tells whether runners can return a tensor: they write floats, the same number for each image. */
    private boolean canBeAsked(String tensor) {
        return calls.stream().allMatch(call -> {
            Tensor value = call.values().get(tensor);
            return value != null
                    && value.toString().equals(value(0, tensor).toString())
                    && value.type() == TensorType.FLOAT
                    && value.size() > 0
                    && value.size() % batch == 0;
        });
    }

    private Tensor value(int call, String tensor) {
        return Objects.requireNonNull(calls.get(call).values().get(tensor), tensor);
    }

    private Answered answer(String tensor) throws IOException, InterruptedException {
        Answered known = answered.get(tensor);
        if (known == null) {
            Subgraph cut = Subgraph.behind(
                    model, input, tensor, batch, value(0, tensor).shape());
            known = answered(tensor, runtime.ask(cut));
            answered.put(tensor, known);
        }
        return known;
    }

    private Answered answered(String tensor, OtherRuntime.Reply reply) {
        if (reply instanceof OtherRuntime.Refused refusal) {
            return new Answered(null, refusal.reason());
        }
        float[] given = ((OtherRuntime.Given) reply).numbers();
        float[] expected = new float[calls.size() * value(0, tensor).size()];
        if (given.length != expected.length) {
            return new Answered(null, "expected " + expected.length + " numbers for all images, found " + given.length);
        }
        int at = 0;
        for (int call = 0; call < calls.size(); call++) {
            for (double number : value(call, tensor).toDoubles()) {
                expected[at++] = (float) number;
            }
        }
        long[] shape = shape(tensor);
        return new Answered(TensorDifference.of(Tensor.of(expected, shape), Tensor.of(given, shape), tolerance), null);
    }

    /** Tells whether the first axis of a tensor is that of the images. */
    private boolean isByImage(String tensor) {
        long[] shape = value(0, tensor).shape();
        return shape.length > 1 && shape[0] == batch;
    }

    /**
     * Returns the shape over all calls. The first axis is that of the images or, if a tensor has another first axis,
     * that of the calls.
     */
    private long[] shape(String tensor) {
        long[] one = value(0, tensor).shape();
        int axes = isByImage(tensor) ? one.length : one.length + 1;
        long[] all = new long[axes];
        System.arraycopy(one, 0, all, axes - one.length, one.length);
        all[0] = isByImage(tensor) ? (long) calls.size() * batch : calls.size();
        return all;
    }

    private Finding finding(String tensor, @Nullable TensorDifference difference) {
        Optional<NodeProto> node = calls.get(0).maker(tensor);
        String name = node.map(NodeProto::getName).orElse("");
        return new Finding(
                name,
                node.map(NodeProto::getOpType).orElse(""),
                node.map(NodeProto::getDocString).orElse(""),
                tensor,
                name,
                difference,
                List.of());
    }
}
