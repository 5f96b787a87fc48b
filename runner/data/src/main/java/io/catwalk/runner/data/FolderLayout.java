package io.catwalk.runner.data;

import io.catwalk.runner.ForeignText;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.FoundFiles.Skipped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Finds out which images a folder holds, their classes and what each is for. The layout is {@code CLASS/*},
 * {@code train|val|test/CLASS/*}, or that of a table of labels.
 *
 * @param classes names, in the order of their UTF-16 units; at least 2
 * @param files the training images first, then the validation images, then the test images; each sorted by class and
 *     name. If nothing says what they are for, all are sorted by class and name
 * @param skipped the other files in the folder, by what they are: a plural that can follow a number
 */
record FolderLayout(List<String> classes, List<ImageFile> files, SortedMap<String, Skipped> skipped) {

    private static final String FORMS =
            "images are expected as CLASS/*, as train/CLASS/* and test/CLASS/*, or with a table, --labels FILE.csv";

    private static final Comparator<ImageFile> ORDER = Comparator.comparing(
                    ImageFile::part, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(ImageFile::className)
            .thenComparing(ImageFile::name);

    static FolderLayout of(Path anyFolder, FolderReading reading) {
        Path table = reading.table();
        Path folder = anyFolder.toAbsolutePath().normalize(); // as the paths of a table are, which are looked up in it
        FoundFiles found = FoundFiles.in(folder, reading.follows(), Integer.MAX_VALUE);
        SortedMap<String, Skipped> skipped = new TreeMap<>(found.skipped());
        List<ImageFile> files = new ArrayList<>(
                table == null ? byFolders(folder, found, skipped) : byTable(folder, reading, table, found, skipped));
        files.sort(ORDER);
        List<String> classes =
                files.stream().map(ImageFile::className).distinct().sorted().toList();
        FolderLayout layout = new FolderLayout(classes, files, skipped);
        layout.check(folder, found.instead());
        return layout;
    }

    /** Returns the number of the class of a file. */
    int label(int file) {
        return Collections.binarySearch(classes, files.get(file).className());
    }

    boolean has(Part part) {
        return files.stream().anyMatch(file -> file.part() == part);
    }

    /** Returns each group that a table of labels puts into several parts, with their names. */
    List<String> dividedGroups() {
        SortedMap<String, Set<String>> parts = new TreeMap<>();
        for (ImageFile file : files) {
            if (file.part() != null && !file.group().isEmpty()) {
                parts.computeIfAbsent(file.group(), group -> new LinkedHashSet<>())
                        .add(file.part().title());
            }
        }
        return parts.entrySet().stream()
                .filter(group -> group.getValue().size() > 1)
                .map(group -> group.getKey() + " (" + String.join(", ", group.getValue()) + ")")
                .toList();
    }

    static List<ImageFile> byFolders(Path folder, FoundFiles found, SortedMap<String, Skipped> skipped) {
        boolean parts = found.images().stream()
                .map(image -> folder.relativize(image))
                .anyMatch(name -> name.getNameCount() > 2
                        && Part.named(name.getName(0).toString()).isPresent());
        int depth = parts ? 1 : 0;
        String partNames = Stream.of(Part.values()).map(Part::title).collect(Collectors.joining(", "));
        List<ImageFile> said = new ArrayList<>();
        for (Path image : found.images()) {
            Path name = folder.relativize(image);
            Optional<Part> part = Part.named(name.getName(0).toString());
            if (name.getNameCount() < depth + 2) {
                skipped.merge("images outside class folders", new Skipped(1, name.toString()), Skipped::and);
            } else if (parts && part.isEmpty()) {
                skipped.merge("images beside " + partNames, new Skipped(1, name.toString()), Skipped::and);
            } else {
                said.add(new ImageFile(
                        image,
                        FoundFiles.name(folder, image),
                        name.getName(depth).toString(),
                        parts ? part.orElseThrow() : null,
                        ""));
            }
        }
        return said;
    }

    private static List<ImageFile> byTable(
            Path folder, FolderReading reading, Path table, FoundFiles found, SortedMap<String, Skipped> skipped) {
        List<ImageFile> said = new ArrayList<>();
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
            said.add(new ImageFile(file, FoundFiles.name(folder, file), row.label(), row.part(), row.group()));
        }
        if (!missing.isEmpty()) {
            throw new RequestException(
                    "Labels in %s: expected files in %s, found none for %s; correct the paths or remove the lines"
                            .formatted(table, folder, some(missing)));
        }
        found.images().stream()
                .filter(image -> !labeled.contains(image))
                .forEach(image -> skipped.merge(
                        "images without a label in " + table.getFileName(),
                        new Skipped(1, FoundFiles.name(folder, image)),
                        Skipped::and));
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
            Skipped beyond = skipped.get(FoundFiles.BEYOND);
            throw new RequestException("Data set in %s: expected at least 2 classes, found %s%s; %s"
                    .formatted(
                            folder,
                            classes.isEmpty() ? "no class folder with an image" + instead : classes,
                            beyond == null ? "" : " and " + FoundFiles.described(FoundFiles.BEYOND, beyond.count()),
                            FORMS));
        }
        requirePlain(classes, "Data set in " + folder);
        Map<Part, Set<String>> byPart = new TreeMap<>();
        for (ImageFile file : files) {
            if (file.part() != null) {
                byPart.computeIfAbsent(file.part(), part -> new TreeSet<>()).add(file.className());
            }
        }
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

    /** Names the first of some classes. */
    static String some(List<String> names) {
        return Reasons.visible(
                names.size() > 3
                        ? String.join(", ", names.subList(0, 3)) + " and " + (names.size() - 3) + " more"
                        : String.join(", ", names));
    }

    /**
     * Names one image file and its place in the data set.
     *
     * @param name its path relative to the folder of the data set, with {@code /}
     * @param part what it is for; null if nothing says so
     * @param group name that is shared by images that belong together, such as those of one patient; empty if it has none
     */
    record ImageFile(
            Path path,
            String name,
            String className,
            @Nullable Part part,
            String group) {

        /** Returns whether it belongs to a part; an image without a part is a training image. */
        boolean isFor(Part wanted) {
            return part == null ? wanted == Part.TRAIN : part == wanted;
        }
    }

    /** What an image is used for. */
    enum Part {
        TRAIN("train", "train|training"),
        /** Selecting the epoch. */
        VALIDATION("val", "val|valid|validation"),
        TEST("test", "test|testing");

        private final String title;
        private final Pattern names;

        Part(String title, String names) {
            this.title = title;
            this.names = Pattern.compile(names);
        }

        /** Finds the part that a folder or a cell names, in any letter case. */
        static Optional<Part> named(String text) {
            return Arrays.stream(values())
                    .filter(part ->
                            part.names.matcher(text.toLowerCase(Locale.ROOT)).matches())
                    .findFirst();
        }

        String title() {
            return title;
        }
    }

    /**
     * Reads the labels of images from a table in UTF-8, with commas, semicolons or tabs, whose first line names the
     * columns: {@code path,label}, and perhaps {@code split} and {@code group}; other columns are ignored.
     */
    static final class LabelTable {

        private static final String EXPECTED = "UTF-8 text with the columns path and label, optionally split and group";

        private LabelTable() {}

        /**
         * Holds the values of one line.
         *
         * @param number of the record, from 1, without the header
         * @param path of the image, relative to the folder of the data set
         * @param group empty if it has none
         */
        record Row(
                int number,
                String path,
                String label,
                @Nullable Part part,
                String group) {

            /** Finds the file, which must lie in the folder of the data set, whose path is absolute and normalized. */
            Path file(Path folder, Path table) {
                try {
                    Path file = folder.resolve(path.replace('\\', '/')).normalize();
                    if (file.startsWith(folder) && !file.equals(folder)) {
                        return file;
                    }
                } catch (InvalidPathException e) {
                    throw wrong(table, "a path", Reasons.quoted(path));
                }
                throw wrong(table, "a file in " + folder, Reasons.quoted(path));
            }

            RequestException wrong(Path table, String expected, String found) {
                return new RequestException(
                        Reasons.visible("Labels in %s: expected %s, found %s in record %d; correct it"
                                .formatted(table, expected, found, number)));
            }
        }

        static List<Row> read(Path table) {
            String text = text(table);
            CsvSchema schema = CsvSchema.emptySchema().withHeader().withColumnSeparator(ForeignText.separator(text));
            List<Row> rows = new ArrayList<>();
            try (MappingIterator<Map<String, String>> records = new CsvMapper()
                    .readerFor(Map.class)
                    .with(schema)
                    .with(CsvReadFeature.SKIP_EMPTY_LINES)
                    .with(CsvReadFeature.TRIM_SPACES)
                    .readValues(text)) {
                while (records.hasNext()) {
                    rows.add(row(table, rows.size() + 1, records.next()));
                }
            } catch (JacksonException e) {
                throw new RequestException(
                        "Labels in %s: expected %s, found malformed text after record %d (%s)"
                                .formatted(table, EXPECTED, rows.size(), Reasons.visible(e.getOriginalMessage())),
                        e);
            }
            if (rows.isEmpty()) {
                throw new RequestException("Labels in %s: expected %s, found no records".formatted(table, EXPECTED));
            }
            long split = rows.stream().filter(row -> row.part() != null).count();
            if (split != 0 && split != rows.size()) {
                throw new RequestException(
                        "Labels in %s: expected a split for all images or for none, found %d of %d; fill in the others"
                                .formatted(table, split, rows.size()));
            }
            return rows;
        }

        private static String text(Path table) {
            try {
                return ForeignText.read(table);
            } catch (IOException e) {
                throw new RequestException("Cannot read the labels in %s: %s".formatted(table, Reasons.of(e)), e);
            }
        }

        /** Reads columns by name in any letter case. */
        private static Row row(Path table, int number, Map<String, String> cells) {
            Map<String, String> known = new HashMap<>();
            cells.forEach((name, cell) -> known.put(name.strip().toLowerCase(Locale.ROOT), cell == null ? "" : cell));
            Row row = new Row(number, known.getOrDefault("path", ""), known.getOrDefault("label", ""), null, "");
            for (String column : List.of("path", "label")) {
                if (!known.containsKey(column)) {
                    throw new RequestException(
                            "Labels in %s: expected %s, found the columns %s; name them in the first line"
                                    .formatted(table, EXPECTED, Reasons.visible(String.join(", ", cells.keySet()))));
                }
                if (known.getOrDefault(column, "").isBlank()) {
                    throw row.wrong(table, "a " + column, "none");
                }
            }
            String split = known.getOrDefault("split", "");
            Part part = split.isEmpty()
                    ? null
                    : Part.named(split)
                            .orElseThrow(() -> row.wrong(table, "train, val or test", Reasons.quoted(split)));
            return new Row(number, row.path, row.label, part, known.getOrDefault("group", ""));
        }
    }
}
