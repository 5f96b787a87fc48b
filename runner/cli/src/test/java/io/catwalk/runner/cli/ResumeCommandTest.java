package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.plugin.TestPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class ResumeCommandTest {

    private static final String TWO_LAYERS =
            "return Layers.sequence(Layers.flatten(), Layers.dense(8), Layers.dense(task.classes()));";

    private static final String HERE = " --in-process --no-latency";
    private static final String MADE_UP = " --on made-up: --no-latency";

    @TempDir
    private Path folder;

    private Path plugins;
    private Path run;
    private String compare;
    private String resume;

    @BeforeEach
    void makeImages() throws IOException {
        plugins = Files.createDirectory(folder.resolve("plugins"));
        run = folder.resolve("run");
        Path images = TinyImages.write(folder.resolve("tiny"));
        compare = "compare --epochs 2 --batch-size 16 --threads 1 --dataset " + images + " --out " + run
                + " --plugins-dir " + plugins;
        resume = "resume " + run + " --plugins-dir " + plugins;
    }

    private void plugin(String name, String network) {
        TestPlugin.building(name, network).write(plugins.resolve(name + ".jar"));
    }

    private void makeUpOne() {
        plugin("one", TestPlugin.NETWORK);
        Catwalk.ask(compare + MADE_UP).done();
    }

    private JsonNode results() throws IOException {
        return Catwalk.json(run.resolve("results.json"));
    }

    @Test
    @Tag("long")
    void onlyTheTrialsOfAnotherJarAreRunAgain() throws IOException {
        plugin("kept", TestPlugin.NETWORK);
        plugin("changed", TestPlugin.NETWORK);
        Catwalk.ask(compare + MADE_UP).done();
        String kept = Files.readString(run.resolve("trials/kept/1-0/trial.json"));
        String changed = Files.readString(run.resolve("trials/changed/1-0/predictions.csv"));
        plugin("changed", TWO_LAYERS);

        assertThat(Catwalk.ask(resume + MADE_UP).done().err())
                .contains("changed: the jar has changed", "changed.jar")
                .contains("changed seed 1: is run again", "1 trial is done already")
                .doesNotContain("kept seed 1: started");

        assertThat(run.resolve("trials/kept/1-0/trial.json")).hasContent(kept);
        assertThat(run.resolve("trials/changed/1-0/predictions.csv")).content().isNotEqualTo(changed);
        assertThat(run.resolve("experiment.yaml"))
                .content()
                .contains("plugin_sha256: " + Sha256.of(plugins.resolve("kept.jar")))
                .contains("plugin_sha256: " + Sha256.of(plugins.resolve("changed.jar")));
    }

    @Test
    @Tag("long")
    void aRequestOfARunTakesNoOtherJarUnlessItIsToldTo() throws IOException {
        makeUpOne();
        String before = Sha256.of(plugins.resolve("one.jar"));
        plugin("one", TWO_LAYERS);
        Path request = run.resolve("experiment.yaml");
        String again =
                "compare --config %s --out %s/again --plugins-dir %s".formatted(request, folder, plugins) + MADE_UP;

        Catwalk.ask(again)
                .refused("" + request, "classifiers[0].plugin_sha256", before, Sha256.of(plugins.resolve("one.jar")));
        assertThat(folder.resolve("again")).doesNotExist();

        Files.writeString(request, Files.readString(request).replaceFirst("(?m)^ *plugin_sha256: .*\\R", ""));
        Catwalk.ask(again).done();
    }

    @Test
    void aFinishedTrialThatTheJournalDoesNotKnowYetIsKept() throws IOException {
        makeUpOne();
        Path file = run.resolve("journal.jsonl");
        String journal = Files.readString(file);
        int head = journal.indexOf('\n') + 1;
        Files.writeString(file, journal.substring(0, head + 20));

        assertThat(Catwalk.ask(resume + MADE_UP).done().err())
                .contains("the last line of the journal", "incomplete", "1 trial is done already");

        assertThat(file).content().hasLineCount(2).startsWith(journal.substring(0, head));
        assertThat(results().at("/trials/0/status").asString()).isEqualTo("done");

        Files.writeString(file, "shopping list\n");
        JsonNode before = results();
        Catwalk.ask(resume + MADE_UP).refused("journal", "line 1", "'shopping list'");
        assertThat(file).content().isEqualTo("shopping list\n");
        assertThat(results()).isEqualTo(before);
    }

    /** Trains later in processes of their own, with the latencies, which are measured after all trials. */
    @Test
    @Tag("long")
    void whatDoesNotFitTheBudgetIsListedAndCanBeRunLater() throws IOException {
        plugin("one", TestPlugin.NETWORK);

        Catwalk.Answer stopped =
                Catwalk.ask(compare + " --budget 0s --no-latency").exits(ExitCode.SOME_FAILED);

        assertThat(results().at("/experiment/not_run").valueStream())
                .extracting(JsonNode::asString)
                .containsExactly("one seed 1");
        assertThat(stopped.err()).contains("one seed 1; catwalk " + resume);

        plugin("one", TWO_LAYERS);
        String request = Files.readString(run.resolve("experiment.yaml"));
        Catwalk.ask(resume + HERE + " --budget 1h").refused("--budget");
        assertThat(run.resolve("experiment.yaml")).content().isEqualTo(request);

        Catwalk.ask(resume + " --in-process").done();
        assertThat(results().path("trials").size()).isEqualTo(1);
        assertThat(results().at("/experiment/not_run").size()).isZero();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no sh")
    void theRecordedCommandCanBePasted() throws Exception {
        plugin("one", TestPlugin.NETWORK);
        Path out = folder.resolve("it's run 1");
        String[] words = Catwalk.words(compare.replace(run.toString(), "%s") + " --budget 0s --no-latency", out);

        Catwalk.Answer stopped = Catwalk.run(words); // trains nothing

        assertThat(stopped.err()).contains("; catwalk resume '");
        String recorded = RunFolder.open(out).readExperiment().command();
        Catwalk.Answer shell = Catwalk.finish(new ProcessBuilder("sh", "-c", "printf '%s\\n' " + recorded));
        assertThat(shell.out().lines()).containsExactly(words);
    }

    @Test
    void whatFailedIsTriedAgainAtOnceOrLater() throws IOException {
        Path mark = folder.resolve("mark");
        String shaky = "if (new java.io.File(\"%s\").mkdir()) { throw new IllegalStateException(\"not yet\"); } ";
        plugin("shaky", shaky.formatted(mark) + TestPlugin.NETWORK);

        assertThat(Catwalk.ask(compare + HERE + " --retry").done().err())
                .contains("shaky seed 1: failed, trying once more: ");
        assertThat(results().at("/trials/0/status").asString()).isEqualTo("done");
        assertThat(results().at("/trials/0/first_error").asString()).contains("not yet");

        Files.delete(mark);
        Catwalk.ask(compare + HERE + " --force").exits(ExitCode.SOME_FAILED);
        Catwalk.ask(resume + HERE).done();
        assertThat(results().at("/trials/0/status").asString()).isEqualTo("done");
    }

    @Test
    @Tag("long")
    @DisabledOnOs(OS.WINDOWS) // spark-submit is a shell script here
    void sparkIsNotStartedWhenNothingIsLeft() throws IOException, InterruptedException {
        makeUpOne();
        Path spark = folder.resolve("spark");
        Path mark = folder.resolve("started");
        Files.createFile(Files.createDirectories(spark.resolve("jars")).resolve("spark-core_2.13-4.0.0.jar"));
        Path submit = Files.createDirectories(spark.resolve("bin")).resolve("spark-submit");
        Catwalk.script(submit, "#!/bin/sh\ntouch '" + mark + "'\n");
        ProcessBuilder process = Catwalk.process(folder, Catwalk.words(resume + " --on local --no-latency"));
        process.environment().put("SPARK_HOME", spark.toString());

        assertThat(Catwalk.finish(process).done().err()).contains("1 trial is done already");

        assertThat(mark).doesNotExist();
        assertThat(run.resolve("spark.log")).doesNotExist();
    }

    @Test
    void aFolderWithoutARunIsNamed() {
        Catwalk.ask(resume).refused("experiment.yaml", "" + run);
    }
}
