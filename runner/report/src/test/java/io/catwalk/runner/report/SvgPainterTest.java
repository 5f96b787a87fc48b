package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.report.Mark.Paint;
import io.catwalk.runner.report.Mark.Rect;
import io.catwalk.runner.report.Picture.Theme;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class SvgPainterTest {

    @ParameterizedTest
    @CsvSource({"7, 7", "0.051, 0.05", "-0.049, -0.05", "-0.001, 0", "19.999, 20", "1234567.891, 1234567.89"})
    void numbersHaveTwoDecimalsAtMost(double value, String expected) {
        Rect rect = new Rect(value, 0, 1, 1, 0, Paint.fill("ink"));
        String svg = new Picture(10, 10, List.of(rect)).svg(Theme.LIGHT, "title", "sentence");
        assertThat(svg).contains(" x=\"" + expected + "\"");
    }
}
