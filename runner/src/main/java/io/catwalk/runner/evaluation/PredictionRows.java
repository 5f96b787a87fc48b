package io.catwalk.runner.evaluation;

import java.util.Arrays;

/** Receives the rows of a file of predictions, one image each, in the order of the file. */
abstract sealed class PredictionRows {

    private static final int FIRST = 1024;

    /** Number of classes; 0 before it is read from the file. */
    int classes;

    /** Number of images so far. */
    int images;

    /** The label of each image; only the first {@link #images} count. */
    int[] labels = new int[0];

    /**
     * Begins a file.
     *
     * @param newClasses number of classes in each row
     * @param expected number of images; 0 if the file does not say
     */
    void begin(int newClasses, int expected) {
        classes = newClasses;
        labels = new int[expected == 0 ? FIRST : expected];
    }

    /**
     * Adds one image.
     *
     * @param label true class, 0 to {@link #classes} - 1
     * @param logits one per class, all finite; they are copied
     */
    final void add(int label, float[] logits) {
        if (images == labels.length) {
            grow(images * 2);
        }
        labels[images] = label;
        keep(logits);
        images++;
    }

    /** Makes room for this many images. */
    void grow(int room) {
        labels = Arrays.copyOf(labels, room);
    }

    abstract void keep(float[] logits);

    /** Keeps everything. */
    static final class Whole extends PredictionRows {

        private float[] all = new float[0];

        @Override
        void begin(int newClasses, int expected) {
            super.begin(newClasses, expected);
            all = new float[Math.multiplyExact(labels.length, classes)];
        }

        @Override
        void grow(int room) {
            super.grow(room);
            all = Arrays.copyOf(all, Math.multiplyExact(room, classes));
        }

        @Override
        void keep(float[] logits) {
            System.arraycopy(logits, 0, all, images * classes, classes);
        }

        Predictions predictions() {
            int length = images * classes;
            return new Predictions(
                    classes,
                    Arrays.copyOf(labels, images),
                    all.length == length ? all : Arrays.copyOf(all, length)); // a copy of all logits needs much room
        }
    }

    /** Keeps the highest class of each row. */
    static final class Highest extends PredictionRows {

        private int[] predicted = new int[0];

        @Override
        void begin(int newClasses, int expected) {
            super.begin(newClasses, expected);
            predicted = new int[labels.length];
        }

        @Override
        void grow(int room) {
            super.grow(room);
            predicted = Arrays.copyOf(predicted, room);
        }

        @Override
        void keep(float[] logits) {
            predicted[images] = Predictions.highest(logits, 0, classes);
        }

        PredictedClasses predictedClasses() {
            return new PredictedClasses(classes, Arrays.copyOf(labels, images), Arrays.copyOf(predicted, images));
        }
    }
}
