package io.catwalk.runner.report.page;

import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.experiment.Across;
import io.catwalk.runner.statistics.CriticalDifference;
import io.catwalk.runner.statistics.Paired;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes {@code across.html}: one file that compares classifiers over several data sets. */
public final class AcrossPage {

    private AcrossPage() {}

    /**
     * Writes the page.
     *
     * @param across content of the page
     * @param file to write; an existing one is replaced
     * @throws IOException if it cannot be written
     */
    public static void write(Across across, Path file) throws IOException {
        AtomicFiles.write(file, html(across));
    }

    static String html(Across across) {
        TemplateOutput html = new StringOutput(100_000);
        ReportPage.TEMPLATES.render("across.jte", across, html);
        return html.toString();
    }

    /** Returns the diagram of the ranks; null if there are none. */
    static @Nullable RankDiagram diagram(Across across) {
        CriticalDifference ranking = across.ranking();
        return ranking == null ? null : RankDiagram.of(ranking);
    }

    /** Returns the address of the report of a data set, relative to this page. */
    static String report(Across.DataSet one) {
        try {
            // A path of several parts cannot be mistaken for an address with a scheme.
            return new URI(null, null, one.folder() + "/report.html", null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Returns whether an accuracy is the highest on its data set. */
    static boolean isBest(Across.DataSet one, String contestant) {
        Double own = one.accuracies().get(contestant);
        return own != null && one.accuracies().values().stream().allMatch(other -> Paired.order(other, own) <= 0);
    }
}
