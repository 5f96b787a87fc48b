package io.catwalk.runner.cli;

import io.catwalk.api.Augmentation;
import io.catwalk.runner.data.EvenlySpaced;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.experiment.Harmless;
import io.catwalk.runner.report.ContactSheet;
import io.catwalk.runner.report.RecipeWords;
import io.catwalk.runner.training.AugmentedImages;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Draws the images of a data set, for people to look at. */
final class DataSheets {

    /** Pictures in a row. */
    private static final int EACH = 8;

    /** Rows of the sheet of samples: further classes are left out. */
    private static final int CLASSES = 100;

    private static final long SEED = 1;

    /** As --augment applies them; but each image has a rectangle erased, and no plugin is asked. */
    private static final List<Augmentation> SHOWN = Harmless.STANDARD.stream()
            .filter(one -> !(one instanceof Augmentation.Own))
            .map(one -> one instanceof Augmentation.Erase erase ? Augmentation.erase(1, erase.largestArea()) : one)
            .toList();

    private DataSheets() {}

    /** Draws the first training images of each class, as a PNG. */
    static byte[] samples(ImageDataset dataset) {
        ImageSource images = dataset.train();
        int classes = Math.min(CLASSES, dataset.classes().size());
        List<List<ContactSheet.Picture>> rows = new ArrayList<>();
        IntStream.range(0, classes).forEach(c -> rows.add(new ArrayList<>()));
        for (int i = 0; i < images.size(); i++) {
            int label = images.labels()[i];
            if (label < classes && rows.get(label).size() < EACH) {
                rows.get(label).add(new ContactSheet.Picture(images, i));
            }
        }
        List<ContactSheet.Entry> entries = IntStream.range(0, classes)
                .mapToObj(c -> new ContactSheet.Entry(
                        rows.get(c), List.of(dataset.classes().get(c))))
                .filter(entry -> !entry.pictures().isEmpty())
                .toList();
        return new ContactSheet(
                        dataset.name() + ": the first training images of "
                                + (classes < dataset.classes().size() ? classes + " classes" : "each class"),
                        entries)
                .png();
    }

    /** Draws some training images with the result of each augmentation, as a PNG. */
    static byte[] augmented(ImageDataset dataset) {
        ImageSource images = dataset.train();
        int[] indices = EvenlySpaced.of(images.size(), EACH);
        List<ContactSheet.Entry> entries = new ArrayList<>();
        entries.add(entry(images, indices, List.of(), "As they are"));
        for (Augmentation augmentation : SHOWN) {
            entries.add(entry(images, indices, List.of(augmentation), RecipeWords.of(augmentation)));
        }
        return new ContactSheet(dataset.name() + ": what augmentations make of training images", entries).png();
    }

    private static ContactSheet.Entry entry(
            ImageSource images, int[] indices, List<Augmentation> augmentations, String line) {
        List<RasterImage> changed = AugmentedImages.of(images, indices, augmentations, SEED);
        return new ContactSheet.Entry(
                changed.stream()
                        .map(image -> new ContactSheet.Picture(image.width(), image.height(), () -> image))
                        .toList(),
                List.of(line));
    }
}
