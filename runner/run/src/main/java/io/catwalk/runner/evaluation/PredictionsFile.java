package io.catwalk.runner.evaluation;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes and reads files of predictions: text, or an array of NumPy if the name ends in {@code .npy}. */
final class PredictionsFile {

    private PredictionsFile() {}

    static void write(Predictions predictions, ImageSource images, Path file) throws IOException {
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

    /**
     * Writes and reads predictions as one little-endian array of NumPy, format 1.0 (numpy.lib.format), as
     * {@link Predictions#write} says. Files of earlier versions end with the logits.
     */
    static final class PredictionsNpy {

        /** The magic string and the version 1.0; the length of the header follows, in two bytes. */
        private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

        private static final int BEFORE_HEADER = MAGIC.length + Short.BYTES;
        private static final int ALIGNMENT = 64;
        private static final Pattern HEADER =
                Pattern.compile("\\{'descr': \\[\\('label', '<i4'\\), \\('logits', '<f4', \\((\\d{1,9}),\\)\\)"
                        + "(, \\('index', '<i4'\\)(?:, \\('file', '\\|S(\\d{1,5})'\\))?)?\\], "
                        + "'fortran_order': False, 'shape': \\((\\d{1,9}),\\), \\} *\n");

        private PredictionsNpy() {}

        static void write(Predictions predictions, ImageSource images, OutputStream out) throws IOException {
            int classes = predictions.classes();
            int longest = 0;
            for (int i = 0; i < images.size(); i++) {
                longest = Math.max(longest, images.file(i).getBytes(StandardCharsets.UTF_8).length);
            }
            String names = ", ('index', '<i4')" + (longest == 0 ? "" : ", ('file', '|S" + longest + "')");
            out.write(header(classes, predictions.images(), names));
            int length = Math.addExact(Math.multiplyExact(classes + 1, Float.BYTES), Integer.BYTES + longest);
            ByteBuffer row = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < predictions.images(); i++) {
                row.clear().putInt(predictions.labels()[i]);
                row.asFloatBuffer().put(predictions.logits(), i * classes, classes);
                row.position((classes + 1) * Float.BYTES).putInt(images.index(i));
                row.put(Arrays.copyOf(images.file(i).getBytes(StandardCharsets.UTF_8), longest));
                out.write(row.array());
            }
        }

        private static byte[] header(int classes, int images, String names) {
            String dictionary =
                    "{'descr': [('label', '<i4'), ('logits', '<f4', (%d,))%s], 'fortran_order': False, 'shape': (%d,), }"
                            .formatted(classes, names, images);
            int whole = BEFORE_HEADER + dictionary.length() + 1;
            int padded = (whole + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; // so that the array can be mapped
            byte[] text = (dictionary + " ".repeat(padded - whole) + "\n").getBytes(StandardCharsets.US_ASCII);
            return ByteBuffer.allocate(padded)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(MAGIC)
                    .putShort((short) text.length)
                    .put(text)
                    .array();
        }

        static void read(Path file, PredictionsFile.Rows rows) throws IOException {
            try (InputStream stream = Files.newInputStream(file);
                    DataInputStream in = new DataInputStream(stream)) {
                byte[] start = new byte[BEFORE_HEADER];
                in.readFully(start);
                ByteBuffer numbers = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
                if (numbers.mismatch(ByteBuffer.wrap(MAGIC)) != MAGIC.length) {
                    throw refusal(file, "an array of NumPy, format 1.0", "other bytes");
                }
                byte[] text = new byte[Short.toUnsignedInt(numbers.getShort(MAGIC.length))];
                in.readFully(text);
                String header = new String(text, StandardCharsets.ISO_8859_1);
                Matcher shape = HEADER.matcher(header);
                if (!shape.matches()) {
                    throw refusal(file, "records of label <i4 and logits <f4", Reasons.quoted(header));
                }
                int classes = Integer.parseInt(shape.group(1));
                int images = Integer.parseInt(shape.group(4));
                int names = shape.group(2) == null
                        ? 0
                        : Integer.BYTES + (shape.group(3) == null ? 0 : Integer.parseInt(shape.group(3)));
                long expected = start.length + text.length + ((classes + 1L) * Float.BYTES + names) * images;
                if (classes < 2 || images < 1 || Files.size(file) != expected) {
                    throw refusal(
                            file,
                            "at least 1 image and 2 classes, in " + expected + " bytes",
                            images + " of " + classes + ", in " + Files.size(file));
                }
                rows.begin(classes, images);
                rows(file, in, rows, images, names);
            } catch (EOFException e) {
                throw refusal(file, "a whole array of NumPy", "the end of the file");
            }
        }

        private static void rows(Path file, DataInputStream in, PredictionsFile.Rows rows, int images, int names)
                throws IOException {
            byte[] bytes = new byte[Math.multiplyExact(rows.classes + 1, Float.BYTES)];
            ByteBuffer row = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            float[] logits = new float[rows.classes];
            for (int i = 0; i < images; i++) {
                in.readFully(bytes);
                in.skipNBytes(names);
                int label = row.getInt(0);
                if (label < 0 || label >= rows.classes) {
                    throw refusal(
                            file,
                            "a label from 0 to " + (rows.classes - 1) + " for image " + i,
                            Integer.toString(label));
                }
                row.slice(Integer.BYTES, bytes.length - Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(logits);
                for (float logit : logits) {
                    if (!Float.isFinite(logit)) {
                        throw refusal(file, "finite logits for image " + i, Float.toString(logit));
                    }
                }
                rows.add(label, logits);
            }
        }

        private static RequestException refusal(Path file, String expected, String found) {
            return new RequestException("expected " + expected + " in " + file + ", but found " + found
                    + "; evaluate the model again to write the file again");
        }
    }
}
