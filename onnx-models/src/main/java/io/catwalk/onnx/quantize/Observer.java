package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Runs a float model as it is written, and looks at what its tensors hold. */
final class Observer {

    private final Path file;
    private final ModelProto model;
    private final Set<String> tensors;

    /**
     * Prepares to look.
     *
     * @param file of the model, for messages
     * @param model a prepared one
     * @param tensors of 32-bit floats, to be looked at
     */
    Observer(Path file, ModelProto model, Set<String> tensors) {
        this.file = file;
        this.model = model;
        this.tensors = tensors;
    }

    /**
     * Runs all batches twice: once for the ranges, once to count within them.
     *
     * @param batches inputs by name; gives the same each time
     * @return what each tensor held
     * @throws IllegalArgumentException if there is no batch, or one does not fit the inputs
     * @throws OnnxFileException if ONNX Runtime cannot run the model, or a tensor holds NaN or an infinity
     */
    Map<String, Observed> observe(Iterable<Map<String, Tensor>> batches) {
        Map<String, Range> seen = new HashMap<>();
        Map<String, Observed> observed = new HashMap<>();
        OnnxOptions asWritten = OnnxOptions.standard().withOptimization(OptimizationLevel.NONE);
        try (OnnxRunner runner = OnnxRunner.open(withOutputs().toByteArray(), asWritten)) {
            each(runner, batches, (name, numbers) -> seen.merge(name, range(name, numbers), Observer::union));
            if (seen.isEmpty() && !tensors.isEmpty()) {
                throw new IllegalArgumentException("expected calibration images, found none");
            }
            seen.forEach((name, range) -> observed.put(name, new Observed(range, new Histogram(range.largest()))));
            each(runner, batches, (name, numbers) -> {
                Observed known = observed.get(name);
                if (known != null) {
                    known.histogram().add(numbers);
                }
            });
        }
        return observed;
    }

    private void each(OnnxRunner runner, Iterable<Map<String, Tensor>> batches, BiConsumer<String, FloatBuffer> look) {
        Set<String> given = new HashSet<>();
        runner.inputs().forEach(input -> given.add(input.name()));
        for (Map<String, Tensor> batch : batches) {
            Map<String, Tensor> answers = runner.run(batch);
            for (String name : tensors) {
                Tensor tensor = given.contains(name) ? batch.get(name) : answers.get(name);
                if (tensor != null && tensor.size() > 0) {
                    look.accept(name, tensor.buffer().asFloatBuffer());
                }
            }
        }
    }

    private Range range(String name, FloatBuffer numbers) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        while (numbers.hasRemaining()) {
            float number = numbers.get();
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

    /** Makes the tensors outputs; of which shape, ONNX Runtime works out itself. */
    private ModelProto withOutputs() {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        Set<String> known = new HashSet<>();
        graph.getInputList().forEach(input -> known.add(input.getName()));
        graph.getOutputList().forEach(output -> known.add(output.getName()));
        for (String name : tensors) {
            if (known.add(name)) {
                graph.addOutput(ValueInfoProto.newBuilder()
                        .setName(name)
                        .setType(TypeProto.newBuilder()
                                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT_VALUE))));
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }
}
