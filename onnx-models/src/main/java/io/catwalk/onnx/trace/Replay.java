package io.catwalk.onnx.trace;

import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Elements;
import io.catwalk.onnx.graph.SizeFunction;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares a further call of {@code forward} with the program of earlier calls, step by step, and rejects the first
 * step that differs. At other sizes, this finds code that depends on sizes; at the same sizes, state that changes from
 * call to call. Primitives need not be computed for that, since the program gives the shapes of their results. So a
 * rehearsal at large sizes costs neither time nor memory.
 */
final class Replay {

    /** Says whether primitives are computed. */
    enum Mode {
        /** Primitives are computed, and their shapes are compared with the program. */
        COMPUTED,
        /** Shapes come from the program. */
        DRY
    }

    private final Program program;
    private final Sizes known;
    private final Sizes sizes;
    private final Mode mode;
    private final boolean trustsParameters;
    private final Function<String, ExportException> errors;
    private final Map<Integer, Step.Constant> longest = new HashMap<>();
    private int position;

    /**
     * Begins a rehearsal.
     *
     * @param known sizes for which the program is right
     * @param errors creates errors that name the current place
     */
    Replay(
            Program program,
            Sizes known,
            Sizes sizes,
            Mode mode,
            boolean trustsParameters,
            Function<String, ExportException> errors) {
        this.program = program;
        this.known = known;
        this.sizes = sizes;
        this.mode = mode;
        this.trustsParameters = trustsParameters;
        this.errors = errors;
    }

    /** Tells whether parameters need not be compared: the first repetition compares them. */
    boolean trustsParameters() {
        return trustsParameters;
    }

    /** Returns the constants that have their longest form at the sizes of this call, by their ids. */
    Map<Integer, Step.Constant> longest() {
        return longest;
    }

    Mode mode() {
        return mode;
    }

    void input(Slot slot) {
        Step step = next(() -> "takes its input");
        if (!(step instanceof Step.Input input) || !same(input.operand(), slot)) {
            throw differs("takes its input", described(step));
        }
        position++;
    }

    /** Compares a constant. Its content is requested only if it must be compared. */
    void constant(Slot slot, String hint, Supplier<byte[]> content, boolean trusted) {
        Supplier<String> what = () -> "takes the constant " + hint + slot.shape();
        Step step = next(what);
        if (!(step instanceof Step.Given given) || !same(given.operand(), slot)) {
            throw differs(what.get(), described(step));
        }
        Operand operand = given.operand();
        if (step instanceof Step.Prefix prefix && prefix.longest().isEmpty()) {
            Operand fixed = new Operand(
                    operand.id(), operand.type(), TensorShape.of(slot.shape().getShape()));
            longest.put(operand.id(), new Step.Constant(fixed, prefix.hint(), content.get()));
        } else if (!trusted && !Arrays.equals(Contents.at(given, sizes), content.get())) {
            throw error("the constant " + hint + slot.shape() + " holds other numbers" + now() + " than " + before());
        }
        position++;
    }

    /** Compares how a constant was made; returns false if the program does not compute it from the sizes. */
    boolean computed(Slot slot, String hint, Supplier<List<Entry>> recipe) {
        if (position >= program.steps().size() || !(program.steps().get(position) instanceof Step.Computed step)) {
            return false;
        }
        Supplier<String> what = () -> "takes the constant " + hint + slot.shape();
        if (!same(step.operand(), slot)) {
            throw differs(what.get(), described(step));
        }
        Replay making = new Replay(step.recipe(), known, sizes, mode, false, errors);
        List<Slot> last = List.of();
        for (Entry entry : recipe.get()) {
            if (entry instanceof Entry.Operation operation) {
                making.call(operation.signature(), operation.arguments());
                making.made(operation.results());
                last = operation.results();
            } else if (entry instanceof Entry.Constant constant) {
                making.constant(constant.slot(), constant.hint(), constant::data, false);
            }
        }
        making.end(last);
        position++;
        return true;
    }

    /** Compares a call before it runs, and returns the results that it must have. */
    List<Operand> call(String signature, List<@Nullable Object> arguments) {
        Supplier<String> what = () -> "calls " + signature;
        Step step = next(what);
        if (!(step instanceof Step.Call call)
                || !call.arguments().signature().equals(signature)
                || call.arguments().values().size() != arguments.size()) {
            throw differs(what.get(), described(step));
        }
        boolean slices = signature.equals(Indexing.SLICE);
        List<@Nullable Object> found = slices ? OpenEnds.like(call.arguments().values(), arguments) : arguments;
        if (slices && !repeats()) {
            OpenEnds.fault(call.arguments().values(), found).ifPresent(fault -> {
                throw error(fault);
            });
        }
        for (int i = 0; i < arguments.size(); i++) {
            Object merged = call.arguments().values().get(i);
            if (!same(merged, found.get(i))) {
                throw error(signature + " gets " + text(arguments.get(i)) + now() + ", but " + text(atFirst(merged))
                        + " " + before());
            }
        }
        return call.results();
    }

    /** Compares the results of the call. */
    void made(List<Slot> slots) {
        Step.Call call = (Step.Call) program.steps().get(position);
        for (int i = 0; i < call.results().size(); i++) {
            if (i >= slots.size() || !same(call.results().get(i), slots.get(i))) {
                String found = i < slots.size()
                        ? slots.get(i).type() + "" + slots.get(i).shape()
                        : "nothing";
                throw error(call.arguments().signature() + " makes " + found + now() + ", but "
                        + call.results().get(i).type() + shape(call.results().get(i)) + " would fit what it makes "
                        + before());
            }
        }
        position++;
    }

    /** Compares what the network returns. */
    void end(List<Slot> outputs) {
        if (position < program.steps().size()) {
            Step step = program.steps().get(position);
            throw differs("ends after " + position + " steps", described(step));
        }
        if (!allSame(program.outputs(), outputs)) {
            throw error("the network returns other arrays" + now() + " than " + before());
        }
    }

    private Step next(Supplier<String> found) {
        if (position >= program.steps().size()) {
            throw differs(found.get(), "ends after " + position + " steps");
        }
        return program.steps().get(position);
    }

    private static String described(Step step) {
        if (step instanceof Step.Call call) {
            return "calls " + call.arguments().signature() + " in "
                    + call.arguments().origin();
        }
        return step instanceof Step.Given given
                ? "takes a constant of shape " + given.operand().shape()
                : "takes its input";
    }

    private boolean same(@Nullable Object merged, @Nullable Object found) {
        if (merged instanceof Operand operand && found instanceof Slot slot) {
            return same(operand, slot);
        }
        if (merged instanceof List<?> list && found instanceof List<?> slots) {
            return allSame(list, slots);
        }
        if (merged instanceof List<?> dims && found != null) {
            return Arrays.equals(sizes.of(dims), Arguments.longs(found));
        }
        if (merged instanceof Dim dim && found instanceof Number number) {
            return sizes.of(dim) == number.doubleValue();
        }
        if (merged instanceof SizeFunction function && found instanceof Number number) {
            return FormulaFit.isClose(function, sizes, number);
        }
        return Objects.equals(merged, found);
    }

    private boolean allSame(List<?> operands, List<?> slots) {
        return operands.size() == slots.size()
                && IntStream.range(0, slots.size()).allMatch(i -> same(operands.get(i), slots.get(i)));
    }

    private boolean same(Operand operand, Slot slot) {
        return operand.id() == slot.id()
                && operand.type() == TapeMerge.elementType(slot.type(), "an array")
                && Arrays.equals(sizes.of(operand.shape().dims()), slot.shape().getShape());
    }

    /** Returns the shape of an array for the rehearsed sizes. */
    Shape shape(Operand operand) {
        return new Shape(sizes.of(operand.shape().dims()));
    }

    private @Nullable Object atFirst(@Nullable Object merged) {
        if (merged instanceof SizeFunction function) {
            return function.at(known::of);
        }
        return merged instanceof Dim dim ? (Object) known.of(dim) : merged;
    }

    private static String text(@Nullable Object argument) {
        if (argument instanceof Slot slot) {
            return "an array of shape " + slot.shape();
        }
        if (argument instanceof Operand operand) {
            return "an array of shape " + operand.shape();
        }
        if (argument instanceof long[] numbers) {
            return Arrays.toString(numbers);
        }
        return argument instanceof int[] numbers ? Arrays.toString(numbers) : String.valueOf(argument);
    }

    private ExportException differs(String found, String expected) {
        return error("the network " + found + now() + ", where it " + expected + " " + before());
    }

    private String now() {
        return repeats() ? " in one call" : " for " + sizes.text(differing());
    }

    private String before() {
        return repeats() ? "in the call before" : "for " + known.text(differing());
    }

    private ExportException error(String fault) {
        return errors.apply(repeats() ? ReplayErrors.changing(fault) : ReplayErrors.sizeDependent(differing(), fault));
    }

    private boolean repeats() {
        return sizes.equals(known);
    }

    private List<String> differing() {
        return sizes.differing(known);
    }

    /** Computes what an array that does not depend on the input holds at given sizes of the dynamic axes. */
    static final class Contents {

        private Contents() {}

        /** Returns the elements, row-major, little endian. */
        static byte[] at(Step.Given step, Sizes sizes) {
            if (step instanceof Step.Constant constant) {
                return constant.data();
            }
            if (step instanceof Step.Repeated repeated) {
                return repeated(repeated, sizes);
            }
            if (step instanceof Step.Prefix prefix) {
                return prefix(prefix, sizes);
            }
            if (step instanceof Step.Counted counted) {
                return counting(counted.operand().type(), sizes.of(counted.number()), 0, 1);
            }
            Step.Counting counting = (Step.Counting) step;
            Operand operand = counting.operand();
            long count = sizes.of(operand.shape().size());
            return counting(operand.type(), sizes.of(counting.first()), sizes.of(counting.step()), count);
        }

        private static byte[] counting(TensorType type, long first, long step, long count) {
            ByteBuffer buffer =
                    ByteBuffer.allocate(Math.toIntExact(count * type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < count; i++) {
                Elements.put(buffer, type, first + i * step);
            }
            return buffer.array();
        }

        private static byte[] repeated(Step.Repeated step, Sizes sizes) {
            byte[] data = step.slice().data();
            int inner = step.operand().type().bytes();
            for (int axis = step.operand().shape().rank() - 1; axis >= 0; axis--) {
                Dim size = step.operand().shape().get(axis);
                if (size.isFixed()) {
                    inner = Math.toIntExact(inner * size.fixed());
                } else {
                    int times = Math.toIntExact(sizes.of(size));
                    data = repeated(data, inner, times);
                    inner = Math.multiplyExact(inner, times);
                }
            }
            return data;
        }

        private static byte[] repeated(byte[] data, int block, int times) {
            byte[] made = new byte[Math.multiplyExact(data.length, times)];
            int at = 0;
            for (int from = 0; from < data.length; from += block) {
                for (int i = 0; i < times; i++) {
                    System.arraycopy(data, from, made, at, block);
                    at += block;
                }
            }
            return made;
        }

        private static byte[] prefix(Step.Prefix step, Sizes sizes) {
            Step.Constant longest = step.longest().orElseThrow();
            byte[] data = longest.data();
            TensorShape whole = longest.operand().shape();
            int inner = step.operand().type().bytes();
            for (int axis = whole.rank() - 1; axis >= 0; axis--) {
                int from = Math.toIntExact(whole.get(axis).fixed() * inner);
                int to = Math.toIntExact(sizes.of(step.operand().shape().get(axis)) * inner);
                data = beginnings(data, from, to);
                inner = to;
            }
            return data;
        }

        private static byte[] beginnings(byte[] data, int from, int to) {
            if (from == to) {
                return data;
            }
            byte[] cut = new byte[data.length / from * to];
            for (int block = 0; block < data.length / from; block++) {
                System.arraycopy(data, block * from, cut, block * to, to);
            }
            return cut;
        }
    }
}
