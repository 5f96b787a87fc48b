package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.experiment.RunLock;
import io.catwalk.runner.plugin.TestPlugin;
import io.catwalk.runner.trial.TrialOutcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportCommandTest {

    @TempDir
    private static Path world;

    @TempDir
    private Path folder;

    private Path run;

    @BeforeAll
    static void makeUp() throws IOException {
        TestPlugin.sound("dense")
                .write(Files.createDirectory(world.resolve("plugins")).resolve("dense.jar"));
        String train = "train dense --plugins-dir %s/plugins --dataset %s --out %s/run --epochs=1 --batch-size=16"
                + " --on made-up: --no-latency";
        Catwalk.ask(train, world, TinyImages.write(world.resolve("tiny")), world)
                .done();
    }

    @BeforeEach
    void copy() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
    }

    private void report(String more) {
        Catwalk.ask("report " + run + " " + more).done();
    }

    @Test
    void chartsOfAnEarlierReportGoAndPicturesOfTheUserStay() throws IOException {
        Path stale = Files.writeString(run.resolve("plots/learning-accuracy-gone.svg"), "<svg/>");
        Files.writeString(run.resolve("plots/files.txt"), stale.getFileName() + "\n", StandardOpenOption.APPEND);
        Path mine = Files.writeString(run.resolve("plots/my.png"), "mine");

        report("");

        assertThat(stale).doesNotExist();
        assertThat(mine).hasContent("mine");
        assertThat(run.resolve("plots/learning-accuracy-dense.svg")).isNotEmptyFile();
    }

    @Test
    void aBadTemplateIsRefusedBeforeAnythingIsWrittenAndAnAppendixAdded() throws IOException {
        Path slides = run.resolve("slides.pptx");
        byte[] before = Files.readAllBytes(slides);
        Files.delete(run.resolve("report.html"));
        Path template = Files.writeString(folder.resolve("template.pptx"), "none");

        Catwalk.ask("report %s --template %s", run, template).refused("--template", ".pptx");

        assertThat(run.resolve("report.html")).doesNotExist();
        assertThat(slides).hasBinaryContent(before);
        report("--appendix");
        assertThat(Files.size(slides)).isGreaterThan(before.length);
    }

    /** The request keeps the whole paths, since resume needs them. */
    @Test
    void whatIsPassedOnHoldsNoPathsOfTheMachine() throws IOException {
        RunFolder folders = RunFolder.open(run);
        assertThat(folders.readExperiment().command()).contains(world + "/tiny");
        assertThat(folders.readExperiment().dataset().name()).isEqualTo(world + "/tiny");

        report("--appendix");
        assertThat(passedOn()).contains("--dataset tiny").doesNotContain(world.toString(), folder.toString());

        folders.record(List.of(new TrialOutcome.Failed(
                folders.recorded().trials().get(0).trial(), "cannot read " + world + "/secret/a.bin: no")));
        report("--appendix");
        assertThat(passedOn()).contains("cannot read a.bin: no").doesNotContain(world.toString(), folder.toString());
    }

    private String passedOn() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String file : List.of("results.json", "results.csv", "results.md", "report.html")) {
            text.append(Files.readString(run.resolve(file)));
        }
        try (ZipFile slides = new ZipFile(run.resolve("slides.pptx").toFile())) {
            for (ZipEntry entry : slides.stream().toList()) {
                text.append(new String(slides.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    @Test
    void aDamagedListOfDuplicatesOrMissingPredictionsAreNotShownAndSaid() throws IOException {
        Path list = Files.createDirectory(run.resolve("audit")).resolve("duplicates.csv");
        Files.writeString(list, "test_image,train_image\n1,one\n");
        Path predictions = run.resolve("trials/dense/1-0/predictions.csv");
        Files.delete(predictions);

        assertThat(Catwalk.ask("report %s", run).done().err()).contains("" + predictions, "catwalk resume " + run);

        assertThat(run.resolve("report.html"))
                .content()
                .contains("duplicates", "write it again with catwalk audit", "dense has no predictions")
                .contains("trials/dense/1-0/predictions.csv is missing")
                .doesNotContain(folder.toString());
    }

    @Test
    void ofTwoAtOnceOneWaitsForTheOther() throws Exception {
        List<StringWriter> said = List.of(new StringWriter(), new StringWriter());
        List<FutureTask<Integer>> reports = said.stream().map(this::report).toList();
        try (RunLock lock = new RunFolder(run).lock(RunLock.Purpose.WRITE)) {
            assertThat(lock.run().path()).isEqualTo(run);
            reports.forEach(one -> new Thread(one, "report").start());
            for (StringWriter err : said) {
                await(err, "waiting for the other process that works on " + run);
            }
        }
        for (FutureTask<Integer> one : reports) {
            assertThat(one.get(1, TimeUnit.MINUTES)).as("%s", said).isEqualTo(ExitCode.DONE);
        }
        assertThat(run).isDirectoryNotContaining("glob:**.part");
    }

    private FutureTask<Integer> report(StringWriter err) {
        PrintWriter out = new PrintWriter(new StringWriter());
        return new FutureTask<>(() -> Main.run(out, new PrintWriter(err), "report", run.toString()));
    }

    private static void await(StringWriter err, String words) throws InterruptedException {
        for (int i = 0; i < 600 && !err.toString().contains(words); i++) {
            Thread.sleep(50); // nobody is notified of a line
        }
        assertThat(err.toString()).contains(words);
    }
}
