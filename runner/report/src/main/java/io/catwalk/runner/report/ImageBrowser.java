package io.catwalk.runner.report;

import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.NearDuplicates;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.data.Split;
import io.catwalk.runner.evaluation.Calibration.Bin;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.RiskCoverage;
import io.catwalk.runner.report.ReportModel.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The predictions of each classifier for each test image, and the images themselves, for the image browser of the page.
 * Numbers are packed into base 64, the lowest byte first: 16 bits each if nothing else is said.
 *
 * @param classes names, in the order of the logits
 * @param names of the images: their numbers among all test images of the data set or, with folds, among all its training
 *     images; 32 bits each
 * @param files of the images at the first places on the sheets, as many as the page has room for; empty for IDX files
 * @param part that the numbers refer to: {@code test} or {@code train}
 * @param models predictions of each classifier, the best first
 * @param sheets the images, starting with those that most classifiers get wrong, as many as the page has room for
 * @param order number of the image at each place on the sheets, 32 bits each
 * @param duplicates images with a duplicate in the training set; null if the run was not audited
 * @param originals their training images, in the same order
 */
record ImageBrowser(
        List<String> classes,
        int images,
        String names,
        List<String> files,
        String part,
        String truth,
        List<Answers> models,
        @Nullable SpriteSheets sheets,
        String order,
        @Nullable List<Twin> duplicates,
        @Nullable SpriteSheets originals) {

    /** Largest number of classifiers: nobody compares more by single images. */
    private static final int MODELS = 12;

    /** Largest number of images whose predictions the page has room for. */
    private static final int IMAGES = 100_000;

    /** Largest number of characters of all sheets together: the page has to stay small. */
    private static final int BUDGET = 5_700_000;

    /** Largest number of characters of the training images that test images resemble. */
    private static final int ORIGINALS = 500_000;

    /** Largest number of characters of all names of files together. */
    private static final int NAMES = 500_000;

    /**
     * The predictions of a classifier.
     *
     * @param confidence of each prediction, 0 to 65,535 for 0 to 1, rounded down: only 1 is 65,535, as is
     *     all that is not known
     * @param knee of its curve of error rate by coverage: a confidence in whole percent, rounded down
     * @param bins of its reliability curve, by rising confidence; none if its confidence is not known
     * @param bin number of the bin of each image, 8 bits each
     */
    record Answers(
            int number, String name, String predicted, String confidence, int knee, List<Edges> bins, String bin) {}

    /** The bounds of a bin, to four decimals. */
    record Edges(double low, double high) {}

    /**
     * A test image, and the training image that it resembles most.
     *
     * @param train number of the training image among all of the data set
     * @param file of the training image; empty for IDX files
     * @param distance between the two in gray levels, as {@link io.catwalk.runner.data.NearDuplicates} defines it
     * @param moved whether one of them is moved by a pixel
     */
    public record Twin(
            int image, int train, String file, int label, double distance, boolean mirrored, boolean moved) {}

    /**
     * Gathers the predictions and images of a run that has predictions. Classifiers that were evaluated on other images than the
     * first are left out, and so are images that are gone.
     */
    public static ImageBrowser of(ReportModel model) {
        List<ClassifierReport> evaluated = model.evaluated();
        Part first = Part.of(evaluated.get(0));
        Stream<Part> others = evaluated.stream().skip(1).map(Part::of).filter(first::isOfTheImagesOf);
        List<Part> parts =
                Stream.concat(Stream.of(first), others.limit(MODELS - 1)).toList();
        int[] truth = first.truth;
        ImageSource images = images(model, evaluated.get(0).shown(), truth);
        int count = Math.min(truth.length, IMAGES);
        int[] order = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingInt(image -> right(parts, image)))
                .mapToInt(image -> image)
                .toArray();
        SpriteSheets sheets = images == null ? null : SpriteSheets.of(images, order, BUDGET);
        ImageDataset dataset = model.images();
        List<NearDuplicates.Pair> leaked = model.leaked();
        List<Twin> twins = null;
        SpriteSheets originals = null;
        if (leaked != null && sheets != null && dataset != null && !model.folded()) {
            List<NearDuplicates.Pair> nearest = nearest(leaked, dataset);
            twins = nearest.stream().map(pair -> twin(pair, dataset.train())).toList();
            int[] trained =
                    nearest.stream().mapToInt(NearDuplicates.Pair::second).toArray();
            originals = trained.length == 0 ? null : SpriteSheets.of(dataset.train(), trained, ORIGINALS);
        }
        return new ImageBrowser(
                model.dataset().classes(),
                count,
                images == null
                        ? ""
                        : packed(IntStream.range(0, count).map(images::index).toArray(), count, 4),
                images == null || sheets == null ? List.of() : files(images, order, sheets.images()),
                model.folded() ? "train" : "test",
                packed(truth, count, 2),
                parts.stream().map(part -> part.answers(count)).toList(),
                sheets,
                packed(order, sheets == null ? 0 : sheets.images(), 4),
                twins,
                originals);
    }

    /** Returns the nearest training image of each test image that has one, which comes first. */
    private static List<NearDuplicates.Pair> nearest(List<NearDuplicates.Pair> leaked, ImageDataset dataset) {
        Map<Integer, NearDuplicates.Pair> nearest = new LinkedHashMap<>();
        leaked.stream()
                .filter(pair -> pair.first() < dataset.test().size()
                        && pair.second() < dataset.train().size())
                .forEach(pair -> nearest.putIfAbsent(pair.first(), pair));
        return List.copyOf(nearest.values());
    }

    private static Twin twin(NearDuplicates.Pair pair, ImageSource train) {
        return new Twin(
                pair.first(),
                train.index(pair.second()),
                train.file(pair.second()),
                train.labels()[pair.second()],
                pair.distance(),
                pair.mirrored(),
                pair.right() != 0 || pair.down() != 0);
    }

    private static String packed(int[] numbers, int count, int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(count * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (bytes) {
                case 1 -> buffer.put((byte) numbers[i]);
                case 2 -> buffer.putShort((short) numbers[i]);
                default -> buffer.putInt(numbers[i]);
            }
        }
        return Base64.getEncoder().encodeToString(buffer.array());
    }

    /** The predictions of a classifier for all images, by its trials of one seed. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Part(
            ClassifierReport entrant, List<Integer> folds, int[] truth, int[] predicted, double[] confidence) {

        static Part of(ClassifierReport entrant) {
            List<Model> trials = entrant.shown();
            List<Predictions> all = trials.stream()
                    .map(trial -> Objects.requireNonNull(trial.predictions()))
                    .toList();
            return new Part(
                    entrant,
                    trials.stream().map(trial -> trial.outcome().trial().fold()).toList(),
                    all.stream()
                            .flatMapToInt(some -> IntStream.of(some.labels()))
                            .toArray(),
                    all.stream()
                            .flatMapToInt(some -> IntStream.of(some.predicted()))
                            .toArray(),
                    all.stream().flatMapToDouble(Part::confidences).toArray());
        }

        private static DoubleStream confidences(Predictions some) {
            return IntStream.range(0, some.images()).mapToDouble(i -> some.probabilities(i)[some.predicted(i)]);
        }

        /** Labels alone do not tell images apart: those of two folds may be the same. */
        boolean isOfTheImagesOf(Part other) {
            return folds.equals(other.folds) && Arrays.equals(truth, other.truth);
        }

        Answers answers(int count) {
            Evaluation evaluation = entrant.requireEvaluation();
            List<Bin> bins = evaluation.calibration() == null
                    ? List.of()
                    : evaluation.calibration().reliability();
            RiskCoverage curve = evaluation.riskCoverage();
            int[] shares = DoubleStream.of(confidence)
                    .mapToInt(one -> curve == null ? 0xffff : (int) (0xffff * one))
                    .toArray();
            int[] places =
                    DoubleStream.of(confidence).mapToInt(one -> bin(bins, one)).toArray();
            return new Answers(
                    entrant.number(),
                    entrant.name(),
                    packed(predicted, count, 2),
                    packed(shares, count, 2),
                    curve == null ? 0 : (int) (100 * curve.knee().confidence()),
                    bins.stream()
                            .map(bin ->
                                    new Edges(Math.round(1e4 * bin.low()) / 1e4, Math.round(1e4 * bin.high()) / 1e4))
                            .toList(),
                    packed(places, count, 1));
        }

        private static int bin(List<Bin> bins, double one) {
            int bin = bins.size() - 1;
            while (bin > 0 && one < bins.get(bin).low()) {
                bin--;
            }
            return bin;
        }
    }

    /** Returns the images, if their labels are those of the predictions: a wrong picture is worse than none. */
    private static @Nullable ImageSource images(ReportModel model, List<Model> trials, int[] truth) {
        ImageDataset dataset = model.images();
        if (dataset == null
                || dataset.train().channels() == 2
                || dataset.train().channels() > 3) {
            return null;
        }
        ImageSource source = model.folded() ? dataset.train() : dataset.test();
        int[] numbers = trials.stream()
                .flatMapToInt(trial -> numbers(model, dataset, trial))
                .toArray();
        if (IntStream.of(numbers).anyMatch(number -> number >= source.size())) {
            return null;
        }
        ImageSource images = source.select(numbers);
        return Arrays.equals(images.labels(), truth) ? images : null;
    }

    /** Returns the numbers of the images of a trial within their source, in the order of its predictions. */
    private static IntStream numbers(ReportModel model, ImageDataset dataset, Model trial) {
        int fold = trial.outcome().trial().fold();
        if (fold == 0) {
            return IntStream.range(
                    0, Objects.requireNonNull(trial.predictions()).images());
        }
        Split split = model.spec().split().split(dataset, fold).fold();
        return Arrays.stream(Objects.requireNonNull(split).validation());
    }

    /** Names the files of the first images of an order, as many as the page has room for; none of IDX files. */
    private static List<String> files(ImageSource images, int[] order, int most) {
        List<String> files = new ArrayList<>();
        int left = NAMES;
        for (int place = 0; place < most; place++) {
            String file = images.file(order[place]);
            left -= file.length();
            if (left < 0 || file.isEmpty()) {
                break;
            }
            files.add(file);
        }
        return files;
    }

    private static int right(List<Part> parts, int image) {
        return (int) parts.stream()
                .filter(part -> part.predicted[image] == part.truth[image])
                .count();
    }

    /**
     * Sprite sheets: pictures that hold many images each, in rows of {@value #COLUMNS}. The page shows an image as a part of
     * its sheet.
     *
     * @param pictures the sheets as PNG in base 64; the last one may have fewer rows
     */
    record SpriteSheets(int width, int height, int columns, int rows, int images, List<String> pictures) {

        /** Longest side of an image on a sheet, in pixels; larger images are reduced. */
        static final int LONGEST = 64;

        private static final int COLUMNS = 20;
        private static final int ROWS = 25;

        /** Draws images in their order, as many as there is room for: the last sheet ends with the last row that fits. */
        static SpriteSheets of(ImageSource source, int[] numbers, int budget) {
            RasterImage first = source.image(numbers[0]).atMost(LONGEST);
            List<String> pictures = new ArrayList<>();
            int left = budget;
            int drawn = 0;
            int rows = ROWS;
            while (drawn < numbers.length && rows > 0) {
                int[] some = Arrays.copyOfRange(numbers, drawn, Math.min(numbers.length, drawn + rows * COLUMNS));
                String png = Base64.getEncoder().encodeToString(Png.of(sheet(source, some, first)));
                if (png.length() <= left) {
                    pictures.add(png);
                    left -= png.length();
                    drawn += some.length;
                    rows = rows == ROWS ? ROWS : 0;
                } else {
                    rows = Math.min(rows - 1, (int) ((long) rows * left / png.length()));
                }
            }
            return new SpriteSheets(first.width(), first.height(), COLUMNS, ROWS, drawn, pictures);
        }

        private static RasterImage sheet(ImageSource source, int[] some, RasterImage first) {
            int rows = (some.length + COLUMNS - 1) / COLUMNS;
            int width = COLUMNS * first.width();
            int height = rows * first.height();
            byte[] pixels = new byte[first.channels() * width * height];
            for (int i = 0; i < some.length; i++) {
                RasterImage image = source.image(some[i]).atMost(LONGEST);
                int left = i % COLUMNS * first.width();
                int top = i / COLUMNS * first.height();
                for (int line = 0; line < first.channels() * first.height(); line++) {
                    int plane = line / first.height() * height * width;
                    System.arraycopy(
                            image.pixels(),
                            line * first.width(),
                            pixels,
                            plane + (top + line % first.height()) * width + left,
                            first.width());
                }
            }
            return new RasterImage(first.channels(), height, width, pixels);
        }
    }
}
