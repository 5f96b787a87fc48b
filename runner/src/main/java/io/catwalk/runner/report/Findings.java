package io.catwalk.runner.report;

import io.catwalk.api.Criterion;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Calibration.Bin;
import io.catwalk.runner.evaluation.ClassScores;
import io.catwalk.runner.evaluation.ConfusionMatrix;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.experiment.GeneralizationGap;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.experiment.Tuning;
import io.catwalk.runner.report.words.LatencyWords;
import io.catwalk.runner.report.words.TrialWords;
import io.catwalk.runner.report.words.TuningWords;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.statistics.Outcome;
import io.catwalk.runner.statistics.PairedComparison;
import io.catwalk.runner.trial.Efficiency;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.ParityResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The findings of a report: for each question a sentence with its numbers, without a period.
 *
 * @param model content of the report
 */
public record Findings(ReportModel model) {

    /** Largest number of names in a sentence. */
    private static final int NAMES = 4;

    /** Says which images decide between which classifiers. */
    public String question() {
        Tuning tuning = model.results().tuning();
        int classes = model.dataset().classes().size();
        if (tuning != null) {
            return count(tuning.candidates().size(), "candidate", "candidates") + " of " + tuning.classifier()
                    + (tuning.candidates().size() == 1 ? " was" : " were") + " tested on " + model.testedOn();
        }
        List<Entrant> entrants = model.entrants();
        String images = capital(model.testedOn()) + " in " + classes + " classes";
        if (entrants.isEmpty()) {
            return images + ", and no finished trial";
        }
        return images
                + (entrants.size() == 1
                        ? " show how good " + entrants.get(0).name() + " is"
                        : " decide between " + entrants.size() + " classifiers");
    }

    /** Says how large the networks are. */
    public String architectures() {
        List<Entrant> known =
                model.trained().stream().filter(one -> one.efficiency() != null).toList();
        if (known.isEmpty()) {
            return "None of the " + count(model.entrants().size(), "network", "networks") + " was trained";
        }
        Comparator<Entrant> bySize = Comparator.comparingLong(Findings::parameters);
        Entrant smallest = known.stream().min(bySize).orElseThrow();
        Entrant largest = known.stream().max(bySize).orElseThrow();
        String parameters = Numbers.count(parameters(largest)) + " parameters";
        return known.size() == 1
                ? largest.name() + " has " + parameters
                : parameters(smallest) == parameters(largest)
                        ? "All networks have " + parameters
                        : "The networks have " + Numbers.count(parameters(smallest)) + " (" + smallest.name() + ") to "
                                + parameters + " (" + largest.name() + ")";
    }

    private static long parameters(Entrant one) {
        return Objects.requireNonNull(one.efficiency()).parameters();
    }

    /** Says whether the classifiers were trained by the same recipe; one must have a trained network. */
    public String training() {
        List<Entrant> trained = model.trained();
        var epochs = trained.stream()
                .mapToInt(one -> one.request().recipe().epochs())
                .summaryStatistics();
        String most = "up to " + count(epochs.getMax(), "epoch", "epochs");
        if (trained.size() == 1) {
            return trained.get(0).name() + " was trained for " + most;
        }
        if (model.recipeDifferences().isEmpty()) {
            return "All " + trained.size() + " classifiers were trained with the same recipe, for " + most;
        }
        return (epochs.getMin() == epochs.getMax()
                        ? "All were trained for " + most
                        : "They were trained for at most " + epochs.getMin() + " to " + epochs.getMax() + " epochs")
                + ", with different recipes: a difference in accuracy may come from these";
    }

    /** Says how accurate the best classifier is, and than how many others it is better. */
    public String accuracy() {
        List<Entrant> trained = model.trained();
        Entrant best = trained.get(0);
        String score = Numbers.percent(best.stands().accuracy()) + " %";
        if (trained.size() == 1) {
            return best.name() + " recognizes " + score + " of the images (95 % interval " + best.interval() + ")";
        }
        List<Entrant> leaders = model.leaders();
        String names = names(leaders);
        boolean alone = leaders.size() == 1;
        if (leaders.size() == trained.size()) {
            return names + " have the same accuracy, " + score;
        }
        if (!model.tested()) {
            return names + (alone ? " has" : " have") + " the highest accuracy, " + score
                    + "; whether the lead is more than chance was not tested";
        }
        int others = trained.size() - 1;
        int ahead = outcomes(best, Outcome.BETTER, false);
        int likely = outcomes(best, Outcome.BETTER, true);
        int equivalent = outcomes(best, Outcome.EQUIVALENT, false);
        int undecided = outcomes(best, Outcome.UNDECIDED, false);
        int apart = others - ahead - likely - equivalent - undecided;
        String lead = names + (alone ? " leads" : " lead") + " with " + score;
        if (ahead == others) {
            return lead + ", ahead of " + (others == 1 ? trained.get(1).name() : "each of the other " + others);
        }
        if (others == 1 && likely == 1) {
            return lead + ", and is probably better than " + trained.get(1).name();
        }
        if (others == 1) {
            return lead + ", but is " + (equivalent == 1 ? "equivalent to " : "not clearly different from ")
                    + trained.get(1).name();
        }
        return lead + ": " + (alone ? "it" : best.name()) + " is ahead of " + (ahead == 0 ? "none" : ahead)
                + " of the other " + others
                + (likely == 0 ? "" : ", probably better than " + likely)
                + (equivalent == 0 ? "" : ", equivalent to " + equivalent)
                + (undecided == 0 ? "" : ", not clearly different from " + undecided)
                + (apart == 0 ? "" : ", not compared with " + apart);
    }

    private int outcomes(Entrant best, Outcome outcome, boolean onlyProbable) {
        return (int) model.trained().stream()
                .map(one -> model.pairOf(best.name(), one.name()))
                .filter(pair -> pair != null && pair.outcome() == outcome && pair.onlyProbable() == onlyProbable)
                .count();
    }

    /** Says which classifiers remain as the choice when both accuracy and latency count. */
    public String cost() {
        List<Entrant> front = model.front();
        if (front.isEmpty()) {
            return "Training took " + trainingTimes();
        }
        Entrant fastest = front.get(0);
        String time = latency(fastest) + " for one image (" + model.latencyTitle() + ")";
        long measured = model.trained().stream()
                .filter(one -> one.stands().onFront() != null)
                .count();
        if (measured == 1) {
            return fastest.name() + " takes " + time;
        }
        boolean all = measured == model.trained().size();
        String of = "of the " + measured + " with a latency from a quiet machine";
        if (front.size() == 1) {
            return fastest.name() + " is both the most accurate and the fastest" + (all ? "" : " " + of) + ": " + time;
        }
        return (all ? "The choice" : capital(of) + ", the choice") + " is among " + names(front) + ": "
                + (front.size() == measured
                        ? "each trades accuracy for latency"
                        : "for each of the others, one of these is at least as good in both accuracy and latency");
    }

    private String trainingTimes() {
        var seconds = model.trained().stream()
                .map(Entrant::efficiency)
                .filter(Objects::nonNull)
                .mapToDouble(Efficiency::trainingSeconds)
                .summaryStatistics();
        return seconds.getCount() < 2
                ? Numbers.duration(seconds.getMax())
                : Numbers.duration(seconds.getMin()) + " to " + Numbers.duration(seconds.getMax());
    }

    /** Writes the median time of one image, marked if it was measured on a busy machine. */
    public String latency(Entrant one) {
        return latency(one.latency(model.engine()));
    }

    /** Writes the median time of one image, marked if it was measured on a busy machine. */
    public static String latency(@Nullable Latency latency) {
        return latency == null
                ? Numbers.NONE
                : (latency.busy() == null ? "" : Latency.ROUGH) + Numbers.micros(latency.p50Micros());
    }

    /** Returns the most accurate classifier that has predictions. */
    public Optional<Entrant> evaluated() {
        return model.trained().stream().filter(Entrant::evaluated).findFirst();
    }

    /** Says which class is the hardest for the best classifier, and which class it most often classifies as which. */
    public String mistakes() {
        Entrant best = evaluated().orElseThrow();
        List<ClassScores> hardest = hardest(best);
        List<ConfusionMatrix.Cell> mistakes = evaluation(best).confusion().mistakes();
        if (mistakes.isEmpty() || hardest.isEmpty()) {
            return best.name() + " makes no mistake";
        }
        ConfusionMatrix.Cell most = mistakes.get(0);
        List<String> classes = model.dataset().classes();
        return best.name() + " recognizes " + Numbers.percent(hardest.get(0).recall()) + " % of "
                + hardest.get(0).name() + ", its hardest class, and most often takes " + classes.get(most.truth())
                + " for " + classes.get(most.predicted()) + " (" + count(most.images(), "image", "images") + ")";
    }

    private static Evaluation evaluation(Entrant one) {
        return Objects.requireNonNull(one.evaluation());
    }

    /** Returns the scores of the classes that have images, the one with the lowest recall first. */
    public static List<ClassScores> hardest(Entrant one) {
        return evaluation(one).classes().stream()
                .filter(scores -> scores.support() > 0)
                .sorted(Comparator.comparingDouble(ClassScores::recall))
                .toList();
    }

    /** Returns the most frequent mistake of a classifier with the images of one class; empty if it makes none. */
    public static Optional<ConfusionMatrix.Cell> mistake(ConfusionMatrix matrix, int label) {
        return matrix.mistakes().stream() // the most frequent first
                .filter(cell -> cell.truth() == label)
                .findFirst();
    }

    /** Says which classifiers overfit, and whether the mean confidence of the best one differs from its accuracy. */
    public String generalization() {
        List<GeneralizationGap> gaps = model.trained().stream()
                .map(Entrant::gap)
                .filter(gap -> gap != null && Double.isFinite(gap.mean()))
                .map(Objects::requireNonNull)
                .toList();
        String learned = gaps.isEmpty() ? "Whether the classifiers overfit is not known" : overfitting(gaps);
        return evaluated().map(best -> learned + "; " + calibration(best)).orElse(learned);
    }

    /** Says how many classifiers overfit measurably. */
    private static String overfitting(List<GeneralizationGap> gaps) {
        var above = gaps.stream()
                .filter(gap -> gap.verdict() != Overfitting.Verdict.NONE)
                .mapToDouble(GeneralizationGap::mean)
                .summaryStatistics();
        if (above.getCount() == 0) {
            GeneralizationGap first = gaps.get(0);
            return gaps.size() > 1
                    ? "No classifier measurably overfits"
                    : first.toldApart()
                            ? "Training accuracy is " + Numbers.percent(-first.mean())
                                    + " points below validation accuracy"
                            : "Training accuracy does not clearly differ from validation accuracy";
        }
        String points = Numbers.percent(above.getMin())
                + (above.getCount() == 1 ? "" : " to " + Numbers.percent(above.getMax())) + " points";
        String who = gaps.size() == 1
                ? "It overfits"
                : above.getCount() == gaps.size()
                        ? "All " + gaps.size() + " overfit"
                        : above.getCount() + " of " + gaps.size() + (above.getCount() == 1 ? " overfits" : " overfit");
        return who + ": training accuracy is " + points + " above validation accuracy";
    }

    /** Compares the mean confidence with the interval of the accuracy; too high and too low ones may cancel out. */
    private static String calibration(Entrant best) {
        Evaluation evaluation = evaluation(best);
        double excess = overconfidence(evaluation);
        String points = Numbers.fixed(100 * Math.abs(excess), 2);
        // If all or none are right, the bound of the interval is the accuracy itself, and rounding could cross it.
        if (points.equals("0.00") || evaluation.accuracyInterval().contains(evaluation.accuracy() + excess)) {
            return best.name() + "'s mean confidence is within the interval of its accuracy (expected calibration"
                    + " error " + Numbers.fixed(100 * evaluation.calibration().expectedError(), 2) + " points)";
        }
        return best.name() + (excess > 0 ? " is overconfident by " : " is underconfident by ") + points
                + " points on average";
    }

    /** Returns by how much the mean confidence is above the accuracy, from -1 to 1. */
    private static double overconfidence(Evaluation evaluation) {
        double sum = 0;
        for (Bin bin : evaluation.calibration().reliability()) {
            sum += bin.images() * (bin.confidence() - bin.accuracy());
        }
        return sum / evaluation.images();
    }

    /** Returns the worst cross-check among a classifier's trials; null if nothing was exported. */
    public static @Nullable ParityResult worst(Entrant one) {
        return one.parities().stream()
                .min(Comparator.comparing(ParityResult::agrees)
                        .thenComparing(parity -> parity.maxAbs() == null ? -Double.MAX_VALUE : -parity.maxAbs()))
                .orElse(null);
    }

    /** Says whether the ONNX files agree with their networks. */
    public String files() {
        List<ParityResult> all =
                model.trained().stream().flatMap(one -> one.parities().stream()).toList();
        long agreeing = all.stream().filter(ParityResult::agrees).count();
        long flips = all.stream().mapToLong(ParityResult::flips).sum();
        if (all.isEmpty()) {
            return "No network was exported, so there is no ONNX file to check";
        }
        String largest = Numbers.scientific(all.stream()
                .map(ParityResult::maxAbs)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null));
        String differs = (flips == 0 ? "no label flips" : count(flips, "label flips", "labels flip"))
                + ", and no logit differs by more than " + largest;
        if (agreeing == all.size()) {
            return (all.size() == 1
                            ? "The ONNX file answers like its network: "
                            : "All " + all.size() + " ONNX files answer like their networks: ")
                    + differs;
        }
        long without = all.stream().filter(parity -> !parity.exported()).count();
        long disagreeing = all.size() - without - agreeing;
        return agreeing + " of " + all.size() + " ONNX files answer like their networks"
                + (disagreeing == 0 ? "" : "; " + disagreeing + (disagreeing == 1 ? " disagrees" : " disagree"))
                + (without == 0 ? "" : "; " + count(without, "network has", "networks have") + " no ONNX file");
    }

    /** Says which candidate of a search is the best; null if there is no finished search. */
    public @Nullable String search() {
        Tuning tuning = model.results().tuning();
        if (tuning == null || tuning.best() == null) {
            return null;
        }
        return tuning.candidates().stream()
                .filter(candidate -> candidate.number() == tuning.best()
                        && !candidate.scores().isEmpty())
                .findFirst()
                .map(candidate -> "Of " + count(tuning.candidates().size(), "candidate", "candidates") + ", number "
                        + tuning.best() + " is the best, with a mean "
                        + TuningWords.title(tuning.selectBy()) + " of "
                        + TuningWords.text(
                                tuning.selectBy(),
                                candidate
                                        .scores()
                                        .get(candidate.scores().size() - 1)
                                        .mean())
                        + (tuning.selectBy() == Criterion.LOSS ? " nats" : " %"))
                .orElse(null);
    }

    /** Says which classifiers remain as the choice after the run. */
    public String conclusion() {
        List<Entrant> trained = model.trained();
        if (trained.isEmpty()) {
            int failed = model.failed().size();
            return failed == 0
                    ? "No conclusion: no trial has finished"
                    : "No conclusion: none of " + count(failed, "trial", "trials") + " has a trained network";
        }
        Entrant best = trained.get(0);
        if (trained.size() == 1) {
            return best.name() + " was tested, but not compared with another classifier";
        }
        if (!model.tested()) {
            List<Entrant> leaders = model.leaders();
            return leaders.size() == 1
                    ? best.name() + " leads, but whether it is better was not tested"
                    : leaders.size() == trained.size()
                            ? names(leaders) + " have the same accuracy, and whether one is better was not tested"
                            : names(leaders) + " lead, but whether they are better was not tested";
        }
        List<Entrant> choices = model.choices();
        return choices.size() == 1
                ? "This run supports one choice: " + best.name()
                : "This run leaves " + choices.size() + " of " + trained.size() + " classifiers to choose from: "
                        + names(choices);
    }

    /** Returns the conclusions, the most important first. */
    public List<String> conclusions() {
        List<String> sentences = new ArrayList<>(List.of(model.headline()));
        if (model.trained().isEmpty()) {
            return sentences;
        }
        String search = search();
        if (search != null) {
            sentences.add(search);
        }
        sentences.addAll(speed());
        List<String> strong = model.trained().stream()
                .filter(one -> {
                    GeneralizationGap gap = one.gap();
                    return gap != null && gap.verdict() == Overfitting.Verdict.STRONG;
                })
                .map(Entrant::name)
                .toList();
        if (!strong.isEmpty()) {
            sentences.add(listed(strong) + (strong.size() == 1 ? " overfits" : " overfit")
                    + " strongly: training accuracy is more than 5 points above validation accuracy (lower bound of the 95 %"
                    + " interval)");
        }
        Robustness robustness = model.run().robustness();
        if (robustness != null) {
            sentences.add(new RobustnessFindings(robustness).all());
        }
        sentences.add(files());
        return sentences;
    }

    /** Names the fastest classifier, and the fastest of those that do not clearly differ from the most accurate. */
    public List<String> speed() {
        List<Entrant> timed = model.trained().stream()
                .filter(one -> one.micros(model.engine()) != null)
                .sorted(Comparator.comparingDouble(one -> Objects.requireNonNull(one.micros(model.engine()))))
                .toList();
        if (timed.size() < 2) {
            return List.of();
        }
        Entrant best = model.trained().get(0);
        Entrant fastest = timed.get(0);
        if (fastest == best) {
            return List.of(best.name() + " is also the fastest: " + latency(best) + " for one image");
        }
        List<String> sentences = new ArrayList<>();
        sentences.add(fastest.name() + " is the fastest, " + latency(fastest) + " for one image, with "
                + Numbers.percent(fastest.stands().accuracy()) + " % accuracy ("
                + Numbers.points(fastest.stands().accuracy() - best.stands().accuracy()) + " points)");
        if (!timed.contains(best)) {
            return sentences;
        }
        timed.stream()
                .takeWhile(one -> one != best)
                .filter(one -> !relation(best, one).isEmpty())
                .findFirst()
                .ifPresent(one -> sentences.add(best.name()
                        + relation(best, one)
                        + (one == fastest
                                ? "it, and takes " + latency(best)
                                : one.name() + ", which takes " + latency(one) + " instead of " + latency(best))));
        return sentences;
    }

    /** Returns sentences about the speed and the training time of the networks. */
    public List<String> costs() {
        List<String> sentences = new ArrayList<>(speed());
        if (!model.front().isEmpty()) {
            sentences.add(
                    "Training took " + trainingTimes() + (model.several() ? ", one trial of each classifier" : ""));
        }
        add(sentences, LatencyWords.note(model.results().latencyMarks()));
        return sentences;
    }

    /** Relates the best to a classifier that it is not ahead of; empty if it is, or if the two are not compared. */
    private String relation(Entrant best, Entrant other) {
        PairedComparison pair = model.pairOf(best.name(), other.name());
        if (pair == null) {
            return "";
        }
        return switch (pair.outcome()) {
            case EQUIVALENT -> " is practically equivalent to ";
            case UNDECIDED -> " does not clearly differ from ";
            case BETTER, WORSE -> "";
        };
    }

    /** Returns the limitations of the results. */
    public List<String> open() {
        List<String> sentences = new ArrayList<>();
        Results.Summary experiment = model.results().experiment();
        if (!model.limits().isEmpty()) {
            sentences.add(model.limits());
        }
        if (model.results().tuning() != null) {
            sentences.add("The winner's score is optimistically biased: it was selected as the best of all");
        }
        if (!model.recipeDifferences().isEmpty()) {
            sentences.add("The recipes differ, so a difference in accuracy need not come from the architecture");
        }
        sentences.add(
                "The results hold for " + model.dataset().name() + " only, and the latencies for this machine only");
        add(sentences, LatencyWords.note(model.results().latencyMarks()));
        add(sentences, new TrialWords(model.results()).stepsNote());
        if (experiment.finished() < experiment.planned()) {
            sentences.add(experiment.finished() + " of " + experiment.planned()
                    + " trials are finished; the others are not included");
        }
        int failed = model.failed().size();
        if (failed > 0) {
            sentences.add(count(failed, "trial failed and is", "trials failed and are") + " not included");
        }
        sentences.addAll(model.run().missing().stream().limit(NAMES).toList());
        return sentences;
    }

    private static void add(List<String> sentences, String sentence) {
        if (!sentence.isEmpty()) {
            sentences.add(sentence);
        }
    }

    /** Lists the names of classifiers for a sentence; of many, only the first few. */
    public static String names(List<Entrant> entrants) {
        return listed(entrants.stream().map(Entrant::name).toList());
    }

    /** Lists names for a sentence; of many, only the first few. */
    public static String listed(List<String> names) {
        boolean all = names.size() <= NAMES;
        List<String> shown =
                names.stream().limit(all ? NAMES : NAMES - 1).collect(Collectors.toCollection(ArrayList::new));
        if (!all) {
            shown.add(names.size() - shown.size() + " more");
        }
        return joined(shown);
    }

    /** Joins texts for a sentence: with commas, and with "and" before the last. */
    static String joined(List<String> parts) {
        int last = parts.size() - 1;
        return last < 1
                ? String.join("", parts)
                : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }

    /** Returns a count with its noun, in the singular for one. */
    public static String count(long value, String one, String many) {
        return Numbers.count(value) + " " + (value == 1 ? one : many);
    }

    /** Returns a sentence with a capital letter at its beginning. */
    public static String capital(String sentence) {
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
    }
}
