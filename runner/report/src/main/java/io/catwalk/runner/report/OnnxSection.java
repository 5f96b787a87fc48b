package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.Block.Sentences;
import io.catwalk.runner.report.Block.Tone;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.trial.ParityResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the ONNX files answer like the networks that were tested. */
record OnnxSection(List<ClassifierReport> checked) {

    static Optional<Section> of(ReportModel model) {
        OnnxSection section = new OnnxSection(model.trained().stream()
                .filter(one -> !one.parities().isEmpty())
                .toList());
        return section.checked.isEmpty()
                ? Optional.empty()
                : Optional.of(new Section(
                        "onnx", "ONNX files", section.title(), section.blocks(), "results.json, key trials[].parity"));
    }

    /** Returns the worst cross-check among a classifier's trials; null if nothing was exported. */
    static @Nullable ParityResult worst(ClassifierReport one) {
        return one.parities().stream()
                .min(Comparator.comparing(ParityResult::agrees)
                        .thenComparing(parity -> parity.maxAbs() == null ? -Double.MAX_VALUE : -parity.maxAbs()))
                .orElse(null);
    }

    private String title() {
        List<ParityResult> all =
                checked.stream().flatMap(one -> one.parities().stream()).toList();
        long agreeing = all.stream().filter(ParityResult::agrees).count();
        if (agreeing == all.size()) {
            long flips = all.stream().mapToLong(ParityResult::flips).sum();
            return (all.size() == 1
                            ? "The ONNX file answers like its network: "
                            : Wording.capital(Wording.all(all.size())) + " ONNX files answer like their networks: ")
                    + (flips == 0 ? "no label flips" : Wording.count(flips, "label flips", "labels flip"))
                    + ", and no logit differs by more than "
                    + Numbers.atMost(all.stream()
                            .map(ParityResult::maxAbs)
                            .filter(Objects::nonNull)
                            .max(Comparator.naturalOrder())
                            .orElse(null));
        }
        long without = all.stream().filter(parity -> !parity.exported()).count();
        long disagreeing = all.size() - without - agreeing;
        long files = all.size() - without;
        return (files == 0
                        ? "No network has an ONNX file"
                        : agreeing + " of " + Wording.count(files, "ONNX file")
                                + (agreeing == 1 ? " answers like its network" : " answer like their networks"))
                + (disagreeing == 0 ? "" : "; " + disagreeing + (disagreeing == 1 ? " disagrees" : " disagree"))
                + (without == 0 ? "" : "; " + Wording.count(without, "network has", "networks have") + " no ONNX file");
    }

    private List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        List<String> problems = checked.stream()
                .map(OnnxSection::problem)
                .flatMap(Optional::stream)
                .toList();
        blocks.addAll(RunSection.warnings(Medium.ALL, "", problems));
        int configurations = checked.stream()
                .flatMap(one -> one.parities().stream())
                .mapToInt(ParityResult::configurations)
                .max()
                .orElse(0);
        blocks.add(new TableBuilder<>(Medium.ALL, checked)
                .text("Classifier", StandingsSection::name)
                .text("Agrees", one -> agrees(known(one)))
                .number(
                        "Label flips",
                        Unit.COUNT,
                        one -> known(one).maxAbs() == null ? null : known(one).flips())
                .number("Largest difference", Unit.SCIENTIFIC, one -> known(one).maxAbs())
                .in(Medium.WRITTEN)
                .number("Mean difference", Unit.SCIENTIFIC, one -> known(one).meanAbs())
                .number("Tolerance", Unit.SCIENTIFIC, one -> known(one).tolerance())
                .number("Images", Unit.COUNT, one -> known(one).images())
                .table("onnx-table", "ONNX files, compared with their networks", ""));
        blocks.add(Sentences.of(
                Medium.WRITTEN,
                Tone.NOTE,
                "ONNX Runtime ran each file on the test images in up to " + configurations
                        + " configurations (optimization levels, threads, batch sizes).",
                "Numbers are those of the worst configuration of the worst trial."));
        return blocks;
    }

    /** Says why a file cannot be trusted, or is missing; empty if it agrees. */
    static Optional<String> problem(ClassifierReport one) {
        ParityResult worst = worst(one);
        if (worst == null || worst.agrees()) {
            return Optional.empty();
        }
        String file = "The ONNX file of " + one.name();
        if (worst.missing() == null) {
            return Optional.of(file + " does not answer like its network: "
                    + (worst.maxAbs() == null
                            ? worst.worst()
                            : Wording.count(worst.flips(), "label flips", "labels flip") + " in "
                                    + Numbers.count(worst.images()) + " images, and logits differ by up to "
                                    + Numbers.scientific(worst.maxAbs()))
                    + ".");
        }
        String what = switch (worst.missing()) {
            case NO_FORM -> one.name() + " has no ONNX form: ";
            case UNWRITTEN -> file + " could not be written: ";
            case ANOTHER_NETWORK -> file + " was refused: ";
        };
        return Optional.of(what + worst.worst() + ".");
    }

    private static ParityResult known(ClassifierReport one) {
        return Objects.requireNonNull(worst(one));
    }

    static Cell agrees(ParityResult parity) {
        return parity.agrees()
                ? new Cell.Mark("✓", "yes", true)
                : new Cell.Mark("✗", parity.exported() ? "no" : "no file", false);
    }
}
