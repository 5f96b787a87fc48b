package io.catwalk.runner.evaluation;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes and reads files of predictions: text, or an array of NumPy if the name ends in {@code .npy}. */
final class PredictionsFile {

    private PredictionsFile() {}

    static void write(Predictions predictions, @Nullable ImageSource images, Path file) throws IOException {
        AtomicFiles.write(
                file,
                isNpy(file)
                        ? out -> PredictionsNpy.write(predictions, images, out)
                        : out -> PredictionsCsv.write(predictions, images, out));
    }

    static Predictions read(Path file) throws IOException {
        Rows rows = scanned(file, true);
        int length = rows.images * rows.classes;
        return new Predictions(
                rows.classes,
                Arrays.copyOf(rows.labels, rows.images),
                rows.logits.length == length ? rows.logits : Arrays.copyOf(rows.logits, length));
    }

    static PredictedClasses readClasses(Path file) throws IOException {
        Rows rows = scanned(file, false);
        return new PredictedClasses(
                rows.classes, Arrays.copyOf(rows.labels, rows.images), Arrays.copyOf(rows.predicted, rows.images));
    }

    private static Rows scanned(Path file, boolean whole) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new RequestException("expected predictions in " + file + ", but " + Reasons.noFile(file));
        }
        Rows rows = new Rows(whole);
        try {
            if (isNpy(file)) {
                PredictionsNpy.read(file, rows);
            } else {
                PredictionsCsv.read(file, rows);
            }
            return rows;
        } catch (ArithmeticException e) {
            throw new RequestException(
                    "expected at most " + Integer.MAX_VALUE + " numbers in " + file + ", but it holds more", e);
        }
    }

    private static boolean isNpy(Path file) {
        return file.toString().endsWith(".npy");
    }

    /** Returns an exception that says what is wrong with a file. */
    static RequestException refusal(Path file, String expected, String where, @Nullable String found) {
        return new RequestException("expected " + expected + where + " of " + file + ", but found "
                + (found == null ? "the end of the file" : Reasons.quoted(found))
                + "; evaluate the model again to write the file again");
    }

    /** Receives the rows of a file, one image each, in the order of the file. */
    static final class Rows {

        private static final int FIRST = 1024;

        /** Whether the logits are kept, and not only the highest class of each row. */
        private final boolean whole;

        /** Number of classes; 0 before it is read from the file. */
        int classes;

        /** Number of images so far; only so many of the labels and classes count. */
        int images;

        private int[] labels = new int[0];
        private int[] predicted = new int[0];
        private float[] logits = new float[0];

        Rows(boolean whole) {
            this.whole = whole;
        }

        /** Begins a file; the number of images is 0 if the file does not say. */
        void begin(int newClasses, int expected) {
            classes = newClasses;
            grow(expected == 0 ? FIRST : expected);
        }

        /** Adds one image, with a label from 0 to {@link #classes} - 1 and finite logits. */
        void add(int label, float[] row) {
            if (images == labels.length) {
                grow(images * 2);
            }
            labels[images] = label;
            if (whole) {
                System.arraycopy(row, 0, logits, images * classes, classes);
            } else {
                predicted[images] = Predictions.highest(row, 0, classes);
            }
            images++;
        }

        private void grow(int room) {
            labels = Arrays.copyOf(labels, room);
            if (whole) {
                logits = Arrays.copyOf(logits, Math.multiplyExact(room, classes));
            } else {
                predicted = Arrays.copyOf(predicted, room);
            }
        }
    }
}
