package io.catwalk.runner.report;

import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Chart.Caption;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.RowChart.Row.Box;
import io.catwalk.runner.report.RowChart.Row.Dot;
import io.catwalk.runner.report.RowChart.Row.Range;
import io.catwalk.runner.report.Table.Column;
import io.catwalk.runner.report.Table.Column.Kind;
import io.catwalk.runner.report.Table.Row;
import io.catwalk.runner.report.XyChart.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A document with every kind of block and cell, long names, names from right to left, and tables of many rows. */
public final class SampleDocument {

    public static final String LONG = "a-classifier-with-a-name-that-is-much-longer-than-any-slide-has-room-for";
    public static final String RIGHT_TO_LEFT = "שלום-רשת";
    public static final List<String> NAMES =
            List.of("conv", "gru", "mlp", LONG, RIGHT_TO_LEFT, "stride-conv", "resnet-small", "lstm");
    public static final Palette PALETTE = new Palette(NAMES);
    public static final String SENTENCE =
            "The accuracy of the network was measured on images that it had never seen in its training. ";

    private static final Set<Medium> TEXT = Medium.of(Medium.TERMINAL, Medium.MARKDOWN);

    private static final Set<Medium> BOTH = Medium.of(Medium.SLIDES, Medium.APPENDIX);

    private SampleDocument() {}

    public static Document document() {
        return new Document(
                "sample-run",
                "Fashion-MNIST · 8 classifiers · tested on 2,000 images",
                "conv is probably the best of 8 classifiers: it classifies 92.35 % of the test images correctly",
                List.of(
                        section("standings", List.of(warning(), key(), table(8, true), note())),
                        section("confidence", List.of(new Figure(BOTH, rows(true)), table(7, false), note())),
                        section("costs", List.of(new Figure(BOTH, lines(Series.Look.DOTS)), list("What it costs", 3))),
                        section(
                                "training",
                                List.of(
                                        new Figure(BOTH, lines(Series.Look.LINE)),
                                        new Figure(BOTH, lines(Series.Look.MARKED)))),
                        section("spread", List.of(new Figure(BOTH, rows(false)))),
                        section("classes", List.of(table(30, true), text())),
                        section("nothing", List.of(table(0, true))),
                        section("files", List.of(new Facts(BOTH, "Files", false, facts()))),
                        section("drawings", List.of(drawing(BOTH), group(), photo(), table(3, true))),
                        section("conclusions", List.of(list("Conclusions", 4), list("Limits", 40)))),
                NAMES,
                "Made by Catwalk from the files of the run folder.");
    }

    public static Section section(String id, List<Block> blocks) {
        return new Section(
                id,
                "Section " + id,
                "The finding of the section on " + id + " is a whole sentence",
                blocks,
                id + ".json");
    }

    private static Sentences warning() {
        return Sentences.of(BOTH, Tone.WARNING, "2 of 24 trials are missing.", "The seeds of lstm differ.");
    }

    private static Sentences note() {
        return Sentences.of(BOTH, Tone.NOTE, SENTENCE.strip(), SENTENCE.strip());
    }

    private static Sentences text() {
        return Sentences.of(
                BOTH,
                Tone.TEXT,
                SENTENCE.strip(),
                "The name " + RIGHT_TO_LEFT + " runs from right to left, " + LONG + " is long.");
    }

    private static Sentences list(String heading, int sentences) {
        return new Sentences(
                BOTH,
                heading,
                Tone.LIST,
                IntStream.range(0, sentences)
                        .mapToObj(i -> i + ": " + SENTENCE.strip())
                        .toList());
    }

    private static Facts key() {
        return new Facts(
                BOTH,
                "",
                true,
                List.of(
                        new Block.Fact("accuracy of conv, 95 % interval 91.10 to 93.44", Cell.of("92.35 %")),
                        new Block.Fact("median latency of one image (ONNX Runtime)", Cell.of(431.7, Unit.MICROS)),
                        new Block.Fact("size of its ONNX file", Cell.of(1_234_567, Unit.BYTES)),
                        new Block.Fact("training time", Cell.of(703, Unit.SECONDS))));
    }

    private static List<Block.Fact> facts() {
        return List.of(
                Block.Fact.of("Machine", "x86-64, 2 cores"),
                new Block.Fact("Weights", Cell.of(410_000, Unit.COUNT)),
                new Block.Fact("Largest difference", Cell.of(1.2e-6, Unit.SCIENTIFIC)));
    }

    private static Block drawing(Set<Medium> media) {
        Picture picture = new Picture(200, 100, List.of(new Mark.Rect(10, 10, 180, 80, 8, Paint.fill("accent"))));
        return new Block.Drawing(media, "Layers", "Two layers of convolution and a classifier", picture);
    }

    private static Block group() {
        Set<Medium> appendix = Medium.of(Medium.APPENDIX);
        return new Block.Group(
                appendix, "", name("conv"), "92.35 %", false, List.of(drawing(appendix), list("About", 2)));
    }

    private static Block photo() {
        Picture picture = new Picture(300, 150, List.of(new Mark.Rect(0, 0, 300, 150, 0, Paint.fill("right"))));
        return new Block.Photo(BOTH, "Samples", "The first images of each class", picture.png(1));
    }

    public static Cell.Name name(String name) {
        return new Cell.Name(name, PALETTE.look(name), "", name.equals("gru") ? "fastest" : "");
    }

    public static Table table(int rows, boolean wide) {
        List<Column> columns = new ArrayList<>(List.of(
                new Column(BOTH, "Classifier", Kind.TEXT),
                new Column(BOTH, "Accuracy %", Kind.BAR),
                new Column(BOTH, "95 % interval", Kind.NUMBER),
                new Column(Medium.ONLY_PAGE, "Seen on pages only", Kind.TEXT)));
        if (wide) {
            columns.add(new Column(BOTH, "Latency", Kind.NUMBER));
            columns.add(new Column(BOTH, "Outcome", Kind.TEXT));
            columns.add(new Column(BOTH, "Card", Kind.TEXT));
        }
        return new Table(
                BOTH,
                "",
                "A table of " + rows + " rows",
                columns,
                IntStream.range(0, rows).mapToObj(i -> row(i, wide)).toList(),
                rows == 7 ? "Corrected by Holm's method." : "");
    }

    private static Row row(int i, boolean wide) {
        List<Cell> cells = new ArrayList<>(List.of(
                name(NAMES.get(i % NAMES.size())),
                Cell.of(0.923456 - 0.01 * i, Unit.PERCENT).with("1,847 of 2,000"),
                new Cell.Range(0.9 - 0.01 * i, 0.95 - 0.01 * i, Unit.PERCENT),
                Cell.of("only on a page")));
        if (wide) {
            cells.add(new Cell.Quantity(i == 2 ? null : 431.7 + 100 * i, Unit.MICROS, i == 1, ""));
            cells.add(new Cell.Mark(
                    i % 2 == 0 ? "▲" : "▼", i % 2 == 0 ? "better" : "not clearly different", i % 2 == 0 ? true : null));
            cells.add(new Cell.Link("card " + i, "trials/" + i + "/card.md"));
        }
        return new Row(cells, "");
    }

    public static RowChart rows(boolean dots) {
        ChartAxis axis = new ChartAxis("Difference of accuracy, points", -4, 2, 1, ChartAxis.Scale.LINEAR);
        List<RowChart.Row> rows = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            var look = PALETTE.look(NAMES.get(i));
            double at = 0.25 - 0.5 * i;
            rows.add(new RowChart.Row(
                    NAMES.get(i),
                    look.color(),
                    look.symbol(),
                    dots
                            ? List.of(
                                    new Range(at - 0.6, at + 0.4, true),
                                    new Range(at - 0.2, at + 0.2, false),
                                    new Dot(at, look.symbol(), i % 3 != 0))
                            : List.of(new Box(List.of(at - 0.3, at - 0.1, at, at + 0.2, at + 0.5))),
                    "p 0.0" + i,
                    "tip",
                    ""));
        }
        return new RowChart(
                new Caption(
                        "rows-" + dots,
                        "conv is ahead of 5 of the 7 others",
                        "Each row is a classifier.",
                        "Lines are 95 % intervals.",
                        List.of()),
                axis,
                rows,
                List.of(
                        new RowChart.Key("of the test images", Symbol.CIRCLE, true),
                        new RowChart.Key("of the validation images", Symbol.CIRCLE, false)),
                new RowChart.Band(-0.5, 0.5),
                3);
    }

    public static XyChart lines(Series.Look look) {
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            var one = PALETTE.look(NAMES.get(i));
            List<Series.Point> points = new ArrayList<>();
            int count = look == Series.Look.DOTS ? 1 : 6;
            for (int x = 1; x <= count; x++) {
                double at = look == Series.Look.DOTS ? 30.5 * Math.pow(1.7, i) : x;
                double y = 70 + 2.5 * i + 6 * Math.log(x);
                points.add(new Series.Point(at, y, look == Series.Look.DOTS ? y - 2 : null, y + 2, 5, "tip", ""));
            }
            series.add(new Series(NAMES.get(i), one.color(), one.symbol(), look, true, points));
        }
        ChartAxis across = look == Series.Look.DOTS
                ? new ChartAxis("Median latency of one image, µs", 4, 11, 1, ChartAxis.Scale.DOUBLING)
                : new ChartAxis("Epoch", 1, 6, 1, ChartAxis.Scale.LINEAR);
        double high = look == Series.Look.DOTS ? 2048 : 6;
        series.add(0, Series.guide(across.scale() == ChartAxis.Scale.LINEAR ? 1 : 16, 75, high, 75, "nearest image"));
        return new XyChart(
                new Caption(
                        "lines-" + look,
                        "Accuracy in the shape of " + look,
                        "Each line is a classifier.",
                        "",
                        List.of()),
                across,
                new ChartAxis("Accuracy, %", 60, 105, 5, ChartAxis.Scale.LINEAR),
                series);
    }

    /** Returns a short document, for texts that are compared whole. */
    public static Document brief() {
        return new Document(
                "run",
                "digits · 2 classifiers",
                "gru is best",
                List.of(
                        new Section("first", "First", "gru is best", briefFirst(), ""),
                        new Section("second", "Second", "It costs 62 µs", briefSecond(), ""),
                        new Section("pictures", "Pictures", "Only on a page", List.of(onlyOnAPage()), "")),
                List.of("gru", "rnn"),
                "Made by hand.");
    }

    private static Block onlyOnAPage() {
        return Block.Sentences.of(Medium.ONLY_PAGE, Tone.TEXT, "Nobody reads this here.");
    }

    private static List<Block> briefFirst() {
        Table table = new Table(
                TEXT,
                "",
                "All of *them*",
                List.of(
                        new Column(TEXT, "Classifier", Kind.TEXT),
                        new Column(TEXT, "Accuracy %", Kind.NUMBER),
                        new Column(Medium.of(Medium.MARKDOWN), "95 % interval", Kind.NUMBER),
                        new Column(Medium.ONLY_PAGE, "Unseen", Kind.BAR),
                        new Column(TEXT, "File", Kind.TEXT)),
                List.of(
                        Row.of(
                                new Cell.Name("gru", null, "", "fastest"),
                                Cell.of(0.9125, Unit.PERCENT),
                                new Cell.Range(0.9, 0.925, Unit.PERCENT),
                                Cell.of("x"),
                                new Cell.Link("model", "trials/gru/1-0/model.onnx")),
                        Row.of(
                                new Cell.Name("rnn|2", null, "", ""),
                                new Cell.Quantity(null, Unit.PERCENT, false, ""),
                                new Cell.Range(null, null, Unit.PERCENT),
                                Cell.of("x"),
                                new Cell.Mark("✗", "worse", false))),
                "Means of two.");
        return List.of(
                Block.Sentences.of(TEXT, Tone.WARNING, "Only 3 of 4 trials are done."),
                table,
                Block.Sentences.of(TEXT, Tone.NOTE, "Small print.", "More of it."));
    }

    private static List<Block> briefSecond() {
        return List.of(
                new Block.Sentences(TEXT, "Why", Tone.LIST, List.of("One.", "Two.")),
                Block.Sentences.of(TEXT, Tone.TEXT, "A class is named <b>.", "It is rare."),
                new Block.Facts(
                        Medium.ONLY_MARKDOWN,
                        "Costs",
                        false,
                        List.of(
                                new Block.Fact("Latency", new Cell.Quantity(61.7, Unit.MICROS, true, "")),
                                Block.Fact.of("Engine", "ONNX Runtime"))),
                new Block.Code("Use", "bash", "catwalk predict model.onnx *.png\n"),
                new Block.Group(
                        Medium.ONLY_MARKDOWN,
                        "",
                        new Cell.Name("gru", null, "", ""),
                        "2 trials",
                        false,
                        List.of(onlyOnAPage(), Block.Sentences.of(TEXT, Tone.TEXT, "Inside."))));
    }

    /** Returns every text of blocks, each once for each time it stands there. */
    public static Stream<String> texts(List<Block> blocks) {
        return blocks.stream().flatMap(block -> {
            if (block instanceof Block.Sentences sentences) {
                return Stream.concat(Stream.of(sentences.heading()), sentences.sentences().stream());
            }
            if (block instanceof Table table) {
                return Stream.concat(
                        Stream.of(table.title(), table.note()),
                        table.texts().stream().flatMap(List::stream));
            }
            if (block instanceof Block.Facts facts) {
                return facts.facts().stream()
                        .flatMap(fact -> Stream.of(fact.name(), fact.value().text()));
            }
            if (block instanceof Block.Figure figure) {
                Stream<String> cells = figure.chart().caption().table().stream().flatMap(List::stream);
                return Stream.concat(
                        Stream.of(
                                figure.chart().caption().title(),
                                figure.chart().caption().note()),
                        cells);
            }
            return block instanceof Block.Group group
                    ? Stream.concat(Stream.of(group.heading().text(), group.facts()), texts(group.blocks()))
                    : Stream.empty();
        });
    }

    public static Chart chart(List<Chart> charts, String name) {
        return charts.stream()
                .filter(chart -> chart.caption().name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
