package io.catwalk.onnx.trace;

import java.util.Collection;
import java.util.List;

/** Words the two reasons why one run of {@code forward} does not tell what the next one does. */
final class Faults {

    /** Tells what to do about a network that takes some sizes only. */
    static final String BOUNDS =
            "say which sizes the network takes (Axis.of(name).atLeast(n), atMost(n), inStepsOf(n))";

    private Faults() {}

    /** Words what looks at the size of some axes. */
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

    /** Words what is random, counts, or keeps something from call to call. */
    static String changing(String fault) {
        return "forward changes from call to call, even for the same input: " + fault
                + "; a file would freeze random numbers, counters, clocks and kept states. Leave them out unless"
                + " training is true, or make such numbers once, outside of forward, and keep them as a Parameter";
    }
}
