package io.catwalk.runner.report.slides;

/** Names a color by what it is for; which it is, the theme of the slides says. */
enum Tone {
    /** Text. */
    INK,
    /** Text that is read second, and axes. */
    QUIET,
    /** Lines of tables and grids. */
    LINE,
    /** Grounds of boxes. */
    PALE,
    /** What the eye is to find first. */
    ACCENT
}
