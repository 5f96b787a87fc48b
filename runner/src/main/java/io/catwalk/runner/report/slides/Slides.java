package io.catwalk.runner.report.slides;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.slides.SlideOptions.Extent;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a presentation of a run, in which every chart and table can be edited: ten slides, each with a finding as its
 * title. Slides without content are left out.
 */
public final class Slides {

    private Slides() {}

    /**
     * Writes {@code slides.pptx}.
     *
     * @param model content of the report on a run, finished or interrupted
     * @param file to write, in an existing folder; an existing file is replaced
     * @param options which slides, and how they look
     * @throws IOException if it cannot be written; an existing file is then unchanged
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
