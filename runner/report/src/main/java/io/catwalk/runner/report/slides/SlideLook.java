package io.catwalk.runner.report.slides;

import java.awt.Color;
import java.awt.Dimension;
import java.util.List;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFColor;
import org.apache.poi.xslf.usermodel.XSLFSheet;
import org.apache.poi.xslf.usermodel.XSLFSlideLayout;
import org.apache.poi.xslf.usermodel.XSLFSlideMaster;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.apache.poi.xslf.usermodel.XSLFTheme;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.main.CTColor;
import org.openxmlformats.schemas.drawingml.x2006.main.CTColorMapping;

/**
 * The look of all slides, which is that of a template.
 *
 * @param body area of everything else
 * @param quiet color of secondary text, and of axes
 * @param line color of the lines of tables and grids
 * @param pale background of boxes
 * @param accent color of what should be noticed first
 */
record SlideLook(
        XSLFSlideLayout layout, Area title, Area body, Color ink, Color quiet, Color line, Color pale, Color accent) {

    /** Share of a slide that stays free at each edge if the template does not define margins. */
    private static final double MARGIN = 0.05;

    /** Returns the area of a placeholder of a layout; null if it has none. */
    static @Nullable Area place(XSLFSlideLayout layout, Placeholder which) {
        for (XSLFSheet sheet : List.of(layout, layout.getSlideMaster())) {
            if (sheet.getPlaceholder(which) instanceof XSLFTextShape shape && shape.getAnchor() != null) {
                return Area.of(shape.getAnchor());
            }
        }
        return null;
    }

    static SlideLook of(XMLSlideShow show) {
        XSLFSlideLayout layout = Template.layout(show).orElseThrow();
        Dimension size = show.getPageSize();
        Area page = new Area(0, 0, size.getWidth(), size.getHeight());
        Area title = place(layout, Placeholder.TITLE);
        if (title == null) {
            title = page.within(MARGIN * page.height()).top(0.16 * page.height());
        }
        double end = (1 - MARGIN) * page.height();
        for (Placeholder foot : List.of(Placeholder.FOOTER, Placeholder.SLIDE_NUMBER, Placeholder.DATETIME)) {
            Area place = place(layout, foot);
            if (place != null && place.y() > page.height() / 2) {
                end = Math.min(end, place.y() - 6);
            }
        }
        // A title in the lower half is beside the content, not above it.
        boolean above = title.y() + title.height() < page.height() / 2;
        double top = above ? title.y() + title.height() + 10 : MARGIN * page.height();
        double left = above ? Math.max(title.x(), 0.02 * page.width()) : MARGIN * page.width();
        double right = above ? Math.min(title.x() + title.width(), 0.98 * page.width()) : (1 - MARGIN) * page.width();
        XSLFSlideMaster master = layout.getSlideMaster();
        CTColorMapping map = master.getXmlObject().getClrMap();
        Color ink = color(master, map.getTx1().toString(), Color.BLACK);
        Color paper = color(master, map.getBg1().toString(), Color.WHITE);
        return new SlideLook(
                layout,
                title,
                new Area(left, top, right - left, end - top),
                ink,
                mixed(ink, paper, 0.72),
                mixed(ink, paper, 0.18),
                mixed(ink, paper, 0.05),
                color(master, "accent1", ink));
    }

    private static Color color(XSLFSlideMaster master, String name, Color otherwise) {
        XSLFTheme theme = master.getTheme();
        CTColor color = theme == null ? null : theme.getCTColor(name);
        Color known = color == null ? null : new XSLFColor(color, theme, null, master).getColor();
        return known == null ? otherwise : known;
    }

    static Color mixed(Color one, Color other, double part) {
        return new Color(
                mixed(one.getRed(), other.getRed(), part),
                mixed(one.getGreen(), other.getGreen(), part),
                mixed(one.getBlue(), other.getBlue(), part));
    }

    private static int mixed(int one, int other, double part) {
        return (int) Math.round(part * one + (1 - part) * other);
    }

    /** Returns a color as the bytes of a file. */
    static byte[] rgb(Color color) {
        return new byte[] {(byte) color.getRed(), (byte) color.getGreen(), (byte) color.getBlue()};
    }
}
