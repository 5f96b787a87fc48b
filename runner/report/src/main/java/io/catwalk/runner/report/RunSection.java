package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.report.Block.Fact;
import io.catwalk.runner.report.Block.Facts;
import io.catwalk.runner.report.Block.Group;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.Software;
import io.catwalk.runner.trial.TrialOutcome.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the run was made, what is missing in it, and where its files are. */
record RunSection(ReportModel model) {

    /** Names of what is missing that a terminal or a slide has room for. */
    private static final int BRIEF = 4;

    private static final List<Fact> FILES = List.of(
            new Fact("All numbers", new Cell.Link("results.json", "results.json")),
            new Fact("A row for each trial", new Cell.Link("results.csv", "results.csv")),
            new Fact("This report as text", new Cell.Link("results.md", "results.md")),
            new Fact("Slides", new Cell.Link("slides.pptx", "slides.pptx")),
            new Fact("Charts", new Cell.Link("plots/", "plots/")));

    static Optional<Section> of(ReportModel model) {
        return Optional.of(new RunSection(model).section());
    }

    private RunResults.Summary experiment() {
        return model.results().experiment();
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>();
        blocks.addAll(warnings(
                Medium.TERMINAL_DETAIL,
                "Failed",
                model.failed().stream()
                        .map(trial -> trial.label() + ": " + trial.outcome().error() + ".")
                        .toList()));
        blocks.addAll(warnings(
                Medium.TERMINAL_DETAIL,
                "Not run",
                experiment().notRun().stream().map(title -> title + ".").toList()));
        blocks.addAll(warnings(Medium.TERMINAL_DETAIL, "Not found", model.missing()));
        blocks.add(new Facts(Medium.DETAIL, "", false, facts()));
        blocks.add(new Facts(Medium.ONLY_PAGE, "Files", false, FILES));
        List<String> classes = model.dataset().classes();
        blocks.add(new Group(
                Medium.ONLY_PAGE,
                "class-names",
                Cell.of("The " + Wording.count(classes.size(), "class", "classes")),
                "in the order of the logits",
                false,
                List.of(new Sentences(Medium.ONLY_PAGE, "", Tone.LIST, classes))));
        return new Section(
                "run",
                "The run",
                experiment().finished() + " of " + Wording.count(experiment().planned(), "trial")
                        + " finished in " + Numbers.duration(experiment().seconds())
                        + (model.failed().isEmpty() ? "" : "; " + model.failed().size() + " failed"),
                blocks,
                "results.json, keys experiment, dataset, trials[].error and trials[].provenance; experiment.yaml");
    }

    /** Lists what is missing or wrong: in full where there is room, else the first. */
    static List<Block> warnings(Set<Medium> media, String heading, List<String> sentences) {
        if (sentences.size() <= BRIEF) {
            return List.of(new Sentences(media, heading, Tone.WARNING, sentences));
        }
        List<String> first = new ArrayList<>(sentences.subList(0, BRIEF - 1));
        first.add((heading.isEmpty() ? "" : heading + ": ") + Numbers.count(sentences.size() - first.size())
                + " more, in results.md.");
        Set<Medium> brief =
                media.contains(Medium.SLIDES) ? Medium.of(Medium.TERMINAL, Medium.SLIDES) : Medium.of(Medium.TERMINAL);
        return List.of(
                new Sentences(brief, heading, Tone.WARNING, first),
                new Sentences(Medium.DETAIL, heading, Tone.WARNING, sentences));
    }

    private List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        facts.add(Fact.of("Command", "catwalk " + experiment().command()));
        facts.add(Fact.of("Started", Numbers.moment(experiment().startedAt())));
        facts.add(Fact.of(
                "Trials at once",
                experiment().jobs() + ", " + Wording.count(experiment().threads(), "thread") + " each"));
        facts.add(Fact.of(
                "Seeds", experiment().seeds().stream().map(String::valueOf).collect(Collectors.joining(", "))));
        facts.add(Fact.of("Digest of the images", model.dataset().sha256()));
        each("Software", provenances().map(Provenance::software).map(one -> versions(one) + ", " + one.java()), facts);
        each("Machine", provenances().map(Provenance::machine).map(RunSection::words), facts);
        return facts;
    }

    private Stream<Provenance> provenances() {
        return model.done().stream().map(trial -> trial.trained().provenance()).filter(Objects::nonNull);
    }

    private static void each(String name, Stream<String> values, List<Fact> facts) {
        values.distinct().limit(BRIEF).forEach(value -> facts.add(Fact.of(name, value)));
    }

    /** Names what made a network, but Java. */
    static String versions(Software software) {
        return "Catwalk " + software.catwalk() + ", DJL " + software.djl() + ", PyTorch " + software.pytorch()
                + ", ONNX Runtime " + software.onnxruntime();
    }

    private static String words(Machine machine) {
        return machine.processor() + ", " + Wording.count(machine.cores(), "core") + ", "
                + Numbers.bytes(machine.memoryBytes()) + "; " + machine.os() + ", " + machine.architecture();
    }
}
