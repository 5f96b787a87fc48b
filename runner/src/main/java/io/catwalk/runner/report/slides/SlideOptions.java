package io.catwalk.runner.report.slides;

import org.jspecify.annotations.Nullable;

/** Which slides there are, and whose look they have: without a template, Catwalk's own. */
public record SlideOptions(Extent extent, @Nullable Template template) {

    /** How much the slides show. */
    public enum Extent {
        /** The findings, on ten slides. */
        FINDINGS,
        /** The findings, and every detail in an appendix. */
        WITH_APPENDIX
    }

    /** Returns the options for ten slides in Catwalk's own look. */
    public static SlideOptions standard() {
        return new SlideOptions(Extent.FINDINGS, null);
    }
}
