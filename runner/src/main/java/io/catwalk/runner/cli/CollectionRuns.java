package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.CollectionFolder;
import io.catwalk.runner.experiment.CollectionSpec;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.MultiDatasetComparison;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.experiment.RunPolicy;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.page.ReportPage;
import io.catwalk.runner.report.sections.DataSetsDocument;
import io.catwalk.runner.report.text.MarkdownText;
import io.catwalk.runner.report.text.TerminalText;
import java.io.IOException;
import java.time.Duration;

/** Runs one experiment on several data sets, one after the other, and summarizes the results. */
final class CollectionRuns {

    private CollectionRuns() {}

    @SuppressWarnings("try") // the lock is held, not used
    static int carryOut(CollectionFolder collection, RunOptions options, PluginCatalog catalog, Console console)
            throws IOException, InterruptedException {
        CollectionSpec spec = collection.readSpec();
        requireOneDataSet(options, spec.members().size());
        int worst = ExitCode.DONE;
        try (RunLock lock = collection.lock()) {
            RemainingBudget remaining = new RemainingBudget(options.how());
            for (int i = 0; i < spec.members().size(); i++) {
                RunFolder run = collection.run(spec.members().get(i));
                ExperimentSpec asked = run.readExperiment();
                ExperimentSpec request = RunOptions.repinned(asked, catalog, console);
                console.note("data set " + (i + 1) + " of " + spec.members().size() + ": "
                        + spec.members().get(i).folder());
                Experiment experiment = options.resumed(request, catalog, console);
                try (RunLock own = run.lock(RunLock.Purpose.TRAIN)) {
                    if (!request.equals(asked)) {
                        run.writeExperiment(request);
                    }
                    RunOptions.FinishedRun conducted =
                            options.conducted(request, experiment, remaining.left(), own, collection.path(), console);
                    worst = Math.max(worst, options.exitCode(conducted, collection.path(), console));
                }
            }
            MultiDatasetComparison across = collection.sumUp();
            Document document = write(across, collection);
            if (options.json) {
                console.json(across);
            } else {
                new TerminalText(console).print(document);
                console.line("");
                console.line("Everything is in " + collection.path());
                console.line("Begin with " + collection.page().getFileName() + " there.");
            }
        }
        return worst;
    }

    /** Refuses to hand out the trials of several data sets, since each data set has a run of its own. */
    static void requireOneDataSet(RunOptions options, int dataSets) {
        if (options.orders != null && dataSets > 1) {
            throw new RequestException("--orders takes one data set at a time, but there are " + dataSets
                    + ": run the command once for each");
        }
    }

    static Document write(MultiDatasetComparison across, CollectionFolder collection) throws IOException {
        Document document = DataSetsDocument.of(across);
        collection.write(across, MarkdownText.of(document));
        ReportPage.write(document, collection.page());
        return document;
    }

    /** Shares one time budget among consecutive runs. */
    static final class RemainingBudget {

        private static final Duration LEAST = Duration.ofMillis(1);

        private final RunPolicy whole;
        private final long start = System.nanoTime();

        RemainingBudget(RunPolicy whole) {
            this.whole = whole;
        }

        /** Returns how to carry out the next run: with the time that the earlier runs have left. */
        RunPolicy left() {
            if (whole.budget() == null) {
                return whole;
            }
            Duration left = whole.budget().minusNanos(System.nanoTime() - start);
            return new RunPolicy(
                    left.compareTo(LEAST) < 0 ? LEAST : left, whole.retry(), whole.versions(), whole.processor());
        }
    }
}
