package io.catwalk.runner.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.trial.DatasetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The folder of an experiment on several data sets, and the drafts that a killed process leaves in it. */
@Tag("tiny")
final class CollectionFolderTest {

    private static final CollectionSpec SPEC = new CollectionSpec(
            CollectionSpec.SCHEMA,
            Stream.of("one", "two")
                    .map(name -> new CollectionSpec.Member(name, request(name)))
                    .toList());

    @TempDir
    private Path folder;

    private static ExperimentSpec request(String dataset) {
        return Requests.of(new DatasetSpec(dataset, null, 0, 0), 1, Requests.contestant("gru"));
    }

    private Path collection() throws IOException {
        return CollectionFolder.create(folder.resolve("runs"), RunFolder.Existing.REFUSE, SPEC)
                .path();
    }

    @Test
    void aDraftDoesNotKeepACollectionFromBeingReplaced() throws IOException {
        Path runs = collection();
        Files.writeString(runs.resolve(".across.json.0123456789abcdef.part"), "{");

        CollectionFolder.create(runs, RunFolder.Existing.REPLACE, SPEC);

        assertThat(runs).isDirectoryNotContaining("glob:**.part");
        assertThat(new CollectionFolder(runs).readSpec()).isEqualTo(SPEC);
    }

    @Test
    void whoLocksACollectionTidiesIt() throws IOException {
        Path runs = collection();
        Path draft = Files.writeString(runs.resolve(".across.html.0123456789abcdef.part"), "<");

        new CollectionFolder(runs).lock().close();

        assertThat(draft).doesNotExist();
    }

    /** A full disk leaves an empty journal, and a kill may leave a part of its first line. */
    @ParameterizedTest
    @ValueSource(strings = {"", "{\"schema\":2,\"star"})
    void aRunWhoseFirstLineWasNotWrittenHasNotBegun(String journal) throws IOException {
        CollectionFolder collection = new CollectionFolder(collection());
        RunFolder run = collection.run(SPEC.members().get(0));
        Files.writeString(run.path().resolve("journal.jsonl"), journal);

        assertThat(collection.sumUp().dataSets())
                .extracting(MultiDatasetComparison.DataSet::folder, MultiDatasetComparison.DataSet::finished)
                .containsExactly(tuple("one", 0), tuple("two", 0));
    }

    static Stream<String> damaged() {
        return Stream.of("""
                |null|[]|{}|eggs|a: [|schema: x|members: 3|{schema: 1, members: }|{schema: 1, members: []}
                |{schema: 1, members: [null]}|{schema: 1, members: [{}]}
                |{schema: 1, members: [{folder: one, experiment: null}]}""".split("\\|"));
    }

    @ParameterizedTest
    @MethodSource("damaged")
    void aDamagedRequestIsOneLine(String text) throws IOException {
        Path request = Files.writeString(collection().resolve("collection.yaml"), text);

        assertThatThrownBy(() -> new CollectionFolder(folder.resolve("runs")).sumUp())
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("expected several data sets in " + request + ", but ")
                .message()
                .doesNotContainPattern(
                        "(?i)jackson|exception|java\\.|catwalk\\.runner|reference chain|deserializ|\\p{Cntrl}");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 99})
    void anotherSchemaIsRefused(int schema) throws IOException {
        Path request = collection().resolve("collection.yaml");
        Files.writeString(request, Files.readString(request).replaceFirst("schema: 1", "schema: " + schema));

        assertThatThrownBy(() -> new CollectionFolder(folder.resolve("runs")).readSpec())
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("is of schema " + schema);
    }

    @Test
    void aDraftOfAnotherFileIsLeftAsItIs() throws IOException {
        Path runs = collection();
        Path draft = Files.writeString(runs.resolve(".mine.txt.0123456789abcdef.part"), "precious");

        assertThatThrownBy(() -> CollectionFolder.create(runs, RunFolder.Existing.REPLACE, SPEC))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining(draft + " belongs to no run");
        assertThat(draft).hasContent("precious");
    }
}
