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
 * Asks the engine what costly operations make without computing them. They treat each sample by itself, along the
 * first axis: so the engine works on a batch of no samples, which costs nothing and gives type and sizes, and the
 * numbers, which nobody may look at while tracing, are left out. What is not known to be such an operation is computed.
 */
final class WithoutSamples {

    private final Placeholders placeholders;

    WithoutSamples(Placeholders placeholders) {
        this.placeholders = placeholders;
    }

    /**
     * Asks what a call makes.
     *
     * @param target receiver of the call
     * @param arguments arrays of the engine, numbers and shapes
     * @return arrays of the right type and shape whose numbers say nothing; empty if the call must be computed
     */
    Optional<Object> results(Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        @Nullable Object[] given = arguments == null ? new @Nullable Object[0] : arguments;
        NDArray receiver = target instanceof NDArrayEx layer ? layer.getArray() : (NDArray) target;
        boolean ofReceiver = takesReceiver(method.getName(), receiver, given);
        boolean ofArgument = takesArgument(method.getName(), receiver, given);
        NDArray samples = ofArgument && !ofReceiver ? (NDArray) Objects.requireNonNull(given[0]) : receiver;
        // Whole numbers may divide, and nothing divides by the zeros that stand for them.
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
            return Optional.empty(); // computing says what is wrong, or that only a batch of none is
        }
    }

    private static NDArray none(NDArray samples) {
        return samples.getManager().create(resized(samples.getShape(), 0), samples.getDataType());
    }

    /** Tells whether the receiver holds samples along its first axis, and the result holds the same. */
    private static boolean takesReceiver(String name, NDArray receiver, @Nullable Object[] arguments) {
        int axes = receiver.getShape().dimension();
        return switch (name) {
            case "relu", "sigmoid", "tanh", "softPlus", "softSign", "selu", "leakyRelu", "elu", "gelu" -> true;
            case "maxPool", "avgPool" -> arguments[0] instanceof Shape kernel && kernel.dimension() + 2 == axes;
            // A sample of one axis costs too little to ask. What has no samples of its own is repeated for each.
            case "add", "sub", "mul", "div", "maximum", "minimum" ->
                axes >= 3
                        && !(arguments[0] instanceof NDArray other
                                && other.getShape().dimension() > axes);
            case "softmax", "logSoftmax" ->
                axes >= 3 && arguments[0] instanceof Integer axis && Math.floorMod(axis, axes) > 0;
            // The numbers that stand for a sample are a matrix without an inverse.
            case "inverse" -> axes >= 3;
            case "matMul", "batchMatMul" -> takesArgument(name, receiver, arguments);
            default -> false;
        };
    }

    /** Tells whether the first argument holds samples along its first axis, and the result holds the same. */
    private static boolean takesArgument(String name, NDArray receiver, @Nullable Object[] arguments) {
        if (arguments.length == 0 || !(arguments[0] instanceof NDArray samples)) {
            return false;
        }
        Shape shape = samples.getShape();
        int axes = shape.dimension();
        return switch (name) {
            case "convolution" ->
                arguments[1] instanceof NDArray weight && weight.getShape().dimension() == axes;
            // Where a norm goes over the samples too, the engine refuses a batch of none.
            case "linear", "layerNorm" -> axes >= 2;
            // Training mixes the samples.
            case "batchNorm" ->
                axes >= 2 && !Integer.valueOf(0).equals(arguments[5]) && Boolean.FALSE.equals(arguments[8]);
            // Of two stacks of matrices; a stack and a single matrix are broadcast.
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
            return placeholders.of(Merge.elementType(none.getDataType(), "a layer"), resized(none.getShape(), samples));
        }
    }

    private static Shape resized(Shape shape, long samples) {
        long[] sizes = shape.getShape().clone();
        sizes[0] = samples;
        return new Shape(sizes);
    }
}
