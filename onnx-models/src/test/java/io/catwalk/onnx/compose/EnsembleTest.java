package io.catwalk.onnx.compose;

import static io.catwalk.onnx.Refusals.argumentRefused;
import static io.catwalk.onnx.Refusals.fileRefused;
import static io.catwalk.onnx.TestModels.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.catwalk.onnx.TestModels;
import io.catwalk.onnx.compose.Ensemble.Member;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxPredictor.Scores;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The expected values are the means of the softmaxes that the members' own files give, in double precision. */
@Tag("tiny")
final class EnsembleTest {

    private static final int COUNT = 7;
    private static final int CLASSES = 5;
    private static final float[] IMAGES = TestModels.random(new Random(4), COUNT * 64);

    private static Member member(String name, ModelProto.Builder model, int votes) {
        return new Member(Path.of(name), model.build().toByteArray(), votes);
    }

    private static float[] logits(byte[] file, float[] images) {
        try (OnnxPredictor predictor = OnnxPredictor.open(file, OnnxOptions.standard(), OnnxHints.none())) {
            assertThat(predictor.scores()).isEqualTo(Scores.LOGITS);
            return predictor.logits(images, COUNT);
        }
    }

    private static double[] softmax(float[] logits) {
        double[] probabilities = new double[logits.length];
        for (int row = 0; row < logits.length; row += CLASSES) {
            double sum = 0;
            for (int c = row; c < row + CLASSES; c++) {
                sum += Math.exp(logits[c]);
            }
            for (int c = row; c < row + CLASSES; c++) {
                probabilities[c] = Math.exp(logits[c]) / sum;
            }
        }
        return probabilities;
    }

    @Test
    void theFileReturnsTheWeightedMeanOfProbabilities() {
        Member one = member("one", TestModels.convolution(1), 1);
        Member two = member("two", TestModels.convolution(2), 3);
        double[] first = softmax(logits(one.file(), IMAGES));
        double[] second = softmax(logits(two.file(), IMAGES));

        double[] found = softmax(logits(Ensemble.of(List.of(one, two), Map.of()), IMAGES));
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(first[i] / 4 + 3 * second[i] / 4, within(1e-6));
        }
    }

    /** As in scikit-learn's OneVsRestClassifier.predict_proba: probabilities of each class by itself, divided by their sum. */
    @Test
    void theProbabilitiesOfASigmoidAreDividedByTheirSum() {
        ModelProto.Builder model = TestModels.convolution(1);
        model.getGraphBuilder().getNodeBuilder(3).setOutput(0, "scores");
        model.getGraphBuilder().addNode(node("Sigmoid", List.of("scores"), "logits"));

        double[] found = softmax(logits(Ensemble.of(List.of(member("one", model, 1)), Map.of()), IMAGES));
        float[] plain = logits(TestModels.convolution(1).build().toByteArray(), IMAGES);
        for (int row = 0; row < plain.length; row += CLASSES) {
            double sum = 0;
            for (int c = row; c < row + CLASSES; c++) {
                sum += 1 / (1 + Math.exp(-plain[c]));
            }
            for (int c = row; c < row + CLASSES; c++) {
                assertThat(found[c]).isCloseTo(1 / (1 + Math.exp(-plain[c])) / sum, within(1e-6));
            }
        }
    }

    @Test
    void aMemberThatReturnsProbabilitiesIsTakenAsItIs() {
        ModelProto.Builder model = TestModels.convolution(1);
        model.getGraphBuilder().getNodeBuilder(3).setOutput(0, "scores");
        model.getGraphBuilder().addNode(node("Softmax", List.of("scores"), "logits"));

        float[] found = logits(Ensemble.of(List.of(member("one", model, 1)), Map.of()), IMAGES);
        double[] expected = softmax(logits(TestModels.convolution(1).build().toByteArray(), IMAGES));
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.exp(found[i])).isCloseTo(expected[i], within(1e-6));
        }
    }

    /** As SqueezeNet ends: with maps of one pixel. The other member has none. */
    @Test
    void trailingAxesOfAMemberAreNotThere() {
        ModelProto.Builder model = TestModels.convolution(1);
        model.getGraphBuilder().getNodeBuilder(3).setOutput(0, "scores");
        model.getGraphBuilder()
                .setOutput(0, TestModels.value("maps", TestModels.FLOAT, TestModels.BATCH, CLASSES, 1, 1))
                .addInitializer(Protos.longs("last", 2, 3))
                .addNode(node("Unsqueeze", List.of("scores", "last"), "maps"));
        Member other = member("other", TestModels.convolution(2), 3);

        byte[] found = Ensemble.of(List.of(member("maps", model, 1), other), Map.of());
        byte[] flat = Ensemble.of(List.of(member("flat", TestModels.convolution(1), 1), other), Map.of());
        assertThat(logits(found, IMAGES)).containsExactly(logits(flat, IMAGES), within(1e-6f));
    }

    @Test
    void logitsStayFiniteWhereNoMemberGivesAClassAChance() {
        float[] images = new float[COUNT * 64];
        Arrays.fill(images, 1000);

        byte[] file = Ensemble.of(List.of(member("one", TestModels.convolution(1), 1)), Map.of());
        assertThat(logits(file, images)).satisfies(all -> {
            for (float logit : all) {
                assertThat(logit).isFinite().isGreaterThanOrEqualTo(-88);
            }
        });
    }

    private static ModelProto.Builder normalizing(long seed, String mean, String std) {
        ModelProto.Builder model = TestModels.convolution(seed);
        Map.of(MetadataKeys.COLOR, "gray", MetadataKeys.SIZE, "8x8", MetadataKeys.MEAN, mean, MetadataKeys.STD, std)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model;
    }

    @Test
    void membersMayNormalizePixelsInOtherWays() {
        Member one = member("one", normalizing(1, "0.25", "0.5"), 1);
        Member two = member("two", normalizing(2, "0.5", "0.125"), 1);
        float[] converted = new float[IMAGES.length];
        for (int i = 0; i < converted.length; i++) {
            converted[i] = (float) ((IMAGES[i] * 0.5 + 0.25 - 0.5) / 0.125);
        }
        double[] first = softmax(logits(one.file(), IMAGES));
        double[] second = softmax(logits(two.file(), converted));

        double[] found = softmax(logits(Ensemble.of(List.of(one, two), Map.of("why", "test")), IMAGES));
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo((first[i] + second[i]) / 2, within(1e-5));
        }
    }

    @Test
    void membersOfOtherImagesAreRefused() {
        Member one = member("one", TestModels.convolution(1), 1);
        fileRefused(() -> Ensemble.of(List.of(one, member("two", TestModels.linear(), 1)), Map.of()))
                .contains("two", "one");
        ModelProto.Builder named = TestModels.convolution(2)
                .addMetadataProps(StringStringEntryProto.newBuilder()
                        .setKey(MetadataKeys.LABELS)
                        .setValue("a\nb\nc\nd\ne"));
        fileRefused(() -> Ensemble.of(List.of(one, member("named", named, 1)), Map.of()))
                .contains("named", "[a, b, c, d, e]");
        fileRefused(() -> Ensemble.of(List.of(member("fixed", TestModels.linear(1), 1)), Map.of()))
                .contains("fixed", "batches of any size");
        argumentRefused(() -> member("one", TestModels.convolution(1), 0)).contains("0");
    }
}
