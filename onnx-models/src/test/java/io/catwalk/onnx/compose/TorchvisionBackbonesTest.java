package io.catwalk.onnx.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * ResNet-18, MobileNetV2 and a vision transformer as torch.onnx exports them in the opsets 11 to 21, with random weights:
 * {@code test-data/golden/backbones.py}.
 */
@Tag("nightly")
final class TorchvisionBackbonesTest {

    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final int IMAGES = 16;

    @TempDir
    private Path folder;

    private static int python(List<String> arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(arguments)
                .directory(Path.of("../test-data/golden").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor();
    }

    private static float[] floats(JsonArray numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).getAsFloat();
        }
        return floats;
    }

    @Test
    void noMergedFileFlipsALabel() throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(PYTHON)
                        && python(List.of(PYTHON.toString(), "-c", "import onnx, onnxruntime, torchvision")) == 0,
                "needs Debian's python3-torchvision, python3-onnx and python3-onnxruntime");
        assertThat(python(List.of(PYTHON.toString(), "-B", "backbones.py", folder.toString())))
                .isZero();
        List<Path> expected;
        try (Stream<Path> files = Files.list(folder)) {
            expected = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        assertThat(expected).hasSize(3 * 11);
        for (Path each : expected) {
            JsonObject golden = JsonParser.parseString(Files.readString(each)).getAsJsonObject();
            String name = each.getFileName().toString().replace(".json", "");
            Backbone backbone = Backbone.open(folder.resolve(name + ".onnx"), OnnxHints.none());
            assertThat(backbone.output())
                    .as(name)
                    .isEqualTo(golden.get("output").getAsString());
            byte[] whole = backbone.merged(Files.readAllBytes(folder.resolve(name + ".head.onnx")), Map.of());
            try (OnnxPredictor predictor = OnnxPredictor.open(whole, OnnxOptions.standard(), OnnxHints.none())) {
                float[] logits = predictor.logits(floats(golden.getAsJsonArray("images")), IMAGES);
                Parity parity = Parity.of(
                        floats(golden.getAsJsonArray("logits")),
                        logits,
                        IMAGES,
                        new Tolerance(Parity.TOLERANCE, 1e-5),
                        FlipRule.NONE);
                assertThat(parity.agrees()).as("%s: %s", name, parity).isTrue();
            }
        }
    }
}
