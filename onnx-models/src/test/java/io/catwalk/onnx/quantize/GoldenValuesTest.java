package io.catwalk.onnx.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The numbers of other programs: {@code test-data/golden/quantization.py} says which, and how. */
@Tag("tiny")
class GoldenValuesTest {

    private static JsonObject golden = new JsonObject();

    @BeforeAll
    static void read() throws IOException {
        golden = JsonParser.parseString(Files.readString(Path.of("../test-data/golden/quantization.json")))
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
            float[] numbers = floats(expected.getAsJsonArray("counts"));
            long[] counts = new long[numbers.length];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = (long) numbers[i];
            }
            int levels = expected.get("levels").getAsInt();
            assertThat(Divergence.bestCut(counts, levels))
                    .isEqualTo(expected.get("kept").getAsInt());
            for (var entry : expected.getAsJsonObject("divergences").entrySet()) {
                int kept = Integer.parseInt(entry.getKey());
                long beyond = 0;
                for (int bin = kept; bin < counts.length; bin++) {
                    beyond += counts[bin];
                }
                assertThat(Divergence.divergence(counts, kept, beyond, levels))
                        .as("keeping %d", kept)
                        .isCloseTo(entry.getValue().getAsDouble(), within(1e-9));
            }
        }
    }
}
