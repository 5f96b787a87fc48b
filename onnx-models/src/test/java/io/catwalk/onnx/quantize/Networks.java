package io.catwalk.onnx.quantize;

import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.random;
import static io.catwalk.onnx.TestModels.tensor;
import static io.catwalk.onnx.TestModels.value;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** Small networks to quantize, and methods that many tests share. */
final class Networks {

    static final int IMAGES = 16;

    private Networks() {}

    /** Two convolutions, the second in two groups and with a stride, a pool, and two matrix products. */
    static ModelProto.Builder convolutional() {
        Random random = new Random(1);
        return TestModels.model(GraphProto.newBuilder()
                .setName("convolutional")
                .addInput(value("images", FLOAT, BATCH, 8, 8, 8))
                .addOutput(value("logits", FLOAT, BATCH, 5))
                .addInitializer(tensor("w1", random(random, 12 * 8 * 9), 12, 8, 3, 3))
                .addInitializer(tensor("b1", random(random, 12), 12))
                .addInitializer(tensor("w2", random(random, 6 * 6 * 9), 6, 6, 3, 3))
                .addInitializer(tensor("w3", random(random, 24 * 10), 24, 10))
                .addInitializer(tensor("b3", random(random, 10), 10))
                .addInitializer(tensor("w4", random(random, 5 * 10), 5, 10))
                .addInitializer(tensor("b4", random(random, 5), 5))
                .addNode(node("Conv", List.of("images", "w1", "b1"), "c1").addAttribute(ints("pads", 1, 1, 1, 1)))
                .addNode(node("Relu", List.of("c1"), "r1"))
                .addNode(node("MaxPool", List.of("r1"), "p1")
                        .addAttribute(ints("kernel_shape", 2, 2))
                        .addAttribute(ints("strides", 2, 2)))
                .addNode(node("Conv", List.of("p1", "w2"), "c2")
                        .addAttribute(ints("pads", 1, 1, 1, 1))
                        .addAttribute(ints("strides", 2, 2))
                        .addAttribute(Protos.attribute("group", 2)))
                .addNode(node("Flatten", List.of("c2"), "f"))
                .addNode(node("Gemm", List.of("f", "w3", "b3"), "g1"))
                .addNode(node("Relu", List.of("g1"), "r3"))
                .addNode(
                        node("Gemm", List.of("r3", "w4", "b4"), "logits").addAttribute(Protos.attribute("transB", 1))));
    }

    /** A residual block, a gate and a mean: nodes between convolutions. */
    static ModelProto.Builder residual() {
        Random random = new Random(2);
        return TestModels.model(GraphProto.newBuilder()
                .setName("residual")
                .addInput(value("images", FLOAT, BATCH, 8, 8, 8))
                .addOutput(value("logits", FLOAT, BATCH, 5))
                .addInitializer(tensor("w1", random(random, 8 * 8 * 9), 8, 8, 3, 3))
                .addInitializer(tensor("w2", random(random, 8 * 8 * 9), 8, 8, 3, 3))
                .addInitializer(tensor("w3", random(random, 5 * 8), 8, 5))
                .addInitializer(tensor("half", new float[] {0.5f}))
                .addNode(node("Conv", List.of("images", "w1"), "c1").addAttribute(ints("pads", 1, 1, 1, 1)))
                .addNode(node("Relu", List.of("c1"), "r1"))
                .addNode(node("Conv", List.of("r1", "w2"), "c2").addAttribute(ints("pads", 1, 1, 1, 1)))
                .addNode(node("Mul", List.of("c2", "half"), "m"))
                .addNode(node("Add", List.of("m", "r1"), "a"))
                .addNode(node("Relu", List.of("a"), "r2"))
                .addNode(node("GlobalAveragePool", List.of("r2"), "mean"))
                .addNode(node("Flatten", List.of("mean"), "f"))
                .addNode(node("MatMul", List.of("f", "w3"), "logits")));
    }

    static AttributeProto ints(String name, long... numbers) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(numbers).forEach(attribute::addInts);
        return attribute.build();
    }

    static AttributeProto word(String name, String word) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(word))
                .build();
    }

    static float[] images(int seed) {
        return random(new Random(seed), IMAGES * 512);
    }

    static Map<String, Tensor> batch(float[] images) {
        return Map.of("images", Tensor.of(images, IMAGES, 8, 8, 8));
    }

    static CalibratedModel calibrated(Path folder, ModelProto.Builder model) {
        Path file = TestModels.write(folder.resolve("model.onnx"), model);
        return OnnxQuantization.of(file).calibrated(List.of(batch(images(7))));
    }

    static QuantizedModel quantized(CalibratedModel model) {
        return model.quantized(CalibrationMethod.MIN_MAX, Set.of());
    }

    static float[] answers(byte[] model, float[] images, OptimizationLevel level) {
        return answers(model, batch(images), level);
    }

    static float[] answers(byte[] model, Map<String, Tensor> batch, OptimizationLevel level) {
        try (OnnxRunner runner = OnnxRunner.open(model, OnnxOptions.standard().withOptimization(level))) {
            Tensor logits = Objects.requireNonNull(runner.run(batch).get("logits"));
            float[] floats = new float[logits.size()];
            logits.buffer().asFloatBuffer().get(floats);
            return floats;
        }
    }

    static List<String> operators(GraphProto graph) {
        return graph.getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    /** Returns 20 log10(|x| / |x - y|). */
    static double decibels(float[] expected, float[] found) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.length; i++) {
            signal += (double) expected[i] * expected[i];
            noise += Math.pow((double) expected[i] - found[i], 2);
        }
        return 10 * Math.log10(signal / noise);
    }
}
