package io.catwalk.runner.report.slides;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.slides.SlideOptions.Extent;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a presentation of a run, in which every chart and table can be edited: ten slides, each with a finding as its
 * title. What there is nothing to say of has no slide.
 */
public final class Slides {

    private Slides() {}

    /**
     * Writes {@code slides.pptx}.
     *
     * @param model what is said of the run, finished or interrupted
     * @param file where to; its folder exists, a file that is there is replaced
     * @param options which slides, and how they look
     * @throws IOException if it cannot be written; an older file is then as it was
     */
    public static void write(ReportModel model, Path file, SlideOptions options) throws IOException {
        AtomicFiles.write(file, bytes(model, options));
    }

    static byte[] bytes(ReportModel model, SlideOptions options) throws IOException {
        String footer = "Catwalk run " + Words.name(model.results().experiment().name()) + " on "
                + Words.name(model.dataset().name());
        try (Deck deck = new Deck(footer, Names.of(model), options.template())) {
            new Opening(model, deck).tell();
            new Evidence(model, deck).tell();
            if (options.extent() == Extent.WITH_APPENDIX) {
                new Appendix(model, deck).tell();
            }
            return deck.bytes();
        }
    }
}
