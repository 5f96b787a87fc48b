package io.catwalk.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Follows the links of all Markdown pages, as a host of Git does: to files, and to headings by their anchors. */
@Tag("tiny")
class LinksTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> PASSED_OVER = Set.of("target", "node_modules", ".git", "runs");

    private static final Pattern FENCE = Pattern.compile("^(```|~~~).*?^\\1", Pattern.DOTALL | Pattern.MULTILINE);

    private static final Pattern CODE = Pattern.compile("`[^`\n]*`");

    private static final Pattern LINK =
            Pattern.compile("\\]\\(\\s*<?([^)\\s>]*)>?[^)]*\\)|^\\[[^]]+]:\\s+(\\S+)", Pattern.MULTILINE);

    private static final Pattern HEADING = Pattern.compile("^#{1,6} +(.*?) *$", Pattern.MULTILINE);

    /** Anchors of a page, which many links ask for. */
    private final Map<Path, Set<String>> anchors = new HashMap<>();

    @Test
    void eachLinkLeadsSomewhere() throws IOException {
        List<Path> pages = pages();

        assertThat(pages).hasSizeGreaterThan(80);
        assertThat(pages.stream().flatMap(page -> dead(page).stream())).isEmpty();
    }

    @Test
    void eachPageIsReachedFromTheFirst() throws IOException {
        Set<Path> reached = new LinkedHashSet<>();
        List<Path> next = new ArrayList<>(List.of(ROOT.resolve("docs/README.md")));
        while (!next.isEmpty()) {
            Path page = next.remove(next.size() - 1);
            if (reached.add(page) && page.toString().endsWith(".md") && Files.isRegularFile(page)) {
                links(page).stream()
                        .filter(link -> !link.contains(":") && !link.startsWith("#"))
                        .map(link -> page.resolveSibling(link.replaceFirst("#.*", ""))
                                .normalize())
                        .forEach(next::add);
            }
        }
        for (String kind : List.of("tutorial", "how-to", "reference", "explanation")) {
            try (Stream<Path> files = Files.list(ROOT.resolve("docs").resolve(kind))) {
                assertThat(files).isNotEmpty().isSubsetOf(reached);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'[a](gone.md)', gone.md",
        "'[a](there.md#gone)', there.md#gone",
        "'[a](#gone)', #gone",
        "'[a](https://exa mple.org)', ",
        "'[a](https://)', https://",
        "'[a][1]\n\n[1]: gone.md', gone.md"
    })
    void oneThatLeadsNowhereIsFound(String text, String dead, @TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("there.md"), "# The page\n\n## A `part`, and more\n\n```\n# gone\n```\n");
        Path page = Files.writeString(folder.resolve("page.md"), "# Page\n\n`[a](code.md)`\n\n" + text + "\n");

        assertThat(dead(page))
                .singleElement()
                .asString()
                .contains("page.md: ")
                .contains(dead == null ? "https://exa" : dead);
    }

    @ParameterizedTest
    @CsvSource({
        "'[a](there.md)'",
        "'[a](there.md#a-part-and-more)'",
        "'[a](there.md#a-part-and-more-1)'",
        "'[a](#page)'",
        "'[a](https://example.org/x?y=z#part)'"
    })
    void oneThatLeadsSomewhereIsNot(String text, @TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("there.md"), "# The page\n\n## A `part`, and more\n\n## A [part](page.md), and more\n");
        Path page = Files.writeString(folder.resolve("page.md"), "# Page\n\n" + text + "\n");

        assertThat(dead(page)).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        find(ROOT, pages);
        return pages;
    }

    private static void find(Path folder, List<Path> pages) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (Files.isDirectory(file)
                        && !PASSED_OVER.contains(file.getFileName().toString())) {
                    find(file, pages);
                } else if (file.toString().endsWith(".md")) {
                    pages.add(file);
                }
            }
        }
    }

    private static String withoutCode(Path page) {
        try {
            return FENCE.matcher(Files.readString(page)).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> links(Path page) {
        return LINK.matcher(CODE.matcher(withoutCode(page)).replaceAll("`code`"))
                .results()
                .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
                .toList();
    }

    private List<String> dead(Path page) {
        return links(page).stream()
                .filter(link -> !leadsSomewhere(page, link))
                .map(link -> page + ": " + link)
                .toList();
    }

    private boolean leadsSomewhere(Path page, String link) {
        URI uri;
        try {
            uri = new URI(link);
        } catch (URISyntaxException e) {
            return false;
        }
        if (uri.getScheme() != null) {
            String host = uri.getHost();
            return uri.getScheme().equals("mailto")
                    || (host != null && (host.contains(".") || host.equals("localhost")));
        }
        Path target = uri.getPath().isEmpty()
                ? page
                : page.resolveSibling(uri.getPath()).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        String anchor = uri.getFragment();
        if (anchor == null) {
            return true;
        }
        return target.toString().endsWith(".md")
                && anchors.computeIfAbsent(target, LinksTest::anchorsOf).contains(anchor);
    }

    /** As GitHub makes them: lower case, without punctuation, a dash for each space, a number behind what is there twice. */
    private static Set<String> anchorsOf(Path page) {
        Set<String> anchors = new LinkedHashSet<>();
        HEADING.matcher(withoutCode(page)).results().forEach(heading -> {
            String text = heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
            String anchor = text.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}\\p{Pc} -]", "")
                    .replace(' ', '-');
            String made = anchor;
            for (int number = 1; !anchors.add(made); number++) {
                made = anchor + "-" + number;
            }
        });
        return anchors;
    }
}
