package io.catwalk.runner.evaluation;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        PredictionRows.Whole rows = new PredictionRows.Whole();
        scan(file, rows);
        return rows.predictions();
    }

    static PredictedClasses readClasses(Path file) throws IOException {
        PredictionRows.Highest rows = new PredictionRows.Highest();
        scan(file, rows);
        return rows.predictedClasses();
    }

    private static void scan(Path file, PredictionRows rows) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new RequestException("expected predictions in " + file + ", but " + Reasons.noFile(file));
        }
        try {
            if (isNpy(file)) {
                PredictionsNpy.read(file, rows);
            } else {
                PredictionsCsv.read(file, rows);
            }
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
}
