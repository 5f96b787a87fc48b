package io.catwalk.runner.trial;

import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.OnnxHints;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Says which network is to be measured, and how. */
public sealed interface BenchOrder {

    /**
     * Returns how many threads the engine gets.
     *
     * @return at least 1
     */
    int threads();

    /**
     * Returns how long it may take.
     *
     * @return the settings
     */
    LatencySettings settings();

    /**
     * Returns the trial folder that has a log of it.
     *
     * @return null if the network is of no trial
     */
    @Nullable
    Path folder();

    /**
     * Asks for the weights of a trial, on PyTorch.
     *
     * @param trial whose weights
     * @param folder of the trial
     * @param pluginsDir the folder of the plugin jars
     * @param task what they solve
     * @param image to ask about
     * @param threads of PyTorch
     * @param settings how long
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
     * Asks for an ONNX file, on ONNX Runtime.
     *
     * @param file the model
     * @param hints what it does not say itself
     * @param folder of its trial; null without one
     * @param image to ask about
     * @param threads of ONNX Runtime
     * @param settings how long
     */
    record OfFile(
            Path file, OnnxHints hints, @Nullable Path folder, BenchImage image, int threads, LatencySettings settings)
            implements BenchOrder {}
}
