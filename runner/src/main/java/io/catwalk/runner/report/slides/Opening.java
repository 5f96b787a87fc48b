package io.catwalk.runner.report.slides;

import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.ImagePng;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.poi.sl.usermodel.TextParagraph.TextAlign;

/** Begins: what the run is called, what it asks, and of which images. */
final class Opening {

    private static final int PICTURE_PIXELS = 96;

    private Opening() {}

    static void tell(Story story, Deck deck) {
        cover(story, deck);
        question(story, deck);
        data(story, deck);
    }

    private static void cover(Story story, Deck deck) {
        Results.Summary experiment = story.results().experiment();
        Tuning tuning = story.results().tuning();
        int count = story.entrants().size();
        String title = tuning != null
                ? "Tuning " + Words.name(tuning.classifier()) + " on " + story.datasetName()
                : Words.count(count, "image classifier", "image classifiers") + " on " + story.datasetName()
                        + (count > 1 ? ", compared" : "");
        List<String> lines = new ArrayList<>();
        lines.add("Run " + Words.name(experiment.name()) + ", started " + day(experiment.startedAt()));
        lines.add(experiment.finished() + " of " + Words.count(experiment.planned(), "trial", "trials")
                + " finished in " + Words.seconds(experiment.seconds()) + "; judged by " + story.judges());
        if (experiment.finished() < experiment.planned()) {
            lines.add("The run was interrupted: what follows is of the trials that it finished.");
        }
        deck.cover(title, lines)
                .notes(
                        "Every number, sentence and chart of these slides is made from the files of the run.",
                        "Source: results.json, keys experiment.name, started_at, seconds, planned, finished; dataset.name.");
    }

    private static String day(String instant) {
        try {
            return DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC)
                    .format(Instant.parse(instant));
        } catch (DateTimeParseException e) {
            return instant;
        }
    }

    private static void question(Story story, Deck deck) {
        Tuning tuning = story.results().tuning();
        String title = tuning != null
                ? "Which settings suit " + Words.name(tuning.classifier()) + " best on " + story.datasetName() + "?"
                : story.entrants().size() == 1
                        ? "How well does " + Words.name(story.entrants().get(0).name()) + " sort the images of "
                                + story.datasetName() + "?"
                        : "Which classifier is to sort the images of " + story.datasetName()
                                + ", and how sure is that?";
        Page page = deck.page("The question", title);
        List<List<String>> cards = List.of(
                List.of(
                        Words.count(story.entrants().size()),
                        story.entrants().size() == 1 ? "classifier" : "classifiers"),
                List.of(Words.count(story.dataset().classes().size()), "classes"),
                List.of(Words.count(story.dataset().train()), "images to train on"),
                List.of(
                        Words.count(story.dataset().test()),
                        story.folded() ? "images judge in a fold" : "images judge"));
        for (int i = 0; i < cards.size(); i++) {
            Area card = Area.BODY.top(96).column(i, cards.size(), 16);
            page.panel(card, Look.PALE);
            Area inner = card.rightOf(16).below(14);
            page.text(
                    inner.left(inner.width() - 8).top(42),
                    Style.BODY.withSize(32).bold().withColor(Look.ACCENT),
                    cards.get(i).get(0));
            page.text(
                    inner.left(inner.width() - 8).below(46).top(22),
                    Style.BODY.withSize(13).withColor(Look.QUIET),
                    cards.get(i).get(1));
        }
        List<String> lines = new ArrayList<>();
        lines.add("Taking part: " + Words.list(Story.names(story.entrants()), 12) + ".");
        lines.add("Asked first: what share of images that no training saw each gets right (accuracy).");
        lines.add("Asked then: what that costs in time, size and training, and whether the ONNX file that is to be"
                + " shipped answers like the network that was judged.");
        Comparison comparison = story.results().comparison();
        if (comparison != null && comparison.scope() == Comparison.Scope.CLASSIFIERS) {
            lines.add("A difference of up to " + Words.fixed(comparison.regionPoints(), 1)
                    + " percentage points of accuracy counts as none.");
        }
        page.text(Area.BODY.below(124), Style.BULLETS, lines);
        page.notes(
                "The question that the rest of the slides answers.",
                "Source: results.json, keys trials[].classifier and variant, dataset.classes, dataset.train, dataset.test"
                        + (comparison == null ? "." : ", comparison.region_points."));
    }

    private static void data(Story story, Deck deck) {
        Results.Dataset data = story.dataset();
        String kind = data.channels() == 1 ? "gray" : data.channels() == 3 ? "color" : data.channels() + "-channel";
        Page page = deck.page(
                "The data",
                story.datasetName() + ": " + kind + " images of " + data.width() + " × " + data.height() + " pixels in "
                        + Words.count(data.classes().size()) + " classes");
        List<List<Table.Cell>> rows = new ArrayList<>();
        rows.add(Table.row(List.of("Train the networks", Words.count(data.train()))));
        rows.add(Table.row(List.of("Choose the epoch", Words.count(data.validation()))));
        rows.add(Table.row(List.of(story.folded() ? "Judge, in a fold" : "Judge (test)", Words.count(data.test()))));
        ImageDataset dataset = story.report().dataset();
        if (dataset != null) {
            int[] counts = dataset.test().countPerClass(dataset.classes().size());
            int least = Arrays.stream(counts).min().orElse(0);
            int most = Arrays.stream(counts).max().orElse(0);
            String range = least == most ? Words.count(least) : Words.count(least) + " to " + Words.count(most);
            rows.add(Table.row(List.of("Test images a class", range)));
        }
        Area left = Area.BODY.left(250);
        page.table(
                left,
                Table.of(List.of(Table.Column.text("Images that", 1.4), Table.Column.number("Number", 1)), rows),
                "Table of how many images train, choose the epoch and judge.");
        Area right = Area.BODY.rightOf(290);
        String shown;
        if (dataset == null || (data.channels() != 1 && data.channels() != 3)) {
            shown = dataset == null
                    ? "No pictures: the images of the run cannot be read any more."
                    : "No pictures: images of " + data.channels() + " channels cannot be drawn.";
            page.panel(right.top(120), Look.PALE);
            page.text(right.top(120).rightOf(20).below(20), Style.BODY, shown);
        } else {
            shown = samples(page, right, dataset);
        }
        page.notes(
                "What the networks see. " + shown,
                "All classes: " + Words.brief(String.join(", ", data.classes()), 3000) + ".",
                "Content of the data set: SHA-256 " + data.sha256() + ".",
                "Source: results.json, key dataset; the pictures are the first test images of each class.");
    }

    /** Shows some images of each class, as many classes and images as there is room for, and says so. */
    private static String samples(Page page, Area area, ImageDataset dataset) {
        int classes = dataset.classes().size();
        int columns = classes <= 6 ? 1 : classes <= 12 ? 2 : classes <= 24 ? 3 : 5;
        int most = columns * (columns == 5 ? 7 : columns == 1 ? 6 : columns == 2 ? 6 : 8);
        int shown = Math.min(classes, most);
        int rows = (shown + columns - 1) / columns;
        int each = columns == 1 ? 8 : columns == 2 ? 5 : columns == 3 ? 3 : 1;
        Area grid = area.top(area.height() - 24);
        for (int c = 0; c < shown; c++) {
            Area cell = grid.column(c % columns, columns, 14).row(c / columns, rows, 6);
            String name = dataset.classes().get(c);
            Area label = columns == 5 ? cell.rightOf(44) : cell.top(14);
            Area strip = columns == 5
                    ? cell.left(40)
                    : cell.below(16).top(Math.min(columns == 1 ? 64 : 44, cell.height() - 16));
            page.text(
                    columns == 5
                            ? label.below(Math.max(0, cell.height() / 2 - 13)).top(26)
                            : label,
                    Style.NOTE.withColor(Look.INK).withSize(columns == 5 ? 9 : 11),
                    TextSize.cut(Words.clean(name), columns == 5 ? 9 : 11, label.width(), columns == 5 ? 2 : 1));
            int[] indices = indices(dataset.test(), c, each);
            if (indices.length == 0) {
                page.text(strip.top(14), Style.NOTE, "no test image");
                continue;
            }
            RasterImage side = sideBySide(dataset.test(), indices);
            page.picture(
                    strip,
                    ImagePng.of(side, Math.max(1, PICTURE_PIXELS / side.height())),
                    (double) side.width() / side.height(),
                    (indices.length == 1 ? "An image" : indices.length + " images") + " of class "
                            + Words.brief(name, 200) + ": "
                            + (indices.length == 1 ? "number " : "numbers ")
                            + Arrays.toString(indices).replaceAll("[\\[\\]]", "") + " of the test images, from 0.");
        }
        String words = shown < classes
                ? "The first test images of " + shown + " of the " + classes + " classes."
                : "The first test images of each class.";
        page.text(area.below(area.height() - 14), Style.NOTE.withAlign(TextAlign.LEFT), words);
        return words;
    }

    private static int[] indices(ImageSource images, int label, int most) {
        return IntStream.range(0, images.size())
                .filter(i -> images.labels()[i] == label)
                .limit(most)
                .toArray();
    }

    /** Sets images beside each other with a white gap; large ones lose pixels, since they are shown small. */
    private static RasterImage sideBySide(ImageSource images, int[] indices) {
        int step = Math.max(1, Math.max(images.width(), images.height()) / PICTURE_PIXELS);
        int height = (images.height() + step - 1) / step;
        int width = (images.width() + step - 1) / step;
        int gap = Math.max(1, height / 14);
        int all = indices.length * (width + gap) - gap;
        byte[] pixels = new byte[images.channels() * height * all];
        Arrays.fill(pixels, (byte) 255);
        for (int i = 0; i < indices.length; i++) {
            byte[] image = images.image(indices[i]).pixels();
            for (int c = 0; c < images.channels(); c++) {
                int plane = c * images.height() * images.width();
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        pixels[(c * height + y) * all + i * (width + gap) + x] =
                                image[plane + y * step * images.width() + x * step];
                    }
                }
            }
        }
        return new RasterImage(images.channels(), height, all, pixels);
    }
}
