package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.graphics.Theme;
import java.awt.Color;
import java.awt.Dimension;
import java.util.List;
import org.apache.poi.sl.usermodel.Insets2D;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.sl.usermodel.VerticalAlignment;
import org.apache.poi.xslf.usermodel.SlideLayout;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFAutoShape;
import org.apache.poi.xslf.usermodel.XSLFColor;
import org.apache.poi.xslf.usermodel.XSLFShape;
import org.apache.poi.xslf.usermodel.XSLFSheet;
import org.apache.poi.xslf.usermodel.XSLFSlideLayout;
import org.apache.poi.xslf.usermodel.XSLFSlideMaster;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.apache.poi.xslf.usermodel.XSLFTheme;
import org.jspecify.annotations.Nullable;
import org.openxmlformats.schemas.drawingml.x2006.main.CTBaseStyles;
import org.openxmlformats.schemas.drawingml.x2006.main.CTColor;
import org.openxmlformats.schemas.drawingml.x2006.main.CTColorMapping;
import org.openxmlformats.schemas.drawingml.x2006.main.CTColorScheme;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextCharacterProperties;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextParagraphProperties;
import org.openxmlformats.schemas.drawingml.x2006.main.STTextAlignType;

/**
 * The look of all slides: Catwalk's own, which is written where PowerPoint keeps it, in the theme and the master, or
 * that of a template.
 *
 * @param layout of every slide
 * @param title area of the title
 * @param body area of everything else
 * @param ink color of text
 * @param quiet color of secondary text, and of axes
 * @param line color of the lines of tables and grids
 * @param pale background of boxes
 * @param accent color of what should be noticed first
 */
record Look(
        XSLFSlideLayout layout, Area title, Area body, Color ink, Color quiet, Color line, Color pale, Color accent) {

    private static final String FONT = "Arial";
    private static final int TITLE_SIZE = 24;
    private static final Area PAGE = new Area(0, 0, 960, 540);
    private static final Area TITLE = new Area(48, 24, 864, 72);
    private static final Area FOOTER = new Area(48, 508, 760, 18);
    private static final Area NUMBER = new Area(832, 508, 80, 18);

    /** Share of a slide that stays free at each edge if the template does not define margins. */
    private static final double MARGIN = 0.05;

    /** Returns the area of a placeholder of the layout; null if it has none. */
    @Nullable
    Area place(Placeholder which) {
        for (XSLFSheet sheet : List.of(layout, layout.getSlideMaster())) {
            if (sheet.getPlaceholder(which) instanceof XSLFTextShape shape && shape.getAnchor() != null) {
                return Area.of(shape.getAnchor());
            }
        }
        return null;
    }

    /** Reads the look of a template from the layout of a slide with a title. */
    static Look of(XMLSlideShow show, XSLFSlideLayout layout) {
        Dimension size = show.getPageSize();
        Area page = new Area(0, 0, size.getWidth(), size.getHeight());
        Look bare = of(layout, page, page);
        Area title = bare.place(Placeholder.TITLE);
        if (title == null) {
            title = page.within(MARGIN * page.height()).top(0.16 * page.height());
        }
        double end = (1 - MARGIN) * page.height();
        for (Placeholder foot : List.of(Placeholder.FOOTER, Placeholder.SLIDE_NUMBER, Placeholder.DATETIME)) {
            Area place = bare.place(foot);
            if (place != null && place.y() > page.height() / 2) {
                end = Math.min(end, place.y() - 6);
            }
        }
        // A title in the lower half is beside the content, not above it.
        boolean above = title.y() + title.height() < page.height() / 2;
        double top = above ? title.y() + title.height() + 10 : MARGIN * page.height();
        double left = above ? Math.max(title.x(), 0.02 * page.width()) : MARGIN * page.width();
        double right = above ? Math.min(title.x() + title.width(), 0.98 * page.width()) : (1 - MARGIN) * page.width();
        return of(layout, title, new Area(left, top, right - left, end - top));
    }

    /** Gives a new presentation Catwalk's own look. */
    static Look ours(XMLSlideShow show) {
        double wider = PAGE.width() / show.getPageSize().getWidth();
        show.setPageSize(new Dimension((int) PAGE.width(), (int) PAGE.height()));
        XSLFSlideMaster master = show.getSlideMasters().get(0);
        theme(master);
        for (XSLFSlideLayout layout : master.getSlideLayouts()) {
            layout.getShapes().forEach(shape -> widen(shape, wider));
        }
        master.getShapes().forEach(shape -> widen(shape, wider));
        XSLFSlideLayout layout = master.getLayout(SlideLayout.TITLE_ONLY);
        for (XSLFSheet sheet : List.of(master, layout)) {
            placeholder(sheet, Placeholder.TITLE, TITLE);
            placeholder(sheet, Placeholder.FOOTER, FOOTER);
            placeholder(sheet, Placeholder.SLIDE_NUMBER, NUMBER);
        }
        CTTextParagraphProperties title =
                master.getXmlObject().getTxStyles().getTitleStyle().getLvl1PPr();
        title.setAlgn(STTextAlignType.L);
        CTTextCharacterProperties font = title.getDefRPr();
        font.setSz(TITLE_SIZE * 100);
        font.setB(true);
        Look look = of(layout, TITLE, new Area(48, 108, 864, 384));
        bar(master, new Area(0, 0, PAGE.width(), 6), look.accent);
        bar(master, new Area(FOOTER.x(), 500, TITLE.width(), 0.75), look.line);
        return look;
    }

    private static void bar(XSLFSlideMaster master, Area area, Color color) {
        XSLFAutoShape rule = master.createAutoShape();
        rule.setAnchor(area.points());
        rule.setFillColor(color);
        rule.setLineColor(null);
    }

    private static void theme(XSLFSlideMaster master) {
        CTBaseStyles theme = master.getTheme().getXmlObject().getThemeElements();
        theme.getFontScheme().getMajorFont().getLatin().setTypeface(FONT);
        theme.getFontScheme().getMinorFont().getLatin().setTypeface(FONT);
        CTColorScheme colors = theme.getClrScheme();
        set(colors.getDk1(), Theme.LIGHT.color("ink"));
        set(colors.getDk2(), Theme.LIGHT.color("muted"));
        List<CTColor> accents = List.of(
                colors.getAccent1(),
                colors.getAccent2(),
                colors.getAccent3(),
                colors.getAccent4(),
                colors.getAccent5(),
                colors.getAccent6());
        for (int i = 0; i < accents.size(); i++) {
            set(accents.get(i), i == 0 ? Theme.LIGHT.color("accent") : Palette.COLORS.get(i));
        }
    }

    private static void set(CTColor slot, String color) {
        if (slot.isSetSysClr()) {
            slot.unsetSysClr();
        }
        (slot.isSetSrgbClr() ? slot.getSrgbClr() : slot.addNewSrgbClr()).setVal(rgb(Color.decode(color)));
    }

    static byte[] rgb(Color color) {
        return new byte[] {(byte) color.getRed(), (byte) color.getGreen(), (byte) color.getBlue()};
    }

    private static Look of(XSLFSlideLayout layout, Area title, Area body) {
        XSLFSlideMaster master = layout.getSlideMaster();
        CTColorMapping map = master.getXmlObject().getClrMap();
        Color ink = color(master, map.getTx1().toString(), Color.BLACK);
        Color paper = color(master, map.getBg1().toString(), Color.WHITE);
        return new Look(
                layout,
                title,
                body,
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

    /** Mixes two colors. */
    static Color mixed(Color one, Color other, double part) {
        return new Color(
                mixed(one.getRed(), other.getRed(), part),
                mixed(one.getGreen(), other.getGreen(), part),
                mixed(one.getBlue(), other.getBlue(), part));
    }

    private static int mixed(int one, int other, double part) {
        return (int) Math.round(part * one + (1 - part) * other);
    }

    private static void widen(XSLFShape shape, double factor) {
        if (shape instanceof XSLFTextShape text && text.getAnchor() != null) {
            var at = text.getAnchor();
            text.setAnchor(new Area(at.getX() * factor, at.getY(), at.getWidth() * factor, at.getHeight()).points());
        }
    }

    private static void placeholder(XSLFSheet sheet, Placeholder which, Area area) {
        if (sheet.getPlaceholder(which) instanceof XSLFTextShape shape) {
            shape.setAnchor(area.points());
            shape.setVerticalAlignment(which == Placeholder.TITLE ? VerticalAlignment.BOTTOM : VerticalAlignment.TOP);
            shape.setInsets(new Insets2D(0, 0, 0, 0));
        }
    }
}
