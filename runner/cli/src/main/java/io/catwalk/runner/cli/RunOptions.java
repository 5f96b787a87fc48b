package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.experiment.ExperimentTree;
import io.catwalk.runner.experiment.RunPolicy;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import io.catwalk.runner.trial.TrialExecutorFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs trials, new ones or those of an interrupted run. */
final class RunOptions {

    @Mixin
    PluginOptions.Locked plugins;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description = "Stop training after this time, such as 45m or 2h. Trials that did not finish are listed "
                    + "as not run; catwalk resume runs them.")
    private @Nullable String budget;

    @Option(names = "--retry", description = "Try a failed trial once more.")
    private boolean retry;

    @Option(
            names = "--no-latency",
            description = "Do not measure how fast the trained networks answer; catwalk bench RUN does so later.")
    private boolean noLatency;

    @Option(
            names = "--orders",
            paramLabel = "DIR",
            description = "Do not train here: write an order for each trial into this folder. catwalk work carries "
                    + "out an order on a machine of a cluster; catwalk resume RUN --orders DIR collects the outcomes.")
    private @Nullable Path orders;

    @Option(
            names = "--on",
            paramLabel = "WHERE",
            description = "Train on an Apache Spark 4 cluster: spark://host:7077, or any other master that "
                    + "spark-submit accepts. Set SPARK_HOME to the folder of Spark. local is this machine, and "
                    + "orders:DIR the same as --orders DIR. Default: local")
    private @Nullable String master;

    @Option(
            names = "--images-in-place",
            description = "With --orders or --on: do not send a copy of the image folder, because the machines see it "
                    + "under the same path.")
    private boolean imagesInPlace;

    @Option(names = "--in-process", description = "Run trials in this process, to debug a plugin.")
    private boolean inProcess;

    @Option(
            names = "--same-machine",
            arity = "0..1",
            fallbackValue = "",
            preprocessor = OptionParsers.AttachedOnly.class,
            paramLabel = "PROCESSOR",
            description = "Train on one processor model only, because results are bit-identical only there: this "
                    + "machine's, or the one named (see catwalk doctor). A trial that another processor gets is lost, "
                    + "and tried again.")
    private @Nullable String sameMachine;

    @Option(names = "--json", description = "Print the results as JSON.")
    private boolean json;

    /** Checks what runs the trials, before anything is written. */
    RunLauncher.Settings settings(boolean resumes, boolean keepsVersions) {
        if ((master != null || orders != null) && (inProcess || (master != null && orders != null))) {
            throw new RequestException((master != null ? "--on" : "--orders") + " says where trials run: leave "
                    + (inProcess ? "--in-process" : "--orders") + " out");
        }
        if (imagesInPlace && !elsewhere()) {
            throw new RequestException("--images-in-place is for --orders and --on: leave it out");
        }
        TrialExecutorFactory.Opening executor = TrialExecutorFactory.of(on())
                .checked(new TrialExecutorFactory.Request(on(), resumes, budget != null, imagesInPlace));
        PrivateFolder.claim();
        RunPolicy policy = new RunPolicy(
                budget == null ? null : Duration.ofSeconds(ExperimentTree.seconds("--budget", budget)),
                retry,
                keepsVersions,
                sameMachine == null || !sameMachine.isEmpty()
                        ? sameMachine
                        : Machine.current().processor());
        return new RunLauncher.Settings(policy, on(), executor, !noLatency, json, resumes, plugins.folder, again());
    }

    private String again() {
        String machine = sameMachine == null
                ? ""
                : sameMachine.isEmpty() ? " --same-machine" : " --same-machine=" + TextEscaping.shellWord(sameMachine);
        return (orders == null ? "" : " --orders " + TextEscaping.shellWord(orders.toString()))
                + (master == null ? "" : " --on " + TextEscaping.shellWord(master))
                + (imagesInPlace ? " --images-in-place" : "")
                + machine
                + plugins.option();
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
