package io.catwalk.runner.report;

import io.catwalk.runner.report.Chart.Caption;
import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Path;
import io.catwalk.runner.report.Mark.Text;
import io.catwalk.runner.report.Mark.Tip;
import io.catwalk.runner.report.Mark.Way;
import io.catwalk.runner.report.XyChart.Series.Look;
import io.catwalk.runner.report.XyChart.Series.Point;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Shows lines and dots between two axes; the first are behind the others. */
public record XyChart(Caption caption, ChartAxis across, ChartAxis up, List<Series> series) implements Chart {

    private static final double TOP = 30;
    private static final double BELOW = 42;
    private static final double LINE = 14;
    private static final double GAP = 5;
    private static final double HIGHEST = 380;

    /** Leaves out series without a point. */
    public XyChart {
        series = series.stream().filter(one -> !one.points().isEmpty()).toList();
    }

    @Override
    public Picture drawn(double width) {
        return new Drafting(width).picture();
    }

    private final class Drafting {

        private final Pen pen = new Pen();
        private final List<Rectangle2D> taken = new ArrayList<>();
        private final double width;
        private final double left = Math.max(10 + Pen.numbers(up), 30);
        private final double right;
        private final double bottom;
        private final List<Series> ends = series.stream()
                .filter(one -> one.labeled() && one.look() != Look.DOTS && one.look() != Look.GUIDE)
                .toList();

        Drafting(double width) {
            this.width = width;
            bottom = Math.min(HIGHEST, width * 0.66) - BELOW;
            double names =
                    ends.isEmpty() ? 0 : 12 + Pen.SMALL.widest(ends.stream().map(Series::name));
            // The number of a tick at the end stands half outside.
            double number = Pen.numbers(across) / 2;
            right = width - Math.max(Math.max(14, number), Math.min(names, width * 0.3));
        }

        Picture picture() {
            pen.beside(up, left, right, TOP, bottom);
            pen.below(across, left, right, TOP, bottom);
            series.forEach(this::line);
            labelEnds();
            series.forEach(this::dots);
            series.forEach(this::label);
            return new Picture(width, bottom + BELOW, pen.marks());
        }

        private Mark.Point at(double x, double y) {
            return new Mark.Point(across.at(x, left, right), Math.max(TOP, Math.min(bottom, up.at(y, bottom, TOP))));
        }

        private void line(Series one) {
            if (one.look() == Look.DOTS || one.points().size() < 2) {
                return;
            }
            List<Mark.Point> points = new ArrayList<>();
            for (Point point : one.points()) {
                Mark.Point next = at(point.x(), point.y());
                if (one.look() == Look.STEPS && !points.isEmpty()) {
                    points.add(new Mark.Point(
                            next.x(), points.get(points.size() - 1).y()));
                }
                points.add(next);
            }
            Paint paint = switch (one.look()) {
                case DASHES -> Paint.line(one.color(), 1.75).dashed(5);
                case FAINT -> Paint.line(one.color(), 1).opacity(0.35);
                case STEPS -> Paint.line("muted", 1.25).dashed(4);
                case GUIDE -> Paint.line(one.color(), 1).dashed(3);
                default -> Paint.line(one.color(), 2);
            };
            pen.add(new Path(points, false, paint));
            Mark.Point from = points.get(0);
            Mark.Point to = points.get(1);
            if (one.look() == Look.GUIDE && (from.x() == to.x() || from.y() == to.y())) {
                taken.add(area(
                        Math.min(from.x(), to.x()) - 1,
                        Math.min(from.y(), to.y()) - 1,
                        Math.abs(from.x() - to.x()) + 2,
                        Math.abs(from.y() - to.y()) + 2));
            }
        }

        private void dots(Series one) {
            boolean seen = one.look() == Look.DOTS
                    || one.look() == Look.MARKED
                    || (one.points().size() == 1 && one.look() != Look.FAINT);
            for (Point point : one.points()) {
                Mark.Point middle = at(point.x(), point.y());
                List<Mark> marks = new ArrayList<>();
                if (point.low() != null && point.high() != null) {
                    Mark.Point low = at(point.x(), point.low());
                    Mark.Point high = at(point.x(), point.high());
                    Paint pale = Paint.line(one.color(), 2).opacity(0.55);
                    marks.add(new Path(List.of(high, low), false, pale));
                    taken.add(area(low.x() - 1, high.y(), 2, low.y() - high.y()));
                }
                Paint visible = Paint.fill(one.color()).framed("paper", 1);
                Paint invisible = Paint.fill(one.color()).opacity(0); // so that the reader can point at it
                if (seen || !point.tip().isEmpty()) {
                    double radius = seen ? point.radius() : 5;
                    marks.add(one.symbol().at(middle.x(), middle.y(), radius, seen ? visible : invisible));
                }
                if (!marks.isEmpty()) {
                    pen.add(new Tip(point.tip().isEmpty() ? one.name() : point.tip(), point.key(), marks));
                }
                if (one.look() == Look.DOTS) {
                    double r = point.radius();
                    taken.add(area(middle.x() - r, middle.y() - r, 2 * r, 2 * r));
                }
            }
        }

        /** Writes the names of lines at their ends, without overlap; if there are too many, only the first ones. */
        private void labelEnds() {
            List<Series> sorted = ends.stream()
                    .limit((long) ((bottom - TOP) / LINE))
                    .sorted(Comparator.comparingDouble(one -> end(one).y()))
                    .toList();
            double[] at = sorted.stream().mapToDouble(one -> end(one).y()).toArray();
            for (int i = 1; i < at.length; i++) {
                at[i] = Math.max(at[i], at[i - 1] + LINE);
            }
            for (int i = at.length - 1; i >= 0; i--) {
                at[i] = Math.min(at[i], bottom - (at.length - 1 - i) * LINE);
                Series one = sorted.get(i);
                Paint pale = Paint.line(one.color(), 1).opacity(0.6);
                pen.line(end(one).x() + 2, end(one).y(), right + 6, at[i], pale);
                String name = Pen.SMALL.cut(one.name(), width - right - 8);
                pen.text(right + 8, at[i] + 4, name, Pen.SMALL, "ink", Anchor.START);
            }
        }

        private Mark.Point end(Series one) {
            Point last = one.points().get(one.points().size() - 1);
            return at(last.x(), last.y());
        }

        private void label(Series one) {
            if (one.labeled() && one.look() == Look.GUIDE) {
                write(one.name(), Pen.SMALL, one.color(), end(one), 0);
            } else if (one.labeled() && one.look() == Look.DOTS) {
                write(one.name(), Pen.NAME, "ink", end(one), one.points().get(0).radius());
            }
        }

        /** Writes words at the first place around a point that covers nothing else; leaves them out if there is none. */
        private void write(String words, Letters letters, String color, Mark.Point point, double radius) {
            String name = letters.cut(words, width * (radius == 0 ? 0.6 : 0.34));
            Rectangle2D frame = area(left, TOP - 4, width - left, bottom - TOP + 4);
            places(point, radius + GAP, letters.width(name)).stream()
                    .filter(area -> frame.contains(area) && taken.stream().noneMatch(area::intersects))
                    .findFirst()
                    .ifPresent(area -> {
                        taken.add(area);
                        double base = area.getMaxY() - 3.5;
                        pen.add(new Text(area.getX(), base, name, letters, color, Anchor.START, Way.LEVEL_WITH_EDGE));
                    });
        }

        /** Returns possible places of words around a point, the best first. */
        private static List<Rectangle2D> places(Mark.Point point, double away, double wide) {
            List<Rectangle2D> places = new ArrayList<>();
            for (double down : new double[] {0, -0.6, 0.6, -1.1, 1.1, -1.7, 1.7}) {
                double top = point.y() + (down - 0.5) * LINE;
                for (double left : new double[] {away, -away - wide, -wide / 2}) {
                    places.add(area(point.x() + left, top, wide, LINE));
                }
            }
            return places;
        }

        private static Rectangle2D area(double left, double top, double wide, double high) {
            return new Rectangle2D.Double(left, top, wide, high);
        }
    }

    /**
     * One line, or one set of dots, of an {@link XyChart}.
     *
     * @param name beside it, and in the numbers of the slides
     * @param labeled whether its name is shown: at the end of a line, beside a dot
     * @param points in the order in which a line connects them; points that are not finite are left out
     */
    public record Series(String name, String color, Symbol symbol, Look look, boolean labeled, List<Point> points) {

        /** Leaves out points that are not finite. */
        public Series {
            points = points.stream()
                    .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
                    .toList();
        }

        public static Series of(ClassifierReport one, Look look, List<Point> points) {
            return new Series(one.name(), one.color(), one.symbol(), look, true, points);
        }

        /** Returns a thin dashed line between two points, with words at its end. */
        public static Series guide(double x, double y, double toX, double toY, String words) {
            List<Point> points = List.of(Point.at(x, y, ""), Point.at(toX, toY, ""));
            return new Series(words, "muted", Symbol.CIRCLE, Look.GUIDE, !words.isEmpty(), points);
        }

        /** Returns all heights that the axis of these series has to span, with their bounds. */
        public static List<Double> span(List<Series> series) {
            return series.stream()
                    .flatMap(one -> one.points.stream())
                    .flatMap(point -> Stream.of(point.y, point.low, point.high))
                    .filter(Objects::nonNull)
                    .toList();
        }

        public enum Look {
            LINE,
            DASHES,
            FAINT,
            /** A dashed line in steps: horizontal up to each point, then vertical. */
            STEPS,
            MARKED,
            DOTS,
            GUIDE
        }

        /** A point, with the bounds of y, a tip and a key for scripts, if it has them; the radius of its dot is in pixels. */
        public record Point(
                double x,
                double y,
                @Nullable Double low,
                @Nullable Double high,
                double radius,
                String tip,
                String key) {

            public static Point at(double x, double y, String tip) {
                return new Point(x, y, null, null, 4, tip, "");
            }
        }
    }
}
