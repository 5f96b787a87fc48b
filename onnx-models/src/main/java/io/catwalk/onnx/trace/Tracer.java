package io.catwalk.onnx.trace;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.onnx.ExportException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Wraps and unwraps arrays, and runs their operations in the engine. Everything of that kind is done here. */
final class Tracer {

    /** Methods of the engine whose result shares memory with their receiver. */
    private static final Set<String> VIEWS = Set.of(("reshape expandDims squeeze flatten transpose swapAxes broadcast "
                    + "split get toType toDevice stopGradient diagonal getScalar crop conj dropout")
            .split(" ", -1));

    private static final Set<String> ORDERING = Set.of("transpose", "swapAxes");

    /** Methods whose result lies in memory as their receiver does, if it has the same shape. */
    private static final Set<String> LIKE_RECEIVER =
            Set.of("add sub mul div maximum minimum relu sigmoid tanh exp neg abs duplicate".split(" ", -1));

    /** Primitives whose result shapes depend on sizes in ways that a rehearsal must see; they are cheap to compute. */
    private static final Set<String> COMPUTED = Set.of("squeeze", "split", Indexing.SLICE);

    private final Tape tape;
    private final Optional<Replay> rehearsal;
    private final SharedTraceState succession;
    private final NDManager realManager;
    private final NDManager manager;
    private final Predicate<String> primitives;
    private final CodeLocation origin;
    private final IdentityHashMap<NDArray, TracedArray> foreign = new IdentityHashMap<>();
    private final Placeholders placeholders;
    private final WithoutSamples withoutSamples;

    private @Nullable ExportException failure;
    private boolean over;

    /**
     * Begins a trace.
     *
     * @param rehearsal creates the rehearsal, if this trace is one
     */
    Tracer(
            Block root,
            NDManager realManager,
            Predicate<String> primitives,
            SharedTraceState succession,
            Optional<Function<Function<String, ExportException>, Replay>> rehearsal) {
        this.origin = new CodeLocation(root);
        this.realManager = realManager;
        this.placeholders = new Placeholders(realManager);
        this.withoutSamples = new WithoutSamples(placeholders);
        this.primitives = primitives;
        this.succession = succession;
        this.rehearsal = rehearsal.map(begin -> begin.apply(this::error));
        this.tape = new Tape(this.rehearsal, succession);
        this.manager = TracedManager.wrap(this, realManager);
        succession.begin(this);
    }

    /** Ends the trace: arrays that the network kept from it work on the engine's arrays from now on. */
    void end() {
        over = true;
        succession.end();
    }

    boolean isOver() {
        return over;
    }

    /** Returns the trace that is running now, if there is one. */
    Optional<Tracer> successor() {
        return succession.now();
    }

    /** Returns the first error, which the network may have swallowed. */
    Optional<ExportException> failure() {
        return Optional.ofNullable(failure);
    }

    Optional<Replay> rehearsal() {
        return rehearsal;
    }

    Tape tape() {
        return tape;
    }

    NDManager manager() {
        return manager;
    }

    NDManager realManager() {
        return realManager;
    }

    boolean isPrimitive(MethodSignature signature) {
        return primitives.test(signature.text());
    }

    ExportException error(String fault) {
        return error(fault, origin.here());
    }

    private ExportException error(String fault, String place) {
        ExportException error = new ExportException(fault + " (" + place + ")");
        failure = failure == null ? error : failure;
        return error;
    }

    TracedArray input(NDArray real) {
        return new TracedArray(this, real, "input", tape.input(real), new VersionCounter()).rowMajor(true);
    }

    /** Wraps an array that does not depend on the input; it goes on the tape when it is first used. */
    TracedArray constant(String hint, NDArray real) {
        return new TracedArray(this, real, hint, null, new VersionCounter());
    }

    /** Returns the traced array behind an array of the network, and wraps arrays from outside of the trace. */
    TracedArray traced(NDArray array) {
        if (Proxy.isProxyClass(array.getClass()) && Proxy.getInvocationHandler(array) instanceof TracedArray traced) {
            return traced.belongsTo(this) ? traced : foreign(requireKept(traced));
        }
        return foreign(array);
    }

    private TracedArray foreign(NDArray array) {
        return foreign.computeIfAbsent(array, real -> constant("constant", real).outside());
    }

    /** Returns the engine's array behind an array that the network has kept from an earlier trace. */
    private NDArray requireKept(TracedArray kept) {
        if (kept.comesFromInput()) {
            throw error(ReplayErrors.changing("an array that depends on the input of one call is used in the next"));
        }
        if (kept.real().isReleased()) {
            throw error("an array that forward made and kept in an earlier call is closed: detach() it, or attach it to"
                    + " a manager that lives as long as the block");
        }
        return kept.real();
    }

    boolean dependsOnInput(@Nullable Object @Nullable [] arguments) {
        if (arguments == null) {
            return false;
        }
        return Arrays.stream(arguments).anyMatch(this::dependsOnInput);
    }

    private boolean dependsOnInput(@Nullable Object argument) {
        if (argument instanceof NDArray array) {
            return traced(array).dependsOnInput();
        }
        if (argument instanceof NDList list) {
            return list.stream().anyMatch(array -> traced(array).dependsOnInput());
        }
        return argument instanceof NDIndex index && Indexing.dependsOnInput(this, index);
    }

    /** Unwraps the arguments of a call to the engine. */
    @Nullable
    Object @Nullable [] unwrap(@Nullable Object @Nullable [] arguments) {
        return each(arguments, this::unwrap);
    }

    private static @Nullable Object @Nullable [] each(
            @Nullable Object @Nullable [] arguments, Function<@Nullable Object, @Nullable Object> change) {
        @Nullable Object @Nullable [] changed = arguments == null ? null : arguments.clone();
        for (int i = 0; changed != null && i < changed.length; i++) {
            changed[i] = change.apply(changed[i]);
        }
        return changed;
    }

    private @Nullable Object unwrap(@Nullable Object argument) {
        if (argument instanceof NDArray array) {
            return traced(array).real();
        }
        if (argument instanceof NDList list) {
            NDList real = new NDList();
            list.forEach(array -> real.add(traced(array).real()));
            return real;
        }
        if (argument instanceof NDIndex index) {
            return Indexing.unwrap(this, index);
        }
        if (argument instanceof DataType type) {
            UnsupportedOperations.type(type).ifPresent(fault -> {
                throw error(fault);
            });
        }
        return argument instanceof NDManager ? realManager : argument;
    }

    /** Replaces traced arrays by the engine's arrays in the arguments of a call after all traces. */
    static @Nullable Object @Nullable [] plain(@Nullable Object @Nullable [] arguments) {
        return each(arguments, Tracer::plain);
    }

    private static @Nullable Object plain(@Nullable Object argument) {
        if (argument instanceof NDList list) {
            NDList real = new NDList();
            list.forEach(array -> real.add((NDArray) plain(array)));
            return real;
        }
        return argument instanceof NDArray array
                        && Proxy.isProxyClass(array.getClass())
                        && Proxy.getInvocationHandler(array) instanceof TracedArray traced
                ? traced.real()
                : argument;
    }

    String place() {
        return origin.here();
    }

    /** Calls the engine. */
    static @Nullable Object invoke(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** Runs a method whose operands do not depend on the input, and wraps its result. */
    @Nullable
    Object runConstant(TracedArray receiver, Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Object made = wrapConstants(receiver, method.getName(), arguments, invoke(target, method, unwrap(arguments)));
        MethodSignature signature = MethodSignature.of(method, receiver.type());
        // Of an array of the input, some methods read the shape alone.
        if (made instanceof NDArray array && isPrimitive(signature)) {
            madeBy(traced(array), receiver, signature.text(), arguments);
        }
        return made;
    }

    /** Remembers how an array was made from others that do not depend on the input. */
    void madeBy(TracedArray made, TracedArray receiver, String signature, @Nullable Object @Nullable [] arguments) {
        boolean constant = (!receiver.isKept() || receiver.isParameter()) && !receiver.comesFromInput();
        if (constant) {
            made.madeBy(ArrayDerivation.of(signature, operands(receiver, arguments)));
        }
    }

    /** Returns the receiver and the arguments of a call as a recipe has them. */
    List<@Nullable Object> operands(TracedArray receiver, @Nullable Object @Nullable [] arguments) {
        return operands(receiver, arguments, this::traced);
    }

    /** Returns the receiver and the arguments of a call, with something else in place of each array. */
    private static List<@Nullable Object> operands(
            Object receiver, @Nullable Object @Nullable [] arguments, Function<NDArray, Object> of) {
        List<@Nullable Object> operands = new ArrayList<>(List.of(receiver));
        for (Object argument : arguments == null ? new Object[0] : arguments) {
            if (argument instanceof NDArray array) {
                operands.add(of.apply(array));
            } else if (argument instanceof NDList list) {
                operands.add(list.stream().map(of).toList());
            } else {
                operands.add(argument instanceof NDManager ? null : copied(argument));
            }
        }
        return operands;
    }

    @Nullable
    Object wrapConstants(
            @Nullable TracedArray receiver,
            String name,
            @Nullable Object @Nullable [] arguments,
            @Nullable Object result) {
        if (result instanceof NDArray array) {
            return wrapConstant(receiver, name, arguments, array, 0).proxy();
        }
        if (result instanceof NDList list) {
            NDList wrapped = new NDList();
            for (int i = 0; i < list.size(); i++) {
                wrapped.add(
                        wrapConstant(receiver, name, arguments, list.get(i), i).proxy());
            }
            return wrapped;
        }
        return result;
    }

    private TracedArray wrapConstant(
            @Nullable TracedArray receiver,
            String name,
            @Nullable Object @Nullable [] arguments,
            NDArray real,
            int place) {
        TracedArray wrapped = wrap(receiver, name, real, null);
        if (receiver != null) {
            wrapped.madeOf(receiver, () -> name + Arrays.deepToString(arguments) + place);
        }
        return wrapped;
    }

    /** Runs a primitive in the engine and records it on the tape. */
    Object runPrimitive(
            TracedArray receiver,
            Supplier<?> target,
            Method method,
            @Nullable Object @Nullable [] arguments,
            MethodSignature signature)
            throws Throwable {
        List<@Nullable Object> recorded = record(receiver, arguments);
        boolean single = !NDList.class.isAssignableFrom(method.getReturnType());
        boolean complex = ComplexNumbers.areMadeBy(method, arguments);
        if (rehearsal.isPresent() && !complex && isForeseen(rehearsal.get(), method.getName())) {
            return foreseen(
                    receiver, method.getName(), recorded, rehearsal.get().call(signature.text(), recorded), single);
        }
        String key = COMPUTED.contains(method.getName()) ? method.getName() : signature.text();
        Object result = result(
                key, signature.text(), recorded, single, () -> computed(target.get(), method, unwrap(arguments)));
        if (result instanceof NDArray array && complex && !ComplexNumbers.areIn(array)) {
            result = placeholders.complex(array.getShape());
        }
        return recordResult(receiver, method.getName(), signature.text(), recorded, result);
    }

    private static boolean isForeseen(Replay rehearsal, String key) {
        return rehearsal.mode() == Replay.Mode.DRY && !COMPUTED.contains(key);
    }

    /** Returns what the program says that a primitive makes, as arrays that the engine makes only if they are used. */
    private Object foreseen(
            TracedArray receiver,
            String name,
            List<@Nullable Object> arguments,
            List<Operand> expected,
            boolean single) {
        NDList made = new NDList();
        List<Slot> slots = tape.foreseen(expected);
        for (Slot slot : slots) {
            boolean shares = sharesMemory(receiver, name, slot.type());
            Supplier<NDArray> making = () -> {
                NDArray real = placeholders.of(TapeMerge.elementType(slot.type(), "an array"), slot.shape());
                NDScope.unregister(real);
                return real;
            };
            TracedArray array =
                    new TracedArray(this, making, name, slot, shares ? receiver.storage() : new VersionCounter());
            made.add(laidOut(array, receiver, name, arguments, slots, made.size())
                    .proxy());
        }
        return single ? made.get(0) : made;
    }

    private @Nullable Object computed(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Optional<Object> known = withoutSamples.results(target, method, arguments);
        return known.isPresent() ? known.get() : invoke(target, method, arguments);
    }

    /** Computes something with the engine. */
    interface Computation<E extends Throwable> {
        @Nullable
        Object run() throws E;
    }

    /**
     * Computes the result of a primitive or, in a dry rehearsal, creates arrays of the shapes that the program gives.
     */
    <E extends Throwable> @Nullable Object result(
            String key, String signature, List<@Nullable Object> recorded, boolean single, Computation<E> computation)
            throws E {
        if (rehearsal.isPresent()) {
            List<Operand> expected = rehearsal.get().call(signature, recorded);
            if (isForeseen(rehearsal.get(), key)) {
                NDList made = new NDList();
                expected.forEach(operand ->
                        made.add(placeholders.of(operand.type(), rehearsal.get().shape(operand))));
                return single ? made.get(0) : made;
            }
        }
        try {
            return computation.run();
        } catch (EngineException | UnsupportedOperationException e) {
            throw engineError(signature, e);
        }
    }

    private ExportException engineError(String signature, RuntimeException e) {
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        ExportException error = error("the engine itself cannot compute " + signature + ": " + reason
                + UnsupportedOperations.afterFailure(signature));
        error.initCause(e);
        return error;
    }

    /** Creates the error for a primitive without a row. */
    ExportException withoutForm(Object target, Method method, @Nullable Object @Nullable [] arguments) {
        MethodSignature signature = target instanceof NDArray array
                ? MethodSignature.of(method, array.getDataType())
                : MethodSignature.of(method);
        return error(
                UnsupportedOperations.primitive(signature, method, () -> invoke(target, method, unwrap(arguments))));
    }

    Object recordResult(
            TracedArray receiver,
            String name,
            String signature,
            List<@Nullable Object> arguments,
            @Nullable Object result) {
        if (result instanceof NDArray array) {
            Slot slot = tape.operation(signature, arguments, List.of(ComplexNumbers.asReal(array)), origin::here)
                    .get(0);
            return laidOut(wrap(receiver, name, array, slot), receiver, name, arguments, List.of(slot), 0)
                    .proxy();
        }
        if (result instanceof NDList list) {
            List<Slot> slots = tape.operation(signature, arguments, List.copyOf(list), origin::here);
            NDList wrapped = new NDList();
            for (int i = 0; i < slots.size(); i++) {
                TracedArray part = wrap(receiver, name, list.get(i), slots.get(i));
                wrapped.add(laidOut(part, receiver, name, arguments, slots, i).proxy());
            }
            return wrapped;
        }
        throw error(signature + " makes no array and cannot be written as ONNX");
    }

    /** Records an operation that changed an array in place. */
    Slot operation(String signature, List<@Nullable Object> arguments, NDArray result) {
        return tape.operation(signature, arguments, List.of(result), origin::here)
                .get(0);
    }

    /** Rejects complex numbers where an operation does not expect the last axis of two. */
    void requireNoComplex(DataType type) {
        if (type == DataType.COMPLEX64) {
            throw error(ComplexNumbers.FAULT);
        }
    }

    private Slot realSlot(NDArray array) {
        TracedArray traced = traced(array);
        requireNoComplex(traced.type());
        return traced.slot();
    }

    /** Returns the slots of the arrays that the network returns. */
    List<Slot> outputs(NDList outputs) {
        return outputs.stream()
                .map(this::traced)
                .map(array -> {
                    Slot slot = array.slot();
                    if (ComplexNumbers.areIn(array.real())) {
                        throw error(ComplexNumbers.FAULT, tape.origin(slot));
                    }
                    return slot;
                })
                .toList();
    }

    /** Returns what is recorded on the tape for the receiver and the arguments of a call. */
    List<@Nullable Object> record(TracedArray receiver, @Nullable Object @Nullable [] arguments) {
        return operands(receiver.slot(), arguments, this::realSlot);
    }

    /** Notes how an array lies in memory: whose memory it shows, and whether its rows follow each other. */
    private static TracedArray laidOut(
            TracedArray made,
            TracedArray receiver,
            String name,
            List<@Nullable Object> arguments,
            List<Slot> slots,
            int place) {
        if (made.storage() == receiver.storage()) {
            IndexedAssignment.View.of(
                            receiver,
                            name,
                            arguments,
                            slots.stream().map(Slot::shape).toList(),
                            place)
                    .ifPresent(view -> {
                        made.shows(view);
                        made.rowMajor(receiver.isRowMajor() && !view.isPart() && !ORDERING.contains(name));
                    });
            return made;
        }
        // A convolution of images with channels last returns such images.
        boolean like = name.equals("convolution")
                || (LIKE_RECEIVER.contains(name) && made.shape().equals(receiver.shape()));
        return made.rowMajor(name.equals("linear") || (like && receiver.isRowMajor()));
    }

    private static boolean sharesMemory(TracedArray receiver, String name, DataType type) {
        boolean converted = name.equals("toType") && type != receiver.type();
        return VIEWS.contains(name) && !converted;
    }

    /** Copies an array of numbers, which the network may fill with others for its next call. */
    private static @Nullable Object copied(@Nullable Object argument) {
        if (argument instanceof int[] numbers) {
            return numbers.clone();
        }
        if (argument instanceof Shape shape) {
            return new Shape(shape.getShape().clone());
        }
        return argument instanceof long[] numbers ? numbers.clone() : argument;
    }

    private TracedArray wrap(@Nullable TracedArray receiver, String name, NDArray real, @Nullable Slot slot) {
        NDScope.unregister(real); // a scope that forward closes would close it before the trace ends
        boolean same = receiver != null && receiver.real() == real;
        if (!same && real.getManager() != realManager) {
            real.attach(realManager);
        }
        if (receiver != null && (same || sharesMemory(receiver, name, real.getDataType()))) {
            return new TracedArray(this, real, name, slot, receiver.storage());
        }
        return new TracedArray(this, real, name, slot, new VersionCounter());
    }
}
