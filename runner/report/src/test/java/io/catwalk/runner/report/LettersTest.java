package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class LettersTest {

    private static final Letters LETTERS = Letters.plain(12);

    @Test
    void namesThatAreTooLongAreCutInTheirMiddle() {
        String first = LETTERS.cut("residual-network-with-attention-7", 120);
        String second = LETTERS.cut("residual-network-with-attention-28", 120);

        assertThat(first).startsWith("residual").endsWith("tion-7").contains("…");
        assertThat(second).startsWith("residual").endsWith("ion-28").contains("…");
        assertThat(LETTERS.width(first)).isBetween(100.0, 120.0);
        assertThat(LETTERS.width(second)).isBetween(100.0, 120.0);
        assertThat(LETTERS.cut("gru", LETTERS.width("gru"))).isEqualTo("gru");
    }

    @Test
    void aLetterIsNeverCutInTwoAndOneIsAlwaysLeft() {
        String cats = Character.toString(0x1F408).repeat(40);
        assertThat(LETTERS.cut(cats, 100).codePoints())
                .containsOnly(0x1F408, (int) '…')
                .hasSizeBetween(4, 8);
        assertThat(LETTERS.cut("residual", 1)).isEqualTo("r…");
    }
}
