package io.catwalk.runner.report.page;

import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.report.ClassifierReport;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.SampleRuns;
import io.catwalk.runner.report.charts.Chart;
import io.catwalk.runner.report.charts.ClassifierCharts;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Code;
import io.catwalk.runner.report.document.Block.Drawing;
import io.catwalk.runner.report.document.Block.Fact;
import io.catwalk.runner.report.document.Block.Facts;
import io.catwalk.runner.report.document.Block.Figure;
import io.catwalk.runner.report.document.Block.Group;
import io.catwalk.runner.report.document.Block.Photo;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Block.Widget;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Table.Column;
import io.catwalk.runner.report.document.Table.Column.Kind;
import io.catwalk.runner.report.document.Table.Row;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.report.graphics.Paint;
import io.catwalk.runner.report.graphics.Picture;
import io.catwalk.runner.report.graphics.Symbol;
import io.catwalk.runner.report.sections.ImageBrowser;
import io.catwalk.runner.report.sections.RunDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A document with a block and a cell of every kind, and the charts and images of a sample run. */
final class SampleDocument {

    static final Set<Medium> PAGE = Medium.ONLY_PAGE;

    private static final String LOREM = "The classifiers were trained on the same images, and each was tested once. ";

    private SampleDocument() {}

    static Document of(String run) {
        ReportModel model = ReportModel.of(SampleRuns.named(run));
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("standings", "Standings", "", standings(model), "results.json, key standings"));
        sections.add(new Section("costs", "Costs", "The fastest takes 12 µs", costs(model), ""));
        sections.add(new Section("classes", "Classes", "Class 7 is the hardest", List.of(classes()), ""));
        sections.add(new Section("images", "Images", "Each image and its answers", images(model), ""));
        sections.add(new Section(
                "classifiers",
                "Classifiers",
                "Each classifier by itself",
                model.entrants().stream()
                        .map(entrant -> classifier(model, entrant))
                        .toList(),
                ""));
        List<String> names = Stream.concat(
                        model.entrants().stream().map(ClassifierReport::name), model.dataset().classes().stream())
                .toList();
        String title =
                "No classifier is clearly better than the others, and the best is right for 91.20 % of the images";
        return new Document(run, "An example · tested on 2,000 images", title, sections, names, "Made by a test.");
    }

    static Document of(Block... blocks) {
        Section section = new Section("one", "One", "One finding", List.of(blocks), "");
        return new Document("run", "subject", "The title", List.of(section), List.of(), "Footer.");
    }

    static Table table(Column column, Cell... cells) {
        Column names = new Column(PAGE, "Row", Kind.TEXT);
        List<Row> rows = IntStream.range(0, cells.length)
                .mapToObj(i -> Row.of(Cell.of("row " + i), cells[i]))
                .toList();
        return new Table(PAGE, "", "A table", List.of(names, column), rows, "");
    }

    static Column column(Kind kind) {
        return new Column(PAGE, "Value", kind);
    }

    private static List<Block> standings(ReportModel model) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Sentences.of(PAGE, Tone.WARNING, "4 of 7 trials have finished.", "One of them failed."));
        blocks.add(new Facts(
                PAGE,
                "",
                true,
                List.of(
                        Fact.of("accuracy of the best", "91.20 %"),
                        new Fact("median latency of one image", Cell.of(12.3, Unit.MICROS)),
                        new Fact("size of its ONNX file", Cell.of(123_456, Unit.BYTES)))));
        List<Row> rows = new ArrayList<>();
        for (ClassifierReport one : model.entrants()) {
            int i = rows.size();
            rows.add(new Row(
                    List.of(
                            new Cell.Name(one.name(), one.look(), "c" + one.number(), i == 0 ? "fastest" : ""),
                            Cell.of(0.91 - 0.01 * i, Unit.PERCENT).with("± 0.42"),
                            new Cell.Range(0.9 - 0.01 * i, 0.92 - 0.01 * i, Unit.PERCENT),
                            Cell.of(10.0 * (7 - i), Unit.MICROS),
                            Cell.of(i == 2 ? null : 1000 * (i + 1), Unit.BYTES),
                            new Cell.Mark(
                                    i == 0 ? "=" : i < 4 ? "▼" : "▲",
                                    i == 0 ? "best" : "worse",
                                    i == 0 ? null : (Boolean) (i > 3)),
                            new Cell.Link("card", one.name() + "/card.md")),
                    ""));
        }
        List<Column> columns = List.of(
                new Column(PAGE, "Classifier", Kind.TEXT),
                new Column(PAGE, "Accuracy %", Kind.NUMBER),
                new Column(PAGE, "95 % interval", Kind.NUMBER),
                new Column(PAGE, "Latency", Kind.BAR),
                new Column(PAGE, "File", Kind.BAR),
                new Column(PAGE, "Against the best", Kind.TEXT),
                new Column(PAGE, "Files", Kind.TEXT));
        blocks.add(new Table(PAGE, "table", "Standings, the most accurate first", columns, rows, LOREM));
        RunCharts.CONFIDENCE.of(model).stream().limit(1).forEach(chart -> blocks.add(new Figure(PAGE, chart)));
        blocks.add(Sentences.of(PAGE, Tone.NOTE, LOREM, LOREM, LOREM, LOREM));
        return blocks;
    }

    private static List<Block> costs(ReportModel model) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Sentences.of(PAGE, Tone.TEXT, LOREM, LOREM, LOREM));
        RunCharts.COSTS.of(model).forEach(chart -> blocks.add(new Figure(PAGE, chart)));
        blocks.add(new Sentences(PAGE, "What differs", Tone.LIST, List.of(LOREM, LOREM + LOREM, LOREM)));
        blocks.add(new Facts(
                PAGE, "The machine", false, List.of(Fact.of("Processor", "4 cores"), Fact.of("Memory", "8 GiB"))));
        blocks.add(new Code(PAGE, "Again", "bash", "catwalk bench --classifiers gru,lstm \\\n  --seeds 3"));
        return blocks;
    }

    /** A table of 40 rows, which has a search. */
    private static Table classes() {
        List<Row> rows = IntStream.range(0, 40)
                .mapToObj(i -> Row.of(Cell.of("class " + i), Cell.of(0.025 * i, Unit.PERCENT), Cell.of(50, Unit.COUNT)))
                .toList();
        List<Column> columns = List.of(
                new Column(PAGE, "Class", Kind.TEXT),
                new Column(PAGE, "Recall %", Kind.BAR),
                new Column(PAGE, "Images", Kind.NUMBER));
        return new Table(PAGE, "recalls", "Recall of each class", columns, rows, "");
    }

    private static List<Block> images(ReportModel model) {
        return List.of(
                Sentences.of(PAGE, Tone.TEXT, "A click on a cell of a confusion matrix shows its images here."),
                new Widget(Widget.Kind.IMAGES, ImageBrowser.of(model).json()));
    }

    private static Block classifier(ReportModel model, ClassifierReport entrant) {
        List<Block> blocks = new ArrayList<>();
        for (Chart chart : new ClassifierCharts(model, entrant, Integer.toString(entrant.number())).all()) {
            boolean matrix = !chart.keys().isEmpty() && chart.keys().get(0).contains(".");
            blocks.add(new Figure(PAGE, matrix ? RunDocument.confusion(entrant.name()) : "", chart));
        }
        Picture picture = picture();
        blocks.add(new Drawing(PAGE, "Architecture", "A square", picture));
        blocks.add(new Photo(PAGE, "The first image", "A square", picture.png(1)));
        blocks.add(new Group(PAGE, "", Cell.of("Its classes"), "recall", false, List.of(classes(entrant))));
        return new Group(
                PAGE,
                "c" + entrant.number(),
                new Cell.Name(entrant.name(), entrant.look(), "", ""),
                "12,345 parameters",
                entrant.number() == 1,
                blocks);
    }

    private static Table classes(ClassifierReport entrant) {
        List<ClassScores> classes =
                entrant.evaluation() == null ? List.of() : entrant.evaluation().classes();
        List<Row> rows = IntStream.range(0, classes.size())
                .mapToObj(i -> new Row(
                        List.of(
                                Cell.of(classes.get(i).name()),
                                Cell.of(classes.get(i).recall(), Unit.PERCENT),
                                Cell.of(classes.get(i).support(), Unit.COUNT)),
                        i + ".any"))
                .toList();
        return new Table(
                PAGE, "recalls-" + entrant.number(), "Its classes", classes().columns(), rows, "");
    }

    static Picture picture() {
        return new Picture(40, 40, List.of(Symbol.SQUARE.at(20, 20, 12, Paint.fill("ink"))));
    }
}
