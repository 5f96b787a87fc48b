import org.opencv.core.*;
import org.opencv.dnn.*;
import org.opencv.imgcodecs.Imgcodecs;

/** Prints the label of each image and its probability. Usage: java -cp JARS Classify.java MODEL.onnx IMAGE... */
public final class Classify {
    record Input(Object[] shape) {} // the first is "batch"
    record About(Input input, String[] labels, String color, java.util.Map<String, double[]> normalization) {}

    public static void main(String[] arguments) throws Exception {
        org.bytedeco.javacpp.Loader.load(org.bytedeco.opencv.opencv_java.class);
        var signature = java.nio.file.Path.of(arguments[0].replace(".onnx", ".signature.json"));
        About about = new com.google.gson.Gson().fromJson(java.nio.file.Files.readString(signature), About.class);
        Net net = Dnn.readNetFromONNX(arguments[0]);
        for (String path : java.util.List.of(arguments).subList(1, arguments.length)) {
            Mat image = Imgcodecs.imread(
                    path, about.color.equals("gray") ? Imgcodecs.IMREAD_GRAYSCALE : Imgcodecs.IMREAD_COLOR_RGB);
            int height = ((Number) about.input.shape[2]).intValue(), width = ((Number) about.input.shape[3]).intValue();
            if (image.rows() != height || image.cols() != width) {
                System.err.printf("%s: expected %dx%d pixels, found %dx%d%n", path, width, height, image.cols(), image.rows());
                System.exit(1);
            }
            image.convertTo(image, CvType.CV_32F, about.normalization == null ? 1 : 1 / 255.0);
            if (about.normalization != null) Core.subtract(image, new Scalar(about.normalization.get("mean")), image);
            if (about.normalization != null) Core.divide(image, new Scalar(about.normalization.get("std")), image);
            net.setInput(Dnn.blobFromImage(image));
            Mat logits = net.forward("logits");
            var best = Core.minMaxLoc(logits);
            Core.subtract(logits, new Scalar(best.maxVal), logits);
            Core.exp(logits, logits);
            System.out.println(path + "\t" + about.labels[(int) best.maxLoc.x] + "\t"
                    + (float) (1 / Core.sumElems(logits).val[0]));
        }
    }
}
