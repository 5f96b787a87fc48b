package io.catwalk.runner.report.charts;

/** The background of a picture, which determines the named colors, such as {@code ink}. */
public enum Theme {
    /** An HTML page, whose style sheet has a variable for each name. */
    PAGE,
    LIGHT;

    /** Returns a color as CSS: {@code #RRGGBB} or, on a page, a variable. */
    public String color(String name) {
        return name.startsWith("#") ? name : this == PAGE ? "var(--" + name + ")" : onWhite(name);
    }

    private static String onWhite(String name) {
        return switch (name) {
            case "ink" -> "#1F2328";
            case "muted" -> "#57606A";
            case "grid" -> "#E4E8EC";
            case "line" -> "#B8C0C8";
            case "paper" -> "#FFFFFF";
            case "accent" -> "#0B6CB3";
            case "right" -> "#0072B2";
            case "wrong" -> "#C24E00";
            default -> throw new IllegalArgumentException("expected a color of the theme, but found " + name);
        };
    }
}
