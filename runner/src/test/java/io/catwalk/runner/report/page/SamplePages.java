package io.catwalk.runner.report.page;

import io.catwalk.api.Criterion;
import io.catwalk.runner.data.Duplicate;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.Answers;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.TrialOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Sample runs of every kind, failed ones included. */
final class SamplePages {

    /** Names that break a page without escaping, or that are difficult even with it. */
    static final List<String> HOSTILE = List.of(
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

    private SamplePages() {}

    /** Runs by name; each is built once, on first use, since the largest takes seconds. */
    private static final Map<String, Supplier<RunReport>> MAKERS = makers();

    private static final Map<String, RunReport> MADE = new ConcurrentHashMap<>();

    private static Map<String, Supplier<RunReport>> makers() {
        Map<String, Supplier<RunReport>> makers = new LinkedHashMap<>();
        makers.put("seven", SamplePages::seven);
        makers.put("hostile", SamplePages::hostile);
        makers.put("one", () -> new SampleRun(List.of("gru"), SampleRun.CLOTHES, 0, 200, 5).report());
        makers.put("mapped", SamplePages::mapped);
        makers.put("none", SamplePages::noneSucceeded);
        makers.put("empty", SamplePages::empty);
        makers.put("folds", SamplePages::folds);
        makers.put("hundred", SamplePages::hundred);
        makers.put("classes-2", () -> new SampleRun(SampleRun.SEVEN, List.of("cat", "dog"), 0, 300, 5).report());
        makers.put("classes-200", SamplePages::manyClasses);
        makers.put("classes-1000", SamplePages::thousandClasses);
        makers.put("near-ties", SamplePages::nearTies);
        makers.put("interrupted", SamplePages::interrupted);
        makers.put("no-predictions", SamplePages::noPredictions);
        return makers;
    }

    /** Returns the names of all runs, which are those of their pages. */
    static Set<String> names() {
        return MAKERS.keySet();
    }

    /** Returns the run of a name. */
    static RunReport named(String name) {
        return MADE.computeIfAbsent(
                name, made -> Objects.requireNonNull(MAKERS.get(made)).get());
    }

    /** A classifier with an ONNX file, and images of the size that it expects. */
    private static RunReport mapped() {
        RunReport report = new SampleRun(List.of("small-conv"), SampleRun.CLOTHES, 0, 200, 5).report();
        ImageDataset small = Objects.requireNonNull(report.dataset());
        Path file = Path.of("../onnx-models/zoo/fashion-mnist/small-conv.onnx");
        return new RunReport(
                report.spec(),
                report.results(),
                report.models().stream()
                        .map(one -> new Model(one.label(), one.outcome(), one.history(), one.answers(), file))
                        .toList(),
                new ImageDataset(
                        small.name(), small.sha256(), small.classes(), larger(small.train()), larger(small.test())),
                report.missing(),
                null,
                null);
    }

    /** Repeats the images until they are 28 x 28. */
    private static ImageSource larger(ImageSource small) {
        byte[] pixels = new byte[small.size() * 28 * 28];
        for (int i = 0; i < pixels.length; i++) {
            byte[] image = small.image(i / (28 * 28)).pixels();
            pixels[i] = image[i % 28 % small.width() + i / 28 % 28 % small.height() * small.width()];
        }
        return HeapImages.of(1, 28, 28, pixels, small.labels());
    }

    /** Test image 3 has two lookalikes in the training set, the nearer first, and image 1,207 is one that was moved. */
    private static RunReport seven() {
        RunReport report = new SampleRun(SampleRun.SEVEN, SampleRun.CLOTHES, 0, 2000, 12).report();
        return new RunReport(
                report.spec(),
                report.results(),
                report.models(),
                report.dataset(),
                report.missing(),
                robustness(SampleRun.SEVEN),
                List.of(
                        new Duplicate(3, 13, 0.5, true, 1, 0),
                        new Duplicate(3, 3, 2.5, false, 0, 0),
                        new Duplicate(1207, 17, 0, false, 0, 1)));
    }

    /** Returns classifiers that lose more accuracy the stronger a corruption is, each at its own rate. */
    private static Robustness robustness(List<String> names) {
        List<Robustness.Classifier> classifiers = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            List<Robustness.Curve> curves = new ArrayList<>();
            for (Corruption corruption : Corruption.values()) {
                int way = corruption.strongest() % 7;
                List<Robustness.Step> steps = new ArrayList<>();
                for (int step = 1; step <= Corruption.STEPS; step++) {
                    int right = 850 - 10 * i - (20 + (i * 3 + way) % 8) * step * step;
                    steps.add(new Robustness.Step(corruption.strength(step), Accuracy.of(1000, right)));
                }
                curves.add(new Robustness.Curve(corruption, steps));
            }
            classifiers.add(new Robustness.Classifier(
                    names.get(i), names.get(i) + "/1-0", "0".repeat(64), Accuracy.of(1000, 850 - 10 * i), curves));
        }
        return new Robustness(
                1,
                new Robustness.Sample(1000, 2000, 0, 0, "0".repeat(64), "0".repeat(64)),
                Software.current(),
                classifiers);
    }

    /** Seven classifiers over five folds: 35 trials. */
    private static RunReport folds() {
        return new SampleRun(SampleRun.SEVEN, SampleRun.CLOTHES, 5, 400, 12).report();
    }

    private static RunReport hostile() {
        RunReport report = new SampleRun(NASTY, HOSTILE, 0, 400, 4).report();
        List<Model> models = new ArrayList<>(report.models());
        models.set(5, failed(models.get(5), HOSTILE.get(0)));
        return with(report, models, HOSTILE, HOSTILE);
    }

    private static RunReport noneSucceeded() {
        RunReport report = new SampleRun(List.of("gru", "lstm"), SampleRun.CLOTHES, 0, 100, 3).report();
        List<Model> failed = report.models().stream()
                .map(model -> failed(model, "the loss is NaN after epoch 1: try a lower learning rate"))
                .toList();
        return with(withoutComparison(report), failed, List.of(), List.of());
    }

    private static RunReport empty() {
        RunReport report = new SampleRun(SampleRun.SEVEN, SampleRun.CLOTHES, 0, 100, 3).report();
        return with(withoutComparison(report), List.of(), List.of(), List.of());
    }

    /** Some trials are done, one failed, the rest was not run; the images are gone. */
    private static RunReport interrupted() {
        RunReport report = withoutComparison(new SampleRun(SampleRun.SEVEN, SampleRun.CLOTHES, 0, 300, 6).report());
        List<Model> models = new ArrayList<>(report.models().subList(0, 4));
        models.set(2, failed(models.get(2), "the process ended with exit code 137"));
        RunReport part = with(
                report,
                models,
                List.of("lstm seed 1", "rnn seed 1", "stride-conv seed 1"),
                List.of("The images cannot be read."));
        return new RunReport(part.spec(), part.results(), part.models(), null, part.missing(), null, null);
    }

    /** Six classifiers with the same latency, whose accuracies differ only by chance. */
    private static RunReport nearTies() {
        List<String> names = IntStream.range(0, 42)
                .mapToObj(i -> "residual-network-with-attention-" + i)
                .toList();
        SampleRun run = new SampleRun(names, SampleRun.CLOTHES, 0, 2000, 6);
        List<Model> models = run.models().stream()
                .filter(model -> names.indexOf(model.outcome().trial().classifier()) % 7 == 0)
                .toList();
        return run.report(models, run.comparison(models), null);
    }

    private static RunReport noPredictions() {
        RunReport report = withoutComparison(new SampleRun(SampleRun.SEVEN, SampleRun.CLOTHES, 0, 200, 4).report());
        List<Model> models = report.models().stream()
                .map(model -> new Model(model.label(), model.outcome(), List.of(), Answers.NONE, null))
                .toList();
        return with(report, models, List.of(), List.of("gru has no predictions."));
    }

    private static RunReport manyClasses() {
        List<String> classes = IntStream.range(0, 200)
                .mapToObj(i -> "class " + i + " of a fine-grained data set")
                .toList();
        return new SampleRun(List.of("gru", "lstm"), classes, 0, 2000, 5).report();
    }

    /** A thousand classes, of which the largest has many times the images of the smallest. */
    private static RunReport thousandClasses() {
        List<String> classes =
                IntStream.range(0, 1000).mapToObj(i -> "species " + i).toList();
        return new SampleRun(List.of("gru", "lstm", "rnn"), classes, 0, 5000, 5, SampleRun.Sizes.FALLING).report();
    }

    /** A search: fifty candidates on two folds. */
    private static RunReport hundred() {
        List<String> names =
                IntStream.rangeClosed(1, 50).mapToObj(i -> "lstm-" + i).toList();
        SampleRun run = new SampleRun(names, SampleRun.CLOTHES, 2, 300, 20);
        List<Model> models = run.models();
        List<Tuning.Candidate> candidates = IntStream.rangeClosed(1, 50)
                .mapToObj(number -> new Tuning.Candidate(
                        number,
                        Map.of("units", 16 * number, "learning_rate", 0.001 * number),
                        Stream.of(5, 20)
                                .limit(number % 2 + 1)
                                .map(epochs -> new Tuning.Score(
                                        epochs, List.of(0.8, 0.9), 0.7 + 0.004 * number + 0.002 * epochs, 0.05))
                                .toList()))
                .toList();
        return run.report(
                models,
                run.comparison(models),
                new Tuning("lstm", "successive halving", Criterion.ACCURACY, candidates, 49));
    }

    private static Model failed(Model model, String reason) {
        TrialOutcome failed = new TrialOutcome.Failed(model.outcome().trial(), reason);
        return new Model(model.label(), failed, List.of(), Answers.NONE, null);
    }

    private static RunReport withoutComparison(RunReport report) {
        Results old = report.results();
        Results results = new Results(old.schema(), old.experiment(), old.dataset(), old.trials(), null, null);
        return new RunReport(report.spec(), results, report.models(), report.dataset(), report.missing(), null, null);
    }

    private static RunReport with(RunReport report, List<Model> models, List<String> notRun, List<String> missing) {
        Results old = report.results();
        Results.Summary told = old.experiment();
        Results results = new Results(
                old.schema(),
                new Results.Summary(
                        told.name(),
                        told.command(),
                        told.startedAt(),
                        told.seconds(),
                        told.planned(),
                        models.size(),
                        notRun,
                        told.seeds(),
                        told.folds(),
                        told.repeats(),
                        told.jobs(),
                        told.threads()),
                old.dataset(),
                models.stream().map(Model::outcome).toList(),
                old.comparison(),
                old.tuning());
        return new RunReport(report.spec(), results, models, report.dataset(), missing, null, null);
    }
}
