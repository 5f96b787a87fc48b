package io.catwalk.runner.report.slides;

import io.catwalk.runner.trial.ParityResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Tells whether the ONNX files answer like the networks that were judged. */
final class OnnxFiles {

    private static final int ROWS = 11;

    private OnnxFiles() {}

    static void tell(Story story, Deck deck) {
        List<Entrant> checked = story.ranked().stream()
                .filter(entrant -> !entrant.parities().isEmpty())
                .toList();
        if (checked.isEmpty()) {
            return;
        }
        List<List<Table.Cell>> rows = new ArrayList<>();
        for (Entrant entrant : checked) {
            ParityResult parity = worst(entrant);
            rows.add(List.of(
                    Table.Cell.bold(entrant.name()),
                    Table.Cell.on(parity.agrees() ? Differences.BETTER : Differences.WORSE, parity.verdict()),
                    Table.Cell.of(Words.count(parity.images())),
                    Table.Cell.of(parity.maxAbs() == null ? Words.NONE : Words.count(parity.flips())),
                    Table.Cell.of(Words.scientific(parity.maxAbs())),
                    Table.Cell.of(Words.scientific(parity.meanAbs())),
                    Table.Cell.of(Words.scientific(parity.p999Abs())),
                    Table.Cell.of(Words.scientific(parity.tolerance())),
                    Table.Cell.of(Words.count(parity.configurations())),
                    Table.Cell.of(parity.worst())));
        }
        Table table = Table.of(
                        List.of(
                                Table.Column.text("Classifier", 1.5),
                                Table.Column.text("File", 1),
                                Table.Column.number("Images", 0.8),
                                Table.Column.number("Flips", 0.7),
                                Table.Column.number("Largest", 0.85),
                                Table.Column.number("Mean", 0.85),
                                Table.Column.number("99.9 %", 0.85),
                                Table.Column.number("Allowed", 0.85),
                                Table.Column.number("Ways run", 0.85),
                                Table.Column.text("Worst way", 2.1)),
                        rows)
                .withSize(11, 24);
        List<String> sentences = Story.first(checked, Story.MOST_IN_BARS).stream()
                .map(entrant ->
                        Words.name(entrant.name()) + " " + worst(entrant).sentence() + ".")
                .toList();
        String alternative = "Table of how far each ONNX file differs from its network.";
        for (Page page : deck.pages("ONNX files", sentence(story), table, ROWS, alternative)) {
            page.text(
                    Area.BODY.below(322),
                    Style.NOTE,
                    "Each file was run by ONNX Runtime in several ways (optimization levels, threads, batch sizes) on the"
                            + " test images, and its logits compared with those of the network on PyTorch. The numbers are"
                            + " those of the worst way, and of the worst of several trials.");
            page.notes(
                    "What is shipped is the file: this says whether it answers like what was judged.",
                    String.join(" ", sentences),
                    "Source: results.json, key trials[].parity.");
        }
    }

    /** Returns the cross-check of a classifier's trials that went worst. */
    private static ParityResult worst(Entrant entrant) {
        return entrant.parities().stream()
                .min(Comparator.comparing(ParityResult::agrees)
                        .thenComparing(parity -> parity.maxAbs() == null ? -Double.MAX_VALUE : -parity.maxAbs()))
                .orElseThrow();
    }

    /** Says of all files at once whether they agree. */
    static String sentence(Story story) {
        List<ParityResult> all = story.ranked().stream()
                .flatMap(entrant -> entrant.parities().stream())
                .toList();
        long agreeing = all.stream().filter(ParityResult::agrees).count();
        if (all.isEmpty()) {
            return "No network was exported, so nothing is known of its ONNX form";
        }
        String largest = Words.scientific(all.stream()
                .map(ParityResult::maxAbs)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null));
        if (agreeing == all.size()) {
            return (all.size() == 1
                            ? "The ONNX file answers like its network"
                            : "All " + all.size() + " ONNX files answer like their networks")
                    + ": no label differs, logits by at most " + largest;
        }
        return agreeing + " of "
                + Words.count(all.size(), "ONNX file answers like its network", "ONNX files answer like their networks")
                + others(all);
    }

    private static String others(List<ParityResult> all) {
        long without = all.stream().filter(parity -> !parity.exported()).count();
        long disagreeing = all.stream()
                .filter(parity -> parity.exported() && !parity.agrees())
                .count();
        return (disagreeing == 0 ? "" : "; " + disagreeing + (disagreeing == 1 ? " disagrees" : " disagree"))
                + (without == 0
                        ? ""
                        : "; " + without + (without == 1 ? " network has" : " networks have") + " no ONNX file");
    }
}
