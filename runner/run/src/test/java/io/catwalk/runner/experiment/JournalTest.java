package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.experiment.Scheduler.Stopwatch;
import io.catwalk.runner.results.RunResults;
import io.catwalk.runner.trial.MadeUp;
import io.catwalk.runner.trial.TrialOutcome;
import io.catwalk.runner.trial.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {

    private static final Journal.Head HEAD = new Journal.Head(
            Journal.SCHEMA,
            "2026-11-24T15:15:49Z",
            new RunResults.Dataset("shapes", "0".repeat(64), List.of("a", "b"), 1, 8, 8, 90, 10, 50, 25, 25),
            Map.of());
    private static final Journal.Entry DONE = new Journal.Entry("ab12", 61.5, MadeUp.done(trial("gru"), 0.9));
    private static final Journal.Entry FAILED =
            new Journal.Entry("cd34", 72, new TrialOutcome.Failed(trial("lstm"), "out of memory", "the loss is NaN"));
    private static final Journal.Entry LOST =
            new Journal.Entry("ef56", 80, new TrialOutcome.Lost(trial("rnn"), "No space left on device"));

    @TempDir
    private Path folder;

    private Path file;
    private Journal journal;

    private static TrialSpec trial(String classifier) {
        return MadeUp.trial(classifier, 3, 2);
    }

    @BeforeEach
    void begin() throws IOException {
        file = folder.resolve("journal.jsonl");
        journal = new Journal(file);
    }

    private static void assertReads(Journal.Content content, boolean repaired, Journal.Entry... entries) {
        assertThat(content).usingRecursiveComparison().isEqualTo(new Journal.Content(HEAD, List.of(entries), repaired));
    }

    @Test
    void whatWasAppendedIsReadAgain() throws IOException {
        journal.begin(HEAD);
        journal.append(DONE);
        journal.append(FAILED);
        journal.append(LOST);

        assertThat(file).content().hasLineCount(4).contains("\"status\":\"done\"", "\"log_loss\":0.0999");
        assertReads(journal.readAndRepair(), false, DONE, FAILED, LOST);
    }

    @Test
    void aRunWithoutOneHasNotBegun() throws IOException {
        assertThat(journal.readAndRepair()).isEqualTo(new Journal.Content(null, List.of(), false));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 400})
    void aTornLastLineIsCutOff(int written) throws IOException {
        journal.begin(HEAD);
        journal.append(DONE);
        String whole = Files.readString(file);
        journal.append(FAILED);
        Files.writeString(file, Files.readString(file).substring(0, whole.length() + written));

        assertReads(journal.readAndRepair(), true, DONE);
        assertThat(file).content().isEqualTo(whole);
    }

    /** An editor leaves them; what is appended then comes after them. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "  \n", "\r\n", "\n\n \t\n", "  ", "\r"})
    void blankLinesAreNothing(String blank) throws IOException {
        journal.begin(HEAD);
        journal.append(DONE);
        Files.writeString(file, Files.readString(file) + blank);

        assertReads(journal.readAndRepair(), false, DONE);
        journal.append(FAILED);
        assertReads(journal.read(), false, DONE, FAILED);
    }

    @Test
    void aTornFirstLineIsNoJournal() throws IOException {
        Files.writeString(file, "{\"schema\":2,\"star");

        assertThat(journal.readAndRepair()).isEqualTo(new Journal.Content(null, List.of(), true));
        assertThat(file).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "{}", "[1]", "{\"key\":\"a\",\"seconds\":1,\"outcome\":null}", "{\"key\":\"a\"}"})
    void aForeignLineIsRefusedAndLeftAlone(String foreign) throws IOException {
        journal.begin(HEAD);
        Files.writeString(file, Files.readString(file) + foreign + "\n{\"tri");
        String before = Files.readString(file);

        assertThatThrownBy(() -> journal.readAndRepair())
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith(
                        "expected the outcome of a trial on each line of " + file + ", but line 2 is '");
        assertThat(file).content().isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "{}", "{\"trial\":\"a\",\"key\":\"ab\",\"status\":\"done\"}", "{\"schema\":-1}"})
    void aFileThatBeginsOtherwiseIsRefusedAndLeftAlone(String first) throws IOException {
        Files.writeString(file, first + "\n");

        assertThatThrownBy(() -> journal.readAndRepair())
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("expected the head of a journal in " + file + ", but line 1 is '");
        assertThat(file).content().isEqualTo(first + "\n");
    }

    @Test
    void aStartThatIsNoMomentIsRefusedAndLeftAlone() throws IOException {
        journal.begin(new Journal.Head(Journal.SCHEMA, "yesterday", HEAD.dataset(), Map.of()));

        assertThatThrownBy(() -> Stopwatch.resume(journal.readAndRepair(), Clock.systemUTC()))
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("expected the head of a journal in " + file + ", but line 1 is '");
    }

    @Test
    void aJournalOfANewerCatwalkIsRefusedAndLeftAlone() throws IOException {
        Files.writeString(file, "{\"schema\":99,\"moons\":3}\n");

        assertThatThrownBy(() -> journal.readAndRepair())
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(file + " is of schema 99");
        assertThat(file).content().isEqualTo("{\"schema\":99,\"moons\":3}\n");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "needs /dev/full")
    void aFullDiskIsNamed() throws IOException {
        Files.createSymbolicLink(file, Path.of("/dev/full"));

        assertThatThrownBy(() -> journal.append(DONE))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + file + ": No space left on device");
        Files.delete(file);
    }
}
