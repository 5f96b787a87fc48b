package io.catwalk.runner.report.slides;

import io.catwalk.runner.PackedFiles;
import io.catwalk.runner.RequestException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.poi.openxml4j.exceptions.OpenXML4JException;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.openxml4j.opc.PackagePart;
import org.apache.poi.openxml4j.opc.PackageRelationship;
import org.apache.poi.openxml4j.opc.PackageRelationshipTypes;
import org.apache.poi.openxml4j.opc.PackagingURIHelper;
import org.apache.poi.openxml4j.opc.RelationshipSource;
import org.apache.poi.openxml4j.opc.TargetMode;
import org.apache.poi.sl.usermodel.Placeholder;
import org.apache.poi.xslf.usermodel.SlideLayout;
import org.apache.poi.xslf.usermodel.XMLSlideShow;
import org.apache.poi.xslf.usermodel.XSLFRelation;
import org.apache.poi.xslf.usermodel.XSLFSlideLayout;
import org.openxmlformats.schemas.presentationml.x2006.main.CTPresentation;

/** A presentation whose master, theme and layouts are used. */
public final class Template {

    /** Type of the relationship to the settings of the views, for which POI has no constant. */
    private static final String VIEWS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/viewProps";

    /** Type of the relationship to the authors of the newer kind of comments, for which POI has no constant. */
    private static final String AUTHORS = "http://schemas.microsoft.com/office/2018/10/relationships/authors";

    private final byte[] bytes;

    private Template(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads a template, and checks that slides can be made with it. Its own slides are left out, with all that only
     * they use.
     *
     * @throws RequestException if it is none of these, may have macros, or has no layout with a title
     */
    public static Template read(Path file) {
        String expected =
                "--template: expected a PowerPoint file (.pptx, .potx) with a layout that has a title, but " + file;
        if (!Files.isRegularFile(file)) {
            throw new RequestException(expected + (Files.exists(file) ? " is not a file" : " does not exist"));
        }
        try (XMLSlideShow show = new XMLSlideShow(withoutSlides(Files.readAllBytes(file)))) {
            String type = root(show.getPackage()).getContentType();
            if (!type.equals(XSLFRelation.MAIN.getContentType())) {
                throw new RequestException(expected + " is of the type " + type + ": save it as .pptx in PowerPoint");
            }
            if (layout(show).isEmpty()) {
                throw new RequestException(expected + " has none: add the layout “Title Only” to its slide master");
            }
            forgetSlides(show.getCTPresentation());
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            show.write(bytes);
            return new Template(bytes.toByteArray());
        } catch (RequestException e) {
            throw e;
        } catch (IOException | OpenXML4JException | RuntimeException e) {
            // POI throws many kinds of exceptions for a file that is not a presentation.
            throw new RequestException(expected + " cannot be read as one: save it as .pptx in PowerPoint", e);
        }
    }

    static Template own() throws IOException {
        return new Template(PackedFiles.bytes(Template.class, "catwalk.pptx"));
    }

    XMLSlideShow open() throws IOException {
        return new XMLSlideShow(new ByteArrayInputStream(bytes));
    }

    /** Opens a file as a presentation, without its slides and without the parts that only these refer to. */
    private static OPCPackage withoutSlides(byte[] bytes) throws IOException, OpenXML4JException {
        OPCPackage file = OPCPackage.open(new ByteArrayInputStream(bytes));
        for (XSLFRelation kind : List.of(XSLFRelation.PRESENTATIONML_TEMPLATE, XSLFRelation.PRESENTATIONML)) {
            file.replaceContentType(kind.getContentType(), XSLFRelation.MAIN.getContentType());
        }
        // POI relates a presentation to its notes, too. The settings of the views may list slides, the properties of
        // the file list their titles, and its thumbnail shows one.
        PackagePart root = root(file);
        cut(root, XSLFRelation.SLIDE.getRelation());
        cut(root, XSLFRelation.NOTES.getRelation());
        cut(root, VIEWS);
        cut(root, XSLFRelation.COMMENT_AUTHORS.getRelation());
        cut(root, AUTHORS);
        cut(file, PackageRelationshipTypes.EXTENDED_PROPERTIES);
        cut(file, PackageRelationshipTypes.THUMBNAIL);
        Set<PackagePart> used = new HashSet<>();
        follow(file, file, used);
        for (PackagePart part : file.getParts()) {
            if (!part.isRelationshipPart() && !used.contains(part)) {
                file.removePart(part);
            }
        }
        return file;
    }

    private static PackagePart root(OPCPackage file) {
        return file.getPartsByRelationshipType(PackageRelationshipTypes.CORE_DOCUMENT)
                .get(0);
    }

    private static void cut(RelationshipSource from, String type) throws OpenXML4JException {
        for (PackageRelationship one : from.getRelationshipsByType(type)) {
            from.removeRelationship(one.getId());
        }
    }

    /** Collects the parts that relationships lead to, from part to part. */
    private static void follow(RelationshipSource from, OPCPackage file, Set<PackagePart> found)
            throws OpenXML4JException {
        for (PackageRelationship one : from.getRelationships()) {
            if (one.getTargetMode() == TargetMode.INTERNAL
                    && !one.getRelationshipType().equals(PackageRelationshipTypes.HYPERLINK_PART)) {
                String path = one.getTargetURI().getRawPath(); // a target may name a place within the part
                PackagePart part = file.getPart(PackagingURIHelper.createPartName(path));
                if (part != null && found.add(part)) {
                    follow(part, file, found);
                }
            }
        }
    }

    /** Removes the lists of slides, sections and custom shows: without their slides, PowerPoint calls a file broken. */
    private static void forgetSlides(CTPresentation presentation) {
        if (presentation.isSetSldIdLst()) {
            presentation.unsetSldIdLst();
        }
        if (presentation.isSetExtLst()) {
            presentation.unsetExtLst();
        }
        if (presentation.isSetCustShowLst()) {
            presentation.unsetCustShowLst();
        }
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
