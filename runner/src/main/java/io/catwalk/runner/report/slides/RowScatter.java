package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.charts.Axis;
import io.catwalk.runner.report.charts.Row;
import io.catwalk.runner.report.charts.Row.Box;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Row.Item;
import io.catwalk.runner.report.charts.Row.Range;
import io.catwalk.runner.report.charts.RowChart;
import io.catwalk.runner.report.slides.Trace.At;
import java.awt.Color;
import java.util.List;
import org.openxmlformats.schemas.drawingml.x2006.chart.STDLblPos;

/** Draws rows as dots and lines at whole heights, with their names at the left. */
final class RowScatter extends Scatter {

    private final RowChart chart;

    RowScatter(RowChart chart, Look look) {
        super(chart.axis(), new Axis("", 0.4, chart.rows().size() + 0.6, 1, Axis.Scale.LINEAR), look);
        this.chart = chart;
        int count = chart.rows().size();
        Axis axis = chart.axis();
        Color muted = look.color(Tone.QUIET);
        traces.add(Trace.line("axis", look.color(Tone.LINE), 0.75, upright(axis.low(), count)));
        if (axis.low() < 0 && axis.high() > 0) {
            traces.add(Trace.line("zero", muted, 1, upright(0, count)));
        }
        for (int i = 0; i < count; i++) {
            row(chart.rows().get(i), count - i);
        }
        if (chart.tied() > 1) {
            traces.add(Trace.line(
                    "not clearly different",
                    look.color(Tone.INK),
                    2.5,
                    List.of(new At(axis.low(), count + 0.3), new At(axis.low(), count - chart.tied() + 0.7))));
        }
    }

    @Override
    Margins margins() {
        return new Margins(
                20 + widest(chart.rows().stream().map(row -> Words.name(row.name()))),
                chart.legend().isEmpty() ? 10 : 24,
                18 + widest(chart.rows().stream().map(Row::note)),
                across.title().isEmpty() ? 24 : 44);
    }

    @Override
    void complete(Area frame) {
        legendAbove(frame);
        shade(frame);
    }

    private static List<At> upright(double x, int rows) {
        return List.of(new At(x, 0.4), new At(x, rows + 0.6));
    }

    private void row(Row row, double y) {
        Color color = color(row.color());
        String name = Words.name(row.name());
        for (Item item : row.items()) {
            if (item instanceof Range range) {
                double width = range.strong() ? 2 : 4;
                Color shade = range.strong() ? color : Look.mixed(color, look.color(Tone.PALE), 0.35);
                traces.add(Trace.line(
                        name + ", range", shade, width, List.of(new At(range.from(), y), new At(range.to(), y))));
            } else if (item instanceof Dot dot) {
                traces.add(Trace.dots(name, color, dot.symbol(), dot.filled(), 9, List.of(new At(dot.at(), y))));
            } else if (item instanceof Box box) {
                box(box, name, row, y);
            }
        }
        traces.add(Trace.label(name, look.color(Tone.INK), STDLblPos.L, new At(across.low(), y)));
        if (!row.note().isEmpty()) {
            traces.add(Trace.label(row.note(), look.color(Tone.QUIET), STDLblPos.R, new At(across.high(), y)));
        }
    }

    private void box(Box box, String name, Row row, double y) {
        Color color = color(row.color());
        Color pale = Look.mixed(color, look.color(Tone.PALE), 0.35);
        traces.add(Trace.line(
                name + ", middle half",
                pale,
                9,
                List.of(new At(box.quantile(0.25), y), new At(box.quantile(0.75), y))));
        traces.add(Trace.line(
                name + ", extremes", color, 1, List.of(new At(box.quantile(0), y), new At(box.quantile(1), y))));
        traces.add(Trace.dots(
                name,
                color,
                row.symbol(),
                true,
                5,
                box.sorted().stream().map(value -> new At(value, y)).toList()));
        traces.add(Trace.line(
                name + ", median",
                look.color(Tone.INK),
                2,
                List.of(new At(box.quantile(0.5), y - 0.2), new At(box.quantile(0.5), y + 0.2))));
    }

    /** Draws the shaded part of the axis as a wide line, behind all others. */
    private void shade(Area frame) {
        RowChart.Band band = chart.band();
        if (band == null) {
            return;
        }
        double from = Math.max(band.from(), across.low());
        double to = Math.min(band.to(), across.high());
        double width = (to - from) / (across.high() - across.low()) * frame.width();
        if (width > 0) {
            List<At> points = List.of(new At((from + to) / 2, up.low()), new At((from + to) / 2, up.high()));
            traces.add(0, Trace.line("treated as equivalent", look.color(Tone.LINE), width, points));
        }
    }

    /** Explains the symbols above the first row. */
    private void legendAbove(Area frame) {
        double x = 8;
        for (RowChart.Key key : chart.legend()) {
            double place = across.low() + x / frame.width() * (across.high() - across.low());
            At at = new At(place, up.high());
            Color muted = look.color(Tone.QUIET);
            traces.add(Trace.dots(key.words() + ", key", muted, key.symbol(), key.filled(), 8, List.of(at)));
            traces.add(Trace.label(key.words(), muted, STDLblPos.R, at));
            x += Trace.LETTERS.width(key.words()) + 26;
        }
    }
}
