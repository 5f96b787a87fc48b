import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * The side of Catwalk in onnxruntime_batches.py. Reads lines of MODEL, THREADS, BATCH and SECONDS, with tabs between them, and
 * answers each with the median time of a batch, in microseconds, and the labels of the first one.
 *
 * <p>Arguments: an IDX file of images, 28 x 28.
 */
final class OnnxBatches {

    private static final int HEADER = 16; // bytes of an IDX file of three axes
    private static final int IMAGE = 28 * 28;

    public static void main(String[] arguments) throws IOException {
        byte[] file = Files.readAllBytes(Path.of(arguments[0]));
        byte[] images = Arrays.copyOfRange(file, HEADER, file.length);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in));
        String open = "";
        OnnxPredictor predictor = null;
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String[] words = line.split("\t");
            if (!open.equals(words[0] + " " + words[1])) {
                if (predictor != null) {
                    predictor.close();
                }
                OnnxOptions options = OnnxOptions.standard().withThreads(Integer.parseInt(words[1]));
                predictor = OnnxPredictor.open(Path.of(words[0]), options);
                open = words[0] + " " + words[1];
            }
            System.out.println(answer(predictor, images, Integer.parseInt(words[2]), Double.parseDouble(words[3])));
        }
    }

    private static String answer(OnnxPredictor predictor, byte[] images, int batch, double seconds) {
        int batches = images.length / IMAGE / batch;
        long[] nanos = new long[1 << 20];
        int calls = 0;
        int[] first = labels(predictor.logits(Arrays.copyOf(images, batch * IMAGE), batch), batch); // wakes threads and caches
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (calls < 3 || System.nanoTime() < end && calls < nanos.length) {
            int from = calls % batches * batch * IMAGE;
            byte[] pixels = Arrays.copyOfRange(images, from, from + batch * IMAGE);
            long before = System.nanoTime();
            labels(predictor.logits(pixels, batch), batch);
            nanos[calls++] = System.nanoTime() - before;
        }
        Arrays.sort(nanos, 0, calls);
        return String.format(
                Locale.ROOT,
                "{\"micros\": %.3f, \"labels\": %s}",
                nanos[calls / 2] / 1e3,
                Arrays.toString(first));
    }

    private static int[] labels(float[] logits, int count) {
        int classes = logits.length / count;
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            int best = i * classes;
            for (int j = best + 1; j < (i + 1) * classes; j++) {
                best = logits[j] > logits[best] ? j : best;
            }
            labels[i] = best - i * classes;
        }
        return labels;
    }
}
