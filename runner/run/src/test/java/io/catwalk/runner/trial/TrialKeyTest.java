package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes one value of an order, as its file has it, at a time. */
@Tag("tiny")
final class TrialKeyTest {

    static Stream<String> whatMakesATrial() {
        return Stream.of("""
                inputs/plugin_id = "net"
                inputs/plugin_version = "1.2.4"
                inputs/plugin_sha256 = "ac"
                inputs/dataset_sha256 = "ce"
                inputs/software/catwalk = "0.2.0"
                inputs/software/djl = "0.37.0"
                inputs/software/pytorch = "2.8.0"
                dataset/image_size = "32x28"
                dataset/image_size = null
                dataset/limit_train = 999
                dataset/limit_test = 0
                split/folds = 4
                split/repeats = 3
                split/hold_out = 0.11
                split/seed = 8
                split = {"folds": 5, "repeats": 2, "hold_out": 0.1, "seed": 7, "refit": true}
                spec/classifier = "lstm"
                spec/variant = "default"
                spec/hyperparameters = {"units": 65, "layers": 2}
                spec/hyperparameters = {"units": 2, "layers": 64}
                spec/hyperparameters = {"units": 64}
                spec/seed = -3
                spec/fold = 1
                spec/threads = 2
                spec/device = "cuda"
                spec/purpose = "score"
                spec/init = {"file": "w.onnx", "sha256": "ab", "rate": 1}
                spec/init = {"file": "w.onnx", "sha256": "ab", "rate": 0.1}
                spec/recipe/epochs = 11
                spec/recipe/batch_size = 64
                spec/recipe/optimizer = {"type": "sgd", "learning_rate": 0.002, "momentum": 0.9, "weight_decay": 0.01}
                spec/recipe/optimizer/learning_rate = 0.0020001
                spec/recipe/optimizer/weight_decay = 0.02
                spec/recipe/schedule = {"type": "cosine"}
                spec/recipe/schedule/warm_up = 0.3
                spec/recipe/augmentations = [{"type": "shift", "share": 0.08}]
                spec/recipe/label_smoothing = 0.1
                spec/recipe/averaging = 0.99
                spec/recipe/clip_norm = 1.0
                spec/recipe/patience = 3
                spec/recipe/balance = "sampling"
                spec/recipe/select_by = "loss"
                spec/recipe/loss = "own"
                spec/recipe/pretrained = true
                spec/recipe/groups = [{"names": "*", "rate": 0.5}]
                """.split("\n"));
    }

    /** The digest identifies the images and the weights, wherever they lie. */
    static Stream<String> whatDoesNot() {
        return Stream.of("""
                inputs/software/java = "Debian 21.0.1"
                inputs/software/onnxruntime = "1.30.0"
                supplies/plugin = [{"uri": "file:/elsewhere"}]
                supplies/labels = [{"uri": "file:/labels.csv"}]
                timeout_seconds = null
                processor = "EPYC"
                attempt = 2
                dataset/name = "/elsewhere/fashion"
                spec/hyperparameters = {"layers": 2, "units": 64}
                """.split("\n"));
    }

    private static TrialOrder order(String change) {
        return change.isEmpty() ? Orders.any() : Orders.changed(Orders.any(), change);
    }

    private static String key(String change) {
        return order(change).key();
    }

    @ParameterizedTest
    @MethodSource("whatDoesNot")
    void whatDoesNotMakeItIsNot(String change) {
        assertThat(Json.JSON.writeValueAsString(order(change))).isNotEqualTo(Json.JSON.writeValueAsString(order("")));
        assertThat(key(change)).isEqualTo(key(""));
    }

    @Test
    void noTwoOfAllTheseChangesHaveTheSameKey() {
        TrialOrder swapped =
                Orders.changed(order(""), "inputs/plugin_sha256 = \"cd\"", "inputs/dataset_sha256 = \"ab\"");
        Map<String, String> changes = new HashMap<>(Map.of(key(""), "", swapped.key(), "swapped"));
        whatMakesATrial()
                .forEach(change ->
                        assertThat(changes.put(key(change), change)).as(change).isNull());
        assertThat(changes.keySet()).hasSizeGreaterThan(40).allMatch(key -> key.matches("[0-9a-f]{64}"));
    }
}
