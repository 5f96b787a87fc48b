package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.results.RunResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThrottledResultsWriterTest {

    @TempDir
    private Path folder;

    private RunFolder run;
    private double seconds;
    private int finished;

    /** How many trials had finished each time that results were written. */
    private final List<Integer> written = new ArrayList<>();

    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        run = new RunFolder(Files.createDirectory(folder.resolve("run")));
    }

    private ThrottledResultsWriter writer() {
        return new ThrottledResultsWriter(run, this::results, finished, () -> seconds, notes::add);
    }

    private RunResults results() {
        written.add(finished);
        RunResults.Summary summary = new RunResults.Summary(
                "run",
                "compare",
                "2026-11-24T15:15:49Z",
                seconds,
                10_000,
                finished,
                List.of(),
                List.of(1L),
                0,
                1,
                1,
                1);
        RunResults.Dataset images =
                new RunResults.Dataset("shapes", "0".repeat(64), List.of("a", "b"), 1, 8, 8, 90, 10, 50, 25, 25);
        return new RunResults(ExperimentSpec.SCHEMA, summary, images, List.of(), null, null, List.of());
    }

    private void finish(ThrottledResultsWriter writer, int trials, double secondsLater) {
        seconds += secondsLater;
        finished += trials;
        writer.changed(finished);
    }

    @Test
    void isWrittenAtTheStart() throws IOException {
        finished = 7;

        writer();

        assertThat(written).containsExactly(7);
        assertThat(run.path().resolve("results.json")).content().contains("\"finished\" : 7");
        assertThat(run.path().resolve("results.csv")).exists();
    }

    /** What this writes has no comparison. */
    @Test
    void isNotWrittenOverTheResultsThatAPageShows() throws IOException {
        Files.writeString(run.path().resolve("results.json"), "{\"comparison\": {}}");
        Files.writeString(run.path().resolve("report.html"), "a page");

        finish(writer(), 50, 60);

        assertThat(run.path().resolve("results.json")).hasContent("{\"comparison\": {}}");
    }

    @Test
    void isNotWrittenAgainWithinHalfAMinute() {
        ThrottledResultsWriter writer = writer();

        finish(writer, 50, 29.9);
        assertThat(written).containsExactly(0);
        finish(writer, 50, 0.1);
        assertThat(written).containsExactly(0, 100);
        finish(writer, 900, 29.9);
        assertThat(written).containsExactly(0, 100);
    }

    @Test
    void isNotWrittenAgainUntilATenthMoreHasFinished() {
        finished = 100;
        ThrottledResultsWriter writer = writer();

        finish(writer, 9, 3600);
        assertThat(written).containsExactly(100);
        finish(writer, 1, 3600);
        assertThat(written).containsExactly(100, 110);
    }

    /** What is written grows with the trials, so the sum of the counts represents all that is written. */
    @Test
    void allFilesOfTenThousandTrialsTogetherCostAFewOfTheLast() {
        ThrottledResultsWriter writer = writer();

        for (int trial = 0; trial < 10_000; trial++) {
            finish(writer, 1, 31);
        }

        assertThat(written).hasSizeBetween(50, 100);
        int last = written.get(written.size() - 1);
        assertThat(last).isGreaterThan(9_000);
        assertThat(written.stream().mapToInt(Integer::intValue).sum()).isLessThan(12 * last);
    }

    @Test
    void aFileThatCannotBeWrittenIsToldOnceAndTriedAgainLater() throws IOException {
        ThrottledResultsWriter writer = writer();
        Files.delete(run.path().resolve("results.json"));
        Path inTheWay = Files.createDirectories(run.path().resolve("results.json/in the way"));

        finish(writer, 10, 30);
        finish(writer, 1, 29);
        finish(writer, 0, 1);

        assertThat(written).containsExactly(0, 10, 11);
        assertThat(notes).singleElement().asString().contains("could not be written");

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        finish(writer, 0, 30);

        assertThat(run.path().resolve("results.json")).content().contains("\"finished\" : 11");
        assertThat(notes).hasSize(1);
        finish(writer, 0, 30);
        assertThat(written).as("once it is written it rests").containsExactly(0, 10, 11, 11);
    }

    @Test
    void aRunFolderThatIsGoneIsNoReasonToStopAtTheStart() throws IOException {
        Files.delete(run.path());

        ThrottledResultsWriter writer = writer();
        finish(writer, 1, 30);

        assertThat(notes).hasSize(1);
        assertThat(written).containsExactly(0, 1);
    }
}
