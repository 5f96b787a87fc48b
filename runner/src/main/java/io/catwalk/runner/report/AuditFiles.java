package io.catwalk.runner.report;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Csv;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Duplicate;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.PredictedClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the files of an audit: its lists as CSV, and their images as contact sheets. */
final class AuditFiles {

    /** Largest number of entries on a contact sheet: nobody looks at more. */
    static final int SHOWN = 100;

    /** Name of the file with the pairs of a test and a training image. */
    static final String LEAKED = "duplicates";

    private static final Pattern PAIR =
            Pattern.compile("(\\d{1,9}),(\\d{1,9}),(\\d{1,3}\\.\\d+),(true|false),(-?\\d),(-?\\d),");

    private final Audit audit;
    private final Path folder;
    private final List<String> classes;
    private final ImageSource test;
    private final List<Path> written = new ArrayList<>();

    AuditFiles(Audit audit, Path folder) {
        this.audit = audit;
        this.folder = folder;
        classes = audit.dataset().classes();
        test = audit.dataset().test();
    }

    List<Path> write() throws IOException {
        Files.createDirectories(folder);
        pairs(LEAKED, "test", "train", audit.leaked(), audit.dataset().train());
        pairs("repeats", "test", "test", audit.repeated(), test);
        int[] wrong = audit.wrongForAll();
        if (audit.predictions().isEmpty()) {
            Files.deleteIfExists(folder.resolve("wrong-for-all.csv"));
        } else {
            wrongForAll(wrong);
        }
        sheet(
                "wrong-for-all",
                wrong.length,
                "images that no model gets right (models: "
                        + audit.predictions().size() + ")",
                Arrays.stream(wrong).limit(SHOWN).mapToObj(this::wrongEntry).toList());
        return written;
    }

    private void pairs(String name, String first, String second, List<Duplicate> pairs, ImageSource others)
            throws IOException {
        StringBuilder csv = new StringBuilder(two(first, second, "_image")
                + ",distance,mirrored,moved_right,moved_down," + two(first, second, "_label")
                + "," + two(first, second, "_index") + "," + two(first, second, "_file") + "\n");
        for (Duplicate pair : pairs) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%d,%d,%.4f,%s,%d,%d,%s,%s,%d,%d,%s,%s\n",
                    pair.first(),
                    pair.second(),
                    pair.distance(),
                    pair.mirrored(),
                    pair.right(),
                    pair.down(),
                    Csv.cell(label(test, pair.first())),
                    Csv.cell(label(others, pair.second())),
                    test.index(pair.first()),
                    others.index(pair.second()),
                    Csv.cell(test.file(pair.first())),
                    Csv.cell(others.file(pair.second()))));
        }
        put(name + ".csv", csv.toString());
        List<ContactSheet.Entry> entries = pairs.stream()
                .sorted(Comparator.comparingDouble(Duplicate::distance))
                .limit(SHOWN)
                .map(pair -> new ContactSheet.Entry(
                        List.of(() -> test.image(pair.first()), () -> others.image(pair.second())),
                        List.of(
                                String.format(Locale.ROOT, "distance %.2f", pair.distance()) + moved(pair),
                                first + " " + test.index(pair.first()) + ": " + label(test, pair.first()),
                                second + " " + others.index(pair.second()) + ": " + label(others, pair.second()))))
                .toList();
        sheet(name, pairs.size(), "pairs of a " + first + " and a " + second + " image that look the same", entries);
    }

    /** Names the columns of the two images of a pair. */
    private static String two(String first, String second, String column) {
        return first + column + "," + second + column + (first.equals(second) ? "_2" : "");
    }

    /** Reads the pairs of a test and a training image, in the order in which they were written. */
    static List<Duplicate> readLeaked(Path folder) throws IOException {
        Path file = folder.resolve(LEAKED + ".csv");
        List<String> rows = rows(Files.readAllLines(file));
        List<Duplicate> pairs = new ArrayList<>();
        for (String line : rows.subList(Math.min(1, rows.size()), rows.size())) {
            Matcher cells = PAIR.matcher(line);
            if (!cells.lookingAt()) {
                throw new RequestException("expected a line such as 12,345,0.5000,false,0,0,cat,cat in " + file
                        + ", but found '" + line + "': write it again with catwalk audit");
            }
            pairs.add(new Duplicate(
                    Integer.parseInt(cells.group(1)),
                    Integer.parseInt(cells.group(2)),
                    Double.parseDouble(cells.group(3)),
                    Boolean.parseBoolean(cells.group(4)),
                    Integer.parseInt(cells.group(5)),
                    Integer.parseInt(cells.group(6))));
        }
        return pairs;
    }

    /** Joins the lines of a row: within quotes, a label may have line breaks. */
    private static List<String> rows(List<String> lines) {
        List<String> rows = new ArrayList<>();
        boolean open = false;
        for (String line : lines) {
            if (open) {
                rows.set(rows.size() - 1, rows.get(rows.size() - 1) + "\n" + line);
            } else {
                rows.add(line);
            }
            open ^= line.chars().filter(letter -> letter == '"').count() % 2 == 1;
        }
        return rows;
    }

    private static String moved(Duplicate pair) {
        return (pair.mirrored() ? ", mirrored" : "") + (pair.right() != 0 || pair.down() != 0 ? ", moved" : "");
    }

    private void wrongForAll(int[] wrong) throws IOException {
        Map<String, int[]> answers = new LinkedHashMap<>();
        audit.predictions().forEach((name, predictions) -> answers.put(name, predictions.predicted()));
        StringBuilder csv = new StringBuilder("image,label");
        answers.keySet().forEach(name -> csv.append(',').append(Csv.cell(name)));
        csv.append(",index,file\n");
        for (int image : wrong) {
            csv.append(image).append(',').append(Csv.cell(label(test, image)));
            answers.values().forEach(said -> csv.append(',').append(Csv.cell(classes.get(said[image]))));
            csv.append(',').append(test.index(image)).append(',').append(Csv.cell(test.file(image)));
            csv.append('\n');
        }
        put("wrong-for-all.csv", csv.toString());
    }

    /** Shows an image with its label and the number of models that predicted each class, the most frequent first. */
    private ContactSheet.Entry wrongEntry(int image) {
        Map<Integer, Integer> votes = new TreeMap<>();
        for (PredictedClasses predictions : audit.predictions().values()) {
            votes.merge(predictions.predicted()[image], 1, Integer::sum);
        }
        List<String> lines = new ArrayList<>(List.of(test.index(image) + ": " + label(test, image)));
        votes.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                .forEach(vote -> lines.add(vote.getValue() + " x " + classes.get(vote.getKey())));
        return new ContactSheet.Entry(List.of(() -> test.image(image)), lines);
    }

    private void sheet(String name, int count, String what, List<ContactSheet.Entry> entries) throws IOException {
        Path file = folder.resolve(name + ".png");
        if (entries.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        String title = String.format(Locale.ROOT, "%s: %,d %s", audit.dataset().name(), count, what)
                + (count > entries.size() ? "; here the first " + entries.size() : "");
        AtomicFiles.write(file, new ContactSheet(title, entries).png());
        written.add(file);
    }

    private void put(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        AtomicFiles.write(file, text);
        written.add(file);
    }

    private String label(ImageSource images, int index) {
        return classes.get(images.labels()[index]);
    }
}
