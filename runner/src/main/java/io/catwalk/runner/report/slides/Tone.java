package io.catwalk.runner.report.slides;

/** Names a color by its purpose; the theme of the slides defines the color itself. */
enum Tone {
    /** Text. */
    INK,
    /** Secondary text, and axes. */
    QUIET,
    /** Lines of tables and grids. */
    LINE,
    /** Backgrounds of boxes. */
    PALE,
    /** What should be noticed first. */
    ACCENT
}
