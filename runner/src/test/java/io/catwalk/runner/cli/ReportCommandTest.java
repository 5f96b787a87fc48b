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

/** Reports that are written again from a run folder. */
final class ReportCommandTest {

    @TempDir
    private static Path world;

    @TempDir
    private Path folder;

    private static String plugins = "";
    private Path run;

    @BeforeAll
    static void train() throws IOException {
        plugins = Files.createDirectory(world.resolve("plugins")).toString();
        TestPlugin.sound("dense").write(Path.of(plugins, "dense.jar"));
        Catwalk.Answer answer = Catwalk.run(
                "train",
                "dense",
                "--plugins-dir",
                plugins,
                "--dataset",
                TinyImages.write(world.resolve("tiny")).toString(),
                "--out",
                world.resolve("run").toString(),
                "--epochs=1",
                "--batch-size=16",
                "--threads=1",
                "--in-process",
                "--no-latency");
        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
    }

    @BeforeEach
    void copy() throws IOException {
        run = ExportedRun.copy(world.resolve("run"), folder.resolve("run"));
    }

    @Test
    void aCardSaysHowTheFileWasWrittenLast() throws IOException {
        Path card = run.resolve("trials/dense/1-0/card.md");
        assertThat(card).content().contains("opset 17");

        assertThat(Catwalk.run("export", run.toString(), "--plugins-dir", plugins, "--opset", "15")
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
        assertThat(Catwalk.run("report", run.toString()).exitCode()).isEqualTo(ExitCode.DONE);

        assertThat(card).content().contains("opset 15").doesNotContain("opset 17");
    }

    @Test
    void chartsOfAnEarlierReportGoAndPicturesOfTheUserStay() throws IOException {
        Path stale = Files.writeString(run.resolve("plots/learning-accuracy-gone.svg"), "<svg/>");
        Files.writeString(run.resolve("plots/files.txt"), stale.getFileName() + "\n", StandardOpenOption.APPEND);
        Path mine = Files.writeString(run.resolve("plots/my.png"), "mine");

        Catwalk.Answer answer = Catwalk.run("report", run.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(stale).doesNotExist();
        assertThat(mine).hasContent("mine");
        assertThat(run.resolve("plots/learning-accuracy-dense.svg")).isNotEmptyFile();
    }

    @Test
    void aBadTemplateIsRefusedBeforeAnythingIsWritten() throws IOException {
        byte[] slides = Files.readAllBytes(run.resolve("slides.pptx"));
        Files.delete(run.resolve("report.html"));
        Path template = Files.writeString(folder.resolve("template.pptx"), "none");

        Catwalk.Answer answer = Catwalk.run("report", run.toString(), "--template", template.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err()).contains("--template: expected a PowerPoint file (.pptx, .potx)");
        assertThat(run.resolve("report.html")).doesNotExist();
        assertThat(run.resolve("slides.pptx")).hasBinaryContent(slides);
    }

    @Test
    void theAppendixIsAddedToTheSlides() throws IOException {
        long without = Files.size(run.resolve("slides.pptx"));

        Catwalk.Answer answer = Catwalk.run("report", run.toString(), "--appendix");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(Files.size(run.resolve("slides.pptx"))).isGreaterThan(without);
    }

    @Test
    void aRunWithoutPredictionsSaysWhatIsMissing() throws IOException {
        Files.delete(run.resolve("trials/dense/1-0/predictions.csv"));

        Catwalk.Answer answer = Catwalk.run("report", run.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(run.resolve("report.html")).content().contains("dense has no predictions");
    }

    /** The request keeps the whole paths, since resume needs them. */
    @Test
    void whatIsPassedOnHoldsNoPathsOfTheMachine() throws IOException {
        RunFolder folders = RunFolder.open(run);
        assertThat(folders.readExperiment().command()).contains(world + "/tiny");
        assertThat(folders.readExperiment().dataset().name()).isEqualTo(world + "/tiny");

        assertThat(Catwalk.run("report", run.toString(), "--appendix").exitCode())
                .isEqualTo(ExitCode.DONE);
        assertThat(passedOn()).contains("--dataset tiny").doesNotContain(world.toString(), folder.toString());

        folders.record(List.of(new TrialOutcome.Failed(
                folders.recorded().trials().get(0).trial(), "cannot read " + world + "/secret/a.bin: no")));
        assertThat(Catwalk.run("report", run.toString(), "--appendix").exitCode())
                .isEqualTo(ExitCode.DONE);
        assertThat(passedOn()).contains("cannot read a.bin: no").doesNotContain(world.toString(), folder.toString());
    }

    /** Returns the text of all results and reports, and of what is packed in them. */
    private String passedOn() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String file :
                List.of("results.json", "results.csv", "results.md", "report.html", "trials/dense/1-0/card.md")) {
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
    void aDamagedListOfDuplicatesIsNotShownAndSaid() throws IOException {
        Path list = Files.createDirectory(run.resolve("audit")).resolve("duplicates.csv");
        Files.writeString(list, "test_image,train_image\n1,one\n");

        Catwalk.Answer answer = Catwalk.run("report", run.toString());

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(run.resolve("report.html"))
                .content()
                .contains("The duplicates that catwalk audit found are not shown")
                .contains("write it again with catwalk audit");
    }

    /** The test works on the run until both say that they wait. */
    @Test
    void ofTwoAtOnceOneWaitsForTheOther() throws Exception {
        String waits = "waiting for the other process that works on " + run + ": this process works on it";
        StringWriter one = new StringWriter();
        StringWriter other = new StringWriter();
        FutureTask<Integer> first = report(one);
        FutureTask<Integer> second = report(other);
        try (RunLock lock = new RunFolder(run).lock(RunLock.Purpose.WRITE)) {
            assertThat(lock.run().path()).isEqualTo(run);
            new Thread(first, "first").start();
            new Thread(second, "second").start();
            await(one, waits);
            await(other, waits);
        }
        assertThat(first.get(1, TimeUnit.MINUTES)).as("%s", one).isEqualTo(ExitCode.DONE);
        assertThat(second.get(1, TimeUnit.MINUTES)).as("%s", other).isEqualTo(ExitCode.DONE);
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
