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
        int present = (int) Arrays.stream(counts).filter(count -> count > 0).count();
        weights = new float[classes];
        members = new int[balance == Balance.SAMPLING ? present : 0][];
        int[] placeOf = new int[classes];
        int place = 0;
        for (int c = 0; c < classes; c++) {
            if (counts[c] > 0) {
                weights[c] = (float) images.length / present / counts[c];
                placeOf[c] = place++;
                if (members.length > 0) {
                    members[placeOf[c]] = new int[counts[c]];
                }
            }
        }
        if (members.length > 0) {
            for (int image : images) {
                int label = labels[image];
                members[placeOf[label]][--counts[label]] = image;
            }
        }
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
