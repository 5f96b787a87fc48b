package io.catwalk.onnx.quantize;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.stateRefused;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares files in 8 bits with whole numbers that are computed here and with the float files. */
class OnnxQuantizationTest {

    @TempDir
    private Path folder;

    private CalibratedModel convolutional() {
        return Networks.calibrated(folder, Networks.convolutional());
    }

    private static ModelProto parsed(QuantizedModel model) {
        return parse(model.bytes());
    }

    private static ModelProto parse(byte[] bytes) {
        try {
            return ModelProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Compares the answers to some images with those of another file. */
    private static double decibels(byte[] reference, byte[] model, float[] images) {
        return Networks.decibels(
                Networks.answers(reference, images, OptimizationLevel.ALL),
                Networks.answers(model, images, OptimizationLevel.ALL));
    }

    /** Without fused kernels, ONNX Runtime computes the pairs in floats. A tie may change the five logits of an image. */
    @Test
    void fusedKernelsComputeWhatTheFileSays() {
        byte[] model = Networks.quantized(convolutional()).bytes();
        int differing = 0;
        for (int seed = 10; seed < 15; seed++) {
            float[] images = Networks.images(seed);
            float[] expected = Networks.answers(model, images, OptimizationLevel.NONE);
            float[] found = Networks.answers(model, images, OptimizationLevel.ALL);
            for (int i = 0; i < expected.length; i++) {
                differing += Math.abs(expected[i] - found[i]) < 1e-3 ? 0 : 1;
            }
        }
        assertThat(differing).isLessThanOrEqualTo(5);
    }

    @Test
    void theAnswersAreNearlyThoseOfTheFloatFile() {
        for (ModelProto.Builder network : List.of(Networks.convolutional(), Networks.residual())) {
            CalibratedModel calibrated = Networks.calibrated(folder, network);
            float[] images = Networks.images(20);
            float[] expected = Networks.answers(network.build().toByteArray(), images, OptimizationLevel.ALL);
            for (OptimizationLevel level : OptimizationLevel.values()) {
                float[] found = Networks.answers(Networks.quantized(calibrated).bytes(), images, level);
                assertThat(Networks.decibels(expected, found)).as("%s", level).isGreaterThan(25);
            }
        }
    }

    /** A large bias, as in front of a mean of a network without negative numbers. */
    @Test
    void noMethodLosesNumbersThatAreFarFromZero() {
        ModelProto.Builder network = Networks.residual();
        float[] bias = {100, 110, 120, 130, 140, 150, 160, 170};
        network.getGraphBuilder().addInitializer(tensor("b2", bias, 8));
        network.getGraphBuilder().getNodeBuilder(2).addInput("b2");
        CalibratedModel calibrated = Networks.calibrated(folder, network);
        for (CalibrationMethod method : CalibrationMethod.values()) {
            byte[] model = calibrated.quantized(method, Set.of()).bytes();
            assertThat(decibels(network.build().toByteArray(), model, Networks.images(20)))
                    .as(method.title())
                    .isGreaterThan(25);
        }
    }

    /** The third and the fourth are those of a Gemm, without transB and with it. */
    @Test
    void weightsAreBytesAlongTheAxisOfTheirOutputChannels() {
        ModelProto model = parsed(Networks.quantized(convolutional()));
        assertThat(fixed(model, "w1.bytes").getDataType()).isEqualTo(TensorProto.DataType.INT8_VALUE);
        assertThat(fixed(model, "w1.steps").getDimsList()).containsExactly(12L);
        assertThat(fixed(model, "w3.steps").getDimsList()).containsExactly(10L);
        assertThat(fixed(model, "w4.steps").getDimsList()).containsExactly(5L);
        assertThat(fixed(model, "b1.int32").getDataType()).isEqualTo(TensorProto.DataType.INT32_VALUE);
        assertThat(model.getGraph().getInitializerList())
                .extracting(TensorProto::getName)
                .doesNotContain("w1", "b1", "w4");
        assertThat(axis(model, "w3.dequantized")).isEqualTo(1);
        assertThat(axis(model, "w4.dequantized")).isZero();
        for (byte weight : fixed(model, "w1.bytes").getRawData().toByteArray()) {
            assertThat(weight).isBetween((byte) -64, (byte) 64);
        }
    }

    private static TensorProto fixed(ModelProto model, String name) {
        return model.getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static long axis(ModelProto model, String output) {
        NodeProto node = model.getGraph().getNodeList().stream()
                .filter(each -> each.getOutput(0).equals(output))
                .findFirst()
                .orElseThrow();
        return Protos.number(node, "axis", -1);
    }

    /** Otherwise the pool would compare bytes of one scale and return bytes of another. */
    @Test
    void whatOnlyMovesNumbersKeepsTheirScale() {
        // By percentile: the largest number passes a pool, but most of the smaller ones do not.
        ModelProto model = parsed(convolutional().quantized(CalibrationMethod.PERCENTILE_99_9, Set.of()));
        assertThat(fixed(model, "p1.step").getRawData())
                .isEqualTo(fixed(model, "r1.step").getRawData());
        assertThat(fixed(model, "p1.zero").getRawData())
                .isEqualTo(fixed(model, "r1.zero").getRawData());
        assertThat(fixed(model, "f.step").getRawData())
                .isEqualTo(fixed(model, "c2.step").getRawData());
    }

    @Test
    void aReluDisappearsAndTheLastProductEndsInFloats() {
        QuantizedModel model = Networks.quantized(convolutional());
        assertThat(Networks.operators(parsed(model).getGraph()))
                .doesNotContain("Relu", "Flatten")
                .endsWith("Gemm");
        assertThat(model.inFloat()).isEmpty();
        assertThat(model.inBytes()).hasSize(4);

        QuantizedModel residual = Networks.quantized(Networks.calibrated(folder, Networks.residual()));
        assertThat(residual.inFloat()).isEmpty();
        assertThat(Networks.operators(parsed(residual).getGraph()))
                .contains("Add", "Mul", "GlobalAveragePool", "Reshape")
                .doesNotContain("Relu");
    }

    /** With all nodes in float, the model is the prepared file itself. */
    @Test
    void aNodeThatIsLeftInFloatIsNamed() {
        CalibratedModel calibrated = convolutional();
        String second = calibrated.nodes().get(1);
        QuantizedModel model = calibrated.quantized(CalibrationMethod.MIN_MAX, Set.of(second));

        assertThat(model.inFloat()).contains("Conv " + second);
        assertThat(model.inBytes()).doesNotContain(second).hasSize(3);
        argumentRefused(() -> calibrated.quantized(CalibrationMethod.MIN_MAX, Set.of("none")))
                .contains("found none");
        float[] images = Networks.images(3);
        byte[] all = calibrated
                .quantized(CalibrationMethod.MIN_MAX, Set.copyOf(calibrated.nodes()))
                .bytes();
        assertThat(Networks.answers(all, images, OptimizationLevel.NONE))
                .containsExactly(Networks.answers(calibrated.floats(), images, OptimizationLevel.NONE));
    }

    @Test
    void theNoiseOfANodeIsThatOfTheNodeAlone() {
        CalibratedModel calibrated = convolutional();
        float[] images = Networks.images(30);
        List<NodeNoise> noise = calibrated.noise(CalibrationMethod.MIN_MAX, List.of(Networks.batch(images)));

        assertThat(noise).extracting(NodeNoise::node).containsExactlyInAnyOrderElementsOf(calibrated.nodes());
        assertThat(noise).extracting(NodeNoise::decibels).isSorted();
        Set<String> others = calibrated.nodes().stream()
                .filter(node -> !node.equals(noise.get(0).node()))
                .collect(Collectors.toSet());
        byte[] alone = calibrated.quantized(CalibrationMethod.MIN_MAX, others).bytes();
        assertThat(noise.get(0).decibels()).isCloseTo(decibels(calibrated.floats(), alone, images), within(1e-6));
    }

    /** A quotient of two small numbers is one of two zeros in 8 bits. */
    @Test
    void aNodeThatMakesTheOutputsNaNIsTheWorst() {
        ModelProto.Builder network = Networks.convolutional();
        int flatten = 4;
        network.getGraphBuilder().addNode(flatten, node("Div", List.of("c2", "c2"), "d2"));
        network.getGraphBuilder().getNodeBuilder(flatten + 1).setInput(0, "d2");

        List<NodeNoise> noise = Networks.calibrated(folder, network)
                .noise(CalibrationMethod.MIN_MAX, List.of(Networks.batch(Networks.images(30))));

        assertThat(noise.get(0)).isEqualTo(new NodeNoise("Conv_c2", Double.NEGATIVE_INFINITY));
        assertThat(noise).hasSize(4);
    }

    /** The scorer prefers entropy, and accepts only one node in 8 bits: the search has to find both. */
    @Test
    void theSearchTakesTheMethodOfTheLeastLossAndLeavesNodesUntilTheBudgetHolds() {
        CalibratedModel calibrated = convolutional();
        byte[] liked = calibrated
                .quantized(CalibrationMethod.ENTROPY, calibrated.fasterInFloat())
                .bytes();
        Scorer scorer = model -> {
            long products = Networks.operators(parse(model).getGraph()).stream()
                    .filter("DequantizeLinear"::equals)
                    .count();
            boolean few = products <= 6;
            return new Scorer.Score(Arrays.equals(model, liked) ? 0 : 1, few ? 0.9 : 0.5);
        };

        MixedPrecision found =
                MixedPrecision.search(calibrated, scorer, List.of(Networks.batch(Networks.images(1))), 0.01);

        assertThat(found.method()).isEqualTo(CalibrationMethod.ENTROPY);
        assertThat(found.score().accuracy()).isEqualTo(0.9);
        assertThat(found.model().inFloat())
                .contains(operatorOf(found.noise().get(0).node(), calibrated));
        assertThat(found.model().inBytes())
                .isNotEmpty()
                .doesNotContain(found.noise().get(0).node());
    }

    /** 0.95 - 0.948 is more than 0.002 in floating point. */
    @Test
    void aLossOfExactlyTheBudgetLeavesNoNodeInFloat() {
        CalibratedModel calibrated = convolutional();
        byte[] floats = calibrated.floats();
        Scorer scorer = model -> new Scorer.Score(1, Arrays.equals(model, floats) ? 0.95 : 0.948);

        MixedPrecision found =
                MixedPrecision.search(calibrated, scorer, List.of(Networks.batch(Networks.images(1))), 0.002);

        assertThat(found.noise()).isEmpty();
        assertThat(found.model().inBytes()).isEqualTo(calibrated.nodes());
    }

    private static String operatorOf(String node, CalibratedModel calibrated) {
        return parse(calibrated.floats()).getGraph().getNodeList().stream()
                .filter(each -> each.getName().equals(node))
                .map(each -> each.getOpType() + " " + node)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void batchNormsAreMultipliedInBehindConvolutionsAndProducts() {
        ModelProto.Builder network = Networks.convolutional();
        network.getGraphBuilder()
                .addInitializer(tensor("gamma", new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 10))
                .addInitializer(tensor("beta", new float[] {1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, 10))
                .addInitializer(tensor("mean", new float[] {0, 3, 0, 3, 0, 3, 0, 3, 0, 3}, 10))
                .addInitializer(tensor("variance", new float[] {4, 9, 4, 9, 4, 9, 4, 9, 4, 9}, 10));
        int relu = 6;
        network.getGraphBuilder()
                .addNode(relu, node("BatchNormalization", List.of("g1", "gamma", "beta", "mean", "variance"), "n1"));
        network.getGraphBuilder().getNodeBuilder(relu + 1).setInput(0, "n1");
        CalibratedModel calibrated = Networks.calibrated(folder, network);
        float[] images = Networks.images(4);
        float[] expected = Networks.answers(network.build().toByteArray(), images, OptimizationLevel.NONE);

        assertThat(Networks.operators(parse(calibrated.floats()).getGraph())).doesNotContain("BatchNormalization");
        assertThat(Networks.decibels(expected, Networks.answers(calibrated.floats(), images, OptimizationLevel.NONE)))
                .isGreaterThan(100);
        assertThat(Networks.quantized(calibrated).inFloat()).isEmpty();
    }

    /** Constants as nodes, weights as inputs, nodes without names, an operator that keeps floats in the middle. */
    @Test
    void aFileOfAnotherProgramIsTakenAsItIs() {
        ModelProto.Builder network = Networks.convolutional();
        TensorProto weights = network.getGraph().getInitializer(0);
        AttributeProto value = AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(weights)
                .build();
        NodeProto.Builder constant =
                NodeProto.newBuilder().setOpType("Constant").addOutput("w1").addAttribute(value);
        network.getGraphBuilder()
                .removeInitializer(0)
                .addNode(0, constant)
                .addInput(TestModels.value("w4", TestModels.FLOAT, 5, 10))
                .setDocString("kept");
        network.getGraphBuilder().getNodeBuilder(2).setOpType("Tanh");
        CalibratedModel calibrated = Networks.calibrated(folder, network);
        QuantizedModel model = Networks.quantized(calibrated);

        assertThat(calibrated.nodes()).containsExactly("Conv_c1", "Conv_c2", "Gemm_g1", "Gemm_logits");
        assertThat(model.inFloat()).containsExactly("Tanh Tanh_r1", "MaxPool MaxPool_p1");
        assertThat(parsed(model).getGraph().getDocString()).isEqualTo("kept");
        assertThat(decibels(calibrated.floats(), model.bytes(), Networks.images(5)))
                .isGreaterThan(20);
    }

    @Test
    void nothingIsDecidedByTheOrderOfBatches() {
        OnnxQuantization file =
                OnnxQuantization.of(TestModels.write(folder.resolve("model.onnx"), Networks.convolutional()));
        Map<String, Tensor> one = Networks.batch(Networks.images(1));
        Map<String, Tensor> two = Networks.batch(Networks.images(2));

        assertThat(Networks.quantized(file.calibrated(List.of(one, two))).bytes())
                .isEqualTo(
                        Networks.quantized(file.calibrated(List.of(two, one))).bytes());
    }

    /** Iterates over two batches; the iteration with a number fails after the first batch. */
    private static Iterable<Map<String, Tensor>> failing(int iteration) {
        AtomicInteger begun = new AtomicInteger();
        return () -> {
            boolean fails = begun.incrementAndGet() == iteration;
            return IntStream.of(1, 2)
                    .mapToObj(seed -> {
                        if (fails && seed == 2) {
                            throw new IllegalStateException("the disk is gone");
                        }
                        return Networks.batch(Networks.images(seed));
                    })
                    .iterator();
        };
    }

    @Test
    void whatWasCountedBeforeAFailureIsCountedAgain() {
        OnnxQuantization file =
                OnnxQuantization.of(TestModels.write(folder.resolve("model.onnx"), Networks.convolutional()));
        CalibrationMethod method = CalibrationMethod.PERCENTILE_99_9;
        byte[] expected =
                file.calibrated(failing(0)).quantized(method, Set.of()).bytes();
        CalibratedModel calibrated = file.calibrated(failing(2));

        stateRefused(() -> calibrated.quantized(method, Set.of())).contains("the disk is gone");

        assertThat(calibrated.quantized(method, Set.of()).bytes()).isEqualTo(expected);
    }

    /** Of a float file with weights of 16 bits, which its cross-check compared with the network. */
    @Test
    void whatIsTrueOfTheFloatFileAloneIsNotStatedInTheOther() {
        ModelProto.Builder network = Networks.convolutional();
        Map.of(
                        "labels", "a\nb",
                        "parity.max_abs", "1e-6",
                        "metrics.test.accuracy", "0.9",
                        "weights", "float16",
                        "weights.float32", "w1",
                        "weights_by", "me")
                .forEach((key, value) ->
                        network.addMetadataPropsBuilder().setKey(key).setValue(value));

        ModelProto model = parsed(Networks.quantized(Networks.calibrated(folder, network)));

        assertThat(model.getMetadataPropsList())
                .extracting(StringStringEntryProto::getKey)
                .containsExactlyInAnyOrder("labels", "weights_by");
    }
}
