package io.catwalk.runner.cli;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Shell;
import io.catwalk.runner.contract.CheckedPlugin;
import io.catwalk.runner.contract.PluginContract;
import io.catwalk.runner.plugin.PluginProject;
import io.catwalk.testkit.contract.Check;
import io.catwalk.testkit.contract.Contract;
import io.catwalk.testkit.contract.Expectations;
import io.catwalk.testkit.contract.Result;
import io.catwalk.testkit.contract.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "check",
        description =
                "Check whether a built plugin keeps the contract; docs/reference/contract.md lists what is checked.")
final class PluginCheckCommand extends JsonCommand {

    private static final String INDENT = " ".repeat(10);

    @Parameters(paramLabel = "JAR", description = "The plugin.")
    private Path jar = Path.of("");

    @Option(names = "--only", paramLabel = "ID", description = "Run these checks alone.")
    private List<String> only = List.of();

    @Option(
            names = "--expect",
            paramLabel = "ID=REASON",
            description = "Expect a check to fail, for a reason. If it passes all the same, that is a failure.")
    private Map<String, String> expect = Map.of();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Limit for all checks, in seconds of processor time. Default: ${DEFAULT-VALUE}",
            defaultValue = "60")
    private int seconds;

    /** The classifier whose results are being printed. */
    private String classifier = "";

    @Override
    int run(Console console) throws InterruptedException {
        if (!Files.isRegularFile(jar)) {
            throw new RequestException("expected a plugin's jar at " + jar + ", but " + Reasons.noFile(jar)
                    + ": build the plugin, and name its jar");
        }
        if (seconds < 1) {
            throw new RequestException("expected --seconds of at least 1, but found " + seconds);
        }
        SteadyClock clock = new SteadyClock();
        long start = clock.millis();
        List<CheckedPlugin> results = new PluginContract(
                        checks(),
                        expectations(),
                        Duration.ofSeconds(seconds),
                        json ? checked -> {} : checked -> print(checked, console))
                .run(jar);
        double taken = (clock.millis() - start) / 1000.0;
        long kept = results.stream()
                .filter(each -> each.result().verdict() == Verdict.PASSED
                        || each.result().verdict() == Verdict.EXPECTED)
                .count();
        boolean failed = results.stream().anyMatch(each -> each.result().verdict() == Verdict.FAILED);
        if (json) {
            console.json(asMap(results, taken));
        } else {
            printFirstFailure(results, console);
            console.format("", "%d of %d checks passed, in %.1f s", kept, results.size(), taken);
        }
        if (PluginProject.hasPlainDescription(jar)) {
            console.note("the description is still that of the template: say in pom.xml what the network is, since"
                    + " catwalk list shows it");
        }
        return failed ? ExitCode.SOME_FAILED : ExitCode.DONE;
    }

    /** Says again why the first check failed, where those that wait for it have pushed that off the screen. */
    private static void printFirstFailure(List<CheckedPlugin> results, Console console) {
        if (results.stream().anyMatch(each -> each.result().verdict() == Verdict.SKIPPED)) {
            results.stream()
                    .map(CheckedPlugin::result)
                    .filter(result -> result.verdict() == Verdict.FAILED)
                    .findFirst()
                    .ifPresent(
                            result -> console.paragraph("", "first failure: " + result.check() + ": " + result.line()));
        }
    }

    private List<Check> checks() {
        only.forEach(PluginCheckCommand::require);
        return Contract.checks().stream()
                .filter(check -> only.isEmpty() || only.contains(check.id()))
                .toList();
    }

    private static void require(String id) {
        try {
            Contract.require(id);
        } catch (IllegalArgumentException e) {
            throw new RequestException(String.valueOf(e.getMessage()), e);
        }
    }

    private Expectations expectations() {
        try {
            return Expectations.of(expect);
        } catch (IllegalArgumentException e) {
            throw new RequestException(
                    e.getMessage() + "; write --expect ID=REASON, such as --expect 'onnx=sorts the image'", e);
        }
    }

    private Map<String, Object> asMap(List<CheckedPlugin> results, double taken) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("jar", jar.toString());
        all.put("seconds", taken);
        all.put("checks", results.stream().map(this::asMap).toList());
        return all;
    }

    private Map<String, Object> asMap(CheckedPlugin checked) {
        Result result = checked.result();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("classifier", checked.classifier());
        map.put("id", result.check());
        map.put("promise", Contract.require(result.check()).promise());
        map.put("verdict", result.verdict().toString());
        map.put("reason", result.line());
        map.put("millis", result.millis());
        if (result.verdict() == Verdict.FAILED) {
            map.put("again", again(result));
        }
        return map;
    }

    private String again(Result result) {
        return "catwalk plugin check " + Shell.quoted(jar.toString()) + " --only " + result.check();
    }

    /** Prints results as they arrive, those of each classifier under its name. */
    private void print(CheckedPlugin checked, Console console) {
        if (!checked.classifier().equals(classifier)) {
            classifier = checked.classifier();
            console.line(classifier);
        }
        Result result = checked.result();
        console.format(
                "",
                "%-8s  %-16s  %s",
                result.verdict() == Verdict.FAILED ? "FAILED" : result.verdict(),
                result.check(),
                Contract.require(result.check()).promise());
        if (!result.line().isEmpty()) {
            console.paragraph(INDENT, result.line());
        }
        if (result.verdict() == Verdict.FAILED) {
            console.line(INDENT + again(result));
        }
    }
}
