package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the values that other libraries computed. */
public final class Golden {

    public static final Path FOLDER = Path.of("../../test-data/golden");

    private Golden() {}

    public static JsonNode file(String name) {
        return new JsonMapper().readTree(FOLDER.resolve(name));
    }

    public static double[] doubles(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }

    public static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    public static float[] floats(JsonNode array) {
        double[] doubles = doubles(array);
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }

    public static void agree(double actual, JsonNode expected, double tolerance) {
        assertThat(expected.isNumber()).as("the golden file has a number").isTrue();
        assertThat(actual).isCloseTo(expected.asDouble(), within(tolerance));
    }
}
