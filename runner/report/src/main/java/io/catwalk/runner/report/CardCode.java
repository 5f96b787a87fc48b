package io.catwalk.runner.report;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.Json;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.trial.ExportOptions;

/** Writes complete programs that classify one image with an ONNX file, as it was exported. */
record CardCode(String file, ImageSource images, Normalization normalization, ExportOptions options) {

    /** The end of a program in Java. */
    private static final String ANSWER = """
                        float[] logits = ((float[][]) result.get("logits").orElseThrow().getValue())[0];
                        int best = 0;
                        for (int i = 1; i < logits.length; i++) best = logits[i] > logits[best] ? i : best;
                        double sum = 0;
                        for (float logit : logits) sum += Math.exp(logit - logits[best]);
                        String[] labels = session.getMetadata().getCustomMetadata().get("labels").split("\\n");
                        System.out.printf(Locale.ROOT, "%s %.4f%n", labels[best], 1 / sum);
                    }
                }
            }
            """;

    private static final String REPEATED = "the file takes this many images";

    /** Returns the command that classifies an image without any code. */
    String command() {
        return "catwalk predict " + TextEscaping.shellWord(file) + " image.png";
    }

    /** Returns a program for Python 3 with numpy, onnxruntime and pillow. */
    String python() {
        if (options.anySize()) {
            return filled("""
                    import numpy as np
                    import onnxruntime as ort
                    from PIL import Image, ImageOps

                    image = ImageOps.exif_transpose(Image.open("image.png"))  # upright
                    batch = np.asarray(image.convert("RGB"))[np.newaxis]
                    session = ort.InferenceSession(FILE, providers=["CPUExecutionProvider"])
                    logits = session.run(["logits"], {"image": batch})[0][0]
                    exp = np.exp(logits - logits.max())
                    labels = session.get_modelmeta().custom_metadata_map["labels"].split("\\n")
                    print(labels[logits.argmax()], f"{exp.max() / exp.sum():.4f}")
                    """);
        }
        String normalized = """
                mean = np.float32([%s])
                std = np.float32([%s])
                pixels = (pixels / np.float32(255) - mean) / std
                """.formatted(numbers(normalization.mean(), ""), numbers(normalization.std(), ""));
        String repeated = size(1) == 1 ? "" : "batch = np.repeat(batch, " + size(1) + ", axis=0)  # " + REPEATED + "\n";
        return filled("""
                import sys
                import numpy as np
                import onnxruntime as ort
                from PIL import Image

                image = Image.open("image.png")
                if image.size != (WIDTH, HEIGHT) or image.mode[0] in "IF":  # these have more than 8 bits
                    sys.exit(f"image.png: expected SIZE of 8 bits, found {image.width}x{image.height}, mode {image.mode}")
                image = image.convert("MODE")
                pixels = np.asarray(image).reshape(1, HEIGHT, WIDTH, CHANNELS)
                NORMALIZEDbatch = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
                REPEATEDsession = ort.InferenceSession(FILE, providers=["CPUExecutionProvider"])
                logits = session.run(["logits"], {"images": batch})[0][0]
                exp = np.exp(logits - logits.max())
                labels = session.get_modelmeta().custom_metadata_map["labels"].split("\\n")
                print(labels[logits.argmax()], f"{exp.max() / exp.sum():.4f}")
                """.replace("NORMALIZED", options.embeddedPreprocessing() ? "" : normalized)
                .replace("REPEATED", repeated)
                .replace("MODE", gray() ? "L" : "RGB"));
    }

    /** Returns a program for Java 17 with {@code com.microsoft.onnxruntime:onnxruntime}. */
    String java() {
        if (options.anySize()) {
            return filled("""
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
                    """ + ANSWER);
        }
        boolean bytes = options.embeddedPreprocessing();
        String pixel = gray() ? "image.getRaster().getSample(x, y, 0)" : "image.getRGB(x, y) >> (16 - 8 * c) & 255";
        String normalized = """
                        float[] mean = {%s};
                        float[] std = {%s};
                """.formatted(numbers(normalization.mean(), "f"), numbers(normalization.std(), "f"));
        return filled("""
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
                """.concat(ANSWER)
                .replace("NORMALIZED", bytes ? "" : normalized)
                .replace("REPEATED", size(1) == 1 ? "" : " // " + REPEATED)
                .replace("VALUE", bytes ? "(byte) (" + pixel + ")" : "((" + pixel + ") / 255f - mean[c]) / std[c]")
                .replace("DEPTH", gray() ? "\n                || image.getSampleModel().getSampleSize(0) != 8" : "")
                .replace("BUFFER", bytes ? "ByteBuffer" : "FloatBuffer")
                .replace("shapeTYPE", bytes ? "shape, OnnxJavaType.UINT8" : "shape"));
    }

    /** Fills in what both programs need; the name of the file last, since it may contain any word. */
    private String filled(String program) {
        return program.replace("WIDTH", Integer.toString(images.width()))
                .replace("HEIGHT", Integer.toString(images.height()))
                .replace("CHANNELS", Integer.toString(images.channels()))
                .replace("BATCH", Integer.toString(size(1)))
                .replace("SIZE", images.width() + "x" + images.height() + " pixels, " + (gray() ? "gray" : "RGB"))
                // A JSON string is valid in Python and in Java, too.
                .replace("FILE", Json.JSON.writeValueAsString(file));
    }

    private boolean gray() {
        return images.channels() == 1;
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
