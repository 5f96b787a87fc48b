package io.catwalk.runner.report.slides;

/**
 * A style of text.
 *
 * @param size of the font in points, if the text fits
 * @param smallest size that it may shrink to
 * @param bold whether it is bold
 * @param tone of the text
 * @param gap between paragraphs in points
 * @param bullets whether each paragraph has a bullet
 */
record Style(double size, double smallest, boolean bold, Tone tone, double gap, boolean bullets) {

    static final Style BULLETS = new Style(18, 9, false, Tone.INK, 10, true);
    static final Style BODY = new Style(16, 9, false, Tone.INK, 8, false);
    static final Style NOTE = new Style(11, 8, false, Tone.QUIET, 3, false);
    static final Style HEADING = new Style(14, 9, true, Tone.INK, 0, false);
    static final Style FIGURE = new Style(32, 12, true, Tone.ACCENT, 0, false);

    Style withSize(double newSize) {
        return new Style(newSize, smallest, bold, tone, gap, bullets);
    }
}
