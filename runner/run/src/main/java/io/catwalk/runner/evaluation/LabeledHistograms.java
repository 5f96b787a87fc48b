package io.catwalk.runner.evaluation;

import io.catwalk.runner.data.ImageSource;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Holds the {@link ImageHistograms} of images of known classes, and compares others with them.
 *
 * @param columns by feature, and then by image: the images of one class follow each other
 * @param starts the first image of each class, and the number of all images
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
record LabeledHistograms(float[][] columns, int[] starts) {

    /** The most images to compare at once. */
    static final int GROUP = 8;

    /** Number of images whose distances from a group fit into the processor's first-level cache. */
    private static final int BLOCK = 512;

    /** Describes the images of some indices, at least one. */
    static LabeledHistograms of(ImageSource images, int[] indices, int classes) {
        int[] starts = new int[classes + 1];
        for (int index : indices) {
            starts[images.labels()[index] + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        int[] next = starts.clone();
        int[] places = IntStream.of(indices)
                .map(index -> next[images.labels()[index]]++)
                .toArray();
        ImageHistograms histograms = new ImageHistograms(images);
        float[][] columns = new float[histograms.of(indices[0]).length][indices.length];
        IntStream.range(0, indices.length).parallel().forEach(i -> {
            float[] features = histograms.of(indices[i]);
            for (int f = 0; f < features.length; f++) {
                columns[f][places[i]] = features[f];
            }
        });
        return new LabeledHistograms(columns, starts);
    }

    int size() {
        return columns[0].length;
    }

    int classes() {
        return starts.length - 1;
    }

    int first(int label) {
        return starts[label];
    }

    int count(int label) {
        return starts[label + 1] - starts[label];
    }

    /** Returns one divided by the number of features and the variance of all values, or one if they do not vary. */
    double scale() {
        double values = (double) columns.length * size();
        double mean = 0;
        for (float[] column : columns) {
            for (float value : column) {
                mean += value / values;
            }
        }
        double variance = 0;
        for (float[] column : columns) {
            for (float value : column) {
                variance += (value - mean) * (value - mean) / values;
            }
        }
        return variance == 0 ? 1 : 1 / (columns.length * variance);
    }

    float[] features(int image) {
        float[] features = new float[columns.length];
        for (int f = 0; f < features.length; f++) {
            features[f] = columns[f][image];
        }
        return features;
    }

    /** Returns the squared distances of up to {@value #GROUP} other images: (others, images). */
    float[][] distances(float[]... features) {
        float[][] distances = new float[features.length][size()];
        addDistances(features, 0, size(), distances, 0);
        return distances;
    }

    /** Adds the squared distances from some images that follow each other to numbers of which the first is at an index. */
    void addDistances(float[][] features, int from, int count, float[][] target, int at) {
        for (int done = 0; done < count; done += BLOCK) {
            int length = Math.min(BLOCK, count - done);
            for (int f = 0; f < columns.length; f++) {
                for (int other = 0; other < features.length; other++) {
                    add(target[other], at + done, columns[f], from + done, length, features[other][f]);
                }
            }
        }
    }

    private static void add(float[] sums, int at, float[] column, int from, int length, float value) {
        for (int i = 0; i < length; i++) {
            float difference = column[from + i] - value;
            sums[at + i] += difference * difference;
        }
    }

    /** Returns the class of the nearest image, the lowest of equals. */
    int nearest(float[] distances) {
        int best = 0;
        for (int i = 1; i < distances.length; i++) {
            best = distances[i] < distances[best] ? i : best;
        }
        int label = 0;
        while (starts[label + 1] <= best) {
            label++;
        }
        return label;
    }
}
