package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class MarkdownTest {

    @ParameterizedTest
    @ValueSource(strings = {"T-shirt/top", "Ankle boot", "Bär", "0", "a.b, c (d) 'e' 5 %"})
    void plainWordsStayAsTheyAre(String text) {
        assertThat(Markdown.text(text)).isEqualTo(text);
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
        assertThat(Markdown.text(text)).isEqualTo(escaped);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\n\r\nb", "a\tb", "a\u0000b", "a\u001bb"})
    void aNameIsOneLine(String text) {
        assertThat(Markdown.text(text)).isEqualTo("a b");
    }
}
