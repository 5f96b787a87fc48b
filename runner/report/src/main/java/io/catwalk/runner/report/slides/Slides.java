package io.catwalk.runner.report.slides;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.report.Block;
import io.catwalk.runner.report.Document;
import io.catwalk.runner.report.Medium;
import io.catwalk.runner.report.Section;
import io.catwalk.runner.report.Table;
import io.catwalk.runner.report.slides.Slides.SlideOptions.Extent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.jspecify.annotations.Nullable;

/** Writes a document as a presentation, in which every chart and table can be edited: a slide for each section. */
public record Slides(XMLSlideShow show, SlideLook look, Document document, SlideWords words) {

    /** Largest number of slides of one table. */
    private static final int PAGES = 20;

    /** Makes a document, perhaps while the template of the slides is opened. */
    public interface Source {

        Document get() throws IOException;
    }

    /** Writes the presentation; an existing file is unchanged if that fails. */
    public static Path write(Source document, Path file, SlideOptions options) throws IOException {
        AtomicFiles.write(file, bytes(document, options));
        return file;
    }

    static byte[] bytes(Source document, SlideOptions options) throws IOException {
        Template template = options.template() == null ? Template.own() : options.template();
        try (XMLSlideShow show = template.open();
                ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            SlideLook look = SlideLook.of(show);
            Document read = document.get();
            Slides slides = new Slides(show, look, read, new SlideWords(read.names()));
            slides.describe();
            slides.findings(read.in(Medium.SLIDES).sections());
            if (options.extent() == Extent.WITH_APPENDIX) {
                for (Section section : read.in(Medium.APPENDIX).sections()) {
                    slides.appendix(section, section.name(), section.blocks());
                }
            }
            show.write(bytes);
            return bytes.toByteArray();
        }
    }

    /** Replaces the properties of the file, which are those of the template at first. */
    private void describe() {
        var properties = show.getProperties().getCoreProperties();
        properties.setTitle(words.said(document.title()));
        properties.setCreator("Catwalk");
        properties.setLastModifiedByUser("Catwalk");
        properties.setSubjectProperty(words.said(document.subject()));
        properties.setKeywords("");
        properties.setDescription("");
        properties.setCategory("");
        properties.setRevision("1");
        properties.setCreated(Optional.empty());
        properties.setModified(Optional.empty());
    }

    private void findings(List<Section> sections) {
        if (sections.isEmpty()) {
            slide(document.title(), "");
        }
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            new SlideLayout(slide(i == 0 ? document.title() : section.title(), section.source()))
                    .place(section.blocks());
        }
    }

    /** Adds a slide for each block; a table goes on over several slides. */
    private void appendix(Section section, String title, List<Block> blocks) {
        for (Block block : blocks) {
            if (block instanceof Block.Group group) {
                appendix(section, title + ": " + group.heading().text(), group.blocks());
            } else if (block instanceof Table table) {
                int from = 0;
                for (int page = 1;
                        page <= PAGES && (page == 1 || from < table.rows().size());
                        page++) {
                    SlideCanvas slide = slide(title + (page == 1 ? "" : " (" + page + ")"), section.source());
                    from = new SlideLayout(slide).page(table, from, page == PAGES);
                }
            } else {
                new SlideLayout(slide(title, section.source())).place(List.of(block));
            }
        }
    }

    private SlideCanvas slide(String title, String source) {
        SlideCanvas slide = SlideCanvas.of(show, look, words);
        slide.title(title);
        slide.foot(
                document.name() + " · " + document.subject(), show.getSlides().size());
        slide.notes(List.of(title, "Source: " + source));
        return slide;
    }

    /** Which slides there are, and whose look they have: without a template, Catwalk's own. */
    public record SlideOptions(Extent extent, @Nullable Template template) {

        public enum Extent {
            /** The findings, on ten slides. */
            FINDINGS,
            /** The findings, and every detail in an appendix. */
            WITH_APPENDIX
        }
    }
}
