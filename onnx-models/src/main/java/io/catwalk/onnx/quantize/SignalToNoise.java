package io.catwalk.onnx.quantize;

import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compares the outputs of models for the same inputs, as a signal-to-noise ratio in decibels. */
final class SignalToNoise {

    private final List<Map<String, Tensor>> batches;
    private final List<Map<String, Tensor>> expected;

    /**
     * Runs the reference.
     *
     * @param reference content of an ONNX file
     * @param batches inputs by name
     */
    SignalToNoise(byte[] reference, Iterable<Map<String, Tensor>> batches) {
        this.batches = new ArrayList<>();
        batches.forEach(this.batches::add);
        expected = answers(reference);
    }

    /**
     * Returns 20 log10(|x| / |x - y|) for the reference's outputs x and those of another model, y; negative infinity if
     * it is no number, since NaN is the worst of all answers.
     */
    double decibels(byte[] other) {
        List<Map<String, Tensor>> found = answers(other);
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.size(); i++) {
            for (Map.Entry<String, Tensor> output : expected.get(i).entrySet()) {
                double[] x = output.getValue().toDoubles();
                double[] y = Objects.requireNonNull(found.get(i).get(output.getKey()))
                        .toDoubles();
                for (int j = 0; j < x.length; j++) {
                    signal += x[j] * x[j];
                    noise += (x[j] - y[j]) * (x[j] - y[j]);
                }
            }
        }
        // 10, not 20, since both are sums of squares
        double decibels = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
        return Double.isNaN(decibels) ? Double.NEGATIVE_INFINITY : decibels;
    }

    private List<Map<String, Tensor>> answers(byte[] model) {
        try (OnnxRunner runner = OnnxRunner.open(model, OnnxOptions.standard())) {
            return batches.stream().map(runner::run).toList();
        }
    }
}
