package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class AuditCommandTest {

    private static final int HEADER = 16;
    private static final int LENGTH = 64;

    @TempDir
    private Path folder;

    private Path images;
    private Path out;

    /** Puts training image 5 among the test images as number 3, under another label. */
    @BeforeEach
    void plant() throws IOException {
        images = TinyImages.write(folder.resolve("planted"));
        out = folder.resolve("out");
        byte[] train = Files.readAllBytes(images.resolve("train-images-idx3-ubyte"));
        Path file = images.resolve("t10k-images-idx3-ubyte");
        byte[] test = Files.readAllBytes(file);
        System.arraycopy(train, HEADER + 5 * LENGTH, test, HEADER + 3 * LENGTH, LENGTH);
        Files.write(file, test);
    }

    private Path copyOfRun() throws IOException {
        return ExportedRun.get().copyTo(folder.resolve("run"));
    }

    @Test
    void aDataSetIsAuditedAlone() {
        Catwalk.Answer answer = Catwalk.run("audit", "--dataset", images.toString(), "--out", out.toString());

        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines())
                .startsWith(
                        "planted: 120 training and 40 test images of 8x8 pixels, gray",
                        "",
                        "8 gray levels apart at most  pairs  same pixels  other label  test images",
                        "a test and a training image      1            1            1            1",
                        "two test images                  0            0            0            0",
                        "",
                        "The distance of two images is the root mean square difference of their pixels,")
                .noneMatch(line -> line.contains("models") || line.contains("accuracy"))
                .filteredOn(line -> !line.contains(folder.toString()))
                .allMatch(line -> line.length() <= 80);
        assertThat(out).isDirectoryContaining("glob:**duplicates.png");
        assertThat(out.resolve("duplicates.csv")).content().contains("\n3,5,0.0000,false,0,0,3,5,3,5,,\n");
        assertThat(out.resolve("wrong-for-all.csv")).doesNotExist();
    }

    @Test
    void jsonOfADataSetHasNoModels() {
        Catwalk.Answer answer = Catwalk.run(
                "audit", "--dataset", images.toString(), "--out", out.toString(), "--json", "--limit-train", "60");

        JsonNode audit = Json.JSON.readTree(answer.out());
        assertThat(audit.path("train").asInt()).isEqualTo(60);
        assertThat(audit.path("distance").asDouble()).isEqualTo(8);
        assertThat(audit.path("within_test").path("pairs").asInt(-1)).isZero();
        assertThat(audit.path("models").isEmpty()).isTrue();
        assertThat(audit.path("wrong_for_all").isNull()).isTrue();
        assertThat(audit.path("files")).hasSize(2);
    }

    @Test
    void aRunIsAuditedIntoItsOwnFolder() throws IOException {
        Path run = copyOfRun();

        Catwalk.Answer answer = Catwalk.run("audit", run.toString());

        assertThat(answer.err()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(answer.out().lines())
                .anyMatch(line -> line.startsWith("accuracy") && line.endsWith("images"))
                .anyMatch(line -> line.startsWith("mixed seed 1 ") && line.endsWith(" 40"))
                .anyMatch(line -> line.matches("No model is right on \\d+ of the 40 test images \\(.* %\\)\\."))
                .filteredOn(line -> !line.contains(folder.toString()))
                .allMatch(line -> line.length() <= 80);
        assertThat(run.resolve("audit/wrong-for-all.csv")).content().startsWith("image,label,mixed seed 1,");
        // A run folder is replaced only if all files in it are known to belong to a run.
        RunFolder.claim(run, RunFolder.Existing.REPLACE).close();
        assertThat(run).isDirectoryNotContaining("glob:**/audit");
    }

    /** Makes the predictions of one network wrong on the first two images, those of the others on the second. */
    @Test
    void jsonOfARunCountsWhatTheStoredPredictionsSay() throws IOException {
        Path run = copyOfRun();
        List<String> names =
                List.of(ExportedRun.GOOD, ExportedRun.UNKNOWN, ExportedRun.BY_BATCH, ExportedRun.TWO_FACED);
        for (String name : names) {
            Path file = run.resolve("trials/" + name + "/1-0/predictions.csv");
            String before = digest(file);
            answers(file, name.equals(ExportedRun.GOOD) ? 2 : 1);
            Path journal = run.resolve("journal.jsonl");
            Files.writeString(journal, Files.readString(journal).replace(before, digest(file)));
        }

        JsonNode audit = Json.JSON.readTree(
                Catwalk.run("audit", run.toString(), "--json").out());

        assertThat(audit.path("models")).hasSize(4);
        JsonNode good = audit.path("models").path(0);
        assertThat(good.path("model").asString()).isEqualTo("mixed seed 1");
        assertThat(good.path("all").path("right").asInt()).isEqualTo(38);
        assertThat(good.path("all").path("share").asDouble()).isEqualTo(0.95);
        assertThat(good.path("without_duplicates").path("images").asInt()).isEqualTo(40);
        assertThat(audit.path("models").path(1).path("all").path("right").asInt())
                .isEqualTo(39);
        assertThat(audit.path("wrong_for_all")).hasSize(1);
        assertThat(audit.path("wrong_for_all").path(0).asInt()).isEqualTo(1);
    }

    /** Returns the digest that the journal records for a file. */
    private static String digest(Path file) throws IOException {
        return "\"bytes\":" + Files.size(file) + ",\"sha256\":\"" + Sha256.of(file) + "\"";
    }

    /** Writes predictions that are correct except for image 1 and, if two are to be wrong, image 0. */
    private static void answers(Path file, int wrong) throws IOException {
        List<String> lines = new ArrayList<>(
                List.of(Files.readString(file).lines().findFirst().orElseThrow()));
        for (int image = 0; image < TinyImages.TEST; image++) {
            int label = image % 10;
            String[] logits = new String[10];
            Arrays.fill(logits, "0.0");
            logits[image == 1 || (image == 0 && wrong == 2) ? 9 : label] = "1.0";
            lines.add(image + "," + label + "," + String.join(",", logits) + "," + image + ",");
        }
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --distance -1       | --distance must be from 0 (the same pixels) to 255 gray levels, but is -1.0
                    --distance 256      | --distance must be from 0 (the same pixels) to 255 gray levels, but is 256.0
                    --distance far      | Invalid value for option '--distance': 'far' is not a double (see catwalk audit --help)
                    --limit-test -1     | --limit-test must be 0 (all) or above, but is -1
                    --image-size big    | Image size: expected WIDTHxHEIGHT in pixels, found 'big'; try 32x32
                    """)
    void anOptionOutOfItsRangeIsNamed(String options, String message) {
        List<String> command = new ArrayList<>(List.of("audit", "--dataset", images.toString()));
        command.addAll(List.of(options.split(" ", -1)));

        assertThat(refusal(command.toArray(String[]::new))).isEqualTo(message);
    }

    @Test
    void aFolderThatIsNoRunIsNamed() {
        assertThat(refusal("audit", images.toString()))
                .isEqualTo("expected a run folder with an experiment.yaml, but " + images + " has none");
        assertThat(refusal("audit", folder.resolve("no").toString())).endsWith("does not exist");
    }

    @Test
    void aRunHasItsOwnImages() throws IOException {
        Path run = copyOfRun();

        assertThat(refusal("audit", run.toString(), "--limit-test", "5"))
                .startsWith(
                        "--dataset, --image-size, --fit, --limit-train and --limit-test are for an audit without a run");
    }

    @Test
    void aRunWithoutFinishedTrialsIsRefused() throws IOException {
        Path run = copyOfRun();
        Path journal = run.resolve("journal.jsonl");
        Files.writeString(journal, Files.readString(journal).lines().findFirst().orElseThrow() + "\n");

        assertThat(refusal("audit", run.toString()))
                .isEqualTo("expected a run with networks that were tested on the test images, but " + run
                        + " has none: audit the data set alone, or wait for the first");
    }

    @Test
    void missingPredictionsAreNamed() throws IOException {
        Path run = copyOfRun();
        Path trial = run.resolve("trials/mixed/1-0");
        Files.delete(trial.resolve("predictions.csv"));

        assertThat(refusal("audit", run.toString()))
                .isEqualTo("expected the files of mixed seed 1 as its training left them, but " + trial
                        + "/predictions.csv is missing: make it again with catwalk resume");
    }

    @Test
    void predictionsOfAnotherNetworkAreRefused() throws IOException {
        Path run = copyOfRun();
        Path trial = run.resolve("trials/mixed/1-0");
        Files.copy(
                run.resolve("trials/by-batch/1-0/predictions.csv"),
                trial.resolve("predictions.csv"),
                StandardCopyOption.REPLACE_EXISTING);

        assertThat(refusal("audit", run.toString()))
                .startsWith("expected the files of mixed seed 1 as its training left them, but " + trial
                        + "/predictions.csv has ");
    }

    @Test
    void imagesThatChangedSinceTheRunAreRefused() throws IOException {
        Path run = copyOfRun();
        Path request = run.resolve("experiment.yaml");
        Files.writeString(
                request,
                Files.readString(request).replace(ExportedRun.get().images().toString(), images.toString()));

        assertThat(refusal("audit", run.toString()))
                .startsWith("expected predictions for the 40 test images of planted in ")
                .endsWith(": the images have changed since the run");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(refusal("audit", "--dataset", images.toString(), "--out", file.toString()))
                .startsWith("--out must be a folder that can be made and written, but " + file + " cannot (");
    }

    private static String refusal(String... command) {
        Catwalk.Answer answer = Catwalk.run(command);
        assertThat(answer.err()).startsWith("catwalk: ").hasLineCount(1);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        return answer.err().strip().substring("catwalk: ".length());
    }
}
