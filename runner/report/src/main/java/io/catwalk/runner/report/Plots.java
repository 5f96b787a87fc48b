package io.catwalk.runner.report;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.report.Mark.Anchor;
import io.catwalk.runner.report.Mark.Text;
import io.catwalk.runner.report.Picture.Theme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Writes the charts of a run, each as SVG and as PNG. */
public final class Plots {

    private static final int NAME_LETTERS = 60;
    private static final double WIDTH = 640;
    private static final double EDGE = 14;
    private static final Letters TITLE = Letters.bold(14);

    /** Pixels of the PNG for one pixel of the chart, so that it is sharp on slides. */
    private static final int SCALE = 2;

    private Plots() {}

    /** Writes all charts to a folder, and deletes those of an earlier report in it, by their list. */
    public static List<Path> write(ReportModel model, Path folder) throws IOException {
        Map<Chart, String> titles = new LinkedHashMap<>();
        RunDocument.charts(model)
                .forEach(chart -> titles.put(chart, chart.caption().title()));
        fileNames(model)
                .forEach((name, file) -> new ClassifierCharts(model, model.entrant(name), file)
                        .all()
                        .forEach(chart ->
                                titles.put(chart, name + ": " + chart.caption().title())));
        keepList(titles.keySet(), Files.createDirectories(folder));
        try {
            // These images take most of the time of a report.
            return titles.entrySet().parallelStream()
                    .flatMap(chart -> written(chart.getKey(), chart.getValue(), folder))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Returns the picture of each confusion matrix by the label of its classifier; without predictions, there is no file. */
    public static Map<String, Path> confusions(ReportModel model, Path folder) {
        Map<String, Path> pictures = new LinkedHashMap<>();
        fileNames(model)
                .forEach((label, name) ->
                        pictures.put(label, folder.resolve(ClassifierCharts.CONFUSION + name + ".png")));
        return pictures;
    }

    private static Map<String, String> fileNames(ReportModel model) {
        Map<String, String> names = new LinkedHashMap<>();
        Set<String> taken = new HashSet<>();
        for (ClassifierReport entrant : model.charted()) {
            names.put(entrant.name(), fileName(entrant.name(), taken));
        }
        return names;
    }

    /** Deletes the charts of the earlier report, and lists the new ones, before they are written. */
    private static void keepList(Set<Chart> charts, Path folder) throws IOException {
        Path list = folder.resolve(RunFolder.PLOT_LIST);
        Set<String> names = new TreeSet<>();
        charts.forEach(chart -> names.addAll(
                List.of(chart.caption().name() + ".svg", chart.caption().name() + ".png")));
        if (Files.exists(list)) {
            Set<String> former = Set.copyOf(new String(Files.readAllBytes(list), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString();
                    if (name.matches(".*\\.(svg|png)") && former.contains(name) && !Files.isDirectory(file)) {
                        Files.delete(file);
                    }
                }
            }
        }
        AtomicFiles.write(list, String.join("\n", names) + "\n");
    }

    private static Stream<Path> written(Chart chart, String title, Path folder) {
        Picture picture = titled(title, chart.drawn(WIDTH));
        Path svg = folder.resolve(chart.caption().name() + ".svg");
        Path png = folder.resolve(chart.caption().name() + ".png");
        try {
            AtomicFiles.write(
                    svg, picture.svg(Theme.LIGHT, title, chart.caption().sentence()));
            AtomicFiles.write(png, picture.png(SCALE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Stream.of(svg, png);
    }

    private static Picture titled(String title, Picture chart) {
        List<Mark> marks = new ArrayList<>();
        List<String> lines = TITLE.wrapped(title, chart.width() - 2 * EDGE);
        for (int i = 0; i < lines.size(); i++) {
            marks.add(new Text(EDGE, EDGE + 12 + i * 18.0, lines.get(i), TITLE, "ink", Anchor.START));
        }
        double above = EDGE + lines.size() * 18.0 + 10;
        marks.addAll(Mark.moved(chart.marks(), EDGE, above));
        return new Picture(chart.width() + 2 * EDGE, chart.height() + above + EDGE, marks);
    }

    /** Returns a file name that is valid on any file system, and that no other classifier has. */
    private static String fileName(String name, Set<String> taken) {
        String safe = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9@._-]+", "-");
        safe = safe.substring(0, Math.min(NAME_LETTERS, safe.length()));
        String free = safe;
        for (int i = 2; !taken.add(free); i++) {
            free = safe + "-" + i;
        }
        return free;
    }
}
