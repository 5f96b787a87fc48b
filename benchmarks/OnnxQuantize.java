import io.catwalk.onnx.quantize.CalibratedModel;
import io.catwalk.onnx.quantize.CalibrationMethod;
import io.catwalk.onnx.quantize.OnnxQuantization;
import io.catwalk.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The side of Catwalk in quantize.py. Arguments: MODEL, a file of little-endian float32 images of 28 x 28, OUT. */
final class OnnxQuantize {

    private static final int IMAGE = 28 * 28;
    private static final int BATCH = 100;

    public static void main(String[] arguments) throws IOException {
        var numbers = java.nio.ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[1])))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        List<Map<String, Tensor>> batches = new ArrayList<>();
        while (numbers.remaining() >= BATCH * IMAGE) {
            float[] images = new float[BATCH * IMAGE];
            numbers.get(images);
            batches.add(Map.of("images", Tensor.of(images, BATCH, 1, 28, 28)));
        }
        CalibratedModel model = OnnxQuantization.of(Path.of(arguments[0])).calibrated(batches);
        Files.write(
                Path.of(arguments[2]),
                model.quantized(CalibrationMethod.MIN_MAX, model.fasterInFloat()).bytes());
    }
}
