package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.evaluation.Predictions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Files as other programs write them; options supply what they do not say. */
@ExtendWith(ExportedRun.class)
final class FileOptionsTest {

    private static final String DIGITS = "0,1,2,3,4,5,6,7,8,9";
    private static final String COLORS = "red,green,blue";

    @TempDir
    private Path folder;

    private ExportedRun world;
    private Predictions stored;
    private String picture = "";
    private String normalize = "";

    @BeforeEach
    void find() throws IOException {
        world = ExportedRun.get();
        stored = Predictions.read(world.trial(ExportedRun.GOOD).resolve("predictions.csv"));
        picture = world.picture(3, folder.resolve("three.png")).toString();
        Preprocessing known = OnnxMetadata.read(world.model()).preprocessing().orElseThrow();
        normalize = known.mean().get(0) + "/" + known.std().get(0);
    }

    private static JsonNode json(String command, Object... values) {
        Catwalk.Answer answer = Catwalk.ask(command + " --json", values).done();
        assertThat(answer.err()).isEmpty();
        return answer.json();
    }

    /** Returns the network of the run as TensorFlow would write it: (batch, 8, 8, 1), without metadata. */
    private Path channelsLast() throws IOException {
        return world.changed(folder.resolve("last.onnx"), model -> {
            List<NodeProto> nodes = model.getGraph().getNodeList();
            model.clearMetadataProps().getGraphBuilder().clearInput().clearNode();
            ExportedRun.add(model, value("input", "input_1", 1, List.of(8, 8, 1)) + transposed("input_1", "images"));
            model.getGraphBuilder().addAllNode(nodes);
        });
    }

    @Test
    void aFileOfChannelsLastLabelsAsTheNetworkDoesAndIsScoredOnADataSet() throws IOException {
        Path file = channelsLast();
        JsonNode answer = json("predict %s %s --labels %s --normalize %s", file, picture, DIGITS, normalize)
                .path(0);
        for (int k = 0; k < 10; k++) {
            assertThat(answer.path("probabilities").path("" + k).asDouble(-1))
                    .isCloseTo(stored.probabilities(3)[k], within(1e-4));
        }

        String verify = "verify %s --dataset %s";
        Catwalk.Answer verified = Catwalk.ask(
                verify + " --classes-by-index --normalize %s --timeout 30s", file, world.images(), normalize);
        JsonNode trial = Catwalk.json(world.trial(ExportedRun.GOOD).resolve("trial.json"));
        double accuracy = trial.at("/metrics/test/accuracy").asDouble() * 100;
        assertThat(verified.done().joined())
                .contains(String.format(Locale.ROOT, "accuracy %.2f %% on 40 images of tiny, but the file", accuracy));
        Catwalk.ask(verify, file, world.images()).refused("mean and deviation", "--normalize MEAN/STD");
        Catwalk.ask("bench --seconds 0.02 %s", file).done();
        Catwalk.ask("bench --seconds 0.02 %s --normalize 0.5/0.25", file).done();
    }

    @ParameterizedTest
    @CsvSource({
        "imagenet, '0.485,0.456,0.406/0.229,0.224,0.225'",
        "0-1, 0/1",
        "-1-1, 0.5/0.5",
        "none, 0/0.00392156862745098"
    })
    void aUsualNormalizationHasAName(String name, String numbers) throws IOException {
        Path image = colorPicture(6, 8);
        Path model = colors(false, 8, 6);
        String predict = "predict %s %s --labels %s --normalize %s";
        assertThat(json(predict, model, image, COLORS, name)).isEqualTo(json(predict, model, image, COLORS, numbers));
    }

    /** A list in the folder may belong to another model. */
    @Test
    void labelsThatAreTypedCountBeforeAListBesideTheFile() throws IOException {
        Path model = colors(false, 8, 6);
        Files.writeString(model.resolveSibling("labels.txt"), "cat\ndog\nbird\n");
        JsonNode answer = json("predict %s %s --labels %s --normalize none", model, colorPicture(6, 8), COLORS);
        assertThat(answer.at("/0/probabilities").propertyNames()).containsExactlyInAnyOrder(COLORS.split(",", -1));
    }

    /** The network of the run with its input in 16 bits: eleven of them hold each of its pixels to 0.05 %. */
    @Test
    void aFileOfHalfPrecisionIsRunAndRefusedWhereOtherProgramsRunIt() throws IOException {
        Path file = world.changed(folder.resolve("half.onnx"), model -> {
            List<NodeProto> nodes = model.getGraph().getNodeList();
            model.getGraphBuilder().clearInput().clearNode();
            ExportedRun.add(
                    model,
                    value("input", "half", 10, List.of(1, 8, 8))
                            + node("Cast", "half", "images", "attribute { name: 'to' type: INT i: 1 }"));
            model.getGraphBuilder().addAllNode(nodes);
        });
        JsonNode answer = json("predict %s %s", file, picture).path(0);
        for (int k = 0; k < 10; k++) {
            assertThat(answer.path("probabilities").path("" + k).asDouble(-1))
                    .isCloseTo(stored.probabilities(3)[k], within(2e-3));
        }
        // Without ONNX Runtime Web, which .ci/run installs, there is no demo to refuse.
        boolean web = Files.isDirectory(Path.of("../../onnx-models/runtimes/web/node_modules"));
        for (String command : List.of("verify --runtimes cv2", "package", web ? "demo" : "package")) {
            Catwalk.ask(command + " %s --dataset %s --runtimes-dir ../../onnx-models/runtimes", file, world.images())
                    .refused("16-bit floats", "single precision");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.5,0.25,0.125/0.5,0.25,2",
                " 0.5, .25, 1.25e-1 / 0.5, 0.25, 2.",
                "{\"mean\": [0.5, 0.25, 0.125], \"std\": [0.5, 0.25, 2]}",
                "{\"image_mean\": [0.5, 0.25, 0.125], \"image_std\": [0.5, 0.25, 2], \"do_resize\": true}",
                // Pixels are scaled by two, and so are the mean and the deviation.
                "{\"image_mean\": [1, 0.5, 0.25], \"image_std\": [1, 0.5, 4], \"rescale_factor\": 0.00784313725490196}",
                // Pixels from 0 to 255.
                "{\"image_mean\": [127.5, 63.75, 31.875], \"image_std\": [127.5, 63.75, 510], \"do_rescale\": false}"
            })
    void everyChannelIsNormalizedOnItsOwn(String text) throws IOException {
        Path file = folder.resolve("preprocessor_config.json");
        String given = text;
        if (text.contains("image_mean")) {
            Files.writeString(file, text);
            given = file.toString();
        }

        Path image = colorPicture(6, 8);
        for (Path model : List.of(colors(false, 8, 6), colors(true, 8, 6), colors(true, "height", "width"))) {
            JsonNode answer =
                    json("predict %s %s --labels %s --normalize %s --image-size 6x8", model, image, COLORS, given);

            // The mean over 48 pixels of which one is 0xff8020 and the others are black, as (pixel / 255 - mean) / std.
            assertShares(
                    answer,
                    (255 / 255.0 / 48 - 0.5) / 0.5,
                    (128 / 255.0 / 48 - 0.25) / 0.25,
                    (32 / 255.0 / 48 - 0.125) / 2);
        }
    }

    private static void assertShares(JsonNode answer, double... logits) {
        JsonNode shares = answer.at("/0/probabilities");
        double total = DoubleStream.of(logits).map(Math::exp).sum();
        List<String> names = List.of(COLORS.split(",", -1));
        for (int k = 0; k < names.size(); k++) {
            assertThat(shares.path(names.get(k)).asDouble(-1)).isCloseTo(Math.exp(logits[k]) / total, within(1e-6));
        }
    }

    @Test
    void aFileOfBytesGetsPixelsAsTheyAre() throws IOException {
        Path model = bytes();

        assertShares(
                json("predict %s %s --labels %s", model, colorPicture(6, 8), COLORS),
                255 / 48.0,
                128 / 48.0,
                32 / 48.0);
        Catwalk.ask("predict %s %s --labels %s --normalize 0.5/0.5", model, picture, COLORS)
                .refused("--normalize", "0 to 255");
        Catwalk.ask("bench --seconds 0.02 %s", model).done();
    }

    /** The network of the run as another program writes it: with names as Ultralytics has them, or in a file beside it. */
    @ParameterizedTest
    @ValueSource(strings = {"names", "labels", "labels.txt"})
    void eachCommandReadsTheNamesOfOtherPrograms(String where) throws IOException {
        String entries = IntStream.range(0, 10)
                .map(k -> 9 - k)
                .mapToObj(k -> k + ": '" + k + "'")
                .collect(Collectors.joining(", ", "{", "}"));
        Path model = world.changed(folder.resolve("theirs.onnx"), builder -> {
            builder.clearMetadataProps();
            if (!where.endsWith(".txt")) {
                builder.addMetadataPropsBuilder().setKey(where).setValue(entries);
            }
        });
        if (where.endsWith(".txt")) {
            Files.writeString(folder.resolve(where), DIGITS.replace(',', '\n'));
        }
        requireJson(
                json("predict %s %s --normalize %s", model, picture, normalize), "/0/label=" + stored.predicted()[3]);

        JsonNode own = json("verify %s --dataset %s", world.model(), world.images());
        JsonNode verified = json("verify %s --dataset %s --normalize %s", model, world.images(), normalize);
        assertThat(verified.at("/metrics/accuracy")).isEqualTo(own.at("/metrics/accuracy"));

        Catwalk.ask("verify %s --write-signature --normalize %s", model, normalize)
                .done();
        assertThat(Catwalk.json(folder.resolve("theirs.signature.json")).path("labels"))
                .extracting(JsonNode::asString)
                .containsExactly(DIGITS.split(",", -1));

        String quantize = "quantize %s --dataset %s --normalize %s --budget 100 --min-speedup 0";
        Catwalk.ask(quantize, model, world.images(), normalize).done();
    }

    /** ONNX itself defines what the range of pixels is called (MetadataProps.md); the numbers follow from the name. */
    @ParameterizedTest
    @CsvSource({"NominalRange_0_255, none", "Normalized_0_1, 0-1", "Normalized_1_1, -1-1"})
    void eachCommandReadsTheRangeOfPixels(String range, String normalization) throws IOException {
        Path model = colors(false, 6, 8);
        Path image = colorPicture(8, 6);
        String predict = "predict %s %s --labels %s";
        JsonNode expected = json(predict + " --normalize %s", model, image, COLORS, normalization);

        OnnxMetadata.empty().with("Image.NominalPixelRange", range).write(model);

        assertThat(json(predict, model, image, COLORS)).isEqualTo(expected);
        Catwalk.ask("verify %s --write-signature", model).done();
    }

    /** Only compare turns the channels: elsewhere blue would be taken for red, and nothing would tell. */
    @Test
    void aFileThatTakesBlueFirstIsMeasuredAndElseRefused() throws IOException {
        Path model = bytes();
        OnnxMetadata.empty().with("Image.BitmapPixelFormat", "Bgr8").write(model);

        Catwalk.ask("predict %s %s --labels %s", model, colorPicture(6, 8), COLORS)
                .refused("red, green, blue", "Bgr8", "compare");
        Catwalk.ask("verify %s --write-signature", model).refused("Bgr8");
        Catwalk.ask("bench --seconds 0.02 %s", model).done();
    }

    @Test
    void anOutputIsChosenByItsName() throws IOException {
        Path model = world.changed(folder.resolve("two.onnx"), builder -> {
            builder.getGraphBuilder().getOutputBuilder(0).setName("scores");
            String nodes = node("Identity", "logits", "scores", "") + node("Neg", "logits", "opposite", "");
            ExportedRun.add(builder, nodes + value("output", "opposite", 1, List.of(10)));
        });
        int least = IntStream.range(0, 10)
                .boxed()
                .min((a, b) -> Double.compare(stored.probabilities(3)[a], stored.probabilities(3)[b]))
                .orElseThrow();

        String predicted = "/0/label=" + stored.predicted()[3];
        requireJson(json("predict %s %s --output scores", model, picture), predicted);
        requireJson(json("predict %s %s --output opposite", model, picture), "/0/label=" + least);
        String verify = "verify %s --dataset " + world.images();
        for (String command : List.of("predict %s " + picture, verify, "bench %s")) {
            Catwalk.ask(command, model)
                    .refused(model + "", "scores float (batch, 10)", "opposite float (batch, 10)", "--output scores");
        }
        Catwalk.Answer answer = Catwalk.ask(verify + " --output opposite", model);
        assertThat(answer.exits(ExitCode.CROSS_CHECK_FAILED).joined()).contains("but the file says");
    }

    @Test
    void aFileOfAnySizeIsToldTheSizeOrTakesThatOfTheImages() throws IOException {
        Path model = colors(false, "height", "width");
        Path image = colorPicture(6, 8);
        String predict = "predict %s %s --labels %s --normalize 0/1";

        Catwalk.ask(predict, model, image, COLORS).refused("(batch, 3, height, width)", "--image-size 224x224");
        Catwalk.ask(predict + " --image-size 8x6", model, image, COLORS).refused("8x6", "6x8", "--fit");

        Path last = colors(true, "height", "width");
        Catwalk.ask("bench %s", last).refused("(batch, height, width, 3)", "--image-size 224x224");
        Catwalk.ask("bench --seconds 0.02 %s --image-size 6x8", last).done();

        Path images = folder.resolve("pictures");
        for (String part : List.of("train/red", "train/green", "train/blue", "test/red", "test/green", "test/blue")) {
            Files.copy(image, Files.createDirectories(images.resolve(part)).resolve("one.png"));
        }
        JsonNode answer = json("verify %s --dataset %s --normalize 0/1 --classes-by-index", model, images);
        assertThat(answer.at("/metrics/accuracy").asDouble()).isCloseTo(1 / 3.0, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            0.5,0.25,0.125; 0.485,0.456,0.406/0.229
            0.5,0.25/0.5,0.25; 3 means in --normalize
            0.5/0.5,0.25; 3 deviations in --normalize
            0.5/0.5,0,1; must be above 0, but is 0
            {"mean": [0.5]}; "std", found none
            {"mean": [0.5], "std": ["a"]}; "std", found ["a"]
            {"mean": ; found invalid JSON
            {"do_resize": true}; "image_mean", found none
            {"image_mean": [0], "image_std": [1], "rescale_offset": true}; "rescale_offset": true
            {"image_mean": [0], "image_std": [1], "rescale_factor": 0}; rescale_factor above 0
            gone.json; gone.json: expected a file with mean and std
            """)
    void whatDoesNotSayHowToNormalizeIsRefused(String text, String reason) throws IOException {
        Path model = colors(false, 8, 6);
        Path image = colorPicture(6, 8);

        Catwalk.ask("predict %s %s --labels %s --normalize %s", model, image, COLORS, text)
                .refused("--normalize", reason);
    }

    private Path colorPicture(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(2, 1, 0xff8020);
        Path file = folder.resolve("color.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /** Writes a model that returns the mean of each channel; an axis is a number or a name. */
    private Path colors(boolean last, Object height, Object width) throws IOException {
        List<Object> axes = last ? List.of(height, width, 3) : List.of(3, height, width);
        return write("colors", 1, axes, last ? transposed("images", "first") : node("Identity", "images", "first", ""));
    }

    private Path bytes() throws IOException {
        String cast = node("Cast", "images", "numbers", "attribute { name: 'to' type: INT i: 1 }");
        return write("bytes", 2, List.of(8, 6, 3), cast + transposed("numbers", "first"));
    }

    private static String node(String type, String from, String to, String more) {
        return "graph { node { op_type: '%s' input: '%s' output: '%s' %s } }\n".formatted(type, from, to, more);
    }

    private static String transposed(String from, String to) {
        return node("Transpose", from, to, "attribute { name: 'perm' type: INTS ints: [0, 3, 1, 2] }");
    }

    private static String value(String part, String name, int type, List<Object> axes) {
        String shape = axes.stream()
                .map(axis -> axis instanceof Integer
                        ? "dim { dim_value: " + axis + " }"
                        : "dim { dim_param: '" + axis + "' }")
                .collect(Collectors.joining(" ", "dim { dim_param: 'batch' } ", ""));
        return "graph { %s { name: '%s' type { tensor_type { elem_type: %d shape { %s } } } } }\n"
                .formatted(part, name, type, shape);
    }

    private Path write(String name, int type, List<Object> axes, String nodes) throws IOException {
        ModelProto.Builder model = ModelProto.newBuilder();
        ExportedRun.add(
                model,
                "ir_version: 8 opset_import { version: 17 } graph { name: '" + name + "' }\n"
                        + value("input", "images", type, axes)
                        + nodes
                        + node("GlobalAveragePool", "first", "means", "")
                        + node("Flatten", "means", "logits", "")
                        + value("output", "logits", 1, List.of(3)));
        // A short name, so that a table with large numbers has room for it.
        Path file = Files.createTempDirectory(folder, "").resolve(name + ".onnx");
        return Files.write(file, model.build().toByteArray());
    }
}
