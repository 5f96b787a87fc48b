package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Counts, for each true class, how often each class was predicted. Only cells that are not 0 take memory: a thousand
 * classes have a million cells, of which at most as many are not 0 as there are images.
 */
public final class ConfusionMatrix {

    private static final Comparator<Cell> ORDER =
            Comparator.comparingInt(Cell::truth).thenComparingInt(Cell::predicted);

    private final List<Cell> cells;
    private final int[] support;
    private final int[] predictions;

    /** Counts the images of a class that were classified as a class, which may be the same. */
    public record Cell(int truth, int predicted, int images) {}

    private ConfusionMatrix(int classes, List<Cell> cells) {
        this.cells = List.copyOf(cells);
        support = new int[classes];
        predictions = new int[classes];
        for (Cell cell : cells) {
            support[cell.truth()] += cell.images();
            predictions[cell.predicted()] += cell.images();
        }
    }

    public static ConfusionMatrix of(int classes, int[] truth, int[] predicted) {
        if (truth.length != predicted.length) {
            throw new IllegalArgumentException(
                    "expected as many predictions as labels, but found " + predicted.length + " and " + truth.length);
        }
        long[] pairs = IntStream.range(0, truth.length)
                .mapToLong(i -> (long) truth[i] * classes + predicted[i])
                .sorted()
                .toArray();
        List<Cell> cells = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= pairs.length; i++) {
            if (i == pairs.length || pairs[i] != pairs[from]) {
                cells.add(new Cell((int) (pairs[from] / classes), (int) (pairs[from] % classes), i - from));
                from = i;
            }
        }
        return new ConfusionMatrix(classes, cells);
    }

    public int classes() {
        return support.length;
    }

    /** Returns the counts that are not 0, by true class and then by predicted class. */
    public List<Cell> cells() {
        return cells;
    }

    /** Returns the counts of images that were classified as another class, the most frequent first, then by class. */
    public List<Cell> mistakes() {
        return cells.stream()
                .filter(cell -> cell.truth() != cell.predicted())
                .sorted(Comparator.comparingInt(cell -> -cell.images()))
                .toList();
    }

    /** Returns the most frequent mistakes, all with the same count, by class; none without mistakes. */
    public List<Cell> mostFrequentMistakes() {
        List<Cell> all = mistakes();
        return all.stream().filter(cell -> cell.images() == all.get(0).images()).toList();
    }

    /** Selects at most so many classes, those of the most frequent mistakes, ascending, for a chart. */
    public List<Integer> mostConfused(int most) {
        int room = Math.min(most, classes());
        TreeSet<Integer> chosen = new TreeSet<>();
        IntStream.concat(
                        mistakes().stream().flatMapToInt(one -> IntStream.of(one.truth(), one.predicted())),
                        IntStream.range(0, classes()))
                .takeWhile(label -> chosen.size() < room)
                .forEachOrdered(chosen::add);
        return List.copyOf(chosen);
    }

    /** Returns how many images of one class were classified as another. */
    public int count(int truth, int predicted) {
        int place = Collections.binarySearch(cells, new Cell(truth, predicted, 0), ORDER);
        return place < 0 ? 0 : cells.get(place).images();
    }

    /** Returns which share of a class's images was classified as a class, 0 to 1; 0 where it has no image. */
    public double share(int truth, int predicted) {
        return support[truth] == 0 ? 0 : (double) count(truth, predicted) / support[truth];
    }

    /** Returns the number of images of a true class. */
    public int support(int truth) {
        return support[truth];
    }

    /** Returns how often a class was predicted. */
    public int predictions(int predicted) {
        return predictions[predicted];
    }

    public int correct() {
        return cells.stream()
                .filter(cell -> cell.truth() == cell.predicted())
                .mapToInt(Cell::images)
                .sum();
    }

    public int images() {
        return IntStream.of(support).sum();
    }

    /** Returns the mean recall of the classes that have images, 0 to 1; NaN without images. */
    public double balancedAccuracy() {
        double recalls = 0;
        int present = 0;
        for (int c = 0; c < classes(); c++) {
            if (support[c] > 0) {
                recalls += count(c, c) / (double) support[c];
                present++;
            }
        }
        return recalls / present;
    }

    /** Returns the mean F1 of all classes, 0 to 1; a class without images and predictions counts 0. */
    public double macroF1() {
        double sum = 0;
        for (int c = 0; c < classes(); c++) {
            int right = count(c, c);
            sum += right == 0 ? 0 : 2.0 * right / (support[c] + predictions[c]);
        }
        return sum / classes();
    }

    /**
     * Returns the Matthews correlation of several classes, -1 to 1 (Gorodkin, "Comparing two K-category assignments by
     * a K-category correlation coefficient", 2004); 0 where labels or predictions have only one class.
     */
    double matthews() {
        double squares = (double) images() * images();
        double spread =
                Math.sqrt((squares - products(support, support)) * (squares - products(predictions, predictions)));
        return spread == 0 ? 0 : ((double) correct() * images() - products(support, predictions)) / spread;
    }

    /**
     * Returns Cohen's kappa, -1 to 1 ("A coefficient of agreement for nominal scales", 1960); 0 where labels and
     * predictions have only one class, the same.
     */
    double kappa() {
        double expected = products(support, predictions);
        double rest = (double) images() * images() - expected;
        return rest == 0 ? 0 : ((double) correct() * images() - expected) / rest;
    }

    private static double products(int[] first, int[] second) {
        double sum = 0;
        for (int c = 0; c < first.length; c++) {
            sum += (double) first[c] * second[c];
        }
        return sum;
    }
}
