package io.catwalk.runner.training;

import io.catwalk.api.Balance;
import io.catwalk.runner.training.Seeds.SplitMix64;
import java.util.Arrays;

/** Balances classes of unequal size, as a recipe requires. */
final class ClassBalance {

    private final Balance balance;

    /** The images of each class that has any; empty unless images are drawn by class. */
    private final int[][] members;

    private final float[] weights;

    /** Counts the classes of the training images, at least one, by the labels of all images. */
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
     * Returns the weight of an image of each class in the loss, with mean 1 over the images; empty if all count the
     * same.
     */
    float[] weights() {
        return balance == Balance.CLASS_WEIGHTS ? weights.clone() : new float[0];
    }

    /** Orders the images of an epoch. The order contains those of the previous epoch, and is overwritten. */
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
