package io.catwalk.runner.training;

/** Maps the position (x, y) of a pixel to that of its source, (a x + b y + c, d x + e y + f). */
public record Affine(double a, double b, double c, double d, double e, double f) {

    static final Affine IDENTITY = new Affine(1, 0, 0, 0, 1, 0);

    /** Rotates an image counterclockwise, about its center; the angle is in radians. */
    public static Affine rotation(double angle, int width, int height) {
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double x = (width - 1) / 2.0;
        double y = (height - 1) / 2.0;
        return new Affine(cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y);
    }

    public double x(double x, double y) {
        return a * x + b * y + c;
    }

    public double y(double x, double y) {
        return d * x + e * y + f;
    }

    /** Returns the map that applies the other first, then this. */
    Affine after(Affine other) {
        return new Affine(
                a * other.a + b * other.d,
                a * other.b + b * other.e,
                x(other.c, other.f),
                d * other.a + e * other.d,
                d * other.b + e * other.e,
                y(other.c, other.f));
    }
}
