package io.catwalk.runner.evaluation;

import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.parity.Proof.NormalizedImages;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.data.ImageSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holds the predictions of one model for a set of images. All metrics are computed from it.
 *
 * <p>The arrays are not copied; callers must not change them afterwards.
 *
 * @param classes number of classes; at least 2
 * @param labels true class of each image, in data-set order, 0 to {@code classes} - 1; at least one
 * @param logits of the model, (images, classes), row-major, all finite
 */
@SuppressWarnings("ArrayRecordComponent") // primitive arrays: 600,000 logits
public record Predictions(int classes, int[] labels, float[] logits) {

    private static final int MOST_TEXT = 10_000_000;

    public Predictions {
        if (classes < 2) {
            throw new IllegalArgumentException("expected at least 2 classes, but found " + classes);
        }
        if (labels.length == 0) {
            throw new IllegalArgumentException("expected predictions of at least 1 image, but found none");
        }
        if (logits.length != (long) labels.length * classes) {
            throw new IllegalArgumentException("expected " + (long) labels.length * classes + " logits for "
                    + labels.length + " images of " + classes + " classes, but found " + logits.length);
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "expected labels from 0 to " + (classes - 1) + ", but image " + i + " has " + labels[i]);
            }
        }
        for (int i = 0; i < logits.length; i++) {
            if (!Float.isFinite(logits[i])) {
                throw new IllegalArgumentException("expected finite logits, but image " + i / classes + " has "
                        + logits[i] + " for class " + i % classes + ": the network has diverged");
            }
        }
    }

    public static Predictions of(Predictor predictor, ImageSource images, Normalization normalization, int classes) {
        return of(predictor, (from, to) -> images.normalized(normalization, from, to), images, classes);
    }

    /** Predicts labeled images, which are prepared as a file takes them. */
    public static Predictions of(Predictor predictor, NormalizedImages prepared, ImageSource images, int classes) {
        float[] logits = new float[Math.multiplyExact(images.size(), classes)];
        int batchSize = images.batchSize();
        for (int from = 0; from < images.size(); from += batchSize) {
            int to = Math.min(images.size(), from + batchSize);
            float[] answers = predictor.logits(prepared.range(from, to), to - from);
            System.arraycopy(answers, 0, logits, from * classes, answers.length);
        }
        return new Predictions(classes, images.labels(), logits);
    }

    /** Returns logits of what may be probabilities: their logarithms, that of 0 as of the smallest number above it. */
    public Predictions ofLogits(boolean probabilities) {
        if (!probabilities) {
            return this;
        }
        float[] logarithms = new float[logits.length];
        for (int i = 0; i < logarithms.length; i++) {
            logarithms[i] = (float) Math.log(Math.max(logits[i], Float.MIN_VALUE));
        }
        return new Predictions(classes, labels, logarithms);
    }

    public int images() {
        return labels.length;
    }

    /** Returns the class with the highest logit for each image; among equals the lowest class. */
    public int[] predicted() {
        return IntStream.range(0, labels.length).map(this::predicted).toArray();
    }

    /** Returns the class with the highest logit for one image; among equals the lowest class. */
    public int predicted(int image) {
        return highest(logits, image * classes, classes);
    }

    /**
     * Returns the index of the highest of {@code count} numbers, from {@code from} on; the lowest index among equals.
     */
    public static int highest(float[] numbers, int from, int count) {
        int best = 0;
        for (int c = 1; c < count; c++) {
            if (numbers[from + c] > numbers[from + best]) {
                best = c;
            }
        }
        return best;
    }

    public PredictedClasses predictedClasses() {
        return new PredictedClasses(classes, labels, predicted());
    }

    /** Computes one image's probabilities: the softmax of its logits. */
    public double[] probabilities(int image) {
        double[] probabilities = new double[classes];
        softmax(logits, image * classes, probabilities);
        return probabilities;
    }

    /** Counts the classes that rank before the truth of one image; among equals the lowest class is first. */
    int beforeTruth(int image) {
        int row = image * classes;
        int truth = labels[image];
        int before = 0;
        for (int c = 0; c < classes; c++) {
            if (logits[row + c] > logits[row + truth] || (logits[row + c] == logits[row + truth] && c < truth)) {
                before++;
            }
        }
        return before;
    }

    /**
     * Computes the probabilities of a row of logits, which starts at {@code row}, into an array of one for each class. No
     * logit overflows. What a summand loses is added in the end (Neumaier 1974), so that equal logits in another order have
     * equal probabilities, which ROC AUC and curves by confidence count as ties.
     *
     * @return what a class's logit is subtracted from for its cross entropy, in nats: the logarithm of the sum of all
     *     exponentials
     */
    public static double softmax(float[] logits, int row, double[] probabilities) {
        int classes = probabilities.length;
        double highest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            highest = Math.max(highest, logits[row + c]);
        }
        double sum = 0;
        double lost = 0;
        for (int c = 0; c < classes; c++) {
            double one = Math.exp(logits[row + c] - highest);
            double more = sum + one;
            lost += Math.max(sum, one) - more + Math.min(sum, one);
            sum = more;
            probabilities[c] = one;
        }
        sum += lost;
        for (int c = 0; c < classes; c++) {
            probabilities[c] /= sum;
        }
        return Math.log(sum) + highest;
    }

    /**
     * Returns {@code .csv}, or {@code .npy} for more than ten million logits, which take minutes as text and which no
     * spreadsheet opens.
     */
    public String extension() {
        return logits.length > MOST_TEXT ? ".npy" : ".csv";
    }

    /**
     * Writes the predictions to a file beside the target first, which is then moved to it. Reading returns exactly
     * the same numbers. As text: with the header {@code image,label,logit_0,...,index,file}. As an array of NumPy,
     * format 1.0: one record per image, with the fields {@code label} (int32), {@code logits} (float32 for each
     * class), {@code index} (int32) and, if the images have files, {@code file} (UTF-8, filled up with zeros), so that
     * {@code numpy.load(file)["logits"]} has the shape (images, classes).
     *
     * @param file where to; an existing file is replaced. A name that ends in {@code .npy} makes it an array,
     *     any other name makes it text
     * @param images that are predicted: their {@link ImageSource#index} and {@link ImageSource#file} are written, too
     */
    public void write(Path file, ImageSource images) throws IOException {
        if (images.size() != labels.length) {
            throw new IllegalArgumentException("expected " + labels.length + " images, but found " + images.size());
        }
        PredictionsFile.write(this, images, file);
    }

    /** Reads what {@link #write} wrote. */
    public static Predictions read(Path file) throws IOException {
        return PredictionsFile.read(file);
    }

    /**
     * Holds which class one model predicted for each image: the part of {@link Predictions} that a comparison needs,
     * without the logits.
     *
     * <p>The arrays are not copied; callers must not change them afterwards.
     *
     * @param labels true class of each image, in data-set order
     * @param predicted class with the highest logit for each image; among equals the lowest class
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record PredictedClasses(int classes, int[] labels, int[] predicted) {

        /** Checks that there are as many predictions as labels. */
        public PredictedClasses {
            if (labels.length != predicted.length) {
                throw new IllegalArgumentException(
                        "expected " + labels.length + " predicted classes, but found " + predicted.length);
            }
        }

        /** Reads them from a file that {@link Predictions#write} wrote, row by row: no logit is kept. */
        public static PredictedClasses read(Path file) throws IOException {
            return PredictionsFile.readClasses(file);
        }

        /**
         * Lists the images that none of several models, at least one, predicts correctly, ascending: they are hard, or their
         * labels are wrong.
         */
        public static int[] wrongForAll(List<PredictedClasses> models) {
            if (models.isEmpty()) {
                throw new IllegalArgumentException("expected the predictions of at least 1 model, but found none");
            }
            int[] labels = models.get(0).labels();
            if (!models.stream().allMatch(model -> Arrays.equals(labels, model.labels()))) {
                throw new IllegalArgumentException("expected predictions of the same images, but their labels differ");
            }
            return IntStream.range(0, labels.length)
                    .filter(i -> models.stream().noneMatch(model -> model.correct(i)))
                    .toArray();
        }

        public int images() {
            return labels.length;
        }

        public boolean correct(int image) {
            return predicted[image] == labels[image];
        }

        public boolean[] correct() {
            boolean[] correct = new boolean[labels.length];
            for (int i = 0; i < correct.length; i++) {
                correct[i] = correct(i);
            }
            return correct;
        }
    }
}
