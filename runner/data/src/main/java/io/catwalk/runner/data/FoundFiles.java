package io.catwalk.runner.data;

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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lists the files that are named as images in a folder and its subfolders, in an order that depends neither on the file
 * system nor on the locale. All other files are skipped, and counted.
 *
 * @param images paths, sorted by their names relative to the folder
 * @param passedOver what was skipped: descriptions that can follow a number, with their counts
 */
public record FoundFiles(List<Path> images, SortedMap<String, Integer> passedOver) {

    private static final Set<String> OF_SYSTEMS = Set.of("thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx");

    /** Photos as many telephones store them, which are named so that nobody misses them in silence. */
    static final String HEIC = "HEIC or AVIF photos, which are not read (convert them to JPEG)";

    /** Deeper folders come from links in a circle that was not detected, or from a program. */
    private static final int DEEPEST = 64;

    /** Describes what links lead to that is not in the folder. */
    static final String BEYOND = "links that lead out of the folder (--follow-links reads them)";

    /** Copies the counts. */
    public FoundFiles {
        images = List.copyOf(images);
        passedOver = Collections.unmodifiableSortedMap(new TreeMap<>(passedOver));
    }

    /** Lists the files of a folder. */
    public static FoundFiles in(Path folder) {
        return in(folder, true);
    }

    /** Lists the files of a folder; unless it follows links, those that lead out of the folder are skipped. */
    static FoundFiles in(Path folder, boolean followLinks) {
        return in(folder, followLinks, Integer.MAX_VALUE);
    }

    /** Lists the files of a folder until so many were found, in the order of the file system. */
    static FoundFiles first(Path folder, int most) {
        return in(folder, false, most);
    }

    private static FoundFiles in(Path folder, boolean followLinks, int most) {
        try {
            Walk walk = new Walk(folder, followLinks ? null : folder.toRealPath(), most);
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, walk);
            walk.images.sort(Comparator.comparing(path -> name(folder, path)));
            return new FoundFiles(walk.images, walk.passedOver);
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
        Integer photos = passedOver.get(HEIC);
        return photos == null ? "" : ", but " + photos + " " + HEIC;
    }

    /** Returns a text such as {@code 3 hidden files, 1 links that lead nowhere}. */
    public static String counted(Map<String, Integer> passedOver) {
        return passedOver.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
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
        private final SortedMap<String, Integer> passedOver = new TreeMap<>();
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
                if (isOdd(directory, "hidden folders", "folders of the system")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (within != null && leadsOut(directory, within)) {
                    passOver(BEYOND);
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
                passOver("folders without an image");
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (!isOdd(file, "hidden files", "files of the system (Thumbs.db and the like)")) {
                if (attributes.isDirectory()) {
                    passOver("folders more than " + DEEPEST + " deep");
                } else if (ImageFormat.isNamedAsHeic(file.getFileName().toString())) {
                    passOver(HEIC);
                } else if (!ImageFormat.isNamedSo(file.getFileName().toString())) {
                    passOver("files that are not named as images");
                } else if (attributes.isSymbolicLink()) {
                    passOver("links that lead nowhere");
                } else if (!attributes.isRegularFile()) {
                    passOver("named as images that are no files");
                } else if (within != null && Files.isSymbolicLink(file) && leadsOut(file, within)) {
                    passOver(BEYOND);
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
                passOver("links that lead round in a circle");
            } else if (Files.isSymbolicLink(file)) {
                passOver("links that lead nowhere");
            } else {
                throw failure;
            }
            return FileVisitResult.CONTINUE;
        }

        private boolean isOdd(Path path, String hidden, String ofSystem) {
            String name = path.getFileName().toString();
            if (OF_SYSTEMS.contains(name.toLowerCase(Locale.ROOT))) {
                passOver(ofSystem);
                return true;
            }
            if (name.startsWith(".")) {
                passOver(name.equals(".DS_Store") ? ofSystem : hidden);
                return true;
            }
            return false;
        }

        private void passOver(String what) {
            passedOver.merge(what, 1, Integer::sum);
        }
    }
}
