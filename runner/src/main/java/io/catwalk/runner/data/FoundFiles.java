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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lists what has the name of an image in a folder and the folders in it, however deep, in an order that depends on
 * neither file system nor locale. All else is passed over, and counted.
 *
 * @param images paths, by their names from the folder on
 * @param passedOver what else was there, in words that stand behind a number, and how many of it
 */
public record FoundFiles(List<Path> images, SortedMap<String, Integer> passedOver) {

    private static final Set<String> OF_SYSTEMS = Set.of("thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx");

    /** Deeper folders are links that lead round in a way that is not seen, or made by a machine. */
    private static final int DEEPEST = 64;

    /** Copies the counts. */
    public FoundFiles {
        images = List.copyOf(images);
        passedOver = Collections.unmodifiableSortedMap(new TreeMap<>(passedOver));
    }

    /**
     * Looks into a folder.
     *
     * @param folder where; links are followed, but not round in a circle
     * @return the images, perhaps none
     * @throws RequestException if a folder cannot be listed
     */
    public static FoundFiles in(Path folder) {
        Walk walk = new Walk(folder);
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, walk);
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot list the folder %s: %s; check its permissions".formatted(folder, Reasons.of(e)), e);
        }
        walk.images.sort(Comparator.comparing(path -> name(folder, path)));
        return new FoundFiles(walk.images, walk.passedOver);
    }

    /** Returns the path of a file from a folder on, with {@code /} on every system. */
    static String name(Path folder, Path file) {
        String name = folder.relativize(file).toString();
        return name.replace(folder.getFileSystem().getSeparator(), "/");
    }

    private static final class Walk extends SimpleFileVisitor<Path> {

        private final Path folder;
        private final List<Path> images = new ArrayList<>();
        private final SortedMap<String, Integer> passedOver = new TreeMap<>();

        /** How many images there were before each folder that is being looked into. */
        private final Deque<Integer> before = new ArrayDeque<>();

        Walk(Path folder) {
            this.folder = folder;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (!directory.equals(folder) && isOdd(directory, "hidden folders", "folders of the system")) {
                return FileVisitResult.SKIP_SUBTREE;
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
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isOdd(file, "hidden files", "files of the system (Thumbs.db and the like)")) {
                if (attributes.isDirectory()) {
                    passOver("folders more than " + DEEPEST + " deep");
                } else if (!ImageFormat.isNamedSo(file.getFileName().toString())) {
                    passOver("files that are not named as images");
                } else if (attributes.isSymbolicLink()) {
                    passOver("links that lead nowhere");
                } else if (!attributes.isRegularFile()) {
                    passOver("named as images that are no files");
                } else {
                    images.add(file);
                }
            }
            return FileVisitResult.CONTINUE;
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
