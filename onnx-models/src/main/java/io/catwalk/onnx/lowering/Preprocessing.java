package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.ExportException;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Converts pixels from 0 to 255 to the input that a network was trained on: {@code (pixel / 255 - mean) / deviation}.
 *
 * @param mean one number per channel, or one for all
 * @param deviation one number per channel, or one for all; above 0
 */
public record Preprocessing(List<Float> mean, List<Float> deviation) {

    private static final int WHITE = 255;

    /** Checks that there are as many means as deviations, and that deviations are above 0. */
    public Preprocessing {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.isEmpty() || mean.size() != deviation.size()) {
            throw new IllegalArgumentException("expected one mean and one deviation per channel, found " + mean.size()
                    + " means and " + deviation.size() + " deviations");
        }
        if (deviation.stream().anyMatch(number -> !(number > 0))) {
            throw new IllegalArgumentException("expected deviations above 0, found " + deviation);
        }
    }

    /**
     * Creates the preprocessing from arrays.
     *
     * @param mean one number per channel, or one for all
     * @param deviation one number per channel, or one for all; above 0
     * @return the preprocessing
     * @throws IllegalArgumentException if the arrays are empty or differ in length, or a deviation is not above 0
     */
    public static Preprocessing of(float[] mean, float[] deviation) {
        return new Preprocessing(list(mean), list(deviation));
    }

    private static List<Float> list(float[] numbers) {
        List<Float> list = new ArrayList<>();
        for (float number : numbers) {
            list.add(number);
        }
        return list;
    }

    Value emit(Emitter to, Value pixels) {
        long channels = pixels.rank() > 1 ? pixels.shape().get(1).fixed("channels") : 1;
        if (mean.size() != 1 && mean.size() != channels) {
            throw new ExportException(
                    "expected means and deviations for " + channels + " channels, found " + mean.size());
        }
        Value unit = to.node("Div", to.cast(pixels, ElementType.FLOAT), to.scalar(ElementType.FLOAT, WHITE));
        Value centred = to.node("Sub", unit, perChannel(to, "mean", mean, pixels.rank()));
        return to.node("Div", centred, perChannel(to, "deviation", deviation, pixels.rank()));
    }

    private static Value perChannel(Emitter to, String hint, List<Float> numbers, int rank) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i);
        }
        long[] sizes = new long[Math.max(1, rank - 1)];
        Arrays.fill(sizes, 1);
        sizes[0] = floats.length;
        return to.floats(hint, TensorShape.of(sizes), floats);
    }
}
