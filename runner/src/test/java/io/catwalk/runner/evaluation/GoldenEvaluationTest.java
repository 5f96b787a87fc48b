package io.catwalk.runner.evaluation;

import static io.catwalk.runner.Golden.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.Golden;
import io.catwalk.runner.Json;
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

    @Test
    void theGoldenFileHoldsTheRareCases() {
        String names =
                "balanced,imbalanced,a class never predicted,a class absent in truth,binary,ties in scores,perfect,"
                        + "all wrong";
        assertThat(cases().map(arguments -> arguments.get()[0])).contains((Object[]) names.split(","));
    }
}
