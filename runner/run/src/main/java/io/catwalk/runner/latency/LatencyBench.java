package io.catwalk.runner.latency;

import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.evaluation.Interval;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.training.TrainedModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Measures several networks in turns, one process after the other: each once, then each again, as often as its order
 * says. If the machine changes meanwhile (its clock, its temperature, its other work), this affects all networks alike.
 */
public record LatencyBench(BenchProcess process) {

    /** Measures a network in one process, or throws. Nothing else should run on the machine meanwhile. */
    public interface BenchProcess {

        Measured measure(Order order) throws IOException, InterruptedException;
    }

    /**
     * What one process measured.
     *
     * @param calls how long each call with one image took, in nanoseconds, as a compressed histogram; not copied
     * @param logits of the image; not copied
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Measured(Latency latency, byte[] calls, float[] logits) {

        public static Measured of(Latency latency, Histogram calls, float[] logits) {
            ByteBuffer buffer = ByteBuffer.allocate(calls.getNeededByteBufferCapacity());
            int length = calls.encodeIntoCompressedByteBuffer(buffer);
            return new Measured(latency, Arrays.copyOf(buffer.array(), length), logits);
        }

        Histogram histogram() {
            try {
                return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(calls), 0);
            } catch (DataFormatException e) {
                throw new IllegalStateException("expected a histogram of calls, found something else", e);
            }
        }
    }

    /**
     * Orders the measurement of an ONNX file on ONNX Runtime, or of the weights of a trial on PyTorch.
     *
     * @param model an ONNX file, or the weights
     * @param network that the weights belong to; null for an ONNX file
     * @param hints what an ONNX file does not say itself
     * @param folder of its trial, which contains the log; null without one
     * @param image to predict
     * @param threads of the engine, at least 1
     * @param settings how long to measure
     */
    public record Order(
            Path model,
            @Nullable Network network,
            OnnxHints hints,
            @Nullable Path folder,
            Image image,
            int threads,
            LatencySettings settings) {

        /** Measures in this process; PyTorch is not even loaded for an ONNX file. */
        public Measured measure() throws IOException {
            if (network == null) {
                try (OnnxPredictor predictor =
                        OnnxPredictor.open(model, OnnxOptions.standard().withThreads(threads), hints)) {
                    return measure(predictor);
                }
            }
            try (LoadedPlugin plugin = LoadedPlugin.find(network.pluginsDir, network.pluginSha256)) {
                LoadedClassifier classifier = plugin.require(network.classifier);
                Hyperparameters chosen = new Hyperparameters(network.hyperparameters);
                try (TrainedModel trained = TrainedModel.load(
                                Objects.requireNonNull(model.getParent()), classifier, chosen, network.task);
                        Predictor predictor = trained.predictor()) {
                    return measure(predictor);
                }
            }
        }

        private Measured measure(Predictor predictor) {
            float[] input = image.normalized();
            float[] logits = predictor.logits(input, 1);
            Machine machine = Machine.current();
            BusyWatch watch = BusyWatch.start(System::nanoTime, threads);
            return new LatencyMeter(predictor, input, settings, System::nanoTime)
                    .measure(threads, watch, machine, logits);
        }
    }

    public record Network(
            Path pluginsDir, String pluginSha256, String classifier, Map<String, Object> hyperparameters, Task task) {}

    /**
     * The image that networks are measured with, the same for every engine. The pixels are not copied.
     *
     * @param pixels unsigned bytes, (channels, height, width), row-major
     * @param normalization that the network expects
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Image(byte[] pixels, Normalization normalization) {

        /** Generates the same noise each time, for a file whose test images are not known. */
        public static Image noise(int imageSize, Normalization normalization) {
            byte[] pixels = new byte[imageSize];
            new SplittableRandom(0).nextBytes(pixels);
            return new Image(pixels, normalization);
        }

        /** Generates noise of the size that a file takes, normalized as it says; not normalized if it does not say. */
        public static Image noise(OnnxPredictor predictor) {
            Signature signature = predictor.signature();
            Normalization normalization = predictor
                    .metadata()
                    .preprocessing()
                    .map(Preprocessing::normalization)
                    .orElseGet(() -> {
                        // A file that takes bytes gets unchanged pixels; the unit of a normalization is a pixel / 255.
                        float[] std = new float[signature.channels()];
                        Arrays.fill(std, signature.pixels() == PixelType.UINT8 ? 1 / 255f : 1);
                        return new Normalization(new float[signature.channels()], std);
                    });
            return noise(signature.imageSize(), normalization);
        }

        public float[] normalized() {
            return normalization.normalized(pixels, 1);
        }
    }

    /** What each process measured for an order, in the order of the turns, and why it could not be measured, if so. */
    public record Result(List<Measured> processes, @Nullable IOException failure) {

        /** Combines the results of all processes to medians and ranges, or throws the failure. */
        public Latency latency() throws IOException {
            if (failure != null) {
                throw failure;
            }
            return Latency.of(processes);
        }
    }

    public interface Listener<K> {

        void begins(K name);

        /** Called after a turn of all orders, except the last turn; what it throws ends the measuring. */
        default void turned(Map<K, Result> soFar) throws IOException {}
    }

    /**
     * Measures. A network whose measurement fails once is not measured again, and none is once the machine was busy in
     * most of the turns that the settings allow.
     *
     * @param orders which networks, and how often each, by name
     * @return the results, in the order of the orders
     * @throws IOException if the listener cannot keep a result
     */
    public <K> Map<K, Result> measure(Map<K, Order> orders, Listener<K> listener)
            throws IOException, InterruptedException {
        Map<K, Result> results = new LinkedHashMap<>();
        Map<K, Result> soFar = Collections.unmodifiableMap(results);
        orders.keySet().forEach(name -> results.put(name, new Result(List.of(), null)));
        int turns = orders.values().stream()
                .mapToInt(order -> order.settings.processes())
                .max()
                .orElse(0);
        for (int turn = 0; turn < turns && !busy(turn, orders, results); turn++) {
            for (Map.Entry<K, Order> order : orders.entrySet()) {
                Result before = results.get(order.getKey());
                if (turn < order.getValue().settings.processes() && before != null && before.failure == null) {
                    listener.begins(order.getKey());
                    results.put(order.getKey(), oneMore(before, order.getValue()));
                }
            }
            if (turn < turns - 1) {
                listener.turned(soFar);
            }
        }
        return soFar;
    }

    /** Returns whether the settings end the measuring after so many turns, since most measurements are rough. */
    private static <K> boolean busy(int turns, Map<K, Order> orders, Map<K, Result> results) {
        if (orders.values().stream().noneMatch(order -> turns >= order.settings.turnsIfBusy())) {
            return false;
        }
        List<Measured> measured = results.values().stream()
                .flatMap(result -> result.processes.stream())
                .toList();
        long busy = measured.stream().filter(one -> one.latency.busy() != null).count();
        return 2 * busy > measured.size();
    }

    private Result oneMore(Result before, Order order) throws InterruptedException {
        try {
            List<Measured> processes = new ArrayList<>(before.processes);
            processes.add(process.measure(order));
            return new Result(List.copyOf(processes), null);
        } catch (IOException e) {
            return new Result(before.processes, e);
        }
    }

    /** Measures a predictor while nothing else competes with it, for no longer than the cap. */
    static final class LatencyMeter {

        /** Significant digits of a stored time. */
        static final int DIGITS = 3;

        private static final int SMALL_BATCH = 64;
        private static final int LARGE_BATCH = 256;

        /** Share of the heap that the images of a batch may take. */
        private static final int HEAP_SHARE = 8;

        private final Predictor predictor;
        private final float[] image;
        private final LatencySettings settings;
        private final LongSupplier nanoTime;
        private final long end;

        private final List<Integer> unsteady = new ArrayList<>();

        /** Starts the time that the cap allows, to measure with one normalized image. */
        LatencyMeter(Predictor predictor, float[] image, LatencySettings settings, LongSupplier nanoTime) {
            this.predictor = predictor;
            this.image = image;
            this.settings = settings;
            this.nanoTime = nanoTime;
            end = nanoTime.getAsLong() + settings.cap().toNanos();
        }

        /** Measures one image, for which the network gives these logits, then batches of it. */
        LatencyBench.Measured measure(int threads, BusyWatch watch, Machine machine, float[] logits) {
            call(image, 1);
            Histogram single = counted(1, settled(image, 1, settings.fewestCalls(), watch));
            double median = single.getValueAtPercentile(50);
            Double small = throughput(SMALL_BATCH, median, watch);
            // Larger batches usually take less time per image, so the smaller batch predicts the larger one better.
            Double large = throughput(LARGE_BATCH, small == null ? median : 1e9 / small, watch);
            Latency latency = new Latency(
                    threads,
                    (int) single.getTotalCount(),
                    median / 1e3,
                    null,
                    null,
                    small,
                    large,
                    1,
                    new Interval(median / 1e3, median / 1e3),
                    null,
                    null,
                    unsteady,
                    watch.busy(),
                    machine);
            return LatencyBench.Measured.of(latency, single, logits);
        }

        /** Returns images per second; null if there is not enough time left, or not enough memory. */
        private @Nullable Double throughput(int count, double nanosOfOne, BusyWatch watch) {
            long bytes = (long) count * image.length * Float.BYTES;
            if (nanosOfOne * count > left() || bytes > Runtime.getRuntime().maxMemory() / HEAP_SHARE) {
                return null;
            }
            float[] images = new float[count * image.length];
            for (int i = 0; i < count; i++) {
                System.arraycopy(image, 0, images, i * image.length, image.length);
            }
            if (call(images, count) * settings.fewestBatches() > left()) {
                return null;
            }
            Windows batches = settled(images, count, settings.fewestBatches(), watch);
            return batches.last.getTotalCount() < settings.fewestBatches()
                    ? null
                    : (Double) (count / (counted(count, batches).getValueAtPercentile(50) / 1e9));
        }

        /** Returns the calls that count, and records whether they had become steady. */
        private Histogram counted(int count, Windows windows) {
            if (!windows.steady) {
                unsteady.add(count);
            }
            return windows.last;
        }

        /** Holds the last window of calls, and whether it agrees with the one before. */
        private record Windows(Histogram last, boolean steady) {}

        /**
         * Measures windows of calls until two agree, or the time is over. On a busy machine two are enough: waiting makes
         * its times no steadier, and they are marked as rough anyway.
         */
        private Windows settled(float[] images, int count, int fewest, BusyWatch watch) {
            long start = nanoTime.getAsLong();
            Histogram last = window(images, count, fewest);
            long first = nanoTime.getAsLong();
            boolean steady = false;
            boolean second = true;
            while (!steady
                    && first - start <= left()
                    && (second
                            || (nanoTime.getAsLong() - start
                                            < settings.longest().toNanos()
                                    && watch.busy() == null))) {
                Histogram next = window(images, count, fewest);
                steady = agree(last, next);
                last = next;
                second = false;
            }
            return new Windows(last, steady);
        }

        private static boolean agree(Histogram first, Histogram second) {
            double before = first.getValueAtPercentile(50);
            return Math.abs(second.getValueAtPercentile(50) - before) <= LatencySettings.STEADY_WITHIN * before;
        }

        /** Measures at least one call, and starts no further one after the cap. */
        private Histogram window(float[] images, int count, int fewest) {
            Histogram calls = new Histogram(DIGITS);
            long start = nanoTime.getAsLong();
            do {
                calls.recordValue(Math.max(1, call(images, count)));
            } while (left() > 0
                    && (calls.getTotalCount() < fewest
                            || nanoTime.getAsLong() - start < settings.window().toNanos()));
            return calls;
        }

        /** Returns how long a call takes, in nanoseconds. */
        private long call(float[] images, int count) {
            long before = nanoTime.getAsLong();
            float[] logits = predictor.logits(images, count);
            long after = nanoTime.getAsLong();
            // Reading the result keeps it from being optimized away; it also shows a broken engine.
            if (Float.isNaN(logits[0])) {
                throw new IllegalStateException("the network answers NaN: " + Arrays.toString(logits));
            }
            return after - before;
        }

        private long left() {
            return end - nanoTime.getAsLong();
        }
    }
}
