package io.catwalk.runner.report.slides;

import java.awt.geom.Rectangle2D;
import org.apache.poi.util.Units;

/** A part of a slide, in points from its upper left corner. */
record Area(double x, double y, double width, double height) {

    Area column(int index, int columns, double gap) {
        double each = (width - (columns - 1) * gap) / columns;
        return new Area(x + index * (each + gap), y, each, height);
    }

    Area row(int index, int rows, double gap) {
        double each = (height - (rows - 1) * gap) / rows;
        return new Area(x, y + index * (each + gap), width, each);
    }

    Area top(double points) {
        return new Area(x, y, width, Math.min(points, height));
    }

    Area below(double points) {
        return new Area(x, y + points, width, Math.max(1, height - points));
    }

    Area bottom(double points) {
        return below(height - points);
    }

    Area above(double points) {
        return top(Math.max(1, height - points));
    }

    Area within(double margin) {
        return new Area(x + margin, y + margin, width - 2 * margin, height - 2 * margin);
    }

    Rectangle2D points() {
        return new Rectangle2D.Double(x, y, width, height);
    }

    /** Returns the area in EMUs, the unit in which charts are placed. */
    Rectangle2D emu() {
        return new Rectangle2D.Double(Units.toEMU(x), Units.toEMU(y), Units.toEMU(width), Units.toEMU(height));
    }

    static Area of(Rectangle2D at) {
        return new Area(at.getX(), at.getY(), at.getWidth(), at.getHeight());
    }
}
