package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Reads the labels of images from a file of comma- or tab-separated values in UTF-8, whose first line names the
 * columns: {@code path,label}, and perhaps {@code split} and {@code group}; other columns are ignored.
 */
final class LabelTable {

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
            int number, String path, String label, @Nullable Part part, String group) {

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
            return new RequestException(Reasons.visible("Labels in %s: expected %s, found %s in record %d; correct it"
                    .formatted(table, expected, found, number)));
        }
    }

    /** Reads a table. */
    static List<Row> read(Path table) {
        String text = text(table);
        char separator = text.lines().findFirst().orElse("").contains("\t") ? '\t' : ',';
        CsvSchema schema = CsvSchema.emptySchema().withHeader().withColumnSeparator(separator);
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

    /** Returns the text without the byte order mark, which the parser would take for a part of the first name. */
    private static String text(Path table) {
        if (Files.exists(table) && !Files.isRegularFile(table)) { // opening a pipe may wait for ever
            throw new RequestException(
                    "Cannot read the labels in %s: it is not a file; expected %s".formatted(table, EXPECTED));
        }
        try {
            String text = Files.readString(table);
            if (text.indexOf('\0') >= 0) {
                throw new MalformedInputException(1); // plain letters in UTF-16 are valid UTF-8, too
            }
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new RequestException(
                    "Labels in %s: expected %s, found another encoding; save it as UTF-8".formatted(table, EXPECTED),
                    e);
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot read the labels in %s: %s; expected %s".formatted(table, Reasons.of(e), EXPECTED), e);
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
                : Part.named(split).orElseThrow(() -> row.wrong(table, "train, val or test", Reasons.quoted(split)));
        return new Row(number, row.path, row.label, part, known.getOrDefault("group", ""));
    }
}
