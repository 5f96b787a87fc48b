package io.catwalk.runner.given;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Golden;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Compares files of PyTorch, onnx.helper and ONNX Runtime, and a table of scikit-learn, with what Python says. */
@Tag("tiny")
class GoldenGivenTest {

    private static final JsonNode GOLDEN = Golden.file("given.json");

    @TempDir
    Path folder;

    private static byte[] bytes(JsonNode node) {
        return Base64.getDecoder().decode(node.asString());
    }

    private static ImageDataset dataset() {
        int side = GOLDEN.path("side").asInt();
        ImageSource images =
                HeapImages.of(3, side, side, bytes(GOLDEN.path("images")), Golden.ints(GOLDEN.path("labels")));
        List<String> classes =
                GOLDEN.path("classes").valueStream().map(JsonNode::asString).toList();
        return new ImageDataset("flowers", "0".repeat(64), classes, images, images);
    }

    private static @Nullable String text(JsonNode node) {
        return node.isNull() ? null : node.asString();
    }

    static Stream<Arguments> files() {
        return GOLDEN.path("files")
                .valueStream()
                .map(one -> Arguments.of(one.path("name").asString(), one));
    }

    private static void agree(GivenAnswers answers, JsonNode scores, JsonNode accuracy, double tolerance) {
        float[] logits = Objects.requireNonNull(answers.scores()).logits();
        double[] found = new double[logits.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = logits[i];
        }
        assertThat(found).containsExactly(Golden.doubles(scores), within(tolerance));
        Evaluation evaluation = Evaluation.of(answers.predicted(), dataset().classes());
        Golden.agree(evaluation.accuracy(), accuracy, 1e-12);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void aFileAnswersAsInPython(String name, JsonNode golden) throws IOException {
        Path file = Files.write(folder.resolve(name + ".onnx"), bytes(golden.path("onnx")));
        String normalize = text(golden.path("normalize"));
        GivenSource source = new GivenSource(
                file.toString(),
                normalize == null ? null : TypedNormalization.parse(normalize),
                text(golden.path("order")),
                null,
                text(golden.path("labels")),
                null,
                null);
        GivenModel model = GivenModel.of(source, dataset(), null);
        GivenAnswers answers = GivenAnswers.of(model, file, dataset(), null);
        assertThat(answers.report().probabilities()).isEqualTo(name.equals("softmax"));
        agree(answers, golden.path("scores"), golden.path("accuracy"), name.equals("half") ? 2e-3 : 1e-4);
    }

    @Test
    void aTableOfScikitLearnSaysWhatItsModelSays() throws IOException {
        Path file = Files.writeString(
                folder.resolve("predictions.csv"), GOLDEN.path("table").asString());
        GivenSource source = new GivenSource(file.toString(), null, null, null, null, null, null);
        GivenAnswers answers = GivenAnswers.of(GivenModel.of(source, dataset(), null), file, dataset(), null);
        assertThat(answers.report().probabilities()).isTrue();
        agree(answers, GOLDEN.path("table_scores"), GOLDEN.path("table_accuracy"), 1e-6);
    }
}
