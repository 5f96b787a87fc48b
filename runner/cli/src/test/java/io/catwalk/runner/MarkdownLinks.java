package io.catwalk.runner;

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

/** Follows the links of Markdown pages, as a host of Git does: to files, and to headings by their anchors. */
public final class MarkdownLinks {

    private static final Set<String> PASSED_OVER = Set.of("target", "node_modules", ".git", "runs");
    private static final Pattern FENCE = Pattern.compile("^(```|~~~).*?^\\1", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern CODE = Pattern.compile("`[^`\n]*`");

    private static final Pattern LINK =
            Pattern.compile("\\]\\(\\s*<?([^)\\s>]*)>?[^)]*\\)|^\\[[^]]+]:\\s+(\\S+)", Pattern.MULTILINE);

    private static final Pattern HEADING = Pattern.compile("^#{1,6} +(.*?) *$", Pattern.MULTILINE);

    private final Map<Path, Set<String>> anchors = new HashMap<>();

    /** Lists the pages in a folder and in its folders, except for those of packages, builds and runs. */
    public static List<Path> pages(Path folder) throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (Files.isDirectory(file) && !PASSED_OVER.contains(file.getFileName() + "")) {
                    pages.addAll(pages(file));
                } else if (file.toString().endsWith(".md")) {
                    pages.add(file);
                }
            }
        }
        return pages;
    }

    private static String withoutCode(Path page) {
        try {
            return FENCE.matcher(Files.readString(page)).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> of(Path page) {
        return LINK.matcher(CODE.matcher(withoutCode(page)).replaceAll("`code`"))
                .results()
                .map(link -> link.group(1) == null ? link.group(2) : link.group(1))
                .toList();
    }

    /** Lists the links of a page that lead nowhere, each with the page before it. */
    public List<String> dead(Path page) {
        return of(page).stream()
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
            String host = String.valueOf(uri.getHost());
            return uri.getScheme().equals("mailto") || host.contains(".") || host.equals("localhost");
        }
        String path = uri.getPath();
        Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
        String anchor = uri.getFragment();
        if (anchor == null || !Files.exists(target)) {
            return Files.exists(target);
        }
        return target.toString().endsWith(".md")
                && anchors.computeIfAbsent(target, MarkdownLinks::anchorsOf).contains(anchor);
    }

    /** As GitHub makes them: lower case, without punctuation, a dash for each space, a number behind what is there twice. */
    private static Set<String> anchorsOf(Path page) {
        Set<String> anchors = new LinkedHashSet<>();
        HEADING.matcher(withoutCode(page)).results().forEach(heading -> {
            String text = heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
            String words = text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}\\p{Pc} -]", "");
            String anchor = words.replace(' ', '-');
            String made = anchor;
            for (int number = 1; !anchors.add(made); number++) {
                made = anchor + "-" + number;
            }
        });
        return anchors;
    }
}
