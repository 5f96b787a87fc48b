package io.catwalk.onnx.trace;

import java.util.Collection;
import java.util.List;

/** Error messages for the two reasons why one call of {@code forward} does not predict the next one. */
final class ReplayErrors {

    /** Advice for a network that accepts only some sizes. */
    static final String BOUNDS =
            "say which sizes the network takes (Axis.of(name).atLeast(n), atMost(n), inStepsOf(n))";

    private ReplayErrors() {}

    /** Returns the message for control flow that depends on the size of some axes. */
    static String sizeDependent(Collection<String> axes, String fault) {
        String names = String.join("- and ", axes);
        if (List.copyOf(axes).equals(List.of("batch"))) {
            return names + "-dependent control flow: " + fault
                    + "; a graph for any batch must treat samples alike. Compute alike for every batch, say which sizes the"
                    + " network takes (an OnnxInput with Axis.of(\"batch\").atLeast(n), atMost(n), inStepsOf(n)), or"
                    + " export with a fixed batch size";
        }
        return names + "-dependent control flow: " + fault
                + "; a graph must do the same at every size. Compute alike for every size, " + BOUNDS
                + ", or give the axis a fixed size";
    }

    /** Returns the message for a forward that is random, counts, or keeps state from call to call. */
    static String changing(String fault) {
        return "forward changes from call to call, even for the same input: " + fault
                + "; a file would freeze random numbers, counters, clocks and kept states. Leave them out unless"
                + " training is true, or make such numbers once, outside of forward, and keep them as a Parameter";
    }
}
