package io.catwalk.runner.report.slides;

import io.catwalk.runner.experiment.Comparison;
import io.catwalk.runner.experiment.Comparison.Standing;
import io.catwalk.runner.experiment.Comparison.Verdict;
import io.catwalk.runner.experiment.Results;
import io.catwalk.runner.report.RunReport.Model;
import io.catwalk.runner.trial.Latency;
import io.catwalk.runner.trial.Machine;
import io.catwalk.runner.trial.Provenance;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.TrialOutcome.Done;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ends: what follows from the numbers, what is missing, and where they come from. */
final class Closing {

    private static final int REASONS = 10;

    private Closing() {}

    static void tell(Story story, Deck deck) {
        conclusion(story, deck);
        missing(story, deck);
        provenance(story, deck);
    }

    private static void conclusion(Story story, Deck deck) {
        List<String> sentences = conclusions(story);
        Page page = deck.page(
                "Conclusion",
                story.ranked().isEmpty()
                        ? "No conclusion: no trial has a trained network"
                        : "What these numbers allow to say");
        page.text(Area.BODY.top(280), Style.BULLETS.withSize(17), sentences);
        Area box = Area.BODY.below(296);
        page.panel(box, Look.PALE);
        page.text(
                new Area(box.x() + 16, box.y() + 12, box.width() - 32, box.height() - 20),
                Style.BODY.withSize(14),
                limits(story));
        page.notes(
                "Each sentence follows from the numbers of this run; none is written by hand.",
                "Source: results.json, keys comparison.headline, comparison.verdicts, comparison.limits,"
                        + " trials[].metrics, trials[].efficiency, trials[].parity, trials[].overfitting.");
    }

    /** Says what follows from the numbers, the most important first. */
    static List<String> conclusions(Story story) {
        List<String> sentences = new ArrayList<>();
        if (story.ranked().isEmpty()) {
            sentences.add("None of " + Words.count(story.results().experiment().planned(), "trial", "trials")
                    + " has a trained network: there is nothing to choose from.");
            return sentences;
        }
        Comparison comparison = story.results().comparison();
        Entrant best = story.ranked().get(0);
        if (comparison != null) {
            sentences.add(comparison.headline());
        } else {
            sentences.add(Words.name(best.name())
                    + (story.ranked().size() == 1 ? " gets " : " has the highest accuracy so far, ")
                    + Words.percent(best.accuracy()) + " %"
                    + (story.ranked().size() == 1
                            ? " of the images right."
                            : "; whether it is better was not tested."));
        }
        fastest(story, comparison, sentences);
        front(comparison, sentences);
        List<String> strong = story.ranked().stream()
                .filter(entrant -> Learning.verdict(entrant).equals("strong"))
                .map(Entrant::name)
                .toList();
        if (!strong.isEmpty()) {
            sentences.add(Words.list(strong, 4) + (strong.size() == 1 ? " overfits" : " overfit")
                    + " strongly: training accuracy is more than 5 points above validation accuracy.");
        }
        if (story.ranked().stream().anyMatch(entrant -> !entrant.parities().isEmpty())) {
            sentences.add(OnnxFiles.sentence(story) + ".");
        }
        int failed = story.results().failed().size();
        if (failed > 0) {
            sentences.add(Words.count(failed, "trial", "trials") + " of "
                    + story.results().trials().size() + " failed, so that the answer is of the rest only.");
        }
        return sentences;
    }

    /** Names the fastest, and the fastest of those that no test finds worse than the most accurate. */
    private static void fastest(Story story, @Nullable Comparison comparison, List<String> sentences) {
        List<Entrant> timed = story.ranked().stream()
                .filter(entrant -> latency(entrant) != null)
                .sorted(Comparator.comparingDouble(
                        entrant -> Objects.requireNonNull(latency(entrant)).p50Micros()))
                .toList();
        if (timed.size() < 2) {
            return;
        }
        Entrant best = story.ranked().get(0);
        Entrant fastest = timed.get(0);
        String time = Accuracy.micros(Objects.requireNonNull(latency(fastest)).p50Micros());
        if (fastest.equals(best)) {
            sentences.add("It is also the fastest: " + time + " for an image.");
            return;
        }
        sentences.add(Words.name(fastest.name()) + " is the fastest, " + time + " for an image, at "
                + Words.percent(fastest.accuracy()) + " % accuracy ("
                + Words.points(accuracy(fastest) - accuracy(best)) + " points).");
        if (comparison == null) {
            return;
        }
        List<Entrant> equals = timed.stream()
                .filter(entrant -> !entrant.equals(best) && isNotWorse(comparison, best.name(), entrant.name()))
                .toList();
        Latency ofBest = latency(best);
        if (!equals.isEmpty() && ofBest != null && !equals.get(0).equals(fastest)) {
            Latency own = Objects.requireNonNull(latency(equals.get(0)));
            if (own.p50Micros() < ofBest.p50Micros()) {
                sentences.add("No test tells " + Words.name(equals.get(0).name()) + " from " + Words.name(best.name())
                        + ", and it takes " + Accuracy.micros(own.p50Micros()) + " instead of "
                        + Accuracy.micros(ofBest.p50Micros()) + ".");
            }
        }
    }

    private static boolean isNotWorse(Comparison comparison, String best, String other) {
        return comparison.verdicts().stream()
                .filter(verdict -> isAbout(verdict, best) && isAbout(verdict, other))
                .anyMatch(verdict -> switch (verdict.outcome()) {
                    case EQUIVALENT, UNDECIDED -> true;
                    case BETTER, WORSE -> false;
                });
    }

    private static boolean isAbout(Verdict verdict, String contestant) {
        return verdict.first().equals(contestant) || verdict.second().equals(contestant);
    }

    private static double accuracy(Entrant entrant) {
        return Objects.requireNonNull(entrant.accuracy());
    }

    private static @Nullable Latency latency(Entrant entrant) {
        return entrant.onnxruntime() != null ? entrant.onnxruntime() : entrant.pytorch();
    }

    private static void front(@Nullable Comparison comparison, List<String> sentences) {
        if (comparison == null || comparison.standings().size() < 2) {
            return;
        }
        List<String> onFront = comparison.standings().stream()
                .filter(standing -> Boolean.TRUE.equals(standing.onFront()))
                .map(Standing::contestant)
                .toList();
        List<String> off = comparison.standings().stream()
                .filter(standing -> Boolean.FALSE.equals(standing.onFront()))
                .map(Standing::contestant)
                .toList();
        if (!onFront.isEmpty() && !off.isEmpty()) {
            sentences.add(
                    "In accuracy, latency and size together, " + Words.list(off, 5) + (off.size() == 1 ? " is" : " are")
                            + " beaten; the choice is among " + Words.list(onFront, 5) + ".");
        }
    }

    private static List<String> limits(Story story) {
        List<String> limits = new ArrayList<>();
        Comparison comparison = story.results().comparison();
        if (comparison != null) {
            limits.add("Limits: " + comparison.limits());
        } else if (story.results().experiment().seeds().size() == 1) {
            limits.add("Limits: one seed each; another seed may turn the order.");
        }
        limits.add("Judged on " + story.datasetName() + " alone; latency holds for this machine.");
        return limits;
    }

    private static void missing(Story story, Deck deck) {
        Results.Summary experiment = story.results().experiment();
        List<String> lines = new ArrayList<>();
        if (experiment.finished() < experiment.planned()) {
            lines.add(experiment.planned() - experiment.finished() + " of " + experiment.planned()
                    + " trials are not finished"
                    + (experiment.notRun().isEmpty() ? "." : ": " + Words.list(experiment.notRun(), 8) + "."));
        }
        List<Model> failed =
                story.report().models().stream().filter(model -> !model.done()).toList();
        Story.first(failed, REASONS)
                .forEach(model -> lines.add(Words.name(model.label()) + " failed: "
                        + Words.brief(String.valueOf(model.outcome().error()), 160)));
        if (failed.size() > REASONS) {
            lines.add("And " + (failed.size() - REASONS) + " more failed; results.json has their reasons.");
        }
        story.entrants().stream()
                .filter(entrant -> !entrant.done().isEmpty() && entrant.accuracy() == null)
                .forEach(entrant ->
                        lines.add(Words.name(entrant.name()) + " has a network, but no accuracy that is a number."));
        Story.first(story.report().missing(), REASONS).forEach(sentence -> lines.add(Words.brief(sentence, 200)));
        if (lines.isEmpty()) {
            return;
        }
        Page page = deck.page("What is missing", "These slides would show more if the run had it");
        page.text(Area.BODY, Style.BULLETS.withSize(14), lines);
        page.notes(
                "Source: results.json, keys experiment.planned, finished and not_run, trials[].error; the files of the"
                        + " run folder that were looked for.");
    }

    private static void provenance(Story story, Deck deck) {
        Results.Summary experiment = story.results().experiment();
        List<List<Table.Cell>> rows = new ArrayList<>();
        row(rows, "Command", "catwalk " + experiment.command());
        row(rows, "Started", experiment.startedAt() + ", took " + Words.seconds(experiment.seconds()));
        row(
                rows,
                "Trials",
                experiment.finished() + " of " + experiment.planned() + " finished, "
                        + story.results().failed().size()
                        + " failed; " + experiment.jobs() + " at once, "
                        + Words.count(experiment.threads(), "thread", "threads") + " each; seeds "
                        + Words.list(
                                experiment.seeds().stream().map(String::valueOf).toList(), 8));
        row(
                rows,
                "Data set",
                story.dataset().name() + ", SHA-256 " + story.dataset().sha256());
        List<Provenance> all =
                story.results().done().stream().map(Done::provenance).toList();
        Set<Software> software = new LinkedHashSet<>();
        Set<Machine> machines = new LinkedHashSet<>();
        Set<String> splits = new LinkedHashSet<>();
        all.forEach(one -> {
            software.add(one.software());
            machines.add(one.machine());
            splits.add(one.splitSha256());
        });
        if (!splits.isEmpty()) {
            row(
                    rows,
                    "Split",
                    splits.size() == 1 ? "SHA-256 " + splits.iterator().next() : splits.size() + " splits");
        }
        software.stream().limit(2).forEach(one -> {
            row(
                    rows,
                    "Software",
                    "Catwalk " + one.catwalk() + ", DJL " + one.djl() + ", PyTorch " + one.pytorch() + ", ONNX Runtime "
                            + one.onnxruntime());
            row(rows, "Java", one.java());
        });
        machines.stream()
                .limit(2)
                .forEach(one -> row(
                        rows,
                        "Machine",
                        one.processor() + ", " + one.architecture() + ", " + one.cores() + " cores, "
                                + Words.fixed(one.memoryBytes() / 1073741824.0, 1) + " GiB, " + one.os()));
        Page page = deck.page("Provenance", "Everything that made these numbers is on record");
        page.table(
                Area.BODY,
                Table.of(List.of(Table.Column.text("What", 1), Table.Column.text("", 6)), rows),
                "Table of what the run was made by and with.");
        page.text(
                Area.BODY.below(346),
                Style.NOTE,
                "The same experiment.yaml on the same machine with the same plugins gives the same numbers again.");
        page.notes(
                "Command: catwalk " + experiment.command(),
                "Source: results.json, keys experiment, dataset and trials[].provenance; experiment.yaml has the request"
                        + " in full.");
    }

    private static void row(List<List<Table.Cell>> rows, String what, String value) {
        rows.add(List.of(Table.Cell.bold(what), Table.Cell.of(value)));
    }
}
