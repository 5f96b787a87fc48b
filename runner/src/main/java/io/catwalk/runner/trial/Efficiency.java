package io.catwalk.runner.trial;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.ModelFiles;
import io.catwalk.onnx.runtime.OnnxMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * @param pytorch how fast the network answers on PyTorch, in a process of its own; null if not measured
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
        return new Efficiency(
                parameters,
                work,
                modelBytes,
                there ? ModelFiles.size(file) : null,
                trainingSeconds,
                trainingImagesPerSecond,
                cpuSeconds,
                peakMemoryBytes,
                pytorch,
                null);
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
     * Tells how many times faster ONNX Runtime answers one image than PyTorch.
     *
     * @return null if one of them was not measured, or on a busy machine
     */
    public @Nullable Double speedUp() {
        return pytorch == null || onnxruntime == null || pytorch.busy() != null || onnxruntime.busy() != null
                ? null
                : (Double) (pytorch.p50Micros() / onnxruntime.p50Micros());
    }

    /** Adds what came after the training. */
    Efficiency withMoreCpu(double seconds) {
        return new Efficiency(
                parameters,
                multiplyAccumulates,
                modelBytes,
                onnxBytes,
                trainingSeconds,
                trainingImagesPerSecond,
                cpuSeconds + seconds,
                peakMemoryBytes,
                pytorch,
                onnxruntime);
    }

    Efficiency withLatency(InferenceEngine engine, @Nullable Latency latency) {
        return new Efficiency(
                parameters,
                multiplyAccumulates,
                modelBytes,
                onnxBytes,
                trainingSeconds,
                trainingImagesPerSecond,
                cpuSeconds,
                peakMemoryBytes,
                engine == InferenceEngine.PYTORCH ? latency : pytorch,
                engine == InferenceEngine.ONNX_RUNTIME ? latency : onnxruntime);
    }
}
