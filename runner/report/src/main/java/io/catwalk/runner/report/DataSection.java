package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.report.Block.Fact;
import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.Photo;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.results.RunResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which images the networks were trained and tested on. */
record DataSection(ReportModel model) {

    private static final int PHOTOS = 24;
    private static final int LETTERS = 26;

    static Optional<Section> of(ReportModel model) {
        DataSection section = new DataSection(model);
        return Optional.of(new Section("data", "Data", section.title(), section.blocks(), "results.json, key dataset"));
    }

    private RunResults.Dataset data() {
        return model.dataset();
    }

    /** Tells whether the networks are tested on folds: those of a search only score its candidates. */
    private boolean folded() {
        return model.folded() && model.results().tuning() == null;
    }

    private String title() {
        String images = Wording.count(data().test(), "test image") + " in "
                + Wording.count(data().classes().size(), "class", "classes");
        return (folded() ? model.results().experiment().folds() + " folds of " : "") + images + ", " + ofAClass()
                + " of each" + (absent().isEmpty() ? "" : " that has any")
                + (folded() ? " over all folds" : "");
    }

    private String ofAClass() {
        return Wording.range(Numbers.count(data().smallestClass()), Numbers.count(data().largestClass()));
    }

    /** Returns the classes without a test image, as far as that is known. */
    private List<String> absent() {
        return model.entrants().stream()
                .map(ClassifierReport::evaluation)
                .filter(Objects::nonNull)
                .limit(1)
                .flatMap(evaluation -> evaluation.classes().stream())
                .filter(one -> one.support() == 0)
                .map(ClassScores::name)
                .toList();
    }

    private List<Block> blocks() {
        List<String> absent = absent();
        String unknown = absent.isEmpty()
                ? ""
                : "No test image is of " + Wording.names(absent) + ": nothing is known about "
                        + (absent.size() == 1 ? "this class, which counts" : "these classes, which count")
                        + " 0 in macro precision, recall and F1.";
        String large = data().unbalanced()
                ? "Accuracy is mostly that of the large classes; balanced accuracy is the mean recall of all classes."
                : "";
        List<Block> blocks = new ArrayList<>(List.of(
                Sentences.of(Medium.ALL, Tone.WARNING, unknown, tooGood()),
                Sentences.of(Medium.WRITTEN, Tone.TEXT, large),
                new Facts(Medium.WRITTEN, "", false, facts())));
        photo().ifPresent(blocks::add);
        return blocks;
    }

    /** Returns what the reading of the images has told about accuracies that may be too high. */
    private String tooGood() {
        return Stream.ofNullable(model.images())
                .flatMap(images -> images.notes().stream())
                .filter(note -> note.contains(ImageDataset.TOO_GOOD))
                .findFirst()
                .map(note -> Wording.capital(note) + ".")
                .orElse("");
    }

    private List<Fact> facts() {
        String kind =
                data().channels() == 1 ? "gray" : data().channels() == 3 ? "color" : data().channels() + " channels";
        List<Fact> facts = new ArrayList<>(List.of(
                Fact.of("Data set", data().name()),
                Fact.of("Images", data().width() + " × " + data().height() + " pixels, " + kind),
                Fact.of("Classes", data().classes().size(), Unit.COUNT)));
        if (data().train() > 0) {
            facts.add(Fact.of("Training images", data().train(), Unit.COUNT));
            facts.add(Fact.of("Validation images (epoch selection)", data().validation(), Unit.COUNT));
        }
        facts.add(Fact.of(folded() ? "Test images of a fold" : "Test images", data().test(), Unit.COUNT));
        facts.add(Fact.of("Test images of a class", ofAClass()));
        return facts;
    }

    /** Draws the first test images of as many classes as a slide has room for. */
    private Optional<Block> photo() {
        ImageDataset dataset = model.images();
        if (dataset == null || (data().channels() != 1 && data().channels() != 3)) {
            return Optional.empty();
        }
        ImageSource images = folded() ? dataset.train() : dataset.test();
        int[] labels =
                IntStream.of(images.labels()).distinct().sorted().limit(PHOTOS).toArray();
        int each = labels.length <= 5 ? 8 : labels.length <= 12 ? 4 : 2;
        List<ContactSheet.Entry> entries = IntStream.of(labels)
                .mapToObj(label -> ContactSheet.Entry.ofClass(
                        images, label, each, data().classes().get(label)))
                .toList();
        String heading = "The first test images of "
                + (labels.length < data().classes().size()
                        ? labels.length + " of the "
                                + Numbers.count(data().classes().size()) + " classes"
                        : "each class");
        return Optional.of(new Photo(
                Medium.SEEN,
                heading,
                Wording.names(
                        IntStream.of(labels).mapToObj(data().classes()::get).toList()),
                new ContactSheet("", entries, LETTERS).png()));
    }
}
