package io.catwalk.runner.report.slides;

import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells what the networks cost. */
final class Costs {

    private Costs() {}

    static void tell(Story story, Deck deck) {
        List<Entrant> shown = Story.first(
                story.ranked().stream()
                        .filter(entrant -> entrant.efficiency() != null)
                        .toList(),
                Story.MOST_IN_BARS);
        if (shown.isEmpty()) {
            return;
        }
        if (shown.stream().anyMatch(entrant -> entrant.onnxruntime() != null || entrant.pytorch() != null)) {
            answering(story, shown, deck);
        }
        network(story, shown, deck);
    }

    private static void answering(Story story, List<Entrant> shown, Deck deck) {
        boolean onnx = shown.stream().anyMatch(entrant -> entrant.onnxruntime() != null);
        Function<Entrant, @Nullable Latency> engine = onnx ? Entrant::onnxruntime : Entrant::pytorch;
        List<Entrant> bySpeed = shown.stream()
                .filter(entrant -> engine.apply(entrant) != null)
                .sorted(Comparator.comparingDouble(entrant -> micros(engine.apply(entrant))))
                .toList();
        Entrant fastest = bySpeed.get(0);
        Entrant slowest = bySpeed.get(bySpeed.size() - 1);
        double ratio = micros(engine.apply(slowest)) / micros(engine.apply(fastest));
        String title = Words.name(fastest.name()) + " answers "
                + (bySpeed.size() > 1 ? "fastest: " : "in ") + Accuracy.micros(micros(engine.apply(fastest)))
                + " for an image" + (onnx ? " on ONNX Runtime" : " on PyTorch")
                + (bySpeed.size() > 1 && bySpeed.stream().allMatch(entrant -> quiet(engine.apply(entrant)))
                        ? "; " + Words.name(slowest.name()) + " takes " + Words.fixed(ratio, 1) + " times as long"
                        : "");
        Page page = deck.page("What an answer costs", title);
        bars(
                page,
                story,
                Area.BODY.top(340).column(0, 2, 32),
                "Median time for one image, µs",
                shown,
                "#,##0",
                List.of(
                        new Measure("ONNX Runtime", entrant -> micros(entrant.onnxruntime())),
                        new Measure("PyTorch", entrant -> micros(entrant.pytorch()))));
        bars(
                page,
                story,
                Area.BODY.top(340).column(1, 2, 32),
                "Images a second in batches of 256",
                shown,
                "#,##0",
                List.of(
                        new Measure("ONNX Runtime", entrant -> throughput(entrant.onnxruntime())),
                        new Measure("PyTorch", entrant -> throughput(entrant.pytorch()))));
        page.text(
                Area.BODY.below(346),
                Style.NOTE,
                "Full color: ONNX Runtime; pale: PyTorch. Measured one after the other, on "
                        + Words.count(story.results().experiment().threads(), "thread", "threads") + "."
                        + Story.shown(shown.size(), story.ranked().size(), "classifiers")
                        + String.join(
                                "",
                                story.results().latencyNotes().stream()
                                        .map(note -> " " + note)
                                        .toList()));
        page.notes(
                "Short bars are good on the left, long ones on the right.",
                "Source: results.json, keys trials[].efficiency.onnxruntime and efficiency.pytorch: p50_micros,"
                        + " images_per_second256, threads. Of several trials of a classifier, the first that was measured.");
    }

    private static void network(Story story, List<Entrant> shown, Deck deck) {
        double least = shown.stream()
                .mapToDouble(one -> cost(one).trainingSeconds())
                .min()
                .orElse(0);
        double most = shown.stream()
                .mapToDouble(one -> cost(one).trainingSeconds())
                .max()
                .orElse(0);
        Page page = deck.page(
                "What a network costs",
                shown.size() == 1
                        ? "Its training took " + Words.seconds(most)
                        : "Training took from " + Words.seconds(least) + " to " + Words.seconds(most));
        Area area = Area.BODY.top(340);
        boolean dense = shown.size() > 8;
        record Panel(String title, String format, Function<Entrant, @Nullable Double> value) {}
        List<Panel> panels = List.of(
                new Panel("Training, seconds", "#,##0", one -> cost(one).trainingSeconds()),
                new Panel("Trained values, thousands", "#,##0", one -> cost(one).parameters() / 1e3),
                new Panel("Multiply-adds, millions", "#,##0.0", one -> {
                    Long work = cost(one).multiplyAccumulates();
                    return work == null ? null : (Double) (work / 1e6);
                }),
                new Panel("ONNX file, KiB", "#,##0", one -> {
                    Long bytes = cost(one).onnxBytes();
                    return bytes == null ? null : (Double) (bytes / 1024.0);
                }));
        for (int i = 0; i < panels.size(); i++) {
            Panel panel = panels.get(i);
            Area place =
                    dense ? area.column(i, 4, 16) : area.column(i % 2, 2, 32).row(i / 2, 2, 12);
            bars(
                    page,
                    story,
                    place,
                    panel.title(),
                    shown,
                    panel.format(),
                    List.of(new Measure(panel.title(), panel.value())));
        }
        page.text(
                Area.BODY.below(346),
                Style.NOTE,
                "Training: time spent on the steps, without validation. Multiply-adds: for one image."
                        + Story.shown(shown.size(), story.ranked().size(), "classifiers"));
        page.notes(
                "All four are costs: short bars are good.",
                "Source: results.json, keys trials[].efficiency.training_seconds, parameters, multiply_accumulates,"
                        + " onnx_bytes. Of several trials of a classifier, the first.");
    }

    /** Names what is measured of a classifier; null or NaN where it is not. */
    private record Measure(String name, Function<Entrant, @Nullable Double> value) {}

    private static void bars(
            Page page,
            Story story,
            Area area,
            String heading,
            List<Entrant> shown,
            String format,
            List<Measure> measures) {
        List<Chart.Series> series = new ArrayList<>();
        List<String> told = new ArrayList<>();
        for (Measure measure : measures) {
            List<@Nullable Double> values = new ArrayList<>();
            List<Color> colors = new ArrayList<>();
            for (Entrant entrant : shown) {
                values.add(measure.value().apply(entrant));
                colors.add(series.isEmpty() ? story.color(entrant) : story.paleColor(entrant));
            }
            Chart.Series one = new Chart.Series(measure.name(), values, colors);
            if (one.values().stream().anyMatch(value -> value != null)) {
                series.add(one);
                told.add(measure.name() + ": " + Tried.listed(Story.names(shown), one.values()));
            }
        }
        page.text(area.top(18), Style.HEADING.withSize(12), heading);
        if (series.isEmpty()) {
            page.text(area.below(24).top(20), Style.NOTE, "Not known for any of them.");
            return;
        }
        page.chart(
                area.below(20),
                new BarChart(Story.names(shown), series, format),
                "Bar chart, " + heading + ". " + String.join(". ", told) + ".");
    }

    private static Efficiency cost(Entrant entrant) {
        return Objects.requireNonNull(entrant.efficiency());
    }

    private static boolean quiet(@Nullable Latency latency) {
        return latency == null || latency.busy() == null;
    }

    private static double micros(@Nullable Latency latency) {
        return latency == null ? Double.NaN : latency.p50Micros();
    }

    private static double throughput(@Nullable Latency latency) {
        return latency == null || latency.imagesPerSecond256() == null ? Double.NaN : latency.imagesPerSecond256();
    }

    static String kibibytes(@Nullable Long bytes) {
        return bytes == null ? Words.NONE : Words.count((bytes + 512) / 1024);
    }
}
