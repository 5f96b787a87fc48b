package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
final class ConsoleTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Console console(int columns) {
        return new Console(new PrintWriter(out), new PrintWriter(err), columns);
    }

    @Test
    void nothingInANameControlsTheTerminalAndLettersOfAnyLanguageStay() {
        Console console = console(80);

        console.line("a \u001b[31mred\u001b[0m name");
        console.item("head: ", "bell \u0007, C1 \u009b2J, turned \u202egnp.exe");
        console.table(List.of(List.of("model", "acc"), List.of("\u001b]0;title\u0007", "1")));
        console.note("two\r\nlines");
        console.line("ключ 鍵 مفتاح मेघ");

        assertThat(out + "" + err).matches("[\\P{C}\n]*");
        assertThat(out.toString())
                .contains("a \\u001b[31mred\\u001b[0m name\n", "bell \\u0007, C1 \\u009b2J, turned \\u202egnp.exe\n")
                .contains("model                 acc\n\\u001b]0;title\\u0007    1\n");
        assertThat(out.toString()).endsWith("ключ 鍵 مفتاح मेघ\n");
        assertThat(err).hasToString("two\\u000d\\u000alines\n");
    }

    @Test
    void whatIsThousandsOfLettersLongIsCut() {
        console(80).error("no classifier is named '" + "x".repeat(100_000) + "'");

        assertThat(err.toString())
                .startsWith("catwalk: no classifier is named 'xxx")
                .endsWith("x... (100034 letters)\n");
        assertThat(err.toString().length()).isLessThan(1_100);
    }

    @Test
    void aRowForProgramsIsNeverCut() {
        List<String> names = IntStream.range(0, 5_000)
                .mapToObj(i -> "a class with a long name " + i)
                .toList();
        double[] probabilities = new double[names.size()];
        Path image = Path.of("image.png");

        new PredictCommand.PredictionView(false, true, false, names.size(), console(80))
                .add(image, names, probabilities);
        assertThat(out.toString()).hasSizeGreaterThan(100_000);
        assertThat(Json.JSON.readTree(out.toString()).path("probabilities")).hasSize(names.size());

        out.getBuffer().setLength(0);
        new PredictCommand.PredictionView(false, false, true, names.size(), console(80))
                .add(image, names, probabilities);
        assertThat(out.toString().strip().split(",", -1)).hasSize(1 + 2 * names.size());
    }

    @Test
    void textIsBrokenAtTheWidthOfTheTerminalAndNowhereElse() {
        String text = "word ".repeat(40).strip();

        console(60).item("head: ", text);
        assertThat(out.toString().lines()).hasSizeGreaterThan(3).allMatch(line -> line.length() <= 60);

        out.getBuffer().setLength(0);
        console(Integer.MAX_VALUE).item("head: ", text);
        assertThat(out).hasToString("head: " + text + "\n");
    }

    @Test
    void theLauncherSaysHowWideTheTerminalIs() {
        assertThat(columns("72")).isEqualTo(72);
        assertThat(columns("300")).isEqualTo(100);
        assertThat(columns("5")).isEqualTo(40);
        assertThat(columns("0")).isEqualTo(80);
        assertThat(columns("")).isEqualTo(80);
        assertThat(Console.terminalColumns()).isEqualTo(Integer.MAX_VALUE);
    }

    private static int columns(String told) {
        System.setProperty("catwalk.columns", told);
        try {
            return Console.terminalColumns();
        } finally {
            System.clearProperty("catwalk.columns");
        }
    }
}
