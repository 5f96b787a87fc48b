import com.google.gson.Gson;
import com.google.gson.JsonArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.opencv_java;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.dnn.Dnn;
import org.opencv.dnn.Net;

/** Asks OpenCV's DNN module in Java. Usage: java -cp 'target/dependency/*' Run.java MODEL.onnx SIGNATURE.json IMAGES LOGITS */
public final class Run {

    /** What the runner needs of signature.json. */
    record About(Input input, Output output, Normalization normalization) {}

    /** The shape is such as "batch", 1, 28, 28. */
    record Input(String name, JsonArray shape) {}

    record Output(String name, JsonArray shape) {}

    /** Is null where the file takes pixels as they are. */
    record Normalization(double[] mean, double[] std) {}

    public static void main(String[] arguments) throws IOException {
        About about = new Gson().fromJson(Files.readString(Path.of(arguments[1])), About.class);
        JsonArray sizes = about.input.shape;
        int step = sizes.get(0).getAsString().equals("batch") ? 1 : sizes.get(0).getAsInt(); // an open size is taken as 1
        int[] shape = {step, sizes.get(1).getAsInt(), sizes.get(2).getAsInt(), sizes.get(3).getAsInt()};
        int length = shape[1] * shape[2] * shape[3];
        byte[] pixels = Files.readAllBytes(Path.of(arguments[2]));
        int classes = about.output.shape.get(1).getAsInt();
        ByteBuffer answers =
                ByteBuffer.allocate(pixels.length / length * classes * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

        Loader.load(opencv_java.class);
        Net net = Dnn.readNetFromONNX(arguments[0]);
        Mat images = new Mat(shape, CvType.CV_32F);
        float[] logits = new float[step * classes];
        long start = System.nanoTime();
        for (int from = 0; from < pixels.length; from += step * length) {
            byte[] some = Arrays.copyOfRange(pixels, from, from + step * length);
            images.put(new int[4], prepared(some, about.normalization, shape));
            net.setInput(images, about.input.name);
            net.forward(about.output.name).get(0, 0, logits);
            for (float logit : logits) {
                answers.putFloat(logit);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Files.write(Path.of(arguments[3]), answers.array());
        System.out.println("{\"version\": \"" + Core.VERSION + "\", \"seconds\": " + seconds + "}");
    }

    private static float[] prepared(byte[] pixels, Normalization normalization, int[] shape) {
        float[] numbers = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int channel = i / (shape[2] * shape[3]) % shape[1];
            double pixel = pixels[i] & 0xff;
            numbers[i] = (float) (normalization == null // OpenCV takes pixels as floats, too
                    ? pixel
                    : (pixel / 255 - normalization.mean[channel]) / normalization.std[channel]);
        }
        return numbers;
    }
}
