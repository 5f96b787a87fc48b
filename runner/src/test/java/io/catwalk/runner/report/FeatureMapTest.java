package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.statistics.PrincipalAxes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

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

    @Test
    void withoutAFileItSaysWhyThereIsNoMap() throws IOException {
        assertThat(FeatureMap.of("gru", null, NORMALIZATION, images()).absent())
                .isEqualTo("There is no map of the images: gru, the most accurate classifier, has no ONNX file.");
    }
}
