package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.charts.Chart;
import java.awt.Color;
import java.util.List;
import org.apache.poi.sl.usermodel.Insets2D;
import org.apache.poi.sl.usermodel.PictureData;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.sl.usermodel.TableCell.BorderEdge;
import org.apache.poi.sl.usermodel.TextParagraph.TextAlign;
import org.apache.poi.sl.usermodel.TextShape.TextAutofit;
import org.apache.poi.sl.usermodel.TextShape.TextDirection;
import org.apache.poi.sl.usermodel.VerticalAlignment;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFAutoShape;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xslf.usermodel.XSLFPictureShape;
import org.apache.poi.xslf.usermodel.XSLFShape;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTableCell;
import org.apache.poi.xslf.usermodel.XSLFTextBox;
import org.apache.poi.xslf.usermodel.XSLFTextParagraph;
import org.apache.poi.xslf.usermodel.XSLFTextRun;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.main.CTNonVisualDrawingProps;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTableCell;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextBody;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextField;
import org.openxmlformats.schemas.presentationml.x2006.main.CTGraphicalObjectFrame;
import org.openxmlformats.schemas.presentationml.x2006.main.CTPicture;

/**
 * One slide. All text is cleaned, and shrinks where it would not fit; pictures, tables and charts have an alternative
 * text.
 */
final class Page {

    /** Largest font size of a title: titles are sentences, but the sizes of templates are meant for a few words. */
    private static final double LARGEST_TITLE = 28;

    private static final double SMALLEST_TITLE = 13;

    private final XMLSlideShow show;
    private final XSLFSlide slide;
    private final Look look;
    private final Names names;

    Page(XMLSlideShow show, Look look, Names names) {
        this.show = show;
        this.look = look;
        this.names = names;
        slide = show.createSlide(look.layout());
        for (XSLFShape shape : List.copyOf(slide.getShapes())) {
            if (shape instanceof XSLFTextShape text && !isTitle(text)) {
                slide.removeShape(shape); // placeholders of the template other than the title
            }
        }
    }

    private static boolean isTitle(XSLFTextShape shape) {
        return shape.getTextType() == Placeholder.TITLE || shape.getTextType() == Placeholder.CENTERED_TITLE;
    }

    /** Returns the area of everything but title and footer. */
    Area body() {
        return look.body();
    }

    Color color(Tone tone) {
        return look.color(tone);
    }

    /** Sets the title, which is a finding, in a sentence. */
    void title(String title) {
        XSLFTextShape shape = slide.getPlaceholder(0);
        String clean = names.said(title);
        Insets2D inset = shape.getInsets();
        Area room = new Area(
                0,
                0,
                look.title().width() - inset.left - inset.right,
                look.title().height() - inset.top - inset.bottom);
        XSLFTextRun run = shape.setText(clean);
        double size = run.getFontSize() == null ? 24 : Math.min(LARGEST_TITLE, run.getFontSize());
        double fit = TextSize.fitting(List.of(clean), size, Math.min(size, SMALLEST_TITLE), true, room, 0);
        if (!Double.valueOf(fit).equals(run.getFontSize())) {
            run.setFontSize(fit);
        }
    }

    /** Sets the footer and the page number, if the layout has placeholders for them. */
    void foot(String text, int number) {
        Area footer = look.place(Placeholder.FOOTER);
        if (footer != null) {
            text(footer, new Style(10, 6, false, Tone.QUIET, 0, false), text).setPlaceholder(Placeholder.FOOTER);
        }
        Area place = look.place(Placeholder.SLIDE_NUMBER);
        if (place != null) {
            XSLFTextBox box = text(place, Style.NOTE, "");
            box.setPlaceholder(Placeholder.SLIDE_NUMBER);
            box.getTextParagraphs().get(0).setTextAlign(TextAlign.RIGHT);
            CTTextField field = box.getTextParagraphs().get(0).getXmlObject().addNewFld();
            field.setId("{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}");
            field.setType("slidenum");
            field.setT(Integer.toString(number));
            field.addNewRPr().setSz(1000);
            field.getRPr().addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(color(Tone.QUIET)));
        }
    }

    XSLFTextBox text(Area area, Style style, String... paragraphs) {
        return text(area, style, List.of(paragraphs));
    }

    /** Sets paragraphs from the top of an area down; if there are none, an empty one, since a text must have one. */
    XSLFTextBox text(Area area, Style style, List<String> paragraphs) {
        XSLFTextBox box = slide.createTextBox();
        box.setAnchor(area.points());
        box.setInsets(new Insets2D(0, 0, 0, 0));
        box.setWordWrap(true);
        box.setTextAutofit(TextAutofit.NONE);
        box.setVerticalAlignment(VerticalAlignment.TOP);
        box.clearText();
        double indent = style.bullets() ? 14 : 0;
        Area room = new Area(0, 0, area.width() - indent, area.height());
        List<String> texts = paragraphs.isEmpty()
                ? List.of("")
                : paragraphs.stream().map(names::said).toList();
        double size = TextSize.fitting(texts, style.size(), style.smallest(), style.bold(), room, style.gap());
        for (String text : texts) {
            XSLFTextParagraph paragraph = box.addNewTextParagraph();
            if (style.bullets()) {
                paragraph.setBullet(true);
                paragraph.setBulletCharacter("•");
                paragraph.setBulletFontColor(color(Tone.ACCENT));
                paragraph.setLeftMargin(indent);
                paragraph.setIndent(-indent);
            }
            paragraph.setTextAlign(TextAlign.LEFT);
            paragraph.setSpaceBefore(paragraph == box.getTextParagraphs().get(0) ? 0.0 : -style.gap());
            run(paragraph, text, size, style.bold(), color(style.tone()));
        }
        return box;
    }

    private static void run(XSLFTextParagraph paragraph, String text, double size, boolean bold, Color color) {
        if (text.isEmpty()) {
            // Without it, an empty line is as high as the largest font, and so is the row of a table.
            paragraph.getXmlObject().addNewEndParaRPr().setSz((int) (size * 100));
            return;
        }
        XSLFTextRun run = paragraph.addNewTextRun();
        run.setText(text);
        run.setFontSize(size);
        run.setBold(bold);
        run.setFontColor(color);
    }

    /** Draws a rectangle of one tone, behind everything that is added later. */
    void panel(Area area, Tone tone) {
        XSLFAutoShape shape = slide.createAutoShape();
        shape.setAnchor(area.points());
        shape.setFillColor(color(tone));
        shape.setLineColor(null);
    }

    /**
     * Sets a picture as large as its area allows, without changing its proportions.
     *
     * @param area that it may fill
     * @param png bytes of a PNG
     * @param alternative what it shows, in words
     */
    void picture(Area area, byte[] png, String alternative) {
        XSLFPictureShape shape = slide.createPicture(show.addPicture(png, PictureData.PictureType.PNG));
        double proportion = shape.getAnchor().getWidth() / shape.getAnchor().getHeight();
        double width = Math.min(area.width(), area.height() * proportion);
        shape.setAnchor(new Area(area.x(), area.y(), width, width / proportion).points());
        describe(((CTPicture) shape.getXmlObject()).getNvPicPr().getCNvPr(), alternative);
    }

    /**
     * Sets a table from the top of an area down.
     *
     * @param area as wide as the table becomes, and at least as high
     * @param given the table
     * @return what is left of the area below it
     */
    Area table(Area area, Table given) {
        Table table = given.said(names);
        Table.Layout layout = table.in(area);
        int rows = layout.heights().size();
        XSLFTable shape = slide.createTable(rows, table.columns().size());
        shape.setAnchor(area.top(layout.height()).points());
        for (int r = 0; r < rows; r++) {
            shape.setRowHeight(r, layout.heights().get(r));
        }
        for (int c = 0; c < table.columns().size(); c++) {
            Table.Column column = table.columns().get(c);
            shape.setColumnWidth(c, layout.widths().get(c));
            for (int r = 0; r < rows; r++) {
                XSLFTableCell cell = shape.getCell(r, c);
                if (r == 0) {
                    head(cell, column, layout.size() - 1);
                } else {
                    fill(cell, table.rows().get(r - 1).get(c), column.kind(), layout.size(), c == 0);
                }
                // Two cells share an edge: some programs draw the border of the one, some that of the other.
                boolean last = r == rows - 1;
                border(cell, BorderEdge.bottom, r == 0 ? Tone.QUIET : Tone.LINE, r == 0 ? 1 : last ? 0.75 : 0.5);
                if (r > 0) {
                    border(cell, BorderEdge.top, r == 1 ? Tone.QUIET : Tone.LINE, r == 1 ? 1 : 0.5);
                }
            }
        }
        describe(frame(shape).getNvGraphicFramePr().getCNvPr(), table.alternative());
        return area.below(layout.height());
    }

    private static CTGraphicalObjectFrame frame(XSLFTable shape) {
        return (CTGraphicalObjectFrame) shape.getXmlObject();
    }

    private void head(XSLFTableCell shape, Table.Column column, double size) {
        boolean upwards = column.kind() == Table.Kind.MATRIX;
        XSLFTextParagraph paragraph = paragraph(shape, upwards ? Table.Kind.TEXT : column.kind());
        if (upwards) {
            shape.setTextDirection(TextDirection.VERTICAL_270);
        }
        shape.setVerticalAlignment(upwards ? VerticalAlignment.MIDDLE : VerticalAlignment.BOTTOM);
        run(paragraph, column.head(), size, true, color(Tone.QUIET));
    }

    private void fill(XSLFTableCell shape, Table.Cell cell, Table.Kind kind, double size, boolean bold) {
        XSLFTextParagraph paragraph = paragraph(shape, kind);
        shape.setVerticalAlignment(VerticalAlignment.MIDDLE);
        if (!cell.mark().isEmpty()) {
            run(paragraph, cell.mark() + "\u00A0", size, false, cell.color());
        }
        Color ground = cell.fill();
        Color ink = color(Tone.INK);
        if (ground != null) {
            shape.setFillColor(ground);
            double light = 0.299 * ground.getRed() + 0.587 * ground.getGreen() + 0.114 * ground.getBlue();
            ink = light < 140 ? Color.WHITE : Color.BLACK;
        }
        run(paragraph, cell.text(), size, bold && kind == Table.Kind.TEXT && ground == null, ink);
    }

    private static XSLFTextParagraph paragraph(XSLFTableCell shape, Table.Kind kind) {
        double inset = kind == Table.Kind.MATRIX ? 1 : Table.INSET;
        shape.setInsets(new Insets2D(1.5, inset, 1.5, inset));
        shape.clearText();
        XSLFTextParagraph paragraph = shape.addNewTextParagraph();
        CTTextBody text = ((CTTableCell) shape.getXmlObject()).getTxBody();
        if (text.getBodyPr() == null) {
            text.addNewBodyPr(); // required by the schema, but omitted by POI
        }
        paragraph.setTextAlign(
                switch (kind) {
                    case TEXT -> TextAlign.LEFT;
                    case NUMBER -> TextAlign.RIGHT;
                    case MATRIX -> TextAlign.CENTER;
                });
        return paragraph;
    }

    private void border(XSLFTableCell cell, BorderEdge edge, Tone tone, double width) {
        cell.setBorderColor(edge, color(tone));
        cell.setBorderWidth(edge, width);
    }

    /** Sets a chart with its title above and its note below; if there is none, a text that says so. */
    void chart(Area area, @Nullable Chart chart, String heading) {
        text(area.top(20), Style.HEADING, heading);
        if (chart == null) {
            text(area.below(28).top(40), Style.NOTE, "There is no data for this chart.");
            return;
        }
        String note = chart.caption().note();
        double least = TextSize.least(List.of(names.said(note)), Style.NOTE, area.width());
        double below = note.isEmpty() ? 0 : Math.max(40, least + 4);
        NativeChart drawing = NativeChart.of(chart, look);
        XSLFChart shape = show.createChart();
        Area place = area.below(22).above(below);
        slide.addChart(shape, place.emu());
        drawing.draw(shape, place);
        var tree = slide.getXmlObject().getCSld().getSpTree();
        CTGraphicalObjectFrame frame = tree.getGraphicFrameArray(tree.sizeOfGraphicFrameArray() - 1);
        describe(
                frame.getNvGraphicFramePr().getCNvPr(),
                heading + ". " + chart.caption().sentence());
        if (below > 0) {
            text(area.bottom(below - 4), Style.NOTE, note);
        }
    }

    /** Writes the notes of the speaker, with the file and key of each number. */
    void notes(List<String> paragraphs) {
        for (XSLFTextShape shape : show.getNotesSlide(slide).getPlaceholders()) {
            if (shape.getTextType() == Placeholder.BODY) {
                shape.clearText();
                for (String paragraph : paragraphs) {
                    shape.addNewTextParagraph().addNewTextRun().setText(Words.sentence(paragraph));
                }
            }
        }
    }

    private static void describe(CTNonVisualDrawingProps properties, String alternative) {
        properties.setDescr(Words.brief(alternative, 1000));
    }
}
