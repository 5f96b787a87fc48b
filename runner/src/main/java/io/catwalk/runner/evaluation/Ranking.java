package io.catwalk.runner.evaluation;

/** Measures how high the truth of an image ranks among the answers. */
final class Ranking {

    private Ranking() {}

    /**
     * Computes the cross entropy of the truth, in nats. Computed from the logits, so that even a
     * certain and wrong answer costs what it costs, where scikit-learn clips at 36.
     */
    static double crossEntropy(Predictions predictions, int image) {
        int classes = predictions.classes();
        float[] logits = predictions.logits();
        int row = image * classes;
        double highest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            highest = Math.max(highest, logits[row + c]);
        }
        double exponentials = 0;
        for (int c = 0; c < classes; c++) {
            exponentials += Math.exp(logits[row + c] - highest);
        }
        return Math.log(exponentials) + highest - logits[row + predictions.labels()[image]];
    }

    /** Counts the classes that rank before the truth; among equals the lowest class is first. */
    static int before(Predictions predictions, int image) {
        int classes = predictions.classes();
        float[] logits = predictions.logits();
        int row = image * classes;
        int truth = predictions.labels()[image];
        int before = 0;
        for (int c = 0; c < classes; c++) {
            if (logits[row + c] > logits[row + truth] || (logits[row + c] == logits[row + truth] && c < truth)) {
                before++;
            }
        }
        return before;
    }
}
