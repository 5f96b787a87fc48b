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

/** The images on which every runtime evaluates a file; {@code goesOn} is called with each answer. */
record AskedImages(
        Path file, OnnxPredictor predictor, Preprocessing preprocessing, ImageSource images, Runnable goesOn) {

    /** The batch size of the runners: an LSTM in 8 bits uses one scale for all images of a batch. */
    private static final int BATCH = 256;

    /** Evaluates with ONNX Runtime for Java: the reference answers, (images, numbers), row-major. */
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

    /** Writes the input of the runners. If the file has a fixed batch size, black images fill the last batch. */
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
