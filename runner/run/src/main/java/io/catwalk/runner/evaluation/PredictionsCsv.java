package io.catwalk.runner.evaluation;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.ImageSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberInput;

/**
 * Writes and reads predictions as comma-separated text: {@code image,label,logit_0,...,index,file}. It is read
 * without an object for each number: a report of 10,000 trials reads 10,000 such files.
 */
final class PredictionsCsv {

    private static final int BUFFER = 1 << 16;

    /** A million names of classes fit into the header, and no number takes more than 32 characters. */
    private static final int LONGEST_HEADER = 1 << 24;

    private static final int LONGEST_NUMBER = 32;

    /** A path has at most 4,096 bytes, and a byte takes at most six where it is written as its code. */
    private static final int LONGEST_FILE = 1 << 15;

    /** What follows the logits since the images have names; files of earlier versions end with the logits. */
    private static final String NAMES = ",index,file";

    private final Path file;
    private final Reader in;

    /** Holds whole lines from {@link #next} up to {@link #whole}, and the beginning of another up to {@link #end}. */
    private char[] text = new char[BUFFER];

    private int next;
    private int whole;
    private int end;

    private int number;

    /** Whether each line ends with the index and the file of the image. */
    private boolean named;

    private PredictionsCsv(Path file, Reader in) {
        this.file = file;
        this.in = in;
    }

    static void write(Predictions predictions, ImageSource images, OutputStream out) throws IOException {
        int classes = predictions.classes();
        out.write((header(classes) + NAMES + "\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < predictions.images(); i++) {
            row.setLength(0);
            row.append(i).append(',').append(predictions.labels()[i]);
            for (int c = 0; c < classes; c++) {
                row.append(',').append(predictions.logits()[i * classes + c]);
            }
            row.append(',').append(images.index(i)).append(',').append(TextEscaping.csvCell(images.file(i)));
            out.write(row.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    static void read(Path file, PredictionsFile.Rows rows) throws IOException {
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            new PredictionsCsv(file, in).read(rows);
        }
    }

    private static String header(int classes) {
        StringBuilder header = new StringBuilder("image,label");
        for (int c = 0; c < classes; c++) {
            header.append(",logit_").append(c);
        }
        return header.toString();
    }

    private void read(PredictionsFile.Rows rows) throws IOException {
        String header = nextLine(LONGEST_HEADER) ? line() : null;
        named = header != null && header.endsWith(NAMES);
        int classes = header == null ? 0 : header.split(",", -1).length - (named ? 4 : 2);
        if (classes < 2 || !(header(classes) + (named ? NAMES : "")).equals(header)) {
            throw refusal("the header image,label,logit_0,logit_1 and so on", header);
        }
        rows.begin(classes, 0);
        float[] logits = new float[classes];
        int longest = (int) Math.min(LONGEST_HEADER * 4L, (classes + 2L) * LONGEST_NUMBER + (named ? LONGEST_FILE : 0));
        while (nextLine(longest)) {
            row(rows, logits);
        }
        if (rows.images == 0) {
            throw refusal("at least one image", null);
        }
    }

    private void row(PredictionsFile.Rows rows, float[] logits) {
        int start = next;
        int to = field(start, logits, false);
        if (wholeNumber(start, to) != rows.images) {
            throw refusal("image " + rows.images, text(start, to));
        }
        int from = to + 1;
        to = field(from, logits, false);
        int label = wholeNumber(from, to);
        if (label < 0 || label >= logits.length) {
            throw refusal("a label from 0 to " + (logits.length - 1), text(from, to));
        }
        for (int c = 0; c < logits.length; c++) {
            from = to + 1;
            to = field(from, logits, !named && c == logits.length - 1);
            logits[c] = logit(from, to);
        }
        if (named) {
            from = to + 1;
            to = field(from, logits, false);
            if (wholeNumber(from, to) < 0) {
                throw refusal("the index of an image", text(from, to));
            }
            while (text[to] != '\n') { // a name may hold commas, but no line break
                to++;
            }
        }
        rows.add(label, logits);
        next = text[to] == '\r' ? to + 2 : to + 1;
    }

    private float logit(int from, int to) {
        try {
            float logit = NumberInput.parseFloat(text, from, to - from, true);
            if (Float.isFinite(logit)) {
                return logit;
            }
        } catch (NumberFormatException e) {
            throw refusal("a finite logit", text(from, to));
        }
        throw refusal("a finite logit", text(from, to));
    }

    /** Returns the index of the comma that ends the field; of the last one, that of the end of the line. */
    private int field(int from, float[] logits, boolean last) {
        int to = from;
        while (text[to] > ',' || (text[to] != ',' && text[to] != '\n')) {
            to++;
        }
        if (last != (text[to] == '\n')) {
            throw refusal((logits.length + (named ? 4 : 2)) + " fields", line());
        }
        return last && to > from && text[to - 1] == '\r' ? to - 1 : to;
    }

    /** Returns a number from 0 on, in the form that the program writes; -1 for everything else. */
    private int wholeNumber(int from, int to) {
        if (from == to || to - from > 9 || (text[from] == '0' && to - from > 1)) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return -1;
            }
            value = value * 10 + text[i] - '0';
        }
        return value;
    }

    /** Makes sure that a whole line begins at {@link #next}; returns false if there are no more lines. */
    private boolean nextLine(int longest) throws IOException {
        number++;
        while (next == whole) {
            System.arraycopy(text, next, text, 0, end - next);
            end -= next;
            next = 0;
            whole = 0;
            if (end > longest) {
                throw refusal("a line of at most " + longest + " letters", "a longer one");
            }
            if (end == text.length) {
                text = Arrays.copyOf(text, 2 * text.length);
            }
            int read = in.read(text, end, text.length - end);
            if (read < 0 && end == 0) {
                return false;
            }
            if (read < 0) {
                text[end] = '\n'; // the last line may lack it; there is room for it, since there was room to read more
                read = 1;
            }
            int from = end;
            end += read;
            for (int i = end - 1; i >= from && whole == 0; i--) {
                whole = text[i] == '\n' ? i + 1 : 0;
            }
        }
        return true;
    }

    private String line() {
        int to = next;
        while (text[to] != '\n') {
            to++;
        }
        String line = text(next, to > next && text[to - 1] == '\r' ? to - 1 : to);
        next = to + 1;
        return line;
    }

    private String text(int from, int to) {
        return new String(text, from, to - from);
    }

    private RequestException refusal(String expected, @Nullable String found) {
        return PredictionsFile.refusal(file, expected, " in line " + number, found);
    }
}
