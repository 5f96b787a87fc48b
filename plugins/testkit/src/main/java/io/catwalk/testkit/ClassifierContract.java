package io.catwalk.testkit;

import io.catwalk.api.Classifier;
import io.catwalk.testkit.contract.Check;
import io.catwalk.testkit.contract.Contract;
import io.catwalk.testkit.contract.ContractRun;
import io.catwalk.testkit.contract.Expectations;
import io.catwalk.testkit.contract.Limits;
import io.catwalk.testkit.contract.PluginClasses;
import io.catwalk.testkit.contract.Result;
import io.catwalk.testkit.contract.Subject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Tests that a classifier keeps the contract of a plugin, with one test for each check of {@link Contract}. A plugin's
 * own test is only this:
 *
 * <pre>{@code
 * final class ConvMaxPoolTest extends ClassifierContract {
 *
 *     ConvMaxPoolTest() {
 *         super(new ConvMaxPool());
 *     }
 * }
 * }</pre>
 *
 * <p>The checks load the class from the built jar, in class loaders that see only those classes of the program that it
 * provides to plugins. The system property {@code catwalk.plugin.jar}, which the parent pom {@code catwalk-plugins}
 * sets, names the jar; without it, the folder of the class is used, and the checks of the jar fail. If the system
 * property {@code catwalk.check} is set, only the check with that id runs. Checks that take seconds have the tag
 * {@code long}, so that a build can leave them out.
 */
public abstract class ClassifierContract {

    /** Longer than the limit of the command, since a machine that runs a build is busy. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Class<?> type;
    private @Nullable PluginClasses classes;

    /**
     * Creates the tests of one classifier.
     *
     * @param classifier an instance of the public class to test
     */
    protected ClassifierContract(Classifier classifier) {
        type = classifier.getClass();
    }

    /**
     * Declares which checks are expected to fail. If such a check passes, its test fails.
     *
     * @return id of a check to the reason why it fails; by default empty
     */
    protected Map<String, String> expectedFailures() {
        return Map.of();
    }

    @TestFactory
    final Stream<DynamicTest> contract() throws IOException {
        return tests(false);
    }

    @TestFactory
    @Tag("long")
    final Stream<DynamicTest> slow() throws IOException {
        return tests(true);
    }

    private Stream<DynamicTest> tests(boolean slow) throws IOException {
        Path jar = jar();
        PluginClasses opened = PluginClasses.open(jar);
        classes = opened;
        Subject subject = Subject.of(() -> opened.make(type.getName()), type.getName(), jar)
                .withLimits(Limits.standard().withCheck(PATIENCE));
        ContractRun run = new ContractRun(subject, Expectations.of(expectedFailures()), List.of());
        String only = System.getProperty("catwalk.check", "");
        List<Check> checks = only.isEmpty() ? Contract.checks() : List.of(Contract.require(only));
        return checks.stream()
                .filter(check -> check.slow() == slow)
                .map(check -> DynamicTest.dynamicTest(check.id() + ": " + check.promise(), () -> {
                    if (slow) {
                        runPresumed(check, run);
                    }
                    show(run.run(check));
                }));
    }

    /** Runs the checks that a check waits for: their own tests have another run. */
    private static void runPresumed(Check check, ContractRun run) throws InterruptedException {
        for (String id : check.presumed()) {
            Check presumed = Contract.require(id);
            runPresumed(presumed, run);
            Result unused = run.run(presumed);
        }
    }

    @AfterEach
    final void closeTheJar() throws IOException {
        if (classes != null) {
            classes.close();
        }
    }

    private static void show(Result result) {
        switch (result.verdict()) {
            case FAILED ->
                Assertions.fail(result.check() + ": " + result.line() + " (again: catwalk plugin check JAR --only "
                        + result.check() + ")");
            case EXPECTED, SKIPPED -> Assumptions.abort(result.line());
            case PASSED -> {}
        }
    }

    private Path jar() {
        String named = System.getProperty("catwalk.plugin.jar", "");
        return named.isEmpty()
                ? Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                : Path.of(named);
    }
}
