package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class TextEscapingTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"", "T-shirt/top", "a b", "1", "-1", "-0.25", "+3", "-1.5E-4", "1e+9", "a=b", "a@b", "'quoted'"})
    void aPlainCellStaysAsItIs(String text) {
        assertThat(TextEscaping.csvCell(text)).isEqualTo(text);
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
        assertThat(TextEscaping.csvCell(text)).isEqualTo(cell);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            '@x        | @x
            '=1+1      | =1+1
            '＝1   | ＝1
            '-1        | '-1
            'quoted'   | 'quoted'
            '          | '
            @x         | @x
            ''@x       | ''@x
            """)
    void onlyTheApostropheBeforeAFormulaIsTakenAway(String cell, String text) {
        assertThat(TextEscaping.withoutApostrophe(cell)).isEqualTo(text);
    }

    @Test
    void lineBreaksCommasAndQuotesAreQuoted() {
        assertThat(TextEscaping.csvCell("\t=1")).isEqualTo("'\t=1");
        assertThat(TextEscaping.csvCell("\r=1")).isEqualTo("\"'\r=1\"");
        assertThat(TextEscaping.csvCell("\n=1")).isEqualTo("\"'\n=1\"");
        assertThat(TextEscaping.csvCell("a,\"b\"\nc")).isEqualTo("\"a,\"\"b\"\"\nc\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"T-shirt/top", "Ankle boot", "Bär", "0", "a.b, c (d) 'e' 5 %"})
    void plainWordsStayAsTheyAre(String text) {
        assertThat(TextEscaping.markdown(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            a|b              ; a\\|b
            <img src=x>      ; \\<img src=x\\>
            [x](http://y)    ; \\[x\\](http://y)
            **bold** _it_    ; \\*\\*bold\\*\\* \\_it\\_
            `code` # ~~x~~   ; \\`code\\` \\# \\~\\~x\\~\\~
            back\\slash      ; back\\\\slash
            &amp             ; \\&amp
            """)
    void markUpStandsThereLetterByLetter(String text, String escaped) {
        assertThat(TextEscaping.markdown(text)).isEqualTo(escaped);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\n\r\nb", "a\tb", "a\u0000b", "a\u001bb"})
    void aNameIsOneLine(String text) {
        assertThat(TextEscaping.markdown(text)).isEqualTo("a b");
    }
}
