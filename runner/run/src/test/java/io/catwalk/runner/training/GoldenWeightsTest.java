package io.catwalk.runner.training;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.runner.Golden;
import io.catwalk.runner.training.WeightFile.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Compares what is read from weight files with what PyTorch wrote into them, in test-data/golden/weights.json. */
@Tag("tiny")
class GoldenWeightsTest {

    private static final Path FOLDER = Golden.FOLDER.resolve("weights");
    private static final Path SAFETENSORS = FOLDER.resolve("mixed.safetensors");

    @TempDir
    private Path folder;

    private static void requireGolden(Map<String, Tensor> read) {
        JsonNode golden = Golden.file("weights.json");
        assertThat(read.keySet()).containsExactlyInAnyOrderElementsOf(golden.propertyNames());
        read.forEach((name, tensor) -> {
            JsonNode expected = golden.get(name);
            assertThat(Arrays.toString(tensor.shape()))
                    .as(name)
                    .isEqualTo(expected.get("shape").toString().replace(",", ", "));
            assertThat(tensor.toDoubles()).as(name).containsExactly(Golden.doubles(expected.get("values")));
        });
    }

    @Test
    void aSafetensorsFileAndTheInitializersOfAnOnnxFileAreReadToTheBit() throws IOException {
        requireGolden(SafetensorsFile.read(SAFETENSORS));
        requireGolden(OnnxWeights.read(FOLDER.resolve("mixed.onnx")));
    }

    @Test
    void aSafetensorsFileThatIsCutOffAnywhereIsRefusedInOneLine() throws IOException {
        byte[] whole = Files.readAllBytes(SAFETENSORS);
        for (int length = whole.length - 1; length >= 0; length -= length < 16 ? 1 : 5) {
            Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, length));
            refused(IOException.class, () -> SafetensorsFile.read(cut), cut + ": ");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}    | expected 8 bytes for float (2)
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}    | expected a within 8 bytes, but found 4 to 0
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}   | expected a within 8 bytes, but found 0 to 12
            {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}   | a:
            {"a":{"dtype":"F32"}}                                     | expected a within 8 bytes, but found -1 to -1
            ["a"]                                                     | expected a header in JSON with names
            {"a"                                                      | expected a header in JSON
            """)
    void aHeaderThatLiesIsRefused(String header, String message) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        Path file = Files.write(folder.resolve("odd.safetensors"), bytes.array());

        refused(IOException.class, () -> SafetensorsFile.read(file), file + ": ", message);
    }
}
