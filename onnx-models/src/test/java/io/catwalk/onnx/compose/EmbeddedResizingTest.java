package io.catwalk.onnx.compose;

import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.cast;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.compose.EmbeddedResizing.Fit;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The networks return the gray levels that they get; Pillow's are in {@code test-data/golden/images.json}. */
final class EmbeddedResizingTest {

    private static final Path GOLDEN = Path.of("../test-data/golden");

    @TempDir
    private Path folder;

    /** Returns gray levels as they are; where it takes floats, normalized with mean 0.5 and deviation 0.25. */
    private Path network(int type, int channels, int height, int width) {
        int size = channels * height * width;
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("levels")
                .addInput(value("images", type, TestModels.BATCH, channels, height, width))
                .addOutput(value("logits", TestModels.FLOAT, TestModels.BATCH, size))
                .addNode(cast("images", "image", TestModels.FLOAT))
                .addNode(node("Flatten", List.of("image"), "logits"));
        String numbers = channels == 1 ? "%s" : "%s,%<s,%<s";
        ModelProto.Builder model = TestModels.model(graph);
        Map.of(
                        MetadataKeys.COLOR,
                        channels == 1 ? "gray" : "rgb",
                        MetadataKeys.SIZE,
                        height + "x" + width,
                        MetadataKeys.MEAN,
                        numbers.formatted(0.5),
                        MetadataKeys.STD,
                        numbers.formatted(0.25))
                .forEach((key, text) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(text)));
        return TestModels.write(folder.resolve("network.onnx"), model);
    }

    private OnnxRunner resizing(int channels, int height, int width, Fit fit) {
        return resizing(channels, height, width, fit, 17);
    }

    private OnnxRunner resizing(int channels, int height, int width, Fit fit, int opset) {
        Path network = network(TestModels.UINT8, channels, height, width);
        ModelProto.Builder model = ModelFile.read(network).whole().toBuilder();
        model.getOpsetImportBuilder(0).setVersion(opset);
        byte[] file = EmbeddedResizing.added(TestModels.write(network, model), fit);
        return OnnxRunner.open(file, OnnxOptions.standard());
    }

    private static float[] levels(OnnxRunner runner, byte[] bytes, long... shape) {
        Tensor image = Tensor.of(TensorType.UINT8, ByteBuffer.wrap(bytes), shape);
        double[] found = Objects.requireNonNull(
                        runner.run(Map.of("image", image)).get("logits"))
                .toDoubles();
        float[] levels = new float[found.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (float) found[i];
        }
        return levels;
    }

    private static byte[] bytes(BufferedImage image, int channels) {
        int[] samples = image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
        assertThat(samples).hasSize(channels * image.getWidth() * image.getHeight());
        byte[] bytes = new byte[samples.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) samples[i];
        }
        return bytes;
    }

    /** Operators differ between 11 and 12, and between 12 and 13. */
    @ParameterizedTest
    @ValueSource(ints = {11, 12, 13, 21})
    void aFileResizesLikePillowToWithinOneGrayLevel(int opset) throws IOException {
        JsonObject golden = JsonParser.parseString(Files.readString(GOLDEN.resolve("images.json")))
                .getAsJsonObject();
        int compared = 0;
        for (JsonElement each : golden.getAsJsonArray("resized")) {
            JsonObject expected = each.getAsJsonObject();
            int channels = expected.get("channels").getAsInt();
            int height = expected.get("height").getAsInt();
            int width = expected.get("width").getAsInt();
            byte[] pixels = Base64.getDecoder().decode(expected.get("pixels").getAsString());
            Fit fit = Fit.valueOf(expected.get("fit").getAsString().toUpperCase(Locale.ROOT));
            BufferedImage image = ImageIO.read(GOLDEN.resolve("images")
                    .resolve(expected.get("file").getAsString())
                    .toFile());
            try (OnnxRunner runner = resizing(channels, height, width, fit, opset)) {
                float[] found =
                        levels(runner, bytes(image, channels), 1, image.getHeight(), image.getWidth(), channels);
                assertThat(found).hasSize(pixels.length);
                for (int i = 0; i < found.length; i++) {
                    assertThat(Math.abs(found[i] - (pixels[i] & 0xff)))
                            .as("number %d of %s as %dx%d, %s", i, expected.get("file"), width, height, fit)
                            .isLessThanOrEqualTo(1);
                }
            }
            compared++;
        }
        assertThat(compared).isEqualTo(66);
    }

    /** In one of 40 columns for 28, and one of 140 for 224, a border lies elsewhere than in exact arithmetic. */
    @ParameterizedTest
    @CsvSource({"STRETCH,28", "CROP,28", "STRETCH,224"})
    void pixelsOnABorderBelongWhereDoublePrecisionPutsThem(Fit fit, int width) {
        java.util.Random random = new java.util.Random(4);
        int height = 2 * width - 11;
        try (OnnxRunner runner = resizing(1, width, width, fit)) {
            for (int length = height; length < height + 150; length++) {
                byte[] row = new byte[length];
                random.nextBytes(row);
                byte[] image = new byte[height * length];
                for (int i = 0; i < image.length; i++) {
                    image[i] = row[i % length];
                }
                int taken = fit == Fit.CROP ? height : length;
                assertThat(Arrays.copyOf(levels(runner, image, 1, height, length, 1), width))
                        .as("%d pixels", length)
                        .containsExactly(box(row, (length - taken) * 0.5, (double) taken / width, width));
            }
        }
    }

    /** Pillow's filter BOX, as its source has it; a mean in the middle between two levels is rounded up. */
    private static float[] box(byte[] row, double start, double scale, int length) {
        float[] levels = new float[length];
        for (int i = 0; i < length; i++) {
            double center = start + (i + 0.5) * scale;
            double support = 0.5 * scale;
            int sum = 0;
            int count = 0;
            for (int j = Math.max(0, (int) (center - support + 0.5));
                    j < Math.min(row.length, (int) (center + support + 0.5));
                    j++) {
                double x = (j - center + 0.5) * (1 / scale);
                if (x > -0.5 && x <= 0.5) {
                    sum += row[j] & 0xff;
                    count++;
                }
            }
            levels[i] = Math.floorDiv(2 * sum + count, 2 * count);
        }
        return levels;
    }

    @Test
    void aBatchOfOneSizeIsResizedAsItsImagesAre() {
        byte[] two = new byte[2 * 5 * 7 * 3];
        new java.util.Random(1).nextBytes(two);
        try (OnnxRunner runner = resizing(3, 4, 3, Fit.CROP)) {
            float[] together = levels(runner, two, 2, 5, 7, 3);
            assertThat(together).startsWith(levels(runner, Arrays.copyOf(two, 105), 1, 5, 7, 3));
            assertThat(together).endsWith(levels(runner, Arrays.copyOfRange(two, 105, 210), 1, 5, 7, 3));
        }
    }

    @Test
    void aNetworkForFloatsGetsNormalizedLevels() {
        byte[] file = EmbeddedResizing.added(network(TestModels.FLOAT, 1, 2, 1), Fit.STRETCH);
        try (OnnxRunner runner = OnnxRunner.open(file, OnnxOptions.standard())) {
            // Means of 51 and 102 in rows: 51/255 is 0.2, and 102/255 is 0.4.
            assertThat(levels(runner, new byte[] {0, 102, 102, 102}, 1, 2, 2, 1))
                    .containsExactly((0.2f - 0.5f) / 0.25f, (0.4f - 0.5f) / 0.25f);
        }
    }

    @Test
    void grayIsTakenAsColorAndColorAsGray() {
        try (OnnxRunner color = resizing(3, 1, 1, Fit.STRETCH);
                OnnxRunner gray = resizing(1, 1, 2, Fit.STRETCH)) {
            assertThat(levels(color, new byte[] {7}, 1, 1, 1, 1)).containsExactly(7, 7, 7);
            // ITU-R BT.601: 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2; white stays white.
            assertThat(levels(gray, new byte[] {(byte) 200, 100, 50, -1, -1, -1}, 1, 1, 2, 3))
                    .containsExactly(124, 255);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,5,3", "5,0,3", "32769,1,3", "1,32769,3", "4,4,2", "4,4,4"})
    void aFileRefusesOtherSidesAndChannels(int height, int width, int channels) {
        try (OnnxRunner runner = resizing(3, 4, 3, Fit.PAD)) {
            assertThatThrownBy(() -> levels(runner, new byte[height * width * channels], 1, height, width, channels))
                    .isInstanceOf(OnnxFileException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "32768,1", "1,32768"})
    void theSmallestAndTheLargestSidesAreResized(int height, int width) {
        byte[] white = new byte[height * width];
        Arrays.fill(white, (byte) -1);
        try (OnnxRunner runner = resizing(1, 3, 2, Fit.STRETCH)) {
            assertThat(levels(runner, white, 1, height, width, 1)).containsOnly(255);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"float", "half"})
    void floatsAreRefused(String type) {
        try (OnnxRunner runner = resizing(1, 3, 2, Fit.STRETCH)) {
            Tensor floats = type.equals("float")
                    ? Tensor.of(new float[12], 1, 4, 3, 1)
                    : Tensor.of(TensorType.FLOAT16, ByteBuffer.allocate(24), 1, 4, 3, 1);
            assertThatThrownBy(() -> runner.run(Map.of("image", floats)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("image uint8 (batch, height, width, channels)");
        }
    }

    @Test
    void onlyAClassifierThatSaysHowItNormalizesCanResize() throws IOException {
        Path silent = TestModels.write(folder.resolve("silent.onnx"), TestModels.convolution(1));
        fileRefused(() -> EmbeddedResizing.added(silent, Fit.PAD)).contains("how pixels are normalized");
        Path twice = folder.resolve("twice.onnx");
        Files.write(twice, EmbeddedResizing.added(network(TestModels.UINT8, 1, 3, 2), Fit.PAD));
        fileRefused(() -> EmbeddedResizing.added(twice, Fit.PAD)).contains("images of one size");
    }

    /** Of a file that does not say how pixels are normalized, and of one that resizes already. */
    @Test
    void aFileShowsWhatItsNetworkGets() throws IOException {
        Path file = network(TestModels.FLOAT, 1, 1, 2);
        ModelProto.Builder silent = ModelFile.read(file).whole().toBuilder().clearMetadataProps();
        Preprocessing preprocessing = new Preprocessing(1, 2, List.of(0.5), List.of(0.25));
        Path whole = Files.write(folder.resolve("whole.onnx"), EmbeddedResizing.added(file, Fit.PAD));
        for (Path each : List.of(TestModels.write(folder.resolve("silent.onnx"), silent), whole)) {
            byte[] showing = EmbeddedResizing.showing(each, Fit.PAD, preprocessing);
            try (OnnxRunner runner = OnnxRunner.open(showing, OnnxOptions.standard())) {
                Map<String, Tensor> found = runner.run(
                        Map.of("image", Tensor.of(TensorType.UINT8, ByteBuffer.wrap(new byte[] {51}), 1, 1, 1, 1)));
                assertThat(Objects.requireNonNull(found.get(EmbeddedResizing.PIXELS))
                                .toDoubles())
                        .containsExactly(51, 0);
                assertThat(Objects.requireNonNull(found.get("logits")).toDoubles())
                        .containsExactly((0.2f - 0.5f) / 0.25f, -0.5f / 0.25f);
            }
        }
    }

    @Test
    void aNetworkForAFixedNumberOfImagesIsRefused() {
        Path network = network(TestModels.UINT8, 1, 3, 2);
        ModelProto.Builder model = ModelFile.read(network).whole().toBuilder();
        model.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(0)
                .setDimValue(7);
        Path seven = TestModels.write(folder.resolve("seven.onnx"), model);
        fileRefused(() -> EmbeddedResizing.added(seven, Fit.PAD)).contains("in any number", "7");
    }
}
