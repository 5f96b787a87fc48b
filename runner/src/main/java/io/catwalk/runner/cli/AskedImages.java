package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.runtimes.Question;
import io.catwalk.runner.trial.ModelSignature;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Holds the images that every runtime is asked about.
 *
 * @param file to ask about
 * @param predictor that has opened it
 * @param preprocessing of its pixels
 * @param images of the size of the file
 * @param goesOn is called with each answer
 */
record AskedImages(
        Path file, OnnxPredictor predictor, Preprocessing preprocessing, ImageSource images, Runnable goesOn) {

    /** As the runners do: an LSTM in 8 bits takes one scale for all images of a batch. */
    private static final int BATCH = 256;

    /** Asks ONNX Runtime for Java: the right answers by definition, (images, numbers), row-major. */
    float[] reference() {
        Signature signature = predictor.signature();
        float[] logits = new float[Math.multiplyExact(images.size(), signature.classes())];
        int batch = Math.min(BATCH, images.batchSize());
        for (int from = 0; from < images.size(); from += batch) {
            int to = Math.min(images.size(), from + batch);
            float[] some = predictor.logits(preprocessing.normalize(images.read(from, to)), to - from);
            System.arraycopy(some, 0, logits, from * signature.classes(), some.length);
            goesOn.run();
        }
        return logits;
    }

    /** Writes what the runners are asked. Black images fill the last batch of a file with a fixed one. */
    Question question(Scratch scratch) throws IOException {
        Signature signature = predictor.signature();
        Path about = scratch.file("signature.json");
        ModelSignature.stated(file, predictor, preprocessing).write(about);
        Path pixels = scratch.file("images");
        int batch = Math.max(1, signature.batch());
        int count = (images.size() + batch - 1) / batch * batch;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(pixels))) {
            byte[] image = new byte[images.imageLength()];
            for (int i = 0; i < images.size(); i++) {
                images.read(i, image, 0);
                out.write(image);
            }
            out.write(new byte[(count - images.size()) * image.length]);
        }
        return new Question(file.toAbsolutePath(), about, pixels, count, signature.classes());
    }
}
