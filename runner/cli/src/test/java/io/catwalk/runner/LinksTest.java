package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Follows the links of all Markdown pages. */
@Tag("tiny")
class LinksTest {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final List<String> KINDS = List.of("tutorial", "how-to", "reference", "explanation");

    /** Pages that a test writes, one row for each thing of a kind. */
    private static final Set<String> TABLES = Set.of("command-line.md", "onnx-operators.md", "djl-models.md");

    private final MarkdownLinks links = new MarkdownLinks();

    @Test
    void eachLinkLeadsSomewhere() throws IOException {
        List<Path> pages = MarkdownLinks.pages(ROOT);
        assertThat(pages).hasSizeGreaterThan(80);
        assertThat(pages.stream().flatMap(page -> links.dead(page).stream())).isEmpty();
    }

    @Test
    void eachPageIsReachedFromTheFirst() throws IOException {
        Set<Path> reached = new LinkedHashSet<>();
        List<Path> next = new ArrayList<>(List.of(ROOT.resolve("docs/README.md")));
        while (!next.isEmpty()) {
            Path page = next.remove(next.size() - 1);
            if (reached.add(page) && page.toString().endsWith(".md") && Files.isRegularFile(page)) {
                MarkdownLinks.of(page).stream()
                        .filter(link -> !link.contains(":") && !link.startsWith("#"))
                        .map(link -> page.resolveSibling(link.replaceFirst("#.*", ""))
                                .normalize())
                        .forEach(next::add);
            }
        }
        for (String kind : KINDS) {
            try (Stream<Path> files = Files.list(ROOT.resolve("docs").resolve(kind))) {
                assertThat(files).isNotEmpty().isSubsetOf(reached);
            }
        }
    }

    /** {@code WritingAPluginIT} follows the links of what is really packed, minutes later. */
    @Test
    void packedPagesLinkToWhatIsPacked() throws IOException {
        Path docs = ROOT.resolve("docs");
        String assembly = Files.readString(Path.of("src/main/assembly/distribution.xml"));
        String set = assembly.substring(assembly.indexOf("../../docs</directory>"));
        List<PathMatcher> packed = Pattern.compile("<include>(.*)</include>")
                .matcher(set.substring(0, set.indexOf("</fileSet>")))
                .results()
                .map(include -> ROOT.getFileSystem().getPathMatcher("glob:" + include.group(1)))
                .toList();

        List<Path> unpacked = MarkdownLinks.pages(docs).stream()
                .filter(page -> packed.stream().anyMatch(one -> one.matches(docs.relativize(page))))
                .flatMap(page -> MarkdownLinks.of(page).stream()
                        .filter(link -> !link.contains(":") && !link.startsWith("#"))
                        .map(link -> page.resolveSibling(link.replaceFirst("#.*", ""))
                                .normalize()))
                .filter(Files::isRegularFile)
                .map(docs::relativize)
                .filter(target -> packed.stream().noneMatch(one -> one.matches(target)))
                .toList();

        assertThat(packed).hasSizeGreaterThan(5);
        // The one is packed beside docs; the other is the start of a checkout.
        assertThat(unpacked).containsOnly(Path.of("../THIRD-PARTY.md"), Path.of("../README.md"));
    }

    /** A newcomer reads the first page before a first result, and any other one to its end. */
    @Test
    void pagesAreShort() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(90);
        assertThat(words(ROOT.resolve("README.md"))).isLessThanOrEqualTo(700);
        for (String kind : KINDS) {
            for (Path page : MarkdownLinks.pages(ROOT.resolve("docs").resolve(kind))) {
                if (!TABLES.contains(page.getFileName().toString())) {
                    assertThat(words(page)).as(page.toString()).isLessThanOrEqualTo(1200);
                }
            }
        }
    }

    /** As {@code wc -w} counts them. */
    private static int words(Path page) throws IOException {
        return Files.readString(page).strip().split("\\s+").length;
    }

    /** A link, and how it is named if it leads nowhere. */
    @ParameterizedTest
    @CsvSource({
        "'[a](gone.md)', gone.md",
        "'[a](there.md#gone)', there.md#gone",
        "'[a](#gone)', #gone",
        "'[a](https://exa mple.org)', https://exa",
        "'[a](https://)', https://",
        "'[a][1]\n\n[1]: gone.md', gone.md",
        "'[a](there.md)',",
        "'[a](there.md#a-part-and-more)',",
        "'[a](there.md#a-part-and-more-1)',",
        "'[a](#page)',",
        "'[a](https://example.org/x?y=z#part)',"
    })
    void oneThatLeadsNowhereIsFound(String text, @Nullable String dead, @TempDir Path folder) throws IOException {
        String headings = "# The page\n\n## A `part`, and more\n\n## A [part](page.md), and more\n\n```\n# gone\n```\n";
        Files.writeString(folder.resolve("there.md"), headings);
        Path page = Files.writeString(folder.resolve("page.md"), "# Page\n\n`[a](code.md)`\n\n" + text + "\n");
        List<String> found = links.dead(page);
        assertThat(found).hasSize(dead == null ? 0 : 1);
        assertThat(found.toString()).contains(dead == null ? "[]" : "page.md: " + dead);
    }
}
