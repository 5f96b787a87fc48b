package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runs that were interrupted, ran out of time, or failed, and how they continue. */
final class ResumeCommandTest {

    @TempDir
    private Path folder;

    private Path plugins;
    private Path run;

    @BeforeEach
    void makeImages() throws IOException {
        plugins = Files.createDirectory(folder.resolve("plugins"));
        run = folder.resolve("run");
        TinyImages.write(folder.resolve("tiny"));
    }

    private void plugin(TestPlugin plugin, String name) throws IOException {
        plugin.write(plugins.resolve(name + ".jar"));
    }

    private Catwalk.Answer compare(String... more) {
        return inProcess(request(), more);
    }

    private List<String> request() {
        return List.of(
                "compare",
                "--dataset",
                folder.resolve("tiny").toString(),
                "--out",
                run.toString(),
                "--epochs",
                "2",
                "--batch-size",
                "16",
                "--threads",
                "1");
    }

    private Catwalk.Answer resume(String... more) {
        return inProcess(List.of("resume", run.toString()), more);
    }

    /** Leaves out latencies, which take two processes per trial. */
    private Catwalk.Answer inProcess(List<String> command, String... more) {
        List<String> options = new ArrayList<>(List.of("--in-process", "--no-latency"));
        options.addAll(List.of(more));
        return withPlugins(command, options.toArray(String[]::new));
    }

    private Catwalk.Answer withPlugins(List<String> command, String... more) {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--plugins-dir", plugins.toString()));
        arguments.addAll(List.of(more));
        return Catwalk.run(arguments.toArray(String[]::new));
    }

    private JsonNode results() throws IOException {
        return Json.JSON.readTree(Files.readString(run.resolve("results.json")));
    }

    private String weights(String name) throws IOException {
        return Files.readString(run.resolve("trials/" + name + "/1-0/predictions.csv"));
    }

    @Test
    void onlyTheTrialsOfAnotherJarAreRunAgain() throws IOException {
        plugin(TestPlugin.sound("kept"), "kept");
        plugin(TestPlugin.sound("changed"), "changed");
        assertThat(compare().exitCode()).isEqualTo(ExitCode.DONE);
        String keptBefore = Files.readString(run.resolve("trials/kept/1-0/trial.json"));
        String changedBefore = weights("changed");
        plugin(
                TestPlugin.building(
                        "changed",
                        "return Layers.sequence(Layers.flatten(), Layers.dense(8), Layers.dense(task.classes()));"),
                "changed");

        Catwalk.Answer answer = resume();

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err())
                .contains(
                        "changed: the run was started with another jar; all trials of this classifier use changed.jar")
                .contains("changed seed 1: is run again, since its plugin is another jar now (changed.jar)")
                .contains("1 trial is done already")
                .doesNotContain("kept seed 1: started");
        assertThat(run.resolve("trials/kept/1-0/trial.json")).hasContent(keptBefore);
        assertThat(weights("changed")).isNotEqualTo(changedBefore);
        assertThat(run.resolve("experiment.yaml"))
                .content()
                .contains(
                        "plugin_sha256: " + Sha256.of(plugins.resolve("kept.jar")),
                        "plugin_sha256: " + Sha256.of(plugins.resolve("changed.jar")));
    }

    @Test
    void aRequestOfARunTakesNoOtherJarUnlessItIsToldTo() throws IOException {
        plugin(TestPlugin.sound("one"), "one");
        assertThat(compare().exitCode()).isEqualTo(ExitCode.DONE);
        String before = Sha256.of(plugins.resolve("one.jar"));
        plugin(TestPlugin.building("one", "return Layers.sequence(Layers.flatten(), Layers.dense(10));"), "one");
        Path request = run.resolve("experiment.yaml");
        List<String> again = List.of(
                "compare",
                "--config",
                request.toString(),
                "--out",
                folder.resolve("again").toString());

        Catwalk.Answer refused = inProcess(again);

        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(refused.err())
                .hasLineCount(1)
                .contains(
                        request + ": one: classifiers[0].plugin_sha256: expected the jar " + before
                                + ", but one.jar is " + Sha256.of(plugins.resolve("one.jar")),
                        "delete the key to take this one");
        assertThat(folder.resolve("again")).doesNotExist();

        Files.writeString(request, Files.readString(request).replaceFirst("(?m)^ *plugin_sha256: .*\\R", ""));
        assertThat(inProcess(again).exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void aFinishedTrialThatTheJournalDoesNotKnowYetIsKept() throws IOException {
        plugin(TestPlugin.sound("one"), "one");
        assertThat(compare().exitCode()).isEqualTo(ExitCode.DONE);
        String journal = Files.readString(run.resolve("journal.jsonl"));
        int head = journal.indexOf('\n') + 1;
        Files.writeString(run.resolve("journal.jsonl"), journal.substring(0, head + 20));

        Catwalk.Answer answer = resume();

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err())
                .contains("the last line of the journal was not written to its end, and was cut off")
                .contains("1 trial is done already");
        assertThat(run.resolve("journal.jsonl")).content().hasLineCount(2).startsWith(journal.substring(0, head));
        assertThat(results().at("/trials/0/status").asString()).isEqualTo("done");
    }

    @Test
    void aForeignJournalIsRefusedAndNothingIsTouched() throws IOException {
        plugin(TestPlugin.sound("one"), "one");
        assertThat(compare().exitCode()).isEqualTo(ExitCode.DONE);
        Files.writeString(run.resolve("journal.jsonl"), "shopping list\n");
        String before = results().toString();

        Catwalk.Answer answer = resume();

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .contains("expected the head of a journal in")
                .contains("but line 1 is 'shopping list'");
        assertThat(run.resolve("journal.jsonl")).content().isEqualTo("shopping list\n");
        assertThat(results()).hasToString(before);
    }

    @Test
    void whatDoesNotFitTheBudgetIsListedAndCanBeRunLater() throws IOException {
        plugin(TestPlugin.sound("one"), "one");

        Catwalk.Answer stopped = withPlugins(request(), "--budget", "0s", "--no-latency");

        assertThat(stopped.exitCode()).as("%s", stopped).isEqualTo(ExitCode.SOME_FAILED);
        assertThat(results().at("/experiment/not_run").valueStream())
                .extracting(JsonNode::asString)
                .containsExactly("one seed 1");
        assertThat(stopped.err())
                .contains("not run, because the time was up: one seed 1; catwalk resume " + run + " --plugins-dir "
                        + plugins + " runs them");

        // Includes the latencies, which are measured after all trials.
        assertThat(withPlugins(List.of("resume", run.toString()), "--in-process")
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
        assertThat(results().path("trials").size()).isEqualTo(1);
        assertThat(results().at("/experiment/not_run").size()).isZero();
    }

    /** A shell splits the command into the words that were typed. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no sh")
    void theRecordedCommandCanBePasted() throws Exception {
        plugin(TestPlugin.sound("one"), "one");
        Path out = folder.resolve("it's run 1");
        List<String> words = new ArrayList<>(request());
        words.set(words.indexOf(run.toString()), out.toString());
        words.addAll(List.of("--plugins-dir", plugins.toString(), "--budget", "0s", "--no-latency"));

        Catwalk.Answer stopped = Catwalk.run(words.toArray(String[]::new)); // trains nothing

        assertThat(stopped.err()).contains("; catwalk resume '");
        String recorded = RunFolder.open(out).readExperiment().command();
        Catwalk.Answer shell = Catwalk.finish(new ProcessBuilder("sh", "-c", "printf '%s\\n' " + recorded));
        assertThat(shell.out().lines()).containsExactlyElementsOf(words);
    }

    @Test
    void optionsThatContradictEachOtherAreRefusedBeforeAnythingIsWritten() throws IOException {
        plugin(TestPlugin.sound("one"), "one");
        withPlugins(request(), "--budget", "0s", "--no-latency"); // trains nothing
        String before = Files.readString(run.resolve("experiment.yaml"));
        plugin(TestPlugin.building("one", "return Layers.sequence(Layers.flatten(), Layers.dense(10));"), "one");

        Catwalk.Answer answer = resume("--budget", "1h");

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .startsWith("catwalk: --budget needs processes that can be stopped")
                .hasLineCount(1);
        assertThat(run.resolve("experiment.yaml")).content().isEqualTo(before);
    }

    @Test
    void aRetriedTrialKeepsItsFirstReason() throws IOException {
        Path mark = folder.resolve("mark");
        plugin(TestPlugin.building("shaky", """
                if (new java.io.File("%s").mkdir()) { throw new IllegalStateException("not yet"); }
                """.formatted(mark) + TestPlugin.NETWORK), "shaky");

        Catwalk.Answer answer = compare("--retry");

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).contains("shaky seed 1: failed and is tried once more: ");
        assertThat(results().at("/trials/0/status").asString()).isEqualTo("done");
        assertThat(results().at("/trials/0/first_error").asString()).contains("not yet");
    }

    @Test
    void whatFailedIsTriedAgain() throws IOException {
        Path mark = folder.resolve("mark");
        plugin(TestPlugin.building("shaky", """
                if (new java.io.File("%s").mkdir()) { throw new IllegalStateException("not yet"); }
                """.formatted(mark) + TestPlugin.NETWORK), "shaky");
        assertThat(compare().exitCode()).isEqualTo(ExitCode.SOME_FAILED);

        assertThat(resume().exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(results().at("/trials/0/status").asString()).isEqualTo("done");
    }

    /** The Spark of this test leaves a mark when it is started. */
    @Test
    @Tag("long")
    @DisabledOnOs(OS.WINDOWS) // spark-submit is a shell script here
    void sparkIsNotStartedWhenNothingIsLeft() throws IOException, InterruptedException {
        plugin(TestPlugin.sound("one"), "one");
        assertThat(compare().exitCode()).isEqualTo(ExitCode.DONE);
        Path spark = folder.resolve("spark");
        Path mark = folder.resolve("started");
        Files.createFile(Files.createDirectories(spark.resolve("jars")).resolve("spark-core_2.13-4.0.0.jar"));
        Catwalk.script(
                Files.createDirectories(spark.resolve("bin")).resolve("spark-submit"),
                "#!/bin/sh\ntouch '" + mark + "'\n");
        ProcessBuilder resume = Catwalk.process(
                folder, "resume", run.toString(), "--on", "local", "--no-latency", "--plugins-dir", plugins.toString());
        resume.environment().put("SPARK_HOME", spark.toString());

        Catwalk.Answer answer = Catwalk.finish(resume);

        assertThat(answer.exitCode()).as("%s", answer).isEqualTo(ExitCode.DONE);
        assertThat(answer.err()).contains("1 trial is done already");
        assertThat(mark).doesNotExist();
        assertThat(run.resolve("spark.log")).doesNotExist();
    }

    @Test
    void aFolderWithoutARunIsNamed() {
        Catwalk.Answer answer = resume();

        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .contains("expected a run folder with an experiment.yaml, but " + run + " does not exist");
    }
}
