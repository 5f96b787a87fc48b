package io.catwalk.runner.report.slides;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFSlideLayout;

/** Collects the pages of a presentation, all of one look. */
final class Deck implements AutoCloseable {

    private final XMLSlideShow show = new XMLSlideShow();
    private final XSLFSlideLayout layout;
    private final String footer;

    /**
     * Begins a presentation.
     *
     * @param footer what stands at the foot of every page
     */
    Deck(String footer) {
        layout = Look.apply(show);
        this.footer = Words.brief(footer, 90);
        show.getProperties().getCoreProperties().setTitle(this.footer);
        show.getProperties().getCoreProperties().setCreator("Catwalk");
    }

    /**
     * Adds a page at the end.
     *
     * @param section what part of the story it belongs to, in a word or two
     * @param title what it says, in a sentence
     * @return the page, with nothing on it yet
     */
    Page page(String section, String title) {
        Page page = new Page(show, show.createSlide(layout));
        page.head(section, title);
        page.foot(footer, show.getSlides().size());
        return page;
    }

    /**
     * Adds the page that everything begins with.
     *
     * @param title of the whole
     * @param lines below it
     * @return the page
     */
    Page cover(String title, List<String> lines) {
        Page page = new Page(show, show.createSlide(layout));
        page.cover(title, lines);
        page.foot(footer, show.getSlides().size());
        return page;
    }

    /**
     * Adds as many pages as a table takes.
     *
     * @param section as for {@link #page}
     * @param title of every page
     * @param table from the top of each page on
     * @param most rows of a page
     * @param alternative what the table shows, in words
     * @return the pages, the table on them and nothing else
     */
    List<Page> pages(String section, String title, Table table, int most, String alternative) {
        List<Table> parts = table.pages(most);
        List<Page> pages = new ArrayList<>();
        for (Table part : parts) {
            String number = parts.size() == 1 ? "" : ", " + (pages.size() + 1) + " of " + parts.size();
            Page page = page(section + number, title);
            page.table(Area.BODY, part, alternative);
            pages.add(page);
        }
        return pages;
    }

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
