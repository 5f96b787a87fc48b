package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which images a folder holds, their classes and what each is for. The layout is {@code CLASS/*},
 * {@code train|val|test/CLASS/*}, or that of a table of labels.
 *
 * @param classes names, in the order of their UTF-16 units; at least 2
 * @param files the training images first, then the validation images, then the test images; each sorted by class and
 *     name. If nothing says what they are for, all are sorted by class and name
 * @param passedOver the other files in the folder: descriptions that can follow a number, with their counts
 */
record FolderLayout(List<String> classes, List<ImageFile> files, SortedMap<String, Integer> passedOver) {

    private static final String FORMS =
            "images are expected as CLASS/*, as train/CLASS/* and test/CLASS/*, or with a table, --labels FILE.csv";

    private static final Comparator<ImageFile> ORDER = Comparator.comparing(
                    ImageFile::part, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(ImageFile::label)
            .thenComparing(ImageFile::name);

    /** What is known of one file before its class has a number. */
    private record LabeledPath(
            Path path,
            String name,
            String className,
            @Nullable Part part,
            String group) {}

    /** Reads the layout of a folder. */
    static FolderLayout of(Path anyFolder, FolderReading reading) {
        Path table = reading.table();
        Path folder = anyFolder.toAbsolutePath().normalize(); // as the paths of a table are, which are looked up in it
        FoundFiles found = FoundFiles.in(folder, reading.follows());
        SortedMap<String, Integer> passedOver = new TreeMap<>(found.passedOver());
        List<LabeledPath> said = table == null
                ? byFolders(folder, found, passedOver)
                : byTable(folder, reading, table, found, passedOver);
        List<String> classes =
                said.stream().map(LabeledPath::className).distinct().sorted().toList();
        Map<String, Integer> labels = new HashMap<>();
        classes.forEach(name -> labels.put(name, labels.size()));
        List<ImageFile> files = said.stream()
                .map(one ->
                        new ImageFile(one.path, one.name, labels.getOrDefault(one.className, 0), one.part, one.group))
                .sorted(ORDER)
                .toList();
        FolderLayout layout = new FolderLayout(classes, files, passedOver);
        layout.check(folder, found.instead());
        return layout;
    }

    /** Returns whether any images belong to this part. */
    boolean has(Part part) {
        return files.stream().anyMatch(file -> file.part() == part);
    }

    private static List<LabeledPath> byFolders(Path folder, FoundFiles found, SortedMap<String, Integer> passedOver) {
        boolean parts = found.images().stream()
                .map(image -> folder.relativize(image))
                .anyMatch(name -> name.getNameCount() > 2
                        && Part.named(name.getName(0).toString()).isPresent());
        int depth = parts ? 1 : 0;
        List<LabeledPath> said = new ArrayList<>();
        for (Path image : found.images()) {
            Path name = folder.relativize(image);
            Optional<Part> part = Part.named(name.getName(0).toString());
            if (name.getNameCount() < depth + 2) {
                passedOver.merge("images that lie in no folder of a class", 1, Integer::sum);
            } else if (parts && part.isEmpty()) {
                passedOver.merge("images beside " + partNames(), 1, Integer::sum);
            } else {
                said.add(new LabeledPath(
                        image,
                        FoundFiles.name(folder, image),
                        name.getName(depth).toString(),
                        parts ? part.orElseThrow() : null,
                        ""));
            }
        }
        return said;
    }

    private static List<LabeledPath> byTable(
            Path folder, FolderReading reading, Path table, FoundFiles found, SortedMap<String, Integer> passedOver) {
        List<LabeledPath> said = new ArrayList<>();
        Set<Path> labeled = new LinkedHashSet<>();
        List<String> missing = new ArrayList<>();
        for (LabelTable.Row row : LabelTable.read(table)) {
            Path file = row.file(folder, table);
            if (!labeled.add(file)) {
                throw row.wrong(table, "each file once", row.path() + " again");
            }
            if (!Files.isRegularFile(file)) {
                missing.add(row.path());
            } else if (!reading.follows() && beyond(folder, file)) {
                throw row.wrong(
                        table, "a file in " + folder, "a link that leads out of it, which needs --follow-links,");
            }
            said.add(new LabeledPath(file, FoundFiles.name(folder, file), row.label(), row.part(), row.group()));
        }
        if (!missing.isEmpty()) {
            throw new RequestException(
                    "Labels in %s: expected files in %s, found none for %s; correct the paths or remove the lines"
                            .formatted(table, folder, some(missing)));
        }
        int unlabeled = (int) found.images().stream()
                .filter(image -> !labeled.contains(image))
                .count();
        if (unlabeled > 0) {
            passedOver.merge("images without a label in " + table.getFileName(), unlabeled, Integer::sum);
        }
        return said;
    }

    private static boolean beyond(Path folder, Path file) {
        try {
            return FoundFiles.leadsOut(file, folder.toRealPath());
        } catch (IOException e) {
            return false; // reported when it is decoded
        }
    }

    private void check(Path folder, String instead) {
        if (classes.size() < 2) {
            Integer beyond = passedOver.get(FoundFiles.BEYOND);
            throw new RequestException("Data set in %s: expected at least 2 classes, found %s%s; %s"
                    .formatted(
                            folder,
                            classes.isEmpty() ? "no class folder with an image" + instead : classes,
                            beyond == null ? "" : " and " + beyond + " " + FoundFiles.BEYOND,
                            FORMS));
        }
        requirePlain(classes, "Data set in " + folder);
        Map<Part, Set<String>> byPart = files.stream()
                .filter(file -> file.part() != null)
                .collect(Collectors.groupingBy(
                        file -> file.part() == null ? Part.TRAIN : file.part(),
                        TreeMap::new,
                        Collectors.mapping(file -> classes.get(file.label()), Collectors.toCollection(TreeSet::new))));
        if (byPart.isEmpty()) {
            return;
        }
        Set<String> learned = byPart.getOrDefault(Part.TRAIN, Set.of());
        if (learned.isEmpty()) {
            throw new RequestException(
                    "Data set in %s: expected images to train on, found only %s; add a folder %s with a folder per class"
                            .formatted(
                                    folder,
                                    byPart.keySet().stream().map(Part::title).toList(),
                                    folder.resolve("train")));
        }
        byPart.forEach((part, names) -> {
            List<String> unlearned =
                    names.stream().filter(name -> !learned.contains(name)).toList();
            if (!unlearned.isEmpty()) {
                throw new RequestException(
                        "Data set in %s: expected only classes with training images in %s, found others: %s; add training images or remove these classes"
                                .formatted(folder, part.title(), some(unlearned)));
            }
        });
    }

    /** Checks that each name is one line that all files can hold: an ONNX file keeps one name a line. */
    static void requirePlain(List<String> classes, String where) {
        for (String name : classes) {
            if (name.isBlank() || !Reasons.visible(name).equals(name)) {
                throw new RequestException(
                        "%s: expected names of classes in one line, without control characters, found %s; rename the class"
                                .formatted(where, name.isBlank() ? "a blank one" : Reasons.quoted(name)));
            }
        }
    }

    private static String partNames() {
        return Stream.of(Part.values()).map(Part::title).collect(Collectors.joining(", "));
    }

    /** Names the first of some classes. */
    static String some(List<String> names) {
        return Reasons.visible(
                names.size() > 3
                        ? String.join(", ", names.subList(0, 3)) + " and " + (names.size() - 3) + " more"
                        : String.join(", ", names));
    }
}
