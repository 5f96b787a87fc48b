package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.charts.Series;
import io.catwalk.runner.report.charts.XyChart;
import io.catwalk.runner.report.slides.Trace.At;
import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openxmlformats.schemas.drawingml.x2006.chart.STDLblPos;

/** Draws lines and dots, with their names beside them, so that names overlap as little as possible. */
final class XyScatter extends Scatter {

    /** Largest share of the width for a name at the end of a line; LibreOffice breaks longer ones. */
    private static final double ENDS = 0.34;

    private final List<Series> ends;
    private final List<Series> dots;

    XyScatter(XyChart chart, Look look) {
        super(chart.across(), chart.up(), look);
        Color muted = look.color(Tone.QUIET);
        chart.guides()
                .forEach(guide -> traces.add(Trace.dashes(
                        guide.words().isEmpty() ? "diagonal" : guide.words(),
                        muted,
                        1,
                        List.of(new At(guide.x(), guide.y()), new At(guide.toX(), guide.toY())))));
        chart.series().forEach(this::series);
        ends = chart.series().stream()
                .filter(one -> one.labeled() && one.look() != Series.Look.DOTS)
                .toList();
        dots = chart.series().stream()
                .filter(one -> one.labeled() && one.look() == Series.Look.DOTS)
                .toList();
    }

    @Override
    Margins margins() {
        double names = ends.isEmpty() ? 0 : 6 + widest(ends.stream().map(one -> Words.name(one.name())));
        return new Margins(50, 10, 14 + names, 44);
    }

    @Override
    void complete(Area frame) {
        nameEnds(frame);
        nameDots(frame);
    }

    private void series(Series one) {
        Color color = color(one.color());
        String name = Words.name(one.name());
        List<At> points =
                one.points().stream().map(point -> new At(point.x(), point.y())).toList();
        for (Series.Point point : one.points()) {
            Double low = point.low();
            Double high = point.high();
            if (low != null && high != null) {
                traces.add(Trace.line(
                        name + ", 95 % interval",
                        color,
                        1.25,
                        List.of(new At(point.x(), clipped(low)), new At(point.x(), clipped(high)))));
            }
        }
        switch (one.look()) {
            case LINE -> traces.add(Trace.line(name, color, 2, points));
            case DASHES -> traces.add(Trace.dashes(name, color, 2, points));
            case FAINT -> traces.add(Trace.line(name, Look.mixed(color, look.color(Tone.PALE), 0.4), 1, points));
            case STEPS -> traces.add(Trace.dashes(name, color, 1.25, steps(points)));
            case MARKED, DOTS -> {
                if (one.look() == Series.Look.MARKED) {
                    traces.add(Trace.line(name + ", line", color, 1.5, points));
                }
                for (Series.Point point : one.points()) {
                    traces.add(Trace.dots(
                            name,
                            color,
                            one.symbol(),
                            true,
                            Math.max(5, 1.6 * point.radius()),
                            List.of(new At(point.x(), point.y()))));
                }
            }
        }
    }

    private double clipped(double value) {
        return Math.max(up.low(), Math.min(up.high(), value));
    }

    /** Returns the points of a staircase: horizontal up to each point, then vertical. */
    private static List<At> steps(List<At> points) {
        List<At> steps = new ArrayList<>();
        for (At point : points) {
            if (!steps.isEmpty()) {
                steps.add(new At(point.x(), steps.get(steps.size() - 1).y()));
            }
            steps.add(point);
        }
        return steps;
    }

    /** Writes the name of each line beside its end, below that of the line above it. */
    private void nameEnds(Area frame) {
        double line = SIZE * TextSize.LINE;
        List<At> places = new ArrayList<>();
        List<Series> sorted = ends.stream()
                .filter(one -> !one.points().isEmpty())
                .sorted(Comparator.comparingDouble(one -> -last(one).y()))
                .toList();
        for (Series one : sorted) {
            double y = y(last(one).y(), frame);
            places.add(new At(
                    0,
                    places.isEmpty()
                            ? y
                            : Math.max(y, places.get(places.size() - 1).y() + line)));
        }
        double over =
                places.isEmpty() ? 0 : Math.max(0, places.get(places.size() - 1).y() - frame.height());
        for (int i = 0; i < sorted.size(); i++) {
            double y = Math.max(i * line, places.get(i).y() - over);
            traces.add(Trace.label(
                    Trace.LETTERS.cut(Words.name(sorted.get(i).name()), ENDS * frame.width()),
                    color(sorted.get(i).color()),
                    STDLblPos.R,
                    new At(last(sorted.get(i)).x(), up.high() - y / frame.height() * (up.high() - up.low()))));
        }
    }

    /** Writes the name of each dot where it covers the least. */
    private void nameDots(Area frame) {
        List<Rectangle2D> taken = new ArrayList<>();
        dots.forEach(one -> one.points().forEach(point -> taken.add(around(point, frame))));
        lines(frame, taken);
        for (Series one : dots) {
            Series.Point point = last(one);
            STDLblPos.Enum best = Stream.of(STDLblPos.R, STDLblPos.L, STDLblPos.T, STDLblPos.B)
                    .min(Comparator.comparingDouble(side -> covered(box(one, point, side, frame), taken, frame)))
                    .orElse(STDLblPos.R);
            taken.add(box(one, point, best, frame));
            traces.add(Trace.label(Words.name(one.name()), look.color(Tone.INK), best, new At(point.x(), point.y())));
        }
    }

    /** Marks the areas of dashed lines as taken, segment by segment. */
    private void lines(Area frame, List<Rectangle2D> taken) {
        for (Trace trace : traces) {
            for (int i = 1; trace.dashed() && i < trace.points().size(); i++) {
                At from = trace.points().get(i - 1);
                At to = trace.points().get(i);
                double x = x(from.x(), frame);
                double y = y(from.y(), frame);
                Rectangle2D line = new Rectangle2D.Double(x, y, 0, 0);
                line.add(x(to.x(), frame), y(to.y(), frame));
                if (line.getWidth() < 1 || line.getHeight() < 1) { // not the diagonal: its rectangle covers all
                    taken.add(new Rectangle2D.Double(
                            line.getX() - 1, line.getY() - 1, line.getWidth() + 2, line.getHeight() + 2));
                }
            }
        }
    }

    private static Series.Point last(Series one) {
        return one.points().get(one.points().size() - 1);
    }

    private Rectangle2D around(Series.Point point, Area frame) {
        double low = point.low() == null ? point.y() : clipped(point.low());
        double high = point.high() == null ? point.y() : clipped(point.high());
        double top = y(high, frame);
        return new Rectangle2D.Double(x(point.x(), frame) - 6, top - 4, 12, y(low, frame) - top + 8);
    }

    private Rectangle2D box(Series one, Series.Point point, STDLblPos.Enum side, Area frame) {
        double width = Trace.LETTERS.width(Words.name(one.name())) + 6;
        double height = SIZE * 1.5;
        double x = x(point.x(), frame);
        double y = y(point.y(), frame);
        double away = Math.max(5, 1.6 * point.radius()) / 2 + 3;
        if (side == STDLblPos.T || side == STDLblPos.B) {
            return new Rectangle2D.Double(
                    x - width / 2, side == STDLblPos.T ? y - away - height : y + away, width, height);
        }
        return new Rectangle2D.Double(side == STDLblPos.R ? x + away : x - away - width, y - height / 2, width, height);
    }

    /** Returns how much of a label covers other things, or is outside the frame. */
    private static double covered(Rectangle2D box, List<Rectangle2D> taken, Area frame) {
        Rectangle2D inside = box.createIntersection(new Rectangle2D.Double(0, 0, frame.width() + 10, frame.height()));
        double area = 3 * (box.getWidth() * box.getHeight() - area(inside));
        for (Rectangle2D other : taken) {
            area += area(box.createIntersection(other));
        }
        return area;
    }

    private static double area(Rectangle2D box) {
        return Math.max(0, box.getWidth()) * Math.max(0, box.getHeight());
    }

    private double x(double value, Area frame) {
        return across.at(value, 0, frame.width());
    }

    private double y(double value, Area frame) {
        return (up.high() - value) / (up.high() - up.low()) * frame.height();
    }
}
