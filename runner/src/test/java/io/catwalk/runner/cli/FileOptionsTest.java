package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

    private static Catwalk.Answer catwalk(String command, Path model, String... arguments) {
        return Catwalk.run(Stream.concat(Stream.of(command, model.toString()), Stream.of(arguments))
                .toArray(String[]::new));
    }

    private static JsonNode json(Catwalk.Answer answer) {
        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        return Json.JSON.readTree(answer.out());
    }

    private static void refused(Catwalk.Answer answer, String... parts) {
        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err()).startsWith("catwalk: ").hasLineCount(1).contains(parts);
    }

    /** Returns the network of the run as TensorFlow would write it: (batch, 8, 8, 1), without metadata. */
    private Path channelsLast() throws IOException {
        return world.changed(folder.resolve("last.onnx"), model -> {
            model.clearMetadataProps();
            GraphProto.Builder graph = model.getGraphBuilder();
            graph.setInput(0, value("input_1", "unk", 8, 8, 1));
            graph.addNode(0, transposed("input_1", "images"));
        });
    }

    private static NodeProto transposed(String from, String to) {
        return NodeProto.newBuilder()
                .setOpType("Transpose")
                .addInput(from)
                .addOutput(to)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("perm")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addAllInts(List.of(0L, 3L, 1L, 2L)))
                .build();
    }

    @Test
    void aFileOfChannelsLastLabelsAsTheNetworkDoes() throws IOException {
        JsonNode answer = json(catwalk(
                        "predict", channelsLast(), picture, "--labels", DIGITS, "--normalize", normalize, "--json"))
                .path(0);

        for (int k = 0; k < 10; k++) {
            assertThat(answer.path("probabilities").path("" + k).asDouble(-1))
                    .isCloseTo(stored.probabilities(3)[k], within(1e-4));
        }
    }

    @Test
    void aFileOfChannelsLastIsScoredOnADataSet() throws IOException {
        Path file = channelsLast();
        String images = world.images().toString();

        Catwalk.Answer answer = catwalk(
                "verify",
                file,
                "--dataset",
                images,
                "--classes-by-index",
                "--normalize",
                normalize,
                "--timeout",
                "30s");

        JsonNode trial = Json.JSON.readTree(
                Files.readString(world.trial(ExportedRun.GOOD).resolve("trial.json")));
        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().replaceAll("\\s+", " ").strip())
                .isEqualTo(String.format(
                        Locale.ROOT,
                        "%s: accuracy %.2f %% on 40 images of tiny, but the file states no accuracy",
                        file,
                        trial.path("metrics").path("test").path("accuracy").asDouble() * 100));
        refused(
                catwalk("verify", file, "--dataset", images),
                "expected the mean and deviation of the pixels in the metadata, found none; give them with --normalize MEAN/STD");
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

        for (Path model : List.of(colors(false, 8, 6), colors(true, 8, 6), colors(true, "height", "width"))) {
            JsonNode shares = json(catwalk(
                            "predict",
                            model,
                            colorPicture(6, 8).toString(),
                            "--labels",
                            COLORS,
                            "--normalize",
                            given,
                            "--image-size",
                            "6x8",
                            "--json"))
                    .path(0)
                    .path("probabilities");

            // The mean over 48 pixels of which one is 0xff8020 and the others are black, as (pixel / 255 - mean) / std.
            assertShares(
                    shares,
                    (255 / 255.0 / 48 - 0.5) / 0.5,
                    (128 / 255.0 / 48 - 0.25) / 0.25,
                    (32 / 255.0 / 48 - 0.125) / 2);
        }
    }

    private static void assertShares(JsonNode shares, double... logits) {
        double total = DoubleStream.of(logits).map(Math::exp).sum();
        List<String> names = List.of(COLORS.split(",", -1));
        for (int k = 0; k < names.size(); k++) {
            assertThat(shares.path(names.get(k)).asDouble(-1)).isCloseTo(Math.exp(logits[k]) / total, within(1e-6));
        }
    }

    @Test
    void aFileOfBytesGetsPixelsAsTheyAre() throws IOException {
        Path model = bytes();

        JsonNode shares = json(catwalk("predict", model, colorPicture(6, 8).toString(), "--labels", COLORS, "--json"))
                .path(0)
                .path("probabilities");

        assertShares(shares, 255 / 48.0, 128 / 48.0, 32 / 48.0);
        refused(
                catwalk("predict", model, picture, "--labels", COLORS, "--normalize", "0.5/0.5"),
                "expected no --normalize, because it takes pixels from 0 to 255; leave it out");
    }

    @Test
    void anOutputIsChosenByItsName() throws IOException {
        Path model = world.changed(folder.resolve("two.onnx"), builder -> {
            GraphProto.Builder graph = builder.getGraphBuilder();
            graph.getOutputBuilder(0).setName("scores");
            graph.addNodeBuilder().setOpType("Identity").addInput("logits").addOutput("scores");
            graph.addNodeBuilder().setOpType("Neg").addInput("logits").addOutput("opposite");
            graph.addOutput(value("opposite", "batch", 10));
        });
        int least = IntStream.range(0, 10)
                .boxed()
                .min((a, b) -> Double.compare(stored.probabilities(3)[a], stored.probabilities(3)[b]))
                .orElseThrow();

        assertThat(json(catwalk("predict", model, picture, "--output", "scores", "--json"))
                        .path(0)
                        .path("label")
                        .asString())
                .isEqualTo("" + stored.predicted()[3]);
        assertThat(json(catwalk("predict", model, picture, "--output", "opposite", "--json"))
                        .path(0)
                        .path("label")
                        .asString())
                .isEqualTo("" + least);
        for (String command : List.of("predict", "verify", "bench")) {
            String[] more = switch (command) {
                case "predict" -> new String[] {picture};
                case "verify" -> new String[] {"--dataset", world.images().toString()};
                default -> new String[0];
            };
            refused(
                    catwalk(command, model, more),
                    model + ": expected an output logits, or exactly one with float32 logits",
                    "found scores float (batch, 10), opposite float (batch, 10); choose one, such as --output scores");
        }
        Catwalk.Answer answer =
                catwalk("verify", model, "--dataset", world.images().toString(), "--output", "opposite");
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.CROSS_CHECK_FAILED);
        assertThat(answer.out().replaceAll("\\s+", " ")).contains("but the file says");
    }

    @Test
    void aFileOfAnySizeIsToldTheSizeOrTakesThatOfTheImages() throws IOException {
        Path model = colors(false, "height", "width");
        String image = colorPicture(6, 8).toString();

        refused(
                catwalk("predict", model, image, "--labels", COLORS, "--normalize", "0/1"),
                "expected images of a fixed size, or a size for them, found images float (batch, 3, height, width); name "
                        + "the size, such as --image-size 224x224");
        refused(
                catwalk("predict", model, image, "--labels", COLORS, "--normalize", "0/1", "--image-size", "8x6"),
                "expected 8x6 pixels, found 6x8; resize it, or add --fit stretch, crop or pad");
        refused(
                catwalk("predict", world.model(), picture, "--image-size", "9x8"),
                "expected 8x8 as --image-size, the only size that it takes, found 9x8; leave it out");

        Path images = folder.resolve("pictures");
        for (String part : List.of("train/red", "train/green", "train/blue", "test/red", "test/green", "test/blue")) {
            Path place = Files.createDirectories(images.resolve(part));
            Files.copy(Path.of(image), place.resolve("one.png"));
        }
        Catwalk.Answer answer = catwalk(
                "verify", model, "--dataset", images.toString(), "--normalize", "0/1", "--classes-by-index", "--json");
        assertThat(json(answer).path("metrics").path("accuracy").asDouble()).isCloseTo(1 / 3.0, within(1e-9));
    }

    @Test
    void filesOfAllFormsAreMeasured() throws IOException {
        for (List<String> arguments : List.of(
                List.of(channelsLast().toString()),
                List.of(channelsLast().toString(), "--normalize", "0.5/0.25"),
                List.of(bytes().toString()),
                List.of(colors(true, "height", "width").toString(), "--image-size", "6x8"))) {
            Catwalk.Answer answer =
                    Catwalk.run(Stream.concat(Stream.of("bench", "--seconds", "0.02"), arguments.stream())
                            .toArray(String[]::new));

            assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
            assertThat(answer.out().lines())
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                    .filteredOn(line -> line.matches("\\S+\\.onnx +ONNX Runtime +~?[\\d,]+( +([\\d,]+|-)){5}"))
                    .hasSize(1);
        }
        refused(
                catwalk("bench", colors(true, "height", "width")),
                "found images float (batch, height, width, 3); name the size, such as --image-size 224x224");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0.5,0.25,0.125; --normalize must be numbers such as 0.286,0.353, or per channel 0.485,0.456,0.406/0.229",
                "0.5,0.25/0.5,0.25; expected 3 means in --normalize, one per channel, or one for all, found 2",
                "0.5/0.5,0.25; expected 3 deviations in --normalize, one per channel, or one for all, found 2",
                "0.5/0.5,0,1; the STD of --normalize must be above 0, but is 0",
                "{\"mean\": [0.5]}; expected numbers as \"std\", found none",
                "{\"mean\": [0.5], \"std\": [\"a\"]}; expected numbers as \"std\", found [\"a\"]",
                "{\"mean\": ; --normalize: expected JSON with mean and std, found invalid JSON",
                "{\"do_resize\": true}; expected numbers as \"image_mean\", found none",
                "{\"image_mean\": [0], \"image_std\": [1], \"rescale_offset\": true}; found also \"rescale_offset\": true",
                "{\"image_mean\": [0], \"image_std\": [1], \"rescale_factor\": 0}; expected a rescale_factor above 0",
                "gone.json; gone.json: expected a file with mean and std, but"
            })
    void whatDoesNotSayHowToNormalizeIsRefused(String text, String reason) throws IOException {
        refused(
                catwalk(
                        "predict",
                        colors(false, 8, 6),
                        colorPicture(6, 8).toString(),
                        "--labels",
                        COLORS,
                        "--normalize",
                        text),
                reason);
    }

    private Path colorPicture(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(2, 1, 0xff8020);
        Path file = folder.resolve("color.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /** Writes a model that returns the mean of each channel. */
    private Path colors(boolean last, Object height, Object width) throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("colors").addOutput(value("logits", "batch", 3));
        if (last) {
            graph.addInput(value("images", "batch", height, width, 3)).addNode(transposed("images", "first"));
        } else {
            graph.addInput(value("images", "batch", 3, height, width));
            graph.addNodeBuilder().setOpType("Identity").addInput("images").addOutput("first");
        }
        return write(graph);
    }

    private Path bytes() throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("bytes").addOutput(value("logits", "batch", 3));
        ValueInfoProto.Builder input = value("images", "batch", 8, 6, 3).toBuilder();
        input.getTypeBuilder().getTensorTypeBuilder().setElemType(TensorProto.DataType.UINT8_VALUE);
        graph.addInput(input);
        graph.addNodeBuilder()
                .setOpType("Cast")
                .addInput("images")
                .addOutput("numbers")
                .addAttribute(AttributeProto.newBuilder()
                        .setName("to")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(TensorProto.DataType.FLOAT_VALUE));
        graph.addNode(transposed("numbers", "first"));
        return write(graph);
    }

    private Path write(GraphProto.Builder graph) throws IOException {
        graph.addNodeBuilder().setOpType("GlobalAveragePool").addInput("first").addOutput("means");
        graph.addNodeBuilder().setOpType("Flatten").addInput("means").addOutput("logits");
        ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setGraph(graph);
        model.addOpsetImportBuilder().setVersion(17);
        // A short name, so that a table with large numbers has room for it.
        Path file = Files.createTempDirectory(folder, "").resolve(graph.getName() + ".onnx");
        return Files.write(file, model.build().toByteArray());
    }

    /** Describes a float tensor; an axis is a number or a name. */
    private static ValueInfoProto value(String name, Object... axes) {
        ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
        var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE);
        for (Object axis : axes) {
            if (axis instanceof Integer size) {
                tensor.getShapeBuilder().addDimBuilder().setDimValue(size);
            } else {
                tensor.getShapeBuilder().addDimBuilder().setDimParam((String) axis);
            }
        }
        return value.build();
    }
}
