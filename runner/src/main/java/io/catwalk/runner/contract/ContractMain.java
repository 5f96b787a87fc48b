package io.catwalk.runner.contract;

import io.catwalk.api.Classifier;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.LoadedClassifier;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.process.ParentPipe;
import io.catwalk.testkit.contract.Contract;
import io.catwalk.testkit.contract.ContractRun;
import io.catwalk.testkit.contract.Expectations;
import io.catwalk.testkit.contract.Limits;
import io.catwalk.testkit.contract.Result;
import io.catwalk.testkit.contract.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Entry point of the process that checks a plugin, with {@code ORDER.json}. Only this process runs the plugin's code.
 */
final class ContractMain {

    private final ParentPipe parent;
    private final ContractOrder order;
    private int at;

    private ContractMain(ParentPipe parent, ContractOrder order) {
        this.parent = parent;
        this.order = order;
    }

    /**
     * Runs the remaining checks, and reports each to the parent process. If a check hangs, the process ends early,
     * since nothing else can end the hanging thread.
     *
     * @param arguments the file with the order
     * @throws Exception if the order cannot be read
     */
    public static void main(String[] arguments) throws Exception {
        ParentPipe parent = ParentPipe.open(System.in);
        // The output of a plugin goes into the log.
        System.setOut(System.err);
        ContractOrder order = Json.LINE.readValue(Files.readString(Path.of(arguments[0])), ContractOrder.class);
        new ContractMain(parent, order).run();
        Runtime.getRuntime().halt(0);
    }

    private void run() throws IOException, InterruptedException {
        Path jar = Path.of(order.jar());
        try (LoadedPlugin plugin = LoadedPlugin.open(jar, order.sha256())) {
            List<LoadedClassifier> classifiers = plugin.classifiers();
            send(ContractEvent.loaded(
                    classifiers.stream().map(LoadedClassifier::name).toList()));
            for (LoadedClassifier classifier : classifiers) {
                if (!check(classifier, jar)) {
                    return;
                }
            }
            send(ContractEvent.over());
        } catch (RequestException e) {
            send(ContractEvent.refused(Reasons.oneLine(String.valueOf(e.getMessage()))));
        }
    }

    /** Runs the checks of a classifier, and returns whether this process can continue. */
    private boolean check(LoadedClassifier loaded, Path jar) throws InterruptedException {
        Class<? extends Classifier> type = loaded.classifier().getClass();
        Subject subject = Subject.of(() -> make(type), type.getName(), jar)
                .withLimits(Limits.standard().withCheck(Duration.ofMillis(order.patienceMillis())));
        // The failed checks of an earlier process belong to the classifier whose checks continue here.
        List<String> unkept = at <= order.settled() ? order.unkept() : List.of();
        ContractRun run = new ContractRun(subject, Expectations.none(), unkept);
        for (String id : order.checks()) {
            if (at++ < order.settled()) {
                continue;
            }
            send(ContractEvent.begun(id));
            Result result = run.run(Contract.require(id));
            send(ContractEvent.ended(result));
            if (result.hung()) {
                return false;
            }
        }
        return true;
    }

    private static Classifier make(Class<? extends Classifier> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName() + " again: " + Reasons.of(e), e);
        }
    }

    private void send(ContractEvent event) {
        parent.send(event.message());
    }
}
