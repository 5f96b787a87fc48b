package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.Shell;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.experiment.ClassifierConfig;
import io.catwalk.runner.experiment.Experiment;
import io.catwalk.runner.experiment.ExperimentFile;
import io.catwalk.runner.experiment.ExperimentSpec;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.experiment.RunPolicy;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.Accelerators;
import io.catwalk.runner.trial.BenchProcess;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.PrivateFolder;
import io.catwalk.runner.trial.TrialExecutor;
import io.catwalk.runner.trial.TrialExecutorFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs trials, new ones or those of an interrupted run. */
final class RunOptions {

    @Mixin
    PluginOptions plugins;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description = "Stop training after this time, such as 45m or 2h. Trials that did not finish are listed "
                    + "as not run; catwalk resume runs them.")
    @Nullable
    String budget;

    @Option(names = "--retry", description = "Try a failed trial once more.")
    boolean retry;

    @Option(
            names = "--no-latency",
            description = "Do not measure how fast the trained networks answer; catwalk bench RUN does so later.")
    boolean noLatency;

    @Option(
            names = "--orders",
            paramLabel = "DIR",
            description = "Do not train here: write an order for each trial into this folder. catwalk work carries "
                    + "out an order on a machine of a cluster; catwalk resume RUN --orders DIR collects the outcomes.")
    @Nullable
    Path orders;

    @Option(
            names = "--on",
            paramLabel = "WHERE",
            description = "Train on an Apache Spark 4 cluster: spark://host:7077, or any other master that "
                    + "spark-submit accepts. Set SPARK_HOME to the folder of Spark. local is this machine, and "
                    + "orders:DIR the same as --orders DIR. Default: local")
    @Nullable
    String master;

    @Option(
            names = "--images-in-place",
            description = "With --orders or --on: do not send a copy of the image folder, because the machines see it "
                    + "under the same path.")
    boolean imagesInPlace;

    /** Set only by the command that finds trials of an earlier start. */
    boolean keepVersions;

    boolean resumes;

    /** Opens what runs the trials; chosen and checked before anything is written. */
    private TrialExecutorFactory.@Nullable Opening opening;

    @Option(names = "--in-process", description = "Run trials in this process, to debug a plugin.")
    boolean inProcess;

    @Option(
            names = "--same-machine",
            arity = "0..1",
            fallbackValue = "",
            preprocessor = OptionParsers.AttachedOnly.class,
            paramLabel = "PROCESSOR",
            description = "Train on one processor model only, because results are bit-identical only there: this "
                    + "machine's, or the one named (see catwalk doctor). A trial that another processor gets is lost, "
                    + "and tried again.")
    @Nullable
    String sameMachine;

    @Option(names = "--json", description = "Print the results as JSON.")
    boolean json;

    int carryOut(Experiment experiment, RunPolicy how, RunLock lock, Console console)
            throws IOException, InterruptedException {
        RunFolder run = lock.run();
        FinishedRun conducted = conducted(experiment, how, lock, run.path(), console);
        RunResults results = conducted.results();
        if (json) {
            console.json(results);
        } else if (results.done().isEmpty() && conducted.handedOut() != null) {
            console.line("The orders are in " + conducted.handedOut().folder());
        } else {
            console.line("");
            console.line("Everything is in " + run.path());
            if (conducted.reported() && !results.done().isEmpty()) {
                console.line("Begin with " + Reports.page(run).getFileName() + " there.");
            }
        }
        return exitCode(conducted, run.path(), console);
    }

    /** A run, whether its reports could be written, and the orders that somebody else carries out. */
    record FinishedRun(RunResults results, boolean reported, TrialExecutor.@Nullable HandedOut handedOut) {}

    /** Runs it, and prints the answer unless a program reads the output. If stopped, it tells the user to resume {@code whole}. */
    @SuppressWarnings("try") // the hook is held, not used
    FinishedRun conducted(Experiment experiment, RunPolicy how, RunLock lock, Path whole, Console console)
            throws IOException, InterruptedException {
        RunFolder run = lock.run();
        ExperimentSpec spec = experiment.spec();
        TrialExecutorFactory.Needs needs =
                new TrialExecutorFactory.Needs(spec.threads(), spec.jobs(), run.sparkLog(), Home.path());
        Runnable tell = () -> console.note("catwalk: stopped; continue with " + again(whole));
        try (StopHook told = new StopHook("stop-note", tell)) {
            RunResults results;
            TrialExecutor.@Nullable HandedOut handedOut;
            try (ProgressView view = ProgressView.of(console, spec, !noLatency); // ends before anything is printed
                    TrialExecutor executor =
                            Objects.requireNonNull(opening, "how() chooses it").open(needs)) {
                results = experiment.run(run, executor, noLatency ? null : new BenchProcess(), how, view);
                handedOut = executor.handedOut();
            }
            boolean waits = results.done().isEmpty() && handedOut != null;
            return new FinishedRun(results, waits || Reports.writeAfter(run, results, !json, console), handedOut);
        }
    }

    /** Returns the exit code, and reports what was not run: it tells the user to resume the folder {@code whole}. */
    int exitCode(FinishedRun conducted, Path whole, Console console) {
        RunResults results = conducted.results();
        TrialExecutor.@Nullable HandedOut orders = conducted.handedOut();
        if (orders != null) {
            console.note("no outcome yet for the orders " + orders.open() + " in " + orders.folder()
                    + ": carry out each with catwalk work " + Shell.quoted(orders.folder() + "/N.json")
                    + ", then collect the outcomes with " + again(whole));
        } else if (!results.experiment().notRun().isEmpty()) {
            console.note("not run, because the time was up: "
                    + String.join(", ", results.experiment().notRun())
                    + "; " + again(whole) + " runs them");
        }
        if (results.disagreeing() > 0) {
            return ExitCode.CROSS_CHECK_FAILED;
        }
        return conducted.reported()
                        && results.failed().isEmpty()
                        && (results.experiment().notRun().isEmpty() || (orders != null && !resumes))
                ? ExitCode.DONE
                : ExitCode.SOME_FAILED;
    }

    private String again(Path run) {
        String machine = sameMachine == null
                ? ""
                : sameMachine.isEmpty() ? " --same-machine" : " --same-machine=" + Shell.quoted(sameMachine);
        return "catwalk resume " + Shell.quoted(run.toString())
                + (orders == null ? "" : " --orders " + Shell.quoted(orders.toString()))
                + (master == null ? "" : " --on " + Shell.quoted(master))
                + (imagesInPlace ? " --images-in-place" : "")
                + machine
                + plugins.option();
    }

    /** Pins an earlier request to the jars that are there now, and reports which jars have changed. */
    static ExperimentSpec repinned(ExperimentSpec request, PluginCatalog catalog, Console console) {
        ExperimentSpec now = request.pinned(catalog);
        Set<String> told = new HashSet<>();
        for (int i = 0; i < now.classifiers().size(); i++) {
            ClassifierConfig one = now.classifiers().get(i);
            String then = request.classifiers().get(i).pluginSha256();
            if (then != null && !then.equals(one.pluginSha256()) && told.add(one.name())) {
                console.note(one.name() + ": the run was started with another jar; all trials of this classifier use "
                        + catalog.require(one.name()).jar().getFileName());
            }
        }
        return now;
    }

    static ImageDataset load(DatasetSpec dataset, Console console) {
        ImageDataset images = dataset.load(Home.data(console));
        images.notes().forEach(note -> console.note(images.name() + ": " + note));
        return images;
    }

    /** Prepares an experiment; batch sizes that nobody chose for these images are adapted. */
    Experiment experiment(
            ExperimentSpec spec, boolean chosenBatch, ImageDataset images, PluginCatalog catalog, Console console) {
        Accelerators.here().required(spec.device());
        ExperimentSpec fitted = chosenBatch ? spec : spec.withBatchesFor(spec.fewestToTrainOn(images));
        Clock clock = steady(Clock.systemUTC(), System::nanoTime);
        return new Experiment(fitted, images, catalog, Home.data(console), plugins.folder, clock);
    }

    /** Reads the wall clock once, and then counts: setting the system time changes no budget and no duration. */
    static Clock steady(Clock wall, LongSupplier nanos) {
        Instant start = wall.instant();
        long first = nanos.getAsLong();
        InstantSource counted = () -> start.plusNanos(nanos.getAsLong() - first);
        return counted.withZone(ZoneOffset.UTC);
    }

    /** Prepares an experiment of an earlier start, whose recipes stay as they are. */
    Experiment resumed(ExperimentSpec spec, PluginCatalog catalog, Console console) {
        return experiment(spec, true, load(spec.dataset(), console), catalog, console);
    }

    RunPolicy how() {
        if ((master != null || orders != null) && (inProcess || (master != null && orders != null))) {
            throw new RequestException((master != null ? "--on" : "--orders") + " says where trials run: leave "
                    + (inProcess ? "--in-process" : "--orders") + " out");
        }
        if (imagesInPlace && !elsewhere()) {
            throw new RequestException("--images-in-place is for --orders and --on: leave it out");
        }
        opening = TrialExecutorFactory.of(on())
                .checked(new TrialExecutorFactory.Request(on(), resumes, budget != null, imagesInPlace));
        PrivateFolder.claim();
        return new RunPolicy(
                budget == null ? null : Duration.ofSeconds(ExperimentFile.seconds("--budget", budget)),
                retry ? RunPolicy.Retry.ONCE : RunPolicy.Retry.NEVER,
                keepVersions ? RunPolicy.Versions.KEEP : RunPolicy.Versions.RENEW,
                sameMachine == null || !sameMachine.isEmpty()
                        ? sameMachine
                        : Machine.current().processor());
    }

    /** Names what runs the trials; the other options are short for a text after --on. */
    String on() {
        return master != null ? master : orders != null ? "orders:" + orders : inProcess ? "in-process" : "local";
    }

    /** Tells whether trials run on other machines, which this machine knows nothing about. */
    boolean elsewhere() {
        return TrialExecutorFactory.of(on()).elsewhere();
    }
}
