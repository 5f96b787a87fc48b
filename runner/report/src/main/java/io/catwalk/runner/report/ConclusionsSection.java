package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Overfitting;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.trial.ParityResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the run supports, and what it does not. */
record ConclusionsSection(ReportModel model) {

    static Optional<Section> of(ReportModel model) {
        ConclusionsSection section = new ConclusionsSection(model);
        return Optional.of(new Section(
                "conclusions",
                "Conclusions",
                section.title(),
                List.of(
                        new Sentences(Medium.SEEN, "Conclusions", Tone.LIST, section.conclusions()),
                        new Sentences(Medium.SEEN, "Limits", Tone.LIST, section.limits())),
                "results.json, keys comparison, trials[].efficiency, trials[].parity, trials[].error"));
    }

    private String title() {
        List<ClassifierReport> trained = model.trained();
        if (trained.isEmpty()) {
            return model.failed().isEmpty() ? "No trial has finished yet" : "No trial has a trained network";
        }
        if (trained.size() == 1) {
            return trained.get(0).name() + " was tested, but not compared with another classifier";
        }
        if (!model.tested()) {
            return "Which classifier is best was not tested";
        }
        List<ClassifierReport> choices = model.choices();
        return choices.size() == 1
                ? "By accuracy, this run supports one choice: " + choices.get(0).name()
                        + (model.baselinesAbove().isEmpty() ? "" : ", which is not clearly better than a baseline")
                : "By accuracy, this run leaves " + choices.size() + " of " + trained.size()
                        + " classifiers to choose from: " + Wording.classifiers(choices);
    }

    private List<String> conclusions() {
        List<String> sentences = new ArrayList<>(List.of(model.baselinesAbove()));
        fastest().ifPresent(sentences::add);
        List<ClassifierReport> strong = model.learned().stream()
                .filter(one -> one.gap().verdict() == Overfitting.Verdict.STRONG)
                .toList();
        if (!strong.isEmpty()) {
            sentences.add(Wording.classifiers(strong) + (strong.size() == 1 ? " overfits" : " overfit")
                    + " strongly: the gap between training and validation accuracy is above 5 points.");
        }
        List<ParityResult> files = model.trained().stream()
                .flatMap(one -> one.parities().stream())
                .filter(ParityResult::exported)
                .toList();
        long agreeing = files.stream().filter(ParityResult::agrees).count();
        if (files.size() == 1) {
            sentences.add("The ONNX file " + (agreeing == 1 ? "answers" : "does not answer") + " like its network.");
        } else if (!files.isEmpty()) {
            sentences.add((agreeing == files.size() ? "All " : agreeing + " of ") + files.size()
                    + " ONNX files answer like their networks.");
        }
        return sentences;
    }

    private Optional<String> fastest() {
        List<ClassifierReport> timed = model.comparedByLatency();
        if (timed.size() < 2) {
            return Optional.empty();
        }
        ClassifierReport best = model.trained().get(0);
        ClassifierReport fastest = timed.get(0);
        return Optional.of(fastest.name() + " is " + (fastest.equals(best) ? "also " : "") + "the fastest"
                + model.ofThoseTimed() + ": "
                + Cell.of(fastest.latency()).text() + " for one image"
                + (fastest.equals(best)
                        ? "."
                        : ", at "
                                + Numbers.points(fastest.stands().accuracy()
                                        - best.stands().accuracy()) + " points of accuracy."));
    }

    private List<String> limits() {
        List<String> sentences = new ArrayList<>(List.of(model.limits()));
        if (model.results().tuning() != null) {
            sentences.add("The winner's score is optimistically biased: it was selected as the best of all.");
        }
        if (!model.differingSettings().isEmpty()) {
            sentences.add("The recipes differ: a difference in accuracy may come from the recipe.");
        }
        sentences.add("The results hold for " + model.dataset().name()
                + (model.timed().isEmpty() ? "." : ", the latencies for this machine."));
        int failed = model.failed().size();
        if (failed > 0) {
            sentences.add(
                    Wording.count(failed, "trial") + " failed and " + (failed == 1 ? "is" : "are") + " not included.");
        }
        return sentences;
    }
}
