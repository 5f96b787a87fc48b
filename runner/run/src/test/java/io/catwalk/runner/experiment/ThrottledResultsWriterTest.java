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
    private final List<Integer> drawn = new ArrayList<>();

    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        run = new RunFolder(Files.createDirectory(folder.resolve("run")));
    }

    private ThrottledResultsWriter projection() {
        return new ThrottledResultsWriter(run, this::results, finished, () -> seconds, notes::add);
    }

    private RunResults results() {
        drawn.add(finished);
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

    private void finish(ThrottledResultsWriter projection, int trials, double secondsLater) {
        seconds += secondsLater;
        finished += trials;
        projection.changed(finished);
    }

    @Test
    void isDrawnAtTheStart() throws IOException {
        finished = 7;

        projection();

        assertThat(drawn).containsExactly(7);
        assertThat(run.path().resolve("results.json")).content().contains("\"finished\" : 7");
        assertThat(run.path().resolve("results.csv")).exists();
    }

    /** What is drawn has no comparison. */
    @Test
    void isNotDrawnOverTheResultsThatAPageShows() throws IOException {
        Files.writeString(run.path().resolve("results.json"), "{\"comparison\": {}}");
        Files.writeString(run.path().resolve("report.html"), "a page");

        finish(projection(), 50, 60);

        assertThat(run.path().resolve("results.json")).hasContent("{\"comparison\": {}}");
    }

    @Test
    void isNotDrawnAgainWithinHalfAMinute() {
        ThrottledResultsWriter projection = projection();

        finish(projection, 50, 29.9);
        assertThat(drawn).containsExactly(0);
        finish(projection, 50, 0.1);
        assertThat(drawn).containsExactly(0, 100);
        finish(projection, 900, 29.9);
        assertThat(drawn).containsExactly(0, 100);
    }

    @Test
    void isNotDrawnAgainUntilATenthMoreHasFinished() {
        finished = 100;
        ThrottledResultsWriter projection = projection();

        finish(projection, 9, 3600);
        assertThat(drawn).containsExactly(100);
        finish(projection, 1, 3600);
        assertThat(drawn).containsExactly(100, 110);
    }

    /** What is written grows with the trials, so the sum of the counts represents all that is written. */
    @Test
    void allDrawingsOfTenThousandTrialsTogetherCostAFewOfTheLast() {
        ThrottledResultsWriter projection = projection();

        for (int trial = 0; trial < 10_000; trial++) {
            finish(projection, 1, 31);
        }

        assertThat(drawn).hasSizeBetween(50, 100);
        int last = drawn.get(drawn.size() - 1);
        assertThat(last).isGreaterThan(9_000);
        assertThat(drawn.stream().mapToInt(Integer::intValue).sum()).isLessThan(12 * last);
    }

    @Test
    void aFileThatCannotBeWrittenIsToldOnceAndTriedAgainLater() throws IOException {
        ThrottledResultsWriter projection = projection();
        Files.delete(run.path().resolve("results.json"));
        Path inTheWay = Files.createDirectories(run.path().resolve("results.json/in the way"));

        finish(projection, 10, 30);
        finish(projection, 1, 29);
        finish(projection, 0, 1);

        assertThat(drawn).containsExactly(0, 10, 11);
        assertThat(notes).singleElement().asString().contains("could not be written");

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        finish(projection, 0, 30);

        assertThat(run.path().resolve("results.json")).content().contains("\"finished\" : 11");
        assertThat(notes).hasSize(1);
        finish(projection, 0, 30);
        assertThat(drawn).as("once it is written it rests").containsExactly(0, 10, 11, 11);
    }

    @Test
    void aRunFolderThatIsGoneIsNoReasonToStopAtTheStart() throws IOException {
        Files.delete(run.path());

        ThrottledResultsWriter projection = projection();
        finish(projection, 1, 30);

        assertThat(notes).hasSize(1);
        assertThat(drawn).containsExactly(0, 1);
    }
}
