package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class PaletteTest {

    private static final List<String> NAMES =
            IntStream.range(0, 24).mapToObj(i -> "net-" + i).toList();

    /** The colors as Okabe and Ito print them, https://jfly.uni-koeln.de/color/. */
    @Test
    void theFirstColorsAreThoseOfOkabeAndIto() {
        Palette palette = new Palette(NAMES);
        assertThat(palette.color("net-0")).isEqualTo("#0072B2");
        assertThat(palette.color("net-1")).isEqualTo("#E69F00");
        assertThat(palette.color("net-2")).isEqualTo("#009E73");
    }

    @Test
    void twentyFourClassifiersHaveTwentyFourColors() {
        Palette palette = new Palette(NAMES);
        assertThat(new HashSet<>(NAMES.stream().map(palette::color).toList())).hasSize(24);
        assertThat(NAMES).allSatisfy(name -> {
            assertThat(palette.color(name)).matches("#[0-9A-F]{6}");
            assertThat(palette.paleColor(name)).matches("#[0-9A-F]{6}").isNotEqualTo(palette.color(name));
        });
    }

    @Test
    void aNameNobodyKnowsIsGray() {
        assertThat(new Palette(List.of()).color("unknown")).isEqualTo(Palette.NEUTRAL);
    }
}
