package io.catwalk.runner.trial;

import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.OnnxHints;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Specifies which network is measured, and how. */
public sealed interface BenchOrder {

    /**
     * Returns how many threads the engine gets.
     *
     * @return at least 1
     */
    int threads();

    /**
     * Returns how long the measurement may take.
     *
     * @return the settings
     */
    LatencySettings settings();

    /**
     * Returns the trial folder that contains its log.
     *
     * @return null if the network does not belong to a trial
     */
    @Nullable
    Path folder();

    /**
     * Orders the measurement of the weights of a trial, on PyTorch.
     *
     * @param trial whose weights
     * @param folder of the trial
     * @param pluginsDir the folder of the plugin jars
     * @param task of the network
     * @param image to predict
     * @param threads of PyTorch
     * @param settings how long to measure
     */
    record OfWeights(
            TrialOrder trial,
            Path folder,
            Path pluginsDir,
            Task task,
            BenchImage image,
            int threads,
            LatencySettings settings)
            implements BenchOrder {}

    /**
     * Orders the measurement of an ONNX file, on ONNX Runtime.
     *
     * @param file the model
     * @param hints what the file does not say itself
     * @param folder of its trial; null without one
     * @param image to predict
     * @param threads of ONNX Runtime
     * @param settings how long to measure
     */
    record OfFile(
            Path file, OnnxHints hints, @Nullable Path folder, BenchImage image, int threads, LatencySettings settings)
            implements BenchOrder {}
}
