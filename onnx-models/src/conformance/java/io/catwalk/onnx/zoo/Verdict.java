package io.catwalk.onnx.zoo;

import io.catwalk.onnx.Axis;

/**
 * What came of one network.
 *
 * @param network which
 * @param outcome how it went
 * @param nodes those of the file; 0 without one
 * @param difference the largest, relative to the scale of its output; 0 without answers
 * @param why the reason, on one line; empty if it agrees
 */
record Verdict(Network network, Outcome outcome, int nodes, double difference, String why) {

    /** The verdict on a second try, with the bounds that the refusal of the first advised. */
    Verdict advised(Axis.Dynamic bounds, String refusal) {
        return advised("with a batch from %d to %s, after %s"
                .formatted(bounds.least(), bounds.most() == Long.MAX_VALUE ? "any" : bounds.most(), refusal));
    }

    Verdict advised(String words) {
        Outcome now = outcome == Outcome.AGREES ? Outcome.AGREES_AS_ADVISED : outcome;
        return new Verdict(network, now, nodes, difference, (why + " " + words).strip());
    }

    enum Outcome {
        /** DJL itself does not run it. */
        CANNOT_RUN,
        AGREES,
        /** Refused for any size of batch, and agrees for the sizes that it takes. */
        AGREES_AS_ADVISED,
        /** Refused with an {@code ExportException}. */
        REFUSED,
        /** Exported, but ONNX Runtime does not take the file. */
        UNREADABLE,
        /** Exported, and answers differently. */
        WRONG,
        /** Another exception left the export. */
        CRASHED,
        /** Exported, but the network answers differently afterwards. */
        SPOILED
    }
}
