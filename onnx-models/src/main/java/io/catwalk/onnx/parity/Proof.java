package io.catwalk.onnx.parity;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Proves that a file with any inputs and outputs agrees with the network it was exported from, in every way it may be
 * run: all optimization levels of ONNX Runtime, one thread and all threads, the samples as they are and in batches of
 * 1, 2 and 7. {@link CrossCheck} does the same for image classifiers, over many images.
 *
 * @param tolerance largest difference that passes, as a share of the largest absolute value of the output; 0 or above
 * @param batches sizes of the batches that samples are cut into, if the file accepts any batch size; each at least 1
 */
public record Proof(double tolerance, List<Integer> batches) {

    /** Largest difference that passes by default, as a share of an output's scale. */
    public static final double TOLERANCE = 1e-5;

    private static final List<Integer> THREADS = List.of(OnnxOptions.ALL_THREADS, 1);

    /** Largest number of calls for each of the small batch sizes, which take most of the time. */
    private static final int MOST_CALLS = 8;

    /** Checks tolerance and batches against their ranges. */
    public Proof {
        batches = List.copyOf(batches);
        if (batches.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException("batches must be at least 1, but are " + batches);
        }
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("tolerance must be 0 or above, but is " + tolerance);
        }
    }

    /**
     * Returns the proof with tolerance 1e-5, in batches of 1, 2 and 7.
     *
     * @return the proof to start from
     */
    public static Proof standard() {
        return new Proof(TOLERANCE, List.of(1, 2, 7));
    }

    /** Holds the calls of one batch size and the outputs of the network; size 0 stands for samples as they are. */
    private record Calls(int batch, List<Map<String, Tensor>> inputs, List<Map<String, Tensor>> answers) {}

    /**
     * Runs the proof on a file.
     *
     * @param reference the network, which is right by definition
     * @param file the ONNX file to check
     * @param samples samples to run, each with an array for every input; at least one sample. Axes that the file leaves
     *     open may differ from sample to sample
     * @return the outcome of every configuration
     * @throws OnnxFileException if the file does not open
     * @throws IllegalArgumentException if there is no sample, or one does not fit the inputs of the file
     */
    public ProofReport run(Network reference, Path file, List<Map<String, Tensor>> samples) {
        return run(reference, options -> OnnxRunner.open(file, options), samples);
    }

    /**
     * Runs the proof on a model that is held in memory.
     *
     * @param reference the network, which is right by definition
     * @param model content of an ONNX file
     * @param samples as for {@link #run(Network, Path, List)}
     * @return the outcome of every configuration
     * @throws OnnxFileException if the model does not open
     * @throws IllegalArgumentException if there is no sample, or one does not fit the inputs of the model
     */
    public ProofReport run(Network reference, byte[] model, List<Map<String, Tensor>> samples) {
        return run(reference, options -> OnnxRunner.open(model, options), samples);
    }

    private ProofReport run(
            Network reference, Function<OnnxOptions, OnnxRunner> opener, List<Map<String, Tensor>> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("a proof needs at least one sample");
        }
        List<Calls> calls;
        try (OnnxRunner first = opener.apply(OnnxOptions.standard())) {
            samples.forEach(first::requireFit);
            calls = calls(reference, first.inputs(), samples);
        }
        List<OptimizationLevel> levels = Arrays.asList(OptimizationLevel.values());
        Collections.reverse(levels); // the default comes first
        List<ProofReport.Outcome> outcomes = new ArrayList<>();
        for (OptimizationLevel level : levels) {
            for (int threads : THREADS) {
                OnnxOptions options =
                        OnnxOptions.standard().withThreads(threads).withOptimization(level);
                try (OnnxRunner candidate = opener.apply(options)) {
                    calls.forEach(each -> outcomes.add(outcome(options, candidate, each)));
                } catch (OnnxFileException e) {
                    calls.forEach(each -> outcomes.add(failed(options, each, e)));
                }
            }
        }
        return new ProofReport(tolerance, outcomes);
    }

    private static ProofReport.Outcome outcome(OnnxOptions options, OnnxRunner candidate, Calls calls) {
        try {
            List<Map<String, Tensor>> found =
                    calls.inputs().stream().map(candidate::run).toList();
            List<OutputParity> outputs = new ArrayList<>();
            for (String output : names(calls.answers(), found)) {
                outputs.add(OutputParity.of(
                        output,
                        calls.answers().stream().map(each -> each.get(output)).toList(),
                        found.stream().map(each -> each.get(output)).toList()));
            }
            return new ProofReport.Outcome(new Configuration(options, calls.batch()), outputs, "");
        } catch (OnnxFileException | IllegalArgumentException e) { // the latter: other types, shapes or outputs
            return failed(options, calls, e);
        }
    }

    private static Set<String> names(List<Map<String, Tensor>> expected, List<Map<String, Tensor>> found) {
        Set<String> right = expected.get(0).keySet();
        if (!right.equals(found.get(0).keySet())) {
            throw new IllegalArgumentException("expected the outputs " + String.join(", ", new TreeSet<>(right))
                    + ", found " + String.join(", ", new TreeSet<>(found.get(0).keySet())));
        }
        return right;
    }

    private static ProofReport.Outcome failed(OnnxOptions options, Calls calls, RuntimeException e) {
        return new ProofReport.Outcome(
                new Configuration(options, calls.batch()), List.of(), String.valueOf(e.getMessage()));
    }

    /** Runs the network, first on the samples as they are, then on parts of them. */
    private List<Calls> calls(Network reference, List<TensorInfo> inputs, List<Map<String, Tensor>> samples) {
        List<Calls> calls = new ArrayList<>(List.of(asked(reference, Configuration.WHOLE, samples)));
        List<Cut> cuts = cuts(inputs);
        for (int batch : batches) {
            List<Map<String, Tensor>> parts = new ArrayList<>();
            for (Map<String, Tensor> sample : cuts.isEmpty() ? List.<Map<String, Tensor>>of() : samples) {
                long rows = rows(sample, cuts);
                for (long from = 0; from + batch <= rows && rows > batch && parts.size() < MOST_CALLS; from += batch) {
                    parts.add(part(sample, cuts, from, from + batch));
                }
            }
            if (!parts.isEmpty()) {
                calls.add(asked(reference, batch, parts));
            }
        }
        return calls;
    }

    /** Returns the size of the batch in all inputs that have one; 0 if they have different sizes. */
    private static long rows(Map<String, Tensor> sample, List<Cut> cuts) {
        List<Long> rows = cuts.stream()
                .map(cut -> Objects.requireNonNull(sample.get(cut.input())).shape()[cut.axis()])
                .distinct()
                .toList();
        return rows.size() == 1 ? rows.get(0) : 0; // axes without a name may be different axes
    }

    private static Calls asked(Network reference, int batch, List<Map<String, Tensor>> inputs) {
        return new Calls(batch, inputs, inputs.stream().map(reference::run).toList());
    }

    /** An axis of an input that is the batch axis. */
    private record Cut(String input, int axis) {}

    /**
     * Lists where the batch axis is: the open axis called {@code batch}, in whatever place, as in states of an LSTM of
     * shape (layers, batch, units), or else the open first axis of the first input that begins with one. Inputs without
     * it are passed whole.
     */
    private static List<Cut> cuts(List<TensorInfo> inputs) {
        String batch = io.catwalk.onnx.Axis.BATCH.name();
        List<Cut> named = cuts(inputs, batch, Integer.MAX_VALUE);
        if (!named.isEmpty()) {
            return named;
        }
        String first = inputs.stream()
                .flatMap(input -> input.axes().orElse(List.of()).stream().limit(1))
                .filter(Axis::isOpen)
                .map(Axis::name)
                .findFirst()
                .orElse("");
        return cuts(inputs, first, first.isEmpty() ? 1 : Integer.MAX_VALUE);
    }

    /** Lists the open axes of a name among the first few axes of each input. */
    private static List<Cut> cuts(List<TensorInfo> inputs, String name, int most) {
        List<Cut> cuts = new ArrayList<>();
        for (TensorInfo input : inputs) {
            List<Axis> axes = input.axes().orElse(List.of());
            for (int i = 0; i < Math.min(most, axes.size()); i++) {
                if (axes.get(i).isOpen() && axes.get(i).name().equals(name)) {
                    cuts.add(new Cut(input.name(), i));
                }
            }
        }
        return cuts;
    }

    private static Map<String, Tensor> part(Map<String, Tensor> sample, List<Cut> cuts, long from, long to) {
        Map<String, Tensor> part = new LinkedHashMap<>(sample);
        cuts.forEach(cut -> part.computeIfPresent(cut.input(), (key, whole) -> whole.part(cut.axis(), from, to)));
        return part;
    }
}
