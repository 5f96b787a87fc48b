package io.catwalk.runner.report;

import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Path;
import io.catwalk.runner.report.Mark.Point;
import io.catwalk.runner.report.Mark.Rect;
import io.catwalk.runner.report.Mark.Text;
import java.util.ArrayList;
import java.util.List;

/** Draws the marks of a picture, the first behind the others. */
public final class Pen {

    static final Letters NAME = Letters.plain(12);
    static final Letters SMALL = Letters.plain(11);
    static final Letters AXIS = Letters.plain(11.5);

    private final List<Mark> marks = new ArrayList<>();

    public List<Mark> marks() {
        return marks;
    }

    public void add(Mark mark) {
        marks.add(mark);
    }

    public void line(double x, double y, double toX, double toY, Paint paint) {
        marks.add(new Path(List.of(new Point(x, y), new Point(toX, toY)), false, paint));
    }

    public void rect(double x, double y, double width, double height, double radius, Paint paint) {
        marks.add(new Rect(x, y, width, height, radius, paint));
    }

    public void text(double x, double y, String text, Letters letters, String color, Anchor anchor) {
        marks.add(new Text(x, y, text, letters, color, anchor));
    }

    /** Draws the grid, the numbers and the title of a horizontal axis, the title below. */
    void below(ChartAxis axis, double left, double right, double top, double bottom) {
        List<Double> ticks = axis.ticks();
        double room = (right - left) / Math.max(1, ticks.size());
        int every = (int) Math.ceil((numbers(axis) + 6) / room);
        for (int i = 0; i < ticks.size(); i++) {
            double x = axis.at(ticks.get(i), left, right);
            line(x, top, x, bottom, Paint.line("grid", 1));
            if (i % every == 0) {
                text(x, bottom + 15, axis.label(ticks.get(i)), SMALL, "muted", Anchor.MIDDLE);
            }
        }
        if (!axis.title().isEmpty()) {
            text(right, bottom + 32, AXIS.cut(axis.title(), right), AXIS, "muted", Anchor.END);
        }
    }

    /** Draws the grid, the numbers and the title of a vertical axis, the title above. */
    void beside(ChartAxis axis, double left, double right, double top, double bottom) {
        for (double tick : axis.ticks()) {
            double y = axis.at(tick, bottom, top);
            line(left, y, right, y, Paint.line("grid", 1));
            text(left - 6, y + 4, axis.label(tick), SMALL, "muted", Anchor.END);
        }
        text(0, top - 10, axis.title(), AXIS, "muted", Anchor.START);
    }

    static double numbers(ChartAxis axis) {
        return SMALL.widest(axis.ticks().stream().map(axis::label));
    }
}
