package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Compares the outputs of ONNX Runtime with those of DJL. */
public final class Agreement {

    private static final long[] BATCHES = {1, 3, 7};

    private Agreement() {}

    /** Sets every parameter to seeded numbers with which no layer starts, so that mixed up parameters are detected. */
    static <B extends Block> B initialized(B block, NDManager manager, Shape sample) {
        block.initialize(manager, DataType.FLOAT32, new Shape(2).addAll(sample));
        randomize(block, 7);
        return block;
    }

    /** Sets every parameter to seeded numbers. */
    public static void randomize(Block block, long seed) {
        Random random = new Random(seed);
        block.getParameters().forEach(pair -> {
            Parameter parameter = pair.getValue();
            NDArray array = parameter.getArray();
            array.setRequiresGradient(false);
            float[] numbers = new float[(int) array.size()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = isPositive(parameter) ? 0.5f + random.nextFloat() : (float) (random.nextGaussian() * 0.3);
            }
            array.set(numbers);
        });
    }

    static boolean isPositive(Parameter parameter) {
        return parameter.getType() == Parameter.Type.RUNNING_VAR || parameter.getType() == Parameter.Type.GAMMA;
    }

    static float[] images(int count, long seed) {
        return drawn(count, seed, random -> (float) random.nextGaussian());
    }

    /** Draws eighths from -4 to 4, which sums and products hold exactly. */
    public static float[] eighths(int count, long seed) {
        return drawn(count, seed, random -> (random.nextInt(65) - 32) / 8f);
    }

    private static float[] drawn(int count, long seed, ToDoubleFunction<Random> next) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) next.applyAsDouble(random);
        }
        return numbers;
    }

    /** Creates inputs from a number of elements and a seed. */
    public interface Inputs {
        float[] make(int count, long seed);
    }

    /** Returns the largest difference between both outputs over 1, 3 and 7 samples or as many, relative above 1. */
    static double difference(Block block, Shape sample, byte[] model, long... batches) {
        return difference(block, sample, model, Agreement::images, batches.length == 0 ? BATCHES : batches);
    }

    /** Returns the largest difference between both outputs over some batch sizes, relative above 1. */
    public static double difference(Block block, Shape sample, byte[] model, Inputs inputs, long... batches) {
        return difference(block, sample, model, inputs, expected -> 1, batches);
    }

    /**
     * Returns the largest difference of each output over its largest number, or over 1 if all are smaller. This suits a
     * network of many layers with random weights, whose small numbers are differences of large ones.
     */
    public static double scaledDifference(Block block, Shape sample, byte[] model, long... batches) {
        return difference(block, sample, model, Agreement::images, Agreement::scale, batches);
    }

    private static double difference(
            Block block, Shape sample, byte[] model, Inputs inputs, ToDoubleFunction<NDArray> least, long... batches) {
        double worst = 0;
        try (OnnxRunner runner = runner(model);
                NDManager manager = NDManager.newBaseManager()) {
            for (long batch : batches) {
                Shape shape = new Shape(batch).addAll(sample);
                NDArray input = manager.create(inputs.make((int) shape.size(), batch), shape);
                worst = Math.max(worst, difference(block, runner, new NDList(input), least));
            }
        }
        return worst;
    }

    /** Opens exported bytes, to be run on one thread. */
    static OnnxRunner runner(byte[] model) {
        return OnnxRunner.open(model, OnnxOptions.standard().withThreads(1));
    }

    /** Returns the first output of a file for its only input. */
    static double[] answer(byte[] model, Tensor input) {
        try (OnnxRunner runner = runner(model)) {
            String name = runner.inputs().get(0).name();
            return runner.run(Map.of(name, input)).values().iterator().next().toDoubles();
        }
    }

    /** Runs arrays of the engine, which are the inputs in order. */
    static List<Tensor> run(OnnxRunner runner, NDList inputs) {
        Map<String, Tensor> given = new LinkedHashMap<>();
        for (int i = 0; i < runner.inputs().size(); i++) {
            given.put(runner.inputs().get(i).name(), DjlTensors.of(inputs.get(i)));
        }
        return List.copyOf(runner.run(given).values());
    }

    /** Returns the largest difference between both outputs for some inputs, relative above 1. */
    public static double difference(Block block, byte[] model, NDList inputs) {
        try (OnnxRunner runner = runner(model)) {
            return difference(block, runner, inputs, expected -> 1);
        }
    }

    private static double difference(Block block, OnnxRunner runner, NDList inputs, ToDoubleFunction<NDArray> least) {
        ParameterStore store = new ParameterStore(inputs.get(0).getManager(), false);
        List<Tensor> found = run(runner, inputs);
        NDList expected = block.forward(store, new NDList(inputs), false);
        assertThat(found).hasSameSizeAs(expected);
        double worst = 0;
        for (int i = 0; i < expected.size(); i++) {
            worst = Math.max(worst, difference(expected.get(i), found.get(i), least.applyAsDouble(expected.get(i))));
        }
        return worst;
    }

    /** Returns the largest number, or 1; a number that is not finite would make everything equal. */
    private static double scale(NDArray array) {
        double scale = 1;
        for (Number number : array.toType(DataType.FLOAT64, true).toArray()) {
            double magnitude = Math.abs(number.doubleValue());
            scale = Double.isFinite(magnitude) ? Math.max(scale, magnitude) : scale;
        }
        return scale;
    }

    /** Returns the largest difference over the number that is expected, or over {@code least} where that is larger. */
    private static double difference(NDArray expected, Tensor found, double least) {
        assertThat(found.shape()).isEqualTo(expected.getShape().getShape());
        double[] given = found.toDoubles();
        Number[] numbers = expected.toType(DataType.FLOAT64, true).toArray();
        double worst = 0;
        for (int i = 0; i < numbers.length; i++) {
            double wanted = numbers[i].doubleValue();
            double got = given[i];
            if (wanted == got || (Double.isNaN(wanted) && Double.isNaN(got))) {
                continue;
            }
            double difference = Math.abs(wanted - got) / Math.max(least, Math.abs(wanted));
            worst = Math.max(worst, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
        }
        return worst;
    }
}
