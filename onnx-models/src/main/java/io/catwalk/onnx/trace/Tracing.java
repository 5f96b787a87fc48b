package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxInput;
import io.catwalk.onnx.file.FloatFormat;
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

    /** Copies the inputs. */
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
        Preconditions.check(block);
        BlockState before = BlockState.of(block);
        try {
            Schedule schedule = new Schedule(inputs);
            ForwardRecorder calls = new ForwardRecorder(this);
            ForwardRecorder.Recording first = calls.record(schedule.base(), schedule.base());
            T made;
            try {
                made = traced(schedule, calls, first, writing);
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
                    && constant.slot().type().isFloating()
                    && FloatFormat.valueOf(constant.slot().type().name()).isNanIn(ByteBuffer.wrap(constant.data()))) {
                throw new ExportException(constant.hint() + constant.slot().shape()
                        + " holds NaN: the weights are broken; check the training that made them");
            }
        }
    }

    private static <T> T traced(
            Schedule schedule, ForwardRecorder calls, ForwardRecorder.Recording first, Function<Program, T> writing) {
        refuseNan(first.entries());
        Sizes base = schedule.base();
        Program once = new Merge(List.of(), List.of(base)).program(List.of(first));
        calls.rehearse(once, base, base, Mode.DRY, false);
        if (schedule.dynamic().isEmpty()) {
            int affordable =
                    Math.max(FEWEST_REPETITIONS, STEPS_TO_REPEAT / once.steps().size());
            repeat(calls, once, base, Math.min(MOST_REPETITIONS, affordable));
            return writing.apply(once);
        }
        try {
            return refined(schedule, calls, merged(schedule, calls, first), writing);
        } catch (ExportException e) {
            // A random change looks as if it depended on a size, but then no fixed size would help.
            repeat(calls, once, base, MOST_REPETITIONS);
            throw e;
        }
    }

    /** Adds a call at each size that refutes a formula, until none does, or no formula is left. */
    private static <T> T refined(Schedule schedule, ForwardRecorder calls, Merged first, Function<Program, T> writing) {
        Merged merged = first;
        Optional<RefutedException> refuted = Optional.empty();
        for (int i = 0; i < MOST_REFINEMENTS; i++) {
            try {
                return written(schedule, calls, merged, writing);
            } catch (RefutedException e) {
                refuted = Optional.of(refuted.orElse(e));
                if (e.sizes.byAxis().values().stream().anyMatch(size -> size > LARGEST_REFINEMENT)) {
                    break;
                }
                try {
                    merged = merged.with(e.sizes, calls.record(schedule.base(), e.sizes));
                    program(schedule, calls, merged, true);
                } catch (ExportException different) {
                    break; // not only numbers differ there
                }
            } catch (ExportException e) {
                throw refuted.map(known -> known.fault).orElse(e);
            }
        }
        throw refuted.orElseThrow().fault;
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

    private static <T> T written(
            Schedule schedule, ForwardRecorder calls, Merged merged, Function<Program, T> writing) {
        Program computing = program(schedule, calls, merged, true);
        boolean computes = computing.steps().stream().anyMatch(Step.Computed.class::isInstance);
        T written;
        try {
            // An operation that cannot be written at all gives a clearer error than a size that is rejected.
            written = writing.apply(computing);
        } catch (ExportException e) {
            if (!computes) {
                requireRight(schedule, calls, computing, e);
                throw e;
            }
            Program storing = program(schedule, calls, merged, false);
            return proven(schedule, calls, storing, writing.apply(storing));
        }
        try {
            return proven(schedule, calls, computing, written);
        } catch (RefutedException e) {
            if (!computes) {
                throw e;
            }
            return stored(schedule, calls, merged, writing).orElseThrow(() -> e);
        }
    }

    /** Looks for a wrong formula behind an operation that cannot be written. */
    private static void requireRight(Schedule schedule, ForwardRecorder calls, Program program, ExportException fault) {
        try {
            proven(schedule, calls, program, program);
        } catch (RefutedException e) {
            throw new RefutedException(e.sizes, fault);
        }
    }

    /** Stores arrays that the graph cannot compute from the sizes; empty if that does not help either. */
    private static <T> Optional<T> stored(
            Schedule schedule, ForwardRecorder calls, Merged merged, Function<Program, T> writing) {
        try {
            Program storing = program(schedule, calls, merged, false);
            return Optional.of(proven(schedule, calls, storing, writing.apply(storing)));
        } catch (ExportException | RefutedException e) {
            return Optional.empty();
        }
    }

    private static <T> T proven(Schedule schedule, ForwardRecorder calls, Program program, T written) {
        Sizes base = schedule.base();
        schedule.computed().forEach(sizes -> rehearse(calls, program, base, sizes, Mode.COMPUTED));
        for (Axis.Dynamic axis : schedule.dynamic()) {
            rehearseSizes(schedule, calls, program, axis);
        }
        List<Operand> growing = growing(program);
        schedule.combinations().stream()
                .filter(sizes -> bytes(growing, sizes) <= LARGEST_CONSTANTS)
                .forEach(sizes -> rehearse(calls, program, base, sizes, Mode.DRY));
        return written;
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

    private static void rehearse(ForwardRecorder calls, Program program, Sizes base, Sizes sizes, Mode mode) {
        try {
            calls.rehearse(program, base, sizes, mode, true);
        } catch (ExportException e) {
            throw new RefutedException(sizes, e);
        }
    }

    private static Merged merged(Schedule schedule, ForwardRecorder calls, ForwardRecorder.Recording first) {
        Sizes base = schedule.base();
        List<Sizes> sizes = new ArrayList<>(List.of(base));
        List<ForwardRecorder.Recording> recordings = new ArrayList<>(List.of(first));
        for (Sizes other : schedule.traced()) {
            sizes.add(other);
            recordings.add(calls.record(base, other));
        }
        return new Merged(sizes, recordings);
    }

    /**
     * Merges a call at the first sizes with calls at others.
     *
     * @param computes whether the graph may compute arrays of forward from the sizes; else they are stored
     */
    private static Program program(Schedule schedule, ForwardRecorder calls, Merged merged, boolean computes) {
        Sizes base = schedule.base();
        List<Sizes> sizes = merged.sizes();
        Program program = new Merge(schedule.dynamic(), sizes, computes).program(merged.recordings());
        if (program.steps().stream().noneMatch(Step.Prefix.class::isInstance)) {
            return program;
        }
        Sizes longest = schedule.longest();
        long bytes = bytes(growing(program), longest);
        if (bytes > LARGEST_CONSTANTS) {
            throw new ExportException("arrays that forward creates in each call take " + bytes + " bytes for " + longest
                    + ": lower the bounds of the axes (Axis.of(name).atMost(n))");
        }
        Program whole = program.completed(calls.rehearse(program, base, longest, Mode.DRY, true));
        // The merged calls have not been compared with the complete arrays yet.
        sizes.forEach(one -> calls.rehearse(whole, longest, one, Mode.DRY, true));
        return whole;
    }

    private static void repeat(ForwardRecorder calls, Program program, Sizes sizes, int times) {
        for (int i = 0; i < times; i++) {
            calls.rehearse(program, sizes, sizes, Mode.DRY, true);
        }
    }

    private static void rehearseSizes(Schedule schedule, ForwardRecorder calls, Program program, Axis.Dynamic axis) {
        Sizes base = schedule.base();
        List<Operand> growing = growing(program);
        List<Long> sizes = schedule.sizes(axis)
                .filter(size -> bytes(growing, base.with(axis.name(), size)) <= LARGEST_CONSTANTS)
                .toList();
        for (long size : sizes) {
            try {
                rehearse(calls, program, base, base.with(axis.name(), size), Mode.DRY);
            } catch (RefutedException e) {
                // The smallest size that differs shows what the network compares with.
                schedule.smaller(axis, size)
                        .forEach(less -> rehearse(calls, program, base, base.with(axis.name(), less), Mode.DRY));
                throw e;
            }
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
    static final class Preconditions {

        private Preconditions() {}

        static void check(Block root) {
            visit(root, Origin.name(root.getClass()));
        }

        private static void visit(Block block, String path) {
            if (block instanceof SymbolBlock) {
                throw new ExportException(
                        "block " + path + " is a TorchScript or another symbol block, whose forward is not"
                                + " Java: write it as ONNX where it was made (in Python with torch.onnx.export), or rebuild it from"
                                + " DJL's blocks and copy the weights");
            }
            block.getDirectParameters().forEach(pair -> check(path, pair.getValue()));
            block.getChildren().forEach(child -> visit(child.getValue(), path + "/" + child.getKey()));
        }

        private static void check(String path, Parameter parameter) {
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
}
