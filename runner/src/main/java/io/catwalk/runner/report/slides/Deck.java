package io.catwalk.runner.report.slides;

import io.catwalk.runner.report.Palette;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
     * @param palette colors of the classifiers
     */
    Deck(String footer, Palette palette) {
        layout = Look.apply(show, palette);
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
