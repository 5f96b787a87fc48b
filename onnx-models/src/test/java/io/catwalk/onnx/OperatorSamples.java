package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

/** One sample, or more, for each row of the operator table. */
abstract class OperatorSamples {

    static final Shape VECTOR = new Shape(6);
    static final Shape MATRIX = new Shape(3, 4);
    static final Shape CUBE = new Shape(2, 3, 4);
    static final Shape IMAGE = new Shape(4, 9, 8);
    private static final double EXACT = 0;
    private static final double CLOSE = 1e-5;

    private final List<Sample> samples = new ArrayList<>();

    /** One use of primitives, comma and blank between, for samples of a shape: some operators must be in the graph. */
    record Sample(
            String primitives, Shape shape, double tolerance, String operators, Function<NDList, NDList> function) {

        @Override
        public String toString() {
            return primitives + " " + shape;
        }
    }

    static List<Sample> all() {
        return Stream.of(new ElementwiseSamples(), new ShapeSamples(), new ReductionSamples(), new LayerSamples())
                .flatMap(group -> group.samples.stream())
                .toList();
    }

    /** Adds a use that gives the same numbers as the engine; the body returns an array or a list of them. */
    final void exact(Shape shape, Function<NDArray, ?> body, String primitives, String operators) {
        add(EXACT, shape, body, primitives, operators);
    }

    /** Adds a use whose numbers may be rounded in another order. */
    final void close(Shape shape, Function<NDArray, ?> body, String primitives, String operators) {
        add(CLOSE, shape, body, primitives, operators);
    }

    private void add(double tolerance, Shape shape, Function<NDArray, ?> body, String primitives, String operators) {
        samples.add(new Sample(primitives, shape, tolerance, operators, inputs -> {
            Object made = body.apply(inputs.singletonOrThrow());
            return made instanceof NDList list ? list : new NDList((NDArray) made);
        }));
    }

    /** Creates seeded numbers, the same each time the function runs. */
    static NDArray fixed(NDArray like, long... shape) {
        return fixed(like.getManager(), shape);
    }

    static NDArray fixed(NDManager manager, long... shape) {
        Shape wanted = new Shape(shape);
        Random random = new Random(3);
        float[] numbers = new float[(int) wanted.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian() * 0.5f;
        }
        return manager.create(numbers, wanted);
    }

    static NDArray whole(NDArray x) {
        return x.mul(3).round().toType(DataType.INT64, false);
    }

    static NDArray positive(NDArray x) {
        return x.abs().add(0.1f);
    }
}
