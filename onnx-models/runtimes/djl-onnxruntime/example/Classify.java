import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.*;
import java.nio.file.*;
import java.util.stream.IntStream;

/** Prints the label of each image and its probability. Usage: java -cp JARS Classify.java FOLDER IMAGE... */
public final class Classify {
    record About(Input input, java.util.Map<String, Object> output, java.util.Map<String, double[]> normalization) {}
    record Input(Object[] shape) {} // "batch", channels, height, width
    public static void main(String[] arguments) throws Exception {
        var about = new com.google.gson.Gson().fromJson(Files.readString(Path.of(arguments[0], "model.signature.json")), About.class);
        var by = about.normalization; // null: the file normalizes
        var wants = new Shape(IntStream.range(1, 4).mapToLong(i -> ((Number) about.input.shape[i]).longValue()).toArray());
        var model = ai.djl.repository.zoo.Criteria.builder().setTypes(NDList.class, NDList.class).optModelPath(Path.of(arguments[0])).build().loadModel();
        for (String path : java.util.List.of(arguments).subList(1, arguments.length)) {
            var photo = javax.imageio.ImageIO.read(new java.io.File(path));
            var image = photo.getRaster();
            var found = new Shape(photo.getColorModel().getNumColorComponents(), image.getHeight(), image.getWidth());
            if (!found.equals(wants) || image.getNumBands() < found.get(0) || image.getSampleModel().getSampleSize(0) != 8) { // a palette, or more bits
                System.err.println(path + ": expected " + wants.get(2) + "x" + wants.get(1) + " pixels, " + (wants.get(0) == 1 ? "gray" : "RGB")
                        + " of 8 bits, found " + found.get(2) + "x" + found.get(1) + " in " + found.get(0) + " channels");
                System.exit(1);
            }
            var pixels = java.nio.ByteBuffer.allocateDirect(4 * (int) wants.size()).order(java.nio.ByteOrder.nativeOrder());
            for (int c = 0; c < wants.get(0); c++) for (int pixel : image.getSamples(0, 0, image.getWidth(), image.getHeight(), c, (int[]) null))
                pixels = by == null ? pixels.put((byte) pixel) : pixels.putFloat((float) ((pixel / 255.0 - by.get("mean")[c]) / by.get("std")[c]));
            NDList input = new NDList(model.getNDManager().create(pixels.flip(), new Shape(1).addAll(wants), by == null ? DataType.UINT8 : DataType.FLOAT32));
            float[] logits = model.newPredictor().predict(input).get(about.output.get("name").toString()).toFloatArray();
            int best = IntStream.range(0, logits.length).reduce(0, (a, b) -> logits[b] > logits[a] ? b : a);
            double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - logits[best])).sum();
            System.out.println(path + "\t" + model.getArtifact("synset.txt", ai.djl.util.Utils::readLines).get(best) + "\t" + (float) (1 / sum));
        }
    }
}
