package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.evaluation.Predictions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class VerifyCommandTest {

    @TempDir
    private Path folder;

    private ExportedRun world;
    private String images = "";
    private String accuracy = "";

    @BeforeEach
    void find() throws IOException {
        world = ExportedRun.get();
        images = world.images().toString();
        double share = trial().at("/metrics/test/accuracy").asDouble();
        accuracy = String.format(Locale.ROOT, "accuracy %.2f %% on 40 images of tiny, ", share * 100);
    }

    private JsonNode trial() throws IOException {
        return Catwalk.json(world.trial(ExportedRun.GOOD).resolve("trial.json"));
    }

    private Path withEntry(String key, String value) throws IOException {
        Path file = Files.copy(world.model(), folder.resolve("model.onnx"));
        OnnxMetadata.read(file).with(key, value).write(file);
        return file;
    }

    private Catwalk.Answer verify(Path file) {
        return Catwalk.ask("verify %s --dataset %s", file, images);
    }

    private void requireSaid(Path file, int exitCode, String said) {
        assertThat(verify(file).exits(exitCode).joined().strip()).isEqualTo(file + ": " + accuracy + said);
    }

    @Test
    void whatAFileSaysIsHeldAgainstWhatItScores() throws IOException {
        requireSaid(world.model(), ExitCode.DONE, "as the file says");
        Path file = withEntry("metrics.test.accuracy", "0.999");
        requireSaid(file, ExitCode.CROSS_CHECK_FAILED, "but the file says 99.90 %");
        OnnxMetadata.read(file)
                .with("provenance.dataset_sha256", "0".repeat(64))
                .write(file);
        requireSaid(file, ExitCode.DONE, "the file says 99.90 % on others");
    }

    @Test
    void aFileThatNormalizesPixelsItselfScoresTheSame() {
        String export = "export %s --out %s --embed-preprocessing --plugins-dir %s";
        Catwalk.ask(export, world.trial(ExportedRun.GOOD), folder, world.plugins())
                .done();

        requireSaid(folder.resolve(ExportedRun.GOOD + ".onnx"), ExitCode.DONE, "as the file says");
    }

    @Test
    void probabilitiesOfAnotherProgramAreScoredByTheirLogarithms() throws IOException {
        ModelProto.Builder model = ModelFile.read(world.model()).whole().toBuilder();
        model.getGraphBuilder()
                .addNode(NodeProto.newBuilder()
                        .setOpType("Exp")
                        .addInput("logits")
                        .addOutput("powers"))
                .addNode(NodeProto.newBuilder()
                        .setOpType("ReduceSum")
                        .addInput("powers")
                        .addInput("classes")
                        .addOutput("sum"))
                .addInitializer(Protos.longs("classes", 1))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Div")
                        .addInput("powers")
                        .addInput("sum")
                        .addOutput("scores"))
                .getOutputBuilder(0)
                .setName("scores");
        Path file = Files.write(folder.resolve("softmax.onnx"), model.build().toByteArray());

        JsonNode verified = Catwalk.ask("verify %s --dataset %s --json", file, images)
                .done()
                .json();

        assertThat(verified.at("/metrics/log_loss").asDouble())
                .isCloseTo(trial().at("/metrics/test/log_loss").asDouble(), within(1e-5));
    }

    /** A limited run evaluates on some of the test images, and a fold on some of the training images. */
    @ParameterizedTest
    @CsvSource({"compare, --limit-test 20, 1-0, 20", "crossval, --folds 3 --limit-train 90, 1-1, 30"})
    void theImagesThatARunWasJudgedOnAreFound(String command, String options, String trial, int evaluated)
            throws IOException {
        Path run = folder.resolve("run");
        String typed = " mixed --plugins-dir %s --dataset %s --out %s --epochs 1 --batch-size 16 --threads 1 "
                + "--in-process --no-latency ";
        Catwalk.ask(command + typed + options, world.plugins(), images, run).done();
        Path file = run.resolve("trials/mixed").resolve(trial).resolve("model.onnx");

        assertThat(verify(file).joined().strip())
                .startsWith(file + ": accuracy ")
                .endsWith(" % on " + evaluated + " images of tiny, as the file says");
        OnnxMetadata.read(file).with("metrics.test.accuracy", "0.0123").write(file);
        verify(file).exits(ExitCode.CROSS_CHECK_FAILED);
        if (command.equals("compare")) {
            OnnxMetadata.read(file).with("provenance.limit_test", "21").write(file);
            assertThat(verify(file).joined().strip())
                    .contains(" % on 40 images of tiny, the file says ")
                    .endsWith(" % on others");
        }
    }

    @Test
    void jsonHoldsTheMetricsAndTheVerdict() throws IOException {
        JsonNode json = Catwalk.ask("verify %s --dataset %s --json", world.model(), images)
                .json();
        assertThat(json.propertyNames()).containsExactly("dataset", "stated_accuracy", "agrees", "metrics");
        assertThat(json.path("agrees").asBoolean()).isTrue();
        assertThat(json.at("/metrics/accuracy")).isEqualTo(trial().at("/metrics/test/accuracy"));
    }

    @Test
    void showPrintsWhatTheFileSaysOfItself() {
        assertThat(Catwalk.ask("verify %s --show", world.model()).done().out())
                .contains("classifier: mixed", "parity.flips: 0", "preprocessing.size: 8x8", "provenance.seed: 1");
        JsonNode json = Catwalk.ask("verify %s --show --json", world.model()).json();
        assertThat(json.path("parity.images").asString()).isEqualTo("40");
        assertThat(json.path("labels").asString().lines()).hasSize(10);
    }

    private Path photos() throws IOException {
        Path photos = folder.resolve("photos");
        for (int i = 0; i < 40; i++) {
            BufferedImage small =
                    ImageIO.read(world.picture(i, folder.resolve("small.png")).toFile());
            BufferedImage large = new BufferedImage(24, 16, BufferedImage.TYPE_BYTE_GRAY);
            for (int at = 0; at < 24 * 16; at++) {
                int x = at % 24 - 4;
                boolean beside = x < 0 || x >= 16;
                int gray = beside ? 255 : small.getRaster().getSample(x / 2, at / 24 / 2, 0);
                large.getRaster().setSample(at % 24, at / 24, 0, gray);
            }
            Path place = Files.createDirectories(photos.resolve("" + i % 10));
            ImageIO.write(large, "png", place.resolve(i + ".png").toFile());
        }
        return photos;
    }

    private Path table(Path photos) throws IOException {
        StringBuilder table = new StringBuilder("path,label,split\n");
        for (int i = 0; i < 40; i++) {
            table.append("%d/%d.png,%d,test\n".formatted(i % 10, i, i % 10));
        }
        for (int i = 0; i < 10; i++) {
            Files.copy(photos.resolve("%d/%d.png".formatted(i, i)), photos.resolve(i + ".png"));
            table.append("%d.png,%d,train\n".formatted(i, i));
        }
        return Files.writeString(folder.resolve("labels.csv"), table);
    }

    @Test
    void theImagesOfAFolderAreReadAsTheOptionsSay() throws IOException {
        Path photos = photos();
        Path file = Files.copy(world.model(), folder.resolve("bare.onnx"));
        Files.createFile(photos.resolve("3/empty.png"));
        Path table = table(photos);
        String said = accuracy.replace("accuracy ", "the file says ").replaceAll(" on .*", " on others");
        String asked = "verify %s --dataset %s ";

        assertThat(Catwalk.ask(asked + "--fit crop --labels %s", file, photos, table)
                        .done()
                        .joined()
                        .strip())
                .isEqualTo(file + ": " + accuracy.replace("tiny", "photos") + said);
        String half = asked + "--fit crop --test-share 0.5";
        assertThat(Catwalk.ask(half + " --skip-unreadable", file, photos).done().joined())
                .contains(" on 20 images of photos, ");
        Catwalk.ask(half, file, photos).refused("empty.png");
        Catwalk.ask(asked + "--skip-unreadable", file, photos).refused("1x8x8", "1x16x24", "--image-size 8x8");
    }

    private Catwalk.Answer against(Path file, String trial, String more) {
        String command = "verify %s --against %s --plugins-dir %s " + more;
        return Catwalk.ask(command, file, world.trial(trial), world.plugins());
    }

    @Test
    void theFileAgreesWithItsOwnTrialAlsoOnOtherImages() throws IOException {
        String other = "--dataset " + photos() + " --image-size 8x8 --test-share 0.5";
        assertThat(against(world.model(), ExportedRun.GOOD, "").joined()).contains(": agrees: 0 flips in 40 images, ");
        assertThat(against(world.model(), ExportedRun.GOOD, other).done().joined())
                .contains(": agrees: 0 flips in 20 images, ");
    }

    @Test
    void againstAnotherTrialTheFileDisagrees() {
        Catwalk.Answer answer =
                against(world.model(), ExportedRun.BY_BATCH, "--json").exits(ExitCode.CROSS_CHECK_FAILED);

        JsonNode parity = answer.json();
        assertThat(parity.path("agrees").asBoolean(true)).isFalse();
        assertThat(parity.path("max_abs").asDouble()).isGreaterThan(1e-4);
    }

    /** The bias of the last layer, one number per class, begins with 1000 (in little-endian) instead. */
    @Test
    void aChangedWeightIsFoundAndAToleranceTurnsFlipsIntoNearTies() throws IOException {
        ByteString thousand = ByteString.copyFrom(new byte[] {0, 0, 0x7a, 0x44});
        Path file = world.changed(
                folder.resolve("model.onnx"),
                model -> model.getGraphBuilder().getInitializerBuilderList().stream()
                        .filter(tensor -> tensor.getDimsCount() == 1 && tensor.getDims(0) == 10)
                        .forEach(tensor -> tensor.setRawData(
                                thousand.concat(tensor.getRawData().substring(4)))));

        Catwalk.Answer found = against(file, ExportedRun.GOOD, "").exits(ExitCode.CROSS_CHECK_FAILED);
        Catwalk.Answer text = against(file, ExportedRun.GOOD, "--abs 1001").done();
        Catwalk.Answer json =
                against(file, ExportedRun.GOOD, "--abs 1000.5 --rel 1 --json").done();

        assertThat(found.joined())
                .containsPattern(": DISAGREES: \\d+ flips in 40 images, largest difference 1\\.0e\\+03")
                .contains("it begins at ", "Gemm (", "called at Linear.java:", "1 of 10 numbers differ, most at (0): ");
        assertThat(text.joined())
                .contains(": agrees: 0 flips in 40 images, largest difference 1.0e+03")
                .containsPattern("; \\d+ near ties, within the tolerance: image \\d+: 0 instead of [1-9], by ");
        JsonNode parity = json.json();
        assertThat(parity.path("tolerance").asDouble()).isEqualTo(1000.5);
        assertThat(parity.path("relative").asDouble()).isEqualTo(1);
        assertThat(parity.path("near_ties"))
                .isNotEmpty()
                .allSatisfy(tie -> assertThat(tie.path("candidate").asInt(-1)).isZero());
    }

    @Test
    void theFitOfTheFileIsTakenUnlessAnotherIsTyped() throws IOException {
        Path photos = photos();
        Path table = table(photos);
        Path file = withEntry("preprocessing.fit", "crop");
        String asked = "verify %s --dataset %s --labels %s".formatted(file, photos, table);

        float[] cropped = logits(asked);

        float[] expected = logits("verify %s --dataset %s".formatted(world.model(), images));
        assertThat(cropped).containsExactly(expected, within(1e-4f));
        assertThat(logits(asked + " --image-size 8x8")).containsExactly(cropped);
        assertThat(logits(asked + " --fit crop")).containsExactly(cropped);
        assertThat(logits(asked + " --fit stretch")[0]).isNotEqualTo(cropped[0]);
    }

    /** Returns the answers of the file in ascending order, since the images of two data sets have different orders. */
    private float[] logits(String command) throws IOException {
        Path answers = folder.resolve("answers.csv");
        Catwalk.ask(command + " --predictions %s", answers).done();
        float[] logits = Predictions.read(answers).logits();
        Arrays.sort(logits);
        return logits;
    }
}
