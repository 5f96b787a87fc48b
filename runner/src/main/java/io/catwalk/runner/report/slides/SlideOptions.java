package io.catwalk.runner.report.slides;

import org.jspecify.annotations.Nullable;

/**
 * Says which slides are made, and how they look.
 *
 * @param extent how much they tell
 * @param template whose look they have; null for ours
 */
public record SlideOptions(Extent extent, @Nullable Template template) {

    /** How much slides tell. */
    public enum Extent {
        /** What was found, on ten slides. */
        FINDINGS,
        /** Then every detail, as an appendix. */
        WITH_APPENDIX
    }

    /** Returns ten slides of our look. */
    public static SlideOptions standard() {
        return new SlideOptions(Extent.FINDINGS, null);
    }
}
