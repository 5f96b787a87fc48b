package io.catwalk.onnx.runtime;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.BATCH;
import static io.catwalk.onnx.TestModels.FLOAT;
import static io.catwalk.onnx.TestModels.UINT8;
import static io.catwalk.onnx.TestModels.cast;
import static io.catwalk.onnx.TestModels.node;
import static io.catwalk.onnx.TestModels.tensor;
import static io.catwalk.onnx.TestModels.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.TextFormat;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.OnnxPredictor.Scores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files as other programs write them: channels last, open sizes, several outputs. */
@Tag("tiny")
final class FileFormsTest {

    private static final int HALF = DataType.FLOAT16_VALUE;
    private static final int CHANNELS = 3;
    private static final int HEIGHT = 5;
    private static final int WIDTH = 2;
    private static final int SIZE = CHANNELS * HEIGHT * WIDTH;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        // second, third and fourth axis; order, channels, height and width
        "28, 28, 1, NHWC, 1, 28, 28",
        "224, 192, 3, NHWC, 3, 224, 192",
        "32, 16, 4, NHWC, 4, 32, 16",
        "1, 28, 28, NCHW, 1, 28, 28",
        "3, 8, 3, NCHW, 3, 8, 3",
        "1, 4, 4, NCHW, 1, 4, 4",
        "28, 28, 28, NCHW, 28, 28, 28",
        "2, 28, 28, NCHW, 2, 28, 28"
    })
    void channelsAreFoundWhereTheyAre(
            int second, int third, int fourth, Layout layout, int channels, int height, int width) {
        ModelProto.Builder model = summing(FLOAT, second, third, fourth);
        Signature signature = signature(model, OnnxHints.none());
        assertThat(signature.layout()).isEqualTo(layout);
        assertThat(List.of(signature.channels(), signature.height(), signature.width()))
                .containsExactly(channels, height, width);
        assertThat(logits(model, OnnxHints.none(), new float[2 * second * third * fourth], 2))
                .containsExactly(0, 0);
    }

    @Test
    void whatTheFileSaysOfItsPixelsDecidesBetweenTwoOrders() {
        ModelProto.Builder model = summing(FLOAT, 4, 6, 3);
        assertThat(signature(model, OnnxHints.none()).layout()).isEqualTo(Layout.NCHW);
        assertThat(signature(model, OnnxHints.none()).channels()).isEqualTo(4);
        assertThat(signature(model, OnnxHints.none().withLayout(Layout.NHWC)).channels())
                .isEqualTo(3);
        Path file = TestModels.write(folder.resolve("stated.onnx"), model);
        OnnxMetadata.empty()
                .withPreprocessing(new Preprocessing(4, 6, List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25)))
                .write(file);
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.signature().layout()).isEqualTo(Layout.NHWC);
            assertThat(predictor.signature().height()).isEqualTo(4);
        }
    }

    @Test
    void imagesReachAFileOfChannelsLastInItsOrder() {
        for (int batch : new int[] {1, 3, 4}) {
            float[] images = new float[batch * SIZE];
            for (int i = 0; i < images.length; i++) {
                images[i] = i * i % 37;
            }
            for (ModelProto.Builder model : List.of(
                    picking(FLOAT, BATCH),
                    picking(FLOAT, 2),
                    picking(UINT8, BATCH),
                    picking(HALF, BATCH),
                    halfLogits(picking(HALF, 2)))) {
                assertThat(logits(model, OnnxHints.none(), images, batch)).containsExactly(picked(images, batch));
            }
        }
    }

    @Test
    void bytesReachAFileOfChannelsLastInItsOrder() {
        byte[] images = new byte[3 * SIZE];
        float[] pixels = new float[images.length];
        for (int i = 0; i < images.length; i++) {
            images[i] = (byte) (i * i);
            pixels[i] = i * i % 256;
        }
        Preprocessing perChannel = new Preprocessing(HEIGHT, WIDTH, List.of(0.0, 0.2, 0.4), List.of(1.0, 0.5, 0.25));
        float[] expected = picked(pixels, 3);
        float[] normalized = expected.clone();
        for (int i = 0; i < normalized.length; i++) {
            normalized[i] = (expected[i] / 255 - 0.2f * (i % 3)) * new float[] {1, 2, 4}[i % 3];
        }
        for (Object declared : List.of(BATCH, 2)) {
            Path file = TestModels.write(folder.resolve("float.onnx"), picking(FLOAT, declared));
            OnnxMetadata.empty().withPreprocessing(perChannel).write(file);
            try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
                assertThat(predictor.logits(images, 3)).containsExactly(normalized, within(1e-5f));
            }
            Path half = TestModels.write(folder.resolve("half.onnx"), halfLogits(picking(HALF, declared)));
            OnnxMetadata.empty().withPreprocessing(perChannel).write(half);
            try (OnnxPredictor predictor = OnnxPredictor.open(half)) {
                assertThat(predictor.signature().pixels()).isEqualTo(Signature.PixelType.FLOAT16);
                assertThat(predictor.logits(images, 3)).containsExactly(normalized, within(2e-3f)); // eleven bits
            }
            try (OnnxPredictor predictor = open(picking(UINT8, declared), OnnxHints.none())) {
                assertThat(predictor.logits(images, 3)).containsExactly(expected);
            }
        }
    }

    /** Returns row 3, column 1 of each channel of images with channels first. */
    private static float[] picked(float[] images, int batch) {
        float[] picked = new float[batch * CHANNELS];
        for (int i = 0; i < batch; i++) {
            for (int channel = 0; channel < CHANNELS; channel++) {
                picked[i * CHANNELS + channel] = images[((i * CHANNELS + channel) * HEIGHT + 3) * WIDTH + 1];
            }
        }
        return picked;
    }

    /** A model that takes (batch, 5, 2, 3) and returns row 3, column 1 of each channel: its numbers 21, 22 and 23. */
    private static ModelProto.Builder picking(int type, Object batch) {
        float[] weight = new float[SIZE * CHANNELS];
        for (int channel = 0; channel < CHANNELS; channel++) {
            weight[((3 * WIDTH + 1) * CHANNELS + channel) * CHANNELS + channel] = 1;
        }
        return TestModels.model(GraphProto.newBuilder()
                .setName("picking")
                .addInput(value("images", type, batch, HEIGHT, WIDTH, CHANNELS))
                .addOutput(value("logits", FLOAT, batch, CHANNELS))
                .addInitializer(tensor("weight", weight, SIZE, CHANNELS))
                .addNode(cast("images", "numbers", FLOAT))
                .addNode(node("Flatten", List.of("numbers"), "flat"))
                .addNode(node("MatMul", List.of("flat", "weight"), "logits")));
    }

    /** Rounds the logits of a model to 16 bits. */
    private static ModelProto.Builder halfLogits(ModelProto.Builder model) {
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.getNodeBuilder(graph.getNodeCount() - 1).setOutput(0, "whole");
        graph.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(HALF);
        graph.addNode(cast("whole", "logits", HALF));
        return model;
    }

    private static TensorProto.Builder whole(String name, long number) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64_VALUE)
                .addDims(1)
                .addInt64Data(number);
    }

    private static TensorProto.Builder scalar(String name, float number) {
        return TensorProto.newBuilder().setName(name).setDataType(FLOAT).addFloatData(number);
    }

    /** A model that sums each image. */
    private static ModelProto.Builder summing(int type, Object... axes) {
        return TestModels.model(GraphProto.newBuilder()
                .setName("summing")
                .addInput(value("images", type, BATCH, axes[0], axes[1], axes[2]))
                .addOutput(value("logits", FLOAT, BATCH, 1))
                .addNode(cast("images", "numbers", FLOAT))
                .addNode(node("Flatten", List.of("numbers"), "flat"))
                .addNode(node("ReduceSum", List.of("flat", "axes"), "logits"))
                .addInitializer(whole("axes", 1)));
    }

    @Test
    void aFileOfAnySizeTakesTheSizeThatIsNamed() {
        for (Object[] axes : new Object[][] {{3, "height", "width"}, {"height", "width", 3}, {3, 6, "width"}}) {
            ModelProto.Builder model = summing(FLOAT, axes);
            String found = "found images float (batch, " + axes[0] + ", " + axes[1] + ", " + axes[2] + ")";
            refused(model, OnnxHints.none(), "a fixed size, or a size for them", found, "--image-size 224x224");
            OnnxHints size = OnnxHints.none().withImageSize(6, 8);
            assertThat(signature(model, size).imageSize()).isEqualTo(3 * 6 * 8);
            assertThat(signature(model, size).width()).isEqualTo(8);
            float[] images = new float[2 * 3 * 6 * 8];
            images[0] = 1;
            images[3 * 6 * 8] = 2;
            assertThat(logits(model, size, images, 2)).containsExactly(1, 2);
        }
    }

    @Test
    void theSizeInItsMetadataServesAFileOfAnySizeUnlessAnotherIsNamed() {
        Path file = TestModels.write(folder.resolve("any.onnx"), summing(FLOAT, 1, "height", "width"));
        OnnxMetadata.empty()
                .withPreprocessing(new Preprocessing(5, 4, List.of(0.5), List.of(0.25)))
                .write(file);
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.signature().imageSize()).isEqualTo(20);
        }
        try (OnnxPredictor predictor = OnnxPredictor.open(
                file, OnnxOptions.standard(), OnnxHints.none().withImageSize(7, 7))) {
            assertThat(predictor.signature().imageSize()).isEqualTo(49);
        }
    }

    /** As Ultralytics writes the size that a network was trained for: height and width, as Python prints a list. */
    @Test
    void theSizeThatUltralyticsWritesServesAFileOfAnySizeUnlessAnotherIsNamed() {
        Path file = TestModels.write(folder.resolve("any.onnx"), summing(FLOAT, 1, "height", "width"));
        OnnxMetadata.empty().with("imgsz", "[5, 4]").write(file);
        assertThat(Signature.read(file, OnnxHints.none()).height()).isEqualTo(5);
        assertThat(Signature.read(file, OnnxHints.none()).width()).isEqualTo(4);
        assertThat(Signature.read(file, OnnxHints.none().withImageSize(7, 7)).imageSize())
                .isEqualTo(49);
        for (String odd : List.of("640", "[0, 4]", "[5, 4, 3]", "['a']", "[9999999999, 4]")) {
            OnnxMetadata.empty().with("imgsz", odd).write(file);
            fileRefused(() -> Signature.read(file, OnnxHints.none())).contains("a fixed size, or a size for them");
        }
    }

    /** As the exporter of Hugging Face leaves all sizes open: the kernel of the first convolution has the channels. */
    @ParameterizedTest
    @CsvSource({"3, 1, 3", "1, 1, 1", "1, 3, 3"})
    void theFirstConvolutionSaysTheChannelsThatTheFileLeavesOpen(int ofKernel, int groups, int channels) {
        float[] kernel = new float[3 * ofKernel];
        Arrays.fill(kernel, 1);
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                .setName("open")
                .addInput(value("pixel_values", FLOAT, "batch_size", "num_channels", "height", "width"))
                .addOutput(value("logits", FLOAT, "batch_size", 3))
                .addInitializer(tensor("kernel", kernel, 3, ofKernel, 1, 1))
                .addNode(node("Conv", List.of("pixel_values", "kernel"), "maps")
                        .addAttribute(Protos.attribute("group", groups)))
                .addNode(node("GlobalMaxPool", List.of("maps"), "pooled"))
                .addNode(node("Flatten", List.of("pooled"), "logits")));
        OnnxHints size = OnnxHints.none().withImageSize(2, 1);
        assertThat(signature(model, size).channels()).isEqualTo(channels);
        float[] images = {1, 2, 30, 40, 500, 600};
        float[] expected = groups == 3 ? new float[] {2, 40, 600} : new float[] {642, 642, 642};
        assertThat(logits(model, size, Arrays.copyOf(images, channels * 2), 1))
                .containsExactly(channels == 1 ? new float[] {2, 2, 2} : expected);
        refused(model, OnnxHints.none(), "a size for them", "(batch_size, " + channels + ", height, width)");
    }

    /** As the same file in 8 bits: pixels and kernel are rounded before the convolution reads them. */
    @Test
    void theFirstConvolutionSaysTheChannelsBehindARounding() {
        ModelProto.Builder model = TestModels.model(GraphProto.newBuilder()
                .setName("rounded")
                .addInput(value("pixel_values", FLOAT, "batch_size", "num_channels", "height", "width"))
                .addOutput(value("logits", FLOAT, "batch_size", 3))
                .addInitializer(scalar("scale", 1))
                .addInitializer(TensorProto.newBuilder()
                        .setName("kernel")
                        .setDataType(DataType.INT8_VALUE)
                        .addAllDims(List.of(3L, 2L, 1L, 1L))
                        .addAllInt32Data(List.of(1, 0, 0, 1, 1, 1)))
                .addInitializer(TensorProto.newBuilder()
                        .setName("zero")
                        .setDataType(DataType.INT8_VALUE)
                        .addInt32Data(0))
                .addNode(node("QuantizeLinear", List.of("pixel_values", "scale", "zero"), "whole"))
                .addNode(node("DequantizeLinear", List.of("whole", "scale", "zero"), "rounded"))
                .addNode(node("DequantizeLinear", List.of("kernel", "scale", "zero"), "factors"))
                .addNode(node("Conv", List.of("rounded", "factors"), "maps"))
                .addNode(node("GlobalMaxPool", List.of("maps"), "pooled"))
                .addNode(node("Flatten", List.of("pooled"), "logits")));
        OnnxHints size = OnnxHints.none().withImageSize(1, 2);
        assertThat(signature(model, size).channels()).isEqualTo(2);
        assertThat(logits(model, size, new float[] {1.2f, 2, 30, 40}, 1)).containsExactly(2, 40, 42);
    }

    @Test
    void aFileOfDoublesIsToldToBecomeOneOfFloats() {
        refused(
                summing(DataType.DOUBLE_VALUE, 1, 4, 4),
                OnnxHints.none(),
                "float32",
                "found images double (batch, 1, 4, 4); convert it to float32");
    }

    @Test
    void sizesOutOfRangeAndOpenChannelsAreRefused() {
        argumentRefused(() -> OnnxHints.none().withImageSize(-1, 4)).contains("-1 and 4");
        argumentRefused(() -> OnnxHints.none().withImageSize(4, 0)).contains("4 and 0");
        refused(summing(FLOAT, 3, "h", "w"), OnnxHints.none().withImageSize(1 << 20, 4), "sizes of 1 to 65536");
        ModelProto.Builder open = summing(FLOAT, "channels", "height", "width");
        refused(
                open,
                OnnxHints.none().withImageSize(6, 8),
                "fixed number of channels",
                "(batch, channels, height, width)");
    }

    @Test
    void anOutputIsChosenByItsName() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .clearOutput()
                .addOutput(value("features", FLOAT, BATCH, 4))
                .addOutput(value("logits", FLOAT, BATCH, 3))
                .addOutput(value("share", FLOAT, BATCH, 3))
                .addOutput(value("map", FLOAT, BATCH, 3, 2))
                .setNode(0, node("Flatten", List.of("images"), "features"))
                .setNode(1, node("Gemm", List.of("features", "weight", "bias"), "logits"))
                .addNode(node("Softmax", List.of("logits"), "share"))
                .addNode(node("Unsqueeze", List.of("logits", "last"), "column"))
                .addNode(node("Concat", List.of("column", "column"), "map").addAttribute(Protos.attribute("axis", 2)))
                .addInitializer(whole("last", 2));
        OnnxHints features = OnnxHints.none().withOutput("features");
        assertThat(logits(model, features, new float[] {1, 2, 3, 4}, 1)).containsExactly(1, 2, 3, 4);
        assertThat(scores(model, features)).isEqualTo(Scores.LOGITS);
        OnnxHints share = OnnxHints.none().withOutput("share");
        assertThat(signature(model, share).output()).isEqualTo("share");
        assertThat(scores(model, share)).isEqualTo(Scores.PROBABILITIES);
        refused(
                model,
                OnnxHints.none().withOutput("Share"),
                "an output Share, found features float (batch, 4), logits float (batch, 3), ");
        OnnxHints map = OnnxHints.none().withOutput("map");
        refused(model, map, "logits (batch, classes)", "map float (batch, 3, 2); ", "--output logits");
        model.getGraphBuilder().getOutputBuilder(1).setName("scores");
        model.getGraphBuilder().addNode(node("Identity", List.of("logits"), "scores"));
        refused(model, OnnxHints.none(), "choose --output features, --output scores, --output share, or ");
    }

    /** As SqueezeNet ends in the model zoo of ONNX: with the mean of each of its last maps, a map of one number. */
    @ParameterizedTest
    @CsvSource({"1, Identity, LOGITS", "2, Identity, LOGITS", "2, Softmax, PROBABILITIES"})
    void trailingAxesOfSizeOneAreNotThere(int axes, String operator, Scores expected) {
        for (Object batch : List.of(BATCH, 1, 2)) {
            ModelProto.Builder model = TestModels.linear(batch);
            GraphProto.Builder graph = model.getGraphBuilder();
            graph.getNodeBuilder(1).setOutput(0, "flatLogits");
            graph.clearOutput()
                    .addOutput(axes == 1 ? value("map", FLOAT, batch, 3, 1) : value("map", FLOAT, batch, 3, 1, 1))
                    .addInitializer(axes == 1 ? Protos.longs("last", 2) : Protos.longs("last", 2, 3))
                    .addNode(node("Unsqueeze", List.of("flatLogits", "last"), "column"));
            NodeProto.Builder end = node(operator, List.of("column"), "map");
            graph.addNode(operator.equals("Softmax") ? end.addAttribute(Protos.attribute("axis", 1)) : end);
            assertThat(signature(model, OnnxHints.none()).classes()).isEqualTo(3);
            assertThat(scores(model, OnnxHints.none())).isEqualTo(expected);
            // The sum of the pixels, the first one, and ten times the last one and one; and their softmax by hand.
            float[] logits = {10, 1, 41, 0, 0, 1, 3, 3, 1};
            float[] images = {1, 2, 3, 4, 0, 0, 0, 0, 3, 0, 0, 0};
            float[] found = logits(model, OnnxHints.none(), images, 3);
            if (expected == Scores.LOGITS) {
                assertThat(found).containsExactly(logits);
            } else {
                assertThat(Arrays.copyOfRange(found, 3, 6)).containsExactly(softmaxOf001(), within(1e-6f));
            }
        }
    }

    /** Returns 1, 1 and e, divided by 2 + e. */
    private static float[] softmaxOf001() {
        double sum = 2 + Math.E;
        return new float[] {(float) (1 / sum), (float) (1 / sum), (float) (Math.E / sum)};
    }

    /** As a network that also returns what its classes are computed from, pooled. */
    @Test
    void anOutputOfTwoAxesIsPreferredToOneWithTrailingAxes() {
        ModelProto.Builder model = TestModels.linear();
        model.getGraphBuilder()
                .setOutput(0, value("pooled", FLOAT, BATCH, 3, 1, 1))
                .addOutput(value("scores", FLOAT, BATCH, 3))
                .addInitializer(Protos.longs("last", 2, 3))
                .addNode(node("Unsqueeze", List.of("logits", "last"), "pooled"))
                .addNode(node("Neg", List.of("logits"), "scores"));
        assertThat(signature(model, OnnxHints.none()).output()).isEqualTo("scores");
        assertThat(logits(model, OnnxHints.none().withOutput("pooled"), new float[] {1, 2, 3, 4}, 1))
                .containsExactly(10, 1, 41);
    }

    /** Appends operators to the logits of the linear model. */
    private static ModelProto.Builder ending(String... operators) {
        ModelProto.Builder model = TestModels.linear();
        String from = "before";
        model.getGraphBuilder().getNodeBuilder(1).setOutput(0, from);
        for (int i = 0; i < operators.length; i++) {
            String to = i == operators.length - 1 ? "logits" : "between" + i;
            model.getGraphBuilder().addNode(node(operators[i], List.of(from), to));
            from = to;
        }
        return model;
    }

    /** A softmax still has to follow a log-softmax, and also a graph that has its softmax in the middle. */
    @ParameterizedTest
    @CsvSource({
        "Softmax, PROBABILITIES",
        "Softmax Identity, PROBABILITIES",
        "Identity, LOGITS",
        "LogSoftmax, LOGITS",
        "LogSoftmax Exp, PROBABILITIES",
        "Exp, LOGITS",
        "Sigmoid, INDEPENDENT",
        "HardSigmoid Identity, INDEPENDENT",
        "Sigmoid Neg, LOGITS",
        "Softmax Neg, LOGITS"
    })
    void aFileThatEndsWithASoftmaxOrASigmoidGivesProbabilities(String operators, Scores expected) {
        assertThat(scores(ending(operators.split(" ", -1)), OnnxHints.none())).isEqualTo(expected);
    }

    /** Over the images of a batch, numbers sum to 1 for each class, not for each image. */
    @ParameterizedTest
    @CsvSource({
        "Softmax, 0, LOGITS",
        "Softmax, -2, LOGITS",
        "Softmax, 1, PROBABILITIES",
        "Softmax, -1, PROBABILITIES",
        "Softmax Identity, 0, LOGITS",
        "LogSoftmax Exp, 0, LOGITS",
        "LogSoftmax Exp, 1, PROBABILITIES"
    })
    void aSoftmaxOverTheBatchGivesNoProbabilities(String operators, long axis, Scores expected) {
        ModelProto.Builder model = ending(operators.split(" ", -1));
        model.getGraphBuilder().getNodeBuilder(2).addAttribute(Protos.attribute("axis", axis));
        assertThat(scores(model, OnnxHints.none())).isEqualTo(expected);
    }

    /** As PyTorch writes the softmax of the only image of a batch: its classes are the only axis. */
    @Test
    void aSoftmaxOfAnotherShapeIsOneOfClasses() {
        ModelProto.Builder model = TestModels.linear(1);
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.getNodeBuilder(1).setOutput(0, "rows");
        graph.addInitializer(Protos.longs("first", 0))
                .addNode(node("Squeeze", List.of("rows", "first"), "row"))
                .addNode(node("Softmax", List.of("row"), "shares").addAttribute(Protos.attribute("axis", 0)))
                .addNode(node("Unsqueeze", List.of("shares", "first"), "logits"));
        assertThat(scores(model, OnnxHints.none())).isEqualTo(Scores.PROBABILITIES);
    }

    /**
     * The definition of a softmax (ONNX, Softmax-13) as some exporters write it out: with the maximum subtracted or not, and
     * with the axes of the sum in an attribute, a weight or a constant. A sum over the batch makes no probabilities.
     */
    @ParameterizedTest
    @CsvSource({
        "11, attribute, Exp, 1, PROBABILITIES",
        "13, weight, Exp, 1, PROBABILITIES",
        "17, weight, Exp, -1, PROBABILITIES",
        "17, constant, Exp, 1, PROBABILITIES",
        "17, constant, Sigmoid, 1, PROBABILITIES",
        "17, weight, Exp, 0, LOGITS",
        "17, weight, Exp, -2, LOGITS",
        "17, constant, Neg, 1, LOGITS"
    })
    void aSoftmaxThatIsWrittenOutGivesProbabilities(
            int opset, String where, String positive, long axis, Scores expected) {
        for (String first : List.of("Identity", "Sub")) {
            ModelProto.Builder model = ending(first, positive, "ReduceSum", "Div", "Identity");
            model.getOpsetImportBuilder(0).setVersion(opset);
            GraphProto.Builder graph = model.getGraphBuilder();
            int sum = graph.getNodeCount() - 3;
            if (first.equals("Sub")) {
                graph.addInitializer(scalar("largest", 3));
                graph.getNodeBuilder(sum - 2).addInput("largest");
            }
            graph.getNodeBuilder(sum + 1).setInput(0, "between1").addInput("between2");
            if (where.equals("attribute")) {
                graph.getNodeBuilder(sum).addAttribute(Protos.attribute("axes", List.of(axis)));
            } else {
                graph.getNodeBuilder(sum).addInput("axes");
            }
            if (where.equals("weight")) {
                graph.addInitializer(Protos.longs("axes", axis));
            } else if (where.equals("constant")) {
                graph.addNode(
                        0,
                        node("Constant", List.of(), "axes")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("value")
                                        .setType(AttributeProto.AttributeType.TENSOR)
                                        .setT(Protos.longs("", axis))));
            }
            assertThat(scores(model, OnnxHints.none())).as(first).isEqualTo(expected);
        }
    }

    /**
     * As skl2onnx writes a logistic regression: the label comes first, then the softmax or the sigmoids of the same operator,
     * which are divided by their sum if there are more than two classes.
     */
    @ParameterizedTest
    @CsvSource({
        "SOFTMAX, '', PROBABILITIES",
        "SOFTMAX_ZERO, '', PROBABILITIES",
        "LOGISTIC, '', INDEPENDENT",
        "PROBIT, '', LOGITS",
        "NONE, '', LOGITS",
        "LOGISTIC, L1, PROBABILITIES",
        "SOFTMAX, L1, PROBABILITIES",
        "LOGISTIC, L2, LOGITS",
        "NONE, L1, LOGITS"
    })
    void aClassifierOfScikitLearnSaysItsSoftmaxInAnAttribute(String transform, String norm, Scores expected)
            throws Exception {
        ModelProto.Builder model = norm.isEmpty() ? ending("Identity") : ending("Identity", "Normalizer");
        model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3));
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.addOutput(0, value("label", DataType.INT64_VALUE, BATCH));
        TextFormat.merge(
                "op_type: 'LinearClassifier' domain: 'ai.onnx.ml' input: 'before' output: 'label' output: '"
                        + (norm.isEmpty() ? "logits" : "between0") + "'"
                        + " attribute { name: 'classlabels_ints' type: INTS ints: [0, 1, 2] }"
                        + " attribute { name: 'coefficients' type: FLOATS floats: [1, 0, 0, 0, 1, 0, 0, 0, 1] }"
                        + " attribute { name: 'intercepts' type: FLOATS floats: [0, 0, 0] }"
                        + " attribute { name: 'post_transform' type: STRING s: '" + transform + "' }",
                graph.getNodeBuilder(2).clear());
        if (!norm.isEmpty()) {
            TextFormat.merge(
                    "domain: 'ai.onnx.ml' attribute { name: 'norm' type: STRING s: '" + norm + "' }",
                    graph.getNodeBuilder(3));
        }
        assertThat(scores(model, OnnxHints.none())).isEqualTo(expected);
    }

    /** As skl2onnx writes trees: of a boosted ensemble, their sum goes through a softmax or sigmoids. */
    @ParameterizedTest
    @CsvSource({"SOFTMAX, PROBABILITIES", "LOGISTIC, INDEPENDENT", "NONE, LOGITS"})
    void treesSayTheirSoftmaxInAnAttribute(String transform, Scores expected) throws Exception {
        ModelProto.Builder model = ending("Identity");
        model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3));
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.addOutput(0, value("label", DataType.INT64_VALUE, BATCH));
        TextFormat.merge(
                "op_type: 'TreeEnsembleClassifier' domain: 'ai.onnx.ml' input: 'before' output: 'label' output: 'logits'"
                        + " attribute { name: 'classlabels_int64s' type: INTS ints: [0, 1, 2] }"
                        + " attribute { name: 'nodes_treeids' type: INTS ints: [0] }"
                        + " attribute { name: 'nodes_nodeids' type: INTS ints: [0] }"
                        + " attribute { name: 'nodes_featureids' type: INTS ints: [0] }"
                        + " attribute { name: 'nodes_values' type: FLOATS floats: [0] }"
                        + " attribute { name: 'nodes_modes' type: STRINGS strings: ['LEAF'] }"
                        + " attribute { name: 'nodes_truenodeids' type: INTS ints: [0] }"
                        + " attribute { name: 'nodes_falsenodeids' type: INTS ints: [0] }"
                        + " attribute { name: 'class_treeids' type: INTS ints: [0, 0, 0] }"
                        + " attribute { name: 'class_nodeids' type: INTS ints: [0, 0, 0] }"
                        + " attribute { name: 'class_ids' type: INTS ints: [0, 1, 2] }"
                        + " attribute { name: 'class_weights' type: FLOATS floats: [1, 2, 3] }"
                        + " attribute { name: 'post_transform' type: STRING s: '" + transform + "' }",
                graph.getNodeBuilder(2).clear());
        assertThat(scores(model, OnnxHints.none())).isEqualTo(expected);
    }

    /** A sum of other numbers than those that it divides is none of theirs. */
    @Test
    void aQuotientByAnotherSumGivesNoProbabilities() {
        ModelProto.Builder model = ending("Exp", "ReduceSum", "Div");
        GraphProto.Builder graph = model.getGraphBuilder();
        int sum = graph.getNodeCount() - 2;
        graph.addInitializer(Protos.longs("axes", 1));
        graph.getNodeBuilder(sum).setInput(0, "before").addInput("axes");
        graph.getNodeBuilder(sum + 1).setInput(0, "between0").addInput("between1");
        assertThat(scores(model, OnnxHints.none())).isEqualTo(Scores.LOGITS);
    }

    /** As the quantization tool of ONNX Runtime ends a file: the probabilities are rounded to 8 bits and back. */
    @Test
    void aSoftmaxThatIsRoundedGivesProbabilities() {
        ModelProto.Builder model = ending("Softmax", "Identity", "Identity", "Identity");
        GraphProto.Builder graph = model.getGraphBuilder();
        int last = graph.getNodeCount() - 1;
        graph.addInitializer(scalar("scale", 1 / 255f)).addInitializer(scalar("least", 0));
        graph.getNodeBuilder(last - 2).setOpType("QuantizeLinear").addInput("scale");
        graph.getNodeBuilder(last - 1).setOpType("DequantizeLinear").addInput("scale");
        graph.getNodeBuilder(last).setOpType("Clip").addInput("least");
        assertThat(scores(model, OnnxHints.none())).isEqualTo(Scores.PROBABILITIES);
    }

    /** As exporters write a module: its operators are those of a function, whose values have names of their own. An operator of ONNX is none. */
    @ParameterizedTest
    @CsvSource({"modules, Softmax, PROBABILITIES", "modules, Neg, LOGITS", "'', Softmax, LOGITS"})
    void aSoftmaxInAFunctionGivesProbabilities(String domain, String operator, Scores expected) {
        ModelProto.Builder model = ending("Neg", "Identity");
        model.getGraphBuilder().getNodeBuilder(2).setDomain(domain);
        model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("modules").setVersion(1));
        model.addFunctions(FunctionProto.newBuilder()
                .setDomain("modules")
                .setName("Neg")
                .addInput("before")
                .addOutput("logits")
                .addOpsetImport(model.getOpsetImport(0))
                .addNode(node(operator, List.of("before"), "softened"))
                .addNode(node("Identity", List.of("softened"), "logits")));
        assertThat(scores(model, OnnxHints.none())).isEqualTo(expected);
    }

    @Test
    void anExportedNetworkThatEndsWithASoftmaxGivesProbabilities() throws IOException {
        Block block = LambdaBlock.singleton(x -> x.flatten(1, -1).get(":, :3").softmax(1));
        Path file = folder.resolve("softmax.onnx");
        OnnxExport.of(block, new Shape(1, 2, 2)).write(file);
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.scores()).isEqualTo(Scores.PROBABILITIES);
        }
    }

    private OnnxPredictor open(ModelProto.Builder model, OnnxHints hints) {
        return OnnxPredictor.open(
                TestModels.write(folder.resolve("model.onnx"), model),
                OnnxOptions.standard().withThreads(1),
                hints);
    }

    private Signature signature(ModelProto.Builder model, OnnxHints hints) {
        try (OnnxPredictor predictor = open(model, hints)) {
            return predictor.signature();
        }
    }

    private Scores scores(ModelProto.Builder model, OnnxHints hints) {
        try (OnnxPredictor predictor = open(model, hints)) {
            return predictor.scores();
        }
    }

    private float[] logits(ModelProto.Builder model, OnnxHints hints, float[] images, int count) {
        try (OnnxPredictor predictor = open(model, hints)) {
            return predictor.logits(images, count);
        }
    }

    private void refused(ModelProto.Builder model, OnnxHints hints, String... parts) {
        fileRefused(() -> open(model, hints).close()).contains(parts).doesNotContain("\n");
    }
}
