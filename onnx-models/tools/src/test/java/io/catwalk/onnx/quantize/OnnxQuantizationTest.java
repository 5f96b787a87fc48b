package io.catwalk.onnx.quantize;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.Refusals.stateRefused;
import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.random;
import static io.catwalk.onnx.TestModels.tensor;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxOptions.OptimizationLevel;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares files in 8 bits with whole numbers that are computed here and with the float files. */
class OnnxQuantizationTest {

    @TempDir
    private Path folder;

    private CalibratedModel calibrated() {
        return calibrated(convolutional());
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
        return decibels(
                answers(reference, images, OptimizationLevel.ALL), answers(model, images, OptimizationLevel.ALL));
    }

    /** Without fused kernels, ONNX Runtime computes the pairs in floats. A tie may change the five logits of an image. */
    @Test
    void fusedKernelsComputeWhatTheFileSays() {
        byte[] model = quantized(calibrated()).bytes();
        int differing = 0;
        for (int seed = 10; seed < 15; seed++) {
            float[] images = images(seed);
            float[] expected = answers(model, images, OptimizationLevel.NONE);
            float[] found = answers(model, images, OptimizationLevel.ALL);
            for (int i = 0; i < expected.length; i++) {
                differing += Math.abs(expected[i] - found[i]) < 1e-3 ? 0 : 1;
            }
        }
        assertThat(differing).isLessThanOrEqualTo(5);
    }

    @Test
    void theAnswersAreNearlyThoseOfTheFloatFile() {
        for (ModelProto.Builder network : List.of(convolutional(), residual())) {
            CalibratedModel calibrated = calibrated(network);
            float[] images = images(20);
            float[] expected = answers(network.build().toByteArray(), images, OptimizationLevel.ALL);
            for (OptimizationLevel level : OptimizationLevel.values()) {
                float[] found = answers(quantized(calibrated).bytes(), images, level);
                assertThat(decibels(expected, found)).as("%s", level).isGreaterThan(25);
            }
        }
    }

    /** A large bias, as in front of a mean of a network without negative numbers. */
    @Test
    void noMethodLosesNumbersThatAreFarFromZero() {
        ModelProto.Builder network = residual();
        float[] bias = {100, 110, 120, 130, 140, 150, 160, 170};
        network.getGraphBuilder().addInitializer(tensor("b2", bias, 8));
        network.getGraphBuilder().getNodeBuilder(2).addInput("b2");
        CalibratedModel calibrated = calibrated(network);
        for (CalibrationMethod method : CalibrationMethod.values()) {
            byte[] model = calibrated.quantized(method, Set.of()).bytes();
            assertThat(decibels(network.build().toByteArray(), model, images(20)))
                    .as(method.title())
                    .isGreaterThan(25);
        }
    }

    /** The third and the fourth are those of a Gemm, without transB and with it. */
    @Test
    void weightsAreBytesAlongTheAxisOfTheirOutputChannels() {
        ModelProto model = parsed(quantized(calibrated()));
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
        ModelProto model = parsed(calibrated().quantized(CalibrationMethod.PERCENTILE_99_9, Set.of()));
        assertThat(fixed(model, "p1.step").getRawData())
                .isEqualTo(fixed(model, "r1.step").getRawData());
        assertThat(fixed(model, "p1.zero").getRawData())
                .isEqualTo(fixed(model, "r1.zero").getRawData());
        assertThat(fixed(model, "f.step").getRawData())
                .isEqualTo(fixed(model, "c2.step").getRawData());
    }

    @Test
    void aReluDisappearsAndTheLastProductEndsInFloats() {
        QuantizedModel model = quantized(calibrated());
        assertThat(operators(parsed(model).getGraph()))
                .doesNotContain("Relu", "Flatten")
                .endsWith("Gemm");
        assertThat(model.inFloat()).isEmpty();
        assertThat(model.inBytes()).hasSize(4);

        QuantizedModel residual = quantized(calibrated(residual()));
        assertThat(residual.inFloat()).isEmpty();
        assertThat(operators(parsed(residual).getGraph()))
                .contains("Add", "Mul", "GlobalAveragePool", "Reshape")
                .doesNotContain("Relu");
    }

    /** With all nodes in float, the model is the prepared file itself. */
    @Test
    void aNodeThatIsLeftInFloatIsNamed() {
        CalibratedModel calibrated = calibrated();
        String second = calibrated.nodes().get(1);
        QuantizedModel model = calibrated.quantized(CalibrationMethod.MIN_MAX, Set.of(second));

        assertThat(model.inFloat()).contains("Conv " + second);
        assertThat(model.inBytes()).doesNotContain(second).hasSize(3);
        argumentRefused(() -> calibrated.quantized(CalibrationMethod.MIN_MAX, Set.of("none")))
                .contains("found none");
        float[] images = images(3);
        byte[] all = calibrated
                .quantized(CalibrationMethod.MIN_MAX, Set.copyOf(calibrated.nodes()))
                .bytes();
        assertThat(answers(all, images, OptimizationLevel.NONE))
                .containsExactly(answers(calibrated.floats(), images, OptimizationLevel.NONE));
    }

    @Test
    void theNoiseOfANodeIsThatOfTheNodeAlone() {
        CalibratedModel calibrated = calibrated();
        float[] images = images(30);
        List<NodeNoise> noise = calibrated.noise(CalibrationMethod.MIN_MAX, List.of(batch(images)));

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
        ModelProto.Builder network = convolutional();
        int flatten = 4;
        network.getGraphBuilder().addNode(flatten, node("Div", List.of("c2", "c2"), "d2"));
        network.getGraphBuilder().getNodeBuilder(flatten + 1).setInput(0, "d2");

        List<NodeNoise> noise = calibrated(network).noise(CalibrationMethod.MIN_MAX, List.of(batch(images(30))));

        assertThat(noise.get(0)).isEqualTo(new NodeNoise("Conv_c2", Double.NEGATIVE_INFINITY));
        assertThat(noise).hasSize(4);
    }

    /** The scorer prefers entropy, and accepts only one node in 8 bits: the search has to find both. */
    @Test
    void theSearchTakesTheMethodOfTheLeastLossAndLeavesNodesUntilTheBudgetHolds() {
        CalibratedModel calibrated = calibrated();
        byte[] liked = calibrated
                .quantized(CalibrationMethod.ENTROPY, calibrated.fasterInFloat())
                .bytes();
        Scorer scorer = model -> {
            long products = operators(parse(model).getGraph()).stream()
                    .filter("DequantizeLinear"::equals)
                    .count();
            boolean few = products <= 6;
            return new Scorer.Score(Arrays.equals(model, liked) ? 0 : 1, few ? 0.9 : 0.5);
        };

        MixedPrecision found = MixedPrecision.search(calibrated, scorer, List.of(batch(images(1))), 0.01);

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
        CalibratedModel calibrated = calibrated();
        byte[] floats = calibrated.floats();
        Scorer scorer = model -> new Scorer.Score(1, Arrays.equals(model, floats) ? 0.95 : 0.948);
        List<Map<String, Tensor>> batch = List.of(batch(images(1)));

        MixedPrecision found = MixedPrecision.search(calibrated, scorer, batch, 0.002);

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
        ModelProto.Builder network = convolutional();
        network.getGraphBuilder()
                .addInitializer(tensor("gamma", new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 10))
                .addInitializer(tensor("beta", new float[] {1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, 10))
                .addInitializer(tensor("mean", new float[] {0, 3, 0, 3, 0, 3, 0, 3, 0, 3}, 10))
                .addInitializer(tensor("variance", new float[] {4, 9, 4, 9, 4, 9, 4, 9, 4, 9}, 10));
        int relu = 6;
        network.getGraphBuilder()
                .addNode(relu, node("BatchNormalization", List.of("g1", "gamma", "beta", "mean", "variance"), "n1"));
        network.getGraphBuilder().getNodeBuilder(relu + 1).setInput(0, "n1");
        CalibratedModel calibrated = calibrated(network);
        float[] images = images(4);
        float[] expected = answers(network.build().toByteArray(), images, OptimizationLevel.NONE);

        assertThat(operators(parse(calibrated.floats()).getGraph())).doesNotContain("BatchNormalization");
        assertThat(decibels(expected, answers(calibrated.floats(), images, OptimizationLevel.NONE)))
                .isGreaterThan(100);
        assertThat(quantized(calibrated).inFloat()).isEmpty();
    }

    /** Constants as nodes, weights as inputs, nodes without names, an operator that keeps floats in the middle. */
    @Test
    void aFileOfAnotherProgramIsTakenAsItIs() {
        ModelProto.Builder network = convolutional();
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
        CalibratedModel calibrated = calibrated(network);
        QuantizedModel model = quantized(calibrated);

        assertThat(calibrated.nodes()).containsExactly("Conv_c1", "Conv_c2", "Gemm_g1", "Gemm_logits");
        assertThat(model.inFloat()).containsExactly("Tanh Tanh_r1", "MaxPool MaxPool_p1");
        assertThat(parsed(model).getGraph().getDocString()).isEqualTo("kept");
        assertThat(decibels(calibrated.floats(), model.bytes(), images(5))).isGreaterThan(20);
    }

    @Test
    void nothingIsDecidedByTheOrderOfBatches() {
        OnnxQuantization file = of(convolutional());
        Map<String, Tensor> one = batch(images(1));
        Map<String, Tensor> two = batch(images(2));

        assertThat(quantized(file.calibrated(List.of(one, two))).bytes())
                .isEqualTo(quantized(file.calibrated(List.of(two, one))).bytes());
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
                        return batch(images(seed));
                    })
                    .iterator();
        };
    }

    @Test
    void whatWasCountedBeforeAFailureIsCountedAgain() {
        OnnxQuantization file = of(convolutional());
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
        ModelProto.Builder network = convolutional();
        Map.of(
                        "labels", "a\nb",
                        "parity.max_abs", "1e-6",
                        "metrics.test.accuracy", "0.9",
                        "weights", "float16",
                        "weights.float32", "w1",
                        "weights_by", "me")
                .forEach((key, value) ->
                        network.addMetadataPropsBuilder().setKey(key).setValue(value));

        ModelProto model = parsed(quantized(calibrated(network)));

        assertThat(model.getMetadataPropsList())
                .extracting(StringStringEntryProto::getKey)
                .containsExactlyInAnyOrder("labels", "weights_by");
    }

    private static final int STEPS = 6;
    private static final int COUNT = 3;
    private static final int FEATURES = 4;
    private static final int HIDDEN = 5;

    private OnnxQuantization of(ModelProto.Builder model) {
        return OnnxQuantization.of(TestModels.write(folder.resolve("model.onnx"), model));
    }

    private void refused(ModelProto.Builder model, String... parts) {
        fileRefused(() -> of(model))
                .startsWith(folder.resolve("model.onnx") + ": expected ")
                .hasLineCount(1)
                .contains(parts);
    }

    private static ModelProto.Builder withOpset(int opset) {
        ModelProto.Builder model = TestModels.linear().setIrVersion(opset > 21 ? 10 : 8);
        model.getOpsetImportBuilder(0).setVersion(opset);
        return model;
    }

    /** Of the pixels 1, 2, 3 and 4, the linear model gives 10, 1 and 41. */
    private QuantizedModel assertLinear(ModelProto.Builder network) {
        Map<String, Tensor> batch = Map.of("images", Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2));
        QuantizedModel model = quantized(of(network).calibrated(List.of(batch)));
        float[] found = answers(model.bytes(), batch, OptimizationLevel.ALL);
        assertThat(found).hasSize(3);
        assertThat(found[0]).isBetween(9.9f, 10.1f);
        assertThat(found[2]).isBetween(40.5f, 41.5f);
        return model;
    }

    @Test
    void theFirstAndTheLastOperatorSetAreTakenAndOthersAreRefused() {
        assertLinear(withOpset(OnnxQuantization.OLDEST_OPSET));
        assertLinear(withOpset(OnnxQuantization.NEWEST_OPSET));
        refused(withOpset(9), "operator set 13 to 21 for 8 bits, found 9", "convert_version");
        refused(withOpset(24), "found 24");
    }

    @Test
    void whatCannotBeQuantizedIsNamed() {
        byte[] once = quantized(calibrated()).bytes();
        refused(parse(once).toBuilder(), "a model in floats", "in 8 bits already");
        ModelProto.Builder empty = TestModels.linear();
        empty.getGraphBuilder()
                .clearNode()
                .addNode(node("Flatten", List.of("images"), "flat"))
                .addNode(node("Tanh", List.of("flat"), "logits"));
        refused(empty, "a Conv, Gemm, MatMul or LSTM", "found none");
        ModelProto.Builder unknown = TestModels.linear();
        unknown.getGraphBuilder().getNodeBuilder(0).setOpType("Unheard");
        refused(unknown, "a model that ONNX Runtime accepts", "Unheard");
    }

    /** Changes the first number of a tensor of weights. */
    private static ModelProto.Builder with(ModelProto.Builder model, int place, float first) {
        TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(place);
        weights.setRawData(TestModels.tensor("", new float[] {first})
                .getRawData()
                .concat(weights.getRawData().substring(Float.BYTES)));
        return model;
    }

    /** No byte stands for an infinity, and the scale of its channel or gate would be infinite. */
    @Test
    void weightsThatNoByteStandsForAreNamed() {
        refused(with(TestModels.linear(), 0, Float.NaN), "numbers as weights, found NaN in tensor weight");
        refused(withHalves(0x7e00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), "found NaN in tensor weight");
        float infinite = Float.POSITIVE_INFINITY;
        refused(with(TestModels.linear(), 0, infinite), "finite weights in Gemm Gemm_logits, found an infinity");
        for (int place : new int[] {0, 1}) {
            refused(with(lstm("forward", 1), place, infinite), "finite weights in LSTM lstm, found an infinity");
        }
    }

    /** As export --float16 writes it: each weight is cast to 32 bits while the file is loaded. */
    private static ModelProto.Builder withHalves(int... weights) {
        ByteBuffer halves = ByteBuffer.allocate(weights.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int weight : weights) {
            halves.putShort((short) weight);
        }
        ByteString raw = ByteString.copyFrom(halves.array());
        NodeProto.Builder cast = node("Cast", List.of("halves"), "weight")
                .addAttribute(Protos.attribute("to", TensorProto.DataType.FLOAT_VALUE));
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .setInitializer(0, Protos.tensor("halves", TensorProto.DataType.FLOAT16, raw, List.of(4L, 3L)))
                .addNode(0, cast);
        return model;
    }

    /** 0x3c00 is 1, 0x4900 is 10 (IEEE 754, binary16). */
    @Test
    void weightsOf16BitsAreTaken() {
        int one = 0x3c00;
        QuantizedModel model = assertLinear(withHalves(one, one, 0, one, 0, 0, one, 0, 0, one, 0, 0x4900));
        assertThat(model.inBytes()).hasSize(1);
        assertThat(model.inFloat()).noneMatch(node -> node.startsWith("Cast"));
    }

    /** No range is needed to quantize an LSTM, but whoever gives no images has made a mistake. */
    @Test
    void imagesThatDoNotFitAreRefused() {
        OnnxQuantization linear = of(TestModels.linear());
        Map<String, Tensor> larger = Map.of("images", Tensor.of(new float[9], 1, 1, 3, 3));
        argumentRefused(() -> linear.calibrated(List.of(larger)))
                .contains("expected images float (batch, 1, 2, 2), found float (1, 1, 3, 3)");
        argumentRefused(() -> linear.calibrated(List.of())).contains("expected calibration images, found none");
        argumentRefused(() -> of(lstm("forward", 1)).calibrated(List.of()))
                .contains("expected calibration images, found none");
        Map<String, Tensor> broken = Map.of("images", Tensor.of(new float[] {1, Float.NaN, 1, 1}, 1, 1, 2, 2));
        fileRefused(() -> of(TestModels.linear()).calibrated(List.of(broken)))
                .contains("finite numbers in the tensor", "found NaN");
    }

    private QuantizedModel nearlyTheSame(ModelProto.Builder network, Map<String, Tensor> batch) {
        QuantizedModel model = quantized(of(network).calibrated(List.of(batch)));
        float[] expected = answers(network.build().toByteArray(), batch, OptimizationLevel.ALL);
        for (OptimizationLevel level : OptimizationLevel.values()) {
            assertThat(decibels(expected, answers(model.bytes(), batch, level)))
                    .as("%s, in float: %s", level, model.inFloat())
                    .isGreaterThan(25);
        }
        return model;
    }

    static List<Arguments> pools() {
        AttributeProto roundsUp = Protos.attribute("ceil_mode", 1);
        AttributeProto countsPads = Protos.attribute("count_include_pad", 1);
        AttributeProto pads = ints("pads", 1, 1, 1, 1);
        AttributeProto same = word("auto_pad", "SAME_UPPER");
        return List.of(
                Arguments.of(true, List.of()),
                Arguments.of(true, List.of(pads, roundsUp)),
                Arguments.of(true, List.of(pads, countsPads)),
                Arguments.of(true, List.of(same, countsPads)),
                Arguments.of(true, List.of(roundsUp, countsPads)),
                Arguments.of(false, List.of(pads, roundsUp, countsPads)),
                Arguments.of(true, List.of(ints("dilations", 1, 1))),
                Arguments.of(false, List.of(ints("dilations", 2, 2))));
    }

    /** ONNX Runtime's QLinearAveragePool has no dilations, and counts the cells that rounding up adds as pads. */
    @ParameterizedTest
    @MethodSource("pools")
    void aMeanIsInBytesOnlyWhereTheKernelForBytesComputesIt(boolean inBytes, List<AttributeProto> attributes) {
        Random random = new Random(5);
        ModelProto.Builder network = TestModels.model(GraphProto.newBuilder()
                .setName("pooled")
                .addInput(value("images", FLOAT, BATCH, 8, 8, 8))
                .addOutput(value("logits", FLOAT, BATCH, 8, "height", "width"))
                .addInitializer(tensor("w1", random(random, 64), 8, 8, 1, 1))
                .addInitializer(tensor("w2", random(random, 64), 8, 8, 1, 1))
                .addNode(node("Conv", List.of("images", "w1"), "c1"))
                .addNode(node("AveragePool", List.of("c1"), "p1")
                        .addAttribute(ints("kernel_shape", 3, 3))
                        .addAttribute(ints("strides", 2, 2))
                        .addAllAttribute(attributes))
                .addNode(node("Conv", List.of("p1", "w2"), "logits")));
        network.getOpsetImportBuilder(0).setVersion(19); // the first with dilations

        QuantizedModel model = nearlyTheSame(network, batch(images(7)));

        assertThat(model.inFloat().contains("AveragePool AveragePool_p1")).isNotEqualTo(inBytes);
    }

    /** The range of bytes cuts off at zero and at its end, as a Clip from zero does. */
    @ParameterizedTest
    @CsvSource({"c1 zero most, true", "c1 zero, true", "c1 omitted most, false", "c1 below most, false"})
    void aClipFromZeroDisappears(String inputs, boolean disappears) {
        ModelProto.Builder network = convolutional();
        network.getGraphBuilder()
                .addInitializer(tensor("zero", new float[] {0}))
                .addInitializer(tensor("most", new float[] {100}))
                .addInitializer(tensor("below", new float[] {-1}))
                .setNode(1, node("Clip", List.of(inputs.replace("omitted", "").split(" ", -1)), "r1"));

        QuantizedModel model = nearlyTheSame(network, batch(images(7)));

        assertThat(operators(parsed(model).getGraph()).contains("Clip")).isNotEqualTo(disappears);
    }

    /** As many rows as columns: the number of biases does not tell which of both they are for. */
    @Test
    void aProductWithABiasForEachRowStaysInFloat() {
        Random random = new Random(6);
        Map<String, Tensor> batch = Map.of("images", Tensor.of(random(random, 6), 2, 3));
        ModelProto.Builder network = TestModels.model(GraphProto.newBuilder()
                .setName("rows")
                .addInput(value("images", FLOAT, 2, 3))
                .addOutput(value("logits", FLOAT, 2, 2))
                .addInitializer(tensor("w1", random(random, 9), 3, 3))
                .addInitializer(tensor("b1", random(random, 3), 1, 3))
                .addInitializer(tensor("w2", random(random, 6), 3, 2))
                .addInitializer(tensor("b2", new float[] {5, -5}, 2, 1))
                .addNode(node("Gemm", List.of("images", "w1", "b1"), "g1"))
                .addNode(node("Gemm", List.of("g1", "w2", "b2"), "logits")));

        QuantizedModel model = nearlyTheSame(network, batch);

        assertThat(model.inBytes()).containsExactly("Gemm_g1");
    }

    /** A tensor in a subgraph has a name that quantizing would give to one around it. */
    @Test
    void aSubgraphKeepsItsNames() {
        AttributeProto branch = AttributeProto.newBuilder()
                .setName("then_branch")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.newBuilder()
                        .setName("branch")
                        .addOutput(ValueInfoProto.newBuilder().setName("chosen"))
                        .addNode(node("Relu", List.of("c1"), "c1.real"))
                        .addNode(node("Add", List.of("c1.real", "c1"), "chosen")))
                .build();
        ModelProto.Builder network = convolutional();
        ByteString yes = ByteString.copyFrom(new byte[] {1});
        NodeProto.Builder choice = node("If", List.of("always"), "r1")
                .addAttribute(branch)
                .addAttribute(branch.toBuilder().setName("else_branch"));
        network.getGraphBuilder()
                .addInitializer(Protos.tensor("always", TensorProto.DataType.BOOL, yes, List.of()))
                .setNode(1, choice);

        QuantizedModel model = nearlyTheSame(network, batch(images(7)));

        assertThat(model.inFloat()).contains("If If_r1");
    }

    private static ModelProto.Builder lstm(String direction, int directions) {
        Random random = new Random(1);
        int gates = 4 * HIDDEN;
        return TestModels.model(GraphProto.newBuilder()
                .setName("lstm")
                .addInput(value("images", FLOAT, STEPS, BATCH, FEATURES))
                .addOutput(value("logits", FLOAT, STEPS, directions, BATCH, HIDDEN))
                .addInitializer(tensor("w", random(random, directions * gates * FEATURES), directions, gates, FEATURES))
                .addInitializer(tensor("r", random(random, directions * gates * HIDDEN), directions, gates, HIDDEN))
                .addInitializer(tensor("b", random(random, directions * 2 * gates), directions, 2L * gates))
                .addNode(node("LSTM", List.of("images", "w", "r", "b"), "logits")
                        .setName("lstm")
                        .addAttribute(Protos.attribute("hidden_size", HIDDEN))
                        .addAttribute(word("direction", direction))));
    }

    private static Map<String, Tensor> batch() {
        return Map.of("images", Tensor.of(random(new Random(2), STEPS * COUNT * FEATURES), STEPS, COUNT, FEATURES));
    }

    @ParameterizedTest
    @CsvSource({"forward, 1", "bidirectional, 2"})
    void anLstmAnswersNearlyAsInFloats(String direction, int directions) throws InvalidProtocolBufferException {
        ModelProto.Builder network = lstm(direction, directions);
        CalibratedModel calibrated = of(network).calibrated(List.of(batch()));
        QuantizedModel model = quantized(calibrated);

        assertThat(model.inBytes()).containsExactly("lstm");
        assertThat(model.onlyForOnnxRuntime()).isTrue();
        assertThat(ModelProto.parseFrom(model.bytes()).getGraph().getNode(0).getOpType())
                .isEqualTo("DynamicQuantizeLSTM");
        float[] found = answers(model.bytes(), batch(), OptimizationLevel.ALL);
        float[] expected = answers(network.build().toByteArray(), batch(), OptimizationLevel.ALL);
        assertThat(decibels(expected, found)).isGreaterThan(30);
        QuantizedModel inFloat = calibrated.quantized(CalibrationMethod.MIN_MAX, Set.of("lstm"));
        assertThat(inFloat.inFloat()).containsExactly("LSTM lstm");
        assertThat(inFloat.onlyForOnnxRuntime()).isFalse();

        // Some programs write the default, which the operator of ONNX Runtime has no attribute for.
        network.getGraphBuilder().getNodeBuilder(0).addAttribute(Protos.attribute("layout", 0));
        QuantizedModel stated = quantized(of(network).calibrated(List.of(batch())));
        assertThat(stated.inBytes()).containsExactly("lstm");
        assertThat(answers(stated.bytes(), batch(), OptimizationLevel.ALL)).containsExactly(found);
    }

    private static final int IMAGES = 16;

    /** Two convolutions, the second in two groups and with a stride, a pool, and two matrix products. */
    private static ModelProto.Builder convolutional() {
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
    private static ModelProto.Builder residual() {
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

    private static AttributeProto ints(String name, long... numbers) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(numbers).forEach(attribute::addInts);
        return attribute.build();
    }

    private static AttributeProto word(String name, String word) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(word))
                .build();
    }

    private static float[] images(int seed) {
        return random(new Random(seed), IMAGES * 512);
    }

    private static Map<String, Tensor> batch(float[] images) {
        return Map.of("images", Tensor.of(images, IMAGES, 8, 8, 8));
    }

    private CalibratedModel calibrated(ModelProto.Builder model) {
        return of(model).calibrated(List.of(batch(images(7))));
    }

    private static QuantizedModel quantized(CalibratedModel model) {
        return model.quantized(CalibrationMethod.MIN_MAX, Set.of());
    }

    private static float[] answers(byte[] model, float[] images, OptimizationLevel level) {
        return answers(model, batch(images), level);
    }

    private static float[] answers(byte[] model, Map<String, Tensor> batch, OptimizationLevel level) {
        try (OnnxRunner runner = OnnxRunner.open(model, OnnxOptions.standard().withOptimization(level))) {
            Tensor logits = Objects.requireNonNull(runner.run(batch).get("logits"));
            float[] floats = new float[logits.size()];
            logits.buffer().asFloatBuffer().get(floats);
            return floats;
        }
    }

    private static List<String> operators(GraphProto graph) {
        return graph.getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    /** Returns 20 log10(|x| / |x - y|). */
    private static double decibels(float[] expected, float[] found) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.length; i++) {
            signal += (double) expected[i] * expected[i];
            noise += Math.pow((double) expected[i] - found[i], 2);
        }
        return 10 * Math.log10(signal / noise);
    }
}
