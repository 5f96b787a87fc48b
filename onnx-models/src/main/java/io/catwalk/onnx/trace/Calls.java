package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.graph.ExportException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Calls {@code forward} of one block, again and again, and turns whatever it throws into an error of the export. */
final class Calls {

    private final Tracing tracing;
    private final Succession succession = new Succession();

    Calls(Tracing tracing) {
        this.tracing = tracing;
    }

    /**
     * Holds the tape of one call.
     *
     * @param entries what was done
     * @param outputs what was returned
     */
    record Recording(List<Entry> entries, List<Slot> outputs) {}

    /**
     * Calls forward and writes a tape.
     *
     * @param known a batch size for which forward runs; the same if this is the first call
     */
    Recording record(long known, long batch) {
        try (NDManager manager = subManager()) {
            Tracer tracer = tracer(manager, Optional.empty());
            List<Slot> outputs = forward(tracer, manager, known, batch, images(manager, batch));
            return new Recording(tracer.tape().entries(), outputs);
        }
    }

    /**
     * Calls forward and holds what it does against a program.
     *
     * @param known a batch size for which the program is right
     * @param trustsParameters whether the content of parameters was compared already
     */
    void rehearse(Program program, long known, long batch, Rehearsal.Mode mode, boolean trustsParameters) {
        try (NDManager manager = subManager()) {
            Tracer tracer = tracer(
                    manager,
                    Optional.of(errors -> new Rehearsal(program, known, batch, mode, trustsParameters, errors)));
            NDArray input = mode == Rehearsal.Mode.DRY
                    ? manager.zeros(new Shape(1)).broadcast(shape(batch))
                    : images(manager, batch);
            List<Slot> outputs = forward(tracer, manager, known, batch, input);
            tracer.rehearsal().orElseThrow().end(outputs);
        }
    }

    private Tracer tracer(
            NDManager manager, Optional<Function<Function<String, ExportException>, Rehearsal>> rehearsal) {
        return new Tracer(tracing.block(), manager, tracing.primitives(), succession, rehearsal);
    }

    private List<Slot> forward(Tracer tracer, NDManager manager, long known, long batch, NDArray input) {
        try {
            ParameterStore source = tracing.parameters().orElseGet(() -> new ParameterStore(manager, false));
            NDList inputs = new NDList(tracer.input(input).proxy());
            NDList outputs =
                    tracing.block().forward(new TracedParameters(tracer, tracing.block(), source), inputs, false);
            tracer.failure().ifPresent(failure -> {
                throw failure;
            });
            return outputs.stream().map(array -> tracer.traced(array).slot()).toList();
        } catch (ExportException e) {
            throw e;
        } catch (StackOverflowError e) {
            throw Thrown.asExportException(tracing.block(), known, batch, e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            throw tracer.failure().orElseGet(() -> Thrown.asExportException(tracing.block(), known, batch, e));
        } finally {
            tracer.end();
        }
    }

    private NDManager subManager() {
        if (tracing.parameters().isPresent()) {
            return tracing.parameters().get().getManager().newSubManager();
        }
        ParameterList weights = tracing.block().getParameters();
        return weights.isEmpty()
                ? NDManager.newBaseManager()
                : weights.valueAt(0).getArray().getManager().newSubManager();
    }

    private Shape shape(long batch) {
        return new Shape(batch).addAll(tracing.sample());
    }

    /** Makes numbers from 0 to 1, the same for every sample; no random generator of the engine is touched. */
    private NDArray images(NDManager manager, long batch) {
        float[] pixels = new float[Math.toIntExact(shape(batch).size())];
        int perSample = Math.toIntExact(tracing.sample().size());
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (i % perSample * 31 % 101) / 101f;
        }
        return manager.create(pixels, shape(batch));
    }
}
