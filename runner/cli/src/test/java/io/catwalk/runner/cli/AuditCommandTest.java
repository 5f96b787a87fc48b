package io.catwalk.runner.cli;

import static io.catwalk.runner.cli.Catwalk.requireJson;
import static org.assertj.core.api.Assertions.assertThat;

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
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class AuditCommandTest {

    private static final int HEADER = 16;
    private static final int LENGTH = 64;

    @TempDir
    private Path folder;

    private Path images;
    private Path out;
    private Path run;
    private Path trial;

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
        run = ExportedRun.get().copyTo(folder.resolve("run"));
        trial = run.resolve("trials/mixed/1-0");
    }

    private void requireNarrow(Catwalk.Answer answer) {
        assertThat(answer.done().err()).isEmpty();
        assertThat(answer.out().lines())
                .filteredOn(line -> !line.contains(folder.toString()))
                .allMatch(line -> line.length() <= 80);
    }

    @Test
    void aDataSetIsAuditedAlone() {
        Catwalk.Answer answer = Catwalk.ask("audit --dataset %s --out %s", images, out);

        requireNarrow(answer);
        assertThat(answer.out())
                .contains("planted: 120 ", " 40 ", "8x8", "gray")
                .containsPattern("(?m)^a test and a training image( +1){4}$")
                .containsPattern("(?m)^two test images( +0){4}$")
                .doesNotContain("models", "accuracy");
        assertThat(out).isDirectoryContaining("glob:**duplicates.png");
        assertThat(out.resolve("duplicates.csv")).content().contains("\n3,5,0.0000,false,0,0,3,5,3,5,,\n");
        assertThat(out.resolve("wrong-for-all.csv")).doesNotExist();

        JsonNode audit = Catwalk.ask(
                        "audit --dataset %s --out %s --json --limit-train 60", images, folder.resolve("json"))
                .json();
        requireJson(audit, "/train=60", "/distance=8.0", "/within_test/pairs=0", "/models=[]", "/wrong_for_all=null");
        assertThat(audit.path("files")).hasSize(2);
    }

    @Test
    void aRunIsAuditedIntoItsOwnFolder() throws IOException {
        Catwalk.Answer answer = Catwalk.ask("audit %s", run);

        requireNarrow(answer);
        assertThat(answer.out())
                .containsPattern("(?m)^mixed seed 1 .* 40$")
                .containsPattern("\\d+ of the 40 test images \\(.* %\\)");
        assertThat(run.resolve("audit/wrong-for-all.csv")).content().startsWith("image,label,mixed seed 1,");
        // A run folder is replaced only if all files in it are known to belong to a run.
        RunFolder.claim(run, RunFolder.Existing.REPLACE).close();
        assertThat(run).isDirectoryNotContaining("glob:**/audit");
    }

    /** Makes the predictions of one network wrong on the first two images, those of the others on the second. */
    @Test
    void jsonOfARunCountsWhatTheStoredPredictionsSay() throws IOException {
        for (String name : List.of("mixed", "unknown-operation", "by-batch", "two-faced")) {
            Path file = run.resolve("trials/" + name + "/1-0/predictions.csv");
            String before = digest(file);
            answers(file, name.equals("mixed") ? 2 : 1);
            Path journal = run.resolve("journal.jsonl");
            Files.writeString(journal, Files.readString(journal).replace(before, digest(file)));
        }

        JsonNode audit = Catwalk.ask("audit %s --json", run).json();

        assertThat(audit.path("models")).hasSize(4);
        JsonNode good = audit.at("/models/0");
        requireJson(good, "/model=mixed seed 1", "/all/right=38", "/all/share=0.95", "/without_duplicates/images=40");
        requireJson(audit, "/models/1/all/right=39", "/wrong_for_all=[1]");
    }

    private static String digest(Path file) throws IOException {
        return "\"bytes\":" + Files.size(file) + ",\"sha256\":\"" + Sha256.of(file) + "\"";
    }

    /** Writes predictions that are correct except for image 1 and, if two are to be wrong, image 0. */
    private static void answers(Path file, int wrong) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file).subList(0, 1));
        for (int image = 0; image < TinyImages.TEST; image++) {
            int label = image % 10;
            String[] logits = new String[10];
            Arrays.fill(logits, "0.0");
            logits[image == 1 || (image == 0 && wrong == 2) ? 9 : label] = "1.0";
            lines.add(image + "," + label + "," + String.join(",", logits) + "," + image + ",");
        }
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    @Test
    void predictionsThatAreMissingOrOfAnotherNetworkAndARunWithoutAnyAreNamed() throws IOException {
        Path file = trial.resolve("predictions.csv");
        Path other = run.resolve("trials/by-batch/1-0/predictions.csv");

        Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
        Catwalk.ask("audit %s", run).refused("mixed seed 1", file + " has ");
        Files.delete(file);
        Catwalk.ask("audit %s", run).refused("mixed seed 1", file + " is missing", "catwalk resume");

        Path journal = run.resolve("journal.jsonl");
        Files.write(journal, Files.readAllLines(journal).subList(0, 1));
        Catwalk.ask("audit %s", run).refused("expected a run with networks that were tested", run + " has none");
    }

    @Test
    void imagesThatChangedSinceTheRunAreRefused() throws IOException {
        Path request = run.resolve("experiment.yaml");
        String trained = ExportedRun.get().images().toString();
        Files.writeString(request, Files.readString(request).replace(trained, images.toString()));

        Catwalk.ask("audit %s", run)
                .refused("40 test images of planted", "the images have changed since the run", "catwalk resume");
    }
}
