package io.catwalk.api;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Collects gradients that stay correct when Java collects garbage.
 *
 * <p>With DJL's own collector they may be wrong: the constant of {@code array.mul(0.5)} or {@code div(8)} lies in the
 * memory of a Java buffer. DJL drops its reference to the buffer before the operation returns, but PyTorch reads the
 * constant again when it computes the gradient. A garbage collection in between frees the memory, and the gradient is
 * computed with whatever was written there next (DJL 0.36.0, {@code PtNDArray.close} and
 * {@code JniUtils.createNdFromByteBuffer}).
 *
 * <pre>{@code
 * try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
 *     collector.backward(arrays.head().mul(0.5).sum());
 * }
 * }</pre>
 */
public final class Gradients {

    private static final String PYTORCH_ARRAY = "ai.djl.pytorch.engine.PtNDArray";
    private static final ClassValue<Field> ARRAYS_OF_SCOPE = fieldNamed("resources");
    private static final ClassValue<Field> BUFFER_OF_ARRAY = fieldNamed("dataRef");

    private Gradients() {}

    /**
     * Opens a collector that replaces {@link Engine#newGradientCollector}. Until it is closed, the constants of all
     * operations on the calling thread are kept in memory. The same thread must close it.
     *
     * @param engine engine that computes the gradients
     * @return a collector, to be closed by the caller
     * @throws IllegalStateException if the constants cannot be kept with this version of DJL
     */
    public static GradientCollector collector(Engine engine) {
        // The field is looked up first, since a scope that is made stays on the thread until it is closed.
        Holding holding = new Holding(ARRAYS_OF_SCOPE.get(NDScope.class));
        GradientCollector collector;
        try {
            collector = engine.newGradientCollector();
        } catch (RuntimeException | Error e) {
            holding.close();
            throw e;
        }
        return new GradientCollector() {
            @Override
            public void backward(NDArray target) {
                collector.backward(target);
            }

            @Override
            public void zeroGradients() {
                collector.zeroGradients();
            }

            @Override
            public void close() {
                try (holding) {
                    collector.close();
                }
            }
        };
    }

    /**
     * Scope to which DJL reports each new array. It keeps a reference to the buffer with the values, not to the array.
     */
    private static final class Holding extends NDScope {

        private final List<ByteBuffer> buffers = new ArrayList<>();

        Holding(Field arraysOfScope) {
            try {
                arraysOfScope.set(this, new IdentityHashMap<NDArray, NDArray>() {
                    @Override
                    public NDArray put(NDArray array, NDArray same) {
                        hold(array);
                        return same;
                    }
                });
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }

        private void hold(NDArray array) {
            if (!array.getClass().getName().equals(PYTORCH_ARRAY)) {
                return;
            }
            try {
                Object buffer = BUFFER_OF_ARRAY.get(array.getClass()).get(array);
                if (buffer != null) {
                    buffers.add((ByteBuffer) buffer);
                }
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Returns the field of each class that has this name; it is looked up when it is needed for the first time. */
    private static ClassValue<Field> fieldNamed(String name) {
        return new ClassValue<>() {
            @Override
            protected Field computeValue(Class<?> type) {
                try {
                    Field field = type.getDeclaredField(name);
                    field.setAccessible(true);
                    return field;
                } catch (NoSuchFieldException | InaccessibleObjectException e) {
                    throw new IllegalStateException(
                            "expected DJL 0.36, whose " + type.getName() + " has a field " + name
                                    + " that can be read, but found "
                                    + (e instanceof NoSuchFieldException ? "none" : e.getMessage())
                                    + ": use the version of DJL that Catwalk comes with",
                            e);
                }
            }
        };
    }
}
