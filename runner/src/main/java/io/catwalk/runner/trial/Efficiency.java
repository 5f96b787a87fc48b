package io.catwalk.runner.trial;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a trial costs. CPU time and peak memory are those of the trial's process; with
 * {@code --in-process} that is the whole program, and what earlier trials of it took is counted in.
 *
 * @param parameters number of trained values
 * @param multiplyAccumulates multiplications with an addition for one image, counted on the ONNX graph;
 *     null without one
 * @param modelBytes size of the saved weights
 * @param onnxBytes size of the ONNX file; null without one
 * @param trainingSeconds spent on the steps of all epochs
 * @param trainingImagesPerSecond training images by that time
 * @param cpuSeconds of the process that finished the training, all threads together, to the last judgement
 * @param peakMemoryBytes largest resident memory of the process; null where the operating system does not
 *     tell (all but Linux)
 * @param pytorch how fast the network answers on DJL + PyTorch, in processes of its own; null if not measured
 * @param onnxruntime how fast the file answers on ONNX Runtime, likewise
 */
public record Efficiency(
        long parameters,
        @Nullable Long multiplyAccumulates,
        long modelBytes,
        @Nullable Long onnxBytes,
        double trainingSeconds,
        double trainingImagesPerSecond,
        double cpuSeconds,
        @Nullable Long peakMemoryBytes,
        @Nullable Latency pytorch,
        @Nullable Latency onnxruntime) {

    /** Replaces what the ONNX file tells; how fast it answers is to be measured anew. */
    Efficiency withOnnx(Path file) throws IOException {
        boolean there = Files.exists(file);
        Long work = !there
                ? null
                : OnnxMetadata.read(file)
                        .get(MetadataKeys.MULTIPLY_ACCUMULATES)
                        .map(Long::valueOf)
                        .orElse(null);
        return with(work, there ? ModelFiles.size(file) : null, cpuSeconds, pytorch, null);
    }

    /**
     * Returns how fast the network answers on an engine.
     *
     * @param engine that runs it
     * @return null if not measured
     */
    public @Nullable Latency latency(InferenceEngine engine) {
        return engine == InferenceEngine.PYTORCH ? pytorch : onnxruntime;
    }

    /**
     * Tells how many times as fast ONNX Runtime answers one image as DJL + PyTorch.
     *
     * @return null if one of them was not measured, or on a busy machine
     */
    public @Nullable Double speedUp() {
        SpeedUp one = speedUps().get(1);
        return one == null ? null : (Double) one.times();
    }

    /**
     * Tells how many times as fast ONNX Runtime answers as DJL + PyTorch, at each batch size.
     *
     * @return by batch size, of 1, 64 and 256; without those that were not measured on both, none if one of them was
     *     measured on a busy machine
     */
    public SortedMap<Integer, SpeedUp> speedUps() {
        return SpeedUp.of(pytorch, onnxruntime);
    }

    /** Adds what came after the training. */
    Efficiency withMoreCpu(double seconds) {
        return with(multiplyAccumulates, onnxBytes, cpuSeconds + seconds, pytorch, onnxruntime);
    }

    Efficiency withLatency(InferenceEngine engine, @Nullable Latency latency) {
        return switch (engine) {
            case PYTORCH -> with(multiplyAccumulates, onnxBytes, cpuSeconds, latency, onnxruntime);
            case ONNX_RUNTIME -> with(multiplyAccumulates, onnxBytes, cpuSeconds, pytorch, latency);
        };
    }

    private Efficiency with(
            @Nullable Long newWork,
            @Nullable Long newOnnxBytes,
            double newCpuSeconds,
            @Nullable Latency newPytorch,
            @Nullable Latency newOnnxruntime) {
        return new Efficiency(
                parameters,
                newWork,
                modelBytes,
                newOnnxBytes,
                trainingSeconds,
                trainingImagesPerSecond,
                newCpuSeconds,
                peakMemoryBytes,
                newPytorch,
                newOnnxruntime);
    }
}
