package io.catwalk.runner.evaluation;

/**
 * Counts how many of some images a model predicts correctly.
 *
 * @param share of them, 0 to 1
 * @param low lower bound of the share's 95 % Wilson interval
 */
public record Accuracy(int images, int right, double share, double low, double high) {

    private static final double CONFIDENCE = 0.95;

    public static Accuracy of(int images, int right) {
        Interval interval = Interval.wilson(right, images, CONFIDENCE);
        return new Accuracy(images, right, (double) right / images, interval.low(), interval.high());
    }
}
