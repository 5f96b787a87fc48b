package io.catwalk.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * Writes folders so that a reader sees either a whole folder or nothing: each is filled beside its place and then moved
 * there. A killed process leaves at most a folder {@code catwalkXXXX} beside it.
 */
public final class WholeFolder {

    private WholeFolder() {}

    /** Fills a folder. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes the whole content.
         *
         * @param folder an existing, empty folder
         */
        void fill(Path folder) throws IOException;
    }

    /**
     * Writes a folder.
     *
     * @param folder does not exist yet, or is empty; its parents are created
     */
    public static void write(Path folder, Content content) throws IOException {
        fill(folder, content, (draft, target, scratch) -> {
            Files.deleteIfExists(target);
            move(draft, target);
        });
    }

    /**
     * Writes a folder, and replaces an existing one.
     *
     * @param folder its place; its parents are created
     */
    public static void replace(Path folder, Content content) throws IOException {
        fill(folder, content, (draft, target, scratch) -> {
            if (!Files.exists(target)) {
                move(draft, target);
                return;
            }
            Path former = scratch.file("former");
            move(target, former);
            try {
                move(draft, target);
            } catch (IOException e) {
                move(former, target);
                throw e;
            }
        });
    }

    /** Moves a filled folder to its place. */
    private interface Arrival {
        void at(Path draft, Path target, Scratch scratch) throws IOException;
    }

    private static void fill(Path folder, Content content, Arrival arrival) throws IOException {
        Path target = folder.toAbsolutePath().normalize();
        Path parent = Objects.requireNonNullElse(target.getParent(), target);
        Files.createDirectories(parent);
        try (Scratch scratch = Scratch.in(parent)) {
            Path draft = Files.createDirectory(scratch.file("draft"));
            content.fill(draft);
            arrival.at(draft, target, scratch);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }
}
