package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.catwalk.onnx.quantize.CalibratedModel;
import io.catwalk.onnx.quantize.CalibrationMethod;
import io.catwalk.onnx.quantize.OnnxQuantization;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.runner.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The integers of 8-bit files in other runtimes. Runtimes that are not installed are skipped. */
@Tag("nightly")
final class IntegersInRuntimesTest {

    private static final Path REAL =
            Path.of("../onnx-models/runtimes").toAbsolutePath().normalize();

    private static final Path IMAGES = Path.of("../test-data/fashion-mnist");

    private static final int HEADER = 16;

    @TempDir
    private static Path models;

    private static Path inBytes = Path.of("");
    private static Path behindFloats = Path.of("");

    @TempDir
    private Path folder;

    /**
     * Writes a network of the zoo quantized completely to 8 bits, and with its first convolution in floats, as it is
     * shipped.
     */
    @BeforeAll
    static void quantize() throws IOException {
        Path file = Path.of("../onnx-models/zoo/fashion-mnist/small-conv.onnx");
        Preprocessing preprocessing = OnnxMetadata.read(file).preprocessing().orElseThrow();
        byte[] pixels = new byte[100 * 28 * 28];
        try (InputStream in = new GZIPInputStream(Files.newInputStream(IMAGES.resolve("train-images-idx3-ubyte.gz")))) {
            in.skipNBytes(HEADER);
            assertThat(in.readNBytes(pixels, 0, pixels.length)).isEqualTo(pixels.length);
        }
        CalibratedModel calibrated = OnnxQuantization.of(file)
                .calibrated(List.of(Map.of("images", Tensor.of(preprocessing.normalize(pixels), 100, 1, 28, 28))));
        inBytes = models.resolve("in-bytes.onnx");
        behindFloats = models.resolve("behind-floats.onnx");
        Files.write(
                inBytes,
                calibrated.quantized(CalibrationMethod.MIN_MAX, Set.of()).bytes());
        Files.write(
                behindFloats,
                calibrated
                        .quantized(CalibrationMethod.MIN_MAX, calibrated.fasterInFloat())
                        .bytes());
    }

    private JsonNode asked(Path model, Path runners, String runtimes) throws Exception {
        Catwalk.Answer answer = Catwalk.finish(Catwalk.process(
                folder,
                RuntimesTest.arguments(
                        model, IMAGES.toAbsolutePath(), runners, runtimes, "--json", "--images", "300")));
        assumeTrue(!answer.err().contains("is not installed"), "skipped: " + answer.err());
        assertThat(answer.out()).as("%s", answer).startsWith("{");
        return Json.JSON.readTree(answer.out());
    }

    /** 28 * 28 pixels, 16 and 32 maps of 14 * 14 and 7 * 7, and 64 sums. */
    @Test
    void theyAreEqualInEveryRuntimeWhereAllIsInBytes() throws Exception {
        JsonNode said = asked(inBytes, REAL, "all");

        assertThat(said.path("runtimes")).filteredOn(one -> one.has("integers")).isNotEmpty();
        assertThat(said.path("runtimes")).filteredOn(one -> one.has("integers")).allSatisfy(one -> {
            assertThat(one.at("/integers/compared").asLong(-1)).isEqualTo(300L * (784 + 16 * 196 + 32 * 49 + 64));
            assertThat(one.at("/integers/different").asLong(-1)).as("%s", one).isZero();
            assertThat(one.path("flips").asInt(-1)).isZero();
        });
    }

    /** A float sum in another order may differ, and now and then rounds to another integer. */
    @Test
    void whereTheyAreNotTheOperatorIsInFloatsAndIsNamed() throws Exception {
        JsonNode said = asked(behindFloats, REAL, "all");

        assertThat(said.path("runtimes")).filteredOn(one -> one.has("integers")).isNotEmpty();
        assertThat(said.path("runtimes")).filteredOn(one -> one.has("integers")).allSatisfy(one -> {
            assertThat(one.at("/integers/largest").asInt(-1)).as("%s", one).isBetween(0, 1);
            assertThat(one.at("/integers/tensors"))
                    .filteredOn(tensor -> tensor.path("begins_in_images").asInt() > 0)
                    .allSatisfy(tensor ->
                            assertThat(tensor.path("origin").asString()).isEqualTo("Conv /01Conv2d/Conv in floats"));
            assertThat(one.path("flips").asInt(-1)).isZero();
        });
    }

    /** The second of 300 images, in the sixth of the 64 sums of the first Gemm. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the runner is a shell script")
    void aPlantedDifferenceIsExposed() throws Exception {
        Path runner = Files.createDirectories(folder.resolve("runtimes/planted"));
        int numbers = 784 + 16 * 196 + 32 * 49 + 64;
        int at = (numbers + 784 + 16 * 196 + 32 * 49 + 5) * Float.BYTES;
        // 0x43800000 is 256, which is no byte value.
        Files.writeString(runner.resolve("run.sh"), """
                /usr/bin/python3 '%s' "$1" "$2" "$3" "$4" || exit 1
                case "$(cat "$2")" in *'"integers"'*)
                  printf '\\000\\000\\200\\103' | dd of="$4" bs=1 seek=%d conv=notrunc 2>/dev/null ;; esac
                """.formatted(REAL.resolve("python/run.py"), at));
        Files.writeString(
                runner.resolve("runtime.json"),
                Json.JSON.writeValueAsString(Map.of(
                        "runtime", "A runtime with one number too large",
                        "command", List.of("sh", "run.sh"),
                        "probe", List.of("-c", "/usr/bin/python3 -c 'import numpy, onnxruntime'"),
                        "files", List.of(),
                        "install", "python3-onnxruntime",
                        "without", List.of())));

        JsonNode integers =
                asked(inBytes, folder.resolve("runtimes"), "planted").at("/runtimes/0/integers");

        assertThat(integers.path("different").asInt()).as("%s", integers).isEqualTo(1);
        assertThat(integers.at("/tensors/0/origin").asString()).isEqualTo("Gemm /06Linear/Gemm in 8 bits");
        assertThat(integers.at("/tensors/0/images").asInt()).isEqualTo(1);
        assertThat(integers.at("/tensors/0/begins_in_images").asInt()).isEqualTo(1);
    }
}
