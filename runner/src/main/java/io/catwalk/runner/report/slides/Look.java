package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Palette;
import java.awt.Color;
import java.awt.Dimension;
import java.util.List;
import org.apache.poi.sl.usermodel.Insets2D;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.sl.usermodel.VerticalAlignment;
import org.apache.poi.xslf.usermodel.SlideLayout;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFAutoShape;
import org.apache.poi.xslf.usermodel.XSLFShape;
import org.apache.poi.xslf.usermodel.XSLFSheet;
import org.apache.poi.xslf.usermodel.XSLFSlideLayout;
import org.apache.poi.xslf.usermodel.XSLFSlideMaster;
import org.apache.poi.xslf.usermodel.XSLFTextShape;
import org.openxmlformats.schemas.drawingml.x2006.main.CTBaseStyles;
import org.openxmlformats.schemas.drawingml.x2006.main.CTColor;
import org.openxmlformats.schemas.drawingml.x2006.main.CTColorScheme;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextCharacterProperties;
import org.openxmlformats.schemas.drawingml.x2006.main.CTTextParagraphProperties;
import org.openxmlformats.schemas.drawingml.x2006.main.STTextAlignType;

/**
 * Sets the one look of all slides where PowerPoint keeps it, in the theme and the master: whoever changes it
 * there changes every slide.
 */
final class Look {

    static final String FONT = "Arial";

    static final Color INK = new Color(0x1F2933);
    static final Color QUIET = new Color(0x5B6773);
    static final Color HAIRLINE = new Color(0xD5DBE1);
    static final Color PALE = new Color(0xF3F5F7);
    static final Color ACCENT = new Color(0x0072B2);

    static final Area KICKER = new Area(48, 24, 864, 16);
    static final Area TITLE = new Area(48, 41, 864, 62);
    static final Area FOOTER = new Area(48, 510, 720, 16);
    static final Area NUMBER = new Area(832, 510, 80, 16);

    /** Font size of a title in points, where it fits on two lines. */
    static final double TITLE_SIZE = 24;

    private Look() {}

    /** Sets page size, theme and master; returns the layout of a slide with a title. */
    static XSLFSlideLayout apply(XMLSlideShow show) {
        Dimension old = show.getPageSize();
        show.setPageSize(new Dimension((int) Area.SLIDE.width(), (int) Area.SLIDE.height()));
        XSLFSlideMaster master = show.getSlideMasters().get(0);
        theme(master);
        for (XSLFSlideLayout layout : master.getSlideLayouts()) {
            layout.getShapes().forEach(shape -> widen(shape, Area.SLIDE.width() / old.getWidth()));
        }
        master.getShapes().forEach(shape -> widen(shape, Area.SLIDE.width() / old.getWidth()));
        XSLFSlideLayout content = master.getLayout(SlideLayout.TITLE_ONLY);
        for (XSLFSheet sheet : List.of(master, content)) {
            placeholder(sheet, Placeholder.TITLE, TITLE);
            placeholder(sheet, Placeholder.FOOTER, FOOTER);
            placeholder(sheet, Placeholder.SLIDE_NUMBER, NUMBER);
        }
        CTTextParagraphProperties title =
                master.getXmlObject().getTxStyles().getTitleStyle().getLvl1PPr();
        title.setAlgn(STTextAlignType.L);
        CTTextCharacterProperties font = title.getDefRPr();
        font.setSz((int) (TITLE_SIZE * 100));
        font.setB(true);
        XSLFAutoShape rule = master.createAutoShape();
        rule.setAnchor(new Area(FOOTER.x(), 502, Area.BODY.width(), 0.75).points());
        rule.setFillColor(HAIRLINE);
        rule.setLineColor(null);
        return content;
    }

    private static void theme(XSLFSlideMaster master) {
        CTBaseStyles theme = master.getTheme().getXmlObject().getThemeElements();
        theme.getFontScheme().getMajorFont().getLatin().setTypeface(FONT);
        theme.getFontScheme().getMinorFont().getLatin().setTypeface(FONT);
        CTColorScheme colors = theme.getClrScheme();
        set(colors.getDk1(), INK);
        set(colors.getDk2(), QUIET);
        set(colors.getLt2(), PALE);
        List<CTColor> accents = List.of(
                colors.getAccent1(),
                colors.getAccent2(),
                colors.getAccent3(),
                colors.getAccent4(),
                colors.getAccent5(),
                colors.getAccent6());
        for (int i = 0; i < accents.size(); i++) {
            set(accents.get(i), Color.decode(Palette.COLORS.get(i)));
        }
    }

    private static void set(CTColor slot, Color color) {
        if (slot.isSetSysClr()) {
            slot.unsetSysClr();
        }
        (slot.isSetSrgbClr() ? slot.getSrgbClr() : slot.addNewSrgbClr()).setVal(rgb(color));
    }

    static byte[] rgb(Color color) {
        return new byte[] {(byte) color.getRed(), (byte) color.getGreen(), (byte) color.getBlue()};
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
            shape.setVerticalAlignment(VerticalAlignment.TOP);
            shape.setInsets(new Insets2D(0, 0, 0, 0));
        }
    }
}
