import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import ai.onnxruntime.OrtEnvironment;
import com.google.gson.Gson;
import com.google.gson.JsonArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks DJL's engine for ONNX Runtime. Usage: java -cp 'target/dependency/*' Run.java MODEL.onnx SIGNATURE.json IMAGES LOGITS */
public final class Run {

    /** What the runner needs of signature.json. */
    record About(Input input, Output output, Normalization normalization) {}

    /** The shape is such as "batch", 1, 28, 28. */
    record Input(String name, JsonArray shape) {}

    record Output(String name) {}

    /** Is null where the file takes pixels as they are. */
    record Normalization(double[] mean, double[] std) {}

    public static void main(String[] arguments)
            throws IOException, MalformedModelException, ModelNotFoundException, TranslateException {
        About about = new Gson().fromJson(Files.readString(Path.of(arguments[1])), About.class);
        JsonArray sizes = about.input.shape;
        boolean anySize = sizes.get(1).getAsString().equals("height");
        int most = anySize ? 1 : sizes.get(0).getAsString().equals("batch") ? 256 : sizes.get(0).getAsInt();
        ByteBuffer pixels = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[2]))).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream answers = new ByteArrayOutputStream();

        Criteria<NDList, NDList> criteria = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(Path.of(arguments[0]))
                .optEngine("OnnxRuntime")
                .optTranslator(new NoopTranslator())
                .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel();
                Predictor<NDList, NDList> predictor = model.newPredictor()) {
            long start = System.nanoTime();
            while (pixels.hasRemaining()) {
                long[] sides = new long[3];
                for (int i = 0; i < sides.length; i++) { // before the pixels of each image: its height, width and channels
                    sides[i] = anySize ? pixels.getInt() : sizes.get(i + 1).getAsLong();
                }
                Shape image = new Shape(sides);
                int count = Math.min(most, pixels.remaining() / (int) image.size());
                byte[] some = new byte[count * (int) image.size()];
                pixels.get(some);
                Shape shape = new Shape(count).addAll(image);
                try (NDManager manager = model.getNDManager().newSubManager()) {
                    NDList images = new NDList(
                            about.normalization == null
                                    ? manager.create(ByteBuffer.wrap(some), shape, DataType.UINT8)
                                    : manager.create(normalized(some, about.normalization, image), shape));
                    float[] logits = predictor.predict(images).get(about.output.name).toFloatArray();
                    ByteBuffer bytes =
                            ByteBuffer.allocate(logits.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    bytes.asFloatBuffer().put(logits);
                    answers.writeBytes(bytes.array());
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Files.write(Path.of(arguments[3]), answers.toByteArray());
            // The engine names the version that it was made for, not the one that it runs.
            String version = Engine.getDjlVersion() + " on " + OrtEnvironment.getEnvironment().getVersion();
            System.out.println("{\"version\": \"" + version + "\", \"seconds\": " + seconds + "}");
        }
    }

    private static float[] normalized(byte[] pixels, Normalization normalization, Shape image) {
        float[] numbers = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int channel = (int) (i / (image.get(1) * image.get(2)) % image.get(0));
            double pixel = (pixels[i] & 0xff) / 255.0;
            numbers[i] = (float) ((pixel - normalization.mean[channel]) / normalization.std[channel]);
        }
        return numbers;
    }
}
