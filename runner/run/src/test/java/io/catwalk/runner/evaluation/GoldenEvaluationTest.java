package io.catwalk.runner.evaluation;

import static io.catwalk.runner.Golden.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Golden;
import io.catwalk.runner.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** Compares every metric with the results of scikit-learn in test-data/golden/evaluation.json. */
@Tag("tiny")
class GoldenEvaluationTest {

    private static final double TOLERANCE = 1e-9;

    static Stream<Arguments> cases() {
        return Golden.file("evaluation.json")
                .get("cases")
                .valueStream()
                .map(node -> Arguments.of(node.get("name").asString(), evaluate(node), node.get("expected")));
    }

    private static Evaluation evaluate(JsonNode node) {
        int classes = node.get("classes").asInt();
        float[] logits = Golden.floats(node.get("logits"));
        List<String> names =
                IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
        return Evaluation.of(new Predictions(classes, Golden.ints(node.get("labels")), logits), names);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void everyNumberOfTheSummaryAgrees(String name, Evaluation evaluation, JsonNode expected) {
        Map<String, Object> summary =
                Json.LINE.convertValue(evaluation.metrics(), new TypeReference<Map<String, Object>>() {});
        String simple = "accuracy accuracy_low accuracy_high balanced_accuracy matthews kappa log_loss top2_accuracy"
                + " roc_auc_macro";
        for (String key : simple.split(" ", -1)) {
            agree(key, summary.get(key), expected.get(key));
        }
        for (String average : List.of("macro", "micro", "weighted")) {
            for (String score : List.of("precision", "recall", "f1", "f05", "f2")) {
                String key = score + "_" + average;
                agree(key, summary.get(key), expected.at("/" + average + "/" + score));
            }
        }
    }

    private static void agree(String key, @Nullable Object actual, JsonNode expected) {
        if (expected.isNull()) {
            assertThat(actual).as(key).isNull();
        } else {
            Golden.agree((Double) Objects.requireNonNull(actual, key), expected, TOLERANCE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void everyClassAgrees(String name, Evaluation evaluation, JsonNode expected) {
        JsonNode scores = expected.get("per_class");
        agree(evaluation, ClassScores::precision, scores.get("precision"));
        agree(evaluation, ClassScores::recall, scores.get("recall"));
        agree(evaluation, ClassScores::f1, scores.get("f1"));
        agree(evaluation, ClassScores::f05, scores.get("f05"));
        agree(evaluation, ClassScores::f2, scores.get("f2"));
        for (int c = 0; c < evaluation.classes().size(); c++) {
            agree("ROC AUC", evaluation.classes().get(c).rocAuc(), expected.at("/roc_auc/" + c));
            for (int p = 0; p < evaluation.classes().size(); p++) {
                assertThat(evaluation.confusion().count(c, p))
                        .isEqualTo(expected.at("/confusion/" + c + "/" + p).asInt());
            }
        }
    }

    private static void agree(Evaluation evaluation, ToDoubleFunction<ClassScores> score, JsonNode expected) {
        assertThat(evaluation.classes().stream().mapToDouble(score).toArray())
                .containsExactly(doubles(expected), within(TOLERANCE));
    }

    /** 10 of 20, 6 of 12 and 0 of 2 images; 0 of 2 says nothing. 6 of 12 is 0.2538 to 0.7462 by Wilson (scipy). */
    @Test
    void theHardestClassesTieAndHaveTenImages() {
        Evaluation evaluation = ofCells(new int[][] {{10, 10, 0}, {6, 6, 0}, {1, 1, 0}});

        assertThat(evaluation.hardest()).extracting(ClassScores::name).containsExactly("0", "1");
        Accuracy recognized = evaluation.hardest().get(1).recognized();
        assertThat(recognized.right()).isEqualTo(6);
        assertThat(recognized.low()).isCloseTo(0.2538, within(5e-5));
        assertThat(recognized.high()).isCloseTo(0.7462, within(5e-5));
        assertThat(ofCells(new int[][] {{9, 0}, {0, 9}}).hardest()).isEmpty();
    }

    @Test
    void theMostFrequentMistakesAreAllWithTheHighestCount() {
        assertThat(ofCells(new int[][] {{1, 24, 3}, {24, 5, 0}, {2, 1, 7}})
                        .confusion()
                        .mostFrequentMistakes())
                .containsExactly(new ConfusionMatrix.Cell(0, 1, 24), new ConfusionMatrix.Cell(1, 0, 24));
        assertThat(ofCells(new int[][] {{2, 0}, {0, 3}}).confusion().mostFrequentMistakes())
                .isEmpty();
    }

    private static Evaluation ofCells(int[][] cells) {
        int classes = cells.length;
        List<Integer> labels = new ArrayList<>();
        List<Float> logits = new ArrayList<>();
        for (int truth = 0; truth < classes; truth++) {
            for (int predicted = 0; predicted < classes; predicted++) {
                for (int image = 0; image < cells[truth][predicted]; image++) {
                    labels.add(truth);
                    for (int c = 0; c < classes; c++) {
                        logits.add(c == predicted ? 1f : 0f);
                    }
                }
            }
        }
        float[] flat = new float[logits.size()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = logits.get(i);
        }
        int[] truths = labels.stream().mapToInt(Integer::intValue).toArray();
        List<String> names =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        return Evaluation.of(new Predictions(classes, truths, flat), names);
    }

    @Test
    void theGoldenFileHoldsTheRareCases() {
        String names =
                "balanced,imbalanced,a class never predicted,a class absent in truth,binary,ties in scores,perfect,"
                        + "all wrong";
        assertThat(cases().map(arguments -> arguments.get()[0])).contains((Object[]) names.split(","));
    }
}
