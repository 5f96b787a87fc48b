package io.catwalk.runner.trial;

import java.io.IOException;

/** Measures how fast networks answer, one at a time. Nothing else should run on the machine meanwhile. */
public interface LatencyBench {

    /**
     * Measures a network.
     *
     * @param order which, and how
     * @return times and throughput, and what it answered
     * @throws IOException if it cannot be measured
     * @throws InterruptedException if the calling thread is interrupted
     */
    Measured measure(BenchOrder order) throws IOException, InterruptedException;

    /**
     * Holds what was measured.
     *
     * @param latency times and throughput
     * @param logits that the network answered to the image; not copied
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Measured(Latency latency, float[] logits) {}
}
