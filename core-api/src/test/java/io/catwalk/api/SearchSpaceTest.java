package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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

    /** The order of Map.of(...) is drawn anew in each Java process: of 10 names, it is sorted once in 3,628,800. */
    @Test
    void aMapWithoutAnOrderOfItsOwnIsSorted() {
        List<Object> one = List.of(1);
        Map<String, List<Object>> map = Map.of(
                "units", one, "dropout", one, "layers", one, "dense", one, "norm", one, "cell", one, "filters", one,
                "pool", one, "stride", one, "width", one);
        String[] sorted = {"cell", "dense", "dropout", "filters", "layers", "norm", "pool", "stride", "units", "width"};
        assertThat(new SearchSpace(map).options().keySet()).containsExactly(sorted);
        assertThat(new SearchSpace(map).points().get(0).values().keySet()).containsExactly(sorted);
        assertThat(new SearchSpace(Map.copyOf(new LinkedHashMap<>(map)))
                        .options()
                        .keySet())
                .containsExactly(sorted);
        assertThat(new SearchSpace(new HashMap<>(map)).options().keySet()).containsExactly(sorted);
    }

    @Test
    void aMapWithAnOrderKeepsIt() {
        Map<String, List<Object>> map = new LinkedHashMap<>();
        List.of("units", "dropout", "layers", "dense", "norm").forEach(name -> map.put(name, List.of(1, 2)));
        assertThat(new SearchSpace(map).options().keySet())
                .containsExactly("units", "dropout", "layers", "dense", "norm");
        SearchSpace space = new SearchSpace(Collections.unmodifiableMap(map));
        assertThat(space.options().keySet()).containsExactly("units", "dropout", "layers", "dense", "norm");
        assertThat(new SearchSpace(space.options()).points()).isEqualTo(space.points());
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
        String message = "hyperparameter 'a' must have at least one option, none twice, all of one type, but has ";
        assertThatThrownBy(() -> new SearchSpace(Map.of("a", List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message + "[]");
        assertThatThrownBy(() -> SearchSpace.none().with("a", 1, 2, 1)).hasMessage(message + "[1, 2, 1]");
        assertThatThrownBy(() -> SearchSpace.none().with("a", 1, 2.0)).hasMessage(message + "[1, 2.0]");
        assertThatThrownBy(() -> SearchSpace.none().with("a", 1L))
                .hasMessage("hyperparameter 'a' must be an Integer, a Double, a Boolean or a String, "
                        + "but is a java.lang.Long");
        assertThatThrownBy(() -> SPACE.with("norm", true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("hyperparameter 'norm' is already in the space");
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
        Map<String, List<Object>> map = new HashMap<>(Map.of("a", options));
        SearchSpace space = new SearchSpace(map);
        options.add(3);
        map.clear();
        assertThat(space.points()).hasSize(2);
        Map<String, List<Object>> theirs = space.options();
        assertThatThrownBy(theirs::clear).isInstanceOf(UnsupportedOperationException.class);
        List<Object> theirOptions = theirs.values().iterator().next();
        assertThatThrownBy(theirOptions::clear).isInstanceOf(UnsupportedOperationException.class);

        Map<String, Object> values = new LinkedHashMap<>(Map.of("a", 1));
        Hyperparameters chosen = new Hyperparameters(values);
        values.put("a", 2);
        assertThat(chosen.integer("a")).isEqualTo(1);
        Map<String, Object> theirValues = chosen.values();
        assertThatThrownBy(theirValues::clear).isInstanceOf(UnsupportedOperationException.class);
        // Adding gives a larger space and leaves the smaller one as it was.
        assertThat(SearchSpace.none().options()).isEmpty();
    }
}
