package io.catwalk.runner.report.text;

import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Table.Column;
import io.catwalk.runner.report.document.Table.Column.Kind;
import io.catwalk.runner.report.document.Table.Row;
import io.catwalk.runner.report.document.Unit;
import java.util.List;
import java.util.Set;

/** A document with every kind of block and cell. */
final class Everything {

    private static final Set<Medium> BOTH = Medium.of(Medium.TERMINAL, Medium.MARKDOWN);

    private Everything() {}

    static Document document() {
        return new Document(
                "run",
                "digits · 2 classifiers",
                "gru is best",
                List.of(
                        new Section("first", "First", "gru is best", first(), ""),
                        new Section("second", "Second", "It costs 62 µs", second(), ""),
                        new Section("pictures", "Pictures", "Only on a page", List.of(page()), "")),
                List.of("gru", "rnn"),
                "Made by hand.");
    }

    private static Block page() {
        return Block.Sentences.of(Medium.ONLY_PAGE, Tone.TEXT, "Nobody reads this here.");
    }

    private static List<Block> first() {
        Table table = new Table(
                BOTH,
                "",
                "All of *them*",
                List.of(
                        new Column(BOTH, "Classifier", Kind.TEXT),
                        new Column(BOTH, "Accuracy %", Kind.NUMBER),
                        new Column(Medium.of(Medium.MARKDOWN), "95 % interval", Kind.NUMBER),
                        new Column(Medium.ONLY_PAGE, "Unseen", Kind.BAR),
                        new Column(BOTH, "File", Kind.TEXT)),
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
                Block.Sentences.of(BOTH, Tone.WARNING, "Only 3 of 4 trials are done."),
                table,
                Block.Sentences.of(BOTH, Tone.NOTE, "Small print.", "More of it."));
    }

    private static List<Block> second() {
        return List.of(
                new Block.Sentences(BOTH, "Why", Tone.LIST, List.of("One.", "Two.")),
                Block.Sentences.of(BOTH, Tone.TEXT, "A class is named <b>.", "It is rare."),
                new Block.Facts(
                        BOTH,
                        "Costs",
                        false,
                        List.of(
                                new Block.Fact("Latency", new Cell.Quantity(61.7, Unit.MICROS, true, "")),
                                Block.Fact.of("Engine", "ONNX Runtime"))),
                new Block.Code(BOTH, "Use", "bash", "catwalk predict model.onnx *.png\n"),
                new Block.Photo(BOTH, "Images", "three shirts", new byte[0]),
                new Block.Group(
                        BOTH,
                        "",
                        new Cell.Name("gru", null, "", ""),
                        "2 trials",
                        false,
                        List.of(page(), Block.Sentences.of(BOTH, Tone.TEXT, "Inside."))));
    }
}
