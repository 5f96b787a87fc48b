import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Asks ONNX Runtime for Java. Usage: java -cp 'target/dependency/*' Run.java MODEL.onnx SIGNATURE.json IMAGES LOGITS */
public final class Run {

    /** What the runner needs of signature.json. */
    record About(Input input, Output output, Normalization normalization) {}

    /** The shape is such as "batch", 1, 28, 28. */
    record Input(String name, JsonArray shape) {}

    record Output(String name) {}

    /** Is null where the file takes pixels as they are. */
    record Normalization(double[] mean, double[] std) {}

    public static void main(String[] arguments) throws IOException, OrtException {
        About about = new Gson().fromJson(Files.readString(Path.of(arguments[1])), About.class);
        JsonArray sizes = about.input.shape;
        boolean anySize = sizes.get(1).getAsString().equals("height");
        int most = anySize ? 1 : sizes.get(0).getAsString().equals("batch") ? 256 : sizes.get(0).getAsInt();
        ByteBuffer pixels = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[2]))).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream answers = new ByteArrayOutputStream();

        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(arguments[0])) {
            long start = System.nanoTime();
            while (pixels.hasRemaining()) {
                long[] shape = new long[4];
                for (int i = 1; i < shape.length; i++) { // before the pixels of each image: its height, width and channels
                    shape[i] = anySize ? pixels.getInt() : sizes.get(i).getAsLong();
                }
                int length = (int) (shape[1] * shape[2] * shape[3]);
                shape[0] = Math.min(most, pixels.remaining() / length);
                byte[] some = new byte[(int) shape[0] * length];
                pixels.get(some);
                try (OnnxTensor images = about.normalization == null
                                ? OnnxTensor.createTensor(environment, ByteBuffer.wrap(some), shape, OnnxJavaType.UINT8)
                                : OnnxTensor.createTensor(
                                        environment,
                                        FloatBuffer.wrap(normalized(some, about.normalization, shape)),
                                        shape);
                        OrtSession.Result result = session.run(Map.of(about.input.name, images))) {
                    FloatBuffer logits = ((OnnxTensor) result.get(about.output.name).orElseThrow()).getFloatBuffer();
                    ByteBuffer bytes =
                            ByteBuffer.allocate(logits.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    bytes.asFloatBuffer().put(logits);
                    answers.writeBytes(bytes.array());
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Files.write(Path.of(arguments[3]), answers.toByteArray());
            System.out.println("{\"version\": \"" + environment.getVersion() + "\", \"seconds\": " + seconds + "}");
        }
    }

    private static float[] normalized(byte[] pixels, Normalization normalization, long[] shape) {
        float[] numbers = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int channel = (int) (i / (shape[2] * shape[3]) % shape[1]);
            double pixel = (pixels[i] & 0xff) / 255.0;
            numbers[i] = (float) ((pixel - normalization.mean[channel]) / normalization.std[channel]);
        }
        return numbers;
    }
}
