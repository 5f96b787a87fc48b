package io.catwalk.runner.report.drawing;

/** Says what a drawing is drawn on. */
public enum Theme {
    /** A page: its text color ({@code currentColor}), and nothing behind. For SVG inside HTML. */
    PAGE("currentColor", ""),
    /** White paper. */
    LIGHT("#1F2328", "#FFFFFF"),
    /** A dark screen. */
    DARK("#E6EDF3", "#16191D");

    private final String ink;
    private final String paper;

    Theme(String ink, String paper) {
        this.ink = ink;
        this.paper = paper;
    }

    String ink() {
        return ink;
    }

    String paper() {
        return paper;
    }
}
