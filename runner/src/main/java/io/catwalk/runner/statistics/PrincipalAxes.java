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
        int used = Math.min(FITTED, points.length);
        double[][] some = IntStream.range(0, used)
                .mapToObj(i -> points[(int) ((long) i * points.length / used)])
                .toArray(double[][]::new);
        double[] mean = mean(some);
        // In blocks, since this library multiplies any other matrix entry by entry.
        BlockRealMatrix centered = new BlockRealMatrix(
                IntStream.range(0, used).mapToObj(i -> less(some[i], mean)).toArray(double[][]::new));
        BlockRealMatrix scatter = centered.transpose().multiply(centered);
        double all = scatter.getTrace();
        if (!(all > 0)) {
            throw new IllegalArgumentException("expected points that differ, found " + points.length + " alike");
        }
        EigenDecomposition axes = new EigenDecomposition(scatter); // the largest first
        double[] first = turned(axes.getEigenvector(0).toArray());
        double[] second = turned(axes.getEigenvector(1).toArray());
        return new PrincipalAxes(
                along(points, mean, first),
                along(points, mean, second),
                axes.getRealEigenvalue(0) / all,
                Math.max(0, axes.getRealEigenvalue(1) / all));
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
                .mapToDouble(p -> IntStream.range(0, axis.length)
                        .mapToDouble(i -> (points[p][i] - mean[i]) * axis[i])
                        .sum())
                .toArray();
    }
}
