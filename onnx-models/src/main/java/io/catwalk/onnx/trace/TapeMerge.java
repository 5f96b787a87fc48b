package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.Axis;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.SizeFunction;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Merges the tapes of several calls of one network into a program: numbers that differ must depend on the axes of the
 * inputs.
 */
final class TapeMerge {

    private final List<Axis.Dynamic> axes;
    private final List<Sizes> sizes;
    private final FormulaFit fit;
    private final boolean computes;

    /**
     * Begins a merge.
     *
     * @param sizes the sizes of each recording
     * @param computes whether the program may compute arrays from the sizes, as forward does
     */
    TapeMerge(List<Axis.Dynamic> axes, List<Sizes> sizes, boolean computes) {
        this.computes = computes;
        this.axes = List.copyOf(axes);
        this.sizes = List.copyOf(sizes);
        this.fit = new FormulaFit(
                sizes,
                axes.stream().map(axis -> Dim.axis(axis.name(), axis.step())).toList());
    }

    Program program(List<ForwardRecorder.Recording> recordings) {
        List<List<Entry>> tapes =
                recordings.stream().map(ForwardRecorder.Recording::entries).toList();
        int length = tapes.stream().mapToInt(List::size).min().orElseThrow();
        List<Step> steps = steps(tapes, length);
        int other = odd(tapes.stream().map(List::size).toList());
        if (other > 0) {
            List<Entry> longer = tapes.get(0).size() > length ? tapes.get(0) : tapes.get(other);
            throw differs(
                    other,
                    "the network does " + tapes.get(0).size() + " steps",
                    Integer.toString(tapes.get(other).size()),
                    place(longer.get(length)));
        }
        int count = odd(recordings.stream().map(one -> one.outputs().size()).toList());
        if (count > 0) {
            throw differs(
                    count,
                    "the network returns " + recordings.get(0).outputs().size() + " arrays",
                    Integer.toString(recordings.get(count).outputs().size()),
                    "");
        }
        List<Operand> outputs = IntStream.range(0, recordings.get(0).outputs().size())
                .mapToObj(i -> operand(slots(recordings, one -> one.outputs().get(i)), "output " + i, List.of()))
                .toList();
        return new Program(steps, outputs, recordings.get(0).names());
    }

    /** Returns the index of the first element that differs from element 0, or 0 if there is none. */
    static int odd(List<?> column) {
        return IntStream.range(1, column.size())
                .filter(i -> !Objects.equals(column.get(i), column.get(0)))
                .findFirst()
                .orElse(0);
    }

    /** Merges how a constant was made, if that is known for all calls and of one form. */
    Optional<Step> computed(List<Entry.Constant> column, Operand operand) {
        List<List<Entry>> recipes = column.stream().map(Entry.Constant::recipe).toList();
        int length = recipes.get(0).size();
        if (!computes || length == 0 || recipes.stream().anyMatch(recipe -> recipe.size() != length)) {
            return Optional.empty();
        }
        try {
            List<Step> steps = steps(recipes, length);
            if (steps.stream().anyMatch(Step.Prefix.class::isInstance)) {
                return Optional.empty();
            }
            Step.Call last = (Step.Call) steps.get(length - 1);
            return Optional.of(new Step.Computed(operand, new Program(steps, last.results(), List.of())));
        } catch (ExportException e) {
            return Optional.empty(); // the array itself gives the clearer error
        }
    }

    private List<Step> steps(List<List<Entry>> tapes, int length) {
        return IntStream.range(0, length)
                .mapToObj(place ->
                        step(tapes.stream().map(tape -> tape.get(place)).toList()))
                .toList();
    }

    private Step step(List<Entry> column) {
        Entry first = column.get(0);
        if (first instanceof Entry.Operation && column.stream().allMatch(Entry.Operation.class::isInstance)) {
            return call(column.stream().map(Entry.Operation.class::cast).toList());
        }
        if (first instanceof Entry.Constant constant && column.stream().allMatch(Entry.Constant.class::isInstance)) {
            List<Entry.Constant> constants =
                    column.stream().map(Entry.Constant.class::cast).toList();
            return new Constants(this)
                    .merge(constants, operand(slots(constants, Entry.Constant::slot), constant.hint(), List.of()));
        }
        if (first instanceof Entry.Input && column.stream().allMatch(Entry.Input.class::isInstance)) {
            return new Step.Input(operand(slots(column, entry -> ((Entry.Input) entry).slot()), "input", List.of()));
        }
        int other = odd(column.stream().map(Object::getClass).toList());
        throw flow(other, "the network does different things for " + both(other) + place(first));
    }

    private static <T> List<Slot> slots(List<T> entries, Function<T, Slot> slot) {
        return entries.stream().map(slot).toList();
    }

    private Step.Call call(List<Entry.Operation> column) {
        Entry.Operation one = column.get(0);
        int other = odd(column.stream()
                .map(call -> List.of(
                        call.signature(),
                        call.arguments().size(),
                        call.results().size()))
                .toList());
        if (other > 0 && column.get(other).signature().equals(one.signature())) {
            throw differs(
                    other,
                    one.signature() + " in " + one.origin() + " makes "
                            + one.results().size() + " arrays",
                    Integer.toString(column.get(other).results().size()),
                    "");
        }
        if (other > 0) {
            throw differs(
                    other,
                    "the network calls " + one.signature(),
                    column.get(other).signature(),
                    place(one));
        }
        String where = one.signature() + " in " + one.origin();
        List<@Nullable Object> merged = new ArrayList<>();
        for (int i = 0; i < one.arguments().size(); i++) {
            int place = i;
            List<@Nullable Object> arguments = new ArrayList<>();
            column.forEach(call -> arguments.add(call.arguments().get(place)));
            merged.add(argument(arguments, where));
        }
        if (one.signature().equals(Indexing.SLICE)) {
            List<Shape> shapes = column.stream()
                    .map(call -> ((Slot) Objects.requireNonNull(call.arguments().get(0))).shape())
                    .toList();
            OpenEnds.open(merged, shapes).ifPresent(fault -> {
                throw flow(fault.other(), fault.text() + " (" + one.origin() + ")");
            });
        }
        Arguments arguments = new Arguments(one.signature(), merged, one.origin());
        List<Dim> derived = DerivedSizes.sizes(arguments);
        List<Operand> results = IntStream.range(0, one.results().size())
                .mapToObj(i -> operand(slots(column, call -> call.results().get(i)), where, derived))
                .toList();
        return new Step.Call(arguments, results);
    }

    private @Nullable Object argument(List<@Nullable Object> column, String where) {
        Object one = column.get(0);
        if (column.stream().allMatch(Slot.class::isInstance)) {
            return operand(column.stream().map(Slot.class::cast).toList(), where, List.of());
        }
        if (one instanceof List<?> list
                && column.stream().allMatch(other -> other instanceof List<?> slots && slots.size() == list.size())) {
            return IntStream.range(0, list.size())
                    .mapToObj(i -> operand(
                            column.stream()
                                    .map(other -> (Slot) ((List<?>) Objects.requireNonNull(other)).get(i))
                                    .toList(),
                            where,
                            List.of()))
                    .toList();
        }
        int other = odd(column);
        if (other > 0 && column.stream().allMatch(TapeMerge::isWhole)) {
            long[] values = column.stream()
                    .mapToLong(number -> ((Number) Objects.requireNonNull(number)).longValue())
                    .toArray();
            if (!(one instanceof Double || one instanceof Float)
                    || formula(values).isPresent()) {
                return dim(values, where);
            }
        }
        if (column.stream().allMatch(TapeMerge::isNumbers)) {
            return dims(
                    column.stream()
                            .map(numbers -> Arguments.longs(Objects.requireNonNull(numbers)))
                            .toList(),
                    where,
                    List.of());
        }
        boolean numbers = column.stream().allMatch(Number.class::isInstance);
        if (other > 0 && numbers) {
            double[] values = column.stream()
                    .mapToDouble(number -> ((Number) Objects.requireNonNull(number)).doubleValue())
                    .toArray();
            Optional<SizeFunction> function = fit.real(values, FormulaFit.precision(Objects.requireNonNull(one)));
            if (function.isPresent()) {
                return function.get();
            }
        }
        if (other > 0) {
            throw differs(
                    other,
                    where + " gets " + one,
                    String.valueOf(column.get(other)),
                    numbers
                            ? "; where Java computes that number from a size, let arrays do it, as"
                                    + " manager.create(size).toType(DataType.FLOAT32, false).sqrt()"
                            : "");
        }
        return one;
    }

    private static boolean isWhole(@Nullable Object value) {
        return value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue());
    }

    private static boolean isNumbers(@Nullable Object value) {
        return value instanceof Shape || value instanceof long[] || value instanceof int[];
    }

    private Operand operand(List<Slot> column, String where, List<Dim> derived) {
        Slot one = column.get(0);
        int other =
                odd(column.stream().map(slot -> List.of(slot.id(), slot.type())).toList());
        if (other > 0) {
            throw flow(other, where + " uses different arrays for " + both(other));
        }
        List<Dim> dims =
                dims(column.stream().map(slot -> slot.shape().getShape()).toList(), where, derived);
        return new Operand(one.id(), elementType(one.type(), where), new TensorShape(dims));
    }

    private List<Dim> dims(List<long[]> column, String where, List<Dim> derived) {
        int other = odd(column.stream().map(numbers -> numbers.length).toList());
        if (other > 0) {
            throw differs(
                    other,
                    where + " has " + column.get(0).length + " axes",
                    Integer.toString(column.get(other).length),
                    "");
        }
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < column.get(0).length; i++) {
            int place = i;
            long[] values = column.stream().mapToLong(numbers -> numbers[place]).toArray();
            boolean follows = i < derived.size() && fit.holds(derived.get(i), values);
            dims.add(follows ? fit.learned(derived.get(i)) : dim(values, where));
        }
        return dims;
    }

    /** Finds the formula of a number. */
    Dim dim(long[] values, String where) {
        return formula(values).orElseThrow(() -> {
            int other = odd(LongStream.of(values).boxed().toList());
            return bounded(values, other, where)
                    .orElseGet(() -> differs(
                            other,
                            where + " has the number " + values[0],
                            Long.toString(values[other]),
                            ", which is not a multiple of the " + axes(other)));
        });
    }

    /** Creates the error about a number that is the smaller or the larger of an axis and a bound. */
    private Optional<ExportException> bounded(long[] values, int other, String where) {
        for (Axis.Dynamic axis : axes) {
            long[] lengths =
                    sizes.stream().mapToLong(one -> one.of(axis.name())).toArray();
            for (boolean smaller : new boolean[] {true, false}) {
                LongStream all = LongStream.of(values);
                long bound = smaller ? all.max().orElseThrow() : all.min().orElseThrow();
                boolean is = IntStream.range(0, values.length)
                        .allMatch(i ->
                                values[i] == (smaller ? Math.min(lengths[i], bound) : Math.max(lengths[i], bound)));
                if (is) {
                    return Optional.of(flow(
                            other,
                            where + " has a number that is the " + (smaller ? "smaller" : "larger") + " of the "
                                    + axis.name() + " and " + bound + ", and a graph has no such sizes: let the axis"
                                    + " have atMost(" + bound + ") or atLeast(" + bound + ") places"));
                }
            }
        }
        return Optional.empty();
    }

    /** Finds the formula of a number, if there is one. */
    Optional<Dim> formula(long[] values) {
        return fit.dim(values);
    }

    static TensorType elementType(DataType type, String where) {
        return Placeholders.type(type)
                .orElseThrow(() -> new ExportException(where + " makes " + type
                        + ", a type that is not exported: use FLOAT32, FLOAT16, FLOAT64, INT64, INT32, INT8, UINT8 or"
                        + " BOOLEAN"));
    }

    private static String place(Entry entry) {
        if (entry instanceof Entry.Constant constant) {
            return ", at the constant " + constant.hint() + " in " + constant.origin();
        }
        return entry instanceof Entry.Operation operation
                ? ", at " + operation.signature() + " in " + operation.origin()
                : "";
    }

    private String both(int other) {
        List<String> names = sizes.get(other).differing(sizes.get(0));
        return sizes.get(0).text(names) + " and of " + sizes.get(other).next(names);
    }

    private ExportException differs(int other, String one, String two, String what) {
        List<String> names = sizes.get(other).differing(sizes.get(0));
        return flow(
                other,
                one + " for " + sizes.get(0).text(names) + ", but " + two + " for "
                        + sizes.get(other).next(names) + what);
    }

    /** Creates an error about a call at other sizes than the first. */
    ExportException flow(int other, String fault) {
        return new ExportException(ReplayErrors.sizeDependent(sizes.get(other).differing(sizes.get(0)), fault));
    }

    /** Returns the names of the axes whose size differs between a call and the first. */
    String axes(int other) {
        return String.join(" and the ", sizes.get(other).differing(sizes.get(0)));
    }

    /** Tells whether every dynamic axis of a shape has a largest size. */
    boolean isBounded(TensorShape shape) {
        return dynamic(shape).allMatch(TapeMerge::isBounded);
    }

    /** Lists the axes of a shape that have no largest size, if others of it have one. */
    List<String> unbounded(TensorShape shape) {
        return dynamic(shape).noneMatch(TapeMerge::isBounded)
                ? List.of()
                : dynamic(shape)
                        .filter(axis -> !isBounded(axis))
                        .map(Axis.Dynamic::name)
                        .toList();
    }

    private Stream<Axis.Dynamic> dynamic(TensorShape shape) {
        return axes.stream()
                .filter(axis -> shape.dims().stream().anyMatch(dim -> dim.axes().contains(axis.name())));
    }

    private static boolean isBounded(Axis.Dynamic axis) {
        return axis.most() < Long.MAX_VALUE;
    }
}
