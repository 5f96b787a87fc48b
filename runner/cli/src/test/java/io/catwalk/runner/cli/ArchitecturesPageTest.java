package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The figures of the study's architectures in README and documentation are those of the published run. */
final class ArchitecturesPageTest {

    private static final Path DOCS = Path.of("../../docs");

    @Test
    void theFiguresAreThoseOfTheRun() throws IOException {
        List<String> rows = new ArrayList<>();
        for (JsonNode trial : published()) {
            JsonNode test = trial.at("/metrics/test");
            rows.add(trial.get("classifier").asString()
                    + percent(test, "accuracy")
                    + percent(test, "accuracy_low")
                    + percent(test, "accuracy_high")
                    + percent(trial.at("/metrics/train"), "accuracy"));
        }
        List<String> shown = Files.readAllLines(DOCS.resolve("reference/architectures.md")).stream()
                .filter(line -> line.matches("\\| [a-z0-9-]+ \\|.*[0-9] to [0-9].* \\|"))
                .map(line -> line.replace(" to ", " | ").split(" *\\| *"))
                .map(cells -> String.join(" ", cells[1], cells[3], cells[4], cells[5], cells[6]))
                .toList();

        assertThat(shown).hasSize(7).containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void theTableInTheReadmeIsThatOfTheRun() throws IOException {
        List<String> rows = new ArrayList<>();
        for (JsonNode trial : published()) {
            long seconds = trial.at("/efficiency/training_seconds").asLong(); // durations are cut
            rows.add("%s%s %% %dm%02ds %.0f µs"
                    .formatted(
                            trial.get("classifier").asString(),
                            percent(trial.at("/metrics/test"), "accuracy"),
                            seconds / 60,
                            seconds % 60,
                            trial.at("/efficiency/onnxruntime/p50_micros").asDouble()));
        }
        List<String> shown = Files.readAllLines(DOCS.resolveSibling("README.md")).stream()
                .filter(line -> line.matches("\\| [a-z0-9-]+ \\|.* µs \\|"))
                .map(line -> line.split(" *\\| *"))
                .map(cells -> String.join(" ", cells[1], cells[2], cells[4], cells[5]))
                .toList();

        assertThat(shown).hasSize(4).isSubsetOf(rows);
    }

    private static JsonNode published() {
        return Json.JSON
                .readTree(DOCS.resolve("results/fashion-mnist/results.json").toFile())
                .get("trials");
    }

    private static String percent(JsonNode metrics, String name) {
        return String.format(Locale.ROOT, " %.2f", metrics.get(name).asDouble() * 100);
    }
}
