package io.catwalk.runner.report.graphics;

/** The background of a picture, which determines the named colors, such as {@code ink}. */
public enum Theme {
    /** An HTML page, whose style sheet has a variable for each name. */
    PAGE,
    /** A white background. */
    LIGHT,
    /** A dark background. */
    DARK;

    /** Returns a color as CSS: {@code #RRGGBB} or, on a page, a variable. */
    public String color(String name) {
        return name.startsWith("#") ? name : this == PAGE ? "var(--" + name + ")" : named(name, this == LIGHT);
    }

    private static String named(String name, boolean light) {
        return switch (name) {
            case "ink" -> light ? "#1F2328" : "#E6EDF3";
            case "muted" -> light ? "#57606A" : "#9BA5AF";
            case "grid" -> light ? "#E4E8EC" : "#262B31";
            case "line" -> light ? "#B8C0C8" : "#4A525B";
            case "paper" -> light ? "#FFFFFF" : "#16191D";
            case "accent" -> light ? "#0B6CB3" : "#6CB6F0";
            case "right" -> light ? "#0072B2" : "#6CB6F0";
            case "wrong" -> light ? "#C24E00" : "#F0924A";
            default -> throw new IllegalArgumentException("expected a color of the theme, but found " + name);
        };
    }
}
