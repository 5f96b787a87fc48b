package io.catwalk.runner.report;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.NearDuplicates;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An audit of a test set: which of its images have a duplicate in the training set or in the test set itself, how the
 * duplicates change the accuracy of models, and which images no model gets right.
 *
 * @param distance up to which two images look the same, as {@link NearDuplicates} defines it
 * @param leaked pairs of a test image (the first) and a training image
 * @param predictions of each model for all test images, by the name of the model; may be empty
 */
public record Audit(
        ImageDataset dataset,
        double distance,
        List<NearDuplicates.Pair> leaked,
        List<NearDuplicates.Pair> repeated,
        Map<String, PredictedClasses> predictions) {

    /** Largest number of entries on a contact sheet: nobody looks at more. */
    private static final int SHOWN = 100;

    private static final String LEAKED = "duplicates";

    private static final Pattern PAIR =
            Pattern.compile("(\\d{1,9}),(\\d{1,9}),(\\d{1,3}\\.\\d+),(true|false),(-?\\d),(-?\\d),");

    /** The accuracy of a model; null without duplicates if each test image resembles a training image. */
    public record Model(
            String model, Accuracy all, @Nullable Accuracy withoutDuplicates) {}

    /** Counts of pairs, of those with the same pixels or with two labels, and of the test images that are their first. */
    public record Count(int pairs, int exact, int otherLabel, int images) {}

    /** Audits a data set; refuses a distance that is not 0 to 255, and more than a million pairs. */
    public static Audit of(ImageDataset dataset, double distance, Map<String, PredictedClasses> predictions) {
        return new Audit(
                dataset,
                distance,
                NearDuplicates.between(dataset.test(), dataset.train(), distance),
                NearDuplicates.within(dataset.test(), distance),
                predictions);
    }

    public Count leakedCount() {
        return count(leaked, dataset.train());
    }

    public Count repeatedCount() {
        return count(repeated, dataset.test());
    }

    private Count count(List<NearDuplicates.Pair> pairs, ImageSource others) {
        int exact = 0;
        int otherLabel = 0;
        for (NearDuplicates.Pair pair : pairs) {
            exact += pair.exact() ? 1 : 0;
            otherLabel += dataset.test().labels()[pair.first()] == others.labels()[pair.second()] ? 0 : 1;
        }
        int images = (int)
                pairs.stream().mapToInt(NearDuplicates.Pair::first).distinct().count();
        return new Count(pairs.size(), exact, otherLabel, images);
    }

    /** Computes the accuracy of each model, on all test images and on those that resemble no training image. */
    public List<Model> models() {
        boolean[] duplicate = new boolean[dataset.test().size()];
        leaked.forEach(pair -> duplicate[pair.first()] = true);
        int[] all = IntStream.range(0, duplicate.length).toArray();
        int[] others = IntStream.of(all).filter(i -> !duplicate[i]).toArray();
        List<Model> models = new ArrayList<>();
        predictions.forEach((name, answers) -> {
            boolean[] correct = answers.correct();
            models.add(new Model(name, accuracy(correct, all), others.length == 0 ? null : accuracy(correct, others)));
        });
        return models;
    }

    private static Accuracy accuracy(boolean[] correct, int[] images) {
        int right = (int) IntStream.of(images).filter(i -> correct[i]).count();
        return Accuracy.of(images.length, right);
    }

    /** Lists the test images that no model gets right, ascending; none without models. */
    public int[] wrongForAll() {
        return predictions.isEmpty() ? new int[0] : PredictedClasses.wrongForAll(List.copyOf(predictions.values()));
    }

    public Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("dataset", dataset.name());
        map.put("dataset_sha256", dataset.sha256());
        map.put("train", dataset.train().size());
        map.put("test", dataset.test().size());
        map.put("distance", distance);
        map.put("distance_meaning", NearDuplicates.DISTANCE);
        map.put("test_and_train", leakedCount());
        map.put("within_test", repeatedCount());
        map.put("models", models());
        map.put("wrong_for_all", predictions.isEmpty() ? null : wrongForAll());
        return map;
    }

    /** Writes the lists as CSV, and a contact sheet for each that is not empty; replaces the files of an earlier audit. */
    public List<Path> write(Path folder) throws IOException {
        return new Writing(folder).write();
    }

    /** Reads the leaked pairs that {@link #write} wrote, by test image, then by distance; null without an audit. */
    static @Nullable List<NearDuplicates.Pair> readLeaked(Path run) throws IOException {
        Path file = folder(run).resolve(LEAKED + ".csv");
        if (!Files.exists(file)) {
            return null;
        }
        List<String> rows = rows(Files.readAllLines(file));
        List<NearDuplicates.Pair> pairs = new ArrayList<>();
        for (String line : rows.subList(Math.min(1, rows.size()), rows.size())) {
            Matcher cells = PAIR.matcher(line);
            if (!cells.lookingAt()) {
                throw new RequestException("expected a line such as 12,345,0.5000,false,0,0,cat,cat in " + file
                        + ", but found '" + line + "': write it again with catwalk audit");
            }
            pairs.add(new NearDuplicates.Pair(
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

    public static Path folder(Path run) {
        return run.resolve("audit");
    }

    private final class Writing {

        private final Path folder;
        private final List<String> classes = dataset.classes();
        private final ImageSource test = dataset.test();
        private final List<Path> written = new ArrayList<>();

        Writing(Path folder) {
            this.folder = folder;
        }

        List<Path> write() throws IOException {
            Files.createDirectories(folder);
            pairs(LEAKED, "test", "train", leaked, dataset.train());
            pairs("repeats", "test", "test", repeated, test);
            int[] wrong = Audit.this.wrongForAll();
            if (predictions.isEmpty()) {
                Files.deleteIfExists(folder.resolve("wrong-for-all.csv"));
            } else {
                wrongForAll(wrong);
            }
            sheet(
                    "wrong-for-all",
                    wrong.length,
                    "images that no model gets right (models: " + predictions.size() + ")",
                    Arrays.stream(wrong).limit(SHOWN).mapToObj(this::wrongEntry).toList());
            return written;
        }

        private void pairs(
                String name, String first, String second, List<NearDuplicates.Pair> pairs, ImageSource others)
                throws IOException {
            StringBuilder csv = new StringBuilder(two(first, second, "_image")
                    + ",distance,mirrored,moved_right,moved_down," + two(first, second, "_label")
                    + "," + two(first, second, "_index") + "," + two(first, second, "_file") + "\n");
            for (NearDuplicates.Pair pair : pairs) {
                csv.append(String.format(
                        Locale.ROOT,
                        "%d,%d,%.4f,%s,%d,%d,%s,%s,%d,%d,%s,%s\n",
                        pair.first(),
                        pair.second(),
                        pair.distance(),
                        pair.mirrored(),
                        pair.right(),
                        pair.down(),
                        TextEscaping.csvCell(label(test, pair.first())),
                        TextEscaping.csvCell(label(others, pair.second())),
                        test.index(pair.first()),
                        others.index(pair.second()),
                        TextEscaping.csvCell(test.file(pair.first())),
                        TextEscaping.csvCell(others.file(pair.second()))));
            }
            put(name + ".csv", csv.toString());
            List<ContactSheet.Entry> entries = pairs.stream()
                    .sorted(Comparator.comparingDouble(NearDuplicates.Pair::distance))
                    .limit(SHOWN)
                    .map(pair -> new ContactSheet.Entry(
                            List.of(() -> test.image(pair.first()), () -> others.image(pair.second())),
                            List.of(
                                    String.format(Locale.ROOT, "distance %.2f", pair.distance()) + moved(pair),
                                    first + " " + test.index(pair.first()) + ": " + label(test, pair.first()),
                                    second + " " + others.index(pair.second()) + ": " + label(others, pair.second()))))
                    .toList();
            sheet(
                    name,
                    pairs.size(),
                    "pairs of a " + first + " and a " + second + " image that look the same",
                    entries);
        }

        /** Names the columns of the two images of a pair. */
        private static String two(String first, String second, String column) {
            return first + column + "," + second + column + (first.equals(second) ? "_2" : "");
        }

        private static String moved(NearDuplicates.Pair pair) {
            return (pair.mirrored() ? ", mirrored" : "") + (pair.right() != 0 || pair.down() != 0 ? ", moved" : "");
        }

        private void wrongForAll(int[] wrong) throws IOException {
            StringBuilder csv = new StringBuilder("image,label");
            predictions.keySet().forEach(name -> csv.append(',').append(TextEscaping.csvCell(name)));
            csv.append(",index,file\n");
            for (int image : wrong) {
                csv.append(image).append(',').append(TextEscaping.csvCell(label(test, image)));
                for (PredictedClasses one : predictions.values()) {
                    csv.append(',').append(TextEscaping.csvCell(classes.get(one.predicted()[image])));
                }
                csv.append(',').append(test.index(image)).append(',').append(TextEscaping.csvCell(test.file(image)));
                csv.append('\n');
            }
            put("wrong-for-all.csv", csv.toString());
        }

        /** Shows an image with its label and the number of models that predicted each class, the most frequent first. */
        private ContactSheet.Entry wrongEntry(int image) {
            Map<Integer, Integer> votes = new TreeMap<>();
            for (PredictedClasses one : predictions.values()) {
                votes.merge(one.predicted()[image], 1, Integer::sum);
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
            String title = String.format(Locale.ROOT, "%s: %,d %s", dataset.name(), count, what)
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
}
