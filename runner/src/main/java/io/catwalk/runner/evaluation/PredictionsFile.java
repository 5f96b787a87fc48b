package io.catwalk.runner.evaluation;

import io.catwalk.runner.RequestException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads predictions.csv. */
final class PredictionsFile {

    private PredictionsFile() {}

    static void write(Predictions predictions, Path file) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (BufferedWriter writer = Files.newBufferedWriter(beside)) {
                writeRows(predictions, writer);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void writeRows(Predictions predictions, BufferedWriter writer) throws IOException {
        int classes = predictions.classes();
        writer.write(header(classes) + "\n");
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < predictions.images(); i++) {
            row.setLength(0);
            row.append(i).append(',').append(predictions.labels()[i]);
            for (int c = 0; c < classes; c++) {
                row.append(',').append(predictions.logits()[i * classes + c]);
            }
            writer.append(row).append('\n');
        }
    }

    private static String header(int classes) {
        StringBuilder header = new StringBuilder("image,label");
        for (int c = 0; c < classes; c++) {
            header.append(",logit_").append(c);
        }
        return header.toString();
    }

    static Predictions read(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String header = reader.readLine();
            int classes = header == null ? 0 : header.split(",", -1).length - 2;
            if (classes < 2 || !header(classes).equals(header)) {
                throw refusal(file, 1, "the header image,label,logit_0,logit_1 and so on", header);
            }
            List<float[]> rows = new ArrayList<>();
            List<Integer> labels = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] fields = fields(file, line, rows.size(), classes);
                labels.add(label(file, fields[1], rows.size(), classes));
                rows.add(logits(file, fields, rows.size()));
            }
            if (rows.isEmpty()) {
                throw refusal(file, 2, "at least one image", null);
            }
            float[] logits = new float[rows.size() * classes];
            for (int i = 0; i < rows.size(); i++) {
                System.arraycopy(rows.get(i), 0, logits, i * classes, classes);
            }
            return new Predictions(
                    classes, labels.stream().mapToInt(Integer::intValue).toArray(), logits);
        } catch (NoSuchFileException e) {
            throw new RequestException("expected predictions in " + file + ", but there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new RequestException("expected predictions as text in " + file + ", but it is not UTF-8", e);
        }
    }

    private static String[] fields(Path file, String line, int image, int classes) {
        String[] fields = line.split(",", -1);
        if (fields.length != classes + 2) {
            throw refusal(file, image + 2, (classes + 2) + " fields", line);
        }
        if (!fields[0].equals(Integer.toString(image))) {
            throw refusal(file, image + 2, "image " + image, fields[0]);
        }
        return fields;
    }

    private static int label(Path file, String field, int image, int classes) {
        for (int c = 0; c < classes; c++) {
            if (field.equals(Integer.toString(c))) {
                return c;
            }
        }
        throw refusal(file, image + 2, "a label from 0 to " + (classes - 1), field);
    }

    private static float[] logits(Path file, String[] fields, int image) {
        float[] logits = new float[fields.length - 2];
        for (int c = 0; c < logits.length; c++) {
            logits[c] = logit(file, image + 2, fields[c + 2]);
        }
        return logits;
    }

    private static float logit(Path file, int line, String field) {
        float value;
        try {
            value = Float.parseFloat(field);
        } catch (NumberFormatException e) {
            value = Float.NaN;
        }
        if (!Float.isFinite(value)) {
            throw refusal(file, line, "a finite logit", field);
        }
        return value;
    }

    private static RequestException refusal(Path file, int line, String expected, @Nullable String found) {
        return new RequestException("expected " + expected + " in line " + line + " of " + file + ", but found "
                + (found == null ? "the end of the file" : "'" + found + "'")
                + "; evaluate the model again to write the file anew");
    }
}
