package io.catwalk.runner.report.page;

import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Calibration;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusedPair;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.PredictedClasses;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.evaluation.WrongForAll;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.RunReport;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.training.Epoch;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the numbers behind the charts; it stands in the page as JSON, once.
 *
 * @param classes names, in the order of the logits
 * @param contestants the best first
 * @param tuning outcome of a search; null if the run was none
 * @param hard images that every model gets wrong
 * @param pictures name to PNG in base 64
 */
record PageData(
        List<String> classes,
        List<Contestant> contestants,
        @Nullable Tuning tuning,
        Hard hard,
        Map<String, String> pictures) {

    private static final int PAIRS = 6;
    private static final int PICTURES_A_PAIR = 8;
    private static final int HARD = 24;

    /** Learning curves of more trials than these hide each other in the chart, and fill the page. */
    private static final int CURVES = 12;

    /** Shows a contestant. */
    record Contestant(
            String name,
            String color,
            @Nullable Standing standing,
            @Nullable Efficiency efficiency,
            List<Trial> trials,
            @Nullable Judged judged) {}

    /** Shows a trial; accuracies 0 to 1, the curves one number an epoch, empty where there is no room for them. */
    record Trial(
            String label,
            long seed,
            int fold,
            @Nullable Double train,
            @Nullable Double validation,
            @Nullable Double test,
            @Nullable Integer bestEpoch,
            Map<String, List<Double>> curves) {}

    /**
     * Shows what the answers of a contestant are worth.
     *
     * @param images number of answers
     * @param shown classes that the confusion matrix has room for, ascending
     * @param confusion true class, predicted class and count of those, three numbers each, where the count is not 0
     * @param scores precision, recall, f1 and support of each class, in class order
     * @param takenFor what each class was most often taken for, and how often: two numbers each, -1 and 0 for nothing
     */
    record Judged(
            int images,
            List<Integer> shown,
            List<Integer> confusion,
            Map<String, List<Double>> scores,
            List<Integer> takenFor,
            double ece,
            List<Calibration.Bin> reliability,
            List<Pair> pairs,
            int allPairs) {}

    /** Shows how often a class was taken for another, with the most confident mistakes. */
    record Pair(int truth, int predicted, int images, double share, List<String> pictures) {}

    /**
     * Shows the images that all models get wrong.
     *
     * @param images how many there are
     * @param judged of how many
     * @param models names of the contestants
     * @param examples some of them, those first whose models agree with each other
     */
    record Hard(int images, int judged, List<String> models, List<Example> examples) {}

    /** Shows one such image and what each model took it for; the picture is null if there is none. */
    record Example(@Nullable String picture, String trial, int index, int truth, List<Integer> answers) {}

    static PageData of(RunReport report, List<Group> groups) {
        Pictures pictures = new Pictures(report);
        Hard hard = hard(groups, pictures);
        List<Contestant> contestants = groups.stream()
                .map(group -> contestant(group, report.results(), pictures))
                .toList();
        return new PageData(
                report.results().dataset().classes(),
                contestants,
                report.results().tuning(),
                hard,
                pictures.drawn());
    }

    /** Writes it so that it can stand within a script element: no {@code <} in it can end that. */
    String json() {
        return Json.LINE.writeValueAsString(this).replace("<", "\\u003c");
    }

    private static Contestant contestant(Group group, Results results, Pictures pictures) {
        List<Trial> trials = new ArrayList<>();
        for (Model model : group.done()) {
            trials.add(trial(model, trials.size() < CURVES ? model.history() : List.of()));
        }
        Pool pool = Pool.of(group.models(), results.dataset().classes());
        return new Contestant(
                group.name(),
                group.color(),
                group.standing(),
                group.efficiency(),
                trials,
                pool == null ? null : judged(pool, pictures));
    }

    private static Trial trial(Model model, List<Epoch> history) {
        Done done = model.trained();
        return new Trial(
                model.label(),
                done.trial().seed(),
                done.trial().fold(),
                done.metrics().train().accuracy(),
                done.metrics().validation().accuracy(),
                done.metrics().test().accuracy(),
                done.timing().bestEpoch(),
                curves(history));
    }

    private static Map<String, List<Double>> curves(List<Epoch> history) {
        Map<String, List<Double>> curves = new LinkedHashMap<>();
        curves.put("train_loss", values(history, Epoch::trainLoss));
        curves.put("train_accuracy", values(history, Epoch::trainAccuracy));
        curves.put("validation_loss", values(history, Epoch::validationLoss));
        curves.put("validation_accuracy", values(history, Epoch::validationAccuracy));
        return curves;
    }

    private static <T> List<Double> values(List<T> list, ToDoubleFunction<T> value) {
        return list.stream().map(value::applyAsDouble).toList();
    }

    private static Judged judged(Pool pool, Pictures pictures) {
        Evaluation evaluation = pool.evaluation();
        Map<String, List<Double>> scores = new LinkedHashMap<>();
        scores.put("precision", rounded(evaluation.classes(), ClassScores::precision));
        scores.put("recall", rounded(evaluation.classes(), ClassScores::recall));
        scores.put("f1", rounded(evaluation.classes(), ClassScores::f1));
        scores.put("support", rounded(evaluation.classes(), ClassScores::support));
        List<Integer> shown = evaluation.confusion().mostConfused(ShownClasses.ALL);
        return new Judged(
                evaluation.images(),
                shown,
                counts(evaluation.confusion(), Set.copyOf(shown)),
                scores,
                takenFor(evaluation.confusion()),
                evaluation.calibration().expectedError(),
                evaluation.calibration().reliability(),
                evaluation.confusedPairs().stream()
                        .limit(PAIRS)
                        .map(pair -> pair(pair, pool, pictures))
                        .toList(),
                evaluation.confusedPairs().size());
    }

    /** Rounds to hundredths of a percent, which is what the page shows: a thousand classes have many digits else. */
    private static List<Double> rounded(List<ClassScores> classes, ToDoubleFunction<ClassScores> score) {
        return values(classes, scores -> Math.round(1e4 * score.applyAsDouble(scores)) / 1e4);
    }

    private static List<Integer> counts(ConfusionMatrix confusion, Set<Integer> shown) {
        return confusion.cells().stream()
                .filter(cell -> shown.contains(cell.truth()) && shown.contains(cell.predicted()))
                .flatMap(cell -> Stream.of(cell.truth(), cell.predicted(), cell.images()))
                .toList();
    }

    private static List<Integer> takenFor(ConfusionMatrix confusion) {
        List<Integer> takenFor = new ArrayList<>();
        for (int c = 0; c < confusion.classes(); c++) {
            takenFor.addAll(List.of(-1, 0));
        }
        for (ConfusionMatrix.Cell mistake : confusion.mistakes()) { // the most frequent first
            if (takenFor.get(2 * mistake.truth()) < 0) {
                takenFor.set(2 * mistake.truth(), mistake.predicted());
                takenFor.set(2 * mistake.truth() + 1, mistake.images());
            }
        }
        return takenFor;
    }

    private static Pair pair(ConfusedPair pair, Pool pool, Pictures pictures) {
        List<String> drawn = new ArrayList<>();
        for (int image :
                pair.images().subList(0, Math.min(PICTURES_A_PAIR, pair.images().size()))) {
            Pool.Origin origin = pool.origin(image);
            String picture = pictures.of(origin.model(), origin.image());
            if (picture != null) {
                drawn.add(picture);
            }
        }
        return new Pair(pair.truth(), pair.predicted(), pair.images().size(), pair.share(), drawn);
    }

    /** Compares trials of the same seed and fold, of all contestants that have them; one alone says nothing. */
    private static Hard hard(List<Group> groups, Pictures pictures) {
        List<Group> judged = groups.stream()
                .filter(group -> group.models().stream()
                        .anyMatch(model -> model.answers().there()))
                .toList();
        Map<String, List<Model>> together = new LinkedHashMap<>();
        for (Group group : judged) {
            for (Model model : group.models()) {
                if (model.answers().there()) {
                    together.computeIfAbsent(
                                    model.outcome().trial().seed() + "-"
                                            + model.outcome().trial().fold(),
                                    key -> new ArrayList<>())
                            .add(model);
                }
            }
        }
        together.values().removeIf(models -> judged.size() < 2 || models.size() < judged.size() || !comparable(models));
        int images = 0;
        int all = 0;
        List<Candidate> candidates = new ArrayList<>();
        for (List<Model> models : together.values()) {
            List<PredictedClasses> answers =
                    models.stream().map(PageData::answers).toList();
            int[] wrong = WrongForAll.of(answers);
            images += wrong.length;
            all += answers.get(0).images();
            for (int image : wrong) {
                candidates.add(new Candidate(
                        models.get(0),
                        image,
                        answers.stream().map(one -> one.predicted()[image]).toList()));
            }
        }
        candidates.sort(Comparator.comparingInt(candidate -> -candidate.agreeing()));
        List<Example> examples = candidates.stream()
                .limit(HARD)
                .map(candidate -> candidate.example(pictures))
                .toList();
        return new Hard(images, all, judged.stream().map(Group::name).toList(), examples);
    }

    private static boolean comparable(List<Model> models) {
        int[] labels = answers(models.get(0)).labels();
        return models.stream()
                .allMatch(model -> Arrays.equals(labels, answers(model).labels()));
    }

    private static PredictedClasses answers(Model model) {
        return Objects.requireNonNull(model.answers().predictedClasses());
    }

    private record Candidate(Model model, int image, List<Integer> answers) {

        /** Counts the models that give the most frequent answer. */
        int agreeing() {
            Map<Integer, Integer> counts = new HashMap<>();
            answers.forEach(answer -> counts.merge(answer, 1, Integer::sum));
            Collection<Integer> values = counts.values();
            return values.stream().mapToInt(Integer::intValue).max().orElse(0);
        }

        Example example(Pictures pictures) {
            int truth = PageData.answers(model).labels()[image];
            String trial = model.outcome().trial().fold() == 0
                    ? ""
                    : "fold " + model.outcome().trial().fold();
            return new Example(pictures.of(model, image), trial, image, truth, answers);
        }
    }
}
