package io.catwalk.runner.report.plots;

import io.catwalk.runner.report.Palette;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Writes the charts of a run, each as SVG and as PNG. Where there is no data for a chart, there is no chart. */
public final class Plots {

    /** A run of many trials gets the charts of single networks only for so many classifiers. */
    private static final int MODELS = 24;

    private static final int NAME_LETTERS = 60;

    private Plots() {}

    /**
     * Writes all charts: of each classifier, for its first trained network, the learning curves, the confusion
     * matrix and the reliability curve; of all together accuracy against latency, efficiency, overfitting, the
     * accuracies of folds or seeds, and the course of a search.
     *
     * @param report what is shown
     * @param folder where to; made if need be; charts of an earlier report in it are deleted
     * @return the files, in the order in which they were written
     * @throws IOException if one cannot be written
     */
    public static List<Path> write(RunReport report, Path folder) throws IOException {
        Palette palette = Palette.of(report.results().trials());
        List<Figure> figures = new ArrayList<>();
        Set<String> shown = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Model model : report.models()) {
            String contestant = model.outcome().trial().label();
            if (model.done() && shown.size() < MODELS && shown.add(contestant)) {
                figures.addAll(new ModelFigures(
                                model,
                                fileName(contestant, names),
                                report.results().dataset().classes(),
                                Color.decode(palette.color(contestant)),
                                Color.decode(palette.paleColor(contestant)))
                        .all());
            }
        }
        figures.addAll(new RunFigures(report, palette).all());
        List<Path> files = new ArrayList<>();
        Files.createDirectories(folder);
        try (Stream<Path> earlier = Files.list(folder)) {
            for (Path file : earlier.filter(Plots::isChart).toList()) {
                Files.delete(file);
            }
        }
        for (Figure figure : figures) {
            files.addAll(figure.write(folder));
        }
        return files;
    }

    private static boolean isChart(Path file) {
        return file.toString().endsWith(".svg") || file.toString().endsWith(".png");
    }

    /** Returns a name that any file system takes, and no other classifier has. */
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
