package io.catwalk.runner.report;

import io.catwalk.api.Criterion;
import io.catwalk.runner.data.NearDuplicates;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.report.ReportModel.Model;
import io.catwalk.runner.report.SampleRun.Odd;
import io.catwalk.runner.results.RunResults.Tuning;
import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.TrialOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;

/** Sample runs of every kind, failed ones included. */
public final class SampleRuns {

    /** Names that break a page or a slide without escaping, or that are difficult even with it. */
    public static final List<String> HOSTILE = List.of(
            "</script><script>alert('class')</script>",
            "<img src=x onerror=alert(1)>",
            "\"quoted\" & 'single' <!-- ${1 + 1} $unsafe{x}",
            "\u05e9\u05dc\u05d5\u05dd \u202e override",
            "\ud83d\udc5f\ud83d\udc69\u200d\ud83d\udcbb sneaker",
            "long".repeat(50),
            "line\nbreak\tand \\ backslash \u2028 end",
            " ");

    /** The worst valid names of a classifier: a hostile name is rejected before a trial starts. */
    private static final List<String> NASTY =
            List.of("constructor", "toString", "0", "A.b+c-d_e", "script", "long".repeat(24));

    private static final Map<String, Supplier<ReportModel>> MAKERS = makers();
    private static final Map<String, ReportModel> MADE = new ConcurrentHashMap<>();

    private SampleRuns() {}

    private static Map<String, Supplier<ReportModel>> makers() {
        Map<String, Supplier<ReportModel>> makers = new LinkedHashMap<>();
        makers.put("seven", SampleRuns::seven);
        makers.put("hostile", SampleRuns::hostile);
        makers.put("one", () -> clothes(List.of("gru"), 0, 200, 5).report());
        makers.put("none", SampleRuns::noneSucceeded);
        makers.put("empty", () -> clothes(SampleRun.SEVEN, 0, 100, 3).report(List.of(), null, null));
        makers.put("folds", () -> clothes(SampleRun.SEVEN, 5, 400, 12).report());
        makers.put("hundred", SampleRuns::hundred);
        makers.put("search", SampleRuns::search);
        makers.put("classes-2", () -> new SampleRun(SampleRun.SEVEN, List.of("cat", "dog"), 0, 300, 5).report());
        makers.put("classes-200", () -> manyClasses(List.of("gru", "lstm"), 2000));
        makers.put("classes-1000", SampleRuns::thousandClasses);
        makers.put("large", () -> manyClasses(SampleRun.numbered("net-", 30), 800));
        List<String> near = SampleRun.numbered("residual-network-with-attention-", 6);
        makers.put("near-ties", () -> clothes(near, 0, 2000, 6).with(Odd.TIES).report());
        makers.put("interrupted", SampleRuns::interrupted);
        makers.put("thirteen", SampleRuns::thirteen);
        makers.put("recipes", () -> odd(SampleRun.numbered("net-", 15), Odd.RECIPES));
        makers.put("no-numbers", () -> odd(List.of("gru", "lstm", "rnn"), Odd.NO_NUMBERS));
        makers.put("no-predictions", SampleRuns::noPredictions);
        return makers;
    }

    public static Set<String> names() {
        return MAKERS.keySet();
    }

    /** Returns the run of a name: each is made once, on first use, since the largest takes seconds. */
    public static ReportModel named(String name) {
        Supplier<ReportModel> maker = Objects.requireNonNull(MAKERS.get(name));
        return MADE.computeIfAbsent(name, made -> maker.get());
    }

    private static SampleRun clothes(List<String> contestants, int folds, int images, int epochs) {
        return new SampleRun(contestants, SampleRun.CLOTHES, folds, images, epochs);
    }

    /** Test image 3 has two lookalikes in the training set, the nearer first, and image 1,207 is one that was moved. */
    private static ReportModel seven() {
        ReportModel report = clothes(SampleRun.SEVEN, 0, 2000, 12).report();
        List<NearDuplicates.Pair> leaked = List.of(
                new NearDuplicates.Pair(3, 13, 0.5, true, 1, 0),
                new NearDuplicates.Pair(3, 3, 2.5, false, 0, 0),
                new NearDuplicates.Pair(1207, 17, 0, false, 0, 1));
        // Each loses more accuracy the stronger a corruption is, at its own rate.
        List<Robustness.Classifier> classifiers = new ArrayList<>();
        for (int i = 0; i < SampleRun.SEVEN.size(); i++) {
            int place = i;
            IntBinaryOperator right = (way, step) -> 850 - 10 * place - (20 + (place * 3 + way % 7) % 8) * step * step;
            classifiers.add(robust(SampleRun.SEVEN.get(i), 1000, 850 - 10 * i, right));
        }
        Robustness robust = robustness(1000, classifiers);
        return new ReportModel(
                report.spec(), report.results(), report.entrants(), report.images(), List.of(), robust, leaked, null);
    }

    /** Returns a classifier that gets so many of the images right at each step of a corruption, of that strongest step. */
    public static Robustness.Classifier robust(String name, int images, int clean, IntBinaryOperator right) {
        List<Robustness.Curve> curves = new ArrayList<>();
        for (Corruption way : Corruption.values()) {
            List<Robustness.Step> steps = new ArrayList<>();
            for (int step = 1; step <= Corruption.STEPS; step++) {
                Accuracy accuracy = Accuracy.of(
                        images, right.applyAsInt(List.of(Corruption.values()).indexOf(way), step));
                steps.add(new Robustness.Step(way.strength(step), accuracy));
            }
            curves.add(new Robustness.Curve(way, steps));
        }
        return new Robustness.Classifier(name, name + "/1-0", "0".repeat(64), Accuracy.of(images, clean), curves);
    }

    public static Robustness robustness(int images, List<Robustness.Classifier> classifiers) {
        Robustness.Sample sample = new Robustness.Sample(images, 2000, 0, 0, "0".repeat(64), "0".repeat(64));
        return new Robustness(1, sample, Software.current(), classifiers);
    }

    private static ReportModel hostile() {
        SampleRun run = new SampleRun(NASTY, HOSTILE, 0, 400, 4);
        List<Model> all = run.models();
        List<Model> models = new ArrayList<>(all);
        models.set(5, failed(models.get(5), HOSTILE.get(0) + "\u0000 \u001b[31m ]]> \ud800 left"));
        return run.report(models, run.comparison(all), null, HOSTILE, HOSTILE);
    }

    private static ReportModel noneSucceeded() {
        SampleRun run = clothes(List.of("gru", "lstm"), 0, 100, 3);
        String reason = "the loss is infinite after epoch 1: try a lower learning rate";
        return run.report(
                run.models().stream().map(model -> failed(model, reason)).toList(), null, null);
    }

    /** Some trials are done, one failed, the rest was not run; the images are gone. */
    private static ReportModel interrupted() {
        SampleRun run = clothes(SampleRun.SEVEN, 0, 300, 6);
        List<Model> models = new ArrayList<>(run.models().subList(0, 4));
        models.set(2, failed(models.get(2), "the process ended with exit code 137"));
        List<String> notRun = List.of("lstm seed 1", "rnn seed 1", "stride-conv seed 1");
        ReportModel part = run.report(models, null, null, notRun, List.of("The images cannot be read."));
        return new ReportModel(part.spec(), part.results(), part.entrants(), null, part.missing(), null, null, null);
    }

    private static ReportModel thirteen() {
        SampleRun run = clothes(SampleRun.numbered("net-", 13), 0, 100, 10);
        List<Model> models = new ArrayList<>(run.models());
        models.set(0, failed(models.get(0), "out of memory"));
        models.set(1, failed(models.get(1), "out of memory"));
        return run.report(models, null, null);
    }

    private static ReportModel noPredictions() {
        SampleRun run = clothes(SampleRun.SEVEN, 0, 200, 4);
        List<Model> models = run.models().stream()
                .map(model -> new Model(model.label(), model.outcome(), List.of(), null, null))
                .toList();
        return run.report(models, null, null, List.of(), List.of("gru has no predictions."));
    }

    private static ReportModel manyClasses(List<String> contestants, int images) {
        List<String> classes = SampleRun.numbered("class of a fine-grained data set ", 200);
        return new SampleRun(contestants, classes, 0, images, 5).report();
    }

    private static ReportModel thousandClasses() {
        List<String> classes = SampleRun.numbered("species ", 1000);
        SampleRun run = new SampleRun(List.of("gru", "lstm", "rnn"), classes, 0, 5000, 5);
        return run.with(Odd.FALLING).report();
    }

    private static ReportModel hundred() {
        SampleRun run = clothes(SampleRun.numbered("lstm-", 50), 2, 300, 20);
        List<Model> models = run.models();
        return run.report(models, run.comparison(models), tuning(50, 49));
    }

    /** Its candidates are scored on folds of the training images, but the best is tested on the test images. */
    private static ReportModel search() {
        SampleRun full = clothes(List.of("lstm"), 0, 60, 5).with(Odd.SORTED);
        return clothes(List.of("lstm"), 3, 60, 5).with(Odd.SORTED).report(full.models(), null, tuning(14, 14));
    }

    private static Tuning tuning(int candidates, int best) {
        List<Tuning.Candidate> all = new ArrayList<>();
        for (int number = 1; number <= candidates; number++) {
            List<Tuning.Score> scores = new ArrayList<>();
            for (int epochs = 5; epochs <= 5 + number % 2 * 15; epochs += 15) {
                double mean = 0.7 + 0.004 * number + 0.002 * epochs;
                scores.add(new Tuning.Score(epochs, List.of(0.8, 0.9), mean, 0.05));
            }
            Map<String, Object> chosen = Map.of("units", 16 * number, "learning_rate", 0.001 * number);
            all.add(new Tuning.Candidate(number, chosen, scores));
        }
        return new Tuning("lstm", Tuning.Strategy.HALVING, Criterion.ACCURACY, all, best);
    }

    private static Model failed(Model model, String reason) {
        TrialOutcome failed = new TrialOutcome.Failed(model.outcome().trial(), reason);
        return new Model(model.label(), failed, List.of(), null, null);
    }

    private static ReportModel odd(List<String> contestants, Odd odd) {
        SampleRun run = clothes(contestants, 0, 100, 3).with(odd);
        return run.report(run.models(), null, null);
    }
}
