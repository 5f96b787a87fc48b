package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.report.ContactSheet;
import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RobustnessFindings;
import io.catwalk.runner.report.charts.RunCharts;
import io.catwalk.runner.report.document.Block;
import io.catwalk.runner.report.document.Block.Figure;
import io.catwalk.runner.report.document.Block.Photo;
import io.catwalk.runner.report.document.Cell;
import io.catwalk.runner.report.document.Medium;
import io.catwalk.runner.report.document.Section;
import io.catwalk.runner.report.document.Table;
import io.catwalk.runner.report.document.Unit;
import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.robustness.Robustness.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How much accuracy the classifiers lose on images that are shifted, rotated, noisy or of low contrast. */
record RobustnessSection(ReportModel model, Robustness robustness, RobustnessFindings findings) {

    private static final Set<Medium> TABLE = Medium.of(Medium.TERMINAL, Medium.MARKDOWN, Medium.APPENDIX, Medium.PAGE);

    /** Longest side of a picture: a larger image is reduced before it is corrupted, so that noise stays visible. */
    private static final int SIDE = 112;

    static Optional<Section> of(ReportModel model) {
        Robustness robustness = model.run().robustness();
        return robustness == null
                ? Optional.empty()
                : Optional.of(new RobustnessSection(model, robustness, new RobustnessFindings(robustness)).section());
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(strongest());
        RunCharts.ROBUSTNESS.of(model).forEach(chart -> blocks.add(new Figure(Medium.SEEN_DETAIL, chart)));
        ImageDataset dataset = model.run().dataset();
        if (dataset != null) {
            blocks.add(strip(dataset.test().image(0).atMost(SIDE)));
        }
        return new Section(
                "robustness",
                "Robustness",
                model.isolated(findings.all()),
                blocks,
                "robustness.json and robustness.csv");
    }

    private Table strongest() {
        List<TableColumn<Classifier>> columns = new ArrayList<>();
        columns.add(TableColumn.text(TABLE, "Classifier", this::name));
        columns.add(
                TableColumn.number(TABLE, "Clean %", one -> Cell.of(one.clean().share(), Unit.PERCENT)));
        for (Corruption corruption : Corruption.values()) {
            columns.add(TableColumn.number(
                    TABLE,
                    corruption.title() + " %",
                    one -> Cell.of(one.curve(corruption).last().accuracy().share(), Unit.PERCENT)));
        }
        List<String> steps = Stream.of(Corruption.values())
                .map(RobustnessFindings::strongest)
                .toList();
        return TableColumn.table(
                TABLE,
                "strongest",
                "Accuracy on clean images and at the strongest step",
                columns,
                robustness.classifiers(),
                "The ONNX files on " + Numbers.count(robustness.sample().images()) + " of the "
                        + Numbers.count(robustness.sample().of()) + " test images, the same for all: "
                        + String.join(", ", steps) + ". " + findings.precision() + ".");
    }

    private Cell name(Classifier one) {
        return model.trained().stream()
                .filter(entrant -> entrant.name().equals(one.name()))
                .findFirst()
                .map(StandingsSection::name)
                .orElseGet(() -> new Cell.Name(one.name(), null, "", ""));
    }

    /** Draws a test image unchanged and at each strength of each corruption. */
    private static Photo strip(RasterImage image) {
        List<ContactSheet.Entry> entries = new ArrayList<>();
        for (Corruption corruption : Corruption.values()) {
            List<Supplier<RasterImage>> pictures = IntStream.rangeClosed(0, Corruption.STEPS)
                    .map(corruption::strength)
                    .<Supplier<RasterImage>>mapToObj(
                            strength -> () -> corruption.of(image, strength, 0, new SplittableRandom(0)))
                    .toList();
            entries.add(new ContactSheet.Entry(
                    pictures,
                    List.of(corruption.title() + ": 0 to " + corruption.strongest() + " " + corruption.unit())));
        }
        return new Photo(
                Medium.SEEN_DETAIL,
                "The first test image at each step",
                "A test image as it is, and in " + Corruption.STEPS + " steps of each corruption",
                new ContactSheet("", entries).png());
    }
}
