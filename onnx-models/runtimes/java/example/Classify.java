import ai.onnxruntime.*;
import java.util.*;
import java.util.stream.IntStream;

/** Prints the label of each upright image and its probability. Usage: java -cp JARS Classify.java MODEL.onnx IMAGE... */
public final class Classify {
    public static void main(String[] arguments) throws Exception {
        OrtSession session = OrtEnvironment.getEnvironment().createSession(arguments[0]);
        String[] labels = session.getMetadata().getCustomMetadata().get("labels").split("\n");
        for (String path : List.of(arguments).subList(1, arguments.length)) {
            var photo = javax.imageio.ImageIO.read(new java.io.File(path));
            int bands = photo.getRaster().getNumBands(), channels = photo.getColorModel().getNumColorComponents();
            if (bands < channels || photo.getSampleModel().getSampleSize(0) != 8) // one band for a palette, one more for opacity
                throw new java.io.IOException(path + ": expected gray or RGB of 8 bits, found a palette or more bits");
            int[] samples = photo.getRaster().getPixels(0, 0, photo.getWidth(), photo.getHeight(), (int[]) null);
            var pixels = java.nio.ByteBuffer.allocateDirect(samples.length / bands * channels);
            for (int i = 0; i < samples.length; i++) if (i % bands < channels) pixels.put((byte) samples[i]);
            OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), pixels.flip(),
                    new long[] {1, photo.getHeight(), photo.getWidth(), channels}, OnnxJavaType.UINT8);
            float[] logits = ((float[][]) session.run(Map.of("image", input)).get("logits").get().getValue())[0];
            int best = IntStream.range(0, logits.length).reduce(0, (a, b) -> logits[b] > logits[a] ? b : a);
            double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - logits[best])).sum();
            System.out.println(path + "\t" + labels[best] + "\t" + (float) (1 / sum));
        }
    }
}
