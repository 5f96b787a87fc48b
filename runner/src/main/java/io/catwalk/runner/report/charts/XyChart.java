package io.catwalk.runner.report.charts;

import io.catwalk.runner.report.charts.Series.Look;
import io.catwalk.runner.report.charts.Series.Point;
import io.catwalk.runner.report.graphics.Mark;
import io.catwalk.runner.report.graphics.Mark.Anchor;
import io.catwalk.runner.report.graphics.Mark.Path;
import io.catwalk.runner.report.graphics.Mark.Text;
import io.catwalk.runner.report.graphics.Mark.Tip;
import io.catwalk.runner.report.graphics.Mark.Way;
import io.catwalk.runner.report.graphics.Paint;
import io.catwalk.runner.report.graphics.Picture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows lines and dots between two axes.
 *
 * @param caption its words and numbers
 * @param across horizontal axis
 * @param up vertical axis
 * @param series in the order in which they are drawn
 * @param guides lines that help to read it
 */
public record XyChart(Caption caption, Axis across, Axis up, List<Series> series, List<Guide> guides) implements Chart {

    private static final double TOP = 30;
    private static final double BELOW = 42;
    private static final double LINE = 14;
    private static final double HIGHEST = 380;

    /** A thin dashed line between two points, with words at its end. */
    public record Guide(double x, double y, double toX, double toY, String words) {}

    /** Copies the lists, and leaves out series without a point. */
    public XyChart {
        series = series.stream().filter(one -> !one.points().isEmpty()).toList();
        guides = List.copyOf(guides);
    }

    @Override
    public Picture drawn(double width) {
        return new Drafting(width).picture();
    }

    /** The state of a drawing in progress. */
    private final class Drafting {

        private final Pen pen = new Pen();
        private final double width;
        private final double left = Math.max(Pen.room(up), 30);
        private final double right;
        private final double bottom;
        private final List<Series> ends;

        Drafting(double width) {
            this.width = width;
            bottom = Math.min(HIGHEST, width * 0.66) - BELOW;
            ends = series.stream()
                    .filter(one -> one.labeled() && one.look() != Look.DOTS)
                    .toList();
            double names = ends.stream()
                    .mapToDouble(one -> Pen.SMALL.width(one.name()))
                    .max()
                    .orElse(0);
            // The number of a tick at the end stands half outside.
            double number = across.ticks().stream()
                    .mapToDouble(tick -> Pen.SMALL.width(across.label(tick)) / 2)
                    .max()
                    .orElse(0);
            right = width - Math.max(Math.max(14, number), Math.min(names + 12, width * 0.3));
        }

        Picture picture() {
            pen.beside(up, left, right, TOP, bottom);
            pen.below(across, left, right, TOP, bottom);
            guides.forEach(this::guide);
            series.forEach(this::line);
            labelEnds();
            List<Dot> dots = new ArrayList<>();
            series.forEach(one -> dots(one, dots));
            labelDots(dots);
            return new Picture(width, bottom + BELOW, pen.marks());
        }

        private double x(double value) {
            return across.at(value, left, right);
        }

        private double y(double value) {
            return Math.max(TOP, Math.min(bottom, up.at(value, bottom, TOP)));
        }

        private void guide(Guide guide) {
            double x = x(guide.toX());
            double y = y(guide.toY());
            pen.line(x(guide.x()), y(guide.y()), x, y, Paint.line("muted", 1).dashed(3));
            boolean fits = x + 5 + Pen.SMALL.width(guide.words()) < right;
            pen.add(new Text(
                    fits ? x + 5 : x - 5,
                    y + (y < (TOP + bottom) / 2 ? 11 : -5),
                    guide.words(),
                    Pen.SMALL,
                    "muted",
                    fits ? Anchor.START : Anchor.END,
                    Way.LEVEL_WITH_EDGE));
        }

        private void line(Series one) {
            if (one.look() == Look.DOTS || one.points().size() < 2) {
                return;
            }
            List<Mark.Point> points = new ArrayList<>();
            double before = 0;
            for (Point point : one.points()) {
                if (one.look() == Look.STEPS && !points.isEmpty()) {
                    points.add(new Mark.Point(x(point.x()), before));
                }
                before = y(point.y());
                points.add(new Mark.Point(x(point.x()), before));
            }
            Paint paint = switch (one.look()) {
                case DASHES -> Paint.line(one.color(), 1.75).dashed(5);
                case FAINT -> Paint.line(one.color(), 1).opacity(0.35);
                case STEPS -> Paint.line("muted", 1.25).dashed(4);
                default -> Paint.line(one.color(), 2);
            };
            pen.add(new Path(points, false, paint));
        }

        private void dots(Series one, List<Dot> dots) {
            for (Point point : one.points()) {
                double x = x(point.x());
                double y = y(point.y());
                List<Mark> marks = new ArrayList<>();
                double top = y;
                double end = y;
                if (point.low() != null && point.high() != null) {
                    top = y(point.high());
                    end = y(point.low());
                    marks.add(new Path(
                            List.of(new Mark.Point(x, top), new Mark.Point(x, end)),
                            false,
                            Paint.line(one.color(), 2).opacity(0.55)));
                }
                boolean seen = one.look() == Look.DOTS
                        || one.look() == Look.MARKED
                        || (one.points().size() == 1 && one.look() != Look.FAINT);
                if (seen) {
                    marks.add(one.symbol()
                            .at(x, y, point.radius(), Paint.fill(one.color()).framed("paper", 1)));
                } else if (!point.tip().isEmpty()) {
                    // An invisible mark, so that the reader can point at it.
                    marks.add(one.symbol().at(x, y, 5, Paint.fill(one.color()).opacity(0)));
                }
                if (!marks.isEmpty()) {
                    pen.add(new Tip(point.tip().isEmpty() ? one.name() : point.tip(), point.key(), marks));
                }
                if (one.look() == Look.DOTS) {
                    dots.add(new Dot(one.labeled() ? one.name() : null, x, y, point.radius(), top, end));
                }
            }
        }

        /** Writes the names of lines at their ends, without overlap; if there are too many, only the first ones. */
        private void labelEnds() {
            int most = (int) ((bottom - TOP) / LINE);
            List<Series> named = ends.size() > most ? ends.subList(0, most) : ends;
            List<Series> sorted = named.stream()
                    .sorted(Comparator.comparingDouble(one -> y(last(one).y())))
                    .toList();
            double[] at = sorted.stream().mapToDouble(one -> y(last(one).y())).toArray();
            for (int i = 1; i < at.length; i++) {
                at[i] = Math.max(at[i], at[i - 1] + LINE);
            }
            double over = at.length == 0 ? 0 : Math.max(0, at[at.length - 1] - bottom);
            for (int i = at.length - 1; i >= 0 && over > 0; i--) {
                double highest = i == at.length - 1 ? bottom : at[i + 1] - LINE;
                at[i] = Math.min(at[i], highest);
            }
            for (int i = 0; i < at.length; i++) {
                Series one = sorted.get(i);
                double x = x(last(one).x());
                pen.line(
                        x + 2,
                        y(last(one).y()),
                        right + 6,
                        at[i],
                        Paint.line(one.color(), 1).opacity(0.6));
                pen.text(
                        right + 8,
                        at[i] + 4,
                        Pen.SMALL.cut(one.name(), width - right - 8),
                        Pen.SMALL,
                        "ink",
                        Anchor.START);
            }
        }

        private Point last(Series one) {
            return one.points().get(one.points().size() - 1);
        }

        /** Writes the name of each dot at the first place that covers nothing else; leaves it out if there is none. */
        private void labelDots(List<Dot> dots) {
            List<Area> taken = new ArrayList<>();
            for (Dot dot : dots) {
                taken.add(new Area(dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius));
                taken.add(new Area(dot.x - 1, dot.top, dot.x + 1, dot.end));
            }
            Area frame = new Area(left, TOP - 4, width, bottom);
            for (Dot dot : dots) {
                if (dot.name == null) {
                    continue;
                }
                String name = Pen.NAME.cut(dot.name, width * 0.34);
                for (Area area : dot.places(Pen.NAME.width(name))) {
                    if (frame.holds(area) && taken.stream().noneMatch(area::meets)) {
                        taken.add(area);
                        pen.add(new Text(
                                area.left,
                                area.bottom - 3.5,
                                name,
                                Pen.NAME,
                                "ink",
                                Anchor.START,
                                Way.LEVEL_WITH_EDGE));
                        break;
                    }
                }
            }
        }
    }

    /** A dot in pixels, with its error bar. */
    private record Dot(@Nullable String name, double x, double y, double radius, double top, double end) {

        private static final double GAP = 5;

        /** Returns possible places of its name, the best first. */
        List<Area> places(double wide) {
            List<Area> places = new ArrayList<>();
            for (double down : new double[] {0, -1, 1, -1.8, 1.8}) {
                double middle = y + down * (LINE / 2 + 1);
                places.add(at(x + radius + GAP, middle, wide));
                places.add(at(x - radius - GAP - wide, middle, wide));
            }
            places.add(at(x - wide / 2, Math.min(top, y - radius) - LINE / 2 - 1, wide));
            places.add(at(x - wide / 2, Math.max(end, y + radius) + LINE / 2 + 1, wide));
            return places;
        }

        private static Area at(double left, double middle, double wide) {
            return new Area(left, middle - LINE / 2, left + wide, middle + LINE / 2);
        }
    }

    /** A part of the picture. */
    private record Area(double left, double top, double right, double bottom) {

        boolean meets(Area other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }

        boolean holds(Area other) {
            return left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom;
        }
    }
}
