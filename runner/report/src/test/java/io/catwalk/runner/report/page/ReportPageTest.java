package io.catwalk.runner.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.report.Block;
import io.catwalk.runner.report.Block.Drawing;
import io.catwalk.runner.report.Block.Fact;
import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.Group;
import io.catwalk.runner.report.Block.Photo;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Block.Widget;
import io.catwalk.runner.report.Cell;
import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Medium;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.Picture;
import io.catwalk.runner.report.RunDocument;
import io.catwalk.runner.report.SampleDocument;
import io.catwalk.runner.report.SampleRuns;
import io.catwalk.runner.report.Section;
import io.catwalk.runner.report.Symbol;
import io.catwalk.runner.report.Table;
import io.catwalk.runner.report.Table.Column;
import io.catwalk.runner.report.Table.Column.Kind;
import io.catwalk.runner.report.Table.Row;
import io.catwalk.runner.report.Unit;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReportPageTest {

    private static final String EVIL = "<script>alert(\"x\")</script>";

    /** Hebrew letters, which change the direction of what follows. */
    private static final String HEBREW = "\u05e9\u05dc\u05d5\u05dd";

    private static Document document(Block... blocks) {
        Section section = new Section("one", "One", "One finding", List.of(blocks), "");
        return new Document("run", "subject", "The title", List.of(section), List.of(), "Footer.");
    }

    private static Table table(Kind kind, Cell... cells) {
        List<Column> columns = List.of(new Column(Medium.ALL, "Row", Kind.TEXT), new Column(Medium.ALL, "Value", kind));
        List<Row> rows = IntStream.range(0, cells.length)
                .mapToObj(i -> Row.of(Cell.of("row " + i), cells[i]))
                .toList();
        return new Table(Medium.ALL, "", "A table", columns, rows, "");
    }

    private static Picture picture() {
        return new Picture(40, 40, List.of(Symbol.SQUARE.at(20, 20, 12, Paint.fill("ink"))));
    }

    private static String html(Block... blocks) {
        String html = ReportPage.html(document(blocks));
        return html.substring(html.indexOf("<main"), html.indexOf("</main>"));
    }

    private static String cell(Kind kind, Cell... cells) {
        return html(table(kind, cells)).replaceAll("\\s*\n", "");
    }

    /** A sentence for which a run gives no reason is left out, with the room that it would take. */
    @Test
    void sentencesThatSayNothingLeaveNoParagraph() {
        Block none = new Block.Sentences(Medium.WRITTEN, "", Block.Tone.NOTE, List.of());
        Block empty = Block.Sentences.of(Medium.WRITTEN, Block.Tone.NOTE, "");
        Block said = Block.Sentences.of(Medium.WRITTEN, Block.Tone.NOTE, "Something.");
        assertThat(html(none, said, empty)).isEqualTo(html(said));
    }

    @Test
    void everyLabelHasItsOwnConfusionMatrix() {
        Stream<String> labels = Stream.of("a@0.1", "a@0-1", "a@0+1", "a@0_1", "a-0.1", "a-0-1", "a_40_0-1");
        assertThat(labels.map(RunDocument::confusion))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("confusion-[A-Za-z0-9_-]+"));
    }

    /** The heading of the page is the title of the document; that of each other section is its own. */
    @Test
    void sectionsHaveTheirNameInTheMenuAndTheirFindingAsHeading() {
        Block block = Sentences.of(Medium.ALL, Tone.TEXT, "One is right.");
        List<Section> sections = List.of(
                new Section("first", "Standings", "not shown", List.of(block), ""),
                new Section("second", "Costs", "One is fast", List.of(block), "results.json, key costs"),
                new Section(
                        "third",
                        "Slides",
                        "Two is slow",
                        List.of(Sentences.of(Medium.of(Medium.SLIDES), Tone.TEXT, "No")),
                        ""));
        String html = ReportPage.html(
                new Document("my run", "the subject", "The answer", sections, List.of(), "Made by hand."));

        assertThat(texts(html, "h1")).containsExactly("The answer");
        assertThat(texts(html, "h2")).containsExactly("One is fast");
        assertThat(html)
                .contains("<a href=\"#first\">Standings</a><a href=\"#second\">Costs</a></nav>")
                .contains("<section id=\"second\"", "results.json, key costs", "the subject", "Made by hand.")
                .doesNotContain("Slides", "Two is slow");
    }

    @Test
    void everyTextOfADocumentIsOnItsPage() {
        Document document = RunDocument.of(SampleRuns.named("seven")).in(Medium.PAGE);

        String words = words(ReportPage.html(document));

        for (Section section : document.sections()) {
            for (String text : SampleDocument.texts(section.blocks()).toList()) {
                assertThat(words.contains(squeezed(text))).as(text).isTrue();
            }
        }
    }

    @Test
    void everyCellIsWrittenByItsKind() {
        Palette.Look look = new Palette(List.of("gru")).look("gru");

        assertThat(cell(Kind.TEXT, Cell.of("plain"))).contains("<td><bdi>plain</bdi></td>");
        assertThat(cell(Kind.TEXT, new Cell.Link("card", "a/card.md")))
                .contains("<a href=\"a/card.md\"><bdi>card</bdi></a>");
        assertThat(cell(Kind.NUMBER, Cell.of(0.9125, Unit.PERCENT).with("± 0.4")))
                .contains("<td class=\"n\" data-sort=\"0.9125\"><bdi>91.25</bdi><small>± 0.4</small>");
        assertThat(cell(Kind.NUMBER, Cell.of(null, Unit.BYTES))).contains("<td class=\"n\"><bdi>\u2013</bdi></td>");
        assertThat(cell(Kind.NUMBER, new Cell.Range(0.1, 0.2, Unit.PERCENT)))
                .contains("data-sort=\"0.1\"><bdi>10.00 to 20.00</bdi>");
        assertThat(cell(Kind.TEXT, new Cell.Mark("\u25b2", "better", true)))
                .contains(
                        "<td class=\"good\"><span class=\"outcome\"><span aria-hidden=\"true\">\u25b2</span> <bdi>better</bdi>");
        assertThat(cell(Kind.TEXT, new Cell.Mark("?", "open", null))).contains("<td><span class=\"outcome\">");
        assertThat(cell(Kind.TEXT, new Cell.Name("gru", look, "c1", "fastest")))
                .containsPattern("<span class=\"swatch\" aria-hidden=\"true\"><svg[^>]*>")
                .contains(look.color(), "<a href=\"#c1\"><bdi>gru</bdi></a> <span class=\"tag\">fastest</span>");
        assertThat(cell(Kind.TEXT, new Cell.Name("majority class", null, "", "")))
                .contains("<td><bdi>majority class</bdi></td>");
    }

    /** The longest bar is that of the largest value, whatever the unit; nothing and zero have none. */
    @Test
    void aBarIsAsLongAsItsShareOfTheLargestValue() {
        String html = cell(
                Kind.BAR,
                Cell.of(200, Unit.BYTES),
                Cell.of(50, Unit.BYTES),
                Cell.of(null, Unit.BYTES),
                Cell.of(0, Unit.BYTES));

        assertThat(Pattern.compile("--share:([\\d.]+)").matcher(html).results().map(found -> found.group(1)))
                .containsExactly("100.0", "25.0");
    }

    /** The first column has the name of a classifier, and the row its color, by which the script links it to charts. */
    @Test
    void aRowHasTheColorOfItsClassifierAndTheKeyOfItsImages() {
        Palette.Look look = new Palette(List.of("gru")).look("gru");
        Row row = new Row(List.of(new Cell.Name("gru", look, "", "")), "3.any");
        Table table = new Table(
                Medium.ALL, "t", "T", List.of(new Column(Medium.ALL, "Name", Kind.TEXT)), List.of(row), "A note.");

        assertThat(html(table))
                .contains("<div class=\"table\" id=\"t\">")
                .contains("<tr data-key=\"3.any\" data-name=\"gru\" style=\"--c:" + look.color() + "\">")
                .contains("A note.");
    }

    @ParameterizedTest
    @CsvSource({"20, false", "21, true"})
    void aTableOfMoreThanTwentyRowsHasASearch(int rows, boolean search) {
        String html = cell(Kind.TEXT, Collections.nCopies(rows, Cell.of("x")).toArray(Cell[]::new));

        assertThat(html.contains("<table class=\"sortable searchable\"")).isEqualTo(search);
    }

    @Test
    void everyBlockIsOnThePage() {
        byte[] png = picture().png(1);
        String html = html(
                new Sentences(Medium.ALL, "Why", Tone.LIST, List.of("One.", "Two.")),
                Sentences.of(Medium.ALL, Tone.WARNING, "Careful.", "Very."),
                new Facts(Medium.ALL, "", true, List.of(Fact.of("accuracy", "91 %"))),
                new Facts(Medium.ALL, "Machine", false, List.of(Fact.of("cores", "4"))),
                new Drawing(Medium.ALL, "Network", "Two layers", picture()),
                new Photo(Medium.ALL, "Image", "A square", png),
                new Group(
                        Medium.ALL,
                        "g",
                        Cell.of("More"),
                        "3 seeds",
                        true,
                        List.of(Sentences.of(Medium.ALL, Tone.NOTE, "Inside."))),
                new Widget(Widget.Kind.IMAGES, "{\"images\":0}"),
                new Widget(Widget.Kind.DEMO, "demo/index.html"));

        assertThat(texts(html, "h2")).containsExactly("Why", "Machine", "Network", "Image", "<bdi>More</bdi>");
        assertThat(html)
                .contains("<li dir=\"auto\">One.</li><li dir=\"auto\">Two.</li>", "Careful. Very.")
                .containsPattern(
                        "(?s)<div class=\"key\">.*?<dd><bdi>91 %</bdi>.*?<div class=\"facts\">.*?<dd><bdi>4</bdi>")
                .contains("<desc>Two layers</desc>", "alt=\"A square\"", "src=\"data:image/png;base64,iVBOR")
                .containsPattern("(?s)<details class=\"group\" id=\"g\" open>.*3 seeds.*Inside\\.")
                .contains("<div id=\"page-images\"></div>", "data-src=\"demo/index.html\"");
    }

    @Test
    void noTextBecomesMarkupOrEndsAnElement() {
        String json = Json.JSON.writeValueAsString(List.of(EVIL));
        Row row = new Row(List.of(new Cell.Name(EVIL, new Palette(List.of(EVIL)).look(EVIL), EVIL, EVIL)), EVIL);
        Column column = new Column(Medium.ALL, EVIL, Kind.TEXT);
        Block table = new Table(Medium.ALL, EVIL, EVIL, List.of(column), List.of(row), EVIL);
        List<Block> blocks = List.of(
                new Sentences(Medium.ALL, EVIL, Tone.LIST, List.of(EVIL)),
                Sentences.of(Medium.ALL, Tone.TEXT, EVIL),
                new Facts(Medium.ALL, EVIL, false, List.of(new Fact(EVIL, new Cell.Link(EVIL, EVIL)))),
                new Drawing(Medium.ALL, EVIL, EVIL, picture()),
                new Photo(Medium.ALL, EVIL, EVIL, picture().png(1)),
                new Group(Medium.ALL, EVIL, new Cell.Mark(EVIL, EVIL, null), EVIL, false, List.of(table)),
                new Widget(Widget.Kind.IMAGES, json),
                new Widget(Widget.Kind.DEMO, EVIL));
        Section section = new Section(EVIL, EVIL, EVIL, blocks, EVIL);
        String html = ReportPage.html(new Document(EVIL, EVIL, EVIL, List.of(section, section), List.of(EVIL), EVIL));

        assertThat(html.contains("<script>alert")).isFalse();
        assertThat(html.contains("\"" + EVIL)).isFalse();
        String data = html.substring(html.indexOf("id=\"page-data\">") + "id=\"page-data\">".length());
        assertThat(Json.JSON
                        .readTree(data.substring(0, data.indexOf("</script>")))
                        .get(0)
                        .asString())
                .isEqualTo(EVIL);
    }

    /** U+2068 and U+2069 isolate what is between them. Names of ASCII need that not. */
    @Test
    void namesFromRightToLeftAreIsolatedInSentences() {
        Block said = Sentences.of(Medium.ALL, Tone.TEXT, HEBREW + " beats gru.");
        Section section = new Section("one", "One", "", List.of(said), "");
        Document document = new Document("run", "s", HEBREW + ", gru", List.of(section), List.of("gru", HEBREW), "f");

        assertThat(ReportPage.html(document))
                .contains("\u2068" + HEBREW + "\u2069 beats gru.", "\u2068" + HEBREW + "\u2069, gru</h1>");
    }

    @Test
    void everyKindOfRunHasAPageThatNeedsNoNetwork() {
        SampleRuns.names().forEach(name -> {
            String html = ReportPage.html(RunDocument.of(SampleRuns.named(name)));
            assertThat(html).as("small enough for a mail").hasSizeLessThan(8_000_000);
            String own = html.replaceAll("(?s)<script[ >].*?</script>", "");
            boolean broken = own.contains(">null<") || own.contains(">NaN") || !own.contains("</html>");
            assertThat(broken).as(name).isFalse();
            assertThat(own.replaceAll("base64,[^\"]*", ""))
                    .as(name)
                    .doesNotContainPattern("(?i)(src|href)\\s*=\\s*[\"']?(https?:)?//")
                    .doesNotContainPattern("(?i)@import|url\\((?!data:)");
            var ids = Pattern.compile(" id=\"([^\"]+)\"").matcher(own).results();
            assertThat(ids.map(MatchResult::group)).as(name).doesNotHaveDuplicates();
        });
    }

    /** Two figures stand side by side, a third beside its numbers; what needs more room stands alone. */
    @Test
    void blocksStandSideBySideWhereBothFit() {
        Block square = new Drawing(Medium.ALL, "", "", picture());
        Block note = Sentences.of(Medium.ALL, Tone.TEXT, "Short.");
        Column column = new Column(Medium.ALL, "A head", Kind.TEXT);
        Row row = new Row(Collections.nCopies(12, Cell.of("a text of some words")), "");
        Block wide = new Table(Medium.ALL, "", "", Collections.nCopies(12, column), List.of(row), "");

        assertThat(placed(square, square, square, wide, square, square)).containsExactly("1+1", "1+0", "1+0", "1+1");
        assertThat(placed(note, wide)).containsExactly("1+0", "1+0");
        assertThat(placed(note, square, square)).containsExactly("1+1", "1+0");
    }

    /** A fact of 50 and 20 letters is in one line of 75, one of 50 and 50 letters in two. */
    @Test
    void aFactIsAsHighAsItsNameAndItsValue() {
        Facts one = new Facts(Medium.ALL, "", false, List.of(Fact.of("n".repeat(50), "v".repeat(20))));
        Facts two = new Facts(Medium.ALL, "", false, List.of(Fact.of("n".repeat(50), "v".repeat(50))));
        Facts value = new Facts(Medium.ALL, "", false, List.of(Fact.of("", "v".repeat(50))));

        assertThat(PageLayout.height(two)).isEqualTo(2 * PageLayout.height(one));
        assertThat(PageLayout.height(value)).isEqualTo(PageLayout.height(one));
    }

    /** Without a script, the first is seen and the others are hidden. */
    @Test
    void ofBlocksToChooseFromTheFirstIsSeen() {
        Block choice = new Block.Choice(
                "Compared with",
                List.of(
                        new Block.Choice.Option("a", Sentences.of(Medium.ALL, Tone.TEXT, "To a.")),
                        new Block.Choice.Option("b", Sentences.of(Medium.ALL, Tone.TEXT, "To b."))));

        assertThat(html(choice))
                .contains("<div class=\"choice\" data-label=\"Compared with\">")
                .containsPattern("(?s)<div data-option=\"a\">.*To a\\..*<div data-option=\"b\" hidden>.*To b\\.");
    }

    /** Returns how many blocks stand in the left and in the right column of each band. */
    private static Stream<String> placed(Block... blocks) {
        return PageLayout.bands(List.of(blocks)).stream()
                .map(band -> band.left().size() + "+" + band.right().size());
    }

    /** Returns what is in all elements of a name. */
    private static List<String> texts(String html, String element) {
        return Pattern.compile("(?s)<" + element + "[ >].*?</" + element + ">")
                .matcher(html)
                .results()
                .map(found -> found.group().replaceAll("^<[^>]*>|\\s*</\\w+>$", ""))
                .toList();
    }

    private static String words(String html) {
        return squeezed(html.replaceAll("(?s)<(script|style)\\b.*?</\\1>", " ")
                .replaceAll("<[^>]*>", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&"));
    }

    private static String squeezed(String text) {
        return text.replaceAll("[\\s\u2068\u2069]+", " ").strip();
    }
}
