package io.catwalk.runner.contract;

import io.catwalk.api.Classifier;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.plugin.LoadedPlugin;
import io.catwalk.runner.plugin.LoadedPlugin.LoadedClassifier;
import io.catwalk.runner.process.ParentPipe;
import io.catwalk.testkit.contract.Contract;
import io.catwalk.testkit.contract.ContractRun;
import io.catwalk.testkit.contract.Expectations;
import io.catwalk.testkit.contract.Limits;
import io.catwalk.testkit.contract.Result;
import io.catwalk.testkit.contract.Subject;
import java.io.FileDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entry point of the process that checks a plugin, with {@code ORDER.json}: only it runs the code of the plugin. */
final class ContractMain {

    /**
     * Specifies what a process has to check.
     *
     * @param settled how many checks are done, counted over all classifiers
     * @param unkept ids of checks that the current classifier did not pass
     * @param patienceMillis time limit of a check
     */
    record Order(
            String jar, String sha256, List<String> checks, int settled, List<String> unkept, long patienceMillis) {}

    /**
     * Reports the progress of the checks to the parent process; exactly one field is set, or none at the end of all
     * checks.
     *
     * @param classifiers their names, when the plugin is loaded
     * @param begun id of the check that starts
     * @param refused reason why the plugin cannot be loaded
     */
    record Event(
            @Nullable List<String> classifiers,
            @Nullable String begun,
            @Nullable Result ended,
            @Nullable String refused) {}

    private final ParentPipe parent;
    private final Order order;
    private int at;

    private ContractMain(ParentPipe parent, Order order) {
        this.parent = parent;
        this.order = order;
    }

    /** Runs the remaining checks. If one hangs, the process ends early, since nothing else ends the hanging thread. */
    public static void main(String[] arguments) throws Exception {
        ParentPipe parent = ParentPipe.open(System.in, FileDescriptor.out);
        // The output of a plugin goes into the log.
        System.setOut(System.err);
        Order order = Json.LINE.readValue(Files.readString(Path.of(arguments[0])), Order.class);
        new ContractMain(parent, order).run();
        Runtime.getRuntime().halt(0);
    }

    private void run() throws InterruptedException {
        Path jar = Path.of(order.jar());
        try (LoadedPlugin plugin = LoadedPlugin.open(jar, order.sha256())) {
            List<LoadedClassifier> classifiers = plugin.classifiers();
            parent.send(
                    new Event(classifiers.stream().map(LoadedClassifier::name).toList(), null, null, null));
            for (LoadedClassifier classifier : classifiers) {
                if (!check(classifier, jar)) {
                    return;
                }
            }
            parent.send(new Event(null, null, null, null));
        } catch (RequestException e) {
            parent.send(new Event(null, null, null, Reasons.of(e)));
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
            parent.send(new Event(null, id, null, null));
            Result result = run.run(Contract.require(id));
            parent.send(new Event(null, null, result, null));
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
}
