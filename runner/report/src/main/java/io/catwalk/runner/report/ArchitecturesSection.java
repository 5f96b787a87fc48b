package io.catwalk.runner.report;

import io.catwalk.onnx.OnnxFileException;
import io.catwalk.runner.Numbers;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.report.Block.Drawing;
import io.catwalk.runner.report.Table.TableBuilder;
import io.catwalk.runner.report.drawing.ArchitectureDrawing;
import io.catwalk.runner.trial.Efficiency;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How large the networks are, and how they are built. */
record ArchitecturesSection(List<ClassifierReport> networks) {

    static final String MACS = "MACs, millions";

    private static final int DRAWN = 3;

    static Optional<Section> of(ReportModel model) {
        // Of a table of predictions, no network is known.
        List<ClassifierReport> networks = model.entrants().stream()
                .filter(one ->
                        one.request().given() == null || one.request().given().kind() == GivenModel.Kind.ONNX)
                .toList();
        return networks.isEmpty() ? Optional.empty() : Optional.of(new ArchitecturesSection(networks).section());
    }

    private Section section() {
        List<Block> blocks = new ArrayList<>();
        TableBuilder<ClassifierReport> table = StandingsSection.classifiers(Medium.WRITTEN, networks);
        if (networks.stream().anyMatch(one -> !one.request().hyperparameters().isEmpty())) {
            table.words("Hyperparameters", one -> {
                String settings = Wording.settings(one.request().hyperparameters());
                return settings.isEmpty() ? Numbers.NONE : settings;
            });
        }
        blocks.add(table.bar("Parameters", one -> Cell.of(one.cost(Efficiency::parameters), Unit.COUNT))
                .number(MACS, Unit.TIMES, ArchitecturesSection::millions)
                .number("ONNX file", Unit.BYTES, one -> one.cost(Efficiency::onnxBytes))
                .table(
                        "architectures-table",
                        "Hyperparameters and sizes",
                        "MACs are multiplications with additions for one image, counted on the ONNX graph."));
        if (networks.size() <= DRAWN) {
            networks.forEach(one -> drawing(Medium.ONLY_SLIDES, one.name(), one).ifPresent(blocks::add));
        }
        return new Section(
                "architectures",
                "Architectures",
                title(),
                blocks,
                "results.json, keys trials[].hyperparameters, efficiency.parameters, efficiency.multiply_accumulates and"
                        + " efficiency.onnx_bytes; the graphs of trials/*/*/*.onnx");
    }

    private String title() {
        List<ClassifierReport> known = networks.stream()
                .filter(one -> one.cost(Efficiency::parameters) != null)
                .toList();
        if (known.isEmpty()) {
            return networks.size() == 1
                    ? "The network was not trained"
                    : "None of the " + networks.size() + " networks was trained";
        }
        Comparator<ClassifierReport> bySize = Comparator.comparingLong(ArchitecturesSection::parameters);
        ClassifierReport smallest = known.stream().min(bySize).orElseThrow();
        ClassifierReport largest = known.stream().max(bySize).orElseThrow();
        String parameters = Numbers.count(parameters(largest)) + " parameters";
        if (known.size() == 1) {
            return largest.name() + " has " + parameters;
        }
        return parameters(smallest) == parameters(largest)
                ? "All networks have " + parameters
                : "The networks have " + Numbers.count(parameters(smallest)) + " (" + smallest.name() + ") to "
                        + parameters + " (" + largest.name() + ")";
    }

    private static long parameters(ClassifierReport one) {
        return Objects.requireNonNull(one.cost(Efficiency::parameters));
    }

    static @Nullable Number millions(ClassifierReport one) {
        return one.cost(costs -> costs.multiplyAccumulates() == null ? null : costs.multiplyAccumulates() / 1e6);
    }

    /** Draws a network from its ONNX file; nothing if there is no readable file. */
    static Optional<Block> drawing(Set<Medium> media, String heading, ClassifierReport one) {
        Path onnx = one.onnx();
        if (onnx == null) {
            return Optional.empty();
        }
        try {
            ArchitectureDrawing drawing = ArchitectureDrawing.of(one.name(), onnx);
            return Optional.of(new Drawing(media, heading, drawing.description(), drawing.picture()));
        } catch (IOException | IllegalArgumentException | OnnxFileException e) {
            return Optional.empty();
        }
    }
}
