package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Figure;
import io.catwalk.runner.report.document.Block.Sentences;
import io.catwalk.runner.report.document.Block.Tone;
import io.catwalk.runner.report.document.Block.Widget;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What each classifier predicted for each image. */
record ImagesSection(ReportModel model, ImageBrowser images) {

    static Optional<Section> of(ReportModel model) {
        ImageBrowser images = ImageBrowser.of(model);
        return images.images() == 0 ? Optional.empty() : Optional.of(new ImagesSection(model, images).section());
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Sentences.of(
                Medium.ONLY_PAGE,
                Tone.TEXT,
                "A click or the Enter key on a cell of a confusion matrix, a bin of a reliability curve, a class or a pair"
                        + " of classifiers shows its images here."
                        + (model.results().experiment().seeds().size() > 1
                                ? " The predictions are those of one seed of each classifier."
                                : "")));
        duplicates().ifPresent(sentence -> blocks.add(Sentences.of(Medium.ONLY_PAGE, Tone.NOTE, sentence)));
        RunCharts.IMAGES.of(model).forEach(chart -> blocks.add(new Figure(Medium.SEEN_DETAIL, chart)));
        blocks.add(new Widget(Widget.Kind.IMAGES, images.json()));
        return new Section(
                "images",
                "Images",
                "What each classifier predicted for each of " + Numbers.count(images.images()) + " images",
                blocks,
                "trials/*/*/predictions.csv; duplicates.csv");
    }

    /** Says how many test images have a duplicate in the training set; empty if that cannot be known. */
    private Optional<String> duplicates() {
        List<ImageBrowser.Twin> twins = images.duplicates();
        if (twins != null) {
            return Optional.of((twins.isEmpty() ? "None" : Numbers.count(twins.size())) + " of them "
                    + (twins.size() < 2 ? "has a duplicate" : "have duplicates") + " in the training set.");
        }
        return model.folded()
                ? Optional.empty()
                : Optional.of("Whether they have duplicates in the training set is not known: catwalk audit searches.");
    }
}
