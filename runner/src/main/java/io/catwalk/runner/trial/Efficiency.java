package io.catwalk.runner.trial;

import org.jspecify.annotations.Nullable;

/**
 * Tells what a trial costs.
 *
 * @param parameters number of trained values
 * @param modelBytes size of the saved weights
 * @param trainingSeconds spent on the steps of all epochs
 * @param trainingImagesPerSecond training images by that time
 * @param cpuSeconds of the trial's process, all threads together
 * @param peakMemoryBytes largest resident memory of the trial's process; null where it is not known, or
 *     where the process had other trials
 * @param pytorch how fast the network answers on PyTorch, in a process of its own; null if not measured
 */
public record Efficiency(
        long parameters,
        long modelBytes,
        double trainingSeconds,
        double trainingImagesPerSecond,
        double cpuSeconds,
        @Nullable Long peakMemoryBytes,
        @Nullable Latency pytorch) {

    Efficiency withPytorch(Latency latency) {
        return new Efficiency(
                parameters, modelBytes, trainingSeconds, trainingImagesPerSecond, cpuSeconds, peakMemoryBytes, latency);
    }
}
