package io.catwalk.onnx.trace;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.ParameterPaths;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
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
import org.jspecify.annotations.Nullable;

/** Calls {@code forward} of one block repeatedly, and converts whatever it throws to an {@link ExportException}. */
final class ForwardRecorder {

    private final Tracing tracing;
    private final SharedTraceState succession = new SharedTraceState();
    private final Map<String, String> paths;
    private final Set<Sizes> tried = new LinkedHashSet<>();

    ForwardRecorder(Tracing tracing) {
        this.tracing = tracing;
        this.paths = TracedParameters.paths(tracing.block());
    }

    /**
     * Holds the tape of one call.
     *
     * @param names names that forward gave to its inputs and then to its outputs
     */
    record Recording(List<Entry> entries, List<Slot> outputs, List<Optional<String>> names) {}

    /**
     * Calls forward and records a tape.
     *
     * @param known sizes for which forward runs; the same as {@code sizes} if this is the first call
     */
    Recording record(Sizes known, Sizes sizes) {
        try (NDManager manager = Managers.open(tracing.block(), tracing.parameters())) {
            Tracer tracer = tracer(manager, Optional.empty());
            Recording recording = forward(tracer, manager, known, sizes, input -> samples(manager, input, sizes));
            tried.add(sizes);
            return recording;
        }
    }

    /**
     * Calls forward and compares what it does with a program.
     *
     * @param known sizes for which the program is right
     * @return the longest form of constants for which the program does not have it yet, by their ids
     */
    Map<Integer, Step.Constant> rehearse(
            Program program, Sizes known, Sizes sizes, Replay.Mode mode, boolean trustsParameters) {
        try (NDManager manager = Managers.open(tracing.block(), tracing.parameters())) {
            Tracer tracer = tracer(
                    manager, Optional.of(errors -> new Replay(program, known, sizes, mode, trustsParameters, errors)));
            Function<OnnxInput, NDArray> arrays = mode == Replay.Mode.DRY
                    ? input -> empty(manager, input, sizes)
                    : input -> samples(manager, input, sizes);
            Recording recording = forward(tracer, manager, known, sizes, arrays);
            Replay rehearsal = tracer.rehearsal().orElseThrow();
            rehearsal.end(recording.outputs());
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

    private Tracer tracer(NDManager manager, Optional<Function<Function<String, ExportException>, Replay>> rehearsal) {
        return new Tracer(tracing.block(), manager, tracing.primitives(), succession, rehearsal);
    }

    private Recording forward(
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
            return new Recording(tracer.tape().entries(), slots, names);
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

    /** Converts what a network throws during tracing to an error that names the place. */
    static final class Thrown {

        private Thrown() {}

        static ExportException asExportException(Tracing tracing, Sizes known, Sizes sizes, Throwable caught) {
            Throwable thrown = caught instanceof UndeclaredThrowableException && caught.getCause() != null
                    ? caught.getCause()
                    : caught;
            String message =
                    String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
            String what = thrown.getClass().getSimpleName() + (thrown.getMessage() == null ? "" : ": " + message);
            String place = " (block " + CodeLocation.name(tracing.block().getClass()) + line(thrown) + ")";
            if (!sizes.equals(known)) {
                List<String> axes = sizes.differing(known);
                String fault =
                        "forward throws " + what + " for " + sizes.text(axes) + ", but not for " + known.next(axes);
                return new ExportException(ReplayErrors.sizeDependent(axes, fault) + place, thrown);
            }
            String hint = thrown instanceof IndexOutOfBoundsException
                    ? "; the export gives the block " + tracing.inputs().size()
                            + " input(s): describe each that it takes with an OnnxInput"
                    : "";
            return new ExportException(
                    "forward throws " + what + " for " + sizes + hint
                            + "; make it run by itself first, with training = false" + place,
                    thrown);
        }

        /** Adds the sizes to an error of the engine, which may depend on them. */
        static ExportException byEngine(Tracing tracing, Sizes known, Sizes sizes, ExportException thrown) {
            List<String> zeros = tracing.inputs().stream()
                    .filter(input -> input.range().isEmpty() && isWhole(input.type()))
                    .map(OnnxInput::name)
                    .toList();
            if (!zeros.isEmpty()) {
                thrown = new ExportException(
                        thrown.getMessage() + "; while exporting, all whole numbers of " + String.join(", ", zeros)
                                + " are 0: where 0 is not valid, as for lengths, divisors and indices from 1 on, say what is"
                                + " (OnnxInput.withRange(low, high))",
                        thrown);
            }
            if (!sizes.equals(known)) {
                List<String> axes = sizes.differing(known);
                String fault =
                        "for " + sizes.text(axes) + ", but not for " + known.next(axes) + ", " + thrown.getMessage();
                return new ExportException(ReplayErrors.sizeDependent(axes, fault), thrown);
            }
            return sizes.byAxis().keySet().stream().allMatch(Axis.BATCH.name()::equals)
                    ? thrown
                    : new ExportException(thrown.getMessage() + ", for " + sizes + "; " + ReplayErrors.BOUNDS, thrown);
        }

        private static boolean isWhole(DataType type) {
            return !type.isFloating() && type != DataType.BOOLEAN;
        }

        /** Finds the innermost line of the user's code; if all of it is DJL's, that of the innermost DJL block. */
        private static String line(Throwable thrown) {
            List<StackTraceElement> inForward = Arrays.stream(thrown.getStackTrace())
                    .takeWhile(frame -> !frame.getClassName().equals(ForwardRecorder.class.getName()))
                    .toList();
            return inForward.stream()
                    .filter(frame -> CodeLocation.isOfUser(frame.getClassName()))
                    .findFirst()
                    .or(() -> inForward.stream()
                            .filter(frame -> frame.getClassName().startsWith("ai.djl.nn."))
                            .findFirst())
                    .map(frame -> ", called at " + frame.getFileName() + ":" + frame.getLineNumber())
                    .orElse("");
        }
    }

    /** Returns parameters as constants of the trace, named by their path in the block. */
    static final class TracedParameters extends ParameterStore {

        private final Tracer tracer;
        private final ParameterStore source;
        private final Map<String, String> paths;
        private final IdentityHashMap<Parameter, TracedArray> known = new IdentityHashMap<>();

        /** Begins a call. */
        TracedParameters(Tracer tracer, Map<String, String> paths, ParameterStore source) {
            super(tracer.realManager(), false);
            this.tracer = tracer;
            this.source = source;
            this.paths = paths;
        }

        /** Lists the paths of the parameters of a network by their ids; of a shared one, the first. */
        static Map<String, String> paths(Block root) {
            Map<String, String> paths = new HashMap<>();
            ParameterPaths.of(root).forEach((path, parameter) -> paths.putIfAbsent(parameter.getId(), path));
            return paths;
        }

        @Override
        @SuppressWarnings("NullAway") // DJL asks for parameters that a layer does without, such as a bias
        public @Nullable NDArray getValue(@Nullable Parameter parameter, Device device, boolean training) {
            if (parameter == null) {
                return null;
            }
            return known.computeIfAbsent(
                            parameter,
                            wanted -> tracer.constant(
                                            paths.getOrDefault(wanted.getId(), wanted.getName()),
                                            source.getValue(wanted, device, false))
                                    .frozen(wanted.getId()))
                    .proxy();
        }

        @Override
        public NDManager getManager() {
            return tracer.manager();
        }
    }
}
