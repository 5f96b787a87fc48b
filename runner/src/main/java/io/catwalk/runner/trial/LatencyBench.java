package io.catwalk.runner.trial;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** Measures the latency of networks, one at a time. Nothing else should run on the machine meanwhile. */
public interface LatencyBench {

    /**
     * Measures a network in one process.
     *
     * @param order which network, and how
     * @return times and throughput, and the logits
     * @throws IOException if it cannot be measured
     * @throws InterruptedException if the calling thread is interrupted
     */
    Measured measure(BenchOrder order) throws IOException, InterruptedException;

    /**
     * Holds what one process measured.
     *
     * @param latency times and throughput
     * @param calls how long each call with one image took, in nanoseconds, as a compressed histogram; not copied
     * @param logits of the image; not copied
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Measured(Latency latency, byte[] calls, float[] logits) {

        static Measured of(Latency latency, Histogram calls, float[] logits) {
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
}
