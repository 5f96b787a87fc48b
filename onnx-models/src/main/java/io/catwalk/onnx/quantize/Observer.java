package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** Runs a float model without optimizations, and observes the numbers in its tensors. */
final class Observer {

    private final Path file;
    private final ModelProto model;
    private final Set<String> tensors;

    /**
     * Prepares an observation.
     *
     * @param file of the model, for messages
     * @param model a prepared model
     * @param tensors names of the tensors of 32-bit floats to observe
     */
    Observer(Path file, ModelProto model, Set<String> tensors) {
        this.file = file;
        this.model = model;
        this.tensors = tensors;
    }

    /**
     * Runs all batches to find the ranges, and once more when a histogram is first requested.
     *
     * @param batches inputs by name; must give the same batches each time
     * @return what was observed of each tensor
     * @throws IllegalArgumentException if there is no batch, or one does not fit the inputs
     * @throws OnnxFileException if ONNX Runtime cannot run the model, or a tensor holds NaN or an infinity
     */
    Map<String, Observed> observe(Iterable<Map<String, Tensor>> batches) {
        Map<String, Range> seen = new HashMap<>();
        int count = each(batches, (name, numbers) -> seen.merge(name, range(name, numbers), Observer::union));
        if (count == 0 || (seen.isEmpty() && !tensors.isEmpty())) {
            throw new IllegalArgumentException("expected calibration images, found none");
        }
        Map<String, Histogram> counted = new HashMap<>();
        Map<String, Observed> observed = new HashMap<>();
        seen.forEach((name, range) -> observed.put(
                name, new Observed(range, () -> counted(counted, seen, batches).get(name))));
        return observed;
    }

    private Map<String, Histogram> counted(
            Map<String, Histogram> counted, Map<String, Range> seen, Iterable<Map<String, Tensor>> batches) {
        if (counted.isEmpty()) {
            Map<String, Histogram> counting = new HashMap<>(); // is dropped if a batch fails
            seen.forEach((name, range) -> counting.put(name, new Histogram(range.largest())));
            each(batches, (name, numbers) -> {
                Histogram histogram = counting.get(name);
                if (histogram != null) {
                    histogram.add(numbers);
                }
            });
            counted.putAll(counting);
        }
        return counted;
    }

    /** Returns how many batches there were. */
    private int each(Iterable<Map<String, Tensor>> batches, BiConsumer<String, float[]> look) {
        Set<String> given = model.getGraph().getInputList().stream()
                .map(ValueInfoProto::getName)
                .collect(Collectors.toSet());
        Set<String> made = new HashSet<>(tensors);
        model.getGraph().getOutputList().forEach(output -> made.add(output.getName())); // so that there is at least one
        made.removeAll(given);
        OnnxOptions asWritten = OnnxOptions.standard().withOptimization(OptimizationLevel.NONE);
        int count = 0;
        try (OnnxRunner runner = OnnxRunner.watching(model.toByteArray(), made, asWritten)) {
            for (Map<String, Tensor> batch : batches) {
                count++;
                Map<String, Tensor> answers = runner.run(batch);
                for (String name : tensors) {
                    Tensor tensor = given.contains(name) ? batch.get(name) : answers.get(name);
                    if (tensor != null && tensor.size() > 0) {
                        float[] numbers = new float[tensor.size()];
                        tensor.buffer().asFloatBuffer().get(numbers);
                        look.accept(name, numbers);
                    }
                }
            }
        }
        return count;
    }

    private Range range(String name, float[] numbers) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float number : numbers) {
            low = Math.min(low, number); // NaN, once NaN
            high = Math.max(high, number);
        }
        if (!Float.isFinite(low) || !Float.isFinite(high)) {
            throw new OnnxFileException(
                    file,
                    "finite numbers in the tensor " + name,
                    Float.isNaN(low) ? "NaN" : "an infinity",
                    "look at the images and their normalization, or train again with a lower learning rate");
        }
        return new Range(low, high);
    }

    private static Range union(Range one, Range other) {
        return new Range(Math.min(one.low(), other.low()), Math.max(one.high(), other.high()));
    }
}
