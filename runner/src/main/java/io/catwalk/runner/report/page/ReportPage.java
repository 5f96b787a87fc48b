package io.catwalk.runner.report.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.demo.DemoPage;
import io.catwalk.runner.report.ReportModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Writes {@code report.html}: one file that shows a run in a browser, from disk and without a network. */
public final class ReportPage {

    static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, ReportPage.class.getClassLoader(), ReportPage.class.getPackageName());

    /** Characters that stand as their code in an id; a dot ends it in an address, and the underscore marks a code. */
    private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9-]");

    private static final String DEMO = "demo/" + DemoPage.PAGE;

    private ReportPage() {}

    /**
     * Returns the id of a confusion matrix on the page, which no other label has.
     *
     * @param contestant label of its classifier
     * @return the id, which is also the fragment of its address
     */
    public static String confusion(String contestant) {
        return "confusion-" + OTHER.matcher(contestant).replaceAll(ReportPage::code);
    }

    private static String code(MatchResult letter) {
        return "_" + Integer.toHexString(letter.group().codePointAt(0)) + "_";
    }

    /**
     * Writes the page. It links to the page on which its networks can be tried, if that is in the same folder.
     *
     * @param model content of the page
     * @param file to write; an existing one is replaced
     * @throws IOException if it cannot be written
     */
    public static void write(ReportModel model, Path file) throws IOException {
        Path folder = file.toAbsolutePath().normalize().getParent();
        String demo = Files.exists(file.resolveSibling(DEMO)) ? DEMO : null;
        AtomicFiles.write(file, html(Page.of(model, folder, demo)));
    }

    static String html(Page page) {
        TemplateOutput html = new StringOutput(2_000_000);
        TEMPLATES.render("report.jte", page, html);
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
