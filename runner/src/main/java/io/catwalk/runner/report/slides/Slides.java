package io.catwalk.runner.report.slides;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.report.RunReport;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a presentation of a run, in which every chart and table can be edited. */
public final class Slides {

    private Slides() {}

    /**
     * Writes {@code slides.pptx}. What a run has not, such as predictions or a comparison, is said to be missing.
     *
     * @param report the run, finished or interrupted
     * @param file where to; its folder exists, a file that is there is replaced
     * @throws IOException if it cannot be written; an older file is then as it was
     */
    public static void write(RunReport report, Path file) throws IOException {
        AtomicFiles.write(file, bytes(report));
    }

    static byte[] bytes(RunReport report) {
        Story story = Story.of(report);
        String run = Words.name(report.results().experiment().name());
        try (Deck deck = new Deck("Catwalk run " + run + " on " + story.datasetName())) {
            Opening.tell(story, deck);
            Setup.tell(story, deck);
            Tried.tell(story, deck);
            Accuracy.tell(story, deck);
            Mistakes.tell(story, deck);
            Learning.tell(story, deck);
            Costs.tell(story, deck);
            Differences.tell(story, deck);
            OnnxFiles.tell(story, deck);
            Closing.tell(story, deck);
            return deck.bytes();
        }
    }
}
