package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.api.Augmentation;
import io.catwalk.api.Optimizer;
import io.catwalk.api.Recipe;
import io.catwalk.api.Schedule;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.training.ComputeDevice;
import io.catwalk.runner.trial.DatasetSpec;
import io.catwalk.runner.trial.Orders;
import io.catwalk.runner.trial.SplitSpec;
import io.catwalk.runner.trial.TrialFolder;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
@Tag("attack")
final class RunFolderTest {

    @TempDir
    private Path folder;

    /**
     * One process writes a file repeatedly, by a draft that is then moved to its place; the other one lists the folder.
     */
    @Test
    void aDraftThatIsPutIntoItsPlaceWhileTheFolderIsListedIsNoTrouble() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                while (!done.get()) {
                    AtomicFiles.write(folder.resolve(RunFiles.RESULTS), "{}");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            RunFiles files = new RunFiles(folder);
            for (int look = 0; look < 2_000; look++) {
                assertThat(files.foreign()).isNull();
            }
        } finally {
            done.set(true);
        }
        writer.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"fashion-mnist", "28", "1e3", "no", "null", "~/images", "a: b", "# x", "C:\\images", " ", "Bär"})
    void anExperimentReadBackIsTheSame(String text) throws IOException {
        Map<String, Object> hyperparameters =
                Map.of("units", 32, "rate", 0.5, "whole", 2.0, "bidirectional", true, "pooling", text);
        Recipe recipe = Recipe.standard()
                .withOptimizer(Optimizer.sgd(0.1, 0.9, 0.0005))
                .withSchedule(Schedule.cosine())
                .withAugmentations(Augmentation.horizontalFlip(), Augmentation.erase(0.5, 0.2))
                .withClipNorm(1);
        ExperimentSpec spec = new ExperimentSpec(
                1,
                new DatasetSpec(text, "28x28", null, null, null, 10, 0, null, null),
                new SplitSpec(5, 1, 0.1, 3, null),
                List.of(
                        new ClassifierConfig(
                                "gru", "default", hyperparameters, Recipe.standard(), null, null, null, null, null),
                        new ClassifierConfig("conv", "wide-2", Map.of(), recipe, null, null, null, null, null)),
                List.of(1L, Long.MIN_VALUE),
                2,
                1,
                ComputeDevice.CPU,
                90L,
                0.25,
                null,
                false,
                "compare " + text);
        RunFolder run = new RunFolder(folder);

        run.writeExperiment(spec);

        assertThat(run.readExperiment()).isEqualTo(spec);
    }

    @Test
    void aNewFolderIsMadeWithItsParents() throws IOException {
        assertThat(claimed(folder.resolve("a/b/run"), RunFolder.Existing.REFUSE))
                .containsExactly("lock");
    }

    @Test
    void anEmptyFolderIsTaken() throws IOException {
        assertThat(claimed(folder, RunFolder.Existing.REFUSE)).containsExactly("lock");
        assertThat(claimed(folder, RunFolder.Existing.REFUSE)).as("once more").containsExactly("lock");
    }

    @Test
    void aRunIsRefusedUnlessItMayBeReplaced() throws IOException {
        Path path = aRun();

        assertThatThrownBy(() -> RunFolder.claim(path, RunFolder.Existing.REFUSE))
                .isInstanceOf(RequestException.class)
                .hasMessageContainingAll("--out must be new", path + " holds a run", "--force");
        assertThat(path.resolve("trials/gru/1-0/trial.json")).exists();

        assertThat(claimed(path, RunFolder.Existing.REPLACE)).containsExactly("lock");
    }

    @Test
    void aLinkToARunIsReplacedInItsPlace() throws IOException {
        Path path = aRun();
        Path link = Files.createSymbolicLink(folder.resolve("link"), path);

        assertThat(claimed(link, RunFolder.Existing.REPLACE)).containsExactly("lock");

        assertThat(link).isSymbolicLink();
    }

    @ParameterizedTest
    @ValueSource(strings = {"trials/link", "trials/gru/1-0/link", "trials/gru/1-0/log.txt", "plots", "results.md"})
    void aLinkInARunIsNeverFollowed(String name) throws IOException {
        Path path = aRun();
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("thesis.tex"), "years of work");
        Files.createSymbolicLink(path.resolve(name), precious);

        assertKept(path, "holds " + name + ", which belongs to no run");
        assertThatThrownBy(() -> RunFolder.open(path).lock(RunLock.Purpose.TRAIN))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(name + " in " + path.toRealPath() + " is a link");
        assertThat(precious.resolve("thesis.tex")).hasContent("years of work");
    }

    @Test
    void aLinkedTrialFolderIsNotCleared() throws IOException {
        Path path = aRun();
        TrialSpec trial =
                RunFolder.open(path).readExperiment().trials(new Outcomes()).get(0);
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.move(path.resolve("trials/gru/1-0/trial.json"), precious.resolve("trial.json"));
        Files.delete(path.resolve("trials/gru/1-0"));
        Files.createSymbolicLink(path.resolve("trials/gru/1-0"), precious);

        assertThatThrownBy(() -> RunFolder.open(path).createTrial(trial))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("trials/gru/1-0 is a link");
        assertThat(precious.resolve("trial.json")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x", "/etc", "..", "a/b", "a\\b", "", "a\u0000b", "wide ", "Bär"})
    void aVariantThatIsNoNameIsRefusedBeforeAnythingIsTouched(String variant) throws IOException {
        Path path = aRun();
        Path request = path.resolve("experiment.yaml");
        Files.writeString(
                request,
                Files.readString(request)
                        .replace("variant: default", "variant: " + Json.JSON.writeValueAsString(variant)));

        assertThatThrownBy(() -> RunFolder.open(path).readExperiment())
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("expected an experiment in " + request + ", but variant must be at most 96 ")
                .hasMessageNotContainingAny("\n", "\u0000");
        assertThat(path.resolve("trials/gru/1-0/trial.json")).exists();
    }

    static Stream<String> others() {
        return Stream.of("""
                notes.txt .git trials.bak plots/mine.txt plots/my.png trials/thesis.doc trials/gru/thesis.doc
                trials/gru/1-0 trials/gru/2-0/log.txt trials/backup/1-0/model.onnx trials/gru/1-0/model/notes.txt
                audit/mine.csv trials/gru/notes trials/gru/1-0/thesis.tex trials/gru/1-0/model/a/b audit/notes.md
                demo/notes.js catwalk1/notes.txt catwalk1/draft/notes.js .notes.txt.0123456789abcdef.part
                """.split("\\s+"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void aRunBesideSomethingElseIsNeverTouched(String other) throws IOException {
        Path path = aRun();
        if (other.equals("trials/gru/1-0")) {
            Files.delete(path.resolve(other + "/trial.json"));
            Files.delete(path.resolve(other)); // and a file takes its place
        }
        Files.createDirectories(path.resolve(other).getParent());
        Files.writeString(path.resolve(other), "mine");

        assertKept(path, "holds " + other + ", which belongs to no run");
        assertThat(path.resolve(other)).hasContent("mine");
    }

    @Test
    void theChartsThatTheRunListsGoAndWhatIsNewMeanwhileStays() throws IOException {
        Path path = aRun();
        Path plots = Files.createDirectory(path.resolve("plots"));
        Files.writeString(plots.resolve("files.txt"), "accuracy.svg\n../thesis.tex\n");
        Files.writeString(plots.resolve("accuracy.svg"), "<svg/>");
        assertThat(new RunFiles(path).foreign()).isNull();
        Files.writeString(plots.resolve("my.png"), "mine");
        Files.writeString(path.resolve("thesis.tex"), "years of work");

        new RunFiles(path).delete();

        assertThat(plots).isDirectoryContaining("glob:**/my.png").isDirectoryNotContaining("glob:**/*.{svg,txt}");
        assertThat(path).isDirectoryContaining("glob:**/thesis.tex").isDirectoryNotContaining("glob:**/trials");
    }

    @Test
    void aTrialOfAnEarlierRequestIsOfTheRun() throws IOException {
        Path path = aRun();
        Path request = path.resolve("experiment.yaml");
        TrialSpec trial =
                RunFolder.open(path).readExperiment().trials(new Outcomes()).get(0);
        TrialOrder any = Orders.any();
        new TrialFolder(path.resolve(trial.folder()))
                .writeOrder(
                        new TrialOrder(trial, any.dataset(), any.split(), any.inputs(), any.supplies(), null, null, 1));
        Files.writeString(request, Files.readString(request).replaceFirst("seeds:\\s+- 1", "seeds: [7]"));

        assertThat(claimed(path, RunFolder.Existing.REPLACE)).containsExactly("lock");
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

        assertThatThrownBy(() -> RunFolder.claim(path, RunFolder.Existing.REFUSE))
                .isInstanceOf(RequestException.class)
                .hasMessageContainingAll("--out", path + " cannot (Not a directory)");
    }

    @Test
    void onlyOneAtATimeWorksOnARun() throws IOException {
        RunFolder run = RunFolder.open(aRun());
        RunLock first = run.lock(RunLock.Purpose.TRAIN);

        for (int i = 0; i < 2; i++) { // a refusal does not release the lock of the first
            assertThatThrownBy(() -> run.lock(RunLock.Purpose.WRITE))
                    .isInstanceOf(RequestException.class)
                    .hasMessageContaining(
                            "this process works on it: " + run.path().toAbsolutePath());
        }
        first.close();
        run.lock(RunLock.Purpose.WRITE).close();
    }

    @Test
    void aRunThatIsBeingMadeIsNotReplaced() throws IOException {
        Path path = aRun();
        RunLock somebody = RunFolder.open(path).lock(RunLock.Purpose.TRAIN);

        assertThatThrownBy(() -> RunFolder.claim(path, RunFolder.Existing.REPLACE))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("expected a run that is not in use");
        assertThat(path.resolve("experiment.yaml")).exists();
        somebody.close();
    }

    @Test
    void draftsOfKilledWritersAreOfTheRunAndGoWithTheLock() throws IOException {
        Path path = aRun();
        List<Path> drafts = List.of(
                path.resolve(".results.json.0123456789abcdef.part"),
                path.resolve("trials/gru/1-0/.predictions.csv.0123456789abcdef.part"));
        for (Path draft : drafts) {
            Files.writeString(draft, "half");
        }

        RunFolder.open(path).lock(RunLock.Purpose.WRITE).close();

        assertThat(drafts).noneMatch(Files::exists);
        Files.writeString(drafts.get(1), "half");
        assertThat(claimed(path, RunFolder.Existing.REPLACE)).containsExactly("lock");
    }

    @Test
    void theWeightsOfBothTrainingsOfARefitGoWithTheirFolders() throws IOException {
        Path path = aRun();
        for (String weights : List.of("model", "chosen")) {
            Path trial = path.resolve("trials/gru/1-0");
            Files.createDirectories(trial.resolve(weights));
            Files.createDirectories(trial.resolve(weights + ".part"));
        }

        assertThat(claimed(path, RunFolder.Existing.REPLACE)).containsExactly("lock");
    }

    @Test
    void theHalfOfAPageThatAKilledWriterLeftIsOfTheRun() throws IOException {
        Path path = aRun();
        for (String left : List.of("draft/index.html", "draft/model-1.js", "former/index.html")) {
            Path file = path.resolve("catwalk8146351237093458107").resolve(left);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "half");
        }

        assertThat(claimed(path, RunFolder.Existing.REPLACE)).containsExactly("lock");
    }

    @Test
    void aRequestThatWasNotWrittenToItsEndIsNothing() throws IOException {
        Files.writeString(folder.resolve(".experiment.yaml.0123456789abcdef.part"), "schema: 1\ndat");
        Files.writeString(folder.resolve("lock"), "process 1 trains in it");

        assertThat(claimed(folder, RunFolder.Existing.REFUSE)).containsExactly("lock");
    }

    @Test
    void aNewerSchemaIsRefusedAndLeftAlone() throws IOException {
        Path path = aRun();
        Path request = path.resolve("experiment.yaml");
        Files.writeString(request, Files.readString(request).replace("schema: 1", "schema: 2\nwings: 4"));
        String before = Files.readString(request);

        assertThatThrownBy(() -> RunFolder.open(path).readExperiment())
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(request + " is of schema 2");
        assertThat(request).hasContent(before);
    }

    private static void assertKept(Path path, String reason) {
        for (RunFolder.Existing existing : RunFolder.Existing.values()) {
            assertThatThrownBy(() -> RunFolder.claim(path, existing))
                    .isInstanceOf(RequestException.class)
                    .hasMessageContainingAll("--out must be new, empty or a run folder", path + " " + reason);
        }
        assertThat(path).exists();
        if (Files.isDirectory(path)) {
            assertThat(path).isNotEmptyDirectory();
        }
    }

    /** Claims a folder and returns its content afterwards. */
    private static List<String> claimed(Path path, RunFolder.Existing existing) throws IOException {
        try (RunLock lock = RunFolder.claim(path, existing);
                var entries = Files.list(lock.run().path())) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private Path aRun() throws IOException {
        RunFolder run = new RunFolder(Files.createDirectory(folder.resolve("run")));
        ExperimentSpec spec = Requests.of(Requests.contestant("gru"));
        run.writeExperiment(spec);
        Files.writeString(run.createTrial(spec.trials(new Outcomes()).get(0)).outcome(), "{}");
        return run.path();
    }
}
