package io.catwalk.runner.report.slides;

import io.catwalk.runner.Numbers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.jspecify.annotations.Nullable;

/** The pages of a presentation, which all look the same. */
final class Deck implements AutoCloseable {

    private final XMLSlideShow show;
    private final Look look;
    private final String footer;
    private final Names names;

    /**
     * Creates a presentation without pages.
     *
     * @param footer text at the bottom of every page
     * @param names that must be cleaned or shortened
     * @param template whose look it has; null for Catwalk's own
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
     * @param title what the page says, in a sentence
     * @param notes of the speaker; the last one says where the numbers are from
     * @return the page, still empty
     */
    Page page(String title, String... notes) {
        Page page = new Page(show, look, names);
        page.title(title);
        page.foot(footer, show.getSlides().size());
        page.notes(List.of(notes));
        return page;
    }

    /**
     * Adds the pages of a table, up to a largest number.
     *
     * @param title of every page
     * @param table to show
     * @param most largest number of pages
     * @param whole the files that have all rows, with their verb
     * @param notes of every page
     */
    void pages(String title, Table table, int most, String whole, String... notes) {
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
                        "These are the first " + Numbers.count(from) + " of "
                                + Numbers.count(table.rows().size()) + " rows; " + whole + " all.");
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
            throw new UncheckedIOException(e); // does not happen: it is written to memory
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
