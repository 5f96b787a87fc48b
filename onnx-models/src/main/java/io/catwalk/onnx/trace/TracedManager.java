package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Implements the {@link NDManager} of traced arrays: arrays that {@code forward} creates are constants of the trace,
 * and nothing is freed before the trace ends.
 */
record TracedManager(Tracer tracer, NDManager real) implements InvocationHandler {

    static NDManager wrap(Tracer tracer, NDManager real) {
        return (NDManager) Proxy.newProxyInstance(
                NDManager.class.getClassLoader(), new Class<?>[] {NDManager.class}, new TracedManager(tracer, real));
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        switch (name) {
            case "from", "ret" -> {
                return arguments == null ? null : arguments[0];
            }
            case "newSubManager", "getParentManager" -> {
                return self;
            }
            case "close",
                    "cap",
                    "attachAll",
                    "tempAttachAll",
                    "attachInternal",
                    "attachUncappedInternal",
                    "tempAttachInternal",
                    "detachInternal",
                    "setName" -> {
                return null;
            }
            default -> {
                return create(self, method, arguments);
            }
        }
    }

    private @Nullable Object create(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return method.getName().equals("equals")
                    ? (Object) (arguments != null && arguments[0] == self)
                    : Tracer.invoke(real, method, arguments);
        }
        Class<?> result = method.getReturnType();
        boolean makesArrays = result == NDArray.class
                || result == NDList.class
                || method.getName().equals("invoke");
        if (makesArrays && tracer.dependsOnInput(arguments)) {
            throw tracer.error(
                    "NDManager." + method.getName() + " on an array that depends on the input has no ONNX form");
        }
        Method making = isUnfilled(method) ? NDManager.class.getMethod("zeros", method.getParameterTypes()) : method;
        Object made = tracer.wrapConstants(
                null, method.getName(), null, Tracer.invoke(real, making, tracer.unwrap(arguments)));
        if (made instanceof NDArray array && arguments != null) {
            NDManager manager = (NDManager) self;
            Optional<NDArray> same = switch (method.getName()) {
                case "eye" -> Optional.of(diagonal(manager, array));
                case "linspace" -> spaced(manager, array, arguments);
                default -> Optional.empty();
            };
            same.map(tracer::traced).flatMap(TracedArray::recipe).ifPresent(tracer.traced(array)::madeBy);
        }
        return made;
    }

    /** Makes equally spaced numbers by arithmetic, which a graph can repeat for other sizes. */
    private static Optional<NDArray> spaced(NDManager manager, NDArray array, @Nullable Object[] arguments) {
        boolean both = arguments.length < 4 || Boolean.TRUE.equals(arguments[3]);
        if (!both || array.isEmpty()) {
            return Optional.empty();
        }
        Number first = (Number) Objects.requireNonNull(arguments[0]);
        Number last = (Number) Objects.requireNonNull(arguments[1]);
        long count = array.size();
        NDArray places = manager.arange(0, Math.toIntExact(count), 1, DataType.INT64);
        NDArray steps = manager.create(count).sub(1).maximum(1);
        NDArray before = steps.sub(places).toType(DataType.FLOAT64, false).mul(first.doubleValue());
        NDArray after = places.toType(DataType.FLOAT64, false).mul(last.doubleValue());
        return Optional.of(
                before.add(after).div(steps.toType(DataType.FLOAT64, false)).toType(array.getDataType(), false));
    }

    /** Makes an identity matrix by arithmetic, which a graph can repeat for other sizes. */
    private static NDArray diagonal(NDManager manager, NDArray eye) {
        NDArray rows = manager.arange(0, Math.toIntExact(eye.getShape().get(0)), 1, DataType.INT64);
        NDArray columns = manager.arange(0, Math.toIntExact(eye.getShape().get(1)), 1, DataType.INT64);
        return columns.expandDims(0).eq(rows.expandDims(1)).toType(eye.getDataType(), false);
    }

    /** Tells whether a method creates an array without setting its content, which may then differ at each call. */
    private static boolean isUnfilled(Method method) {
        return method.getName().equals("create") && method.getParameterTypes()[0] == Shape.class;
    }
}
