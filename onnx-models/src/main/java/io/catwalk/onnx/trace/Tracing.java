package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.trace.Replay.Mode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Traces a block. A few sizes of the dynamic axes give the program. Then many more sizes, most of them without
 * computing, check that the program is right for every size and every call.
 *
 * @param parameters store of its weights; empty to take them from the block
 * @param primitives tells which signatures the operator table has
 */
public record Tracing(
        Block block, Optional<ParameterStore> parameters, List<OnnxInput> inputs, Predicate<String> primitives) {

    private static final int FEWEST_REPETITIONS = 6;
    private static final int STEPS_TO_REPEAT = 1_500;
    private static final int MOST_REPETITIONS = 20;
    private static final long LARGEST_CONSTANTS = 64L << 20;
    private static final int MOST_REFINEMENTS = 4;
    private static final long LARGEST_REFINEMENT = 130;

    public Tracing {
        inputs = List.copyOf(inputs);
    }

    /**
     * What was made of a program, and how far the program was tried: a size that was not tried is not proven.
     *
     * @param tried sizes of each dynamic axis at which forward does what the program says, by the name of the axis
     */
    public record Traced<T>(T made, SortedMap<String, SortedSet<Long>> tried) {}

    /**
     * Traces for all sizes that the dynamic axes of the inputs may have.
     *
     * @return the result of {@code writing}, and the sizes that were tried
     * @throws ExportException if control flow depends on the input or on a size, forward changes from call to call, or
     *     an operation has no row
     */
    public <T> Traced<T> trace(Function<Program, T> writing) {
        requireTraceable(block);
        BlockState before = BlockState.of(block);
        try {
            TraceSchedule schedule = new TraceSchedule(inputs);
            ForwardRecorder calls = new ForwardRecorder(this);
            ForwardRecorder.Recording first = calls.record(schedule.base(), schedule.base());
            T made;
            try {
                made = new Search<>(schedule, calls, schedule.base(), writing).made(first);
            } catch (ExportException e) {
                // If another thread trains the weights, they differ from call to call. That explains more than the
                // error itself.
                throw calls.changedWeights()
                        .map(fault -> new ExportException(fault, e))
                        .orElse(e);
            }
            calls.changedWeights().ifPresent(fault -> {
                throw new ExportException(fault);
            });
            SortedMap<String, SortedSet<Long>> tried = new TreeMap<>();
            schedule.dynamic().forEach(axis -> tried.put(axis.name(), calls.tried(axis.name())));
            return new Traced<>(made, tried);
        } finally {
            before.restore();
        }
    }

    private static void refuseNan(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry instanceof Entry.Constant constant
                    && Placeholders.type(constant.slot().type())
                            .filter(type ->
                                    type.isReal() && OnnxWeights.isNanIn(type, ByteBuffer.wrap(constant.data())))
                            .isPresent()) {
                throw new ExportException(constant.hint() + constant.slot().shape()
                        + " holds NaN: the weights are broken; check the training that made them");
            }
        }
    }

    /** Says that forward does not do what a program says, and at which sizes. */
    private static final class RefutedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Sizes sizes;
        private final ExportException fault;

        RefutedException(Sizes sizes, ExportException fault) {
            super(fault);
            this.sizes = sizes;
            this.fault = fault;
        }
    }

    /** Calls at several sizes. */
    private record Merged(List<Sizes> sizes, List<ForwardRecorder.Recording> recordings) {

        Merged with(Sizes other, ForwardRecorder.Recording recording) {
            List<Sizes> more = new ArrayList<>(sizes);
            more.add(other);
            List<ForwardRecorder.Recording> all = new ArrayList<>(recordings);
            all.add(recording);
            return new Merged(more, all);
        }
    }

    /**
     * Looks for a program that is right at all sizes of a schedule.
     *
     * @param base sizes of the first call
     */
    private record Search<T>(TraceSchedule schedule, ForwardRecorder calls, Sizes base, Function<Program, T> writing) {

        T made(ForwardRecorder.Recording first) {
            refuseNan(first.entries());
            Program once = new TapeMerge(List.of(), List.of(base), true).program(List.of(first));
            calls.rehearse(once, base, base, Mode.DRY, false);
            if (schedule.dynamic().isEmpty()) {
                int affordable = Math.max(
                        FEWEST_REPETITIONS, STEPS_TO_REPEAT / once.steps().size());
                repeat(once, Math.min(MOST_REPETITIONS, affordable));
                return writing.apply(once);
            }
            try {
                return refined(merged(first));
            } catch (ExportException e) {
                // A random change looks as if it depended on a size, but then no fixed size would help.
                repeat(once, MOST_REPETITIONS);
                throw e;
            }
        }

        private void repeat(Program program, int times) {
            for (int i = 0; i < times; i++) {
                calls.rehearse(program, base, base, Mode.DRY, true);
            }
        }

        private Merged merged(ForwardRecorder.Recording first) {
            Merged merged = new Merged(List.of(base), List.of(first));
            for (Sizes other : schedule.traced()) {
                merged = merged.with(other, calls.record(base, other));
            }
            return merged;
        }

        /** Adds a call at each size that refutes a formula, until none does, or no formula is left. */
        private T refined(Merged first) {
            Merged merged = first;
            Optional<RefutedException> refuted = Optional.empty();
            for (int i = 0; i < MOST_REFINEMENTS; i++) {
                try {
                    return written(merged);
                } catch (RefutedException e) {
                    refuted = Optional.of(refuted.orElse(e));
                    if (e.sizes.byAxis().values().stream().anyMatch(size -> size > LARGEST_REFINEMENT)) {
                        break;
                    }
                    try {
                        merged = merged.with(e.sizes, calls.record(base, e.sizes));
                        program(merged, true);
                    } catch (ExportException different) {
                        break; // not only numbers differ there
                    }
                } catch (ExportException e) {
                    throw refuted.map(known -> known.fault).orElse(e);
                }
            }
            throw refuted.orElseThrow().fault;
        }

        private T written(Merged merged) {
            Program computing = program(merged, true);
            boolean computes = computing.steps().stream().anyMatch(Step.Computed.class::isInstance);
            T written;
            try {
                // An operation that cannot be written at all gives a clearer error than a size that is rejected.
                written = writing.apply(computing);
            } catch (ExportException e) {
                if (!computes) {
                    requireRight(computing, e);
                    throw e;
                }
                return stored(merged);
            }
            try {
                prove(computing);
                return written;
            } catch (RefutedException e) {
                if (!computes) {
                    throw e;
                }
                try {
                    return stored(merged);
                } catch (ExportException | RefutedException noHelp) {
                    throw e;
                }
            }
        }

        /** Looks for a wrong formula behind an operation that cannot be written. */
        private void requireRight(Program program, ExportException fault) {
            try {
                prove(program);
            } catch (RefutedException e) {
                throw new RefutedException(e.sizes, fault);
            }
        }

        /** Stores arrays that the graph cannot compute from the sizes. */
        private T stored(Merged merged) {
            Program storing = program(merged, false);
            T written = writing.apply(storing);
            prove(storing);
            return written;
        }

        private void prove(Program program) {
            schedule.computed().forEach(sizes -> rehearse(program, sizes, Mode.COMPUTED));
            List<Operand> growing = growing(program);
            for (Axis.Dynamic axis : schedule.dynamic()) {
                rehearseSizes(program, growing, axis);
            }
            schedule.combinations().stream()
                    .filter(sizes -> bytes(growing, sizes) <= LARGEST_CONSTANTS)
                    .forEach(sizes -> rehearse(program, sizes, Mode.DRY));
        }

        private void rehearse(Program program, Sizes sizes, Mode mode) {
            try {
                calls.rehearse(program, base, sizes, mode, true);
            } catch (ExportException e) {
                throw new RefutedException(sizes, e);
            }
        }

        private void rehearseSizes(Program program, List<Operand> growing, Axis.Dynamic axis) {
            List<Long> sizes = schedule.sizes(axis)
                    .filter(size -> bytes(growing, base.with(axis.name(), size)) <= LARGEST_CONSTANTS)
                    .toList();
            for (long size : sizes) {
                try {
                    rehearse(program, base.with(axis.name(), size), Mode.DRY);
                } catch (RefutedException e) {
                    // The smallest size that differs shows what the network compares with.
                    schedule.smaller(axis, size)
                            .forEach(less -> rehearse(program, base.with(axis.name(), less), Mode.DRY));
                    throw e;
                }
            }
        }

        /**
         * Merges a call at the first sizes with calls at others.
         *
         * @param computes whether the graph may compute arrays of forward from the sizes; else they are stored
         */
        private Program program(Merged merged, boolean computes) {
            Program program = new TapeMerge(schedule.dynamic(), merged.sizes(), computes).program(merged.recordings());
            if (program.steps().stream().noneMatch(Step.Prefix.class::isInstance)) {
                return program;
            }
            Sizes longest = schedule.longest();
            long bytes = bytes(growing(program), longest);
            if (bytes > LARGEST_CONSTANTS) {
                throw new ExportException("arrays that forward creates in each call take " + bytes + " bytes for "
                        + longest + ": lower the bounds of the axes (Axis.of(name).atMost(n))");
            }
            Program whole = program.completed(calls.rehearse(program, base, longest, Mode.DRY, true));
            // The merged calls have not been compared with the complete arrays yet.
            merged.sizes().forEach(one -> calls.rehearse(whole, longest, one, Mode.DRY, true));
            return whole;
        }
    }

    /** Lists the arrays that forward creates and whose shape depends on the sizes. */
    private static List<Operand> growing(Program program) {
        return program.steps().stream()
                .filter(Step.Given.class::isInstance)
                .map(step -> ((Step.Given) step).operand())
                .filter(operand -> !operand.shape().isFixed())
                .toList();
    }

    private static long bytes(List<Operand> growing, Sizes sizes) {
        return growing.stream()
                .mapToLong(operand ->
                        sizes.of(operand.shape().size()) * operand.type().bytes())
                .sum();
    }

    /** Rejects networks that cannot be traced, before any time is spent on them. */
    static void requireTraceable(Block root) {
        visit(root, CodeLocation.name(root.getClass()));
    }

    private static void visit(Block block, String path) {
        if (block instanceof SymbolBlock) {
            throw new ExportException(
                    "block " + path + " is a TorchScript or another symbol block, whose forward is not"
                            + " Java: write it as ONNX where it was made (in Python with torch.onnx.export), or rebuild it from"
                            + " DJL's blocks and copy the weights");
        }
        block.getDirectParameters().forEach(pair -> requireTraceable(path, pair.getValue()));
        block.getChildren().forEach(child -> visit(child.getValue(), path + "/" + child.getKey()));
    }

    private static void requireTraceable(String path, Parameter parameter) {
        if (parameter.isInitialized()) {
            NDArray array = parameter.getArray();
            if (array.isReleased()) {
                throw new ExportException("parameter " + parameter.getName() + " of block " + path
                        + " is closed: export before the model, or the manager of its weights, is closed");
            }
            long bytes = array.getShape().size() * array.getDataType().getNumOfBytes();
            if (bytes > Integer.MAX_VALUE) {
                throw OnnxSerializer.tooLarge("parameter " + parameter.getName() + " of block " + path, bytes);
            }
        }
    }
}
