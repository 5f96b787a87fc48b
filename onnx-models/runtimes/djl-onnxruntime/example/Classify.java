import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.*;
import java.nio.file.*;
import java.util.stream.IntStream;

/** Prints the label of each image and its probability. Usage: java -cp JARS Classify.java FOLDER IMAGE... */
public final class Classify {
    record Input(Object[] shape) {} // "batch", channels, height, width

    record About(Input input, java.util.Map<String, Object> output, java.util.Map<String, double[]> normalization) {}

    public static void main(String[] arguments) throws Exception {
        var about = new com.google.gson.Gson()
                .fromJson(Files.readString(Path.of(arguments[0], "model.signature.json")), About.class);
        var by = about.normalization; // null: the file normalizes
        int colors = ((Number) about.input.shape[1]).intValue(),
                height = ((Number) about.input.shape[2]).intValue(),
                width = ((Number) about.input.shape[3]).intValue();
        var model = ai.djl.repository.zoo.Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(Path.of(arguments[0]))
                .build()
                .loadModel();
        for (String path : java.util.List.of(arguments).subList(1, arguments.length)) {
            var photo = javax.imageio.ImageIO.read(new java.io.File(path));
            var image = photo.getRaster();
            boolean plain =
                    image.getNumBands() >= colors && image.getSampleModel().getSampleSize(0) == 8; // no palette
            if (!plain
                    || photo.getColorModel().getNumColorComponents() != colors
                    || image.getHeight() != height
                    || image.getWidth() != width) {
                System.err.println(path + ": expected " + width + "x" + height + " pixels, "
                        + (colors == 1 ? "gray" : "RGB") + " of 8 bits, found " + image.getWidth() + "x"
                        + image.getHeight() + (plain ? "" : " with a palette or more bits")
                        + (photo.getColorModel().getNumColorComponents() == 1 ? ", gray" : ", RGB"));
                System.exit(1);
            }
            var pixels = java.nio.ByteBuffer.allocateDirect(4 * colors * height * width)
                    .order(java.nio.ByteOrder.nativeOrder());
            for (int c = 0; c < colors; c++)
                for (int pixel : image.getSamples(0, 0, width, height, c, (int[]) null))
                    pixels = by == null
                            ? pixels.put((byte) pixel)
                            : pixels.putFloat((float) ((pixel / 255.0 - by.get("mean")[c]) / by.get("std")[c]));
            NDList input = new NDList(model.getNDManager()
                    .create(
                            pixels.flip(),
                            new Shape(1, colors, height, width),
                            by == null ? DataType.UINT8 : DataType.FLOAT32));
            float[] logits = model.newPredictor()
                    .predict(input)
                    .get(about.output.get("name").toString())
                    .toFloatArray();
            int best = IntStream.range(0, logits.length).reduce(0, (a, b) -> logits[b] > logits[a] ? b : a);
            double sum = IntStream.range(0, logits.length)
                    .mapToDouble(i -> Math.exp(logits[i] - logits[best]))
                    .sum();
            System.out.println(path + "\t"
                    + model.getArtifact("synset.txt", ai.djl.util.Utils::readLines)
                            .get(best) + "\t" + (float) (1 / sum));
        }
    }
}
