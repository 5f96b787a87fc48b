package io.catwalk.runner.data;

import io.catwalk.runner.data.FoundFiles.Skipped;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
        FoundFiles found = FoundFiles.first(folder, MOST);
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
