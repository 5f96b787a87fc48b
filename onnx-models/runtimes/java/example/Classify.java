import ai.onnxruntime.*;
import java.util.*;
import java.util.stream.IntStream;

/** Prints the label of each image and its probability. Usage: java -cp JARS Classify.java MODEL.onnx IMAGE... */
public final class Classify {
    public static void main(String[] arguments) throws Exception {
        OrtSession session = OrtEnvironment.getEnvironment().createSession(arguments[0]);
        TensorInfo expected = (TensorInfo) session.getInputInfo().get("images").getInfo();
        Map<String, String> about = session.getMetadata().getCustomMetadata();
        String[] mean = about.get("preprocessing.mean").split(","), std = about.get("preprocessing.std").split(",");
        for (String path : List.of(arguments).subList(1, arguments.length)) {
            var photo = javax.imageio.ImageIO.read(new java.io.File(path));
            var image = photo.getRaster();
            long[] shape = {1, photo.getColorModel().getNumColorComponents(), image.getHeight(), image.getWidth()};
            boolean plain = image.getNumBands() >= shape[1] && image.getSampleModel().getSampleSize(0) == 8; // no palette
            if (!plain || !Arrays.equals(shape, 1, 4, expected.getShape(), 1, 4)) {
                System.err.println(path + ": expected " + expected.getShape()[3] + "x" + expected.getShape()[2] + " pixels, "
                        + (mean.length == 1 ? "gray" : "RGB") + " of 8 bits, found " + shape[3] + "x" + shape[2]
                        + (plain ? "" : " with a palette or more bits") + (shape[1] == 1 ? ", gray" : ", RGB"));
                System.exit(1);
            }
            var pixels = java.nio.ByteBuffer.allocateDirect(4 * image.getDataBuffer().getSize()).order(java.nio.ByteOrder.nativeOrder());
            for (int c = 0; c < mean.length; c++)
                for (int pixel : image.getSamples(0, 0, (int) shape[3], (int) shape[2], c, (int[]) null))
                    pixels = expected.type == OnnxJavaType.UINT8 ? pixels.put((byte) pixel) // the file normalizes pixels itself
                            : pixels.putFloat((pixel / 255f - Float.parseFloat(mean[c])) / Float.parseFloat(std[c]));
            OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), pixels.flip(), shape, expected.type);
            float[] logits = ((float[][]) session.run(Map.of("images", input)).get("logits").get().getValue())[0];
            int best = IntStream.range(0, logits.length).reduce(0, (a, b) -> logits[b] > logits[a] ? b : a);
            double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - logits[best])).sum();
            System.out.println(path + "\t" + about.get("labels").split("\n")[best] + "\t" + (float) (1 / sum));
        }
    }
}
