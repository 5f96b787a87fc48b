package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.FolderSurvey.FolderGlance;
import io.catwalk.runner.experiment.DataSetRuns;
import io.catwalk.runner.experiment.ListedRun;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.report.Wording;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says what lies in a folder, and the command to go on with.
 *
 * @param found one sentence; empty if there is nothing to go on with
 * @param command the words after the name of the program
 */
record WorkingFolder(String found, String command) {

    private static final WorkingFolder NOTHING = new WorkingFolder("", "");

    private static final String RUNS = "runs";

    private static final int MOST_NAMED = 4;

    static WorkingFolder of(Path folder) {
        boolean several = DataSetRuns.isOne(folder);
        if (several || ListedRun.isOne(folder)) {
            return Files.exists(several ? new DataSetRuns(folder).page() : folder.resolve(RunFolder.PAGE))
                    ? new WorkingFolder("This folder is a run with a report. Open it:", "report . --open")
                    : new WorkingFolder("This folder is a run that has not ended. Continue it:", "resume .");
        }
        try {
            return images(folder);
        } catch (RequestException e) {
            return NOTHING; // something in it cannot be read, which a command says that needs it
        }
    }

    private static WorkingFolder images(Path folder) {
        List<FolderGlance> glances = FolderGlance.of(folder);
        FolderGlance here = glances.get(0);
        FolderGlance dataset = glances.stream()
                .filter(one -> one.classes().size() > 1)
                .findFirst()
                .orElse(here);
        boolean usable = dataset.classes().size() > 1;
        List<String> models = names(folder, file -> file.toString().endsWith(".onnx"));
        if (!models.isEmpty()) {
            String names = models.stream()
                    .limit(MOST_NAMED)
                    .map(TextEscaping::shellWord)
                    .collect(Collectors.joining(" "));
            return new WorkingFolder(
                    "Found " + Wording.count(models.size(), "ONNX file")
                            + (usable ? " and " + described(dataset) : "")
                            + ". Compare them on images" + (usable ? "" : " in a folder for each class") + ":",
                    "compare " + names + " --dataset " + (usable ? relative(folder, dataset) : "DIR"));
        }
        if (!usable || !dataset.folder().equals(folder)) {
            if (Files.isDirectory(folder.resolve(RUNS))) {
                return new WorkingFolder("Found runs in the folder " + RUNS + ". List them:", "runs");
            }
            if (!names(folder, ListedRun::isOne).isEmpty()) {
                return new WorkingFolder("Found run folders. List them:", "runs .");
            }
        }
        if (usable) {
            return new WorkingFolder(
                    "Found " + described(dataset) + ". Train and compare networks:",
                    "compare --dataset " + relative(folder, dataset));
        }
        return here.loose() == 0
                ? NOTHING
                : new WorkingFolder(
                        "Found " + Wording.count(here.loose(), "image")
                                + ", but not a folder for each class. Make these folders, or write a"
                                + " table with the columns path and label, and compare networks:",
                        "compare --dataset . --labels TABLE.csv");
    }

    private static List<String> names(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(wanted)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static String relative(Path folder, FolderGlance dataset) {
        String name = folder.relativize(dataset.folder()).toString();
        return name.isEmpty() ? "." : TextEscaping.shellWord(name);
    }

    private static String described(FolderGlance dataset) {
        SortedMap<String, Integer> classes = dataset.classes();
        int images = classes.values().stream().mapToInt(Integer::intValue).sum();
        return (dataset.whole() ? "" : "at least ") + Wording.count(images, "image") + " of "
                + Wording.count(classes.size(), "class", "classes") + " ("
                + classes.keySet().stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (classes.size() > MOST_NAMED ? ", ..." : "") + ")";
    }

    /** Prints it; returns false if there is nothing to go on with. */
    boolean tell(Console console) {
        if (command.isEmpty()) {
            return false;
        }
        console.paragraph("", found);
        console.line("");
        console.line("    catwalk " + command);
        console.line("");
        console.line("catwalk --help lists all commands.");
        return true;
    }
}
