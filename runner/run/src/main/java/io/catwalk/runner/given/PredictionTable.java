package io.catwalk.runner.given;

import io.catwalk.runner.ForeignText;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Reads a table of predictions: a line for each image, with its file or its number, and with a score for each class, in
 * a column of its own or behind its name, as {@code catwalk predict --csv} prints it; or with the predicted class. Other
 * columns are ignored, and so are other images.
 */
final class PredictionTable {

    /** Columns that name the image, the first that is there; the empty name is that of an index of pandas. */
    private static final List<String> IMAGE =
            List.of("file,filename,file_name,path,filepath,image_path,image,img,image_id,name,id,index,unnamed: 0,"
                    .split(",", -1));

    private static final List<String> PREDICTED = List.of(
            "predicted prediction predicted_label predicted_class pred y_pred label class label1".split(" ", -1));

    private static final String EXPECTED = "CSV in UTF-8 with a column image and one for each class, or one predicted";

    private final Path table;
    private final @Nullable List<String> numbered;
    private final ImageDataset dataset;
    private final ImageSource images;
    private final Map<String, Integer> places = new HashMap<>();
    private final boolean[] seen;
    private char separator = ',';

    /** Reads a table, in which numbers stand for the classes {@code numbered}; null if it names them. */
    PredictionTable(Path table, @Nullable List<String> numbered, ImageDataset dataset) {
        this.table = table;
        this.numbered = numbered;
        this.dataset = dataset;
        images = dataset.test();
        seen = new boolean[images.size()];
        for (int i = 0; i < images.size(); i++) {
            places.put(images.file(i).isEmpty() ? "" + images.index(i) : images.file(i), i);
            places.putIfAbsent("" + images.index(i), i);
        }
    }

    GivenAnswers answers() {
        String text = text();
        separator = ForeignText.separator(text);
        int number = 1;
        try (MappingIterator<List<String>> records = new CsvMapper()
                .readerForListOf(String.class)
                .with(CsvSchema.emptySchema().withColumnSeparator(separator))
                .with(CsvReadFeature.WRAP_AS_ARRAY)
                .with(CsvReadFeature.SKIP_EMPTY_LINES)
                .with(CsvReadFeature.TRIM_SPACES)
                .readValues(text)) {
            if (!records.hasNext()) {
                throw refusal(EXPECTED, "no text", "check the path");
            }
            Columns columns = columns(plain(records.next()));
            int[] predicted = new int[images.size()];
            float[] scores = new float[columns.scored ? dataset.classes().size() * images.size() : 0];
            while (records.hasNext()) {
                number++;
                add(plain(records.next()), columns, predicted, scores, " in line " + number);
            }
            requireAll();
            return answers(predicted, scores);
        } catch (JacksonException e) {
            throw refusal(EXPECTED, "malformed text after line " + number, "check its quotes");
        }
    }

    /** Takes away what keeps a spreadsheet from reading names as formulas, but not from a name that has it itself. */
    private List<String> plain(List<String> cells) {
        cells.replaceAll(cell -> {
            String plain = TextEscaping.withoutApostrophe(cell);
            return plain.equals(cell)
                            || places.containsKey(cell)
                            || dataset.classes().contains(cell)
                    ? cell
                    : plain;
        });
        return cells;
    }

    /**
     * The numbers of the columns; without scores, that of the predicted class counts.
     *
     * @param scores of each class; or empty, and each row names the classes of its scores
     * @param ranks of these names, in each of which the score follows
     */
    private record Columns(
            int image, int predicted, boolean scored, List<Integer> scores, List<Integer> ranks, int width) {}

    private Columns columns(List<String> header) {
        List<String> names = header.stream().map(String::strip).toList();
        List<String> lower =
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        if (names.contains("logit_0")) {
            throw refusal("a table of another program", "predictions of a trial", "name the trial instead");
        }
        // Classes may be called 1, 2 and 3, and numbers are the places of classes where all are there.
        boolean byPlace =
                numbered != null && IntStream.range(0, numbered.size()).allMatch(place -> names.contains("" + place));
        List<Integer> scores = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String name : dataset.classes()) {
            String other = numbered == null ? name : "" + numbered.indexOf(name);
            String found = names.contains(name) && !byPlace ? name : other;
            if (Collections.frequency(names, found) > 1 || scores.contains(names.indexOf(found))) {
                throw refusal("one column for the class " + Reasons.quoted(name), "several", "keep one");
            }
            if (names.contains(found)) {
                scores.add(names.indexOf(found));
            } else {
                missing.add(name);
            }
        }
        int predicted = first(lower, PREDICTED, scores);
        boolean scored = missing.isEmpty();
        List<Integer> ranks = IntStream.rangeClosed(1, names.size())
                .mapToObj(rank -> Collections.indexOfSubList(names, List.of("label" + rank, "probability" + rank)))
                .takeWhile(column -> column >= 0)
                .toList();
        boolean ranked = ranks.size() >= dataset.classes().size();
        if (!scored && (predicted < 0 || scores.size() > 1)) {
            throw refusal(
                    "a column for each class, or a column predicted",
                    "none for " + ClassNames.some(missing) + " among " + ClassNames.some(names),
                    "name the columns in the first line as the classes, or state labels");
        }
        int image = first(lower, IMAGE, scored ? scores : List.of());
        if (image < 0) {
            throw refusal(
                    "a column image with the file or the number of each image",
                    "the columns " + ClassNames.some(names),
                    "add it");
        }
        return new Columns(image, predicted, scored || ranked, scored ? scores : List.of(), ranks, names.size());
    }

    private static int first(List<String> names, List<String> wanted, List<Integer> taken) {
        return wanted.stream()
                .map(names::indexOf)
                .filter(column -> column >= 0 && !taken.contains(column))
                .findFirst()
                .orElse(-1);
    }

    private void add(List<String> row, Columns columns, int[] predicted, float[] scores, String where) {
        if (row.size() != columns.width) {
            throw refusal(columns.width + " values" + where, row.size() + "", "check its commas and quotes");
        }
        int image = place(row.get(columns.image));
        if (image < 0) {
            return;
        }
        if (seen[image]) {
            throw refusal("each image once", images.title(image) + " again" + where, "keep one line for it");
        }
        seen[image] = true;
        if (scores.length == 0) {
            predicted[image] = label(row.get(columns.predicted), where);
            return;
        }
        List<Integer> own = columns.scores.isEmpty() ? scoresOfRow(row, columns.ranks, where) : columns.scores;
        for (int c = 0; c < own.size(); c++) {
            scores[image * own.size() + c] = score(row.get(own.get(c)), where);
        }
    }

    private List<Integer> scoresOfRow(List<String> row, List<Integer> ranks, String where) {
        Map<String, Integer> columns = new HashMap<>();
        ranks.forEach(rank -> columns.put(row.get(rank), rank + 1));
        List<Integer> scores = new ArrayList<>();
        for (String name : dataset.classes()) {
            Integer column = columns.get(name);
            if (column == null) {
                throw refusal(
                        "a probability of " + Reasons.quoted(name), "none" + where, "print all: predict --csv --top N");
            }
            scores.add(column);
        }
        return scores;
    }

    /** Finds an image by its number, or by its path, perhaps with folders before it; -1 if it is no test image. */
    private int place(String cell) {
        String path = cell.replace('\\', '/');
        while (!places.containsKey(path) && path.indexOf('/') >= 0) {
            path = path.substring(path.indexOf('/') + 1);
        }
        return places.getOrDefault(path, -1);
    }

    private int label(String cell, String where) {
        String whole = cell.replaceFirst("\\.0+$", ""); // numbers of pandas, where a value was missing
        int known = dataset.classes().indexOf(cell);
        int label = known >= 0 ? known : dataset.classes().indexOf(whole);
        if (numbered != null && whole.matches("\\d{1,6}") && Integer.parseInt(whole) < numbered.size()) {
            label = dataset.classes().indexOf(numbered.get(Integer.parseInt(whole)));
        }
        if (label < 0) {
            throw refusal(
                    "one of the classes " + ClassNames.some(dataset.classes()),
                    Reasons.quoted(cell) + where,
                    "correct it, or state labels: A,B,... if numbers count classes, or index if in this order");
        }
        return label;
    }

    private float score(String cell, String where) {
        try {
            float score = Float.parseFloat(separator == ';' ? cell.replace(',', '.') : cell);
            if (Float.isFinite(score)) {
                return score;
            }
        } catch (NumberFormatException e) {
            throw refusal("a number as score", Reasons.quoted(cell) + where, "correct it");
        }
        throw refusal("a finite number as score", Reasons.quoted(cell) + where, "correct it");
    }

    private void requireAll() {
        int[] missing = IntStream.range(0, seen.length).filter(i -> !seen[i]).toArray();
        if (missing.length > 0) {
            throw refusal(
                    "all " + seen.length + " test images",
                    "none of " + missing.length + ", such as " + images.title(missing[0]),
                    "add them; images are named by their path in the data set, or by their number");
        }
    }

    private GivenAnswers answers(int[] predicted, float[] scores) {
        int classes = dataset.classes().size();
        if (scores.length == 0) {
            return new GivenAnswers(
                    new PredictedClasses(classes, images.labels(), predicted),
                    null,
                    new GivenReport(false, false, List.of(), false, null));
        }
        boolean probabilities = GivenAnswers.areProbabilities(scores, classes, 0);
        Predictions all = new Predictions(classes, images.labels(), scores).ofLogits(probabilities);
        return new GivenAnswers(
                all.predictedClasses(), all, new GivenReport(true, probabilities, List.of(), false, null));
    }

    private String text() {
        try {
            return ForeignText.read(table);
        } catch (IOException e) {
            throw new RequestException(table + ": expected " + EXPECTED + ", found " + Reasons.of(e), e);
        }
    }

    private RequestException refusal(String expected, String found, String remedy) {
        return new RequestException(
                Reasons.visible(table + ": expected " + expected + ", found " + found + "; " + remedy));
    }
}
