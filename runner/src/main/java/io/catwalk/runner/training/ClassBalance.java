package io.catwalk.runner.training;

import io.catwalk.api.Balance;
import java.util.Arrays;

/** Makes classes of unequal size count alike, as a recipe asks. */
final class ClassBalance {

    private final Balance balance;

    /** The images of each class that has some; empty unless they are drawn. */
    private final int[][] members;

    private final float[] weights;

    /**
     * Counts the classes.
     *
     * @param balance what to do
     * @param images indices of the training images, at least one
     * @param labels of all images
     * @param classes number of classes
     */
    ClassBalance(Balance balance, int[] images, int[] labels, int classes) {
        this.balance = balance;
        int[] counts = new int[classes];
        for (int image : images) {
            counts[labels[image]]++;
        }
        long present = Arrays.stream(counts).filter(count -> count > 0).count();
        weights = new float[classes];
        for (int c = 0; c < classes; c++) {
            weights[c] = counts[c] == 0 ? 0 : (float) images.length / present / counts[c];
        }
        members = balance == Balance.SAMPLING ? members(images, labels, counts) : new int[0][];
    }

    private static int[][] members(int[] images, int[] labels, int[] counts) {
        int[][] members = Arrays.stream(counts).mapToObj(int[]::new).toArray(int[][]::new);
        int[] filled = new int[counts.length];
        for (int image : images) {
            int label = labels[image];
            members[label][filled[label]++] = image;
        }
        return Arrays.stream(members).filter(own -> own.length > 0).toArray(int[][]::new);
    }

    /**
     * Returns how much an image of each class counts in the loss.
     *
     * @return a weight for each class, 1 in the mean over the images; empty if all count the same
     */
    float[] weights() {
        return balance == Balance.CLASS_WEIGHTS ? weights.clone() : new float[0];
    }

    /**
     * Orders the images of an epoch.
     *
     * @param order as many indices as there are training images; those of the epoch before, overwritten
     * @param random draws the order
     */
    void order(int[] order, SplitMix64 random) {
        if (balance == Balance.SAMPLING) {
            for (int i = 0; i < order.length; i++) {
                int[] own = members[random.nextInt(members.length)];
                order[i] = own[random.nextInt(own.length)];
            }
            return;
        }
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }
}
