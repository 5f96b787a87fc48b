package io.catwalk.runner.robustness;

import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.training.Affine;
import java.util.random.RandomGenerator;

/**
 * Makes an image harder to classify, in five steps of the same size, after Hendrycks and Dietterich, "Benchmarking
 * Neural Network Robustness to Common Corruptions and Perturbations", ICLR 2019. Noise and contrast are theirs, with
 * other steps; they have no shift and no rotation. The largest rotation is that of Engstrom and others, "Exploring the
 * Landscape of Spatial Robustness", ICML 2019. As in their work, pixels keep 256 levels: values out of range are
 * clipped, the others are rounded.
 */
public enum Corruption {
    /** Shifts the image by whole pixels to the right, the left, down or up; new pixels are black. */
    SHIFT("Shift", "% of the side", 20) {
        @Override
        public RasterImage of(RasterImage image, int strength, int number, RandomGenerator random) {
            boolean level = number % 4 < 2;
            int side = level ? image.width() : image.height();
            int way = number % 2 == 0 ? -1 : 1;
            int distance = way * (int) Math.round(side * strength / PERCENT);
            return seen(image, new Affine(1, 0, level ? distance : 0, 0, 1, level ? 0 : distance));
        }
    },

    /**
     * Rotates the image about its center, clockwise or counterclockwise, with bilinear interpolation; new pixels are
     * black.
     */
    ROTATION("Rotation", "degrees", 30) {
        @Override
        public RasterImage of(RasterImage image, int strength, int number, RandomGenerator random) {
            double angle = Math.toRadians(number % 2 == 0 ? strength : -strength);
            return seen(image, Affine.rotation(angle, image.width(), image.height()));
        }
    },

    /**
     * Adds Gaussian noise of mean 0 to every sample; its standard deviation is a share of the range from black to
     * white.
     */
    NOISE("Noise", "% of the range", 30) {
        @Override
        public RasterImage of(RasterImage image, int strength, int number, RandomGenerator random) {
            double deviation = WHITE * strength / PERCENT;
            byte[] noisy = new byte[image.pixels().length];
            for (int i = 0; i < noisy.length; i += 2) {
                // Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958: two numbers out of two.
                // The bits of Java's own nextGaussian are not specified, and a program in another language could not
                // reproduce the noise.
                double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
                double angle = 2 * Math.PI * random.nextDouble();
                noisy[i] = level((image.pixels()[i] & 0xff) + deviation * radius * Math.cos(angle));
                if (i + 1 < noisy.length) {
                    noisy[i + 1] = level((image.pixels()[i + 1] & 0xff) + deviation * radius * Math.sin(angle));
                }
            }
            return with(image, noisy);
        }
    },

    /** Moves every sample closer to the mean of its channel. */
    CONTRAST("Contrast", "% less", 75) {
        @Override
        public RasterImage of(RasterImage image, int strength, int number, RandomGenerator random) {
            double kept = 1 - strength / PERCENT;
            int plane = image.height() * image.width();
            byte[] pale = new byte[image.pixels().length];
            for (int from = 0; from < pale.length; from += plane) {
                long sum = 0;
                for (int i = from; i < from + plane; i++) {
                    sum += image.pixels()[i] & 0xff;
                }
                double mean = (double) sum / plane;
                for (int i = from; i < from + plane; i++) {
                    pale[i] = level(((image.pixels()[i] & 0xff) - mean) * kept + mean);
                }
            }
            return with(image, pale);
        }
    };

    /** Number of steps, equal to the number of severities of Hendrycks and Dietterich. */
    public static final int STEPS = 5;

    private static final double PERCENT = 100;
    private static final int WHITE = 255;

    private final String title;
    private final String unit;
    private final int strongest;

    Corruption(String title, String unit, int strongest) {
        this.title = title;
        this.unit = unit;
        this.strongest = strongest;
    }

    public String title() {
        return title;
    }

    /** Returns the unit of the strengths, such as {@code degrees}. */
    public String unit() {
        return unit;
    }

    /** Returns the strength of a step, in the unit: from 0, which leaves the image unchanged, to {@link #STEPS}. */
    public int strength(int step) {
        return strongest * step / STEPS;
    }

    public int strongest() {
        return strongest;
    }

    /**
     * Makes an image harder to classify.
     *
     * @param strength in the unit; 0 leaves the image unchanged
     * @param number index of the image, from 0: it selects the direction of the shift or rotation, so that all
     *     directions are equally frequent and all classifiers see the same images
     * @param random source of the noise; nothing else draws from it
     */
    public abstract RasterImage of(RasterImage image, int strength, int number, RandomGenerator random);

    private static RasterImage with(RasterImage image, byte[] pixels) {
        return new RasterImage(image.channels(), image.height(), image.width(), pixels);
    }

    private static byte level(double value) {
        return (byte) Math.max(0, Math.min(WHITE, Math.round(value)));
    }

    private static RasterImage seen(RasterImage image, Affine map) {
        int plane = image.height() * image.width();
        byte[] moved = new byte[image.pixels().length];
        for (int i = 0; i < plane; i++) {
            int column = i % image.width();
            int row = i / image.width();
            double x = map.x(column, row);
            double y = map.y(column, row);
            for (int from = 0; from < moved.length; from += plane) {
                moved[from + i] = level(between(image, from, x, y));
            }
        }
        return with(image, moved);
    }

    /** Interpolates between the four pixels around a position; pixels outside are black. */
    private static double between(RasterImage image, int plane, double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double across = x - left;
        double down = y - top;
        return (1 - down) * ((1 - across) * at(image, plane, left, top) + across * at(image, plane, left + 1, top))
                + down
                        * ((1 - across) * at(image, plane, left, top + 1)
                                + across * at(image, plane, left + 1, top + 1));
    }

    private static int at(RasterImage image, int plane, int x, int y) {
        return x < 0 || y < 0 || x >= image.width() || y >= image.height()
                ? 0
                : image.pixels()[plane + y * image.width() + x] & 0xff;
    }
}
