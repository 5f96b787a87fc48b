package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.catwalk.runner.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(ExportedRun.class)
final class ResultsSchemaTest {

    private static final Path DOCS = Path.of("../..", "docs");
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    static List<String> errors(String results) throws IOException {
        Schema schema = REGISTRY.getSchema(schema());
        return schema.validate(Json.JSON.readTree(results)).stream()
                .map(Error::toString)
                .toList();
    }

    private static JsonNode schema() throws IOException {
        return Catwalk.json(DOCS.resolve("reference/results.schema.json"));
    }

    @Test
    void itIsASchema() throws IOException {
        Schema schema = REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertThat(schema.validate(schema())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fashion-mnist", "crossval", "tuning/small-conv", "tuning/rnn", "fast/1"})
    void keptResultsHaveTheForm(String run) throws IOException {
        assertThat(errors(Files.readString(DOCS.resolve("results/" + run + "/results.json"))))
                .isEmpty();
    }

    @Test
    void aRunOfNowHasTheFormToo() throws IOException {
        String results = Files.readString(ExportedRun.get().run().resolve("results.json"));
        assertThat(errors(results)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"schema\" : 1 | \"schema\" : 2 | constant",
                "\"status\" : \"done\" | \"status\" : \"fine\" | enumeration",
                "\"channels\" : 1 | \"channels\" : \"1\" | integer",
                "\"planned\" : 35 | \"planed\" : 35 | planed",
                "\"pairs\" : | \"verdicts\" : | pairs",
                "\"accuracy\" : 0.9 | \"accuracy\" : 1.9 | maximum"
            })
    void whatIsOtherwiseIsFound(String good, String bad, String error) throws IOException {
        String results = Files.readString(DOCS.resolve("results/fashion-mnist/results.json"));
        assertThat(results).contains(good);

        assertThat(errors(results.replace(good, bad))).isNotEmpty().anyMatch(found -> found.contains(error));
    }
}
