package io.catwalk.runner.report.slides;

import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.report.graphics.Png;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Shows the first test images of each class, of as many classes as there is room for. */
record Samples(Page page, Area area) {

    private static final int PIXELS = 96;
    private static final int MOST = 24;

    void show(@Nullable ImageDataset dataset, Results.Dataset data) {
        if (dataset == null || (data.channels() != 1 && data.channels() != 3)) {
            page.panel(area.top(90), Tone.PALE);
            page.text(
                    area.top(90).within(20),
                    Style.BODY,
                    dataset == null
                            ? "There are no pictures: the images of the run can no longer be read."
                            : "There are no pictures: images of " + data.channels() + " channels cannot be drawn.");
            return;
        }
        int classes = dataset.classes().size();
        int shown = Math.min(classes, MOST);
        int columns = shown <= 5 ? 1 : shown <= 12 ? 2 : 3;
        int rows = (shown + columns - 1) / columns;
        Area grid = area.above(20);
        for (int label = 0; label < shown; label++) {
            Area cell = grid.column(label % columns, columns, 18).row(label / columns, rows, 6);
            double height = Math.min(84, cell.height() - 16);
            strip(dataset, label, cell.below(15).top(height));
            page.text(
                    cell.top(14),
                    new Style(11, 6, false, Tone.INK, 0, false),
                    dataset.classes().get(label));
        }
        page.text(
                area.bottom(14),
                Style.NOTE,
                shown < classes
                        ? "The first test images of " + shown + " of the " + classes + " classes."
                        : "The first test images of each class.");
    }

    private void strip(ImageDataset dataset, int label, Area place) {
        ImageSource images = dataset.test();
        double wide = place.height() * images.width() / images.height();
        int most = (int) Math.max(1, Math.min(8, place.width() / (wide * 1.07)));
        int[] indices = IntStream.range(0, images.size())
                .filter(i -> images.labels()[i] == label)
                .limit(most)
                .toArray();
        if (indices.length == 0) {
            page.text(place.top(14), Style.NOTE, "no test image");
            return;
        }
        RasterImage side = sideBySide(images, indices);
        page.picture(
                place,
                Png.of(side, Math.max(1, PIXELS / side.height())),
                "Images of class " + Words.brief(dataset.classes().get(label), 200) + ": numbers "
                        + IntStream.of(indices)
                                .mapToObj(image -> "" + images.index(image))
                                .collect(Collectors.joining(", "))
                        + " of the test images, from 0.");
    }

    /** Puts images beside each other with a white gap; large ones lose pixels, since they are shown small. */
    private static RasterImage sideBySide(ImageSource images, int[] indices) {
        int step = Math.max(1, Math.max(images.width(), images.height()) / PIXELS);
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
