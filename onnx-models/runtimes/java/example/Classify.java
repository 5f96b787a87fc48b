import ai.onnxruntime.*;
import java.util.*;
import java.util.stream.IntStream;
/** Prints the label of each image and its probability. Usage: java -cp JARS Classify.java MODEL.onnx IMAGE... */
public final class Classify {
    public static void main(String[] arguments) throws Exception {
        OrtSession session = OrtEnvironment.getEnvironment().createSession(arguments[0]);
        OnnxJavaType type = ((TensorInfo) session.getInputInfo().get("images").getInfo()).type;
        Map<String, String> about = session.getMetadata().getCustomMetadata();
        String[] mean = about.get("preprocessing.mean").split(","), std = about.get("preprocessing.std").split(",");
        for (String path : List.of(arguments).subList(1, arguments.length)) {
            var image = javax.imageio.ImageIO.read(new java.io.File(path)).getRaster();
            long[] shape = {1, mean.length, image.getHeight(), image.getWidth()};
            var pixels = java.nio.ByteBuffer.allocateDirect(4 * image.getDataBuffer().getSize()).order(java.nio.ByteOrder.nativeOrder());
            for (int c = 0; c < mean.length; c++) for (int pixel : image.getSamples(0, 0, (int) shape[3], (int) shape[2], c, (int[]) null))
                pixels = type == OnnxJavaType.UINT8 ? pixels.put((byte) pixel) // the file normalizes pixels itself
                        : pixels.putFloat((pixel / 255f - Float.parseFloat(mean[c])) / Float.parseFloat(std[c]));
            OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), pixels.flip(), shape, type);
            float[] logits = ((float[][]) session.run(Map.of("images", input)).get("logits").get().getValue())[0];
            int best = IntStream.range(0, logits.length).reduce(0, (a, b) -> logits[b] > logits[a] ? b : a);
            double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - logits[best])).sum();
            System.out.println(path + "\t" + about.get("labels").split("\n")[best] + "\t" + (float) (1 / sum));
        }
    }
}
