package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
final class MarkdownTextTest {

    @Test
    void everyBlockAndCellIsMarkdownAndWhatOnlyAPageShowsIsLeftOut() {
        assertThat(MarkdownText.of(SampleDocument.brief())).isEqualTo("""
                digits · 2 classifiers

                ## First

                **gru is best**

                **Only 3 of 4 trials are done.**

                ### All of \\*them\\*

                | Classifier | Accuracy % | 95 % interval | File |
                |---|--:|--:|---|
                | gru (fastest) | 91.25 | 90.00 to 92.50 | [model](<trials/gru/1-0/model.onnx>) |
                | rnn\\|2 | – | – | worse |

                Means of two.

                Small print. More of it.

                ## Second

                **It costs 62 µs**

                ### Why

                - One.
                - Two.

                A class is named \\<b\\>. It is rare.

                ### Costs

                - Latency: \\~62 µs
                - Engine: ONNX Runtime

                ### Use

                ```bash
                catwalk predict model.onnx *.png
                ```

                ### gru

                2 trials

                Inside.

                Made by hand.
                """);
    }

    /** A folder of images may be named like the first item of a list. */
    @ParameterizedTest
    @CsvSource({"1. x, '1\\. x'", "2) y, '2\\) y'", "- z, '\\- z'", "+ z, '\\+ z'", "1.5 of 2, 1.5 of 2"})
    void aSentenceNeverBeginsAList(String subject, String written) {
        Document document = new Document("run", subject, "", List.of(), List.of(), "");
        assertThat(MarkdownText.of(document)).isEqualTo(written + "\n");
    }
}
