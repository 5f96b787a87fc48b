import ai.onnxruntime.*;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.ByteBuffer;
import java.util.*;
import javax.imageio.ImageIO;

public class Classify {
    public static void main(String[] arguments) throws Exception {
        BufferedImage image = ImageIO.read(new File("image.png")); // not turned by its EXIF orientation
        int colors = image.getColorModel().getNumColorComponents();
        int samples = image.getRaster().getNumBands(); // with opacity, and one of a palette
        if (samples < colors || image.getSampleModel().getSampleSize(0) != 8) {
            System.err.println("image.png: expected gray or RGB of 8 bits, found a palette or more bits");
            System.exit(1);
        }
        int[] pixels = image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
        ByteBuffer batch = ByteBuffer.allocateDirect(pixels.length / samples * colors);
        for (int i = 0; i < pixels.length; i++) if (i % samples < colors) batch.put((byte) pixels[i]);
        long[] shape = {1, image.getHeight(), image.getWidth(), colors};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(FILE);
                OnnxTensor tensor =
                        OnnxTensor.createTensor(environment, batch.flip(), shape, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("image", tensor))) {
            float[] logits = ((float[][]) result.get("logits").orElseThrow().getValue())[0];
            int best = 0;
            for (int i = 1; i < logits.length; i++) best = logits[i] > logits[best] ? i : best;
            double sum = 0;
            for (float logit : logits) sum += Math.exp(logit - logits[best]);
            String[] labels = session.getMetadata().getCustomMetadata().get("labels").split("\n");
            System.out.printf(Locale.ROOT, "%s %.4f%n", labels[best], 1 / sum);
        }
    }
}
