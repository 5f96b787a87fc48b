package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.charts.Axis;
import io.catwalk.runner.report.charts.Row;
import io.catwalk.runner.report.charts.Row.Box;
import io.catwalk.runner.report.charts.Row.Dot;
import io.catwalk.runner.report.charts.Row.Item;
import io.catwalk.runner.report.charts.Row.Range;
import io.catwalk.runner.report.charts.RowChart;
import io.catwalk.runner.report.charts.Series;
import io.catwalk.runner.report.charts.XyChart;
import io.catwalk.runner.report.graphics.Letters;
import io.catwalk.runner.report.graphics.Symbol;
import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.namespace.QName;
import org.apache.poi.xddf.usermodel.PresetLineDash;
import org.apache.poi.xddf.usermodel.XDDFLineProperties;
import org.apache.poi.xddf.usermodel.XDDFPresetLineDash;
import org.apache.poi.xddf.usermodel.chart.AxisCrossBetween;
import org.apache.poi.xddf.usermodel.chart.AxisPosition;
import org.apache.poi.xddf.usermodel.chart.ChartTypes;
import org.apache.poi.xddf.usermodel.chart.MarkerStyle;
import org.apache.poi.xddf.usermodel.chart.ScatterStyle;
import org.apache.poi.xddf.usermodel.chart.XDDFScatterChartData;
import org.apache.poi.xddf.usermodel.chart.XDDFValueAxis;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.xmlbeans.XmlCursor;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTDLbls;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTMarker;
import org.openxmlformats.schemas.drawingml.x2006.chart.CTScatterSer;
import org.openxmlformats.schemas.drawingml.x2006.chart.STDLblPos;
import org.openxmlformats.schemas.drawingml.x2006.chart.STMarkerStyle;

/**
 * Draws lines and dots between two axes. Rows are dots and lines at whole heights, their names labels at the left.
 */
final class Scatter extends NativeChart {

    private static final Letters LABEL = Letters.plain(SIZE);

    /** Wider lines shade what is behind them, in points. */
    private static final double THICK = 3;

    /** A longer name at the end of a line breaks in LibreOffice. */
    private static final double ENDS = 0.34;

    private final Axis across;
    private final Axis up;
    private final List<Trace> traces = new ArrayList<>();
    private List<RowChart.Key> legend = List.of();
    private RowChart.@Nullable Band band;
    private List<Series> ends = List.of();
    private List<Series> dots = List.of();
    private double left = 50;
    private double right = 14;
    private double below = 44;

    private Scatter(Axis across, Axis up, Look look) {
        super(look);
        this.across = across;
        this.up = up;
    }

    /** A point of a trace. */
    private record At(double x, double y) {}

    /**
     * Is one series of PowerPoint.
     *
     * @param name of it
     * @param color of it
     * @param width of its line in points; 0 for none
     * @param dashed whether the line is
     * @param mark symbol of its dots; null for none
     * @param filled whether the dots are
     * @param size of the dots in points
     * @param label where its name stands; null for nowhere
     * @param points of it
     */
    private record Trace(
            String name,
            Color color,
            double width,
            boolean dashed,
            @Nullable Symbol mark,
            boolean filled,
            double size,
            STDLblPos.@Nullable Enum label,
            List<At> points) {

        static Trace line(String name, Color color, double width, List<At> points) {
            return new Trace(name, color, width, false, null, true, 0, null, points);
        }

        static Trace dashes(String name, Color color, double width, List<At> points) {
            return new Trace(name, color, width, true, null, true, 0, null, points);
        }

        static Trace dots(String name, Color color, Symbol mark, boolean filled, double size, List<At> points) {
            return new Trace(name, color, 0, false, mark, filled, size, null, points);
        }

        /** Cuts a name that would take the room of the picture. */
        Trace cut(double longest) {
            return new Trace(LABEL.cut(name, longest), color, width, dashed, mark, filled, size, label, points);
        }

        /** Writes a name beside a point, with a gap between them. */
        static Trace label(String name, Color color, STDLblPos.Enum label, At point) {
            String apart = label == STDLblPos.R ? "\u00A0" + name : label == STDLblPos.L ? name + "\u00A0\u00A0" : name;
            return new Trace(apart, color, 0, false, null, true, 0, label, List.of(point));
        }
    }

    // ---- rows

    static Scatter of(RowChart chart, Look look) {
        int count = chart.rows().size();
        Axis axis = chart.axis();
        Scatter drawing = new Scatter(axis, new Axis("", 0.4, count + 0.6, 1, Axis.Scale.LINEAR), look);
        Color muted = look.color(Tone.QUIET);
        drawing.traces.add(Trace.line("axis", look.color(Tone.LINE), 0.75, upright(axis.low(), count)));
        if (axis.low() < 0 && axis.high() > 0) {
            drawing.traces.add(Trace.line("zero", muted, 1, upright(0, count)));
        }
        drawing.band = chart.band();
        for (int i = 0; i < count; i++) {
            drawing.row(chart.rows().get(i), count - i);
        }
        if (chart.tied() > 1) {
            drawing.traces.add(Trace.line(
                    "not clearly different",
                    look.color(Tone.INK),
                    2.5,
                    List.of(new At(axis.low(), count + 0.3), new At(axis.low(), count - chart.tied() + 0.7))));
        }
        drawing.left = 20 + widest(chart.rows().stream().map(row -> Words.name(row.name())));
        drawing.right = 18 + widest(chart.rows().stream().map(Row::note));
        drawing.below = axis.title().isEmpty() ? 24 : 44;
        drawing.legend = chart.legend();
        return drawing;
    }

    private static double widest(Stream<String> texts) {
        return texts.mapToDouble(LABEL::width).max().orElse(0);
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

    // ---- lines and dots

    static Scatter of(XyChart chart, Look look) {
        Scatter drawing = new Scatter(chart.across(), chart.up(), look);
        Color muted = look.color(Tone.QUIET);
        chart.guides()
                .forEach(guide -> drawing.traces.add(Trace.dashes(
                        guide.words().isEmpty() ? "diagonal" : guide.words(),
                        muted,
                        1,
                        List.of(new At(guide.x(), guide.y()), new At(guide.toX(), guide.toY())))));
        chart.series().forEach(drawing::series);
        List<Series> ends = chart.series().stream()
                .filter(one -> one.labeled() && one.look() != Series.Look.DOTS)
                .toList();
        drawing.ends = ends;
        drawing.dots = chart.series().stream()
                .filter(one -> one.labeled() && one.look() == Series.Look.DOTS)
                .toList();
        drawing.right = 14 + (ends.isEmpty() ? 0 : 6 + widest(ends.stream().map(one -> Words.name(one.name()))));
        return drawing;
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

    /** Runs level to each point, then upright. */
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

    // ---- names beside lines and dots, none on another

    private void name(Area frame) {
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
                    LABEL.cut(Words.name(sorted.get(i).name()), ENDS * frame.width()),
                    color(sorted.get(i).color()),
                    STDLblPos.R,
                    new At(last(sorted.get(i)).x(), up.high() - y / frame.height() * (up.high() - up.low()))));
        }
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

    /** Takes the room of dashed lines, in small steps. */
    private void lines(Area frame, List<Rectangle2D> taken) {
        for (Trace trace : traces) {
            for (int i = 1; trace.dashed() && i < trace.points().size(); i++) {
                At from = trace.points().get(i - 1);
                At to = trace.points().get(i);
                double x = x(from.x(), frame);
                double y = y(from.y(), frame);
                Rectangle2D line = new Rectangle2D.Double(x, y, 0, 0);
                line.add(x(to.x(), frame), y(to.y(), frame));
                if (line.getWidth() < 1 || line.getHeight() < 1) { // not the diagonal, which would take the whole
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
        double width = LABEL.width(Words.name(one.name())) + 6;
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

    /** Returns how much of a label lies on something, or outside. */
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
        double place = across.scale() == Axis.Scale.DOUBLING ? Math.log(value) / Math.log(2) : value;
        return (place - across.low()) / (across.high() - across.low()) * frame.width();
    }

    private double y(double value, Area frame) {
        return (up.high() - value) / (up.high() - up.low()) * frame.height();
    }

    // ---- drawing

    @Override
    void draw(XSLFChart chart, Area area) {
        prepare(chart);
        double top = legend.isEmpty() ? 10 : 24;
        double names = Math.min(left, area.width() * 0.4);
        double notes = Math.min(right, area.width() * 0.3);
        Area frame = new Area(names, top, area.width() - names - notes, area.height() - top - below);
        name(frame);
        XDDFValueAxis horizontal = chart.createValueAxis(AxisPosition.BOTTOM);
        XDDFValueAxis vertical = chart.createValueAxis(AxisPosition.LEFT);
        apply(across, horizontal);
        apply(up, vertical);
        vertical.setVisible(!up.title().isEmpty());
        if (up.title().isEmpty()) {
            vertical.getOrAddMajorGridProperties().setLineProperties(noLine());
        }
        horizontal.setCrossBetween(AxisCrossBetween.MIDPOINT_CATEGORY);
        vertical.setCrossBetween(AxisCrossBetween.MIDPOINT_CATEGORY);
        Workbook workbook = new Workbook(chart);
        XDDFScatterChartData data = (XDDFScatterChartData) chart.createData(ChartTypes.SCATTER, horizontal, vertical);
        data.setStyle(ScatterStyle.LINE_MARKER);
        data.setVaryColors(false);
        legendAbove(frame);
        shade(frame);
        // LibreOffice loses short series after which longer ones come; and dots belong before lines.
        traces.stream()
                .sorted(Comparator.comparingInt(trace -> -trace.points().size()))
                .map(trace -> trace.label() == null ? trace : trace.cut(0.36 * area.width()))
                .forEach(trace -> add(trace, data, workbook));
        chart.plot(data);
        workbook.write();
        place(chart.getCTChart().getPlotArea(), frame, area);
    }

    /** Draws the shaded part of the axis as a line so wide, behind all others. */
    private void shade(Area frame) {
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
        for (RowChart.Key key : legend) {
            double place = across.low() + x / frame.width() * (across.high() - across.low());
            At at = new At(place, up.high());
            Color muted = look.color(Tone.QUIET);
            traces.add(Trace.dots(key.words() + ", key", muted, key.symbol(), key.filled(), 8, List.of(at)));
            traces.add(Trace.label(key.words(), muted, STDLblPos.R, at));
            x += LABEL.width(key.words()) + 26;
        }
    }

    private static void add(Trace trace, XDDFScatterChartData data, Workbook workbook) {
        List<@Nullable Double> across = new ArrayList<>();
        List<@Nullable Double> up = new ArrayList<>();
        trace.points().forEach(point -> {
            across.add(point.x());
            up.add(point.y());
        });
        var x = workbook.numbers(trace.name() + ": x", across);
        var series = (XDDFScatterChartData.Series) data.addSeries(x, workbook.numbers(trace.name(), up));
        workbook.name(series);
        series.setSmooth(false);
        XDDFLineProperties line = trace.width() == 0 ? noLine() : line(trace.color(), trace.width());
        if (trace.dashed()) {
            line.setPresetDash(new XDDFPresetLineDash(PresetLineDash.DASH));
        }
        series.setLineProperties(line);
        if (trace.width() > THICK) { // LibreOffice draws lines over the dots of others
            series.getCTScatterSer()
                    .getSpPr()
                    .getLn()
                    .getSolidFill()
                    .getSrgbClr()
                    .addNewAlpha()
                    .setVal(50_000);
        }
        CTScatterSer raw = series.getCTScatterSer();
        if (trace.mark() == null) {
            series.setMarkerStyle(MarkerStyle.NONE);
        } else {
            marker(raw.isSetMarker() ? raw.getMarker() : raw.addNewMarker(), trace, trace.mark());
        }
        CTDLbls labels = raw.isSetDLbls() ? raw.getDLbls() : raw.addNewDLbls();
        if (trace.label() != null) {
            labels.addNewTxPr().addNewBodyPr();
            var font = labels.getTxPr().addNewP().addNewPPr().addNewDefRPr();
            font.setSz((int) (SIZE * 100));
            font.addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(trace.color()));
            labels.addNewDLblPos().setVal(trace.label());
        }
        labels(labels, false, trace.label() != null);
    }

    /**
     * Sets symbol, size and color of the dots of a series. The small edition of POI's schemas lacks the type of the
     * size: written as plain XML it does without.
     */
    private static void marker(CTMarker marker, Trace trace, Symbol symbol) {
        (marker.isSetSymbol() ? marker.getSymbol() : marker.addNewSymbol()).setVal(style(symbol));
        try (XmlCursor cursor = marker.getSymbol().newCursor()) {
            cursor.toEndToken();
            cursor.toNextToken();
            cursor.beginElement(new QName(marker.getSymbol().getDomNode().getNamespaceURI(), "size"));
            cursor.insertAttributeWithValue("val", Long.toString(Math.round(trace.size())));
        }
        var look = marker.isSetSpPr() ? marker.getSpPr() : marker.addNewSpPr();
        look.addNewSolidFill()
                .addNewSrgbClr()
                .setVal(Look.rgb(trace.filled() ? trace.color() : Look.mixed(trace.color(), Color.WHITE, 0.35)));
        look.addNewLn().addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(trace.color()));
        look.getLn().setW(19050);
    }

    /** Finds the nearest of PowerPoint's symbols, a different one for each. */
    private static STMarkerStyle.Enum style(Symbol symbol) {
        return switch (symbol) {
            case CIRCLE -> STMarkerStyle.CIRCLE;
            case SQUARE -> STMarkerStyle.SQUARE;
            case TRIANGLE -> STMarkerStyle.TRIANGLE;
            case DIAMOND -> STMarkerStyle.DIAMOND;
            case TRIANGLE_DOWN -> STMarkerStyle.X;
            case HEXAGON -> STMarkerStyle.STAR;
            case PENTAGON -> STMarkerStyle.DASH;
            case PLUS -> STMarkerStyle.PLUS;
        };
    }
}
