package io.catwalk.runner.report;

import io.catwalk.runner.Json;
import io.catwalk.runner.Shell;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.trial.ExportOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes complete programs that classify one image with an ONNX file.
 *
 * @param file name of the ONNX file
 * @param images with the size and the channels that the file expects
 * @param normalization of the pixels
 * @param options that the file was exported with
 */
record CardCode(String file, ImageSource images, Normalization normalization, ExportOptions options) {

    /** Returns the command that classifies an image without any code. */
    String command() {
        return "catwalk predict " + Shell.quoted(file) + " image.png";
    }

    /** Returns a program for Python 3 with numpy, onnxruntime and pillow. */
    String python() {
        String pixels = "pixels.transpose(0, 3, 1, 2)";
        List<String> lines = new ArrayList<>();
        lines.add("import sys");
        lines.add("import numpy as np");
        lines.add("import onnxruntime as ort");
        lines.add("from PIL import Image");
        lines.add("");
        lines.add("image = Image.open(\"image.png\")");
        lines.add("if image.size != (" + images.width() + ", " + images.height()
                + ") or image.mode[0] in \"IF\":  # these have more than 8 bits");
        lines.add("    sys.exit(f\"image.png: expected " + size()
                + " of 8 bits, found {image.width}x{image.height}, mode {image.mode}\")");
        lines.add("image = image.convert(\"" + (gray() ? "L" : "RGB") + "\")");
        lines.add("pixels = np.asarray(image).reshape(1, " + images.height() + ", " + images.width() + ", "
                + images.channels() + ")");
        if (options.embeddedPreprocessing()) {
            lines.add("batch = np.ascontiguousarray(" + pixels + ")  # uint8: the file normalizes it");
        } else {
            lines.add("mean = np.float32([" + numbers(normalization.mean(), "") + "])");
            lines.add("std = np.float32([" + numbers(normalization.std(), "") + "])");
            lines.add("pixels = (pixels / np.float32(255) - mean) / std");
            lines.add("batch = np.ascontiguousarray(" + pixels + ")");
        }
        if (size(1) != 1) {
            lines.add("batch = np.repeat(batch, " + size(1) + ", axis=0)  # the file takes this many images");
        }
        lines.add("session = ort.InferenceSession(" + quoted() + ", providers=[\"CPUExecutionProvider\"])");
        lines.add("logits = session.run([\"logits\"], {\"images\": batch})[0][0]");
        lines.add("exp = np.exp(logits - logits.max())");
        lines.add("labels = session.get_modelmeta().custom_metadata_map[\"labels\"].split(\"\\n\")");
        lines.add("print(labels[logits.argmax()], f\"{exp.max() / exp.sum():.4f}\")");
        return String.join("\n", lines) + "\n";
    }

    /** Returns a program for Java 17 with {@code com.microsoft.onnxruntime:onnxruntime}. */
    String java() {
        boolean bytes = options.embeddedPreprocessing();
        String pixel = gray() ? "image.getRaster().getSample(x, y, 0)" : "image.getRGB(x, y) >> (16 - 8 * c) & 255";
        String value = bytes ? "(byte) (" + pixel + ")" : "((" + pixel + ") / 255f - mean[c]) / std[c]";
        String tensor = bytes
                ? "OnnxTensor.createTensor(environment, batch.flip(), shape, OnnxJavaType.UINT8)"
                : "OnnxTensor.createTensor(environment, batch.flip(), shape)";
        List<String> lines = new ArrayList<>();
        lines.add("import ai.onnxruntime.*;");
        lines.add("import java.awt.image.BufferedImage;");
        lines.add("import java.io.File;");
        lines.add("import java.nio.*;");
        lines.add("import java.util.*;");
        lines.add("import javax.imageio.ImageIO;");
        lines.add("");
        lines.add("public class Classify {");
        lines.add("    public static void main(String[] arguments) throws Exception {");
        lines.add("        BufferedImage image = ImageIO.read(new File(\"image.png\"));");
        lines.add("        int colors = image.getColorModel().getNumColorComponents();");
        lines.add("        if (image.getWidth() != " + images.width() + " || image.getHeight() != " + images.height()
                + " || colors != " + images.channels()
                + (gray() ? "\n                || image.getSampleModel().getSampleSize(0) != 8" : "") + ") {");
        lines.add("            System.err.println(\"image.png: expected " + size()
                + " of 8 bits, found \" + image.getWidth()\n"
                + "                    + \"x\" + image.getHeight() + \", \" + colors + \" channel(s)\");");
        lines.add("            System.exit(1);");
        lines.add("        }");
        lines.add("        long[] shape = {" + size(1) + ", " + images.channels() + ", " + images.height() + ", "
                + images.width() + "};");
        if (!bytes) {
            lines.add("        float[] mean = {" + numbers(normalization.mean(), "f") + "};");
            lines.add("        float[] std = {" + numbers(normalization.std(), "f") + "};");
        }
        String buffer = bytes ? "ByteBuffer" : "FloatBuffer";
        lines.add("        " + buffer + " batch = " + buffer
                + ".allocate((int) (shape[0] * shape[1] * shape[2] * shape[3]));");
        lines.add("        for (int n = 0; n < shape[0]; n++)"
                + (size(1) == 1 ? "" : " // the file takes this many images"));
        lines.add("            for (int c = 0; c < shape[1]; c++)");
        lines.add("                for (int y = 0; y < shape[2]; y++)");
        lines.add("                    for (int x = 0; x < shape[3]; x++)");
        lines.add("                        batch.put(" + value + ");");
        lines.add("        OrtEnvironment environment = OrtEnvironment.getEnvironment();");
        lines.add("        try (OrtSession session = environment.createSession(" + quoted() + ");");
        lines.add("                OnnxTensor tensor = " + tensor + ";");
        lines.add("                OrtSession.Result result = session.run(Map.of(\"images\", tensor))) {");
        lines.add("            float[] logits = ((float[][]) result.get(\"logits\").orElseThrow().getValue())[0];");
        lines.add("            int best = 0;");
        lines.add("            for (int i = 1; i < logits.length; i++) best = logits[i] > logits[best] ? i : best;");
        lines.add("            double sum = 0;");
        lines.add("            for (float logit : logits) sum += Math.exp(logit - logits[best]);");
        lines.add(
                "            String[] labels = session.getMetadata().getCustomMetadata().get(\"labels\").split(\"\\n\");");
        lines.add("            System.out.printf(Locale.ROOT, \"%s %.4f%n\", labels[best], 1 / sum);");
        lines.add("        }");
        lines.add("    }");
        lines.add("}");
        return String.join("\n", lines) + "\n";
    }

    /** Quotes the name of the file as a JSON string, which is valid in Python and in Java, too. */
    private String quoted() {
        return Json.JSON.writeValueAsString(file);
    }

    private boolean gray() {
        return images.channels() == 1;
    }

    private String size() {
        return images.width() + "x" + images.height() + " pixels, " + (gray() ? "gray" : "RGB");
    }

    /** Returns the batch size of the file, or the given one if the file takes any. */
    private int size(int any) {
        Integer fixed = options.batch();
        return fixed == null ? any : fixed;
    }

    /** Writes numbers with commas between them, and a suffix behind each. */
    static String numbers(float[] values, String suffix) {
        StringBuilder text = new StringBuilder();
        for (float value : values) {
            text.append(text.isEmpty() ? "" : ", ").append(value).append(suffix);
        }
        return text.toString();
    }
}
