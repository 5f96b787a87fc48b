package io.catwalk.onnx.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.catwalk.onnx.quantize.CalibrationMethod.Observed;
import io.catwalk.onnx.quantize.Histogram.Divergence;
import io.catwalk.onnx.quantize.QdqRewriting.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Scales, weights and ranges, computed by hand and by other programs: {@code test-data/golden/quantization.py} says
 * which, and how.
 */
@Tag("tiny")
class NumbersIn8BitsTest {

    @Test
    void aRangeIsWidenedToHoldZero() {
        assertThat(Scale.of(new Range(51, 255))).isEqualTo(new Scale(1, 0));
        assertThat(Scale.of(new Range(-255, -51))).isEqualTo(new Scale(1, 255));
        assertThat(Scale.of(new Range(0, 0))).isEqualTo(new Scale(1, 0));
    }

    @Test
    void halvesAreRoundedToEvenAndTheRestIsCutOff() {
        Scale scale = new Scale(2, 10);

        assertThat(scale.quantized(1)).isEqualTo(10);
        assertThat(scale.quantized(3)).isEqualTo(12);
        assertThat(scale.quantized(-100)).isZero();
        assertThat(scale.quantized(1e9f)).isEqualTo(255);
    }

    /** Rows (1, -64) and (0.5, 0.25), as of a Conv; the same turned, as of a MatMul. */
    @Test
    void channelsHaveScalesOfTheirOwnAlongEitherAxis() {
        ChannelWeights first =
                ChannelWeights.of(new float[] {1, -64, 0.5f, 0.25f}, 2, 2, new float[0], 1, WeightRange.REDUCED);
        ChannelWeights last =
                ChannelWeights.of(new float[] {1, 0.5f, -64, 0.25f}, 2, 1, new float[0], 1, WeightRange.REDUCED);

        assertThat(first.scales()).containsExactly(1, 0.5f / 64);
        assertThat(first.values()).containsExactly(1, -64, 64, 32);
        assertThat(last.scales()).containsExactly(1, 0.5f / 64);
        assertThat(last.values()).containsExactly(1, 64, -64, 32);
    }

    /** Each sum of two products of a byte and a weight fits 16 bits; with 127 it would not. */
    @Test
    void reducedWeightsCannotSaturate() {
        assertThat(2 * 255 * WeightRange.REDUCED.largest()).isLessThanOrEqualTo(Short.MAX_VALUE);
        assertThat(2 * 255 * WeightRange.FULL.largest()).isGreaterThan(Short.MAX_VALUE);
    }

    @Test
    void aBiasIsInUnitsOfInputTimesWeight() {
        ChannelWeights weights =
                ChannelWeights.of(new float[] {64, 32}, 2, 1, new float[] {3, -0.75f}, 0.5f, WeightRange.REDUCED);

        assertThat(weights.scales()).containsExactly(1, 0.5f);
        assertThat(weights.bias()).containsExactly(6, -3);
    }

    /** A bias of 2^40 units would not fit: the scale of its channel grows until it is 2^30, the other's stays. */
    @Test
    void aBiasThatIsTooLargeEnlargesTheScaleOfItsChannel() {
        float bias = (float) Math.pow(2, 40);
        ChannelWeights weights =
                ChannelWeights.of(new float[] {64, 64}, 2, 1, new float[] {bias, 1}, 1, WeightRange.REDUCED);

        assertThat(weights.scales()).containsExactly(1024, 1);
        assertThat(weights.bias()).containsExactly(1 << 30, 1);
        assertThat(weights.values()).containsExactly(0, 64);
    }

    @Test
    void aChannelWithoutWeightsKeepsItsBias() {
        ChannelWeights weights =
                ChannelWeights.of(new float[] {0, 0}, 1, 2, new float[] {0.3f}, 0.25f, WeightRange.REDUCED);

        assertThat(weights.values()).containsOnly(0);
        assertThat(weights.bias()[0] * (double) ChannelWeights.biasScale(0.25f, weights.scales()[0]))
                .isCloseTo(0.3, within(1e-5));
    }

    /** 1,000 numbers: one of -8, one of 64, the others within 1. A bin is 1/32. */
    @Test
    void aPercentileLeavesTheEndsOut() {
        float[] numbers = new float[1000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i == 0 ? -8 : i == 1 ? 64 : (i % 2 == 0 ? 1 : -1);
        }
        Histogram histogram = new Histogram(64);
        histogram.add(numbers);

        assertThat(histogram.without(0)).isEqualTo(new Range(-8 - 1f / 32, 64));
        assertThat(histogram.without(0.002)).isEqualTo(new Range(-1 - 1f / 32, 1 + 1f / 32));
        assertThat(CalibrationMethod.MIN_MAX.range(new Observed(new Range(-8, 64), () -> histogram)))
                .isEqualTo(new Range(-8, 64));
        assertThat(CalibrationMethod.PERCENTILE_99_9.range(new Observed(new Range(-8, 64), () -> histogram)))
                .as("half a number at each end is none")
                .isEqualTo(new Range(-8, 64));
    }

    /** 5,001 numbers, evenly from 5 to 10: none is an outlier. */
    @Test
    void numbersFarFromZeroAreNoOutliersOfTheSmallest() {
        Histogram histogram = new Histogram(10);
        for (int i = 0; i <= 5000; i++) {
            histogram.add(5 + i / 1000f);
        }

        assertThat(histogram.ofLeastDivergence()).isEqualTo(new Range(0, 10));
    }

    @Test
    void zerosDecideNoCut() {
        Histogram some = new Histogram(4);
        Histogram more = new Histogram(4);
        for (int i = 1; i <= 4000; i++) {
            some.add((float) Math.exp(-i / 500.0) * 4);
            more.add((float) Math.exp(-i / 500.0) * 4);
        }
        more.add(new float[1_000_000]);

        assertThat(more.ofLeastDivergence()).isEqualTo(some.ofLeastDivergence());
        assertThat(some.ofLeastDivergence().low()).isZero();
    }

    private static JsonObject golden = new JsonObject();

    @BeforeAll
    static void read() throws IOException {
        golden = JsonParser.parseString(Files.readString(Path.of("../../test-data/golden/quantization.json")))
                .getAsJsonObject();
    }

    private static float[] floats(JsonArray numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).getAsFloat();
        }
        return floats;
    }

    private static float[] rows(JsonArray rows) {
        JsonArray all = new JsonArray();
        rows.forEach(row -> all.addAll(row.getAsJsonArray()));
        return floats(all);
    }

    @Test
    void rangesGetTheScalesOfOnnxRuntime() {
        assertThat(golden.getAsJsonArray("scales")).hasSize(6);
        for (JsonElement each : golden.getAsJsonArray("scales")) {
            JsonObject expected = each.getAsJsonObject();
            Scale scale = Scale.of(new Range(
                    expected.get("low").getAsFloat(), expected.get("high").getAsFloat()));
            assertThat(scale.step()).isCloseTo(expected.get("step").getAsFloat(), within(1e-6f * scale.step()));
            assertThat(scale.zeroPoint()).isEqualTo(expected.get("zero").getAsInt());
        }
    }

    @Test
    void weightsGetTheBytesOfOnnxRuntime() {
        float[] weights = rows(golden.getAsJsonArray("weights"));
        weightsAreAsIn("full", weights, WeightRange.FULL);
        weightsAreAsIn("reduced", weights, WeightRange.REDUCED);
    }

    private static void weightsAreAsIn(String name, float[] weights, WeightRange range) {
        JsonObject expected = golden.getAsJsonObject(name);
        ChannelWeights found = ChannelWeights.of(weights, 4, 12, new float[0], 1, range);
        float[] steps = floats(expected.getAsJsonArray("steps"));
        float[] values = rows(expected.getAsJsonArray("values"));
        for (int i = 0; i < steps.length; i++) {
            assertThat(found.scales()[i]).isCloseTo(steps[i], within(1e-6f * steps[i]));
        }
        for (int i = 0; i < values.length; i++) {
            assertThat(found.values()[i]).as("weight %d", i).isEqualTo((byte) values[i]);
        }
    }

    @Test
    void cutsAreWhereTheDivergenceIsLeast() {
        assertThat(golden.getAsJsonArray("cuts")).hasSize(4);
        for (JsonElement each : golden.getAsJsonArray("cuts")) {
            JsonObject expected = each.getAsJsonObject();
            long[] counts = expected.getAsJsonArray("counts").asList().stream()
                    .mapToLong(JsonElement::getAsLong)
                    .toArray();
            int levels = expected.get("levels").getAsInt();
            assertThat(Divergence.bestCut(counts, levels))
                    .isEqualTo(expected.get("kept").getAsInt());
            for (var entry : expected.getAsJsonObject("divergences").entrySet()) {
                int kept = Integer.parseInt(entry.getKey());
                long beyond = Arrays.stream(counts).skip(kept).sum();
                assertThat(Divergence.divergence(counts, kept, beyond, levels))
                        .as("keeping %d", kept)
                        .isCloseTo(entry.getValue().getAsDouble(), within(1e-9));
            }
        }
    }
}
