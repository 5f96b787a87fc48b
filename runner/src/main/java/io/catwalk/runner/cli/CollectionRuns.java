package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.Across;
import io.catwalk.runner.experiment.CollectionFolder;
import io.catwalk.runner.experiment.CollectionSpec;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.report.page.AcrossPage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs one experiment on several data sets, one after the other, and summarizes the results. */
final class CollectionRuns {

    private static final int MOST_COLUMNS = 8;

    private CollectionRuns() {}

    /** Carries out each run that is not finished, and prints the results of all. */
    @SuppressWarnings("try") // the lock is held, not used
    static int carryOut(CollectionFolder collection, ConductOptions options, PluginCatalog catalog, Console console)
            throws IOException, InterruptedException {
        CollectionSpec spec = collection.readSpec();
        requireOneDataSet(options, spec.members().size());
        int worst = ExitCode.DONE;
        try (RunLock lock = collection.lock()) {
            Allowance allowance = new Allowance(options.how());
            for (int i = 0; i < spec.members().size(); i++) {
                RunFolder run = collection.run(spec.members().get(i));
                ExperimentSpec asked = run.readExperiment();
                ExperimentSpec request = ConductOptions.repinned(asked, catalog, console);
                console.note("data set " + (i + 1) + " of " + spec.members().size() + ": "
                        + spec.members().get(i).folder());
                Experiment experiment = options.resumed(request, catalog, console);
                try (RunLock own = run.lock(RunLock.Purpose.TRAIN)) {
                    if (!request.equals(asked)) {
                        run.writeExperiment(request);
                    }
                    ConductOptions.Conducted conducted =
                            options.conducted(request, experiment, allowance.left(), own, collection.path(), console);
                    worst = Math.max(worst, options.exitCode(conducted, collection.path(), console));
                }
            }
            print(sumUp(collection), collection, options.json, console);
        }
        return worst;
    }

    /** Refuses to hand out the trials of several data sets, since each data set has a run of its own. */
    static void requireOneDataSet(ConductOptions options, int dataSets) {
        if (options.orders != null && dataSets > 1) {
            throw new RequestException("--orders takes one data set at a time, but there are " + dataSets
                    + ": run the command once for each");
        }
    }

    /** Writes the summary of the finished runs. */
    static Across sumUp(CollectionFolder collection) throws IOException {
        Across across = collection.sumUp();
        collection.write(across);
        AcrossPage.write(across, collection.page());
        return across;
    }

    private static void print(Across across, CollectionFolder collection, boolean json, Console console) {
        if (json) {
            console.json(across);
            return;
        }
        console.line("");
        console.table(numbered(across));
        console.line("");
        console.line("Accuracy in percent, a column a data set:");
        List<Across.DataSet> dataSets = across.dataSets();
        for (int i = 0; i < Math.min(MOST_COLUMNS, dataSets.size()); i++) {
            console.item((i + 1) + " ", dataSets.get(i).folder());
        }
        if (dataSets.size() > MOST_COLUMNS) {
            console.line("and " + (dataSets.size() - MOST_COLUMNS) + " more, which across.md shows");
        }
        console.line("");
        console.item("", across.headline());
        if (across.ranking() != null) {
            console.item("", Across.ranksExplained(across.ranking()));
            console.line("");
            String best = across.contestants().get(0);
            across.pairs().stream()
                    .filter(pair -> pair.first().equals(best))
                    .forEach(pair -> console.item("- ", pair.sentence()));
            console.line("");
            console.item("", across.oddsExplained());
        }
        console.line("");
        console.item("", across.limits());
        console.line("");
        console.line("Everything is in " + collection.path());
        console.line("Begin with " + collection.page().getFileName() + " there.");
    }

    /** Replaces the names of data sets by numbers, so that all columns fit into 80 characters. */
    private static List<List<String>> numbered(Across across) {
        List<List<String>> rows = new ArrayList<>();
        int shown = Math.min(MOST_COLUMNS, across.dataSets().size());
        for (List<String> row : across.table()) {
            List<String> cells = new ArrayList<>(row.subList(0, shown + 1));
            if (rows.isEmpty()) {
                for (int i = 1; i <= shown; i++) {
                    cells.set(i, Integer.toString(i));
                }
            }
            if (across.ranking() != null) {
                cells.add(row.get(row.size() - 1));
            }
            rows.add(cells);
        }
        return rows;
    }
}
