import ai.onnxruntime.*;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.*;
import java.util.*;
import javax.imageio.ImageIO;

public class Classify {
    public static void main(String[] arguments) throws Exception {
        BufferedImage image = ImageIO.read(new File("image.png"));
        int colors = image.getColorModel().getNumColorComponents();
        if (image.getWidth() != WIDTH || image.getHeight() != HEIGHT || colors != CHANNELSDEPTH) {
            System.err.println("image.png: expected SIZE of 8 bits, found " + image.getWidth()
                    + "x" + image.getHeight() + ", " + colors + " channel(s)");
            System.exit(1);
        }
        long[] shape = {BATCH, CHANNELS, HEIGHT, WIDTH};
NORMALIZED        BUFFER batch = BUFFER.allocate((int) (shape[0] * shape[1] * shape[2] * shape[3]));
        for (int n = 0; n < shape[0]; n++)REPEATED
            for (int c = 0; c < shape[1]; c++)
                for (int y = 0; y < shape[2]; y++)
                    for (int x = 0; x < shape[3]; x++)
                        batch.put(VALUE);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(FILE);
                OnnxTensor tensor = OnnxTensor.createTensor(environment, batch.flip(), shapeTYPE);
                OrtSession.Result result = session.run(Map.of("images", tensor))) {
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
