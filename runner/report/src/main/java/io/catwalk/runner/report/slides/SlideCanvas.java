package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Cell;
import io.catwalk.runner.report.Chart;
import io.catwalk.runner.report.Letters;
import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.Picture;
import io.catwalk.runner.report.Picture.Theme;
import io.catwalk.runner.report.Table.Column;
import java.awt.Color;
import java.util.List;
import org.apache.poi.sl.usermodel.Insets2D;
import org.apache.poi.sl.usermodel.PictureData;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.sl.usermodel.TableCell.BorderEdge;
import org.apache.poi.sl.usermodel.TextParagraph.TextAlign;
import org.apache.poi.sl.usermodel.TextShape.TextAutofit;
import org.apache.poi.sl.usermodel.VerticalAlignment;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFAutoShape;
import org.apache.poi.xslf.usermodel.XSLFChart;
import org.apache.poi.xslf.usermodel.XSLFFreeformShape;
import org.apache.poi.xslf.usermodel.XSLFPictureShape;
import org.apache.poi.xslf.usermodel.XSLFShape;
import org.apache.poi.xslf.usermodel.XSLFSlide;
import org.apache.poi.xslf.usermodel.XSLFTable;
import org.apache.poi.xslf.usermodel.XSLFTableCell;
import org.apache.poi.xslf.usermodel.XSLFTextBox;
import org.apache.poi.xslf.usermodel.XSLFTextParagraph;
import org.apache.poi.xslf.usermodel.XSLFTextRun;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.openxmlformats.schemas.drawingml.x2006.main.CTNonVisualDrawingProps;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTableCell;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextBody;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextField;
import org.openxmlformats.schemas.presentationml.x2006.main.CTGraphicalObjectFrame;
import org.openxmlformats.schemas.presentationml.x2006.main.CTPicture;

/** One slide, on which texts, tables, charts and pictures are set. Pictures, tables and charts have an alternative text. */
record SlideCanvas(XMLSlideShow show, XSLFSlide slide, SlideLook look, SlideWords words) {

    /** Largest font size of a title: titles are sentences, but the sizes of templates are meant for a few words. */
    private static final double LARGEST_TITLE = 26;

    /** Size of the smallest letters of charts, in pixels. */
    private static final double LETTERS = 11;

    /** Width in pixels below which charts cannot be drawn. */
    private static final double NARROWEST = 300;

    enum Style {
        PLAIN(0),
        BOLD(0),
        BULLETS(14);

        private static final double GAP = 6;

        private final double indent;

        Style(double indent) {
            this.indent = indent;
        }

        double height(List<String> paragraphs, double size, double width) {
            return new FittedText(paragraphs, size, this == BOLD, GAP).height(width - indent);
        }
    }

    static SlideCanvas of(XMLSlideShow show, SlideLook look, SlideWords words) {
        XSLFSlide slide = show.createSlide(look.layout());
        for (XSLFShape shape : List.copyOf(slide.getShapes())) {
            if (shape instanceof XSLFTextShape text && !isTitle(text)) {
                slide.removeShape(shape); // placeholders of the template other than the title
            }
        }
        return new SlideCanvas(show, slide, look, words);
    }

    private static boolean isTitle(XSLFTextShape shape) {
        return shape.getTextType() == Placeholder.TITLE || shape.getTextType() == Placeholder.CENTERED_TITLE;
    }

    void title(String title) {
        XSLFTextShape shape = slide.getPlaceholder(0);
        String clean = words.said(title);
        XSLFTextRun run = shape.setText(clean);
        double size = run.getFontSize() == null ? LARGEST_TITLE : Math.min(LARGEST_TITLE, run.getFontSize());
        Insets2D inset = shape.getInsets();
        Area room = look.title().within(Math.max(inset.left, inset.top));
        FittedText text = new FittedText(List.of(clean), size, true, 0).in(room.width(), room.height());
        run.setText(text.paragraphs().get(0));
        run.setFontSize(text.size());
    }

    /** Sets the footer and the number of the slide, if the layout has placeholders for them. */
    void foot(String text, int number) {
        Area footer = SlideLook.place(look.layout(), Placeholder.FOOTER);
        if (footer != null) {
            String cut = Letters.plain(FittedText.SMALLEST).cut(words.said(text), footer.width());
            foot(footer, cut).setPlaceholder(Placeholder.FOOTER);
        }
        Area place = SlideLook.place(look.layout(), Placeholder.SLIDE_NUMBER);
        if (place != null) {
            XSLFTextBox box = foot(place, "");
            box.setPlaceholder(Placeholder.SLIDE_NUMBER);
            XSLFTextParagraph paragraph = box.getTextParagraphs().get(0);
            paragraph.setTextAlign(TextAlign.RIGHT);
            CTTextField field = paragraph.getXmlObject().addNewFld();
            field.setId("{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}");
            field.setType("slidenum");
            field.setT(Integer.toString(number));
            field.addNewRPr().setSz((int) (100 * FittedText.SMALLEST));
            field.getRPr().addNewSolidFill().addNewSrgbClr().setVal(SlideLook.rgb(look.quiet()));
        }
    }

    /** Writes a line of small text at a place, which may be lower in a template than the line is. */
    private XSLFTextBox foot(Area place, String text) {
        double height = Math.max(place.height(), FittedText.SMALLEST * FittedText.LINE + 1);
        return note(new Area(place.x(), place.y(), place.width(), height), List.of(text));
    }

    void notes(List<String> paragraphs) {
        for (XSLFTextShape shape : show.getNotesSlide(slide).getPlaceholders()) {
            if (shape.getTextType() == Placeholder.BODY) {
                shape.clearText();
                for (String paragraph : paragraphs) {
                    shape.addNewTextParagraph().addNewTextRun().setText(words.said(paragraph));
                }
            }
        }
    }

    /** Adapts a text to slides, as it is before it is set. */
    String said(String text) {
        return words.said(text);
    }

    /** Sets paragraphs as small print. */
    XSLFTextBox note(Area area, List<String> paragraphs) {
        return text(area, paragraphs, FittedText.SMALLEST, Style.PLAIN, look.quiet());
    }

    XSLFTextBox text(Area area, List<String> paragraphs, double size, Style style) {
        return text(area, paragraphs, size, style, look.ink());
    }

    /** Sets paragraphs from the top of an area down, as large as they fit, up to a largest size. */
    XSLFTextBox text(Area area, List<String> paragraphs, double size, Style style, Color color) {
        XSLFTextBox box = slide.createTextBox();
        box.setAnchor(area.points());
        box.setInsets(new Insets2D(0, 0, 0, 0));
        box.setWordWrap(true);
        box.setTextAutofit(TextAutofit.NONE);
        box.setVerticalAlignment(VerticalAlignment.TOP);
        box.clearText();
        FittedText text = new FittedText(paragraphs, size, style == Style.BOLD, Style.GAP)
                .in(area.width() - style.indent, area.height());
        for (String one : text.paragraphs()) {
            XSLFTextParagraph paragraph = box.addNewTextParagraph();
            if (style == Style.BULLETS) {
                paragraph.setBullet(true);
                paragraph.setBulletCharacter("•");
                paragraph.setBulletFontColor(look.accent());
                paragraph.setLeftMargin(style.indent);
                paragraph.setIndent(-style.indent);
            }
            paragraph.setTextAlign(TextAlign.LEFT);
            paragraph.setSpaceBefore(paragraph == box.getTextParagraphs().get(0) ? 0.0 : -text.gap());
            run(paragraph, one, text.size(), text.bold(), color);
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

    /** Draws a pale rectangle, behind everything that is added later. */
    void panel(Area area) {
        XSLFAutoShape shape = slide.createAutoShape();
        shape.setAnchor(area.points());
        shape.setFillColor(look.pale());
        shape.setLineColor(null);
    }

    private void symbol(double x, double y, double radius, Palette.Look mark) {
        XSLFFreeformShape shape = slide.createFreeform();
        shape.setPath(Picture.outline(mark.symbol().at(x, y, radius, Paint.fill(mark.color()))));
        shape.setFillColor(Color.decode(mark.color()));
        shape.setLineColor(null);
    }

    /** Sets a picture as large as its area allows, without changing its proportions. */
    void picture(Area area, byte[] png, String alternative) {
        XSLFPictureShape shape = slide.createPicture(show.addPicture(png, PictureData.PictureType.PNG));
        double proportion = shape.getAnchor().getWidth() / shape.getAnchor().getHeight();
        double width = Math.min(area.width(), area.height() * proportion);
        shape.setAnchor(new Area(area.x(), area.y(), width, width / proportion).points());
        describe(((CTPicture) shape.getXmlObject()).getNvPicPr().getCNvPr(), alternative);
    }

    /** Sets a chart that can be edited, or a picture of it if PowerPoint has no such chart. */
    void chart(Area area, Chart chart) {
        String alternative = chart.caption().title() + ". " + chart.caption().sentence();
        if (!NativeChart.exists(chart)) {
            picture(area, drawn(chart, area).png(2), alternative);
            return;
        }
        XSLFChart shape = show.createChart();
        slide.addChart(shape, area.emu());
        new NativeChart(shape, area, look, words).draw(chart);
        var tree = slide.getXmlObject().getCSld().getSpTree();
        describe(
                tree.getGraphicFrameArray(tree.sizeOfGraphicFrameArray() - 1)
                        .getNvGraphicFramePr()
                        .getCNvPr(),
                alternative);
    }

    /** Draws a chart so narrow that its letters have the smallest size of a slide when the picture fills the area. */
    private static Picture drawn(Chart chart, Area area) {
        double points = FittedText.SMALLEST / LETTERS;
        double width = Math.max(NARROWEST, area.width() / points);
        Picture picture = chart.drawn(width);
        while (picture.height() * points > area.height() && width > NARROWEST) {
            width = Math.max(NARROWEST, 0.9 * width);
            picture = chart.drawn(width);
        }
        return picture;
    }

    /** Sets a table from the top of an area down. Its layout has as many rows as it. */
    void table(Area area, SlideTable table, SlideTable.Layout layout) {
        int hidden = table.headed() ? 0 : 1;
        int rows = layout.heights().size() - hidden;
        XSLFTable shape = slide.createTable(rows, layout.widths().size());
        shape.setAnchor(area.top(layout.height()).points());
        double y = area.y();
        for (int r = 0; r < rows; r++) {
            int row = r + hidden;
            double height = layout.heights().get(row);
            shape.setRowHeight(r, height);
            double x = area.x();
            for (int c = 0; c < layout.widths().size(); c++) {
                shape.setColumnWidth(c, layout.widths().get(c));
                XSLFTableCell cell = shape.getCell(r, c);
                fill(cell, table, row, c, layout.size());
                Palette.Look mark = table.mark(row, c);
                if (mark != null) {
                    symbol(x + SlideTable.INSET + 0.5 * layout.size(), y + height / 2, 0.36 * layout.size(), mark);
                }
                // Two cells share an edge: some programs draw the border of the one, some that of the other.
                border(cell, BorderEdge.bottom, row == 0);
                if (r > 0) {
                    border(cell, BorderEdge.top, row == 1);
                }
                x += layout.widths().get(c);
            }
            y += height;
        }
        describe(
                ((CTGraphicalObjectFrame) shape.getXmlObject())
                        .getNvGraphicFramePr()
                        .getCNvPr(),
                described(table));
    }

    /** Returns the title of a table, or else that of the slide, and its heads, or else the names of its facts. */
    private String described(SlideTable table) {
        String title = table.table().title().isEmpty()
                ? slide.getTitle()
                : table.table().title();
        List<String> heads = table.headed()
                ? table.texts().get(0)
                : table.texts().stream().skip(1).map(row -> row.get(0)).toList();
        return title + ": " + String.join(", ", heads);
    }

    private void border(XSLFTableCell cell, BorderEdge edge, boolean head) {
        cell.setBorderColor(edge, head ? look.quiet() : look.line());
        cell.setBorderWidth(edge, head ? 1 : 0.5);
    }

    private void fill(XSLFTableCell cell, SlideTable table, int row, int column, double size) {
        boolean number = table.table().columns().get(column).kind() != Column.Kind.TEXT;
        cell.setInsets(new Insets2D(1.5, SlideTable.INSET + table.indent(row, column, size), 1.5, SlideTable.INSET));
        cell.clearText();
        XSLFTextParagraph paragraph = cell.addNewTextParagraph();
        CTTextBody body = ((CTTableCell) cell.getXmlObject()).getTxBody();
        if (body.getBodyPr() == null) {
            body.addNewBodyPr(); // required by the schema, but omitted by POI
        }
        paragraph.setTextAlign(number ? TextAlign.RIGHT : TextAlign.LEFT);
        cell.setVerticalAlignment(row == 0 ? VerticalAlignment.BOTTOM : VerticalAlignment.MIDDLE);
        Color color = row == 0 ? look.quiet() : look.ink();
        if (table.cell(row, column) instanceof Cell.Mark mark && mark.good() != null) {
            color = Color.decode(Theme.LIGHT.color(mark.good() ? "right" : "wrong"));
        }
        boolean bold = row == 0 || (column == 0 && !number && table.headed());
        run(paragraph, table.texts().get(row).get(column), size, bold, color);
    }

    private void describe(CTNonVisualDrawingProps properties, String alternative) {
        properties.setDescr(words.said(alternative));
    }
}
