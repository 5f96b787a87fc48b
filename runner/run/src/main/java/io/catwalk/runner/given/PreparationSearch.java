package io.catwalk.runner.given;

import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import io.catwalk.runner.given.GivenModel.Order;
import io.catwalk.runner.statistics.PairedAccuracy.McNemar;
import io.catwalk.runner.statistics.PairedValues;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks for another preparation of the images where a network is right about few of them: people forget how the images
 * were normalized that it was trained on, in which order the channels were, and how they were resized.
 */
record PreparationSearch(
        GivenNetwork asked,
        ImageSource images,
        PredictedClasses predicted,
        @Nullable Path folder) {

    /** Number of test images, evenly spaced, since those of a class follow each other. */
    private static final int MOST = 200;

    /** Number of them that every preparation is tried on, and of preparations that are then tried on all. */
    private static final int FIRST = 50;

    private static final int BEST = 3;

    /** Numbers of an image with which a network is asked in no time. */
    private static final int SMALL = 64 * 64 * 3;

    /** Chance below which a difference is not one of luck, with some sixteen preparations tried. */
    private static final double CHANCE = 0.001;

    /** Share of the images that more must be right at the least, than as asked and than by chance. */
    private static final double LEAST = 0.1;

    /** A preparation: what differs from the one that was asked for is not null. */
    private record Preparation(
            @Nullable String normalize,
            @Nullable Order order,
            @Nullable Fit fit,
            GivenNetwork network) {}

    GivenReport.@Nullable Suggestion suggestion() {
        int[] all = ImageSource.evenlySpaced(images.size(), MOST);
        boolean[] before = new boolean[all.length];
        int[] ofClass = new int[predicted.classes()];
        for (int i = 0; i < all.length; i++) {
            before[i] = predicted.correct(all[i]);
            ofClass[images.labels()[all[i]]]++;
        }
        int asAsked = PairedValues.count(before);
        int byChance = Arrays.stream(ofClass).max().orElse(0);
        boolean cheap = images.imageLength() <= SMALL;
        if (asAsked > (cheap ? (1 - LEAST) * all.length : (byChance + all.length) / 2.0)) {
            return null;
        }
        int[] first = cheap ? all : ImageSource.evenlySpaced(all, FIRST);
        Map<Preparation, Integer> counts = new LinkedHashMap<>();
        for (Fit fit : fits()) {
            List<Preparation> some = preparations(fit);
            List<boolean[]> answers = right(first, some);
            IntStream.range(0, some.size()).forEach(i -> counts.put(some.get(i), PairedValues.count(answers.get(i))));
        }
        double fewest = Collections.max(counts.values()) - LEAST * first.length;
        int ofFirst = (int) IntStream.of(first).filter(predicted::correct).count();
        Preparation best = new Preparation(null, null, null, asked);
        boolean[] after = before;
        for (Preparation one : fewest < ofFirst ? List.<Preparation>of() : best(counts)) {
            boolean[] answers = right(all, List.of(one)).get(0);
            best = PairedValues.count(answers) > PairedValues.count(after) ? one : best;
            after = PairedValues.count(answers) > PairedValues.count(after) ? answers : after;
        }
        boolean better = PairedValues.count(after) - Math.max(asAsked, byChance) >= LEAST * all.length
                && McNemar.of(after, before).p() < CHANCE;
        return !better
                ? null
                : new GivenReport.Suggestion(
                        best.normalize,
                        best.order == null ? null : best.order.key(),
                        best.fit == null ? null : best.fit.key(),
                        all.length,
                        PairedValues.count(after),
                        asAsked);
    }

    private static List<Preparation> best(Map<Preparation, Integer> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<Preparation, Integer>comparingByValue().reversed())
                .limit(BEST)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Lists the usual normalizations with the usual orders, the one that was asked for first. */
    private List<Preparation> preparations(@Nullable Fit fit) {
        GivenModel model = asked.model();
        List<Preparation> all = new ArrayList<>();
        for (Order order : orders()) {
            Order other = order == model.order() ? null : order;
            all.add(new Preparation(null, other, fit, asked.with(model.with(model.mean(), model.std(), order))));
            for (Map.Entry<String, TypedNormalization> named : normalizations().entrySet()) {
                TypedNormalization typed = named.getValue();
                boolean plain = typed.equals(TypedNormalization.PIXELS);
                int channels = asked.predictor().signature().channels();
                List<Double> mean = plain ? null : typed.mean(Path.of(model.file()), channels);
                List<Double> std = plain ? null : typed.std(Path.of(model.file()), channels);
                if (!(Objects.equals(mean, model.mean()) && Objects.equals(std, model.std()))) {
                    all.add(new Preparation(named.getKey(), other, fit, asked.with(model.with(mean, std, order))));
                }
            }
        }
        return all;
    }

    private List<Order> orders() {
        Order own = Objects.requireNonNull(asked.model().order());
        return own == Order.GRAY || images.channels() == 1
                ? List.of(own)
                : List.of(own, own == Order.RGB ? Order.BGR : Order.RGB);
    }

    private Map<String, TypedNormalization> normalizations() {
        Map<String, TypedNormalization> usual = new TreeMap<>(TypedNormalization.NAMED);
        int channels = asked.predictor().signature().channels();
        usual.values().removeIf(one -> one.mean().size() > channels);
        return asked.predictor().signature().pixels() == PixelType.UINT8 ? Map.of() : usual;
    }

    /** Returns the fits to try; null stands for the images as they are. */
    private List<@Nullable Fit> fits() {
        List<@Nullable Fit> fits = new ArrayList<>();
        fits.add(null);
        if (folder != null && !images.file(0).isEmpty()) {
            fits.addAll(List.of(Fit.CROP, Fit.STRETCH));
            String rule = asked.model().imageSize();
            if (rule != null) {
                fits.remove(ResizeRule.parse(rule).fit());
            }
        }
        return fits;
    }

    /** Tells for each preparation, all of one fit, which of the chosen images are answered rightly. */
    private List<boolean[]> right(int[] chosen, List<Preparation> some) {
        List<boolean[]> right =
                some.stream().map(one -> new boolean[chosen.length]).toList();
        int batch = images.batchSize();
        int length = images.imageLength();
        for (int from = 0; from < chosen.length; from += batch) {
            int count = Math.min(batch, chosen.length - from);
            byte[] pixels = new byte[count * length];
            for (int i = 0; i < count; i++) {
                System.arraycopy(pixels(chosen[from + i], some.get(0).fit), 0, pixels, i * length, length);
            }
            for (int p = 0; p < some.size(); p++) {
                GivenNetwork network = some.get(p).network;
                float[] scores = network.selected(network.answers(pixels, images.channels(), count));
                for (int i = 0; i < count; i++) {
                    right.get(p)[from + i] = Predictions.highest(scores, i * predicted.classes(), predicted.classes())
                            == images.labels()[chosen[from + i]];
                }
            }
        }
        return right;
    }

    private byte[] pixels(int image, @Nullable Fit fit) {
        if (fit == null || folder == null) {
            return images.read(image, image + 1);
        }
        try {
            Path file = folder.resolve(images.file(image));
            return RasterImage.read(file, images.width(), images.height(), fit)
                    .withChannels(images.channels())
                    .pixels();
        } catch (RequestException e) {
            return images.read(image, image + 1); // it is there as it was, in the cache
        }
    }
}
