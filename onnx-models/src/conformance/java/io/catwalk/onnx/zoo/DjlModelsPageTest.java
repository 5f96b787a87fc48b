package io.catwalk.onnx.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.zoo.Network.Feed;
import io.catwalk.onnx.zoo.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/reference/djl-models.md against what comes of DJL's own networks and layers; with {@code -Dcatwalk.docs=write},
 * it writes the page instead. A difference may be of the next order of magnitude, as another processor gives it.
 */
class DjlModelsPageTest {

    private static final Path PAGE = Path.of("../docs/reference/djl-models.md");

    /** The networks that take more than a second. */
    private static final Set<String> LARGE = Set.of(
            "AlexNet", "VGG", "NiN", "GoogLeNet", "ResNetV1 18", "ResNetV1 50", "MobileNetV2", "YOLOV3", "DarkNet");

    private static final Map<String, String> NOTES = Map.ofEntries(
            Map.entry(
                    "BertBlock",
                    "squeezes all axes of one element, so that a batch of one loses its batch: `atLeast(2)`"),
            Map.entry("BertPretraining", "as `BertBlock`"),
            Map.entry("Bert masked", "as `BertBlock`"),
            Map.entry("Bert classifier", "as `BertBlock`"),
            Map.entry(
                    "GhostBatchNorm",
                    "throws where a batch does not fall into equal parts: `atMost` the size of a part"),
            Map.entry("TabNet", "as `GhostBatchNorm`, whose part is 128 here"),
            Map.entry("encoder decoder", "has no forward for predictions: export encoder and decoder"),
            Map.entry("TransformerEncoder masked", "takes no mask: use `ScaledDotProductAttentionBlock`"),
            Map.entry("Prelu", "the PyTorch engine has none: `NDArrays.where`, or `leakyRelu`"),
            Map.entry("Conv1dTranspose", "the PyTorch engine has none: repeat or `interpolation`, then `Conv1d`"),
            Map.entry("Conv2dTranspose", "the PyTorch engine has none: repeat or `interpolation`, then `Conv2d`"),
            Map.entry(
                    "LSTM both ways",
                    "passes biases in another order than PyTorch's: `optHasBiases(false)`, or one each way"));

    private static List<Network> networks(Predicate<Network> chosen) {
        return Stream.<Family>of(new DjlZoo(), new DjlBlocks())
                .flatMap(family -> family.networks().stream())
                .filter(chosen)
                .toList();
    }

    @Test
    void thePageSaysWhatComesOfSmallNetworks() throws IOException {
        assertThePageSays(network -> !LARGE.contains(network.name()));
    }

    @Tag("long")
    @Test
    void thePageSaysWhatComesOfLargeNetworks() throws IOException {
        assertThePageSays(network -> LARGE.contains(network.name()));
    }

    @Test
    void thePageHasARowForEachNetwork() throws IOException {
        List<String> named = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("`", -1)[1])
                .toList();
        assertThat(named)
                .containsExactlyElementsOf(
                        networks(network -> true).stream().map(Network::name).toList());
    }

    private static void assertThePageSays(Predicate<Network> chosen) throws IOException {
        List<String> page = Files.readAllLines(PAGE);
        if ("write".equals(System.getProperty("catwalk.docs"))) {
            write(page);
            return;
        }
        for (Network network : networks(chosen)) {
            String row = row(network);
            String known = page.stream()
                    .filter(line -> line.startsWith("| `" + network.name() + "` "))
                    .findFirst()
                    .orElse("");
            assertThat(withoutDifference(row)).isEqualTo(withoutDifference(known));
            assertThat(Math.abs(magnitude(row) - magnitude(known))).as(row).isLessThanOrEqualTo(1);
        }
    }

    private static void write(List<String> page) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : page) {
            if (line.startsWith("| `") || line.startsWith("|---")) {
                continue;
            }
            text.append(line).append('\n');
            if (line.equals("| block | inputs | exports | nodes | difference | why, and what helps |")) {
                text.append("|---|---|---|--:|--:|---|\n");
                Family family = text.indexOf("\n## Layers") < 0 ? new DjlZoo() : new DjlBlocks();
                family.networks().forEach(network -> text.append(row(network)).append('\n'));
            }
        }
        Files.writeString(PAGE, text);
    }

    private static String row(Network network) {
        Verdict verdict = Judge.judge(network);
        String note = NOTES.getOrDefault(network.name(), "");
        boolean agrees = verdict.outcome() == Outcome.AGREES;
        assertThat(note.isEmpty()).as(verdict.outcome() + " " + verdict.why()).isEqualTo(agrees);
        boolean file = agrees || verdict.outcome() == Outcome.AGREES_AS_ADVISED;
        return "| `%s` | %s | %s | %s | %s | %s |"
                .formatted(
                        network.name(),
                        network.feeds().stream().map(DjlModelsPageTest::shape).collect(Collectors.joining(", ")),
                        switch (verdict.outcome()) {
                            case AGREES -> "yes";
                            case AGREES_AS_ADVISED -> "within bounds";
                            case REFUSED -> "no";
                            case CANNOT_RUN -> "DJL does not run it";
                            default -> throw new AssertionError(network + ": " + verdict);
                        },
                        file ? verdict.nodes() : "",
                        !file ? "" : verdict.difference() == 0 ? "0" : "1e" + magnitude(verdict.difference()),
                        note);
    }

    private static String shape(Feed feed) {
        return "(" + feed.sample().stream().map(String::valueOf).collect(Collectors.joining(" x ")) + ")";
    }

    private static long magnitude(double difference) {
        return (long) Math.floor(Math.log10(difference));
    }

    private static List<String> withoutDifference(String row) {
        List<String> cells = new ArrayList<>(List.of(row.split("\\|", -1)));
        cells.set(Math.min(5, cells.size() - 1), "");
        return cells;
    }

    /** The order of magnitude in a row; none, and 0, are as good as the smallest. */
    private static long magnitude(String row) {
        String cell = row.split("\\|", -1)[5].strip();
        return cell.startsWith("1e") ? Math.max(-8, Long.parseLong(cell.substring(2))) : -8;
    }
}
