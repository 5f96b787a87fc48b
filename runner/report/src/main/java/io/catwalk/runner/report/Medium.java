package io.catwalk.runner.report;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** Where a document is read. Blocks and columns name their media, so that no renderer has to choose. */
public enum Medium {
    /** A terminal of 80 columns, which shows what a user must know at once: sentences and tables. */
    TERMINAL,
    /** The file results.md, and the cards of models: no charts. */
    MARKDOWN,
    /** The ten slides: one for each section. */
    SLIDES,
    /** The slides that follow on request: one for each block. */
    APPENDIX,
    /** The page, which has everything. */
    PAGE;

    /** What everybody must see. */
    public static final Set<Medium> ALL = of(TERMINAL, MARKDOWN, SLIDES, PAGE);

    /** What is read at leisure. */
    public static final Set<Medium> WRITTEN = of(MARKDOWN, SLIDES, PAGE);

    /** What is looked at. */
    public static final Set<Medium> SEEN = of(SLIDES, PAGE);

    /** Details that only some readers look up. */
    public static final Set<Medium> DETAIL = of(MARKDOWN, APPENDIX, PAGE);

    /** Details that a terminal shows, too. */
    public static final Set<Medium> TERMINAL_DETAIL = of(TERMINAL, MARKDOWN, APPENDIX, PAGE);

    /** Details with pictures. */
    public static final Set<Medium> SEEN_DETAIL = of(APPENDIX, PAGE);

    /** What a slide has no room for. */
    public static final Set<Medium> TEXT = of(MARKDOWN, PAGE);

    /** What a page or a file says by other means. */
    public static final Set<Medium> ONLY_SLIDES = of(SLIDES);

    /** What is in the cards of models. */
    public static final Set<Medium> ONLY_MARKDOWN = of(MARKDOWN);

    /** What needs a browser, or has a link. */
    public static final Set<Medium> ONLY_PAGE = of(PAGE);

    public static Set<Medium> of(Medium first, Medium... others) {
        return Collections.unmodifiableSet(EnumSet.of(first, others));
    }
}
