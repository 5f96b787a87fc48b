package io.catwalk.runner.report.slides;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTableCell;
import org.apache.poi.xslf.usermodel.XSLFTextBox;
import org.apache.poi.xslf.usermodel.XSLFTextParagraph;
import org.apache.poi.xslf.usermodel.XSLFTextRun;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.openxmlformats.schemas.drawingml.x2006.main.CTNonVisualDrawingProps;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextField;
import org.openxmlformats.schemas.presentationml.x2006.main.CTGraphicalObjectFrame;
import org.openxmlformats.schemas.presentationml.x2006.main.CTPicture;
import org.openxmlformats.schemas.presentationml.x2006.main.CTShape;

/**
 * Sets one slide. All text is cleaned on its way here, and shrinks or is cut where it would not fit; whatever
 * shows something says in words what (its alternative text).
 */
final class Page {

    private final XMLSlideShow show;
    private final XSLFSlide slide;

    Page(XMLSlideShow show, XSLFSlide slide) {
        this.show = show;
        this.slide = slide;
    }

    /** Sets what stands above the content of every page. */
    void head(String section, String title) {
        title(title, Look.TITLE, Look.TITLE_SIZE, 18);
        text(Look.KICKER, Style.KICKER, section.toUpperCase(Locale.ROOT));
    }

    /** Sets the first page. */
    void cover(String title, List<String> lines) {
        panel(new Area(0, 0, 14, Area.SLIDE.height()), Look.ACCENT);
        title(title, new Area(96, 150, 768, 110), 40, 24);
        text(new Area(96, 124, 768, 18), Style.KICKER.withSize(13), "CATWALK");
        text(new Area(96, 286, 768, 120), Style.BODY.withColor(Look.QUIET), lines);
    }

    private void title(String title, Area area, double size, double smallest) {
        XSLFTextShape shape = slide.getPlaceholder(0);
        String clean = Words.sentence(title);
        // Bold letters are wider than those that the estimate is of.
        double width = area.width() / TextSize.BOLD;
        double fit = fitting(List.of(clean), size, smallest, width, area.height(), 0);
        XSLFTextRun run = shape.setText(TextSize.cut(clean, fit, width, (int) (area.height() / (fit * TextSize.LINE))));
        if (fit != Look.TITLE_SIZE) {
            run.setFontSize(fit);
        }
        if (!area.equals(Look.TITLE)) {
            // Without a place of its own the shape would move that of the layout, and with it every title.
            ((CTShape) shape.getXmlObject()).getSpPr().addNewXfrm();
            shape.setAnchor(area.points());
            shape.setVerticalAlignment(VerticalAlignment.BOTTOM);
        }
    }

    void foot(String text, int number) {
        Style style = Style.NOTE.withSize(10);
        text(Look.FOOTER, style, text).setPlaceholder(Placeholder.FOOTER);
        XSLFTextBox box = text(Look.NUMBER, style.withAlign(TextAlign.RIGHT), "");
        box.setPlaceholder(Placeholder.SLIDE_NUMBER);
        CTTextField field = box.getTextParagraphs().get(0).getXmlObject().addNewFld();
        field.setId("{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}");
        field.setType("slidenum");
        field.setT(Integer.toString(number));
        field.addNewRPr().setSz(1000);
        field.getRPr().addNewSolidFill().addNewSrgbClr().setVal(Look.rgb(Look.QUIET));
    }

    XSLFTextBox text(Area area, Style style, String... paragraphs) {
        return text(area, style, List.of(paragraphs));
    }

    /** Sets paragraphs from the top of an area down. */
    XSLFTextBox text(Area area, Style style, List<String> paragraphs) {
        XSLFTextBox box = slide.createTextBox();
        box.setAnchor(area.points());
        box.setInsets(new Insets2D(0, 0, 0, 0));
        box.setWordWrap(true);
        box.setTextAutofit(TextAutofit.NONE);
        box.setVerticalAlignment(VerticalAlignment.TOP);
        box.clearText();
        double indent = style.mark() == Style.Mark.BULLET ? 14 : 0;
        double width = (area.width() - indent) / (style.weight() == Style.Weight.BOLD ? TextSize.BOLD : 1);
        List<String> texts =
                new ArrayList<>(paragraphs.stream().map(Words::sentence).toList());
        double size = fitting(texts, style.size(), style.smallest(), width, area.height(), style.gap());
        shorten(texts, size, width, area.height(), style.gap());
        for (String text : texts) {
            XSLFTextParagraph paragraph = box.addNewTextParagraph();
            if (indent > 0) {
                paragraph.setBullet(true);
                paragraph.setBulletCharacter("•");
                paragraph.setBulletFontColor(Look.ACCENT);
                paragraph.setLeftMargin(indent);
                paragraph.setIndent(-indent);
            }
            paragraph.setTextAlign(style.align());
            paragraph.setSpaceBefore(paragraph == box.getTextParagraphs().get(0) ? 0.0 : -style.gap());
            run(paragraph, text, size, style.weight(), style.color());
        }
        return box;
    }

    private static void run(XSLFTextParagraph paragraph, String text, double size, Style.Weight weight, Color color) {
        if (!text.isEmpty()) {
            XSLFTextRun run = paragraph.addNewTextRun();
            run.setText(text);
            run.setFontSize(size);
            run.setBold(weight == Style.Weight.BOLD);
            run.setFontColor(color);
        } else {
            // Without it an empty line is as high as the largest font, and so is the row of a table.
            paragraph.getXmlObject().addNewEndParaRPr().setSz((int) (size * 100));
        }
    }

    /** Finds the largest size in steps of half a point at which paragraphs fit; the smallest if they never do. */
    private static double fitting(
            List<String> texts, double size, double smallest, double width, double height, double gap) {
        double fit = size;
        while (fit > smallest && TextSize.height(texts, fit, width, gap) > height) {
            fit = Math.max(smallest, fit - 0.5);
        }
        return fit;
    }

    /** Takes paragraphs off the end and cuts the last one until all fit. */
    private static void shorten(List<String> texts, double size, double width, double height, double gap) {
        boolean cut = false;
        while (texts.size() > 1 && TextSize.height(texts, size, width, gap) > height) {
            texts.remove(texts.size() - 1);
            cut = true;
        }
        int last = texts.size() - 1;
        if (last == 0) {
            int lines = Math.max(1, (int) (height / (size * TextSize.LINE) + 1e-6));
            texts.set(0, TextSize.cut(texts.get(0), size, width, lines));
        }
        if (cut) {
            texts.set(last, texts.get(last).replaceFirst("[.…]*$", " …"));
        }
    }

    /** Sets a rectangle of one color, behind what comes after it. */
    void panel(Area area, Color color) {
        XSLFAutoShape shape = slide.createAutoShape();
        shape.setAnchor(area.points());
        shape.setFillColor(color);
        shape.setLineColor(null);
    }

    /**
     * Sets a picture as large as its area allows, without bending it.
     *
     * @param area that it may fill
     * @param png bytes of a PNG
     * @param proportion its width by its height
     * @param alternative what it shows, in words
     */
    void picture(Area area, byte[] png, double proportion, String alternative) {
        XSLFPictureShape shape = slide.createPicture(show.addPicture(png, PictureData.PictureType.PNG));
        double width = Math.min(area.width(), area.height() * proportion);
        double height = width / proportion;
        shape.setAnchor(new Area(area.x(), area.y() + (area.height() - height) / 2, width, height).points());
        describe(((CTPicture) shape.getXmlObject()).getNvPicPr().getCNvPr(), alternative);
    }

    /**
     * Sets a table from the top of an area down.
     *
     * @param area as wide as the table becomes, and at least as high
     * @param table what it holds
     * @param alternative what it shows, in words
     */
    void table(Area area, Table table, String alternative) {
        XSLFTable shape =
                slide.createTable(table.rows().size() + 1, table.columns().size());
        boolean upright = table.columns().stream().anyMatch(column -> column.kind() == Table.Kind.MATRIX);
        Color line = upright ? Color.WHITE : Look.HAIRLINE;
        double head = upright ? 80 : table.rowHeight() * 1.1;
        shape.setAnchor(area.top(head + table.rows().size() * table.rowHeight()).points());
        double weights =
                table.columns().stream().mapToDouble(Table.Column::weight).sum();
        shape.setRowHeight(0, head);
        for (int r = 1; r <= table.rows().size(); r++) {
            shape.setRowHeight(r, table.rowHeight());
        }
        for (int c = 0; c < table.columns().size(); c++) {
            Table.Column column = table.columns().get(c);
            double width = area.width() * column.weight() / weights;
            shape.setColumnWidth(c, width);
            XSLFTableCell above = shape.getCell(0, c);
            boolean turned = column.kind() == Table.Kind.MATRIX;
            if (turned) {
                above.setTextDirection(TextDirection.VERTICAL_270);
            }
            double headSize = Math.max(9, table.size() - 1);
            cell(
                    above,
                    new Table.Cell(column.head(), Style.Weight.BOLD, Look.QUIET, null),
                    turned ? Table.Kind.TEXT : column.kind(),
                    headSize,
                    turned ? head : width);
            align(above, c, table.columns().size());
            above.setVerticalAlignment(turned ? VerticalAlignment.MIDDLE : VerticalAlignment.BOTTOM);
            border(above, BorderEdge.bottom, Look.QUIET, 1);
            for (int r = 1; r <= table.rows().size(); r++) {
                XSLFTableCell cell = shape.getCell(r, c);
                cell(cell, table.rows().get(r - 1).get(c), column.kind(), table.size(), width);
                // Two cells share an edge, and what either says of it counts in one program or another.
                border(cell, BorderEdge.top, r == 1 ? Look.QUIET : line, r == 1 ? 1 : 0.5);
                border(cell, BorderEdge.bottom, line, 0.5);
                if (upright && c > 0) {
                    border(cell, BorderEdge.left, line, 0.5);
                    border(cell, BorderEdge.right, line, 0.5);
                }
                align(cell, c, table.columns().size());
            }
        }
        shape.updateCellAnchor();
        describe(
                ((CTGraphicalObjectFrame) shape.getXmlObject())
                        .getNvGraphicFramePr()
                        .getCNvPr(),
                alternative);
    }

    private static void cell(XSLFTableCell shape, Table.Cell cell, Table.Kind kind, double size, double width) {
        double inset = kind == Table.Kind.MATRIX ? 1 : 4;
        shape.setInsets(new Insets2D(2, inset, 2, inset));
        shape.setVerticalAlignment(VerticalAlignment.MIDDLE);
        shape.clearText();
        XSLFTextParagraph paragraph = shape.addNewTextParagraph();
        paragraph.setTextAlign(
                kind == Table.Kind.TEXT
                        ? TextAlign.LEFT
                        : kind == Table.Kind.NUMBER ? TextAlign.RIGHT : TextAlign.CENTER);
        double wide = cell.weight() == Style.Weight.BOLD ? TextSize.BOLD : 1;
        String text = TextSize.cut(Words.clean(cell.text()), size * wide, width - 2 * inset, 1);
        run(paragraph, text, size, cell.weight(), cell.color());
        if (cell.fill() != null) {
            shape.setFillColor(cell.fill());
        }
    }

    /** Lets the outer columns begin and end where everything else on the page does. */
    private static void align(XSLFTableCell cell, int column, int columns) {
        if (column == 0) {
            cell.setLeftInset(0);
        }
        if (column == columns - 1 && cell.getTextParagraphs().get(0).getTextAlign() == TextAlign.RIGHT) {
            cell.setRightInset(0);
        }
    }

    private static void border(XSLFTableCell cell, BorderEdge edge, Color color, double width) {
        cell.setBorderColor(edge, color);
        cell.setBorderWidth(edge, width);
    }

    /**
     * Sets a chart that can be edited, with its numbers in a workbook within.
     *
     * @param area that it fills
     * @param chart what it shows
     * @param alternative the same in words
     */
    void chart(Area area, Chart chart, String alternative) {
        XSLFChart shape = show.createChart();
        slide.addChart(shape, area.emu());
        chart.draw(shape);
        var tree = slide.getXmlObject().getCSld().getSpTree();
        CTGraphicalObjectFrame frame = tree.getGraphicFrameArray(tree.sizeOfGraphicFrameArray() - 1);
        describe(frame.getNvGraphicFramePr().getCNvPr(), alternative);
    }

    /** Writes what the speaker is to know: what is seen, and which file and key each number is from. */
    void notes(String... paragraphs) {
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
