package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.Json;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * These few test images tell nothing, so that the least gain decides: one that any ensemble has, or none. What is refused
 * is in cases/onnx-files.txt.
 */
final class EnsembleCommandTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void train() throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("dense").write(plugins.resolve("dense.jar"));
        TinyImages.write(folder.resolve("tiny"));
        String how = " --epochs=2 --batch-size=8 --threads=1 --in-process --no-latency";
        Catwalk.ask(
                        "compare dense --seeds 3 --out=%s/run --dataset=%s/tiny --plugins-dir=%s" + how,
                        folder,
                        folder,
                        plugins)
                .done();
    }

    @Test
    void theFileAnswersWithTheMeanOfItsMembers() throws IOException {
        for (int seed = 1; seed <= 3; seed++) {
            Path member = folder.resolve("run/trials/dense/" + seed + "-0/model.onnx");
            SortedMap<String, String> entries =
                    new TreeMap<>(OnnxMetadata.read(member).entries());
            entries.put(MetadataKeys.LICENSE, "license of " + seed);
            new OnnxMetadata(entries).write(member);
            Path outcome = member.resolveSibling("trial.json");
            JsonNode trial = Catwalk.json(outcome);
            for (JsonNode file : trial.get("files")) {
                if (file.get("file").asString().equals("model.onnx")) {
                    ((ObjectNode) file).put("bytes", Files.size(member)).put("sha256", Sha256.of(member));
                }
            }
            Files.writeString(outcome, Json.JSON.writeValueAsString(trial));
        }

        JsonNode json = Catwalk.ask("ensemble %s/run --json --members 3 --min-gain -100", folder)
                .done()
                .json();

        Catwalk.requireJson(json, "/decision=ship", "/candidates=3");
        Path file = folder.resolve("run/ensemble.onnx");
        int[] labels = new int[TinyImages.TEST];
        double[] mean = new double[10 * TinyImages.TEST];
        List<String> members = new ArrayList<>();
        List<String> licenses = new ArrayList<>();
        for (var member : json.path("members").properties()) {
            members.add(member.getValue().asInt() + " " + member.getKey());
            String seed = member.getKey().replaceAll(".*?(\\d+).*", "$1");
            licenses.add("license of " + seed);
            Predictions own = Predictions.read(folder.resolve("run/trials/dense/" + seed + "-0/predictions.csv"));
            for (int i = 0; i < labels.length; i++) {
                labels[i] = own.labels()[i];
                for (int c = 0; c < 10; c++) {
                    mean[10 * i + c] += member.getValue().asInt() * own.probabilities(i)[c];
                }
            }
        }
        assertThat(members).hasSizeBetween(1, 3);
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            int best = 0;
            for (int c = 1; c < 10; c++) {
                best = mean[10 * i + c] > mean[10 * i + best] ? c : best;
            }
            right += best == labels[i] ? 1 : 0;
        }
        assertThat(json.path("accuracy").asDouble()).isCloseTo((double) right / labels.length, within(1e-12));
        OnnxMetadata metadata = OnnxMetadata.read(file);
        assertThat(metadata.get("ensemble.members")).contains(String.join("\n", members));
        assertThat(metadata.get("parity.flips")).contains("0");
        assertThat(metadata.get(MetadataKeys.LICENSE)).contains(String.join(" AND ", licenses));
        assertThat(metadata.get("provenance.seed")).isEmpty();
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            assertThat(predictor.logits(new float[64], 1)).hasSize(10);
        }
        Catwalk.ask("verify %s --dataset %s/tiny", file, folder).done();
    }

    /** It answers as this network does, whatever the test images are, and a loss that is allowed is not reached. */
    @Test
    void anEnsembleOfOneNetworkIsNoGainAndNothingIsUnknown() {
        String one = "ensemble %s/run --members 1 --force --out %s/one.onnx --min-gain ";
        Catwalk.Answer answer = Catwalk.ask(one + "0", folder, folder).exits(ExitCode.SOME_FAILED);
        JsonNode json = Catwalk.ask(one + "-1 --json", folder, folder).done().json();

        assertThat(answer.joined())
                .contains("one.rejected.onnx: ", "answers as its only member does", "ship the best member")
                .doesNotContain("too few", "interval");
        Catwalk.requireJson(
                json, "/decision=ship", "/gained_interval/low=0.0", "/gained_interval/high=0.0", "/mcnemar_p=1.0");
        assertThat(json.path("verdict").asString()).contains("only member");
    }

    @Test
    void aRunThatHoldsAnEnsembleCanBeReplaced() throws IOException {
        Files.writeString(folder.resolve("run/ensemble.onnx"), "an earlier one");
        Catwalk.Answer answer = Catwalk.ask("ensemble %s/run --members 2 --min-gain 100 --force", folder)
                .exits(ExitCode.SOME_FAILED);
        assertThat(answer.joined()).contains("ship the best member");
        assertThat(folder.resolve("run/ensemble.rejected.onnx")).exists();
        assertThat(folder.resolve("run/ensemble.onnx")).doesNotExist();

        String how = " --plugins-dir=%s/plugins --out=%s/run --force --epochs 1 --in-process --no-latency --seeds 3";
        Catwalk.ask("compare dense --dataset=%s/tiny" + how + " --batch-size=8 --threads=1", folder, folder, folder)
                .done();
        assertThat(folder.resolve("run")).isDirectoryNotContaining("glob:**/ensemble*");
    }
}
