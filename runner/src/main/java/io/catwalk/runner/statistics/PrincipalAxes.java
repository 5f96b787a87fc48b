package io.catwalk.runner.statistics;

import java.util.stream.IntStream;
import org.apache.commons.math3.linear.BlockRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * Projects points onto the two axes along which they vary most (principal component analysis; Pearson, "On lines and
 * planes of closest fit to systems of points in space", 1901). The direction of an axis is chosen so that its largest
 * loading is positive.
 *
 * @param across coordinate of each point on the first axis
 * @param up coordinate on the second
 * @param acrossShare share of the variance along the first axis, 0 to 1
 * @param upShare share along the second, 0 to 1
 */
@SuppressWarnings("ArrayRecordComponent")
public record PrincipalAxes(double[] across, double[] up, double acrossShare, double upShare) {

    /** The axes are fitted to at most this many points, evenly spaced: more points hardly turn them. */
    static final int FITTED = 2_000;

    /** Largest number of rows of a matrix whose eigenvectors are computed: with more, it takes seconds. */
    private static final int ROWS = 512;

    /** Largest number of coordinates that are read at once, 64 MiB. */
    private static final int ROOM = 8 << 20;

    /** Variance along an axis, as a share of all, that is only rounding. */
    private static final double ROUNDING = 1e-12;

    /** Points that are read in parts, since all of them may not fit into memory. */
    public interface Points {

        /** Returns how many there are. */
        int count();

        /** Returns how many coordinates each of them has; at least 1. */
        int coordinates();

        /**
         * Reads some of them.
         *
         * @param places which ones, from 0
         * @return the coordinates of each, in this order
         */
        double[][] read(int[] places);
    }

    /**
     * Finds the axes of points that are read in parts, each at most twice.
     *
     * @param points at least 2, with 2 coordinates or more
     * @return the projection
     * @throws IllegalArgumentException if there are too few points or coordinates, or all points are the same
     */
    public static PrincipalAxes of(Points points) {
        return of(points, ROOM);
    }

    static PrincipalAxes of(Points points, int room) {
        int count = points.count();
        int most = Math.max(2, room / points.coordinates());
        if (count <= most) {
            return of(points.read(IntStream.range(0, count).toArray()));
        }
        Plane plane = Plane.of(points.read(spaced(count, Math.min(most, mostFitted(points.coordinates())))));
        double[] across = new double[count];
        double[] up = new double[count];
        for (int from = 0; from < count; from += most) {
            double[][] part = points.read(
                    IntStream.range(from, Math.min(count, from + most)).toArray());
            System.arraycopy(along(part, plane.mean, plane.first), 0, across, from, part.length);
            System.arraycopy(along(part, plane.mean, plane.second), 0, up, from, part.length);
        }
        return new PrincipalAxes(across, up, plane.firstShare, plane.secondShare);
    }

    /**
     * Finds the axes.
     *
     * @param points at least 2, each with the same number of coordinates, 2 or more; not changed
     * @return the projection
     * @throws IllegalArgumentException if there are too few points or coordinates, or all points are the same
     */
    public static PrincipalAxes of(double[][] points) {
        if (points.length < 2 || points[0].length < 2) {
            throw new IllegalArgumentException("expected at least 2 points of at least 2 coordinates");
        }
        int used = Math.min(points.length, mostFitted(points[0].length));
        Plane plane = Plane.of(IntStream.of(spaced(points.length, used))
                .mapToObj(place -> points[place])
                .toArray(double[][]::new));
        return new PrincipalAxes(
                along(points, plane.mean, plane.first),
                along(points, plane.mean, plane.second),
                plane.firstShare,
                plane.secondShare);
    }

    private static int mostFitted(int coordinates) {
        return coordinates > ROWS ? ROWS : FITTED;
    }

    private static int[] spaced(int count, int used) {
        return IntStream.range(0, used)
                .map(i -> (int) ((long) i * count / used))
                .toArray();
    }

    /** Two axes through the mean of the points that they are fitted to. */
    private record Plane(double[] mean, double[] first, double[] second, double firstShare, double secondShare) {

        static Plane of(double[][] points) {
            double[] mean = PrincipalAxes.mean(points);
            double[][] centered = IntStream.range(0, points.length)
                    .mapToObj(i -> less(points[i], mean))
                    .toArray(double[][]::new);
            return points.length < mean.length ? ofFew(mean, centered) : ofMany(mean, centered);
        }

        private static Plane ofMany(double[] mean, double[][] points) {
            // In blocks, since this library multiplies any other matrix entry by entry.
            BlockRealMatrix centered = new BlockRealMatrix(points);
            BlockRealMatrix scatter = centered.transpose().multiply(centered);
            double all = requireSpread(scatter, points.length);
            EigenDecomposition axes = new EigenDecomposition(scatter); // the largest first
            return new Plane(
                    mean,
                    turned(axes.getEigenvector(0).toArray()),
                    turned(axes.getEigenvector(1).toArray()),
                    axes.getRealEigenvalue(0) / all,
                    Math.max(0, axes.getRealEigenvalue(1) / all));
        }

        /** Finds the same axes from the products of the points, which have the same eigenvalues and are fewer. */
        private static Plane ofFew(double[] mean, double[][] points) {
            BlockRealMatrix products = new BlockRealMatrix(IntStream.range(0, points.length)
                    .parallel()
                    .mapToObj(i -> products(points, points[i]))
                    .toArray(double[][]::new));
            double all = requireSpread(products, points.length);
            EigenDecomposition weights = new EigenDecomposition(products); // the largest first
            double first = weights.getRealEigenvalue(0) / all;
            double second = Math.max(0, weights.getRealEigenvalue(1) / all);
            return new Plane(
                    mean,
                    turned(sum(points, weights.getEigenvector(0).toArray(), first, all)),
                    turned(sum(points, weights.getEigenvector(1).toArray(), second, all)),
                    first,
                    second);
        }

        private static double requireSpread(BlockRealMatrix matrix, int points) {
            double all = matrix.getTrace();
            if (!(all > 0)) {
                throw new IllegalArgumentException("expected points that differ, found " + points + " alike");
            }
            return all;
        }

        private static double[] products(double[][] points, double[] other) {
            double[] products = new double[points.length];
            for (int i = 0; i < points.length; i++) {
                for (int k = 0; k < other.length; k++) {
                    products[i] += points[i][k] * other[k];
                }
            }
            return products;
        }

        /** Adds up the points with their weights to an axis of length 1, or of zeros if they do not vary along it. */
        private static double[] sum(double[][] points, double[] weights, double share, double all) {
            double scale = share > ROUNDING ? 1 / Math.sqrt(share * all) : 0;
            double[] axis = new double[points[0].length];
            for (int i = 0; i < points.length; i++) {
                for (int k = 0; k < axis.length; k++) {
                    axis[k] += scale * weights[i] * points[i][k];
                }
            }
            return axis;
        }
    }

    private static double[] mean(double[][] points) {
        double[] mean = new double[points[0].length];
        for (double[] point : points) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += point[i] / points.length;
            }
        }
        return mean;
    }

    private static double[] less(double[] point, double[] mean) {
        return IntStream.range(0, mean.length)
                .mapToDouble(i -> point[i] - mean[i])
                .toArray();
    }

    private static double[] turned(double[] axis) {
        double largest = 0;
        for (double loading : axis) {
            largest = Math.abs(loading) > Math.abs(largest) ? loading : largest;
        }
        double sign = Math.signum(largest);
        return IntStream.range(0, axis.length).mapToDouble(i -> sign * axis[i]).toArray();
    }

    private static double[] along(double[][] points, double[] mean, double[] axis) {
        return IntStream.range(0, points.length)
                .parallel()
                .mapToDouble(p -> along(points[p], mean, axis))
                .toArray();
    }

    private static double along(double[] point, double[] mean, double[] axis) {
        double sum = 0;
        for (int i = 0; i < axis.length; i++) {
            sum += (point[i] - mean[i]) * axis[i];
        }
        return sum;
    }
}
