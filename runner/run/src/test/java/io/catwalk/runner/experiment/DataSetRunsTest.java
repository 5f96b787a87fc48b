package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The folder of an experiment on several data sets, and the drafts that a killed process leaves in it. */
@Tag("tiny")
final class DataSetRunsTest {

    private static final Map<String, ExperimentSpec> REQUESTS =
            new TreeMap<>(Map.of("one", request("one"), "two", request("two")));

    @TempDir
    private Path folder;

    private static ExperimentSpec request(String dataset) {
        return Requests.of(
                new DatasetSpec(dataset, null, null, null, null, 0, 0, null, null), 1, Requests.contestant("gru"));
    }

    private Path collection() throws IOException {
        return DataSetRuns.create(folder.resolve("runs"), RunFolder.Existing.REFUSE, REQUESTS)
                .path();
    }

    @Test
    void aDraftDoesNotKeepACollectionFromBeingReplaced() throws IOException {
        Path runs = collection();
        Files.writeString(runs.resolve(".across.json.0123456789abcdef.part"), "{");

        DataSetRuns.create(runs, RunFolder.Existing.REPLACE, REQUESTS);

        assertThat(runs).isDirectoryNotContaining("glob:**.part");
        assertThat(new DataSetRuns(runs).runs())
                .extracting(RunFolder::path, RunFolder::readExperiment)
                .containsExactly(
                        tuple(runs.resolve("one"), request("one")), tuple(runs.resolve("two"), request("two")));
    }

    @Test
    void whoLocksACollectionTidiesIt() throws IOException {
        Path runs = collection();
        Path draft = Files.writeString(runs.resolve(".across.html.0123456789abcdef.part"), "<");

        new DataSetRuns(runs).lock(RunLock.Purpose.TRAIN, note -> {}).close();

        assertThat(draft).doesNotExist();
    }

    /** A full disk leaves an empty journal, and a kill may leave a part of its first line. */
    @ParameterizedTest
    @ValueSource(strings = {"", "{\"schema\":2,\"star"})
    void aRunWhoseFirstLineWasNotWrittenHasNotBegun(String journal) throws IOException {
        DataSetRuns all = new DataSetRuns(collection());
        Files.writeString(all.path().resolve("one/journal.jsonl"), journal);

        assertThat(all.begun()).isEmpty();
        assertThat(all.compared().dataSets())
                .extracting(MultiDatasetComparison.DataSet::folder, MultiDatasetComparison.DataSet::finished)
                .containsExactly(tuple("one", 0), tuple("two", 0));
    }

    static Stream<String> damaged() {
        return Stream.of("""
                |null|[]|{}|eggs|a: [|schema: x|runs: 3|{schema: 2, runs: }|{schema: 2, runs: []}|{schema: 2, runs: [null]}
                |{schema: 2, runs: [{}]}|{schema: 2, runs: [../one]}|{schema: 2, runs: [lock]}""".split("\\|"));
    }

    @ParameterizedTest
    @MethodSource("damaged")
    void aDamagedRequestIsOneLine(String text) throws IOException {
        Path request = Files.writeString(collection().resolve("collection.yaml"), text);

        assertThatThrownBy(() -> new DataSetRuns(folder.resolve("runs")).compared())
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("expected several data sets in " + request + ", but ")
                .message()
                .doesNotContainPattern(
                        "(?i)jackson|exception|java\\.|catwalk\\.runner|reference chain|deserializ|\\p{Cntrl}");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 99})
    void anotherSchemaIsRefused(int schema) throws IOException {
        Path request = collection().resolve("collection.yaml");
        Files.writeString(request, Files.readString(request).replaceFirst("schema: 2", "schema: " + schema));

        assertThatThrownBy(() -> new DataSetRuns(folder.resolve("runs")).runs())
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("is of schema " + schema);
    }

    @Test
    void aDraftOfAnotherFileIsLeftAsItIs() throws IOException {
        Path runs = collection();
        Path draft = Files.writeString(runs.resolve(".mine.txt.0123456789abcdef.part"), "precious");

        assertThatThrownBy(() -> DataSetRuns.create(runs, RunFolder.Existing.REPLACE, REQUESTS))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(draft + " belongs to no run");
        assertThat(draft).hasContent("precious");
    }
}
