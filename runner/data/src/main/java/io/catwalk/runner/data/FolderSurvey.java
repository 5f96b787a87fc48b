package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.data.FolderLayout.ImageFile;
import io.catwalk.runner.data.FolderLayout.Part;
import io.catwalk.runner.data.FoundFiles.Skipped;
import io.catwalk.runner.data.ImageDecoder.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Describes what is in a folder of images without decoding them. It is a first look, before the size is known that they
 * are resized to.
 *
 * @param classes number of images of each class, for each part by its name; {@code images} if nothing says what they
 *     are for
 * @param sizes number of images of each size, WIDTHxHEIGHT of the upright image, the most frequent first
 * @param unreadable the images whose headers cannot be read, with the reason for each; after {@link #decoded}, all that
 *     cannot be read
 * @param duplicates paths of files with the same content, grouped by content, those of several classes first
 * @param contradicting the class of each of them that has the same content as a file of another class
 * @param skipped the other files in the folder, by what they are: a plural that can follow a number
 */
public record FolderSurvey(
        SortedMap<String, SortedMap<String, Integer>> classes,
        SortedMap<String, Integer> formats,
        List<Map.Entry<String, Integer>> sizes,
        SortedMap<String, String> unreadable,
        List<List<String>> duplicates,
        SortedMap<String, String> contradicting,
        SortedMap<String, Skipped> skipped) {

    public static FolderSurvey of(Path folder, FolderReading reading) {
        FolderLayout layout = FolderLayout.of(folder, reading);
        SortedMap<String, SortedMap<String, Integer>> classes = new TreeMap<>();
        SortedMap<String, Integer> formats = new TreeMap<>();
        SortedMap<String, Integer> sizes = new TreeMap<>();
        SortedMap<String, String> unreadable = new TreeMap<>();
        Map<String, Map<String, String>> byContent = new HashMap<>(); // to paths and their classes
        List<Seen> seen = OrderedParallel.map(layout.files(), Seen::of);
        for (int i = 0; i < seen.size(); i++) {
            ImageFile file = layout.files().get(i);
            Seen one = seen.get(i);
            Part part = file.part();
            classes.computeIfAbsent(file.className(), name -> new TreeMap<>())
                    .merge(part == null ? "images" : part.title(), 1, Integer::sum);
            if (one.header != null) {
                formats.merge(one.header.format(), 1, Integer::sum);
                sizes.merge(one.header.size(), 1, Integer::sum);
                byContent
                        .computeIfAbsent(one.sha256, sum -> new LinkedHashMap<>())
                        .put(file.name(), file.className());
            } else {
                unreadable.put(file.name(), one.reason);
            }
        }
        SortedMap<String, String> contradicting = new TreeMap<>();
        byContent.values().stream()
                .filter(named -> Set.copyOf(named.values()).size() > 1)
                .forEach(named -> contradicting.putAll(named));
        List<List<String>> duplicates = byContent.values().stream()
                .filter(named -> named.size() > 1)
                .map(named -> List.copyOf(named.keySet()))
                .sorted(Comparator.comparing((List<String> names) -> !contradicting.containsKey(names.get(0)))
                        .thenComparing(names -> names.get(0)))
                .toList();
        List<Map.Entry<String, Integer>> often = sizes.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue()))
                .toList();
        return new FolderSurvey(classes, formats, often, unreadable, duplicates, contradicting, layout.skipped());
    }

    /** Tells whether a folder holds image files and not IDX files. */
    public static boolean isFor(Path folder) {
        return Files.isDirectory(folder) && !IdxFolder.isOne(folder);
    }

    /** Tells whether images can be used for training without resizing them. */
    public boolean isOfOneSize() {
        return sizes.size() == 1 && unreadable.isEmpty();
    }

    /** Tells whether the images whose headers can be read have one size. */
    public boolean hasOneSize() {
        return sizes.size() == 1;
    }

    /** Decodes the images, unless they are cached, to find all that cannot be read. All have one size, or a rule. */
    public FolderSurvey decoded(Path folder, @Nullable ResizeRule rule, FolderReading reading, ImageCache cache) {
        SortedMap<String, String> all = ImageFolder.unreadable(folder, rule, reading, cache);
        return new FolderSurvey(classes, formats, sizes, all, duplicates, contradicting, skipped);
    }

    /** What one file is like, or why its header cannot be read. */
    private record Seen(ImageDecoder.@Nullable Header header, String sha256, String reason) {

        static Seen of(ImageFile file) {
            try {
                return new Seen(ImageDecoder.header(file.path()), Sha256.of(file.path()), "");
            } catch (UnreadableImageException e) {
                return new Seen(null, "", e.reason());
            } catch (IOException e) {
                return new Seen(null, "", "a file that cannot be read (" + Reasons.of(e) + ")");
            }
        }
    }

    /**
     * Counts the images of a folder by their names, without opening one.
     *
     * @param loose number of images that lie in no folder of a class
     * @param classes number of images of each class that has at least 2, for all parts together
     * @param whole whether all was seen: a look ends after {@value #MOST} files
     */
    public record FolderGlance(Path folder, int loose, SortedMap<String, Integer> classes, boolean whole) {

        private static final int MOST = 20_000;

        public FolderGlance {
            classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
        }

        /** Looks at a folder, which comes first, and at each of its subfolders that has images. */
        public static List<FolderGlance> of(Path folder) {
            FoundFiles found = FoundFiles.in(folder, false, MOST);
            List<FolderGlance> glances = new ArrayList<>(List.of(of(folder, found.images(), found)));
            Map<Path, List<Path>> below = found.images().stream()
                    .filter(image -> folder.relativize(image).getNameCount() > 1)
                    .collect(Collectors.groupingBy(
                            image -> folder.resolve(folder.relativize(image).getName(0)),
                            TreeMap::new,
                            Collectors.toList()));
            below.forEach((subfolder, images) -> glances.add(of(subfolder, images, found)));
            return glances;
        }

        private static FolderGlance of(Path folder, List<Path> images, FoundFiles found) {
            FoundFiles own = new FoundFiles(images, found.skipped());
            SortedMap<String, Integer> classes = new TreeMap<>();
            FolderLayout.byFolders(folder, own, new TreeMap<>()).stream()
                    .filter(file -> folder.relativize(file.path()).getNameCount() == (file.part() == null ? 2 : 3))
                    .forEach(file -> classes.merge(file.className(), 1, Integer::sum));
            classes.values().removeIf(count -> count < 2);
            int loose = (int) images.stream()
                    .filter(image -> folder.relativize(image).getNameCount() == 1)
                    .count();
            int seen = found.images().size()
                    + found.skipped().values().stream().mapToInt(Skipped::count).sum();
            return new FolderGlance(folder, loose, classes, seen < MOST);
        }
    }
}
