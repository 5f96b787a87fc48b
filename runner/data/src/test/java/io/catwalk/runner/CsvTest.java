package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class CsvTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"", "T-shirt/top", "a b", "1", "-1", "-0.25", "+3", "-1.5E-4", "1e+9", "a=b", "a@b", "'quoted'"})
    void aPlainCellStaysAsItIs(String text) {
        assertThat(Csv.cell(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            =1+1           | '=1+1
            +1+1           | '+1+1
            -1+1           | '-1+1
            -              | '-
            @SUM(A1)       | '@SUM(A1)
            =HYPERLINK("x")| "'=HYPERLINK(""x"")"
            =a,b           | "'=a,b"
            ＝1            | '＝1
            """)
    void aFormulaBecomesText(String text, String cell) {
        assertThat(Csv.cell(text)).isEqualTo(cell);
    }

    @Test
    void lineBreaksCommasAndQuotesAreQuoted() {
        assertThat(Csv.cell("\t=1")).isEqualTo("'\t=1");
        assertThat(Csv.cell("\r=1")).isEqualTo("\"'\r=1\"");
        assertThat(Csv.cell("\n=1")).isEqualTo("\"'\n=1\"");
        assertThat(Csv.cell("a,\"b\"\nc")).isEqualTo("\"a,\"\"b\"\"\nc\"");
    }
}
