package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.report.Block.Figure;
import io.catwalk.runner.report.Block.Photo;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.report.XyChart.Series;
import io.catwalk.runner.report.XyChart.Series.Look;
import io.catwalk.runner.report.XyChart.Series.Point;
import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.robustness.Robustness.Classifier;
import io.catwalk.runner.robustness.Robustness.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How much accuracy the classifiers lose on images that are shifted, rotated, noisy or of low contrast. */
record RobustnessSection(ReportModel model, Robustness robustness) {

    /** Largest number of names in a sentence. */
    private static final int NAMES = 3;

    /** Longest side of a picture: a larger image is reduced before it is corrupted, so that noise stays visible. */
    private static final int SIDE = 112;

    static Optional<Section> of(ReportModel model) {
        return Optional.ofNullable(model.robustness())
                .map(robustness -> new RobustnessSection(model, robustness).section());
    }

    static List<Chart> charts(ReportModel model) {
        Robustness robustness = model.robustness();
        return robustness == null ? List.of() : new RobustnessSection(model, robustness).curves();
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(strongest());
        curves().forEach(chart -> blocks.add(new Figure(Medium.SEEN_DETAIL, chart)));
        ImageDataset dataset = model.images();
        if (dataset != null) {
            blocks.add(strip(dataset.test().image(0).atMost(SIDE)));
        }
        return new Section("robustness", "Robustness", leastAffected(), blocks, "robustness.json and robustness.csv");
    }

    private Table strongest() {
        TableBuilder<Classifier> table = new TableBuilder<>(Medium.TERMINAL_DETAIL, robustness.classifiers())
                .text("Classifier", this::name)
                .number("Clean %", Unit.PERCENT, one -> one.clean().share());
        for (Corruption corruption : Corruption.values()) {
            table.number(corruption.title() + " %", Unit.PERCENT, one -> strongest(one, corruption));
        }
        List<String> steps =
                Stream.of(Corruption.values()).map(RobustnessSection::strongest).toList();
        return table.table(
                "strongest",
                "Accuracy on clean images and at the strongest step",
                "The ONNX files on " + Numbers.count(robustness.sample().images()) + " of the "
                        + Numbers.count(robustness.sample().of()) + " test images, the same for all: "
                        + String.join(", ", steps) + ". " + precision() + ".");
    }

    private static double strongest(Classifier one, Corruption corruption) {
        return one.curve(corruption).last().accuracy().share();
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

    private Classifier measured(ClassifierReport one) {
        return Objects.requireNonNull(robustness.of(one.name()));
    }

    private List<Chart> curves() {
        List<ClassifierReport> measured = model.trained().stream()
                .filter(one -> robustness.of(one.name()) != null)
                .limit(RunDocument.LINES)
                .toList();
        ChartAxis up = ChartAxis.percent(
                "Accuracy, %",
                measured.stream()
                        .map(this::measured)
                        .flatMap(one -> Stream.concat(
                                Stream.of(one.clean()),
                                one.curves().stream()
                                        .flatMap(curve -> curve.steps().stream())
                                        .map(Step::accuracy)))
                        .map(accuracy -> 100 * accuracy.share())
                        .toList());
        return Stream.of(Corruption.values())
                .map(corruption -> corrupted(corruption, measured, up))
                .toList();
    }

    /** Draws accuracy by the strength of a corruption, with the same vertical axis for all. */
    private Chart corrupted(Corruption corruption, List<ClassifierReport> measured, ChartAxis up) {
        String strength = corruption.title() + ", " + corruption.unit();
        ChartTable table = new ChartTable("Classifier", strength, "Accuracy %", "95 % interval");
        List<Series> series = new ArrayList<>();
        for (ClassifierReport one : measured) {
            Classifier classifier = measured(one);
            List<Point> points = Stream.concat(
                            Stream.of(new Step(0, classifier.clean())), classifier.curve(corruption).steps().stream())
                    .map(step -> {
                        Accuracy accuracy = step.accuracy();
                        return Point.at(
                                step.strength(),
                                100 * accuracy.share(),
                                table.add(
                                        one.name(),
                                        Integer.toString(step.strength()),
                                        Numbers.percent(accuracy.share()),
                                        Cell.of(accuracy).text()));
                    })
                    .toList();
            series.add(Series.of(one, Look.MARKED, points));
        }
        String finding = leastAffected(corruption) + ".";
        return new XyChart(
                table.caption(
                        "robustness-" + corruption.name().toLowerCase(Locale.ROOT),
                        title(corruption, measured),
                        finding,
                        finding),
                new ChartAxis(strength, 0, corruption.strongest(), corruption.strength(1), ChartAxis.Scale.LINEAR),
                up,
                series);
    }

    /** Says what is left of the accuracies at the strongest step. */
    private String title(Corruption corruption, List<ClassifierReport> measured) {
        var shares = measured.stream()
                .mapToDouble(one -> strongest(measured(one), corruption))
                .summaryStatistics();
        return corruption.title() + " (" + corruption.strongest() + " " + corruption.unit() + ") leaves "
                + Wording.range(Numbers.percent(shares.getMin()), Numbers.percent(shares.getMax())) + " % accuracy";
    }

    /** Says which classifier loses least under each corruption; of a single one, which corruption costs it most. */
    String leastAffected() {
        if (robustness.classifiers().size() == 1) {
            Classifier only = robustness.classifiers().get(0);
            Corruption worst = List.of(Corruption.values()).stream()
                    .min(Comparator.comparingDouble(only::kept))
                    .orElseThrow();
            return only.name() + " loses most under " + strongest(worst) + ": it keeps " + kept(only, worst);
        }
        Map<String, List<String>> least = new LinkedHashMap<>();
        List<String> unclear = new ArrayList<>();
        for (Corruption corruption : Corruption.values()) {
            List<Classifier> ranked = ranked(corruption);
            (alike(ranked, corruption).isEmpty()
                            ? least.computeIfAbsent(ranked.get(0).name(), name -> new ArrayList<>())
                            : unclear)
                    .add(corruption.title().toLowerCase(Locale.ROOT));
        }
        if (least.isEmpty()) {
            return "No classifier loses clearly less of its accuracy than all others under " + Wording.joined(unclear);
        }
        List<String> parts = new ArrayList<>();
        least.forEach((name, corruptions) -> parts.add(name
                + (parts.isEmpty() ? " loses the smallest share of its accuracy under " : " under ")
                + Wording.joined(corruptions)));
        return Wording.joined(parts)
                + (unclear.isEmpty() ? "" : "; under " + Wording.joined(unclear) + ", the best do not clearly differ");
    }

    String leastAffected(Corruption corruption) {
        List<Classifier> ranked = ranked(corruption);
        Classifier best = ranked.get(0);
        if (ranked.size() == 1) {
            return best.name() + " keeps " + kept(best, corruption) + " under " + strongest(corruption);
        }
        List<String> alike = alike(ranked, corruption);
        Classifier worst = ranked.get(ranked.size() - 1);
        return best.name() + " loses least under " + strongest(corruption) + ": it keeps " + kept(best, corruption)
                + (alike.isEmpty()
                        ? ""
                        : "; "
                                + (alike.size() > NAMES ? alike.size() + " others" : Wording.joined(alike))
                                + (alike.size() == 1 ? " does" : " do")
                                + " not clearly differ from it")
                + (alike.contains(worst.name())
                        ? ""
                        : "; " + worst.name() + " loses most and keeps " + Numbers.percent(worst.kept(corruption))
                                + " %");
    }

    /** Returns the classifiers that may keep as much as the first: their intervals overlap, a cautious test. */
    private static List<String> alike(List<Classifier> ranked, Corruption corruption) {
        double low = ranked.get(0).keptInterval(corruption).low();
        return ranked.stream()
                .skip(1)
                .filter(one -> one.keptInterval(corruption).high() >= low)
                .map(Classifier::name)
                .toList();
    }

    /** Says how far the intervals of the accuracies extend; Wilson's extends farther towards 50 %. */
    String precision() {
        double widest = robustness.classifiers().stream()
                .flatMap(one -> one.curves().stream())
                .flatMap(curve -> curve.steps().stream())
                .map(Step::accuracy)
                .mapToDouble(one -> Math.max(one.share() - one.low(), one.high() - one.share()))
                .max()
                .orElse(0);
        return "95 % intervals extend at most " + Numbers.fixed(100 * widest, 1) + " points to each side";
    }

    private List<Classifier> ranked(Corruption corruption) {
        return robustness.classifiers().stream()
                .sorted(Comparator.comparingDouble((Classifier one) -> one.kept(corruption))
                        .reversed())
                .toList();
    }

    /** Names the strongest step of a corruption. */
    private static String strongest(Corruption corruption) {
        return corruption.title().toLowerCase(Locale.ROOT) + " (" + corruption.strongest() + " " + corruption.unit()
                + ")";
    }

    private static String kept(Classifier one, Corruption corruption) {
        return Numbers.percent(one.kept(corruption)) + " % of its accuracy ("
                + Numbers.percent(one.clean().share()) + " to "
                + Numbers.percent(strongest(one, corruption)) + " %)";
    }
}
