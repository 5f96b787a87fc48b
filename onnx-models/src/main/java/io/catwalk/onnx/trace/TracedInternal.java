package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDArrayIndexer;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.index.full.NDIndexFullPick;
import ai.djl.ndarray.index.full.NDIndexFullSlice;
import ai.djl.ndarray.index.full.NDIndexFullTake;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Implements {@link ai.djl.ndarray.NDArray#getNDArrayInternal()} of traced arrays: layers, pools and activations. */
record TracedInternal(Tracer tracer, TracedArray array) implements InvocationHandler {

    /**
     * Methods that read only the shape of their receiver, which {@link Replay} compares: their result is a constant.
     */
    private static final Set<String> ONLY_SHAPES = Set.of("multiBoxPrior");

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (tracer.isOver()) {
            return afterwards(method, arguments);
        }
        if (method.getName().equals("getArray")) {
            return array.proxy();
        }
        if (method.getName().equals("getIndexer")) {
            return new TracedIndexer(tracer);
        }
        if (method.getDeclaringClass() == Object.class) {
            return Tracer.invoke(real(), method, arguments);
        }
        if (method.getName().equals("rsubi")) {
            return InvocationHandler.invokeDefault(self, method, arguments); // which writes with subi and negi
        }
        if (ONLY_SHAPES.contains(method.getName()) || (!array.dependsOnInput() && !tracer.dependsOnInput(arguments))) {
            boolean shapes = ONLY_SHAPES.contains(method.getName());
            return array.isTakenApart(method) && !shapes
                    ? array.apart(self, method, arguments)
                    : tracer.runConstant(array, real(), method, arguments);
        }
        MethodSignature signature = MethodSignature.of(method);
        if (tracer.isPrimitive(signature)) {
            return tracer.runPrimitive(array, this::real, method, arguments, signature);
        }
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(self, method, arguments);
        }
        throw tracer.withoutForm(real(), method, arguments);
    }

    private NDArrayEx real() {
        return array.real().getNDArrayInternal();
    }

    private @Nullable Object afterwards(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        NDArrayEx target = array.proxy().getNDArrayInternal();
        return Tracer.invoke(target, method, tracer.successor().isPresent() ? arguments : Tracer.plain(arguments));
    }

    /** Implements {@code get(NDIndex)} and {@code set(NDIndex, ...)} of traced arrays. */
    private static final class TracedIndexer extends NDArrayIndexer {

        private final Tracer tracer;

        TracedIndexer(Tracer tracer) {
            this.tracer = tracer;
        }

        @Override
        public NDArray get(NDArray array, NDIndex index) {
            return Indexing.get(tracer, tracer.traced(array), index);
        }

        @Override
        public void set(NDArray array, NDIndex index, Object value) {
            IndexedAssignment.set(tracer, tracer.traced(array), index, value);
        }

        @Override
        public NDArray get(NDArray array, NDIndexFullPick fullPick) {
            throw unsupported();
        }

        @Override
        public NDArray get(NDArray array, NDIndexFullTake fullTake) {
            throw unsupported();
        }

        @Override
        public NDArray get(NDArray array, NDIndexFullSlice fullSlice) {
            throw unsupported();
        }

        @Override
        public void set(NDArray array, NDIndexFullSlice fullSlice, NDArray value) {
            throw unsupported();
        }

        @Override
        public void set(NDArray array, NDIndexFullSlice fullSlice, Number value) {
            throw unsupported();
        }

        private RuntimeException unsupported() {
            return tracer.error("this form of NDArrayIndexer has no ONNX form: use array.get(NDIndex)");
        }
    }
}
