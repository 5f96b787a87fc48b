package io.catwalk.onnx.parity;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorInfo;
import io.catwalk.onnx.runtime.TensorInfo.Axis;
import io.catwalk.onnx.runtime.Tolerance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * Proves that a file agrees with the network it was exported from, in every way it may be run: all optimization levels
 * of ONNX Runtime, one thread and all threads, and different sizes of batches. The network has any inputs and outputs,
 * or it is an image classifier, which runs on many images. Immutable; each {@code with} method returns a changed copy.
 *
 * @param tolerance by how much a number may differ
 * @param share by how much it may differ if that is more: this share of the largest finite absolute value that the
 *     network gives for the output, without a number that stands for infinity, such as -1e9 in a mask; 0 or above
 * @param extent in which of these ways it runs the file
 * @param batches sizes of the batches that samples are cut into, if the file accepts any batch size; each at least 1
 */
public record Proof(Tolerance tolerance, double share, FlipRule rule, Extent extent, List<Integer> batches) {

    /** Largest difference that passes by default, as a share of an output's scale. */
    public static final double TOLERANCE = 1e-5;

    /** The unit in the last place of FLOAT16, whose numbers have 11 significant bits, as a share of the number. */
    public static final double HALF_PRECISION = 0x1p-10;

    /** Elements of this size, all alike and so many times as large as all others, stand for infinity, as in a mask. */
    private static final double LARGE = 9e3;

    private static final double FAR = 100;
    private static final double ALIKE = 0.99;

    /** Images per call of a predictor, by default. */
    private static final int BATCH = 256;

    /** Largest number of images in batches smaller than 10, which take most of the time. */
    static final int SMALL_BATCH_IMAGES = 1000;

    private static final int SMALL = 10;

    /** Largest number of calls for each size of batches that samples are cut into. */
    private static final int MOST_CALLS = 8;

    /** In how many ways a file is run. */
    public enum Extent {
        /** In all, which is the proof. */
        FULL,
        /** With all optimizations, on all threads; images in batches of 256. */
        ONCE,
        /** Without optimization and with all, on one thread; images in batches of 256 and of 7. */
        BRIEF
    }

    /** Checks share and batches against their ranges. */
    public Proof {
        batches = List.copyOf(batches);
        if (batches.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException("batches must be at least 1, but are " + batches);
        }
        if (!(share >= 0)) {
            throw new IllegalArgumentException("tolerance must be 0 or above, but is " + share);
        }
    }

    /**
     * {@return the proof of networks with any inputs and outputs, with the samples as they are and in batches of 1, 2
     * and 7. A number may differ by 1e-5 of the output's scale, and no label may flip}
     */
    public static Proof standard() {
        return new Proof(new Tolerance(0, 0), TOLERANCE, FlipRule.NONE, Extent.FULL, List.of(1, 2, 7));
    }

    /**
     * {@return the proof of image classifiers, in batches of 256, 1 and 7 images and one that leaves a smaller last
     * batch. A logit may differ by 1e-4, and no label may flip. It uses every image, except that batches of 1 and 7
     * images use the first 1,000 only}
     */
    public static Proof ofImages() {
        return new Proof(new Tolerance(Parity.TOLERANCE, 0), 0, FlipRule.NONE, Extent.FULL, List.of(BATCH, 1, 7));
    }

    /**
     * Replaces the tolerance.
     *
     * @param newTolerance by how much a number may differ
     */
    public Proof withTolerance(Tolerance newTolerance) {
        return new Proof(newTolerance, share, rule, extent, batches);
    }

    /**
     * Replaces the tolerance that follows from the output's scale.
     *
     * @param newShare share of the scale, 0 or above
     */
    public Proof withShare(double newShare) {
        return new Proof(tolerance, newShare, rule, extent, batches);
    }

    /**
     * Replaces the sizes of the batches.
     *
     * @param newBatches each at least 1
     */
    public Proof withBatches(List<Integer> newBatches) {
        return new Proof(tolerance, share, rule, extent, newBatches);
    }

    /**
     * Checks a file whose weights were rounded to FLOAT16: a logit may differ by one unit in the last place that the
     * largest finite logit of the network has in FLOAT16, {@link #HALF_PRECISION} of its absolute value, and a label
     * may flip if all logits stay within that.
     */
    public Proof withRoundedWeights() {
        return new Proof(tolerance, HALF_PRECISION, FlipRule.WITHIN_TOLERANCE, extent, batches);
    }

    /**
     * Allows a label flip if the network prefers its own label by no more than the tolerance allows both logits to
     * move. Such images are listed as near ties.
     */
    public Proof withNearTies() {
        return new Proof(tolerance, share, FlipRule.NEAR_TIES, extent, batches);
    }

    /**
     * Chooses in how many ways the file is run.
     *
     * @param newExtent a brief one proves less
     */
    public Proof withExtent(Extent newExtent) {
        return new Proof(tolerance, share, rule, newExtent, batches);
    }

    /**
     * Runs the proof on a file.
     *
     * @param reference the network, which is right by definition
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
        List<Pass<Map<String, Tensor>>> passes = new ArrayList<>();
        try (OnnxRunner first = opener.apply(OnnxOptions.standard())) {
            samples.forEach(first::requireFit);
            passes.add(asked(reference, OnnxOptions.WHOLE_CALL, samples));
            List<Cut> cuts = cuts(first.inputs());
            for (int batch : batches) {
                List<Map<String, Tensor>> parts = parts(samples, cuts, batch);
                if (!parts.isEmpty()) {
                    passes.add(asked(reference, batch, parts));
                }
            }
        }
        return run(passes, options -> {
            OnnxRunner opened = opener.apply(options);
            return new Candidate<>(opened::run, opened::close);
        });
    }

    /**
     * Runs the proof on the file of an image classifier. The reference runs once on every image, in batches of 256.
     *
     * @param reference the network, which is right by definition
     * @param images source of the images; each image is read several times
     * @param count number of images; at least 1
     * @return the outcome of every configuration
     * @throws OnnxFileException if the file is missing, damaged or unsafe, or is not an image classifier; a file that
     *     opens but does not run, or takes other images or has other classes, is reported as an outcome
     * @throws IllegalArgumentException if there is no image
     */
    public ProofReport run(Predictor reference, Path file, NormalizedImages images, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("expected at least 1 image to compare, found " + count);
        }
        return run(logits(reference, images, count), file, images, count);
    }

    /**
     * Runs the proof on the file of an image classifier whose network has been run.
     *
     * @param logits of the network, which is right by definition: (count, classes)
     * @param images source of the images; each image is read several times
     * @param count number of images; at least 1
     * @return as {@link #run(Predictor, Path, NormalizedImages, int)}
     * @throws OnnxFileException likewise
     */
    public ProofReport run(float[] logits, Path file, NormalizedImages images, int count) {
        int classes = logits.length / count;
        List<Pass<Range>> passes = new ArrayList<>();
        for (int batch : batches(count)) {
            int asked = batch < SMALL ? Math.min(count, SMALL_BATCH_IMAGES) : count;
            List<Call<Range>> calls = new ArrayList<>();
            for (int first = 0; first < asked; first += batch) {
                Range range = new Range(first, Math.min(first + batch, asked));
                calls.add(new Call<>(
                        range, () -> Map.of(Parity.LOGITS, Parity.logits(logits, classes, range.first, range.last))));
            }
            passes.add(new Pass<>(batch, calls));
        }
        return run(passes, options -> {
            OnnxPredictor opened = OnnxPredictor.open(file, options);
            return new Candidate<>(range -> answer(opened, images, range), opened::close);
        });
    }

    private static float[] logits(Predictor reference, NormalizedImages images, int count) {
        float[] all = new float[0];
        for (int first = 0; first < count; first += BATCH) {
            int last = Math.min(first + BATCH, count);
            float[] some = reference.logits(images.range(first, last), last - first);
            if (first == 0) {
                all = new float[count * (some.length / last)];
            }
            System.arraycopy(some, 0, all, all.length / count * first, some.length);
        }
        return all;
    }

    private static Map<String, Tensor> answer(OnnxPredictor file, NormalizedImages images, Range range) {
        int count = range.last - range.first;
        float[] logits = file.logits(images.range(range.first, range.last), count);
        return Map.of(Parity.LOGITS, Tensor.of(logits, count, logits.length / count));
    }

    /** Lists the batch sizes of images; if 256 leaves no smaller last batch, a size that does is added. */
    List<Integer> batches(int count) {
        if (extent != Extent.FULL) {
            return extent == Extent.ONCE
                    ? batches.subList(0, 1)
                    : List.of(batches.get(0), batches.get(batches.size() - 1));
        }
        List<Integer> all = new ArrayList<>(batches);
        int uneven = BATCH;
        while (count % uneven == 0) {
            uneven--;
        }
        if (uneven != BATCH) {
            all.add(uneven);
        }
        return all;
    }

    /**
     * Lists the ways in which the file of an image classifier is run.
     *
     * @param count number of images; at least 1
     * @return the configurations of {@link #run(Predictor, Path, NormalizedImages, int)}, in their order
     */
    public List<String> configurations(int count) {
        return options().stream()
                .flatMap(options -> batches(count).stream()
                        .map(batch -> ProofReport.Outcome.configuration(options.withBatch(batch))))
                .toList();
    }

    private List<OnnxOptions> options() {
        if (extent == Extent.ONCE) {
            return List.of(OnnxOptions.standard());
        }
        List<OptimizationLevel> levels = new ArrayList<>(
                extent == Extent.FULL
                        ? List.of(OptimizationLevel.values())
                        : List.of(OptimizationLevel.NONE, OptimizationLevel.ALL));
        Collections.reverse(levels); // the default comes first
        List<Integer> threads = extent == Extent.FULL ? List.of(OnnxOptions.ALL_THREADS, 1) : List.of(1);
        return levels.stream()
                .flatMap(level -> threads.stream()
                        .map(count -> OnnxOptions.standard().withThreads(count).withOptimization(level)))
                .toList();
    }

    /** Some of the images: from the first to the one before the last. */
    private record Range(int first, int last) {}

    /** What a file is run on, and the outputs of the network for it, by their names. */
    private record Call<C>(C inputs, Supplier<Map<String, Tensor>> expected) {}

    /** The calls of one batch size. */
    private record Pass<C>(int batch, List<Call<C>> calls) {}

    /** An open file. */
    private record Candidate<C>(Function<C, Map<String, Tensor>> running, Runnable closing) implements AutoCloseable {
        @Override
        public void close() {
            closing.run();
        }
    }

    private <C> ProofReport run(List<Pass<C>> passes, Function<OnnxOptions, Candidate<C>> opener) {
        Map<String, Scale> scales = new LinkedHashMap<>();
        for (Call<C> call : passes.get(0).calls()) {
            call.expected().get().forEach((output, tensor) -> scales.merge(output, Scale.of(tensor), Scale::or));
        }
        List<ProofReport.Outcome> outcomes = new ArrayList<>();
        for (OnnxOptions options : options()) {
            try (Candidate<C> candidate = opener.apply(options)) {
                passes.forEach(each -> outcomes.add(outcome(options, candidate, each, scales)));
            } catch (OnnxFileException e) {
                if (outcomes.isEmpty()) {
                    throw e; // it does not even open with the default options
                }
                passes.forEach(each -> outcomes.add(failed(options, each, e)));
            }
        }
        return new ProofReport(this, outcomes);
    }

    /** By what an output is judged. Numbers that {@code exceeded} it stand for infinity, and would let everything pass. */
    private record Scale(double value, boolean exceeded) {

        static Scale of(Tensor tensor) {
            double[] sizes = DoubleStream.of(tensor.type().isReal() ? tensor.toDoubles() : new double[0])
                    .filter(Double::isFinite)
                    .map(Math::abs)
                    .toArray();
            double most = DoubleStream.of(sizes).max().orElse(0);
            double rest = DoubleStream.of(sizes)
                    .filter(size -> size < ALIKE * most)
                    .max()
                    .orElse(most);
            boolean exceeded = most >= LARGE && most > FAR * rest;
            return new Scale(exceeded ? rest : most, exceeded);
        }

        Scale or(Scale other) {
            return new Scale(Math.max(value, other.value), exceeded || other.exceeded);
        }
    }

    private <C> ProofReport.Outcome outcome(
            OnnxOptions options, Candidate<C> candidate, Pass<C> pass, Map<String, Scale> scales) {
        try {
            Map<String, Parity.Tally> outputs = new LinkedHashMap<>();
            scales.forEach((output, scale) -> outputs.put(
                    output, new Parity.Tally(output, numbers(pass, output), scale.value(), limit(scale), rule)));
            for (Call<C> call : pass.calls()) {
                Map<String, Tensor> found = candidate.running().apply(call.inputs());
                Map<String, Tensor> expected = call.expected().get();
                if (!expected.keySet().equals(found.keySet())) {
                    throw new IllegalArgumentException(
                            "expected the outputs " + String.join(", ", new TreeSet<>(expected.keySet())) + ", found "
                                    + String.join(", ", new TreeSet<>(found.keySet())));
                }
                outputs.forEach((output, tally) -> tally.add(
                        Objects.requireNonNull(expected.get(output)), Objects.requireNonNull(found.get(output))));
            }
            return new ProofReport.Outcome(
                    options.withBatch(pass.batch()),
                    outputs.values().stream().map(Parity.Tally::parity).toList(),
                    "");
        } catch (OnnxFileException | IllegalArgumentException e) { // the latter: other types, shapes, images or outputs
            return failed(options, pass, e);
        }
    }

    private static <C> long numbers(Pass<C> pass, String output) {
        return pass.calls().stream()
                .mapToLong(call -> Objects.requireNonNull(call.expected().get().get(output))
                        .size())
                .sum();
    }

    private Tolerance limit(Scale scale) {
        double ofScale = scale.value() == 0 && tolerance.absolute() == 0 ? share : share * scale.value();
        return new Tolerance(
                Math.max(tolerance.absolute(), ofScale),
                scale.exceeded() ? Math.max(tolerance.relative(), share) : tolerance.relative());
    }

    private static ProofReport.Outcome failed(OnnxOptions options, Pass<?> pass, RuntimeException e) {
        return new ProofReport.Outcome(options.withBatch(pass.batch()), List.of(), String.valueOf(e.getMessage()));
    }

    /** Runs the network on samples. */
    private static Pass<Map<String, Tensor>> asked(Network reference, int batch, List<Map<String, Tensor>> samples) {
        List<Call<Map<String, Tensor>>> calls = new ArrayList<>();
        for (Map<String, Tensor> sample : samples) {
            Map<String, Tensor> expected = reference.run(sample);
            calls.add(new Call<>(sample, () -> expected));
        }
        return new Pass<>(batch, calls);
    }

    /** Cuts samples into batches. */
    private static List<Map<String, Tensor>> parts(List<Map<String, Tensor>> samples, List<Cut> cuts, int batch) {
        List<Map<String, Tensor>> parts = new ArrayList<>();
        for (Map<String, Tensor> sample : cuts.isEmpty() ? List.<Map<String, Tensor>>of() : samples) {
            long rows = rows(sample, cuts);
            for (long from = 0; from + batch <= rows && rows > batch && parts.size() < MOST_CALLS; from += batch) {
                parts.add(part(sample, cuts, from, from + batch));
            }
        }
        return parts;
    }

    /** Returns the size of the batch in all inputs that have one; 0 if they have different sizes. */
    private static long rows(Map<String, Tensor> sample, List<Cut> cuts) {
        List<Long> rows = cuts.stream()
                .map(cut -> Objects.requireNonNull(sample.get(cut.input())).shape()[cut.axis()])
                .distinct()
                .toList();
        return rows.size() == 1 ? rows.get(0) : 0; // axes without a name may be different axes
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

    /** A network that computes named output arrays from named input arrays, with any engine. */
    @FunctionalInterface
    public interface Network {

        /**
         * Runs the network once.
         *
         * @param inputs arrays by the names of the inputs
         * @return arrays by the names of the outputs
         */
        Map<String, Tensor> run(Map<String, Tensor> inputs);
    }

    /** Source of normalized images that are read range by range, so that they need not be in memory all at once. */
    @FunctionalInterface
    public interface NormalizedImages {

        /**
         * Returns consecutive images.
         *
         * @param from index of the first image, from 0
         * @param to index after the last image
         * @return (to - from, channels, height, width), row-major; the caller may keep it
         */
        float[] range(int from, int to);
    }
}
