package io.catwalk.runner.trial;

import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.latency.InferenceEngine;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.latency.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds the costs of a trial. CPU time and peak memory are those of the trial's process; with
 * {@code --in-process} that is the whole program, and includes earlier trials.
 *
 * @param parameters of the network; null if they are not known
 * @param multiplyAccumulates MACs of one image, counted on the ONNX graph; null without one
 * @param onnxBytes size of the ONNX file; null without one
 * @param modelBytes size of the weights, or of a given model
 * @param trainingSeconds spent on the steps of all epochs; null for a given model
 * @param trainingImagesPerSecond images of all steps divided by that time; null for a given model
 * @param cpuSeconds of the process that finished the training, all threads together, until the last evaluation
 * @param peakMemoryBytes largest resident memory of the process; null where the operating system does not
 *     tell (all but Linux)
 * @param pytorch latency and throughput of the network on DJL + PyTorch, in processes of its own; null if not measured
 * @param onnxruntime latency and throughput of the file on ONNX Runtime, likewise
 */
public record Efficiency(
        @Nullable Long parameters,
        @Nullable Long multiplyAccumulates,
        long modelBytes,
        @Nullable Long onnxBytes,
        @Nullable Double trainingSeconds,
        @Nullable Double trainingImagesPerSecond,
        double cpuSeconds,
        @Nullable Long peakMemoryBytes,
        @Nullable Latency pytorch,
        @Nullable Latency onnxruntime) {

    /** Holds what is known of a given model before its latency is measured. */
    static Efficiency ofGiven(GivenModel model, Path file, TrialRun.ResourceUsage spent) throws IOException {
        boolean onnx = model.kind() == GivenModel.Kind.ONNX;
        return new Efficiency(
                onnx ? (Long) ModelFiles.parameters(file) : null,
                onnx ? work(file) : null,
                Files.size(file),
                onnx ? ModelFiles.size(file) : null,
                null,
                null,
                spent.cpuSeconds(),
                Machine.peakMemoryBytes(),
                null,
                null);
    }

    /** Replaces what comes from the ONNX file; its latency must be measured again. */
    Efficiency withOnnx(Path file) throws IOException {
        boolean there = Files.exists(file);
        Long work = there ? work(file) : null;
        return with(work, there ? ModelFiles.size(file) : null, trainingSeconds, cpuSeconds, pytorch, null);
    }

    private static @Nullable Long work(Path file) {
        return OnnxMetadata.read(file)
                .get(MetadataKeys.MULTIPLY_ACCUMULATES)
                .map(Long::valueOf)
                .orElse(null);
    }

    /** Returns the latency and throughput on an engine; null if not measured. */
    public @Nullable Latency latency(InferenceEngine engine) {
        return engine == InferenceEngine.PYTORCH ? pytorch : onnxruntime;
    }

    /** Returns the latencies and throughputs of the engines that they were measured on. */
    public Map<InferenceEngine, Latency> latencies() {
        Map<InferenceEngine, Latency> latencies = new EnumMap<>(InferenceEngine.class);
        for (InferenceEngine engine : InferenceEngine.values()) {
            Latency latency = latency(engine);
            if (latency != null) {
                latencies.put(engine, latency);
            }
        }
        return latencies;
    }

    /**
     * Returns how many times as fast ONNX Runtime is as DJL + PyTorch, by batch size of 1, 64 and 256; without those
     * that were not measured on both, empty if one of them was measured on a busy machine.
     */
    public SortedMap<Integer, Double> speedUps() {
        SortedMap<Integer, Double> speedUps = new TreeMap<>();
        if (pytorch != null && onnxruntime != null && pytorch.busy() == null && onnxruntime.busy() == null) {
            for (int batch : Latency.BATCH_SIZES) {
                Double before = pytorch.imagesPerSecond(batch);
                Double after = onnxruntime.imagesPerSecond(batch);
                if (before != null && after != null) {
                    speedUps.put(batch, after / before);
                }
            }
        }
        return speedUps;
    }

    /** Replaces the training time, such as by the mean over trials. */
    public Efficiency withTrainingSeconds(@Nullable Double seconds) {
        return with(multiplyAccumulates, onnxBytes, seconds, cpuSeconds, pytorch, onnxruntime);
    }

    /** Adds CPU time that was spent after the training. */
    Efficiency withMoreCpu(double seconds) {
        return with(multiplyAccumulates, onnxBytes, trainingSeconds, cpuSeconds + seconds, pytorch, onnxruntime);
    }

    Efficiency withLatency(InferenceEngine engine, @Nullable Latency latency) {
        return switch (engine) {
            case PYTORCH -> with(multiplyAccumulates, onnxBytes, trainingSeconds, cpuSeconds, latency, onnxruntime);
            case ONNX_RUNTIME -> with(multiplyAccumulates, onnxBytes, trainingSeconds, cpuSeconds, pytorch, latency);
        };
    }

    private Efficiency with(
            @Nullable Long newWork,
            @Nullable Long newOnnxBytes,
            @Nullable Double newTrainingSeconds,
            double newCpuSeconds,
            @Nullable Latency newPytorch,
            @Nullable Latency newOnnxruntime) {
        return new Efficiency(
                parameters,
                newWork,
                modelBytes,
                newOnnxBytes,
                newTrainingSeconds,
                trainingImagesPerSecond,
                newCpuSeconds,
                peakMemoryBytes,
                newPytorch,
                newOnnxruntime);
    }
}
