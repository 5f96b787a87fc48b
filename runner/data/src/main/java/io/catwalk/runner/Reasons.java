package io.catwalk.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in one line what went wrong, and what was probably meant. */
public final class Reasons {

    private static final int LONGEST_QUOTE = 80;

    /** Our own reasons, which may list twenty images, are shorter. */
    private static final int LONGEST_REPORT = 10_000;

    /** An absolute path that fills a pair of quotes, and may have spaces; its last part is a group. */
    private static final Pattern QUOTED_PATH =
            Pattern.compile("(?<=')(?:/|[A-Za-z]:[/\\\\])(?:[^'/\\\\]+[/\\\\])*([^'/\\\\]+)[/\\\\]?(?=')");

    /** One that begins a word, or the value of an option. */
    private static final Pattern PLAIN_PATH =
            Pattern.compile("(?<![^\\s\"'=(\\[,;:])(?:/|\\b[A-Za-z]:[/\\\\])(?:[^\\s\"'/\\\\,;:()\\[\\]]+[/\\\\])*"
                    + "([^\\s\"'/\\\\,;:()\\[\\]]+)[/\\\\]?");

    private Reasons() {}

    /** Returns the type and the message; for an error of the file system, only what the operating system says. */
    public static String of(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "no reason given";
        }
        if (thrown instanceof UncheckedIOException unchecked) {
            return of(unchecked.getCause());
        }
        if (thrown instanceof ExceptionInInitializerError && thrown.getCause() != null) {
            return of(thrown.getCause());
        }
        if (thrown instanceof CharacterCodingException) {
            return "another encoding; save it as UTF-8";
        }
        String message = thrown instanceof FileSystemException file ? reason(file) : thrown.getMessage();
        String type = thrown.getClass().getSimpleName();
        if (message == null || message.isBlank()) {
            return type;
        }
        boolean speaksForItself = thrown.getClass() == IOException.class
                || thrown instanceof RequestException
                || !message.equals(thrown.getMessage());
        return (speaksForItself ? "" : type + ": ") + oneLine(message);
    }

    /** Says what is there in place of a file that can be read. */
    public static String noFile(Path path) {
        return !Files.exists(path)
                ? "there is no such file"
                : Files.isDirectory(path) ? "that is a folder" : "that is a pipe or a device, and no file";
    }

    /** Returns the reason in the words of the operating system; for some errors Java keeps only the type. */
    private static @Nullable String reason(FileSystemException failure) {
        if (failure.getReason() != null) {
            return failure.getReason();
        }
        if (failure instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return "no such file or folder: " + failure.getFile();
        }
        if (failure instanceof FileAlreadyExistsException) {
            return failure.getFile() + " exists already";
        }
        return failure instanceof DirectoryNotEmptyException
                ? "the folder " + failure.getFile() + " is not empty"
                : failure.getMessage();
    }

    /**
     * Quotes a text from elsewhere for a line that a person reads, such as {@code 'abc'}: cut where it is long, and
     * without control characters, which a terminal would execute.
     */
    public static String quoted(String text) {
        String start = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) : text;
        String visible = start.replaceAll("\\p{C}", "\uFFFD");
        return text.length() > LONGEST_QUOTE
                ? "'" + visible + "...' (" + text.length() + " letters)"
                : "'" + visible + "'";
    }

    /** Makes what another machine gave as a reason one line that is safe to print, of limited length. */
    public static String reported(String text) {
        String line = visible(oneLine(text.length() > LONGEST_REPORT ? text.substring(0, LONGEST_REPORT) : text));
        return text.length() > LONGEST_REPORT ? line + "..." : line;
    }

    /**
     * Makes a text one line that is safe to print: characters that would control a terminal, or change the direction of
     * writing, are written as their code.
     */
    public static String visible(String text) {
        if (text.chars().noneMatch(letter -> isControl((char) letter))) {
            return text;
        }
        return text.chars()
                .mapToObj(letter -> isControl((char) letter)
                        ? String.format(Locale.ROOT, "\\u%04x", letter)
                        : String.valueOf((char) letter))
                .collect(Collectors.joining());
    }

    private static boolean isControl(char letter) {
        return switch (Character.getType(letter)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            // Overrides and isolates of direction, but not the characters that join letters.
            case Character.FORMAT ->
                (letter >= '\u202a' && letter <= '\u202e') || (letter >= '\u2066' && letter <= '\u2069');
            default -> false;
        };
    }

    /**
     * Shortens each absolute path in a text to its last part, so that a report does not tell the folders of the machine
     * that it was made on; addresses of the web and relative paths are left as they are.
     */
    public static String withoutFolders(String text) {
        return PLAIN_PATH.matcher(QUOTED_PATH.matcher(text).replaceAll("$1")).replaceAll("$1");
    }

    /** Breaks a text between words into lines of this width, the first behind a head, the others behind an indent. */
    public static List<String> wrapped(String head, String indent, String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(head);
        boolean started = false;
        for (String word : text.split(" ", -1)) {
            if (started && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
                started = false;
            }
            line.append(started ? " " : "").append(word);
            started = true;
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }

    public static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** Ends a message about an unknown name, such as by {@code ; did you mean 'gru'?}; empty if no known one is near. */
    public static String didYouMean(String name, Collection<String> known) {
        return nearest(name, known)
                .map(candidate -> "; did you mean '" + candidate + "'?")
                .orElse("");
    }

    /** Returns the nearest known name if at most two or a third of its letters differ, whether large or small. */
    static Optional<String> nearest(String name, Collection<String> known) {
        String lower = name.toLowerCase(Locale.ROOT);
        ToIntFunction<String> far = candidate -> distance(lower, candidate.toLowerCase(Locale.ROOT));
        return known.stream()
                .filter(candidate -> far.applyAsInt(candidate) <= Math.max(2, candidate.length() / 3))
                .min(Comparator.comparingInt(far).thenComparing(Comparator.naturalOrder()));
    }

    /** Counts the letters to insert, delete or replace (Levenshtein, 1966), with the rows of Wagner and Fischer. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
