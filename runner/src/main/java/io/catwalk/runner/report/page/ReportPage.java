package io.catwalk.runner.report.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.report.document.Document;
import io.catwalk.runner.report.document.Medium;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** Writes a document as one HTML file, which a browser shows from disk and without a network. */
public final class ReportPage {

    private static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, ReportPage.class.getClassLoader(), ReportPage.class.getPackageName());

    private ReportPage() {}

    /**
     * Writes the page.
     *
     * @throws IOException if it cannot be written
     */
    public static void write(Document document, Path file) throws IOException {
        AtomicFiles.write(file, html(document));
    }

    static String html(Document document) {
        TemplateOutput html = new StringOutput(2_000_000);
        TEMPLATES.render("document.jte", new PageMarkup(document.in(Medium.PAGE)), html);
        return html.toString();
    }

    /** Reads a script or a style sheet that is written into the page, and makes sure that it cannot end its element. */
    static String inlined(String resource) {
        try (InputStream in = Objects.requireNonNull(ReportPage.class.getResourceAsStream(resource), "build broken")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("</script", "<\\/script");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
