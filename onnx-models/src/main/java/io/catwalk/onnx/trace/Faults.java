package io.catwalk.onnx.trace;

/** Words the two reasons why one run of {@code forward} does not tell what the next one does. */
final class Faults {

    private Faults() {}

    /** Words what looks at the batch. */
    static String batchDependent(String fault) {
        return "batch-dependent control flow: " + fault
                + "; a graph for any batch must treat samples alike. Compute alike for every batch, or export with a"
                + " fixed batch size";
    }

    /** Words what is random, counts, or keeps something from call to call. */
    static String changing(String fault) {
        return "forward changes from call to call, even for the same input: " + fault
                + "; a file would freeze random numbers, counters, clocks and kept states. Leave them out unless"
                + " training is true, or make such numbers once, outside of forward, and keep them as a Parameter";
    }
}
