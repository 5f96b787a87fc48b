package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.experiment.Conduct;
import io.catwalk.runner.experiment.Contestant;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentFile;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.trial.Accelerators;
import io.catwalk.runner.trial.BenchProcess;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.LocalExecutor;
import io.catwalk.runner.trial.PrivateFolder;
import io.catwalk.runner.trial.TrialExecution;
import io.catwalk.runner.trial.TrialInProcess;
import io.catwalk.runner.trial.TrialProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs trials, new ones or those of an interrupted run. */
final class ConductOptions {

    @Mixin
    PluginOptions plugins;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description = "Stop training after so long, such as 45m or 2h: what does not fit is listed as not run, "
                    + "and catwalk resume goes on with it.")
    @Nullable
    String budget;

    @Option(names = "--retry", description = "Try a failed trial once more.")
    boolean retry;

    @Option(
            names = "--no-latency",
            description = "Do not measure how fast the trained networks answer; catwalk bench RUN does so later.")
    boolean noLatency;

    /** Set by the only command that finds trials of an earlier start. */
    boolean keepVersions;

    @Option(names = "--in-process", description = "Run trials in this process, to debug a plugin.")
    boolean inProcess;

    @Option(names = "--json", description = "Print the results as JSON.")
    boolean json;

    /** Runs what the folder's request asks for and is not done yet, and prints what came of it. */
    int carryOut(ExperimentSpec spec, Experiment experiment, Conduct how, RunLock lock, Console console)
            throws IOException, InterruptedException {
        RunFolder run = lock.run();
        Conducted conducted = conducted(spec, experiment, how, lock, run.path(), console);
        Results results = conducted.results();
        if (json) {
            console.json(results);
        } else {
            ResultsTable.print(results, console);
            console.line("");
            console.line("Everything is in " + run.path());
            if (conducted.reported() && !results.done().isEmpty()) {
                console.line("Begin with " + Reports.page(run).getFileName() + " there.");
            }
        }
        return exitCode(conducted, console);
    }

    /** What a run came to, and whether its reports could be written. */
    record Conducted(Results results, boolean reported) {}

    /** Runs it without printing; whoever stops the program is told to resume the folder of {@code whole}. */
    Conducted conducted(
            ExperimentSpec spec, Experiment experiment, Conduct how, RunLock lock, Path whole, Console console)
            throws IOException, InterruptedException {
        StopNote note = new StopNote(whole, console);
        RunFolder run = lock.run();
        try (ProgressView view = ProgressView.of(console, spec);
                LocalExecutor executor = new LocalExecutor(execution(spec), inProcess ? 1 : spec.jobs())) {
            Results results = experiment.run(run, executor, noLatency ? null : new BenchProcess(), how, view);
            return new Conducted(results, Reports.writeAfter(run, results, console));
        } finally {
            note.withdraw();
        }
    }

    /** Says how it went, and tells what was not run. */
    int exitCode(Conducted conducted, Console console) {
        Results results = conducted.results();
        if (!results.experiment().notRun().isEmpty()) {
            console.note("not run, since the time was over: "
                    + String.join(", ", results.experiment().notRun())
                    + "; catwalk resume goes on with them");
        }
        if (results.disagreeing() > 0) {
            return ExitCode.CROSS_CHECK_FAILED;
        }
        return conducted.reported()
                        && results.failed().isEmpty()
                        && results.experiment().notRun().isEmpty()
                ? ExitCode.DONE
                : ExitCode.SOME_FAILED;
    }

    /** Pins a request of earlier to the jars that are there now, and says which are others. */
    static ExperimentSpec repinned(ExperimentSpec request, PluginCatalog catalog, Console console) {
        ExperimentSpec now = request.pinned(catalog);
        Set<String> told = new HashSet<>();
        for (int i = 0; i < now.classifiers().size(); i++) {
            Contestant one = now.classifiers().get(i);
            String then = request.classifiers().get(i).pluginSha256();
            if (then != null && !then.equals(one.pluginSha256()) && told.add(one.name())) {
                console.note(one.name() + ": the run was asked for with another jar than "
                        + catalog.require(one.name()).jar().getFileName()
                        + " is now; all of its trials are made with this one");
            }
        }
        return now;
    }

    /** Loads the images of a request, and tells what a person should know of them. */
    static ImageDataset load(DatasetSpec dataset, Console console) {
        ImageDataset images = dataset.load(Home.data(console));
        images.notes().forEach(note -> console.note(images.name() + ": " + note));
        return images;
    }

    /** Prepares an experiment with recipes that are as they were chosen. */
    Experiment experiment(ExperimentSpec spec, ImageDataset images, PluginCatalog catalog, Console console) {
        Accelerators.here().required(spec.device());
        return new Experiment(spec, images, catalog, Home.data(console), plugins.folder, new SteadyClock());
    }

    /** Prepares an experiment with recipes that nobody chose for these images: batches are made to fit. */
    Experiment fitted(ExperimentSpec spec, ImageDataset images, PluginCatalog catalog, Console console) {
        Accelerators.here().required(spec.device());
        return Experiment.fitted(spec, images, catalog, Home.data(console), plugins.folder, new SteadyClock());
    }

    /** Reads how to carry it out, before anything is written. */
    Conduct how() {
        if (inProcess && budget != null) {
            // A training in this process cannot be stopped: it would go on while others are measured.
            throw new RequestException("--budget needs processes that can be stopped: leave --in-process out");
        }
        PrivateFolder.claim();
        return new Conduct(
                budget == null ? null : Duration.ofSeconds(ExperimentFile.seconds("--budget", budget)),
                retry ? Conduct.Retry.ONCE : Conduct.Retry.NEVER,
                keepVersions ? Conduct.Versions.KEEP : Conduct.Versions.RENEW);
    }

    private TrialExecution execution(ExperimentSpec spec) {
        if (inProcess) {
            EngineSettings.apply(spec.threads());
            return new TrialInProcess();
        }
        return new TrialProcess(
                spec.trialTimeoutSeconds() == null ? null : Duration.ofSeconds(spec.trialTimeoutSeconds()));
    }
}
