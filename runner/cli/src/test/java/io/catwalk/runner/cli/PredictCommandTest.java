package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.TextFormat;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Labels and probabilities against those that the trial stored. What is refused is in cases/onnx-files.txt. */
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
        return answer.json();
    }

    private JsonNode probabilities(String... arguments) {
        return json(predict(arguments)).at("/0/probabilities");
    }

    private void requireStored(JsonNode answer, int number, List<String> classes) {
        assertThat(answer.path("label").asString()).isEqualTo(classes.get(stored.predicted()[number]));
        JsonNode probabilities = answer.path("probabilities");
        assertThat(probabilities.propertyNames()).containsExactlyElementsOf(classes);
        for (int k = 0; k < classes.size(); k++) {
            double expected = stored.probabilities(number)[k];
            assertThat(probabilities.path(classes.get(k)).asDouble(-1)).isCloseTo(expected, within(1e-4));
        }
    }

    private static String write(BufferedImage picture, Path target) throws IOException {
        ImageIO.write(picture, "png", target.toFile());
        return target.toString();
    }

    private String colorPicture() throws IOException {
        BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 8; i++) {
            picture.setRGB(i, i, 0xff8020);
        }
        return write(picture, folder.resolve("color.png"));
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
            assertThat(answers.path(i).path("image").asString()).isEqualTo(pictures.get(i));
            requireStored(answers.path(i), i, names);
        }
    }

    @Test
    void aPersonIsShownTheThreeMostProbableLabels() {
        double[] probabilities = stored.probabilities(3);
        String best = IntStream.range(0, 10)
                .boxed()
                .sorted(Comparator.comparing(k -> -probabilities[k]))
                .limit(3)
                .map(k -> String.format(Locale.ROOT, "%s %.1f %%", names.get(k), probabilities[k] * 100))
                .collect(Collectors.joining(", "));
        assertThat(predict(image).done().joined().strip()).isEqualTo(image + ": " + best);
    }

    /** Luma 0.299 x 255 + 0.587 x 128 + 0.114 x 32 = 155.03 (ITU-R BT.601). */
    @Test
    void aColorImageIsConvertedForAGrayNetwork() throws IOException {
        BufferedImage same = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 8; i++) {
            same.getRaster().setSample(i, i, 0, 155);
        }
        String gray = write(same, folder.resolve("gray.png"));

        Catwalk.Answer answer = predict(colorPicture(), "--json").done();

        assertThat(answer.err()).hasLineCount(1).contains("1 color image", "to gray");
        assertThat(answer.json().at("/0/probabilities")).isEqualTo(probabilities(gray, "--json"));
    }

    /** Each logit sums one channel, and all channels of a gray image are equal. */
    @Test
    void aColorNetworkGetsRedGreenAndBlueInThisOrderAndTakesGrayImages() throws IOException {
        Path model = colorModel(folder.resolve("color.onnx"));
        String command = "predict %s %s --labels red,green,blue --normalize 0,1 --json";

        JsonNode color = json(Catwalk.ask(command, model, colorPicture())).at("/0/probabilities");
        Catwalk.Answer gray = Catwalk.ask(command, model, image).done();

        double[] sums = {8 * 255 / 255.0, 8 * 128 / 255.0, 8 * 32 / 255.0};
        double total = Math.exp(sums[0]) + Math.exp(sums[1]) + Math.exp(sums[2]);
        List<String> labels = List.of("red", "green", "blue");
        for (int k = 0; k < 3; k++) {
            String label = labels.get(k);
            assertThat(color.path(label).asDouble()).isCloseTo(Math.exp(sums[k]) / total, within(1e-4));
            assertThat(gray.json().at("/0/probabilities/" + label).asDouble()).isCloseTo(1 / 3.0, within(1e-6));
        }
        assertThat(gray.err()).hasLineCount(1).contains("1 gray image", "color");
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

        Catwalk.Answer answer = predict(folder.resolve("pictures").toString(), "--csv", "--top", "2")
                .exits(ExitCode.SOME_FAILED);

        assertThat(answer.err())
                .contains("1 system file (Thumbs.db)", "1 hidden file (.hidden)", "zero.png")
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
        StringBuilder paths = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            Path picture = world.picture(i % 10, folder.resolve("image" + i + ".png"));
            paths.append(picture).append("\n\n");
        }
        Path list = Files.writeString(folder.resolve("list.txt"), paths);
        Catwalk.Answer fromList =
                predict("--json-lines", "--top", "1", "--from", list.toString()).done();
        // Of a process with the same number on another machine, which shares the folder.
        String name = "paths-" + ProcessHandle.current().pid() + ".txt";
        Path foreign = PrivateFolder.claim().temporary().resolve(name);
        InputStream before = System.in;
        try {
            Files.writeString(foreign, "foreign");
            System.setIn(Files.newInputStream(list));
            assertThat(predict("--json-lines", "--top", "1", "--from", "-")).isEqualTo(fromList);
            assertThat(foreign).hasContent("foreign");
        } finally {
            System.setIn(before);
            Files.deleteIfExists(foreign);
        }
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
    void imagesOfAnotherSizeAreFittedAsTheFileOrThePersonSays() throws IOException {
        Path fitted = Files.copy(world.model(), folder.resolve("fitted.onnx"));
        OnnxMetadata.read(fitted).with("preprocessing.fit", "crop").write(fitted);
        BufferedImage wide = new BufferedImage(24, 8, BufferedImage.TYPE_BYTE_GRAY);
        wide.getRaster().setRect(8, 0, ImageIO.read(Path.of(image).toFile()).getRaster());
        String other = write(wide, folder.resolve("wide.png"));
        JsonNode expected = probabilities(image, "--json");

        assertThat(json(predict(fitted, other, "--json")).at("/0/probabilities"))
                .isEqualTo(expected);
        assertThat(probabilities(other, "--fit", "crop", "--json")).isEqualTo(expected);
        assertThat(probabilities(other, "--fit", "stretch", "--json")).isNotEqualTo(expected);
    }

    @Test
    void aModelThatSaysNothingIsToldLabelsAndNormalization() throws IOException {
        Path bare = world.changed(folder.resolve("bare.onnx"), ModelProto.Builder::clearMetadataProps);
        Preprocessing known = OnnxMetadata.read(world.model()).preprocessing().orElseThrow();
        String normalize = known.mean().get(0) + "," + known.std().get(0);
        String labels = "a,b,c,d,e,f,g,h,i,j";

        JsonNode answers = json(predict(bare, image, "--labels", labels, "--normalize", normalize, "--json"));

        requireStored(answers.path(0), 3, List.of(labels.split(",", -1)));
    }

    @Test
    void aFileThatEndsWithASoftmaxIsNotGivenASecondOne() throws IOException {
        Path file = world.changed(folder.resolve("softmax.onnx"), model -> {
            GraphProto.Builder graph = model.getGraphBuilder();
            for (NodeProto.Builder node : graph.getNodeBuilderList()) {
                if (node.getOutput(0).equals("logits")) {
                    node.setOutput(0, "before");
                }
            }
            graph.addNodeBuilder().setOpType("Softmax").addInput("before").addOutput("logits");
        });
        requireStored(json(predict(file, image, "--json")).path(0), 3, names);
    }

    /** A network for several answers at once: each class has a sigmoid, and what it says of one says nothing of another. */
    @Test
    void theProbabilitiesOfASigmoidAreShownAsTheyAreAndSaidToBeSo() throws IOException {
        Path file = world.changed(folder.resolve("sigmoid.onnx"), model -> {
            GraphProto.Builder graph = model.getGraphBuilder();
            graph.addNodeBuilder().setOpType("Sigmoid").addInput("logits").addOutput("scores");
            graph.getOutputBuilder(0).setName("scores");
        });
        Catwalk.Answer answer = predict(file, image, "--json").done();
        assertThat(answer.err()).hasLineCount(1).contains(file + "", "probability by itself", "sum");
        JsonNode found = answer.json().at("/0/probabilities");
        for (int c = 0; c < names.size(); c++) {
            double expected = 1 / (1 + Math.exp(-stored.logits()[3 * names.size() + c]));
            assertThat(found.path(names.get(c)).asDouble(-1)).isCloseTo(expected, within(1e-4));
        }
    }

    @Test
    void itsOwnClassesMayComeInAnyOrderAndOthersByTheirNumbers() {
        JsonNode sorted = json(predict(image, "--labels", "9,8,7,6,5,4,3,2,1,0", "--json"));
        assertThat(sorted).isEqualTo(json(predict(image, "--json")));
        JsonNode answers = json(predict(image, "--labels", "a,b,a,c,d,e,f,g,h,a", "--classes-by-index", "--json"));
        List<String> numbered = List.of("0: a", "1: b", "2: a", "3: c", "4: d", "5: e", "6: f", "7: g", "8: h", "9: a");
        requireStored(answers.path(0), 3, numbered);
    }

    private static Path colorModel(Path file) throws IOException {
        ModelProto model = TextFormat.parse("""
                ir_version: 8 opset_import { version: 17 }
                graph {
                  name: "sums"
                  input { name: "images" type { tensor_type { elem_type: 1 shape { dim { dim_param: "batch" }
                    dim { dim_value: 3 } dim { dim_value: 8 } dim { dim_value: 8 } } } } }
                  output { name: "logits" type { tensor_type { elem_type: 1 shape { dim { dim_param: "batch" }
                    dim { dim_value: 3 } } } } }
                  initializer { name: "axes" data_type: 7 dims: 2 int64_data: 2 int64_data: 3 }
                  node { op_type: "ReduceSum" input: "images" input: "axes" output: "logits"
                    attribute { name: "keepdims" type: INT i: 0 } }
                }
                """, ModelProto.class);
        return Files.write(file, model.toByteArray());
    }
}
