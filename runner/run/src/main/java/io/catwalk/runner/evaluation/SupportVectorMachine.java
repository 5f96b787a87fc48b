package io.catwalk.runner.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Tells classes apart by a support vector machine with a radial kernel for every two of them, which then vote: the
 * decisions of LibSVM (Chang and Lin 2011), by the algorithm of Fan, Chen and Lin (2005) without shrinking, in dense rows of
 * floats. The results have the same bits on any machine.
 */
final class SupportVectorMachine {

    /** The most that one example may weigh. */
    static final double COST = 10;

    /** By how much the conditions of the optimum may be violated, as in LibSVM. */
    private static final double TOLERANCE = 1e-3;

    private static final double SMALLEST_CURVATURE = 1e-12;
    private static final int MOST_STEPS = 1_000_000;

    /** Number of values of the kernel that one of the machines keeps while it learns: 64 MiB. */
    private static final int MOST_KEPT = 16 << 20;

    /**
     * Tells two classes apart.
     *
     * @param examples numbers of the examples that count
     * @param weights of them, above 0 for the first class, below for the second
     */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    private record Pair(int first, int second, int[] examples, double[] weights, double bias) {}

    private final LabeledHistograms examples;
    private final double gamma;
    private final List<Pair> pairs;

    private final boolean[] counts;

    SupportVectorMachine(LabeledHistograms examples) {
        this.examples = examples;
        gamma = examples.scale();
        int classes = examples.classes();
        List<int[]> each = new ArrayList<>();
        for (int first = 0; first < classes; first++) {
            for (int second = first + 1; second < classes; second++) {
                if (examples.count(first) > 0 && examples.count(second) > 0) {
                    each.add(new int[] {first, second});
                }
            }
        }
        pairs = each.parallelStream()
                .map(pair -> new Learning(pair[0], pair[1]).learn())
                .toList();
        counts = new boolean[examples.size()];
        pairs.forEach(pair -> IntStream.of(pair.examples).forEach(i -> counts[i] = true));
    }

    /** Returns the class that most pairs decide for, the lowest of equals, by squared distances from all examples. */
    int predicted(float[] distances) {
        double[] decisions = decisions(distances);
        int[] votes = new int[examples.classes()];
        for (int c = 0; c < votes.length; c++) {
            votes[c] = examples.count(c) > 0 ? 0 : -1;
        }
        for (int i = 0; i < decisions.length; i++) {
            Pair pair = pairs.get(i);
            votes[decisions[i] > 0 ? pair.first : pair.second]++;
        }
        return IntStream.range(0, votes.length).reduce(0, (a, b) -> votes[b] > votes[a] ? b : a);
    }

    /** Returns the decisions of all pairs about an image: above 0 for the first class. */
    double[] decisions(float[] distances) {
        double[] kernel = IntStream.range(0, distances.length)
                .mapToDouble(i -> counts[i] ? kernel(distances[i]) : 0)
                .toArray();
        return pairs.stream().mapToDouble(pair -> decision(pair, kernel)).toArray();
    }

    private static double decision(Pair pair, double[] kernel) {
        double sum = pair.bias;
        for (int i = 0; i < pair.examples.length; i++) {
            sum += pair.weights[i] * kernel[pair.examples[i]];
        }
        return sum;
    }

    /** Math promises no bits of an exponential. */
    private double kernel(float distance) {
        return StrictMath.exp(-gamma * distance);
    }

    private final class Learning {

        private final int first;
        private final int second;
        private final int boundary;
        private final int size;

        /** Weights of the examples: 0 to COST for those of the first class, -COST to 0 for the others. */
        private final double[] weights;

        /** By how much each example lies beyond its margin: its side less what the others say without a bias. */
        private final double[] violations;

        private final Map<Integer, float[]> rows = new LinkedHashMap<>(16, 0.75f, true);

        Learning(int first, int second) {
            this.first = first;
            this.second = second;
            boundary = examples.count(first);
            size = boundary + examples.count(second);
            weights = new double[size];
            violations = new double[size];
            Arrays.fill(violations, 0, boundary, 1);
            Arrays.fill(violations, boundary, size, -1);
        }

        private double most(int i) {
            return i < boundary ? COST : 0;
        }

        private double least(int i) {
            return i < boundary ? 0 : -COST;
        }

        Pair learn() {
            for (int step = 0; step < MOST_STEPS; step++) {
                if (!improved()) {
                    break;
                }
            }
            int[] counting =
                    IntStream.range(0, size).filter(i -> weights[i] != 0).toArray();
            return new Pair(
                    first,
                    second,
                    IntStream.of(counting).map(this::example).toArray(),
                    IntStream.of(counting).mapToDouble(i -> weights[i]).toArray(),
                    bias());
        }

        /** Moves weight from one example to another; returns whether there was any to move. */
        private boolean improved() {
            int up = -1;
            for (int i = 0; i < size; i++) {
                if (weights[i] < most(i) && (up < 0 || violations[i] > violations[up])) {
                    up = i;
                }
            }
            if (up < 0) {
                return false;
            }
            float[] row = row(up);
            int down = -1;
            double gain = 0;
            double lowest = Double.POSITIVE_INFINITY;
            for (int i = 0; i < size; i++) {
                if (weights[i] > least(i)) {
                    lowest = Math.min(lowest, violations[i]);
                    double slope = violations[up] - violations[i];
                    double own = slope * slope / curvature(row[i]);
                    if (slope > 0 && own > gain) {
                        gain = own;
                        down = i;
                    }
                }
            }
            if (down < 0 || violations[up] - lowest < TOLERANCE) {
                return false;
            }
            double best = (violations[up] - violations[down]) / curvature(row[down]);
            double roomUp = most(up) - weights[up];
            double roomDown = weights[down] - least(down);
            double moved = Math.min(best, Math.min(roomUp, roomDown));
            // A bound is reached exactly, or the example would be moved again and again.
            weights[up] = moved == roomUp ? most(up) : weights[up] + moved;
            weights[down] = moved == roomDown ? least(down) : weights[down] - moved;
            float[] other = row(down);
            for (int i = 0; i < size; i++) {
                violations[i] -= moved * (row[i] - other[i]);
            }
            return true;
        }

        private static double curvature(float kernel) {
            return Math.max(SMALLEST_CURVATURE, 2 - 2 * (double) kernel);
        }

        /** Returns the mean violation of the examples on the margin or, without any, the middle of what is possible. */
        private double bias() {
            double sum = 0;
            int free = 0;
            double highest = Double.NEGATIVE_INFINITY;
            double lowest = Double.POSITIVE_INFINITY;
            for (int i = 0; i < size; i++) {
                boolean mayRise = weights[i] < most(i);
                boolean mayFall = weights[i] > least(i);
                if (mayRise && mayFall) {
                    sum += violations[i];
                    free++;
                }
                highest = mayRise ? Math.max(highest, violations[i]) : highest;
                lowest = mayFall ? Math.min(lowest, violations[i]) : lowest;
            }
            return free > 0 ? sum / free : (highest + lowest) / 2;
        }

        private int example(int i) {
            return i < boundary ? examples.first(first) + i : examples.first(second) + i - boundary;
        }

        private float[] row(int i) {
            float[] known = rows.get(i);
            if (known != null) {
                return known;
            }
            if (rows.size() > 1 && (rows.size() + 1L) * size > MOST_KEPT) {
                Iterator<Integer> oldest = rows.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
            float[] row = new float[size];
            float[][] own = {examples.features(example(i))};
            examples.addDistances(own, examples.first(first), boundary, new float[][] {row}, 0);
            examples.addDistances(own, examples.first(second), size - boundary, new float[][] {row}, boundary);
            for (int j = 0; j < size; j++) {
                row[j] = (float) kernel(row[j]);
            }
            rows.put(i, row);
            return row;
        }
    }
}
