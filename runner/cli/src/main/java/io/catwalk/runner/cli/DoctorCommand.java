package io.catwalk.runner.cli;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.plugin.PluginCatalog;
import io.catwalk.runner.plugin.PluginException;
import io.catwalk.runner.process.Platform;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.training.Accelerators;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import io.catwalk.runner.trial.Software;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "doctor", description = "Check this machine, the engine, the data and the plugins.")
final class DoctorCommand extends JsonCommand {

    private static final Logger LOG = LoggerFactory.getLogger(DoctorCommand.class);

    @Mixin
    private PluginOptions.Locked plugins;

    @Option(names = "--dataset", paramLabel = "NAME|DIR", description = "Data set to check. Default: ${DEFAULT-VALUE}")
    private String dataset = "fashion-mnist";

    @Mixin
    private ImageOptions reading;

    record Finding(String what, boolean good, String found) {}

    @Override
    int run() {
        Software software = Software.current();
        List<Finding> findings = List.of(
                check("program", () -> "catwalk " + software.catwalk() + ", commit " + Software.commit()),
                check("java", software::java),
                check("machine", DoctorCommand::machine),
                check("platform", DoctorCommand::platform),
                check("natives", () -> PrivateFolder.claim().natives() + ", which only you can write to"),
                check("engine", DoctorCommand::engine),
                check("device", () -> device(Accelerators.here())),
                check("data", () -> data()),
                check("plugins", () -> plugins()));
        List<List<String>> lines = findings.stream()
                .map(finding -> List.of(finding.good ? "ok" : "failed", finding.what, finding.found))
                .toList();
        print(() -> findings, () -> console.list(lines));
        return findings.stream().allMatch(Finding::good) ? ExitCode.DONE : ExitCode.SOME_FAILED;
    }

    static Finding check(String what, Supplier<String> look) {
        try {
            return new Finding(what, true, look.get());
        } catch (RuntimeException | LinkageError e) {
            LOG.info("The {} is not all right", what, e);
            boolean told = e instanceof RequestException || e instanceof PluginException;
            return new Finding(what, false, told ? Reasons.oneLine(String.valueOf(e.getMessage())) : withCause(e));
        }
    }

    /** Adds the deepest cause, which tells what is missing: DJL says only that PyTorch cannot be loaded. */
    private static String withCause(Throwable failure) {
        Throwable deepest = failure;
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            deepest = cause;
        }
        String said = Reasons.of(failure);
        String reason = Reasons.of(deepest);
        return said.endsWith(reason) ? said : said + ": " + reason;
    }

    private static String machine() {
        Machine machine = Machine.current();
        return machine.os() + ", " + machine.processor() + ", " + machine.cores() + " cores, "
                + Numbers.fixed(machine.memoryBytes() / Math.pow(2, 30), 0) + " GiB";
    }

    private static String platform() {
        Platform platform = Platform.current();
        return platform + (platform.isTried() ? ", tested" : ", not tested");
    }

    private static String engine() {
        EngineSettings.apply(1);
        Engine engine = Engine.getEngine("PyTorch");
        try (NDManager manager = engine.newBaseManager()) {
            float sum = manager.ones(new Shape(2, 3))
                    .matMul(manager.ones(new Shape(3, 2)))
                    .sum()
                    .getFloat();
            if (sum != 12) {
                throw new IllegalStateException("ones(2, 3) times ones(3, 2) must sum to 12, but gives " + sum);
            }
        }
        return "PyTorch " + engine.getVersion() + ", computes correctly";
    }

    private static String device(Accelerators here) {
        return here.choose(Accelerators.AUTO)
                + (here.cards().isEmpty() ? "" : ", " + String.join(", ", here.cards()))
                + (here.cudaBuild() ? "" : " (CPU build of PyTorch)");
    }

    private String data() {
        ImageDataset loaded = reading.of(dataset, null).load(Home.data(console));
        return loaded.name() + ", " + loaded.train().size() + " training and "
                + loaded.test().size() + " test images, sha256 "
                + loaded.sha256().substring(0, 12);
    }

    private String plugins() {
        PluginCatalog catalog = plugins.open(console);
        int failed = catalog.failures().size();
        int loaded = catalog.classifiers().size();
        if (failed > 0) {
            throw new RequestException(failed + " of " + (failed + loaded) + " failed to load: see catwalk list");
        }
        return Wording.count(loaded, "classifier", "classifiers");
    }
}
