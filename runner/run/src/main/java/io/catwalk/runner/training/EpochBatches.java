package io.catwalk.runner.training;

/**
 * How the images of an epoch are dealt to batches.
 *
 * <p>Batches are full, and what is left over waits for another epoch, whose order is a different one. With fewer than
 * {@value #MANY} full batches, up to half of the images would be left over: there, all images are dealt evenly to
 * batches that differ by at most one image. With more, it is less than a ninth, and a training has the bits that it
 * always had.
 *
 * @param images that are trained on in an epoch
 * @param steps number of batches
 */
public record EpochBatches(int images, int steps) {

    /** So many full batches leave few images over. */
    public static final int MANY = 8;

    /** Deals images to batches of at most {@code batchSize}, which is at most their number. */
    public static EpochBatches of(int images, int batchSize) {
        int full = images / batchSize;
        int all = (images + batchSize - 1) / batchSize;
        // A batch of one image has no variance, which batch normalization needs.
        boolean single = batchSize > 1 && images / all < 2;
        return full >= MANY || single ? new EpochBatches(full * batchSize, full) : new EpochBatches(images, all);
    }

    /** Returns the place in the order of the first image of a batch; of {@code steps}, the end of the last one. */
    int from(int batch) {
        return (int) ((long) images * batch / steps);
    }

    int size(int batch) {
        return from(batch + 1) - from(batch);
    }

    int largest() {
        return (images + steps - 1) / steps;
    }
}
