package io.catwalk.runner;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * Configures logging, which goes to the error stream if it is switched on. The service loader finds this class. An XML
 * file would add a tenth of a second to each start.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {

    /** Messages and traces quote files, and a terminal executes such characters; tabs and line ends stay. */
    private static final String CONTROL_CHARACTERS = "[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x9F]|\\r(?!\\n)";

    /** A trial's process logs from INFO on; the program itself logs nothing unless asked. */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        show(context, Level.toLevel(System.getProperty("catwalk.log"), Level.OFF));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Shows log messages of level INFO and above from now on. */
    public static void show() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            show(context, Level.INFO);
        }
    }

    static void show(LoggerContext context, Level level) {
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        if (level == Level.OFF || root.iteratorForAppenders().hasNext()) {
            return;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(
                "%d{HH:mm:ss.SSS} %-5level %logger{0} - %replace(%msg%n%ex){'" + CONTROL_CHARACTERS + "', '?'}");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget(ConsoleTarget.SystemErr.getName());
        appender.setEncoder(encoder);
        appender.start();
        root.addAppender(appender);
    }
}
