package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.ref.Cleaner;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Implements an {@link NDArray} that the network sees during a trace. An array that depends on the input has a slot on
 * the tape from the start; a constant gets its slot when it is first used together with such an array.
 */
final class TracedArray implements InvocationHandler {

    private static final Cleaner CLEANER = Cleaner.create();

    /** Added to the message where the engine copies a traced array into its own manager, which calls toByteBuffer. */
    private static final String FOREIGN_RECEIVER = " The same happens if an array from outside of forward is the"
            + " receiver of an operation with a traced array: let the traced array be the receiver, and ask the"
            + " ParameterStore for parameters";

    /** An array that Java fills element by element has no recipe, and copies of it would take long. */
    private static final int MOST_WRITES = 20;

    private final Tracer tracer;
    private final Supplier<NDArray> making;
    private final VersionCounter storage;
    private final NDArray proxy;
    private @Nullable NDArrayEx internal;
    private @Nullable NDArray real;
    private String hint;
    private @Nullable Slot slot;
    private boolean dependsOnInput;
    private int seen;
    private boolean outside;
    private String source = "";
    private IndexedAssignment.@Nullable View view;
    private @Nullable ArrayDerivation recipe;
    private int made;
    private int writes;
    private boolean rowMajor;

    TracedArray(Tracer tracer, NDArray real, String hint, @Nullable Slot slot, VersionCounter storage) {
        this(tracer, () -> real, hint, slot, storage);
        this.real = real;
    }

    /** Creates an array that the engine need not have: most calls of a dry rehearsal ask only for shape and type. */
    TracedArray(Tracer tracer, Supplier<NDArray> making, String hint, @Nullable Slot slot, VersionCounter storage) {
        this.tracer = tracer;
        this.making = making;
        this.hint = hint;
        this.slot = slot;
        this.storage = storage;
        this.dependsOnInput = slot != null;
        this.seen = storage.version();
        ClassLoader loader = NDArray.class.getClassLoader();
        proxy = (NDArray) Proxy.newProxyInstance(loader, new Class<?>[] {NDArray.class}, this);
    }

    NDArray proxy() {
        return proxy;
    }

    NDArray real() {
        NDArray known = real;
        if (known == null) {
            known = making.get();
            real = known;
        }
        return known;
    }

    private NDArrayEx internal() {
        NDArrayEx known = internal;
        if (known == null) {
            ClassLoader loader = NDArray.class.getClassLoader();
            known = (NDArrayEx)
                    Proxy.newProxyInstance(loader, new Class<?>[] {NDArrayEx.class}, new TracedInternal(tracer, this));
            internal = known;
        }
        return known;
    }

    Shape shape() {
        return real == null ? Objects.requireNonNull(slot).shape() : real.getShape();
    }

    DataType type() {
        return real == null ? Objects.requireNonNull(slot).type() : real.getDataType();
    }

    VersionCounter storage() {
        return storage;
    }

    /** Tells whether the numbers depend on the input; throws if the array was overwritten through another one. */
    boolean dependsOnInput() {
        requireCurrent();
        return dependsOnInput;
    }

    private void requireCurrent() {
        if (seen < storage.lastTraced() && view != null) {
            hold(view.again(tracer, real()));
        }
        if (seen < storage.lastTraced()) {
            throw tracer.error("an array is used after its memory was changed in place through another array, such as"
                    + " a reshaped view: write into the array itself with set(NDIndex, ...), or duplicate() it"
                    + " before");
        }
    }

    /** Tells whether the numbers depend on the input, even if the array was overwritten. */
    boolean comesFromInput() {
        return dependsOnInput;
    }

    /** Says which array this one shows, so that writing into one also changes the other one. */
    void shows(IndexedAssignment.View shown) {
        view = shown;
    }

    /** Tells whether the elements surely follow each other in memory, row by row. */
    boolean isRowMajor() {
        return rowMajor;
    }

    TracedArray rowMajor(boolean is) {
        rowMajor = is;
        return this;
    }

    IndexedAssignment.@Nullable View view() {
        return view;
    }

    /** Makes what was written into this array its content. */
    void hold(Slot written) {
        slot = written;
        dependsOnInput = true;
        seen = storage.version();
    }

    boolean belongsTo(Tracer other) {
        return tracer == other;
    }

    /**
     * Forbids writing, since a parameter belongs to the network.
     *
     * @param id tells the parameter from all others
     */
    TracedArray frozen(String id) {
        storage.belongsTo(hint);
        source = id;
        return outside();
    }

    /** Notes which part or form of a parameter this array is, if it shares the memory of one. */
    void madeOf(TracedArray other, Supplier<String> how) {
        if (isParameter()) {
            source = other.source + "." + how.get();
        }
    }

    /** Remembers how this array was made from others that do not depend on the input. */
    void madeBy(ArrayDerivation how) {
        recipe = how;
        made = storage.version();
    }

    /** Returns how this array was made, unless it was written since. */
    Optional<ArrayDerivation> recipe() {
        return made == storage.version() ? Optional.ofNullable(recipe) : Optional.empty();
    }

    /** Tells whether this array was there before this call of forward. */
    boolean isKept() {
        return outside || isParameter();
    }

    String hint() {
        return hint;
    }

    /** Marks an array that can be changed without the trace noticing, so that each use must compare its content. */
    TracedArray outside() {
        outside = true;
        return this;
    }

    /** Returns the slot on the tape; a constant is recorded now if it was not before. */
    Slot slot() {
        requireCurrent();
        if (real != null && real.isSparse()) {
            throw tracer.error("the array " + hint + real.getShape()
                    + " is sparse, and files hold dense arrays: make it dense with toDense()");
        }
        if (!dependsOnInput && seen < storage.version()) {
            slot = null;
            seen = storage.version();
        }
        Slot known = slot;
        boolean written = known != null && outside && !dependsOnInput && !isTrusted() && !stillHolds(known);
        if (known == null || written) {
            // An array that was changed without the trace noticing is no longer the parameter that others see.
            known = isParameter() && !written
                    ? tracer.tape().parameter(hint, source, real(), tracer::place)
                    : tracer.tape()
                            .constant(hint, real(), tracer::place, place -> ArrayDerivation.entries(this, place));
            slot = known;
        }
        return known;
    }

    private boolean stillHolds(Slot known) {
        return tracer.tape().stillHolds(known, hint, real());
    }

    private boolean isTrusted() {
        return isParameter() && tracer.tape().trustsParameters();
    }

    /** Tells whether this array is a parameter, or a part or form of one that shares its memory. */
    boolean isParameter() {
        return storage.parameter().isPresent();
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(method, arguments);
        }
        if (tracer.isOver()) {
            return afterwards(method, arguments);
        }
        if (name.equals("getManager")) {
            return tracer.manager();
        }
        if (name.equals("getNDArrayInternal")) {
            if (dependsOnInput) {
                tracer.requireNoComplex(type());
            }
            return internal();
        }
        if (name.equals("getResourceNDArrays")) {
            return List.of(proxy);
        }
        if (MethodRoles.FACTS.contains(name)) {
            return fact(self, method, arguments);
        }
        if (MethodRoles.LIFE.contains(name)) {
            return null;
        }
        if (MethodRoles.KEEPING.contains(name)) {
            keep(arguments);
            return null;
        }
        if (MethodRoles.READS.contains(name)) {
            return read(method, arguments);
        }
        if (dependsOnInput && (MethodRoles.WRITES.contains(name) || MethodSignature.isInPlace(method))) {
            tracer.requireNoComplex(type());
        }
        if (MethodRoles.WRITES.contains(name)) {
            return write(self, method, arguments);
        }
        if (MethodSignature.isInPlace(method)) {
            return inPlace(method, arguments);
        }
        return call(self, method, arguments);
    }

    /**
     * Handles calls after the trace, if the network has kept this array: as a constant of the current trace, or as the
     * engine's array.
     */
    private @Nullable Object afterwards(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Optional<Tracer> now = tracer.successor();
        if (now.isPresent()) {
            return Tracer.invoke(now.get().traced(proxy).proxy(), method, arguments);
        }
        return Tracer.invoke(real(), method, Tracer.plain(arguments));
    }

    /** Returns a property. Those that every network asks for come without the engine. */
    private @Nullable Object fact(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "getShape" -> shape();
            case "getDataType" -> type();
            case "getDevice" -> real == null ? tracer.realManager().getDevice() : real.getDevice();
            default ->
                real == null && method.isDefault()
                        ? InvocationHandler.invokeDefault(self, method, arguments)
                        : Tracer.invoke(real(), method, tracer.unwrap(arguments));
        };
    }

    /** Lets an array that does not depend on the input outlive the trace, if the network asks for that. */
    private void keep(@Nullable Object @Nullable [] arguments) {
        if (dependsOnInput) {
            return;
        }
        Object manager = arguments == null ? null : arguments[0];
        if (manager instanceof NDManager other && !Proxy.isProxyClass(other.getClass())) {
            real().attach(other);
        } else if (manager == null && real().getManager() == tracer.realManager()) {
            real().detach();
            CLEANER.register(proxy, real()::close);
        }
    }

    private @Nullable Object call(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getName().equals("get") && method.isDefault()) {
            return InvocationHandler.invokeDefault(self, method, arguments);
        }
        if (method.getName().equals("gatherNd") && arguments != null && arguments[0] instanceof NDArray indices) {
            arguments = new Object[] {tracer.traced(indices).spared()};
        }
        if (!dependsOnInput() && !tracer.dependsOnInput(arguments)) {
            return isTakenApart(method)
                    ? apart(self, method, arguments)
                    : tracer.runConstant(this, real(), method, arguments);
        }
        if (method.getName().equals("booleanMask") && arguments != null && arguments.length == 2) {
            return Indexing.booleanMask(tracer, this, tracer.traced((NDArray) arguments[0]), (int) arguments[1]);
        }
        MethodSignature signature = MethodSignature.of(method, type());
        if (tracer.isPrimitive(signature)) {
            return tracer.runPrimitive(this, this::real, method, arguments, signature);
        }
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(self, method, arguments);
        }
        throw tracer.withoutForm(real(), method, arguments);
    }

    /** Tells whether a method of this constant is taken apart, so that a graph can repeat its primitives. */
    boolean isTakenApart(Method method) {
        return method.isDefault()
                && method.getReturnType() == NDArray.class
                && recipe().isPresent()
                && !tracer.isPrimitive(MethodSignature.of(method));
    }

    /** Runs a method as its default body, which the trace sees. */
    @Nullable
    Object apart(Object self, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Object result = InvocationHandler.invokeDefault(self, method, arguments);
        if (result instanceof NDArray array && result != self) {
            tracer.traced(array).hint = method.getName();
        }
        return result;
    }

    /** Returns indices for gatherNd: if they address several axes, DJL computes in them and overwrites them. */
    private NDArray spared() {
        if (shape().dimension() == 0 || shape().get(0) < 2) {
            return proxy;
        }
        if (storage.parameter().isPresent() || outside) {
            throw tracer.error("DJL's gatherNd overwrites its indices, and these are used again after the call: pass"
                    + " indices.duplicate()");
        }
        NDArray copy = proxy.duplicate();
        storage.writtenFromInput();
        return copy;
    }

    private @Nullable Object read(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (dependsOnInput() || tracer.dependsOnInput(arguments)) {
            throw tracer.error("data-dependent control flow: " + method.getName()
                    + " reads numbers that depend on the input while tracing, and an ONNX graph cannot branch on them;"
                    + " compute with arrays instead (where, maximum, clip, masks by multiplication)."
                    + switch (method.getName()) {
                        case "toByteBuffer" -> FOREIGN_RECEIVER;
                        case "toDebugString" -> " To log an array, log its getShape()";
                        case "equals" -> " To tell arrays apart, and not their numbers, use ==";
                        default -> "";
                    });
        }
        if (method.getName().equals("copyTo")) {
            return InvocationHandler.invokeDefault(proxy, method, arguments); // which writes with set(Buffer)
        }
        return tracer.runConstant(this, real(), method, arguments);
    }

    private @Nullable Object write(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        boolean indexed = arguments != null && arguments.length == 2;
        if (indexed && method.isDefault()) {
            return InvocationHandler.invokeDefault(self, method, arguments);
        }
        requireWritable();
        if (dependsOnInput() || tracer.dependsOnInput(arguments)) {
            throw tracer.error("replacing the whole content of an array has no ONNX form if either depends on the"
                    + " input: use the other array instead");
        }
        Object result = tracer.runConstant(this, real(), method, arguments);
        storage.written();
        return result;
    }

    private Object inPlace(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        requireWritable();
        if (dependsOnInput() || tracer.dependsOnInput(arguments)) {
            MethodSignature signature = MethodSignature.of(method).outOfPlace();
            if (!tracer.isPrimitive(signature)) {
                throw tracer.withoutForm(real().duplicate(), method, arguments);
            }
            IndexedAssignment.overwrite(
                    tracer,
                    this,
                    signature.text(),
                    tracer.record(this, arguments),
                    array -> Tracer.invoke(array, method, tracer.unwrap(arguments)));
        } else {
            Optional<TracedArray> before = before();
            Tracer.invoke(real(), method, tracer.unwrap(arguments));
            storage.written();
            MethodSignature signature = MethodSignature.of(method).outOfPlace();
            before.filter(old -> tracer.isPrimitive(signature))
                    .ifPresent(old -> madeBy(ArrayDerivation.of(signature.text(), tracer.operands(old, arguments))));
        }
        return proxy;
    }

    /** Returns a copy of this constant, of which the array that is written next is made; empty if it knows no recipe. */
    Optional<TracedArray> before() {
        boolean formula = !isKept() && writes++ < MOST_WRITES && ArrayDerivation.takes(real());
        if (!formula) {
            return Optional.empty();
        }
        TracedArray copy = tracer.constant(hint, real().duplicate());
        recipe().ifPresent(copy::madeBy);
        return Optional.of(copy);
    }

    void requireWritable() {
        storage.parameter().ifPresent(parameter -> {
            throw tracer.error("the network changes a parameter (" + parameter + ") in place during forward");
        });
    }

    private @Nullable Object ofObject(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Object other = arguments == null ? null : arguments[0];
        return switch (method.getName()) {
            case "equals" ->
                other instanceof NDArray && other != proxy
                        ? tracer.isOver() ? afterwards(method, arguments) : read(method, arguments)
                        : (Object) (other == proxy);
            // Like the engine's: arrays in a hash table are compared with equals, and thus by their numbers.
            case "hashCode" -> 0;
            default -> toString();
        };
    }

    @Override
    public String toString() {
        return "traced " + type() + shape() + " from " + hint;
    }
}
