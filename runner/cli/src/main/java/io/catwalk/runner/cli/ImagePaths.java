package io.catwalk.runner.cli;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.FoundFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists the images that a command works on: files, the files of folders, and those of a list. */
final class ImagePaths {

    private ImagePaths() {}

    /** Streams all images, those of a list too, which is never in memory as a whole; the caller closes it. */
    static Stream<Path> of(List<Path> given, @Nullable Path list, Console console) {
        Stream<Path> named =
                given.stream().flatMap(one -> Files.isDirectory(one) ? in(one, console).stream() : Stream.of(one));
        return list == null ? named : Stream.concat(named, listed(list));
    }

    /** Copies the output of another program to a file, which is then read as a list. */
    static void keep(InputStream list, Path target) {
        try {
            Files.copy(list, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot keep the paths from standard input in %s: %s; make room, or write them to "
                                    .formatted(target, Reasons.of(e))
                            + "a file for --from FILE",
                    e);
        }
    }

    private static List<Path> in(Path folder, Console console) {
        FoundFiles found = FoundFiles.in(folder);
        if (found.images().isEmpty()) {
            throw new RequestException("%s: expected a folder with images, found none%s; check the path"
                    .formatted(folder, found.instead()));
        }
        if (!found.passedOver().isEmpty()) {
            console.note(folder + ": passed over " + FoundFiles.counted(found.passedOver()));
        }
        return found.images();
    }

    @SuppressWarnings("StreamResourceLeak") // the reader of the paths closes the stream, and with it the file
    private static Stream<Path> listed(Path list) {
        try {
            return Files.lines(list, StandardCharsets.UTF_8)
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .map(ImagePaths::path);
        } catch (IOException e) {
            throw unreadable(list, new UncheckedIOException(e));
        }
    }

    static RequestException unreadable(@Nullable Path list, UncheckedIOException e) {
        boolean encoding = e.getCause() instanceof MalformedInputException;
        return new RequestException(
                "Cannot read the list %s: %s; expected UTF-8 text with one path a line"
                        .formatted(list, encoding ? "another encoding" : Reasons.of(e)),
                e);
    }

    private static Path path(String line) {
        try {
            return Path.of(line);
        } catch (InvalidPathException e) {
            throw new RequestException(
                    "expected one path a line, found %s; correct the list".formatted(Reasons.quoted(line)), e);
        }
    }
}
