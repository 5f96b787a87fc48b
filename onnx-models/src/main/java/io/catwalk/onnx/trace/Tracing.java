package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Traces a block.
 *
 * @param block the network
 * @param parameters where its weights are; empty for the block itself
 * @param sample shape of one sample, without the batch
 * @param primitives tells which signatures the operator table has
 */
public record Tracing(Block block, Optional<ParameterStore> parameters, Shape sample, Predicate<String> primitives) {

    // 2 and 5: halves, remainders and bounds between them lie on no line that Merge believes.
    private static final long SMALL_BATCH = 2;
    private static final long LARGE_BATCH = 5;

    /**
     * Traces for any batch size.
     *
     * @return what the network does
     * @throws io.catwalk.onnx.graph.ExportException if control flow depends on the input or on the batch, or an
     *     operation has no row
     */
    public Program forAnyBatch() {
        Recording small = record(SMALL_BATCH);
        Recording large = record(LARGE_BATCH);
        return new Merge(SMALL_BATCH, LARGE_BATCH).program(small.entries, small.outputs, large.entries, large.outputs);
    }

    /**
     * Traces for one batch size.
     *
     * @param batch number of samples, at least 1
     * @return what the network does with that many samples
     * @throws io.catwalk.onnx.graph.ExportException if control flow depends on the input, or an operation has no
     *     row
     */
    public Program forBatch(long batch) {
        Recording only = record(batch);
        return new Merge(batch, batch).program(only.entries, only.outputs, only.entries, only.outputs);
    }

    private record Recording(List<Entry> entries, List<Slot> outputs) {}

    private Recording record(long batch) {
        try (NDManager manager = subManager()) {
            Tracer tracer = new Tracer(block, manager, primitives);
            ParameterStore source = parameters.orElseGet(() -> new ParameterStore(manager, false));
            NDList inputs = new NDList(tracer.input(images(manager, batch)).proxy());
            NDList outputs = block.forward(new TracedParameters(tracer, block, source), inputs, false);
            List<Slot> slots =
                    outputs.stream().map(array -> tracer.traced(array).slot()).toList();
            return new Recording(tracer.tape().entries(), slots);
        }
    }

    private NDManager subManager() {
        if (parameters.isPresent()) {
            return parameters.get().getManager().newSubManager();
        }
        ParameterList weights = block.getParameters();
        return weights.isEmpty()
                ? NDManager.newBaseManager()
                : weights.valueAt(0).getArray().getManager().newSubManager();
    }

    /** Makes numbers from 0 to 1, the same for every sample; no random generator of the engine is touched. */
    private NDArray images(NDManager manager, long batch) {
        Shape shape = new Shape(batch).addAll(sample);
        float[] pixels = new float[Math.toIntExact(shape.size())];
        int perSample = Math.toIntExact(sample.size());
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (i % perSample * 31 % 101) / 101f;
        }
        return manager.create(pixels, shape);
    }
}
