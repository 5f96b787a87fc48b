package io.catwalk.runner.report.slides;

import io.catwalk.runner.RequestException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.xslf.usermodel.SlideLayout;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFSlideLayout;
import org.openxmlformats.schemas.presentationml.x2006.main.CTPresentation;

/** A presentation whose master, theme and layouts are used. */
public final class Template {

    private final byte[] bytes;

    private Template(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads a template, and checks that slides can be made with it.
     *
     * @param file a presentation of PowerPoint
     * @return the template
     * @throws RequestException if it is not a presentation, or has no layout with a title
     */
    public static Template read(Path file) {
        String expected = "--template: expected a PowerPoint file (.pptx) with a layout that has a title, but " + file;
        if (!Files.isRegularFile(file)) {
            throw new RequestException(expected + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        try (XMLSlideShow show = new XMLSlideShow(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            if (layout(show).isEmpty()) {
                throw new RequestException(expected + " has none: add the layout “Title Only” to its slide master");
            }
            return new Template(Files.readAllBytes(file));
        } catch (RequestException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // POI throws many kinds of exceptions for a file that is not a presentation.
            throw new RequestException(expected + " cannot be read as one: save it as .pptx in PowerPoint", e);
        }
    }

    /** Opens it as a presentation without slides. */
    XMLSlideShow open() throws IOException {
        XMLSlideShow show = new XMLSlideShow(new ByteArrayInputStream(bytes));
        while (!show.getSlides().isEmpty()) {
            show.removeSlide(0);
        }
        // Sections and custom shows refer to the removed slides; PowerPoint would call the file broken.
        CTPresentation presentation = show.getCTPresentation();
        if (presentation.isSetExtLst()) {
            presentation.unsetExtLst();
        }
        if (presentation.isSetCustShowLst()) {
            presentation.unsetCustShowLst();
        }
        return show;
    }

    /** Finds the layout with only a title, else the one with a title and the fewest other placeholders. */
    static Optional<XSLFSlideLayout> layout(XMLSlideShow show) {
        List<XSLFSlideLayout> titled = show.getSlideMasters().stream()
                .flatMap(master -> List.of(master.getSlideLayouts()).stream())
                .filter(layout -> layout.getPlaceholder(Placeholder.TITLE) != null)
                .toList();
        return titled.stream()
                .min(Comparator.<XSLFSlideLayout, Boolean>comparing(
                                layout -> layout.getType() != SlideLayout.TITLE_ONLY)
                        .thenComparing(layout -> layout.getPlaceholders().length));
    }
}
