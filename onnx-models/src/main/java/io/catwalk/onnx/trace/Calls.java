package io.catwalk.onnx.trace;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.graph.ExportException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Calls {@code forward} of one block repeatedly, and converts whatever it throws to an {@link ExportException}. */
final class Calls {

    private final Tracing tracing;
    private final Succession succession = new Succession();
    private final Map<String, String> paths;
    private final Set<Sizes> tried = new LinkedHashSet<>();

    Calls(Tracing tracing) {
        this.tracing = tracing;
        this.paths = TracedParameters.paths(tracing.block());
    }

    /**
     * Holds the tape of one call.
     *
     * @param entries the recorded operations, constants and inputs
     * @param outputs the returned arrays
     * @param names names that forward gave to its inputs and then to its outputs
     */
    record Recording(List<Entry> entries, List<Slot> outputs, List<Optional<String>> names) {}

    /** The outputs of one call, and the names that it gave to its inputs and outputs. */
    private record Returned(List<Slot> outputs, List<Optional<String>> names) {}

    /**
     * Calls forward and records a tape.
     *
     * @param known sizes for which forward runs; the same as {@code sizes} if this is the first call
     */
    Recording record(Sizes known, Sizes sizes) {
        try (NDManager manager = Managers.open(tracing.block(), tracing.parameters())) {
            Tracer tracer = tracer(manager, Optional.empty());
            Returned returned = forward(tracer, manager, known, sizes, input -> samples(manager, input, sizes));
            tried.add(sizes);
            return new Recording(tracer.tape().entries(), returned.outputs(), returned.names());
        }
    }

    /**
     * Calls forward and compares what it does with a program.
     *
     * @param known sizes for which the program is right
     * @param trustsParameters whether the content of parameters has been compared already
     * @return the longest form of constants for which the program does not have it yet, by their ids
     */
    Map<Integer, Step.Constant> rehearse(
            Program program, Sizes known, Sizes sizes, Rehearsal.Mode mode, boolean trustsParameters) {
        try (NDManager manager = Managers.open(tracing.block(), tracing.parameters())) {
            Tracer tracer = tracer(
                    manager,
                    Optional.of(errors -> new Rehearsal(program, known, sizes, mode, trustsParameters, errors)));
            Function<OnnxInput, NDArray> arrays = mode == Rehearsal.Mode.DRY
                    ? input -> empty(manager, input, sizes)
                    : input -> samples(manager, input, sizes);
            Returned returned = forward(tracer, manager, known, sizes, arrays);
            Rehearsal rehearsal = tracer.rehearsal().orElseThrow();
            rehearsal.end(returned.outputs());
            tried.add(sizes);
            return rehearsal.longest();
        }
    }

    /** Lists the sizes of an axis at which forward was called without a difference. */
    SortedSet<Long> tried(String axis) {
        return new TreeSet<>(tried.stream().map(sizes -> sizes.of(axis)).toList());
    }

    /** Returns a message about a weight that has changed since the first call, if any has. */
    Optional<String> changedWeights() {
        return succession
                .changedWeight()
                .map(weight -> "the weights changed while they were exported (" + weight
                        + "): a training goes on in another thread, or forward itself writes them. Export between two"
                        + " steps, while no other thread trains the network");
    }

    private Tracer tracer(
            NDManager manager, Optional<Function<Function<String, ExportException>, Rehearsal>> rehearsal) {
        return new Tracer(tracing.block(), manager, tracing.primitives(), succession, rehearsal);
    }

    private Returned forward(
            Tracer tracer, NDManager manager, Sizes known, Sizes sizes, Function<OnnxInput, NDArray> arrays) {
        try {
            ParameterStore source = tracing.parameters().orElseGet(() -> new ParameterStore(manager, false));
            NDList inputs = new NDList();
            for (OnnxInput input : tracing.inputs()) {
                NDArray array = arrays.apply(input);
                array.setName(input.name()); // forward may look it up with NDList.get(String)
                inputs.add(tracer.input(array).proxy());
            }
            List<NDArray> given = List.copyOf(inputs);
            NDList outputs = tracing.block().forward(new TracedParameters(tracer, paths, source), inputs, false);
            tracer.failure().ifPresent(failure -> {
                throw failure;
            });
            if (outputs == null || outputs.stream().anyMatch(Objects::isNull)) {
                throw tracer.error("forward returns null, and an ONNX graph must have an array for each output");
            }
            List<Slot> slots = tracer.outputs(outputs);
            List<Optional<String>> names = Stream.concat(given.stream(), outputs.stream())
                    .map(array -> Optional.ofNullable(array.getName()).filter(name -> !isOfInput(name)))
                    .toList();
            return new Returned(slots, names);
        } catch (ExportException e) {
            throw e.getCause() instanceof EngineException ? Thrown.byEngine(tracing, known, sizes, e) : e;
        } catch (StackOverflowError e) {
            throw Thrown.asExportException(tracing, known, sizes, e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            throw tracer.failure().orElseGet(() -> Thrown.asExportException(tracing, known, sizes, e));
        } finally {
            tracer.end();
        }
    }

    /** Tells whether an array has its name from an input, which the engine also gives to what toType makes of it. */
    private boolean isOfInput(String name) {
        return tracing.inputs().stream().anyMatch(input -> input.name().equals(name));
    }

    private static Shape shape(OnnxInput input, Sizes sizes) {
        return new Shape(input.axes().stream()
                .mapToLong(axis ->
                        axis instanceof Axis.Dynamic dynamic ? sizes.of(dynamic.name()) : ((Axis.Fixed) axis).size())
                .toArray());
    }

    private static NDArray empty(NDManager manager, OnnxInput input, Sizes sizes) {
        Shape shape = shape(input, sizes);
        double low = input.range().map(OnnxInput.Range::low).orElse(0.0);
        NDArray element = manager.create(low).toType(input.type(), false);
        return shape.dimension() == 0 ? element : element.broadcast(shape);
    }

    /**
     * Creates numbers from the range of the input, or else from 0 to 1, or zeros for whole numbers; the same for every
     * sample. The random generator of the engine is not used.
     */
    private static NDArray samples(NDManager manager, OnnxInput input, Sizes sizes) {
        Shape shape = shape(input, sizes);
        boolean whole = !input.type().isFloating();
        if (whole && input.range().isEmpty()) {
            return manager.zeros(shape, input.type());
        }
        OnnxInput.Range range = input.range().orElse(new OnnxInput.Range(0, 1));
        double span = range.high() - range.low();
        double[] numbers = new double[Math.toIntExact(shape.size())];
        int perSample = Math.max(1, numbers.length / (int) Math.max(1, shape.dimension() == 0 ? 1 : shape.get(0)));
        for (int i = 0; i < numbers.length; i++) {
            float share = (i % perSample * 31 % 101) / 101f;
            numbers[i] = range.low() + (whole ? Math.floor(share * (span + 1)) : share * span);
        }
        return manager.create(numbers, shape).toType(input.type(), false);
    }
}
