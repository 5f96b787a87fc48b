package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.SplitSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class RunFolderTest {

    private static final Path FULL_DISK = Path.of("/dev/full");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {"fashion-mnist", "28", "1e3", "no", "null", "~/images", "a: b", "# x", "C:\\images", " ", "Bär"})
    void anExperimentReadBackIsTheSame(String text) throws IOException {
        Map<String, Object> hyperparameters = new LinkedHashMap<>();
        hyperparameters.put("units", 32);
        hyperparameters.put("rate", 0.5);
        hyperparameters.put("whole", 2.0);
        hyperparameters.put("bidirectional", true);
        hyperparameters.put("pooling", text);
        ExperimentSpec spec = new ExperimentSpec(
                1,
                new DatasetSpec(text, "28x28", 10, 0),
                new SplitSpec(5, 1, 0.1, 3),
                List.of(
                        new Contestant("gru", "default", hyperparameters, Recipe.standard()),
                        new Contestant(
                                "conv",
                                text,
                                Map.of(),
                                Recipe.standard()
                                        .withOptimizer(new Optimizer.Sgd(0.1, 0.9, 0.0005))
                                        .withSchedule(new Schedule.Cosine())
                                        .withAugmentations(
                                                new Augmentation.HorizontalFlip(),
                                                new Augmentation.Shift(2),
                                                new Augmentation.Erase(0.5, 0.2))
                                        .withClipNorm(1))),
                List.of(1L, Long.MIN_VALUE),
                2,
                1,
                90L,
                0.25,
                null,
                "compare " + text);
        RunFolder run = RunFolder.create(folder.resolve("run"), RunFolder.Existing.REFUSE);

        run.writeExperiment(spec);

        assertThat(run.readExperiment()).isEqualTo(spec);
    }

    @Test
    void aNewFolderIsMadeWithItsParents() {
        assertThat(RunFolder.create(folder.resolve("a/b/run"), RunFolder.Existing.REFUSE)
                        .path())
                .isEmptyDirectory();
    }

    @Test
    void anEmptyFolderIsTaken() {
        assertThat(RunFolder.create(folder, RunFolder.Existing.REFUSE).path()).isEqualTo(folder);
    }

    @Test
    void aRunIsRefusedUnlessItMayBeReplaced() throws IOException {
        Path path = aRun();

        assertThatThrownBy(() -> RunFolder.create(path, RunFolder.Existing.REFUSE))
                .isInstanceOf(RequestException.class)
                .hasMessage(
                        "--out must be new, but " + path + " holds a run: choose another, or replace it with --force");
        assertThat(path.resolve("trials/gru/1-0/trial.json")).exists();

        assertThat(RunFolder.create(path, RunFolder.Existing.REPLACE).path()).isEmptyDirectory();
    }

    @Test
    void aLinkToARunIsReplacedInItsPlace() throws IOException {
        Path path = aRun();
        Path link = Files.createSymbolicLink(folder.resolve("link"), path);

        RunFolder.create(link, RunFolder.Existing.REPLACE);

        assertThat(link).isSymbolicLink();
        assertThat(path).isEmptyDirectory();
    }

    @Test
    void whatALinkInARunPointsAtIsKept() throws IOException {
        Path path = aRun();
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("thesis.tex"), "years of work");
        Files.createSymbolicLink(path.resolve("trials/link"), precious);

        RunFolder.create(path, RunFolder.Existing.REPLACE);

        assertThat(precious.resolve("thesis.tex")).hasContent("years of work");
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes.txt", ".git", "trials.bak"})
    void aRunBesideSomethingElseIsNeverTouched(String other) throws IOException {
        Path path = aRun();
        Files.writeString(path.resolve(other), "mine");

        assertKept(path, "holds " + other + ", which is of no run");
    }

    @Test
    void aFolderThatIsNoRunIsNeverTouched() throws IOException {
        Path path = Files.createDirectory(folder.resolve("thesis"));
        Files.createDirectory(path.resolve("plots"));
        assertKept(path, "has no experiment.yaml that can be read");

        Files.writeString(path.resolve("experiment.yaml"), "temperature: 293 K\n");
        assertKept(path, "has no experiment.yaml that can be read");
    }

    @Test
    void aFileIsNeverTouched() throws IOException {
        assertKept(Files.writeString(folder.resolve("thesis.tex"), "years of work"), "is a file");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path path = Files.writeString(folder.resolve("file"), "").resolve("run");

        assertThatThrownBy(() -> RunFolder.create(path, RunFolder.Existing.REFUSE))
                .isInstanceOf(RequestException.class)
                .hasMessage("--out must be a folder that can be made and written, but " + path
                        + " cannot (Not a directory): choose another");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs /dev/full")
    void aFullDiskIsNamedAndKeepsTheOlderFile() throws IOException {
        RunFolder run = RunFolder.open(aRun());
        String before = Files.readString(run.path().resolve("experiment.yaml"));
        ExperimentSpec spec = run.readExperiment();
        Files.createSymbolicLink(run.path().resolve("experiment.yaml.part"), FULL_DISK);

        assertThatThrownBy(() -> run.writeExperiment(spec))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + run.path().resolve("experiment.yaml") + ": No space left on device");
        assertThat(run.path().resolve("experiment.yaml")).hasContent(before);
        assertThat(run.path().resolve("experiment.yaml.part")).doesNotExist();
    }

    @Test
    void onlyOneAtATimeWorksOnARun() throws IOException {
        RunFolder run = RunFolder.open(aRun());
        RunLock first = run.lock();

        assertThatThrownBy(run::lock)
                .isInstanceOf(RequestException.class)
                .hasMessage("expected a run that nobody works on, but another process is running "
                        + run.path().toAbsolutePath() + ": wait for it, or stop it");
        first.close();
        run.lock().close();
    }

    @Test
    void aRunThatIsBeingMadeIsNotReplaced() throws IOException {
        Path path = aRun();
        RunLock somebody = RunFolder.open(path).lock();

        assertThatThrownBy(() -> RunFolder.create(path, RunFolder.Existing.REPLACE))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("expected a run that nobody works on");
        assertThat(path.resolve("experiment.yaml")).exists();
        somebody.close();
    }

    @Test
    void aNewerSchemaIsRefusedAndLeftAlone() throws IOException {
        Path path = aRun();
        Path request = path.resolve("experiment.yaml");
        Files.writeString(request, Files.readString(request).replace("schema: 1", "schema: 2\nwings: 4"));
        String before = Files.readString(request);

        assertThatThrownBy(() -> RunFolder.open(path).readExperiment())
                .isInstanceOf(RequestException.class)
                .hasMessage("expected a run folder of schema 1 or older, but " + path
                        + " is of schema 2: it is left as it is; use the newer Catwalk that made it");
        assertThat(request).hasContent(before);
    }

    private static void assertKept(Path path, String reason) {
        for (RunFolder.Existing existing : RunFolder.Existing.values()) {
            assertThatThrownBy(() -> RunFolder.create(path, existing))
                    .isInstanceOf(RequestException.class)
                    .hasMessage("--out must be new, empty or a run folder, but " + path + " " + reason
                            + ": it is left as it is; choose another");
        }
        assertThat(path).exists();
        if (Files.isDirectory(path)) {
            assertThat(path).isNotEmptyDirectory();
        }
    }

    private Path aRun() throws IOException {
        RunFolder run = RunFolder.create(folder.resolve("run"), RunFolder.Existing.REFUSE);
        ExperimentSpec spec = new ExperimentSpec(
                1,
                new DatasetSpec("fashion-mnist", null, 0, 0),
                SplitSpec.holdOut(0.1, 0),
                List.of(new Contestant("gru", "default", Map.of(), Recipe.standard())),
                List.of(1L),
                1,
                1,
                null,
                0.5,
                null,
                "compare");
        run.writeExperiment(spec);
        Files.writeString(run.createTrial(spec.trials(new Outcomes()).get(0)).outcome(), "{}");
        return run.path();
    }
}
