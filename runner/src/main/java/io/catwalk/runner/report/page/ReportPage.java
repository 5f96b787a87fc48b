package io.catwalk.runner.report.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.report.RunReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** Writes {@code report.html}: one file that shows a run in a browser, from disk and without a network. */
public final class ReportPage {

    static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, ReportPage.class.getClassLoader(), ReportPage.class.getPackageName());

    private ReportPage() {}

    /**
     * Writes the page.
     *
     * @param report what it shows
     * @param file where to; one that is there is replaced
     * @throws IOException if it cannot be written
     */
    public static void write(RunReport report, Path file) throws IOException {
        AtomicFiles.write(file, html(report));
    }

    static String html(RunReport report) {
        TemplateOutput html = new StringOutput(2_000_000);
        TEMPLATES.render("report.jte", Page.of(report), html);
        return html.toString();
    }

    /** Reads a script or a style sheet to stand within the page, which nothing in it can leave. */
    static String inlined(String resource) {
        try (InputStream in = Objects.requireNonNull(ReportPage.class.getResourceAsStream(resource), "build broken")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("</script", "<\\/script");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
