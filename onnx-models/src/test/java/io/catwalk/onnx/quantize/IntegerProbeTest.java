package io.catwalk.onnx.quantize;

import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.random;
import static io.catwalk.onnx.TestModels.tensor;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.OptimizationLevel;
import io.catwalk.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the whole numbers of files in 8 bits with those that are computed here. */
class IntegerProbeTest {

    @TempDir
    private Path folder;

    private Path quantized(ModelProto.Builder network, String... leftInFloat) {
        CalibratedModel calibrated = Networks.calibrated(folder, network);
        QuantizedModel model = calibrated.quantized(CalibrationMethod.MIN_MAX, Set.of(leftInFloat));
        return TestModels.write(folder.resolve("model.int8.onnx"), model.bytes());
    }

    private static IntegerProbe probe(Path file) {
        return IntegerProbe.of(file).orElseThrow();
    }

    private static float[] integers(IntegerProbe probe, float[] images, OptimizationLevel level) {
        OnnxOptions options = OnnxOptions.standard().withOptimization(level);
        try (OnnxRunner runner = OnnxRunner.open(probe.bytes(), options)) {
            Tensor all = runner.run(Networks.batch(images)).values().iterator().next();
            float[] floats = new float[all.size()];
            all.buffer().asFloatBuffer().get(floats);
            return floats;
        }
    }

    /** The products, the pool and the input are whole numbers here, so the order of sums does not matter. */
    @Test
    void itGivesTheIntegersOfTheReference() {
        Path file = quantized(Networks.convolutional());
        ModelProto model = OnnxRunner.read(file);
        IntegerProbe probe = probe(file);
        float[] images = Networks.images(11);

        float[] found = integers(probe, images, OptimizationLevel.ALL);

        assertThat(probe.tensors())
                .extracting(IntegerTensor::name)
                .containsExactly("images.bytes", "r1.bytes", "p1.bytes", "c2.bytes", "r3.bytes");
        assertThat(probe.tensors()).extracting(IntegerTensor::numbers).containsExactly(512, 768, 192, 24, 10);
        assertThat(probe.numbers()).isEqualTo(1506);
        int from = 0;
        for (IntegerTensor tensor : probe.tensors()) {
            long[] expected = IntegerReference.integers(model, tensor.name(), images, Networks.IMAGES, 8, 8, 8);
            float[] here = new float[expected.length];
            float[] wanted = new float[expected.length];
            for (int i = 0; i < here.length; i++) {
                here[i] = found[i / tensor.numbers() * probe.numbers() + from + i % tensor.numbers()];
                wanted[i] = expected[i];
            }
            assertThat(here).as(tensor.name()).containsExactly(wanted);
            from += tensor.numbers();
        }
    }

    /** Otherwise the probe would test other kernels than those of the file. */
    @Test
    void theRuntimeFusesTheSameKernelsAsInTheFile() throws OrtException, IOException {
        for (ModelProto.Builder network : List.of(Networks.convolutional(), Networks.residual())) {
            Path file = quantized(network);
            Predicate<String> counts =
                    operator -> operator.matches("QLinear.*|QGemm|MaxPool|.*Integer.*|Conv|Gemm|MatMul");

            List<String> ofTheFile =
                    fused(Files.readAllBytes(file)).stream().filter(counts).toList();
            List<String> ofTheProbe =
                    fused(probe(file).bytes()).stream().filter(counts).toList();

            assertThat(ofTheFile).contains("QLinearConv").doesNotContain("Conv", "Gemm");
            assertThat(ofTheProbe).containsExactlyInAnyOrderElementsOf(ofTheFile);
        }
    }

    private List<String> fused(byte[] model) throws OrtException, IOException {
        Path file = folder.resolve("optimized.onnx");
        try (SessionOptions options = new SessionOptions()) {
            options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            options.setOptimizedModelFilePath(file.toString());
            OrtEnvironment.getEnvironment().createSession(model, options).close();
        }
        return Networks.operators(ModelProto.parseFrom(Files.readAllBytes(file)).getGraph());
    }

    /** The kernel of 3 x 3 does not fit images that are as small as the batches with which tensors are measured. */
    @Test
    void openSizesOfImagesBecomeThoseThatAreGiven() {
        IntegerProbe fixed = probe(quantized(pooled(8, 8)));
        float[] images = Networks.images(14);

        IntegerProbe open =
                IntegerProbe.of(quantized(pooled("height", "width")), 8, 8).orElseThrow();

        assertThat(open.tensors()).isEqualTo(fixed.tensors());
        assertThat(open.tensors()).extracting(IntegerTensor::numbers).contains(8 * 8 * 8, 12 * 6 * 6);
        try (OnnxPredictor predictor = OnnxPredictor.open(open.bytes(), OnnxOptions.standard(), OnnxHints.none())) {
            assertThat(predictor.logits(images, Networks.IMAGES))
                    .containsExactly(integers(fixed, images, OptimizationLevel.ALL));
        }
    }

    private static ModelProto.Builder pooled(Object height, Object width) {
        Random random = new Random(3);
        return TestModels.model(GraphProto.newBuilder()
                .setName("pooled")
                .addInput(value("images", FLOAT, BATCH, 8, height, width))
                .addOutput(value("logits", FLOAT, BATCH, 5))
                .addInitializer(tensor("w1", random(random, 12 * 8 * 9), 12, 8, 3, 3))
                .addInitializer(tensor("b1", random(random, 12), 12))
                .addInitializer(tensor("w2", random(random, 12 * 5), 12, 5))
                .addInitializer(tensor("b2", random(random, 5), 5))
                .addNode(node("Conv", List.of("images", "w1", "b1"), "c1"))
                .addNode(node("Relu", List.of("c1"), "r1"))
                .addNode(node("GlobalAveragePool", List.of("r1"), "mean"))
                .addNode(node("Flatten", List.of("mean"), "f"))
                .addNode(node("Gemm", List.of("f", "w2", "b2"), "logits")));
    }

    /** A Clip omits its lower bound; a GRU, which nothing reads, omits an output. */
    @Test
    void whatIsOmittedIsMadeByNoNode() {
        ModelProto.Builder network = Networks.convolutional();
        GraphProto.Builder graph = network.getGraphBuilder();
        assertThat(graph.getNode(6).getOutput(0)).isEqualTo("r3");
        graph.addInitializer(tensor("most", new float[] {100}))
                .setNode(6, node("Clip", List.of("g1", "", "most"), "r3"));
        ModelProto.Builder model = OnnxRunner.read(quantized(network)).toBuilder();
        model.getGraphBuilder()
                .addInitializer(tensor("steps", random(new Random(1), 6), 2, 1, 3))
                .addInitializer(tensor("w", random(new Random(2), 9), 1, 3, 3))
                .addInitializer(tensor("r", random(new Random(3), 3), 1, 3, 1))
                .addNode(node("GRU", List.of("steps", "w", "r"), "")
                        .addOutput("state")
                        .addAttribute(Protos.attribute("hidden_size", 1)));

        List<IntegerTensor> all =
                probe(TestModels.write(folder.resolve("omitted.onnx"), model)).tensors();

        assertThat(all)
                .filteredOn(tensor -> tensor.name().equals("r3.bytes"))
                .singleElement()
                .satisfies(tensor ->
                        assertThat(tensor.makers()).singleElement(STRING).startsWith("Gemm "));
    }

    @Test
    void aTensorNamesWhatItIsMadeOf() {
        List<IntegerTensor> all = probe(quantized(Networks.convolutional())).tensors();
        assertThat(all).extracting(IntegerTensor::inBytes).containsExactly(false, true, true, true, true);
        assertThat(all.get(0).origin()).isEqualTo("the input, rounded");
        assertThat(all.get(1).origin()).matches("Conv .+ in 8 bits");
        assertThat(all.get(2).sources()).containsExactly("r1.bytes");
        assertThat(all.get(4).makers()).hasSize(1);

        String first =
                Networks.calibrated(folder, Networks.convolutional()).nodes().get(0);
        IntegerTensor behind =
                probe(quantized(Networks.convolutional(), first)).tensors().get(0);
        assertThat(behind.origin()).isEqualTo("Conv " + first + " in floats");
        assertThat(behind.sources()).isEmpty();
    }

    @Test
    void theSumOfAResidualBlockIsMadeOfBothBranches() {
        List<IntegerTensor> all = probe(quantized(Networks.residual())).tensors();

        assertThat(all)
                .filteredOn(tensor -> tensor.name().equals("r2.bytes"))
                .first()
                .satisfies(sum -> assertThat(sum.sources()).containsExactlyInAnyOrder("m.bytes", "r1.bytes"));
    }

    /** Image 1 is changed in two consecutive tensors, image 2 only in the second. */
    @Test
    void aPlantedDifferenceIsCountedWhereItBegins() {
        IntegerProbe probe = probe(quantized(Networks.convolutional()));
        float[] expected = integers(probe, Networks.images(12), OptimizationLevel.ALL);
        assertThat(probe.compare(expected, expected.clone(), Networks.IMAGES).isEqual())
                .isTrue();
        float[] found = expected.clone();
        int second = 512 + 768; // p1.bytes, after the images and r1.bytes
        found[1506 + 512] += 1;
        found[1506 + second] -= 3;
        found[2 * 1506 + second + 191] += 2;

        IntegerParity parity = probe.compare(expected, found, Networks.IMAGES);

        assertThat(parity.isEqual()).isFalse();
        assertThat(parity.numbers()).isEqualTo(16 * 1506);
        assertThat(parity.different()).isEqualTo(3);
        assertThat(parity.largest()).isEqualTo(3);
        assertThat(parity.differences())
                .containsExactly(
                        new IntegerDifference(probe.tensors().get(1), 1, 1, 1, 1),
                        new IntegerDifference(probe.tensors().get(2), 2, 3, 2, 1));
        assertThat(parity.beginnings()).hasSize(2);
    }

    @Test
    void whatIsNoWholeNumberIsNotCompared() {
        IntegerProbe probe = probe(quantized(Networks.convolutional()));
        float[] expected = new float[1506];
        float[] found = new float[1506];
        for (float wrong : new float[] {Float.NaN, 0.5f, Float.POSITIVE_INFINITY, 65_536, -32_769}) {
            found[3] = wrong;
            assertThat(IntegerProbe.areWhole(found)).as("%s", wrong).isFalse();
            assertThatIllegalArgumentException().isThrownBy(() -> probe.compare(expected, found, 1));
        }
        found[3] = 255;
        assertThat(IntegerProbe.areWhole(found)).isTrue();
        assertThat(probe.compare(expected, found, 1).largest()).isEqualTo(255);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> probe.compare(expected, found, 2))
                .withMessage("expected 1506 whole numbers of each of 2 image(s), found 1506 and 1506");
    }

    @Test
    void aFileInFloatsHasNone() {
        Path file = TestModels.write(folder.resolve("floats.onnx"), Networks.convolutional());

        assertThat(IntegerProbe.of(file)).isEmpty();
    }

    /** Rows that are not images cannot be assigned to images. */
    @Test
    void whatHasOtherRowsThanTheImagesIsLeftOut() {
        ModelProto.Builder turned = TestModels.model(GraphProto.newBuilder()
                .setName("turned")
                .addInput(value("images", FLOAT, BATCH, 3, 4))
                .addOutput(value("logits", FLOAT, 3, BATCH, 5))
                .addInitializer(tensor("w", random(new Random(1), 20), 4, 5))
                .addNode(transpose())
                .addNode(node("MatMul", List.of("turned", "w"), "logits")));
        Path file = TestModels.write(folder.resolve("turned.onnx"), turned);
        Map<String, Tensor> batch = Map.of("images", Tensor.of(random(new Random(2), 24), 2, 3, 4));
        QuantizedModel model = Networks.quantized(OnnxQuantization.of(file).calibrated(List.of(batch)));
        assertThat(Networks.operators(Objects.requireNonNull(parsed(model)).getGraph()))
                .contains("QuantizeLinear");

        List<IntegerTensor> tensors = IntegerProbe.of(TestModels.write(folder.resolve("t.int8.onnx"), model.bytes()))
                .map(IntegerProbe::tensors)
                .orElse(List.of());

        assertThat(tensors).extracting(IntegerTensor::name).doesNotContain("turned.bytes");
    }

    private static NodeProto.Builder transpose() {
        return node("Transpose", List.of("images"), "turned").addAttribute(Networks.ints("perm", 1, 0, 2));
    }

    private static ModelProto parsed(QuantizedModel model) {
        try {
            return ModelProto.parseFrom(model.bytes());
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Levels that do not fuse nodes compute the pairs in floats: some numbers differ by one step, at rounding ties.
     */
    @Test
    void withoutFusingANumberDiffersByOneStepAtMost() {
        IntegerProbe probe = probe(quantized(Networks.convolutional()));
        float[] images = Networks.images(13);

        IntegerParity parity = probe.compare(
                integers(probe, images, OptimizationLevel.ALL),
                integers(probe, images, OptimizationLevel.NONE),
                Networks.IMAGES);

        assertThat(parity.largest()).isLessThanOrEqualTo(1);
    }
}
