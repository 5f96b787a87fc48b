package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.trial.PrivateFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class PredictCommandTest {

    @TempDir
    private Path folder;

    private ExportedRun world;
    private List<String> names = List.of();
    private Predictions stored;
    private String image = "";

    @BeforeEach
    void find() throws IOException {
        world = ExportedRun.get();
        names = OnnxMetadata.read(world.model()).labels().orElseThrow();
        stored = Predictions.read(world.trial(ExportedRun.GOOD).resolve("predictions.csv"));
        image = world.picture(3, folder.resolve("three.png")).toString();
    }

    private Catwalk.Answer predict(String... arguments) {
        return predict(world.model(), arguments);
    }

    private static Catwalk.Answer predict(Path model, String... arguments) {
        List<String> all = new ArrayList<>(List.of("predict", model.toString()));
        all.addAll(List.of(arguments));
        return Catwalk.run(all.toArray(String[]::new));
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

    private static String picture(int type, int side, Path target) throws IOException {
        BufferedImage picture = new BufferedImage(side, side, type);
        for (int i = 0; i < side; i++) {
            picture.setRGB(i, i, 0xff8020);
        }
        ImageIO.write(picture, "png", target.toFile());
        return target.toString();
    }

    @Test
    void everyImageGetsTheLabelAndProbabilitiesThatTheNetworkGave() throws IOException {
        List<String> pictures = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pictures.add(world.picture(i, folder.resolve("image" + i + ".png")).toString());
        }
        pictures.add("--json");

        JsonNode answers = json(predict(pictures.toArray(String[]::new)));

        assertThat(answers).hasSize(10);
        for (int i = 0; i < 10; i++) {
            JsonNode answer = answers.path(i);
            assertThat(answer.path("image").asString()).isEqualTo(pictures.get(i));
            assertThat(answer.path("label").asString()).isEqualTo(names.get(stored.predicted()[i]));
            assertThat(answer.path("probabilities").propertyNames()).containsExactlyElementsOf(names);
            for (int k = 0; k < names.size(); k++) {
                assertThat(answer.path("probabilities").path(names.get(k)).asDouble(-1))
                        .isCloseTo(stored.probabilities(i)[k], within(1e-4));
            }
        }
    }

    @Test
    void aPersonIsShownTheThreeMostProbableLabels() {
        double[] probabilities = stored.probabilities(3);
        String best = String.join(
                ", ",
                IntStream.range(0, 10)
                        .boxed()
                        .sorted((a, b) -> Double.compare(probabilities[b], probabilities[a]))
                        .limit(3)
                        .map(k -> String.format(Locale.ROOT, "%s %.1f %%", names.get(k), probabilities[k] * 100))
                        .toList());

        Catwalk.Answer answer = predict(image);

        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().replaceAll("\\s+", " ").strip()).isEqualTo(image + ": " + best);
    }

    @Test
    void aJpegIsReadToo() throws IOException {
        String jpeg = world.picture(3, folder.resolve("three.jpg")).toString();

        JsonNode answer = json(predict(jpeg, "--json")).path(0);

        // The compression of this format changes pixels a little.
        assertThat(answer.path("label").asString()).isEqualTo(names.get(stored.predicted()[3]));
    }

    @Test
    void anImageOfAnotherSizeIsTakenOnlyResized() throws IOException {
        String large = picture(BufferedImage.TYPE_BYTE_GRAY, 16, folder.resolve("large.png"));

        refused(
                predict(large),
                "Image " + large + ": expected 8x8 pixels, found 16x16; resize it, or add --fit stretch, crop or pad");
        assertThat(json(predict(large, "--fit", "stretch", "--json"))
                        .path(0)
                        .path("label")
                        .asString())
                .isIn(names);
    }

    /** Eight pixels of 0xff8020: luma 0.299 x 255 + 0.587 x 128 + 0.114 x 32 = 155.03 (ITU-R BT.601). */
    @Test
    void aColorImageIsConvertedForAGrayNetwork() throws IOException {
        String color = picture(BufferedImage.TYPE_INT_RGB, 8, folder.resolve("color.png"));
        BufferedImage gray = ImageIO.read(Path.of(color).toFile());
        BufferedImage same = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 64; i++) {
            same.getRaster().setSample(i % 8, i / 8, 0, (gray.getRGB(i % 8, i / 8) & 0xffffff) == 0 ? 0 : 155);
        }
        Path grayFile = folder.resolve("gray.png");
        ImageIO.write(same, "png", grayFile.toFile());

        Catwalk.Answer answer = predict(color, "--json");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err())
                .isEqualTo("1 color image was converted to gray (ITU-R BT.601), which the network takes\n");
        assertThat(Json.JSON.readTree(answer.out()).path(0).path("probabilities"))
                .isEqualTo(json(predict(grayFile.toString(), "--json")).path(0).path("probabilities"));
    }

    @Test
    void aGrayImageServesAColorNetwork() throws IOException {
        Path model = colorModel(folder.resolve("color.onnx"));

        Catwalk.Answer said = predict(model, image, "--labels", "red,green,blue", "--normalize", "0,1", "--json");

        assertThat(said.err())
                .isEqualTo(
                        "1 gray image was taken as color, which the network takes: each channel has the same pixels\n");
        JsonNode answer = Json.JSON.readTree(said.out()).path(0);
        // Each logit sums one channel, and all channels of a gray image are equal.
        assertThat(answer.path("probabilities").valueStream().map(JsonNode::asDouble))
                .allSatisfy(share -> assertThat(share).isCloseTo(1 / 3.0, within(1e-6)));
    }

    @Test
    void aColorImageReachesTheChannelsInTheOrderRedGreenBlue() throws IOException {
        Path model = colorModel(folder.resolve("color.onnx"));
        String color = picture(BufferedImage.TYPE_INT_RGB, 8, folder.resolve("color.png"));

        JsonNode shares = json(predict(model, color, "--labels", "red,green,blue", "--normalize", "0,1", "--json"))
                .path(0)
                .path("probabilities");

        // Eight pixels of 0xff8020.
        double[] sums = {8 * 255 / 255.0, 8 * 128 / 255.0, 8 * 32 / 255.0};
        double total = Math.exp(sums[0]) + Math.exp(sums[1]) + Math.exp(sums[2]);
        assertThat(shares.path("red").asDouble()).isCloseTo(Math.exp(sums[0]) / total, within(1e-4));
        assertThat(shares.path("green").asDouble()).isCloseTo(Math.exp(sums[1]) / total, within(1e-4));
        assertThat(shares.path("blue").asDouble()).isCloseTo(Math.exp(sums[2]) / total, within(1e-4));
    }

    @Test
    void aFolderIsLabeledAsATableImageByImage() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures/deep"));
        for (int i = 0; i < 5; i++) {
            world.picture(i, pictures.resolve("image" + i + ".PNG"));
        }
        Files.writeString(pictures.resolve(".hidden"), "x");
        Files.writeString(pictures.resolve("Thumbs.db"), "x");
        Files.writeString(pictures.resolve("zero.png"), "");

        Catwalk.Answer answer = predict(folder.resolve("pictures").toString(), "--csv", "--top", "2");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(answer.err())
                .contains("passed over 1 files of the system (Thumbs.db and the like), 1 hidden files")
                .contains("zero.png: expected a PNG, JPEG, GIF, BMP, TIFF or WebP file, found an empty file")
                .hasLineCount(2);
        List<String> lines = answer.out().lines().toList();
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).isEqualTo("image,label1,probability1,label2,probability2");
        for (int i = 0; i < 5; i++) {
            String[] cells = lines.get(i + 1).split(",");
            assertThat(cells).hasSize(5);
            assertThat(cells[0]).endsWith("deep/image" + i + ".PNG");
            assertThat(cells[1]).isEqualTo(names.get(stored.predicted()[i]));
            assertThat(Double.parseDouble(cells[2]))
                    .isCloseTo(stored.probabilities(i)[stored.predicted()[i]], within(1e-4));
        }
    }

    @Test
    void pathsComeFromAListAndFromStandardInput() throws IOException {
        Path list = folder.resolve("list.txt");
        StringBuilder paths = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            paths.append(world.picture(i % 10, folder.resolve("image" + i + ".png")))
                    .append("\n\n");
        }
        Files.writeString(list, paths);

        Catwalk.Answer fromList = predict("--from", list.toString(), "--json-lines", "--top", "1");
        InputStream before = System.in;
        Catwalk.Answer fromInput;
        // Of a process with the same number on another machine, which shares the folder.
        Path foreign = PrivateFolder.claim()
                .temporary()
                .resolve("paths-" + ProcessHandle.current().pid() + ".txt");
        try {
            Files.writeString(foreign, "foreign");
            System.setIn(Files.newInputStream(list));
            fromInput = predict("--from", "-", "--json-lines", "--top", "1");
            assertThat(foreign).hasContent("foreign");
        } finally {
            System.setIn(before);
            Files.deleteIfExists(foreign);
        }

        assertThat(fromList.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(fromInput).isEqualTo(fromList);
        List<JsonNode> answers = fromList.out().lines().map(Json.JSON::readTree).toList();
        assertThat(answers).hasSize(150);
        for (int i = 0; i < 150; i++) {
            assertThat(answers.get(i).path("image").asString()).endsWith("/image" + i + ".png");
            String label = names.get(stored.predicted()[i % 10]);
            assertThat(answers.get(i).path("label").asString()).isEqualTo(label);
            assertThat(answers.get(i).path("probabilities").propertyNames()).containsExactly(label);
        }
    }

    @Test
    void aListThatCannotBeReadIsOneLine() throws IOException {
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[] {(byte) 0xe4, '.', 'p', 'n', 'g'});

        assertThat(predict("--from", latin.toString()).err())
                .isEqualTo("catwalk: Cannot read the list " + latin
                        + ": another encoding; expected UTF-8 text with one path a line\n");
        assertThat(predict("--from", folder + "/none").err())
                .startsWith("catwalk: Cannot read the list " + folder + "/none: no such file");
        assertThat(predict(Files.createDirectory(folder.resolve("empty")).toString())
                        .err())
                .contains("empty: expected a folder with images, found none; check the path");
        refused(predict(image, "--csv", "--json"), "expected one of --json, --json-lines and --csv, found several");
        refused(predict(image, "--top", "0"), "--top must be");
    }

    @Test
    void imagesOfAnotherSizeAreFittedAsTheFileSays() throws IOException {
        Path fitted = world.changed(
                folder.resolve("fitted.onnx"),
                model -> model.addMetadataPropsBuilder()
                        .setKey("preprocessing.fit")
                        .setValue("crop"));
        // The middle of a wide picture is picture 3; the rest is black.
        BufferedImage three = ImageIO.read(Path.of(image).toFile());
        BufferedImage wide = new BufferedImage(24, 8, BufferedImage.TYPE_BYTE_GRAY);
        wide.getRaster().setRect(8, 0, three.getRaster());
        String other = folder.resolve("wide.png").toString();
        ImageIO.write(wide, "png", Path.of(other).toFile());

        assertThat(json(predict(fitted, other, "--json")).path(0).path("probabilities"))
                .isEqualTo(json(predict(image, "--json")).path(0).path("probabilities"));
        refused(
                predict(
                        world.changed(
                                folder.resolve("odd.onnx"),
                                model -> model.addMetadataPropsBuilder()
                                        .setKey("preprocessing.fit")
                                        .setValue("squeeze")),
                        other),
                "Fit: expected one of stretch, crop, pad, found 'squeeze'");
    }

    @Test
    void whatIsNoImageIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no picture at all");

        refused(
                predict(text.toString()),
                "Image " + text + ": expected a PNG, JPEG, GIF, BMP, TIFF or WebP file, found no image");
        Path gone = folder.resolve("gone.png");
        refused(
                predict(gone.toString()),
                "Image " + gone
                        + ": expected a PNG, JPEG, GIF, BMP, TIFF or WebP file, found no such file; check the path");
        refused(predict(), "expected images: name an IMAGE or a folder, or a list of them with --from");
    }

    @Test
    void aModelThatSaysNothingIsToldLabelsAndNormalization() throws IOException {
        Path bare = world.changed(folder.resolve("bare.onnx"), ModelProto.Builder::clearMetadataProps);
        Preprocessing known = OnnxMetadata.read(world.model()).preprocessing().orElseThrow();
        String normalize = known.mean().get(0) + "," + known.std().get(0);
        String labels = "a,b,c,d,e,f,g,h,i,j";

        refused(predict(bare, image), "expected the names of the classes", "give them with --labels");
        refused(predict(bare, image, "--labels", labels), "mean and deviation of the pixels", "--normalize MEAN/STD");
        JsonNode answer = json(predict(bare, image, "--labels", labels, "--normalize", normalize, "--json"))
                .path(0);
        assertThat(answer.path("label").asString()).isEqualTo("" + (char) ('a' + stored.predicted()[3]));
        assertThat(answer.path("probabilities").path("a").asDouble())
                .isCloseTo(stored.probabilities(3)[0], within(1e-4));
    }

    @Test
    void aFileThatEndsWithASoftmaxIsNotGivenASecondOne() throws IOException {
        Path file = world.changed(folder.resolve("softmax.onnx"), model -> {
            GraphProto.Builder graph = model.getGraphBuilder();
            graph.getNodeBuilderList()
                    .forEach(node -> IntStream.range(0, node.getOutputCount())
                            .filter(i -> node.getOutput(i).equals("logits"))
                            .forEach(i -> node.setOutput(i, "before")));
            graph.addNodeBuilder().setOpType("Softmax").addInput("before").addOutput("logits");
        });

        JsonNode answer = json(predict(file, image, "--json")).path(0);

        for (int k = 0; k < names.size(); k++) {
            assertThat(answer.path("probabilities").path(names.get(k)).asDouble(-1))
                    .isCloseTo(stored.probabilities(3)[k], within(1e-4));
        }
    }

    @Test
    void namesThatTheFileDoesNotHaveAreRefusedAndItsOwnMayComeInAnyOrder() {
        refused(
                predict(image, "--labels", "a,b,c,d,e,f,g,h,i,j"),
                "expected the classes that it names (0, 1, 2",
                "--classes-by-index");
        assertThat(json(predict(image, "--labels", "9,8,7,6,5,4,3,2,1,0", "--json")))
                .isEqualTo(json(predict(image, "--json")));
    }

    @Test
    void classesOfTheSameNameAreToldApartByTheirNumbers() {
        JsonNode answer = json(predict(image, "--labels", "a,b,a,c,d,e,f,g,h,a", "--classes-by-index", "--json"))
                .path(0);

        List<String> numbered = List.of("0: a", "1: b", "2: a", "3: c", "4: d", "5: e", "6: f", "7: g", "8: h", "9: a");
        assertThat(answer.path("label").asString()).isEqualTo(numbered.get(stored.predicted()[3]));
        assertThat(answer.path("probabilities").propertyNames()).containsExactlyElementsOf(numbered);
        for (int k = 0; k < numbered.size(); k++) {
            assertThat(answer.path("probabilities").path(numbered.get(k)).asDouble(-1))
                    .isCloseTo(stored.probabilities(3)[k], within(1e-4));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--labels a,b; expected 10 labels, found 2; check --labels",
                "--normalize 0.5; --normalize must be numbers such as 0.286,0.353, or per channel 0.485,0.456",
                "--normalize x,1; or a file of it, but is x,1",
                "--normalize 0.5,0; the STD of --normalize must be above 0, but is 0",
                "--normalize 0.5,-1; the STD of --normalize must be above 0, but is -1"
            })
    void optionsThatDoNotFitAreRefused(String options, String reason) {
        String[] parts = options.split(" ", -1);
        refused(predict(image, parts[0], parts[1]), reason);
    }

    /** Builds a model for images of 3x8x8, whose three logits are the sums of the three channels. */
    private static Path colorModel(Path file) throws IOException {
        TensorProto.Builder weight = TensorProto.newBuilder()
                .setName("weight")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(3 * 64)
                .addDims(3);
        for (int i = 0; i < 3 * 64; i++) {
            for (int k = 0; k < 3; k++) {
                weight.addFloatData(i / 64 == k ? 1 : 0);
            }
        }
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("sums")
                .addInput(value("images", 3, 8, 8))
                .addOutput(value("logits", 3))
                .addInitializer(weight);
        graph.addNodeBuilder().setOpType("Flatten").addInput("images").addOutput("flat");
        graph.addNodeBuilder()
                .setOpType("MatMul")
                .addInput("flat")
                .addInput("weight")
                .addOutput("logits");
        ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8).setGraph(graph);
        model.addOpsetImportBuilder().setVersion(17);
        return Files.write(file, model.build().toByteArray());
    }

    private static ValueInfoProto.Builder value(String name, int... shape) {
        ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
        var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE);
        tensor.getShapeBuilder().addDimBuilder().setDimParam("batch");
        for (int size : shape) {
            tensor.getShapeBuilder().addDimBuilder().setDimValue(size);
        }
        return value;
    }
}
