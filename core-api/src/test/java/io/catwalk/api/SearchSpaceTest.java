package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
class SearchSpaceTest {

    private static final SearchSpace SPACE = SearchSpace.none()
            .with("filters", 16, 32)
            .with("dropout", 0.5, 0.0, 0.25)
            .with("norm", true, false)
            .with("cell", "lstm");

    @Test
    void pointsAreAllCombinationsInTheOrderOfTheOptionsAndTheDefaultsAreFirst() {
        SearchSpace small = SearchSpace.none().with("a", 1, 2).with("b", "x", "y");
        assertThat(small.points().stream().map(point -> point.integer("a") + point.text("b")))
                .containsExactly("1x", "1y", "2x", "2y");
        assertThat(SPACE.points()).hasSize(2 * 3 * 2).doesNotHaveDuplicates();
        assertThat(SPACE.points().get(0)).isEqualTo(SPACE.defaults());
        assertThat(SPACE.points().get(0).values().keySet()).containsExactly("filters", "dropout", "norm", "cell");
    }

    @Test
    void nothingToChooseIsOnePoint() {
        assertThat(SearchSpace.none().points()).containsExactly(Hyperparameters.none());
        assertThat(SearchSpace.none().defaults()).isEqualTo(Hyperparameters.none());
    }

    @Test
    void theFirstOptionIsTheDefault() {
        Hyperparameters defaults = SPACE.defaults();
        assertThat(defaults.integer("filters")).isEqualTo(16);
        assertThat(defaults.number("dropout")).isEqualTo(0.5);
        assertThat(defaults.flag("norm")).isTrue();
        assertThat(defaults.text("cell")).isEqualTo("lstm");
    }

    @Test
    void whatIsNotChosenStaysAtItsDefault() {
        Hyperparameters chosen = SPACE.choose(Map.of("norm", false, "filters", 32));
        assertThat(chosen.integer("filters")).isEqualTo(32);
        assertThat(chosen.flag("norm")).isFalse();
        assertThat(chosen.number("dropout")).isEqualTo(0.5);
        assertThat(chosen.values().keySet()).containsExactly("filters", "dropout", "norm", "cell");
    }

    /** YAML reads 0 as a whole number. */
    @Test
    void aWholeNumberMayStandForAFractionalOne() {
        Hyperparameters chosen = SPACE.choose(Map.of("dropout", 0));
        assertThat(chosen).isEqualTo(SPACE.choose(Map.of("dropout", 0.0)));
        assertThat(chosen.values()).containsEntry("dropout", 0.0);
    }

    @Test
    void anUnknownNameIsRefusedAndTheKnownOnesListed() {
        assertThatThrownBy(() -> SPACE.choose(Map.of("filter", 16)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown hyperparameter 'filter'; known are filters, dropout, norm, cell");
        assertThatThrownBy(() -> SearchSpace.none().choose(Map.of("filter", 16)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown hyperparameter 'filter'; known are none");
    }

    @Test
    void aValueThatIsNoOptionIsRefusedAndTheOptionsListed() {
        assertThatThrownBy(() -> SPACE.choose(Map.of("filters", 17)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hyperparameter 'filters' must be one of [16, 32], but is 17");
        assertThatThrownBy(() -> SPACE.choose(Map.of("filters", 16.0)))
                .hasMessage("hyperparameter 'filters' must be one of [16, 32], but is 16.0");
        assertThatThrownBy(() -> SPACE.choose(Collections.singletonMap("norm", null)))
                .hasMessage("hyperparameter 'norm' must be one of [true, false], but is null");
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        String message = "hyperparameter 'a': options must be one or more distinct values of the same type, but are ";
        assertThatThrownBy(() -> Choice.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("options must be one or more distinct values of the same type, but are []");
        assertThatThrownBy(() -> SearchSpace.none().with("a", 1, 2, 1)).hasMessage(message + "[1, 2, 1]");
        assertThatThrownBy(() -> SearchSpace.none().with("a", 1, 2.0)).hasMessage(message + "[1, 2.0]");
        assertThatThrownBy(() -> SearchSpace.none().with("a", 1L))
                .hasMessage("hyperparameter 'a': value must be an Integer, a Double, a Boolean or a String, "
                        + "but is a java.lang.Long");
        assertThatThrownBy(() -> SPACE.with("norm", true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hyperparameter 'norm' is already in the space");
    }

    @Test
    void rangesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> Choice.range(1, 2, 2))
                .hasMessage("range must be from a lower to a higher number, but is 2 to 2");
        assertThatThrownBy(() -> Choice.range(0.5, 0, Double.POSITIVE_INFINITY))
                .hasMessage("range must be from a lower to a higher number, but is 0.0 to Infinity");
        assertThatThrownBy(() -> Choice.range(0.5, Double.NaN, 1))
                .hasMessage("range must be from a lower to a higher number, but is NaN to 1.0");
        assertThatThrownBy(() -> Choice.range(5, 1, 4)).hasMessage("range must hold the default 5, but is 1 to 4");
        assertThatThrownBy(() -> Choice.range(0.0, 0.0, 1.0).logarithmic())
                .hasMessage("logarithmic range must be above 0, but is 0.0 to 1.0");
        assertThatThrownBy(() -> Choice.of(List.of(1, 2)).logarithmic())
                .hasMessage("only a range can be logarithmic, but these are options: [1, 2]");
    }

    @Test
    void aRangeHoldsItsEndsAndWhatIsBetweenOfItsType() {
        SearchSpace space =
                SearchSpace.none().with("rate", Choice.range(0.1, 0.01, 1)).with("layers", Choice.range(2, 1, 6));
        assertThat(space.choose(Map.of("rate", 0.37, "layers", 6)).values())
                .containsEntry("rate", 0.37)
                .containsEntry("layers", 6);
        assertThat(space.choose(Map.of("rate", 1)).number("rate")).isEqualTo(1);
        assertThatThrownBy(() -> space.choose(Map.of("rate", 1.01)))
                .hasMessage("hyperparameter 'rate' must be between 0.01 and 1.0, but is 1.01");
        assertThatThrownBy(() -> space.choose(Map.of("layers", 2.5)))
                .hasMessage("hyperparameter 'layers' must be between 1 and 6, but is 2.5");
        assertThat(space.points()).hasSize(9);
        assertThat(space.points().get(0)).isEqualTo(space.defaults());
        assertThat(Choice.range(2, 1, 6).values()).containsExactly(2, 1, 6);
    }

    @Test
    void anotherDefaultLeavesTheValuesAsTheyAre() {
        assertThat(Choice.of(List.of("a", "b", "c")).withDefault("b").values()).containsExactly("b", "a", "c");
        assertThat(Choice.range(2, 1, 6).withDefault(3).values()).containsExactly(3, 1, 6);
        assertThat(Choice.range(0.1, 0.01, 1).logarithmic().withDefault(0.2))
                .isEqualTo(Choice.range(0.2, 0.01, 1).logarithmic());
        assertThatThrownBy(() -> Choice.of(List.of(1, 2)).withDefault(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("default must be one of [1, 2], but is 3");
    }

    /** Of uniform random numbers, a quarter falls into each quarter of the range, or of its logarithms. */
    @Test
    void numbersOfARangeAreDrawnEvenly() {
        Choice linear = Choice.range(0.0, -1.0, 3.0);
        assertThat(List.of(linear.at(0), linear.at(0.25), linear.at(0.5))).containsExactly(-1.0, 0.0, 1.0);
        assertThat((double) linear.at(Math.nextDown(1.0))).isCloseTo(3, within(1e-14));
        Choice logarithmic = Choice.range(0.01, 0.0001, 1.0).logarithmic();
        assertThat((double) logarithmic.at(0.25)).isCloseTo(0.001, within(1e-15));
        assertThat((double) logarithmic.at(0.75)).isCloseTo(0.1, within(1e-13));
        Choice whole = Choice.range(2, 1, 4);
        assertThat(List.of(whole.at(0), whole.at(0.249), whole.at(0.25), whole.at(0.75), whole.at(Math.nextDown(1.0))))
                .containsExactly(1, 1, 2, 4, 4);
        Choice options = Choice.of(List.of("a", "b"));
        assertThat(List.of(options.at(0), options.at(0.49), options.at(0.5), options.at(0.99)))
                .containsExactly("a", "a", "b", "b");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 2, Double.NaN})
    void aRandomNumberOutOfRangeIsRefused(double random) {
        Choice options = Choice.of(List.of("a", "b"));
        for (Choice choice : List.of(options, Choice.range(2, 1, 4), Choice.range(0.1, 0.0, 1.0))) {
            assertThatThrownBy(() -> choice.at(random))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("random number must be 0 or above and below 1, but is " + random);
        }
    }

    @Test
    void aValueOfAnotherTypeIsRefused() {
        assertThatThrownBy(() -> SPACE.defaults().integer("dropout"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a hyperparameter 'dropout' of type Integer, but found 0.5 among "
                        + "[filters, dropout, norm, cell]");
        assertThatThrownBy(() -> SPACE.defaults().flag("size"))
                .hasMessage("expected a hyperparameter 'size' of type Boolean, but found none among "
                        + "[filters, dropout, norm, cell]");
        assertThatThrownBy(() -> SPACE.defaults().text("filters")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SPACE.defaults().number("cell")).isInstanceOf(IllegalArgumentException.class);
        assertThat(SPACE.defaults().number("filters")).isEqualTo(16);
    }

    @Test
    void spacesAndChoicesNeverChange() {
        List<Object> options = new ArrayList<>(List.of(1, 2));
        SearchSpace space = SearchSpace.none().with("a", Choice.of(options));
        options.add(3);
        assertThat(space.points()).hasSize(2);
        Map<String, Choice> theirs = space.choices();
        assertThatThrownBy(theirs::clear).isInstanceOf(UnsupportedOperationException.class);
        List<Object> theirOptions = theirs.values().iterator().next().values();
        assertThatThrownBy(theirOptions::clear).isInstanceOf(UnsupportedOperationException.class);

        Map<String, Object> values = new LinkedHashMap<>(Map.of("a", 1));
        Hyperparameters chosen = new Hyperparameters(values);
        values.put("a", 2);
        assertThat(chosen.integer("a")).isEqualTo(1);
        Map<String, Object> theirValues = chosen.values();
        assertThatThrownBy(theirValues::clear).isInstanceOf(UnsupportedOperationException.class);
        // Adding returns a larger space and does not change the smaller one.
        assertThat(SearchSpace.none().choices()).isEmpty();
    }
}
