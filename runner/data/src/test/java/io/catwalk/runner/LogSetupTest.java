package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class LogSetupTest {

    /** Messages and traces hold texts from files, and a terminal would execute their control characters. */
    @Test
    void controlCharactersAreNotPrinted() {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        try {
            System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
            LogSetup.show(context, Level.INFO);
            context.getLogger("Some")
                    .info("red \u001b[31m and \r bell \u0007", new IllegalStateException("clear \u001b[2J\nend"));
        } finally {
            System.setErr(before);
            context.stop();
        }

        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(text)
                .contains("Some - red ?[31m and ? bell ?", "IllegalStateException: clear ?[2J", "end")
                .doesNotContain("\u001b", "\u0007", "and \r")
                .containsOnlyOnce("IllegalStateException")
                .contains("at io.catwalk.runner.LogSetupTest.controlCharactersAreNotPrinted");
    }
}
