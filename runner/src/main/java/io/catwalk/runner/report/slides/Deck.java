package io.catwalk.runner.report.slides;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.jspecify.annotations.Nullable;

/** Collects the pages of a presentation, all of one look. */
final class Deck implements AutoCloseable {

    private final XMLSlideShow show;
    private final Look look;
    private final String footer;
    private final Names names;

    /**
     * Begins a presentation.
     *
     * @param footer what stands at the foot of every page
     * @param names that need care
     * @param template whose look it has; null for ours
     */
    Deck(String footer, Names names, @Nullable Template template) throws IOException {
        show = template == null ? new XMLSlideShow() : template.open();
        look = template == null
                ? Look.ours(show)
                : Look.of(show, Template.layout(show).orElseThrow());
        this.footer = footer;
        this.names = names;
        show.getProperties().getCoreProperties().setTitle(footer);
        show.getProperties().getCoreProperties().setCreator("Catwalk");
    }

    /**
     * Adds a page at the end.
     *
     * @param title what it says, in a sentence
     * @param notes what the speaker says, the last where the numbers are from
     * @return the page, with nothing on it yet
     */
    Page page(String title, String... notes) {
        Page page = new Page(show, look, names);
        page.title(title);
        page.foot(footer, show.getSlides().size());
        page.notes(List.of(notes));
        return page;
    }

    /**
     * Adds as many pages as a table takes, at most so many.
     *
     * @param title of every page
     * @param table what it holds
     * @param most pages
     * @param notes of every page
     */
    void pages(String title, Table table, int most, String... notes) {
        int from = 0;
        for (int number = 1; number <= most && (from < table.rows().size() || number == 1); number++) {
            Page page = page(title + (number == 1 ? "" : " (" + number + ")"), notes);
            Area area = page.body().above(20);
            int to = Math.min(table.rows().size(), from + ROWS);
            Table some = table.rows(from, to);
            page.table(area, some);
            from += some.said(names).in(area).heights().size() - 1;
            if (from < table.rows().size() && number == most) {
                page.text(
                        page.body().bottom(16),
                        Style.NOTE,
                        "These are the first " + from + " of " + table.rows().size()
                                + " rows; results.md and results.csv have all.");
            }
        }
    }

    private static final int ROWS = 16;

    /** Returns the presentation as a file. */
    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            show.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail to be written
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        try {
            show.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
