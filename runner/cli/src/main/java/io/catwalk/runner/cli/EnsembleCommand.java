package io.catwalk.runner.cli;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.derived.EnsembleBuilder;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.report.Wording;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ensemble",
        description = {
            "Join networks of a run into one ONNX file that returns the mean of their probabilities, and say whether to "
                    + "ship it: by a paired test against the best of them on all test images, beside the time that it "
                    + "takes on this machine.",
            "Members are selected on the validation images, greedily and with replacement (Caruana et al., 2004). Exit "
                    + "codes: 0 if the file should ship; 1 if not: it is named NAME.rejected.onnx; 3 if it does not answer "
                    + "as its members do; 4 if the test images are too few: it is named NAME.undecided.onnx."
        })
final class EnsembleCommand extends JsonCommand {

    private static final int MOST_MEMBERS = 100;

    private static final double MICROS_OF_A_MILLI = 1e3;

    @Parameters(paramLabel = "RUN", description = "A run folder with several trained networks, and their ONNX files.")
    private Path folder = Path.of("");

    @Option(names = "--out", paramLabel = "FILE", description = "The file. Default: ensemble.onnx in the run folder")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace a file that is there.")
    private boolean force;

    @Option(
            names = "--members",
            paramLabel = "N",
            description = "How many different networks may join. Default: ${DEFAULT-VALUE}")
    private int members = 5;

    @Option(
            names = "--min-gain",
            paramLabel = "POINTS",
            description = "Percentage points of accuracy that the ensemble must win over its best member, by the lower "
                    + "bound of the 95 %% interval. Default: ${DEFAULT-VALUE}")
    private double minGain;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to measure with. Default: ${DEFAULT-VALUE}")
    private int threads = 1;

    @Override
    int run() throws IOException, InterruptedException {
        OptionParsers.within("--threads", threads, TrialSpec.MOST_THREADS);
        OptionParsers.within("--members", members, MOST_MEMBERS);
        EnsembleBuilder.Verdict.requireGain(minGain);
        List<TrialFolder> trials = RunFolder.trained(folder).stream()
                .filter(trial -> Files.exists(trial.onnx()))
                .toList();
        if (trials.size() < 2) {
            throw new RequestException("expected a run with several trained networks as ONNX files, but " + folder
                    + " has "
                    + trials.size() + ": train more, such as with --seeds 5, or write the files with catwalk export "
                    + folder);
        }
        Path to = out == null ? folder.resolve("ensemble.onnx") : out;
        OptionParsers.writable("--out", to);
        OptionParsers.requireNew(to, force);
        EnsembleBuilder.Result built =
                new EnsembleBuilder(members, minGain, threads).build(trials, Home.data(console), to);
        print(() -> asMap(built), () -> print(built));
        return built.verdict() == null
                ? ExitCode.CROSS_CHECK_FAILED
                : ExitCode.of(built.verdict().decision());
    }

    private void print(EnsembleBuilder.Result built) {
        EnsembleBuilder.Verdict verdict = built.verdict();
        if (verdict == null) {
            console.item(
                    built.file() + ": ",
                    "does not answer as its members do: " + built.proof().sentence());
            return;
        }
        console.item(built.file() + ": ", words(verdict));
        console.format(
                "  ",
                "accuracy %.2f %% (best member: %.2f %%); one image takes %s%.3f ms (best member: %.3f ms)",
                100 * built.accuracy(),
                100 * built.memberAccuracy(),
                verdict.busy() == null ? "" : Latency.ROUGH,
                verdict.ensemble().p50Micros() / MICROS_OF_A_MILLI,
                verdict.member().p50Micros() / MICROS_OF_A_MILLI);
        console.item(
                "  ",
                built.members().size() + " of " + built.candidates() + " networks: "
                        + built.members().stream()
                                .map(member -> member.trial().trial().title()
                                        + (member.votes() == 1 ? "" : " (" + member.votes() + " times)"))
                                .collect(Collectors.joining(", "))
                        + "; the best member is " + built.best().trial().title());
        console.item("  ", built.proof().sentence());
        if (verdict.busy() != null) {
            console.note("the machine was busy while speed was measured: measure again when it is quiet");
        }
    }

    private static String words(EnsembleBuilder.Verdict verdict) {
        return String.format(
                Locale.ROOT,
                "%s and takes %s%.1f times as long: %s",
                verdict.members() == 1
                        ? "it answers as its only member does"
                        : "the mean is "
                                + Wording.points(
                                        verdict.accuracy(),
                                        verdict.gained(),
                                        "more accurate than its best member",
                                        "less accurate than its best member"),
                verdict.busy() == null ? "" : Latency.ROUGH,
                verdict.slowdown(),
                switch (verdict.decision()) {
                    case SHIP -> "ship it if that time is acceptable";
                    case KEEP -> "ship the best member";
                    case CANNOT_TELL ->
                        "the test images are too few to tell whether it wins "
                                + (verdict.leastGain() == 0 ? "anything" : verdict.leastGain() + " points");
                });
    }

    private static Map<String, @Nullable Object> asMap(EnsembleBuilder.Result built) {
        EnsembleBuilder.Verdict verdict = built.verdict();
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("file", built.file().toString());
        answer.put("decision", verdict == null ? null : verdict.decision().title("member"));
        answer.put("verdict", verdict == null ? built.proof().sentence() : words(verdict));
        Map<String, Integer> votes = new LinkedHashMap<>();
        built.members().forEach(member -> votes.put(member.trial().trial().id(), member.votes()));
        answer.put("members", votes);
        answer.put("candidates", built.candidates());
        answer.put("best_member", built.best().trial().id());
        answer.put("accuracy", built.accuracy());
        answer.put("best_member_accuracy", built.memberAccuracy());
        answer.put("parity", built.proof().entries());
        if (verdict != null) {
            answer.put("only_ensemble_right", verdict.accuracy().test().onlyFirst());
            answer.put("only_member_right", verdict.accuracy().test().onlySecond());
            answer.put("gained_interval", verdict.gained());
            answer.put("mcnemar_p", verdict.accuracy().test().p());
            answer.put("slowdown", verdict.slowdown());
            answer.put("best_member_latency", verdict.member());
            answer.put("latency", verdict.ensemble());
        }
        return answer;
    }
}
