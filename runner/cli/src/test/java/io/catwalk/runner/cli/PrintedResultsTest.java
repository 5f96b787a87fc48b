package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.report.ReportModel;
import io.catwalk.runner.report.RunDocument;
import io.catwalk.runner.report.SampleRun;
import io.catwalk.runner.report.TerminalText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PrintedResultsTest {

    private static List<String> printed(List<String> names) {
        ReportModel model = new SampleRun(names, SampleRun.CLOTHES, 0, 400, 5).report();
        StringWriter out = new StringWriter();
        new TerminalText(new Console(new PrintWriter(out), new PrintWriter(out), 80)).print(RunDocument.of(model));
        return out.toString().lines().toList();
    }

    @Test
    void fourClassifiersTake40LinesOf80LettersAndTheAnswerIsAboveTheTable() {
        List<String> lines = printed(List.of("gru", "lstm", "rnn", "small-conv"));

        assertThat(lines).hasSizeBetween(4, 40).allMatch(line -> line.length() <= 80);
        int table = IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).startsWith("Classifier "))
                .findFirst()
                .orElseThrow();
        assertThat(String.join(" ", lines.subList(0, table))).contains("accuracy");
    }

    @Test
    void thirtyClassifiersAndLongNamesFit80Letters() {
        assertThat(printed(SampleRun.numbered("wide-residual-network-with-squeeze-and-excitation-", 30)))
                .hasSizeGreaterThan(10)
                .allMatch(line -> line.length() <= 80);
    }
}
