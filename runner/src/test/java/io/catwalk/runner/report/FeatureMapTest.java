package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.statistics.PrincipalAxes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maps the first 200 test images of Fashion-MNIST. */
final class FeatureMapTest {

    private static final Path NETWORK = Path.of("../onnx-models/zoo/fashion-mnist/small-conv.onnx");
    private static final Path PIXELS = Path.of("../test-data/fashion-mnist/t10k-images-idx3-ubyte.gz");
    private static final Normalization NORMALIZATION = new Normalization(new float[] {0.286f}, new float[] {0.353f});

    private static ImageSource images() throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(PIXELS))) {
            in.skipNBytes(16);
            return HeapImages.of(1, 28, 28, in.readNBytes(200 * 28 * 28), new int[200]);
        }
    }

    /** Expected values: relu_3 by ONNX Runtime in Python, and the singular value decomposition of NumPy. */
    @Test
    void theImagesLieWherePythonPutsThem() throws IOException {
        FeatureMap map = FeatureMap.of("small-conv", NETWORK, NORMALIZATION, images());

        PrincipalAxes axes = Objects.requireNonNull(map.axes(), map.absent());
        assertThat(map.features()).isEqualTo(64);
        assertThat(axes.across()).hasSize(200);
        assertThat(Arrays.copyOf(axes.across(), 3))
                .containsExactly(new double[] {14.034769, -5.811341, -8.363945}, within(1e-4));
        assertThat(Arrays.copyOf(axes.up(), 3))
                .containsExactly(new double[] {-1.505854, 13.288723, -15.636467}, within(1e-4));
        assertThat(axes.across()[199]).isCloseTo(-10.248241, within(1e-4));
        assertThat(axes.up()[199]).isCloseTo(-16.695247, within(1e-4));
        assertThat(axes.acrossShare()).isCloseTo(0.2526946, within(1e-6));
        assertThat(axes.upShare()).isCloseTo(0.1868501, within(1e-6));
    }

    /**
     * The last layer reads all 784 pixels. Of four gray images, two differ from the middle by 30 in one pixel, and two
     * by 10 in another: these pixels are the axes, and have 90 and 10 % of the variance.
     */
    @Test
    void theLastLayerMayReadAsManyNumbersAsAnImageHas(@TempDir Path folder) throws IOException {
        byte[] pixels = new byte[4 * 784];
        Arrays.fill(pixels, (byte) 100);
        pixels[10] = (byte) 130;
        pixels[784 + 10] = 70;
        pixels[2 * 784 + 20] = 110;
        pixels[3 * 784 + 20] = 90;
        Normalization none = new Normalization(new float[] {0}, new float[] {1 / 255f});
        ImageSource four = HeapImages.of(1, 28, 28, pixels, new int[4]);

        FeatureMap map = FeatureMap.of("flat", flat(folder.resolve("flat.onnx")), none, four);

        PrincipalAxes axes = Objects.requireNonNull(map.axes(), map.absent());
        assertThat(map.features()).isEqualTo(784);
        assertThat(axes.across()).containsExactly(new double[] {30, -30, 0, 0}, within(1e-3));
        assertThat(axes.up()).containsExactly(new double[] {0, 0, 10, -10}, within(1e-3));
        assertThat(axes.acrossShare()).isCloseTo(0.9, within(1e-4));
        assertThat(axes.upShare()).isCloseTo(0.1, within(1e-4));
    }

    private static Path flat(Path file) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(NETWORK)).toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        var weight = TensorProto.newBuilder().setName("weight").addDims(784).addDims(10);
        weight.setDataType(TensorProto.DataType.FLOAT_VALUE).addAllFloatData(Collections.nCopies(7840, 1f));
        String from = graph.getInput(0).getName();
        String to = graph.getOutput(0).getName();
        var flatten = NodeProto.newBuilder().setOpType("Flatten").addInput(from).addOutput("flat");
        var linear = NodeProto.newBuilder().setOpType("MatMul").addInput("flat").addInput("weight");
        linear.addOutput(to);
        graph.clearNode().clearInitializer().clearValueInfo();
        graph.addInitializer(weight).addNode(flatten).addNode(linear);
        return Files.write(file, model.build().toByteArray());
    }

    @Test
    void withoutAFileItSaysWhyThereIsNoMap() throws IOException {
        assertThat(FeatureMap.of("gru", null, NORMALIZATION, images()).absent())
                .isEqualTo("There is no map of the images: gru, the most accurate classifier, has no ONNX file.");
    }
}
