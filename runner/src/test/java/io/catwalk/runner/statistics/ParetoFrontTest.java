package io.catwalk.runner.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class ParetoFrontTest {

    private record Model(String name, double accuracy, double milliseconds) {}

    @Test
    void theParetoFrontKeepsWhatNothingBeatsAndEqualsTogether() {
        var best = new Model("best", 0.94, 5);
        var fast = new Model("fast", 0.90, 1);
        var twin = new Model("twin", 0.90, 1);
        var slow = new Model("slow", 0.90, 2);
        var bad = new Model("bad", 0.80, 1);
        List<ToDoubleFunction<Model>> objectives = List.of(model -> -model.accuracy(), Model::milliseconds);

        assertThat(ParetoFront.of(List.of(slow, fast, bad, best, twin), objectives))
                .containsExactly(fast, best, twin);
        // The mean of 0.933, 0.938 and 0.928 differs from that of three times 0.933 in the last bit.
        var rounded = new Model("rounded", 0.9329999999999999, 1);
        assertThat(ParetoFront.of(List.of(new Model("same", 0.9330000000000002, 2), rounded), objectives))
                .containsExactly(rounded);
    }
}
