package io.catwalk.api;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;

/** Describes images by histograms, as {@link Layers#histograms} says. */
final class Histograms {

    /** Of half a turn: from dark to light has the same angle as from light to dark. */
    private static final int ANGLES = 9;

    private static final int LEVELS = 8;
    private static final int LEVELS_OF_COLORS = 4;
    private static final int COLORS = 3;

    /** Images are normalized to deviations from the mean of the training images; what is farther counts as this. */
    private static final double FARTHEST = 2;

    private static final double STRONGEST = 4;

    /** Keeps quotients, and the slope of roots, finite. */
    private static final double TINY = 1e-6;

    private static final Shape NO_PADDING = new Shape(0, 0);

    private Histograms() {}

    static NDArray of(NDArray images, int grid) {
        NDArray gray = images.mean(new int[] {1}, true);
        NDArray right = gray.get(":, :, 1:-1, 2:").sub(gray.get(":, :, 1:-1, :-2"));
        NDArray down = gray.get(":, :, 2:, 1:-1").sub(gray.get(":, :, :-2, 1:-1"));
        NDArray squared = right.square().add(down.square()).add(TINY);
        NDArray strength = squared.sqrt();
        Shape cell = new Shape(
                (images.getShape().get(2) - 2) / grid, (images.getShape().get(3) - 2) / grid);
        NDArray angles = angles(right, down, squared).mul(strength);
        NDArray cells =
                Pool.avgPool2d(angles, cell, cell, NO_PADDING, false, true).flatten(1, -1);
        NDList parts = new NDList(
                cells.div(cells.sum(new int[] {1}, true).add(TINY)),
                levels(strength, 0, STRONGEST),
                levels(images, -FARTHEST, FARTHEST));
        if (images.getShape().get(1) == COLORS) {
            parts.add(colors(images));
        }
        return NDArrays.concat(parts, 1).add(TINY).sqrt();
    }

    /** Compares the cosine and sine of twice the angle, which opposite gradients share, with those of each bin. */
    private static NDArray angles(NDArray right, NDArray down, NDArray squared) {
        NDArray cosine = right.square().sub(down.square()).div(squared);
        NDArray sine = right.mul(down).mul(2).div(squared);
        NDList bins = new NDList();
        for (int bin = 0; bin < ANGLES; bin++) {
            double twice = 2 * Math.PI * bin / ANGLES;
            bins.add(cosine.mul(Math.cos(twice))
                    .add(sine.mul(Math.sin(twice)))
                    .maximum(0)
                    .pow(3));
        }
        return NDArrays.concat(bins, 1);
    }

    private static NDArray levels(NDArray images, double lowest, double highest) {
        NDList shares = new NDList();
        // A difference of two means would have lost the digits that the root of a small share needs.
        for (NDArray bin : differences(ramps(images.flatten(2, 3), lowest, highest, LEVELS))) {
            shares.add(bin.mean(new int[] {2}));
        }
        return NDArrays.concat(shares, 1);
    }

    private static NDArray colors(NDArray images) {
        NDArray[] bins = differences(ramps(images.flatten(2, 3), -FARTHEST, FARTHEST, LEVELS_OF_COLORS));
        NDArray parts = NDArrays.stack(new NDList(bins), 1);
        NDArray red = parts.get(":, :, 0").expandDims(2);
        NDArray green = parts.get(":, :, 1").expandDims(1);
        NDArray blue = parts.get(":, :, 2").transpose(0, 2, 1);
        long pixels = parts.getShape().get(3);
        return red.mul(green)
                .reshape(-1, LEVELS_OF_COLORS * LEVELS_OF_COLORS, pixels)
                .matMul(blue)
                .div(pixels)
                .flatten(1, -1);
    }

    /** {@return for each bin, and for one more, 0 up to the middle of the bin before, 1 from its own middle on} */
    private static NDList ramps(NDArray values, double lowest, double highest, int bins) {
        NDArray scaled = values.sub(lowest).div((highest - lowest) / (bins - 1)).clip(0, bins - 1);
        NDList ramps = new NDList();
        for (int bin = 0; bin <= bins; bin++) {
            ramps.add(scaled.sub(bin - 1).clip(0, 1));
        }
        return ramps;
    }

    private static NDArray[] differences(NDList ramps) {
        NDArray[] differences = new NDArray[ramps.size() - 1];
        for (int bin = 0; bin < differences.length; bin++) {
            differences[bin] = ramps.get(bin).sub(ramps.get(bin + 1));
        }
        return differences;
    }
}
