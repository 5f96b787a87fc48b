package io.catwalk.runner.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class DamagedTrialTest {

    @TempDir
    private Path folder;

    private TrialFolder trial() {
        return new TrialFolder(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "[null]", "[1, {}]", "[\"a\"", "eggs"})
    void damagedNamesOfTheClassesAreNamedInOneLine(String text) throws IOException {
        Path classes = Files.writeString(folder.resolve("classes.json"), text);

        assertThatThrownBy(() -> trial().readClasses())
                .isInstanceOf(RequestException.class)
                .hasMessageStartingWith("expected the names of the classes in " + classes + ", but ")
                .message()
                .doesNotContainPattern("(?i)jackson|exception|java\\.|\\p{Cntrl}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "[]", "{\"key\": null}", "eggs"})
    void weightsWhoseOriginWasDamagedAreMadeAgain(String text) throws IOException {
        Files.writeString(folder.resolve("training.json"), text);

        assertThat(trial().readTraining("0".repeat(64))).isNull();
    }
}
