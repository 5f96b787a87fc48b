package io.catwalk.runner.data;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lists the files that are named as images in a folder and its subfolders, in an order that depends neither on the file
 * system nor on the locale. All other files are skipped, and counted.
 *
 * @param images paths, sorted by their names relative to the folder
 * @param skipped the other files, by what they are: a plural that can follow a number
 */
public record FoundFiles(List<Path> images, SortedMap<String, Skipped> skipped) {

    private static final Set<String> OF_SYSTEMS = Set.of("thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx");

    /** Photos as many telephones store them, which are named so that nobody misses them in silence. */
    static final String HEIC = "HEIC or AVIF photos (convert to JPEG)";

    /** Deeper folders come from links in a circle that was not detected, or from a program. */
    private static final int DEEPEST = 64;

    /** Describes what links lead to that is not in the folder. */
    static final String BEYOND = "links out of the folder (see --follow-links)";

    /** The first noun of a description. */
    private static final Pattern PLURAL = Pattern.compile("\\b(file|folder|link|image|photo)s\\b");

    /** Files of one description, and the name of the first. */
    public record Skipped(int count, String first) {

        /** Adds files that were found later. */
        Skipped and(Skipped later) {
            return new Skipped(count + later.count, first);
        }
    }

    public FoundFiles {
        images = List.copyOf(images);
        skipped = Collections.unmodifiableSortedMap(new TreeMap<>(skipped));
    }

    public static FoundFiles in(Path folder) {
        return in(folder, true, Integer.MAX_VALUE);
    }

    /** Lists the first files that the file system has; what links out of the folder lead to only if it follows them. */
    static FoundFiles in(Path folder, boolean followLinks, int most) {
        try {
            Walk walk = new Walk(folder, followLinks ? null : folder.toRealPath(), most);
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, walk);
            walk.images.sort(Comparator.comparing(path -> name(folder, path)));
            return new FoundFiles(walk.images, walk.skipped);
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot list the folder %s: %s; check its permissions".formatted(folder, Reasons.of(e)), e);
        }
    }

    /** Returns whether a path leads out of a folder, whose real path is given, through a link. */
    static boolean leadsOut(Path path, Path realFolder) throws IOException {
        return !path.toRealPath().startsWith(realFolder);
    }

    /** Returns what to say where there is no image at all: how many photos there are in a format that is not read. */
    public String instead() {
        Skipped photos = skipped.get(HEIC);
        return photos == null ? "" : ", but " + described(HEIC, photos.count);
    }

    /** Returns a text such as {@code 3 hidden files, 1 non-image file (README.txt)}. */
    public static String described(Map<String, Skipped> skipped) {
        return skipped.entrySet().stream()
                .map(entry -> described(entry.getKey(), entry.getValue().count)
                        + (entry.getValue().count == 1 ? " (" + Reasons.visible(entry.getValue().first) + ")" : ""))
                .collect(Collectors.joining(", "));
    }

    static String described(String plural, int count) {
        return Numbers.count(count) + " " + (count == 1 ? PLURAL.matcher(plural).replaceFirst("$1") : plural);
    }

    /** Returns the path of a file relative to a folder, with {@code /} on every system. */
    static String name(Path folder, Path file) {
        String name = folder.relativize(file).toString();
        return name.replace(folder.getFileSystem().getSeparator(), "/");
    }

    private static final class Walk extends SimpleFileVisitor<Path> {

        private final Path folder;

        /** Links must not lead out of this; null if they may. */
        private final @Nullable Path within;

        private final int most;

        private final List<Path> images = new ArrayList<>();
        private final SortedMap<String, Skipped> skipped = new TreeMap<>();
        private int visited;

        /** How many images there were before each folder that is being visited. */
        private final Deque<Integer> before = new ArrayDeque<>();

        Walk(Path folder, @Nullable Path within, int most) {
            this.folder = folder;
            this.within = within;
            this.most = most;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            if (!directory.equals(folder)) {
                if (isOdd(directory, "hidden folders", "system folders")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (within != null && leadsOut(directory, within)) {
                    skip(BEYOND, directory);
                    return FileVisitResult.SKIP_SUBTREE;
                }
            }
            before.push(images.size());
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            if (before.pop() == images.size() && !directory.equals(folder)) {
                skip("folders without images", directory);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (!isOdd(file, "hidden files", "system files")) {
                if (attributes.isDirectory()) {
                    skip("folders more than " + DEEPEST + " deep", file);
                } else if (ImageFormat.isNamedAsHeic(file.getFileName().toString())) {
                    skip(HEIC, file);
                } else if (!ImageFormat.isNamedSo(file.getFileName().toString())) {
                    skip("non-image files", file);
                } else if (attributes.isSymbolicLink()) {
                    skip("broken links", file);
                } else if (!attributes.isRegularFile()) {
                    skip("devices or pipes with names of images", file);
                } else if (within != null && Files.isSymbolicLink(file) && leadsOut(file, within)) {
                    skip(BEYOND, file);
                } else {
                    images.add(file);
                }
            }
            visited++;
            return visited < most ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof FileSystemLoopException) {
                skip("circular links", file);
            } else if (Files.isSymbolicLink(file)) {
                skip("broken links", file);
            } else {
                throw failure;
            }
            return FileVisitResult.CONTINUE;
        }

        private boolean isOdd(Path path, String hidden, String ofSystem) {
            String name = path.getFileName().toString();
            if (OF_SYSTEMS.contains(name.toLowerCase(Locale.ROOT))) {
                skip(ofSystem, path);
                return true;
            }
            if (name.startsWith(".")) {
                skip(name.equals(".DS_Store") ? ofSystem : hidden, path);
                return true;
            }
            return false;
        }

        private void skip(String what, Path path) {
            skipped.merge(what, new Skipped(1, String.valueOf(path.getFileName())), Skipped::and);
        }
    }
}
