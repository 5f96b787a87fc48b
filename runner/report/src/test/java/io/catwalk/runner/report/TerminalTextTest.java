package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class TerminalTextTest {

    private final List<String> printed = new ArrayList<>();

    private final TerminalText.Output out = new TerminalText.Output() {
        @Override
        public void line(String text) {
            printed.add(text);
        }

        @Override
        public void item(String head, String text) {
            printed.add(head + text);
        }

        @Override
        public void table(List<List<String>> rows) {
            rows.forEach(row -> printed.add(String.join(" | ", row)));
        }
    };

    @Test
    void theAnswerIsFirstThenTheTableAndWhatOnlyAPageShowsIsLeftOut() {
        new TerminalText(out).print(SampleDocument.brief());

        assertThat(printed)
                .containsExactly(
                        "",
                        "digits · 2 classifiers",
                        "",
                        "gru is best",
                        "",
                        "! Only 3 of 4 trials are done.",
                        "",
                        "Classifier | Accuracy % | File",
                        "gru | 91.25 | model",
                        "rnn|2 | – | worse",
                        "Means of two.",
                        "Small print. More of it.",
                        "",
                        "It costs 62 µs",
                        "",
                        "Why",
                        "- One.",
                        "- Two.",
                        "",
                        "A class is named <b>. It is rare.");
    }
}
