package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class ParameterGroupTest {

    @ParameterizedTest
    @CsvSource({
        "01Conv2d.weight, 01Conv2d.weight, true",
        "01Conv2d.weight, 01Conv2d.weights, false",
        "*Conv2d*, 02SequentialBlock.01Conv2d.bias, true",
        "02*.weight, 02SequentialBlock.01Conv2d.weight, true",
        "02*.weight, 02SequentialBlock.01Conv2d.bias, false",
        "*, anything, true",
        "a.b, axb, false",
        "'*(x|y)', '1(x|y)', true"
    })
    void aStarStandsForAnyCharactersAndAllElseForItself(String names, String name, boolean contained) {
        assertThat(ParameterGroup.of(names, 0.1).contains(name)).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1000.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateIsWithinItsRange(double rate) {
        assertThatThrownBy(() -> ParameterGroup.of("*", rate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rate must be between 0 and 1000, but is " + rate);
    }

    @Test
    void aGroupNamesSomething() {
        assertThatThrownBy(() -> ParameterGroup.of(" ", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("names must name parameters");
    }
}
