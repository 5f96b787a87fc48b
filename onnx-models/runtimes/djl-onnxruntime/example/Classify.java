import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.*;
import java.util.List;
import java.util.stream.IntStream;

/** Prints the label of each upright image and its probability. Usage: java -cp JARS Classify.java FOLDER NAME IMAGE... */
public final class Classify {
    public static void main(String[] arguments) throws Exception {
        var model = ai.djl.repository.zoo.Criteria.builder().setTypes(NDList.class, NDList.class)
                .optModelPath(java.nio.file.Path.of(arguments[0])).optModelName(arguments[1]).build().loadModel();
        List<String> labels = model.getArtifact("synset.txt", ai.djl.util.Utils::readLines);
        for (String path : List.of(arguments).subList(2, arguments.length)) {
            var photo = javax.imageio.ImageIO.read(new java.io.File(path));
            int bands = photo.getRaster().getNumBands(), channels = photo.getColorModel().getNumColorComponents();
            if (bands < channels || photo.getSampleModel().getSampleSize(0) != 8) // one band for a palette, one more for opacity
                throw new java.io.IOException(path + ": expected gray or RGB of 8 bits, found a palette or more bits");
            int[] samples = photo.getRaster().getPixels(0, 0, photo.getWidth(), photo.getHeight(), (int[]) null);
            var pixels = java.nio.ByteBuffer.allocateDirect(samples.length / bands * channels);
            for (int i = 0; i < samples.length; i++) if (i % bands < channels) pixels.put((byte) samples[i]);
            Shape shape = new Shape(1, photo.getHeight(), photo.getWidth(), channels);
            var input = new NDList(model.getNDManager().create(pixels.flip(), shape, DataType.UINT8));
            float[] logits = model.newPredictor().predict(input).get("logits").toFloatArray();
            int best = IntStream.range(0, logits.length).reduce(0, (a, b) -> logits[b] > logits[a] ? b : a);
            double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - logits[best])).sum();
            System.out.println(path + "\t" + labels.get(best) + "\t" + (float) (1 / sum));
        }
    }
}
