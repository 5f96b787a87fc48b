package io.catwalk.onnx.trace;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gets types and shapes of the results of costly operations from the engine, without computing them. These operations
 * treat each sample separately, along the first axis. So the engine runs them on a batch of no samples, which costs
 * nothing and gives type and sizes. The numbers are not needed, since they must not be read while tracing. All other
 * operations are computed.
 */
record WithoutSamples(Placeholders placeholders) {

    /**
     * Creates the result of a call without computing it: right types and shapes with meaningless numbers; empty if the
     * call must be computed.
     */
    Optional<Object> results(Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        @Nullable Object[] given = arguments == null ? new @Nullable Object[0] : arguments;
        NDArray receiver = target instanceof NDArrayEx layer ? layer.getArray() : (NDArray) target;
        boolean ofReceiver = takesReceiver(method.getName(), receiver, given);
        boolean ofArgument = takesArgument(method.getName(), receiver, given);
        NDArray samples = ofArgument && !ofReceiver ? (NDArray) Objects.requireNonNull(given[0]) : receiver;
        // Whole numbers may be divisors, and dividing by the zeros of a placeholder fails.
        boolean real = samples.getDataType().isFloating();
        if (!(ofReceiver || ofArgument) || !real || samples.getShape().dimension() == 0 || samples.isEmpty()) {
            return Optional.empty();
        }
        @Nullable Object[] none = given.clone();
        try (NDArray empty = none(samples);
                NDArray other = none(ofArgument ? (NDArray) Objects.requireNonNull(given[0]) : samples)) {
            if (ofArgument) {
                none[0] = other;
            }
            Object callee = ofReceiver ? empty : receiver;
            Object made = Tracer.invoke(
                    target instanceof NDArrayEx ? ((NDArray) callee).getNDArrayInternal() : callee, method, none);
            return Optional.ofNullable(filled(made, samples.getShape().get(0)));
        } catch (EngineException e) {
            return Optional.empty(); // computing shows what is wrong, or that only an empty batch fails
        }
    }

    private static NDArray none(NDArray samples) {
        return samples.getManager().create(resized(samples.getShape(), 0), samples.getDataType());
    }

    /** Tells whether the receiver holds samples along its first axis, and so does the result. */
    private static boolean takesReceiver(String name, NDArray receiver, @Nullable Object[] arguments) {
        int axes = receiver.getShape().dimension();
        return switch (name) {
            case "relu", "sigmoid", "tanh", "softPlus", "softSign", "selu", "leakyRelu", "elu", "gelu" -> true;
            case "maxPool", "avgPool" -> arguments[0] instanceof Shape kernel && kernel.dimension() + 2 == axes;
            // Samples of one axis are too cheap to avoid. An operand without samples is broadcast to each sample.
            case "add", "sub", "mul", "div", "maximum", "minimum" ->
                axes >= 3
                        && !(arguments[0] instanceof NDArray other
                                && other.getShape().dimension() > axes);
            case "softmax", "logSoftmax" ->
                axes >= 3 && arguments[0] instanceof Integer axis && Math.floorMod(axis, axes) > 0;
            // Placeholders for samples are matrices without an inverse.
            case "inverse" -> axes >= 3;
            case "matMul", "batchMatMul" -> takesArgument(name, receiver, arguments);
            default -> false;
        };
    }

    /** Tells whether the first argument holds samples along its first axis, and so does the result. */
    private static boolean takesArgument(String name, NDArray receiver, @Nullable Object[] arguments) {
        if (arguments.length == 0 || !(arguments[0] instanceof NDArray samples)) {
            return false;
        }
        Shape shape = samples.getShape();
        int axes = shape.dimension();
        return switch (name) {
            case "convolution" ->
                arguments[1] instanceof NDArray weight && weight.getShape().dimension() == axes;
            // If a norm covers the samples, too, the engine rejects an empty batch.
            case "linear", "layerNorm" -> axes >= 2;
            // Training mixes the samples. Without samples, the engine takes statistics of any number of channels.
            case "batchNorm" ->
                axes >= 2
                        && arguments[5] instanceof Integer axis
                        && axis != 0
                        && Boolean.FALSE.equals(arguments[8])
                        && arguments[1] instanceof NDArray mean
                        && mean.size() == shape.get(Math.floorMod(axis, axes));
            // Only for two stacks of matrices: a stack and a single matrix are broadcast.
            case "add", "sub", "mul", "div", "maximum", "minimum", "matMul", "batchMatMul" ->
                axes >= 3
                        && receiver.getShape().dimension() == axes
                        && receiver.getShape().get(0) == shape.get(0);
            default -> false;
        };
    }

    private @Nullable Object filled(@Nullable Object made, long samples) {
        if (made instanceof NDList list) {
            NDList all = new NDList();
            list.forEach(array -> all.add(filled(array, samples)));
            return all;
        }
        return made instanceof NDArray array ? filled(array, samples) : null;
    }

    private NDArray filled(NDArray none, long samples) {
        try (none) {
            return placeholders.of(
                    TapeMerge.elementType(none.getDataType(), "a layer"), resized(none.getShape(), samples));
        }
    }

    private static Shape resized(Shape shape, long samples) {
        long[] sizes = shape.getShape().clone();
        sizes[0] = samples;
        return new Shape(sizes);
    }
}
