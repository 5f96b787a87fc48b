package io.catwalk.runner.report;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.Json;
import io.catwalk.runner.PackedFiles;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.trial.ExportOptions;
import java.util.Objects;

/** Writes programs that classify one image with an ONNX file; words of capitals in their templates are filled in. */
record CardCode(String file, ImageSource images, Normalization normalization, ExportOptions options) {

    private static final String REPEATED = "the file takes this many images";

    /** Returns the command that classifies an image without any code. */
    String command() {
        return "catwalk predict " + TextEscaping.shellWord(file) + " image.png";
    }

    /** Returns a program for Python 3 with numpy, onnxruntime and pillow. */
    String python() {
        if (options.anySize()) {
            return filled(program("classify-any-size.py"));
        }
        String normalized = """
                mean = np.float32([%s])
                std = np.float32([%s])
                pixels = (pixels / np.float32(255) - mean) / std
                """.formatted(numbers(normalization.mean(), ""), numbers(normalization.std(), ""));
        String repeated = batch() == 1 ? "" : "batch = np.repeat(batch, " + batch() + ", axis=0)  # " + REPEATED + "\n";
        return filled(program("classify.py")
                .replace("NORMALIZED", options.embeddedPreprocessing() ? "" : normalized)
                .replace("REPEATED", repeated)
                .replace("MODE", gray() ? "L" : "RGB"));
    }

    /** Returns a program for Java 17 with {@code com.microsoft.onnxruntime:onnxruntime}. */
    String java() {
        if (options.anySize()) {
            return filled(program("ClassifyAnySize.java"));
        }
        boolean bytes = options.embeddedPreprocessing();
        String pixel = gray() ? "image.getRaster().getSample(x, y, 0)" : "image.getRGB(x, y) >> (16 - 8 * c) & 255";
        String normalized = """
                        float[] mean = {%s};
                        float[] std = {%s};
                """.formatted(numbers(normalization.mean(), "f"), numbers(normalization.std(), "f"));
        return filled(program("Classify.java")
                .replace("NORMALIZED", bytes ? "" : normalized)
                .replace("REPEATED", batch() == 1 ? "" : " // " + REPEATED)
                .replace("VALUE", bytes ? "(byte) (" + pixel + ")" : "((" + pixel + ") / 255f - mean[c]) / std[c]")
                .replace("DEPTH", gray() ? "\n                || image.getSampleModel().getSampleSize(0) != 8" : "")
                .replace("BUFFER", bytes ? "ByteBuffer" : "FloatBuffer")
                .replace("shapeTYPE", bytes ? "shape, OnnxJavaType.UINT8" : "shape"));
    }

    private static String program(String name) {
        return PackedFiles.text(CardCode.class, "card/" + name);
    }

    /** Fills in what both programs need; the name of the file last, since it may contain any word. */
    private String filled(String program) {
        return program.replace("WIDTH", Integer.toString(images.width()))
                .replace("HEIGHT", Integer.toString(images.height()))
                .replace("CHANNELS", Integer.toString(images.channels()))
                .replace("BATCH", Integer.toString(batch()))
                .replace("SIZE", images.width() + "x" + images.height() + " pixels, " + (gray() ? "gray" : "RGB"))
                // A JSON string is valid in Python and in Java, too.
                .replace("FILE", Json.JSON.writeValueAsString(file));
    }

    private boolean gray() {
        return images.channels() == 1;
    }

    /** Returns the batch size of the file, or 1 if the file takes any. */
    private int batch() {
        return Objects.requireNonNullElse(options.batch(), 1);
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
